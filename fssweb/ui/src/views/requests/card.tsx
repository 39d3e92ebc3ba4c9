/*
 * One request: who asks for what, how it stands, and what one may do now.
 */
import { useRef, useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { presenceOf } from "../../data/people";
import { arriving } from "../../data/requests";
import type { Request } from "../../data/schema";
import { me } from "../../data/session";
import { queue } from "../../data/uploads";
import { clock } from "../../lib/clock";
import { hasFiles } from "../../lib/drop";
import { percent, size, until } from "../../lib/format";
import { base, format } from "../../lib/path";
import { href } from "../../lib/router";
import { t } from "../../strings";
import { Avatar, Name, Progress, Time } from "../../ui/bits";
import { Button, DownloadLink, Link } from "../../ui/button";
import { openDialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { attempt, tell } from "../../ui/toast";
import { DenyDialog, NotMeantDialog } from "./decide";
import { fulfilByDrop, GiveDialog } from "./give";

function sentence(r: Request): string {
	if (!r.mine) {
		return r.request_kind === "get" ? t.requests.asksGet(r.asker)
			: r.request_kind === "want"
			? t.requests.asksWant(r.asker)
			: t.requests.asksUpload(r.asker);
	}
	const whom = r.owner && r.request_kind !== "want" ? r.owner
		: r.asked ?? t.requests.everybody;
	return r.request_kind === "get" ? t.requests.youGet(whom)
		: r.request_kind === "want" ? t.requests.youWant(whom)
		: t.requests.youUpload(whom);
}

export function RequestCard({ request: r, changed, pointed, chosen, choose }: {
    request: Request; changed: (request: Request) => void;
    /** It is the one that was to be shown. */
    pointed: boolean; chosen: boolean | null; choose: (on: boolean) => void }) {
	const [over, setOver] = useState(false);
	const other = r.mine ? r.owner ?? r.asked ?? "?" : r.asker;
	const may = (what: Request["may"][number]) => r.may.includes(what);
	const remote = r.path !== undefined
		? format({ owner: r.owner ?? me.value, path: r.path }) : null;
	const what = r.request_kind === "want" ? r.text ?? "" : r.name ??
	    base(r.path ?? "");
	const part = arriving.value.get(r.request);
	return <li tabIndex={-1} class={`card request${
		over ? " over" : ""}${pointed ? " pointed" : ""}`}
		aria-label={`${sentence(r)} ${what}`}
		onDragOver={(event) => {
			if (may("fulfil") && hasFiles(event)) {
				event.preventDefault();
				setOver(true);
			}
		}}
		onDragLeave={() => setOver(false)}
		onDrop={(event) => {
			setOver(false);
			if (!may("fulfil") || !hasFiles(event))
				return;
			event.preventDefault();
			event.stopPropagation();
			fulfilByDrop(r, event.dataTransfer!);
		}}>
		{chosen !== null && <input type="checkbox" checked={chosen}
			class="request-check"
			aria-label={t.files.select(what)}
			onChange={(e) => choose(e.currentTarget.checked)} />}
		<Avatar name={other} presence={other.startsWith("@")
			? undefined : presenceOf(other)} />
		<div class="request-what">
			<p class="muted">{sentence(r)}</p>
			<p class="request-name">
				{r.request_kind === "want" ? <bdi>{r.text}</bdi>
				: remote && r.request_kind === "get"
				? <Link to={href("files", { at: remote.slice(0,
					Math.max(remote.lastIndexOf("/"),
					    remote.indexOf(":") + 2)),
				    show: remote })}><Name>{what}</Name></Link>
				: <Name>{what}</Name>}
				{r.size !== undefined && r.request_kind !== "want" &&
					<span class="muted"> {size(r.size)}</span>}
			</p>
			{offered(r) && <p class="request-offer">
				<span class="muted">{r.owner === me.value
					? t.requests.youOffer
					: t.requests.offers(r.owner ?? "?")}</span>{" "}
				<Name>{what === r.text ? r.name ??
				    base(r.path ?? "") : what}</Name>
				{r.size !== undefined &&
					<span class="muted"> {size(r.size)}</span>}</p>}
			{r.text && r.request_kind !== "want" &&
				<blockquote class="note" dir="auto">{r.text}
				</blockquote>}
			<p class="request-state muted">
				<StateMark request={r} />
				<Time us={r.changed} />
				{r.by && r.by !== me.value && !fell(r) &&
					<span>{t.requests.by(r.by)}</span>}
				{r.rule !== undefined &&
					<span>{t.requests.byRule}</span>}
				{r.expires && ["open", "seen"].includes(
				    r.request_state) &&
					<span>{t.requests.expires(until(r.expires))}</span>}
			</p>
			{fell(r) && <p class="muted">{r.mine
				? t.requests.fell(r.by ?? "",
				    t.requests.why[r.reason!])
				: t.requests.youFell(
				    t.requests.why[r.reason!])}</p>}
			{awaited(r) && <p class="muted">{r.mine
				? t.requests.comes : t.requests.goes}</p>}
			{r.detail && <p class="note" dir="auto">{r.detail}</p>}
			{r.request_state === "transferring" && part !== undefined &&
			    r.size !== undefined && <>
				<Progress part={part} whole={r.size}
					label={t.requests.arriving(
					    percent(part, r.size))} />
			</>}
			<Buttons request={r} changed={changed} remote={remote} />
		</div>
	</li>;
}

/** Whether somebody gives a file for this wish, or has given one. */
function offered(r: Request): boolean {
	return r.request_kind === "want" && r.path !== undefined &&
	    ["approved", "transferring", "fulfilled"].includes(r.request_state);
}

/**
 * Whether it waits for a computer that has the file: of what is at the hub
 * nothing is left to be done with the yes.
 */
function awaited(r: Request): boolean {
	return r.request_kind !== "upload" && r.request_state === "approved" &&
	    (r.mine || r.owner === me.value);
}

/** Whether an offer for this wish, which is open again, came to nothing. */
function fell(r: Request): boolean {
	return r.request_kind === "want" && r.reason !== undefined &&
	    r.reason !== "none" && ["open", "seen"].includes(r.request_state);
}

function StateMark({ request: r }: { request: Request }) {
	const good = ["approved", "transferring", "fulfilled"];
	const bad = ["denied", "failed"];
	const why = r.reason && !fell(r) ? t.requests.why[r.reason] : "";
	return <span class={`mark ${good.includes(r.request_state) ? "good"
		: bad.includes(r.request_state) ? "bad" : ""}`}>
		{t.requests.state[r.request_state]}{why && `: ${why}`}</span>;
}

function Buttons({ request: r, changed, remote }: { request: Request;
    changed: (request: Request) => void; remote: string | null }) {
	const picker = useRef<HTMLInputElement>(null);
	const may = (what: Request["may"][number]) => r.may.includes(what);
	const decide = (event: string) => void attempt(async () => {
		await calls.decide([r.request], event);
		changed(await calls.request(r.request));
	}, undefined, `request ${r.request}`);
	const upload = (input: HTMLInputElement) => {
		const file = input.files?.[0];
		input.value = "";
		if (!file || !remote)
			return;
		if (file.size !== r.size)
			tell(t.requests.uploadWrong(size(r.size)));
		else
			queue.add([{ path: remote, file, request: r.request }]);
	};
	const later = r.retry && r.retry / 1000 > clock.value;
	return <div class="request-do">
		{may("approve") && <Button icon="check" look="primary"
			onClick={() => decide("approve")}>
			{t.requests.approve}</Button>}
		{may("fulfil") && <>
			<Button icon="upload" look="primary" onClick={() =>
				openDialog(<GiveDialog request={r} changed={changed} />)}>
				{t.requests.fulfil}</Button>
			<span class="muted hide-narrow">
				{t.requests.fulfilHint}</span>
		</>}
		{may("deny") && <Button icon="close" onClick={() =>
			openDialog(<DenyDialog requests={[r]}
				changed={(rs) => rs.forEach(changed)} />)}>
			{t.requests.deny}</Button>}
		{r.mine && r.request_kind === "upload" &&
		    r.request_state === "approved" && <>
			<Button icon="upload" look="primary"
				onClick={() => picker.current?.click()}>
				{t.requests.uploadNow}</Button>
			<input ref={picker} type="file" class="sr" tabIndex={-1}
				aria-label={t.requests.uploadNow}
				onChange={(e) => upload(e.currentTarget)} />
		</>}
		{r.mine && r.request_state === "fulfilled" && remote &&
		    r.request_kind !== "upload" &&
			<DownloadLink icon="download" look="primary"
				href={calls.contentUrl(remote, r.number)}>
				{t.requests.download}</DownloadLink>}
		{may("cancel") && <Button look="quiet" icon="trash"
			onClick={() => decide("cancel")}>
			{t.requests.cancel}</Button>}
		{may("retry") && (offered(r)
			? <Button icon="history" onClick={() => openDialog(
				<NotMeantDialog request={r} changed={changed} />)}>
				{t.requests.notMeant}</Button>
			: later
			? <span class="muted"><Icon name="clock" />{" "}
				{t.requests.retryLater(until(r.retry))}</span>
			: <Button icon="history" onClick={() => decide("retry")}>
				{t.requests.retry}</Button>)}
	</div>;
}
