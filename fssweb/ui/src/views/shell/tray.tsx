/*
 * Uploads, at the edge of every page: how far they are, and what one may do
 * with each.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Item } from "../../data/queue";
import { cancelUpload, clearRefused, queue } from "../../data/uploads";
import { explain } from "../../lib/errors";
import { percent, size } from "../../lib/format";
import { base } from "../../lib/path";
import { plain } from "../../lib/plain";
import { t } from "../../strings";
import { Name, Progress } from "../../ui/bits";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { say, tell } from "../../ui/toast";

/** More lines than this say nothing more. */
const most = 60;

export function Tray() {
	const [open, setOpen] = useState(true);
	const counts = queue.counts.value;
	const all = Object.values(counts).reduce((n, one) => n + one, 0);
	const active = queue.active.value;
	useEffect(() => queue.onDone((item) =>
		say(t.uploads.said(base(item.path)))), []);
	const stopped = counts.paused + counts.failed;
	const broken = counts["needs-file"] + stopped;
	const { refused } = counts;
	// What is over makes itself small, and out of the way of the page.
	const over = active + broken + refused + counts.elsewhere === 0;
	useEffect(() => setOpen(!over), [over]);
	if (all === 0)
		return null;
	const title = active > 0 ? t.uploads.some(active)
		: broken > 0 ? t.uploads.unfinished(broken)
		: refused > 0 ? t.uploads.refused(refused)
		: counts.elsewhere > 0 ? t.uploads.elsewhere(counts.elsewhere)
		: t.uploads.done;
	const sent = queue.sent.value, total = queue.total.value;
	const shown = open ? queue.first(most) : [];
	return <section class="tray" aria-label={t.uploads.title}>
		<header class="tray-head">
			<Icon name={active > 0 ? "upload" : broken > 0
				? "pause" : refused > 0 ? "warn"
				: over ? "check" : "upload"} />
			<h2 class="grow" role="status">{title}</h2>
			{active > 0 && <span class="muted">
				{percent(sent, total)}</span>}
			<Button bare look="quiet" icon={open ? "down" : "up"}
				aria-expanded={open} onClick={() => setOpen(!open)}>
				{open ? t.uploads.hide : t.uploads.show}</Button>
			{over && <Button bare look="quiet" icon="close"
				onClick={() => queue.clear()}>
				{t.uploads.clear}</Button>}
		</header>
		<Progress part={sent} whole={total} label={t.uploads.title} />
		{open && <>
			<ul class="tray-list">{shown.map((item) =>
				<Line key={item.id} item={item} />)}
				{all > shown.length && <li class="muted pad">
					{t.uploads.andMore(all - shown.length)}</li>}
			</ul>
			<footer class="tray-foot">
				{active > 0 && <Button look="quiet" icon="pause"
					onClick={() => queue.pauseAll()}>
					{t.uploads.pauseAll}</Button>}
				{stopped > 0 && <Button look="quiet" icon="play"
					onClick={() => queue.resumeAll()}>
					{t.uploads.resumeAll}</Button>}
				{refused > 0 && <Button look="quiet" icon="close"
					onClick={clearRefused}>
					{t.uploads.clearRefused}</Button>}
				{!over && counts.done > 0 && <Button look="quiet"
					icon="check" onClick={() => queue.clear()}>
					{t.uploads.clear}</Button>}
			</footer>
		</>}
	</section>;
}

function Line({ item }: { item: Item }) {
	const input = useRef<HTMLInputElement>(null);
	// Names of this computer: the hub has not said yet that they are any.
	const status = item.status.value, name = plain(base(item.path));
	const error = item.error.value;
	return <li class={`upload ${status}`}>
		<div class="upload-line">
			<span class="grow upload-name" title={plain(item.path)}>
				<Name>{name}</Name></span>
			{["waiting", "sending", "offline"].includes(status) &&
				<Button bare look="quiet" icon="pause"
					onClick={() => queue.pause(item)}>
					{t.uploads.pause(name)}</Button>}
			{["paused", "failed"].includes(status) &&
				<Button bare look="quiet" icon="play"
					onClick={() => queue.resume(item)}>
					{t.uploads.resume(name)}</Button>}
			{status === "done" ? <Icon name="check" class="good" />
				: <Button bare look="quiet" icon="close"
					onClick={() => void cancelUpload(item)}>
					{status === "refused" ? t.uploads.forget(name)
						: t.uploads.cancel(name)}</Button>}
		</div>
		{status !== "done" && <>
			{item.sent.value > 0 && status !== "refused" &&
				<Progress part={item.sent.value}
					whole={item.size} label={name} />}
			<p class="muted upload-state">
				{status === "sending" && item.behind.value
					? t.uploads.behind : t.uploads.status[status]}
				{" · "}{status === "refused" ? size(item.size)
					: t.uploads.of(size(item.sent.value),
					    size(item.size))}</p>
		</>}
		{error && (status === "failed" || status === "refused" ||
		    (status === "offline" && error.status !== 0)) &&
			<p class="fault">{explain(error)}</p>}
		{status === "needs-file" && <>
			<p class="hint">{t.uploads.pickHint}</p>
			<Button icon="file" onClick={() => input.current?.click()}>
				{t.uploads.pick}</Button>
			<input ref={input} type="file" class="sr" tabIndex={-1}
				aria-label={`${t.uploads.pick}: ${name}`}
				onChange={(event) => {
					const file = event.currentTarget.files?.[0];
					event.currentTarget.value = "";
					if (file && !queue.give(item, file))
						tell(t.uploads.other(name));
				}} />
		</>}
	</li>;
}
