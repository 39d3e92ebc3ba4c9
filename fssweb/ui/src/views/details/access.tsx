/*
 * Who may do what with an entry: what everybody may, and grants to people and
 * groups.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { useFileNews } from "../../data/news";
import type { Entry, Grant } from "../../data/schema";
import { sortedPeople } from "../../data/people";
import { me } from "../../data/session";
import { isRoot, of, within } from "../../lib/path";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Avatar } from "../../ui/bits";
import { Button } from "../../ui/button";
import { Check, Choice, Text } from "../../ui/field";
import { Failed, Waiting } from "../../ui/notice";
import { emptied, useSubmit } from "../../ui/submit";
import { attempt, tell } from "../../ui/toast";
import { accessOptions, type Access } from "./options";

export function AccessTab({ entry, changed }: { entry: Entry;
    changed: () => void }) {
	const remote = of(entry);
	const now: Access = entry.access_own || isRoot(remote)
		? entry.access : "inherit";
	// What was picked shows at once, and goes back if it is refused.
	const [picked, pick] = useState<Access | null>(null);
	// One after the other: what was picked last is what holds.
	const before = useRef(Promise.resolve());
	const set = (access: Access) => {
		pick(access);
		before.current = before.current.then(async () => {
			if (await attempt(() => calls.setAccess(remote, access),
			    t.access.set, `access ${remote}`))
				changed();
			else
				pick((now) => now === access ? null : now);
		});
	};
	useEffect(() => pick(null), [now]);
	return <div class="stack">
		<Choice label={t.access.who} value={picked ?? now}
			options={accessOptions(entry, now)}
			onInput={set} />
		<Grants remote={remote} path={entry.path} />
	</div>;
}

const rightNames = ["see", "read", "create", "write"] as const;
type Right = (typeof rightNames)[number];

function Grants({ remote, path }: { remote: string; path: string }) {
	const { value, error, reload } = useLoad(remote, () =>
		calls.all((page) => calls.grants(remote, page), 1024));
	useFileNews((at) => within(remote, at), reload);
	return <section class="stack">
		<h3>{t.access.grants}</h3>
		{error ? <Failed error={error} again={reload} />
		: !value ? <Waiting rows={2} />
		: value.length === 0
		? <p class="muted">{t.access.noGrants}</p>
		: <ul class="plain-list">{value.map((grant) =>
			<GrantLine key={`${grant.who} ${grant.path}`} grant={grant}
				here={grant.path === path} remote={remote}
				changed={reload} />)}</ul>}
		<GiveRights remote={remote} changed={reload} />
	</section>;
}

function GrantLine({ grant, here, remote, changed }: { grant: Grant;
    here: boolean; remote: string; changed: () => void }) {
	return <li class="person-line">
		<Avatar name={grant.who} />
		<span class="grow"><strong>{grant.who}</strong>
			<span class="muted block">
				{grant.rights.map((r) => t.access[r]).join(", ")}
				{!here && <> · <bdi>{t.access.from(grant.path)}</bdi></>}
			</span></span>
		{here && <Button bare icon="trash" look="quiet"
			onClick={() => void attempt(() =>
			    calls.setGrant(remote, grant.who, []).then(changed),
			    t.access.taken(grant.who),
			    `grant ${grant.who} ${remote}`)}>
			{t.access.takeBack(grant.who)}</Button>}
	</li>;
}

function GiveRights({ remote, changed }: { remote: string;
    changed: () => void }) {
	const [who, setWho] = useState("");
	const [rights, setRights] = useState<ReadonlySet<Right>>(
	    new Set<Right>(["read"]));
	const give = useSubmit(() => calls.setGrant(remote, who.trim(),
	    [...rights]), () => {
		tell(t.access.given(who.trim()));
		setWho(emptied(who));
		changed();
	});
	return <form class="stack card" onSubmit={give.onSubmit}>
		<Text label={t.access.whoLabel} value={who} onInput={setWho}
			required list={sortedPeople.value.map((p) => p.name)
				.filter((name) => name !== me.value)} />
		<fieldset class="rights">
			<legend>{t.access.rights}</legend>
			{rightNames.map((right) => <Check key={right}
				label={t.access[right]} checked={rights.has(right)}
				onInput={(on) => {
					const next = new Set(rights);
					if (on)
						next.add(right);
					else
						next.delete(right);
					setRights(next);
				}} />)}
		</fieldset>
		{give.problem}
		<div><Button type="submit" busy={give.busy}
			disabled={who.trim() === "" || rights.size === 0 ||
			    give.resting}>{t.access.addGrant}</Button></div>
	</form>;
}
