/*
 * People: who is here, live, and what each shares; and one's groups.
 */
import { useEffect, useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { loadPeople, people, peopleError, peopleState, sortedPeople }
	from "../../data/people";
import { useFileNews } from "../../data/news";
import type { Person } from "../../data/schema";
import { me, runsHub } from "../../data/session";
import { when } from "../../lib/format";
import { kindOf } from "../../lib/media";
import { of } from "../../lib/path";
import { filesHref, href } from "../../lib/router";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Avatar, PresenceWord, Time } from "../../ui/bits";
import { Button, Link } from "../../ui/button";
import { openDialog } from "../../ui/dialog";
import { Check, Text } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Empty, Failed, Waiting } from "../../ui/notice";
import { attempt } from "../../ui/toast";
import { WantDialog } from "../requests/ask";
import { Groups } from "./groups";

/** More people than this are reached by the filter. */
const most = 300;

export function PeoplePage() {
	const [filter, setFilter] = useState("");
	// What was picked shows at once, and goes back if it is refused.
	const [hidden, pick] = useState<boolean | null>(null);
	const hide = async (on: boolean) => {
		pick(on);
		await attempt(() => calls.setPresence(on).then(loadPeople),
		    undefined, "hidden");
		pick((now) => now === on ? null : now);
	};
	useEffect(() => {
		if (peopleState.value === "none")
			void loadPeople();
	}, []);
	const mine = people.value.get(me.value);
	const all = sortedPeople.value.filter((p) => p.name !== me.value);
	const shown = all.filter((p) => p.name.includes(
	    filter.trim().toLowerCase()));
	const online = all.filter((p) => p.presence !== "offline").length;
	return <div class="page">
		<header class="page-head">
			<h1 class="title" tabIndex={-1}>{t.people.title}</h1>
			<Check label={t.people.hide} hint={t.people.hideHint}
				checked={hidden ?? mine?.hidden ?? false}
				onInput={(on) => void hide(on)} />
		</header>
		{peopleError.value && all.length === 0
			? <Failed error={peopleError.value}
				again={() => void loadPeople()} />
		: peopleState.value === "none" ||
		  (peopleState.value === "loading" && all.length === 0)
		? <Waiting />
		: all.length === 0
		? <Empty icon="people" title={t.people.empty}>
			{runsHub.value ? <Link to={href("admin", { tab: "invites" })}>
				{t.people.inviteThem}</Link> : t.people.emptyHint}
			</Empty>
		: <>
			{all.length > 12 && <Text label={t.people.filter}
				value={filter} onInput={setFilter} />}
			<p class="muted" role="status">
				{t.people.count(online, all.length)}</p>
			<ul class="cards" aria-label={t.people.title}>
				{shown.slice(0, most).map((person) =>
					<PersonCard key={person.name} person={person} />)}
			</ul>
		</>}
		<Groups />
	</div>;
}

function PersonCard({ person }: { person: Person }) {
	const [open, setOpen] = useState(false);
	const { name, presence } = person;
	return <li class="card person">
		<div class="line">
			<Avatar name={name} presence={presence} />
			<div class="grow">
				<p><Link to={filesHref(`${name}:/`)}
					label={t.people.space(name)}>
					<strong>{name}</strong></Link>
					{person.agent && <span class="mark good"
						title={t.people.agentHint}>
						{t.people.agent}</span>}</p>
				<p class="muted line-facts">
					<PresenceWord presence={presence} />
					{presence === "offline" && person.seen
						? <Time us={person.seen} text={t.people.seen(
							when(person.seen))} />
						: person.since ? <Time us={person.since}
							text={t.people.since(
							    when(person.since))} /> : null}
				</p>
			</div>
			<Button icon={open ? "up" : "down"} look="quiet"
				aria-expanded={open}
				aria-label={`${t.people.shares}: ${name}`}
				onClick={() => setOpen(!open)}>
				{t.people.shares}</Button>
			<Button icon="hand" aria-label={`${t.people.ask}: ${name}`}
				class="hide-narrow"
				onClick={() => openDialog(<WantDialog from={name} />)}>
				{t.people.ask}</Button>
		</div>
		{open && <Shares owner={name} />}
	</li>;
}

function Shares({ owner }: { owner: string }) {
	const { value, error, reload } = useLoad(owner, () => calls.all(
	    (page) => calls.shares({ owner, ...page }), 256));
	useFileNews((path) => path.startsWith(`${owner}:`), reload);
	if (error)
		return <Failed error={error} again={reload} />;
	if (!value)
		return <Waiting rows={2} />;
	if (value.length === 0)
		return <p class="muted pad">{t.people.noShares}</p>;
	return <ul class="plain-list shares">{value.map((entry) =>
		<li key={of(entry)}>
			<Link class="share" to={entry.kind === "folder"
				? filesHref(of(entry))
				: href("files", { at: `${owner}:/`,
				    show: of(entry) })}>
				<Icon name={kindOf(entry)}
					class={`kind-${kindOf(entry)}`} />
				<bdi>{entry.path === "/" ? t.people.space(owner)
					: entry.path}</bdi>
			</Link></li>)}</ul>;
}
