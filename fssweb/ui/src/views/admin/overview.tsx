/*
 * How the hub does: figures of now, read every few seconds while one looks.
 */
import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../../data/api";
import * as calls from "../../data/calls";
import { Poll, seen } from "../../data/poll";
import type { Hub } from "../../data/schema";
import { count, size, span } from "../../lib/format";
import { t } from "../../strings";
import { Icon } from "../../ui/icon";
import { Failed, Waiting } from "../../ui/notice";
import { Bar, Spark } from "./chart";

/** Between looks, and how many are drawn: five minutes. */
const every = 5000, kept = 60;

/** Less room on the disk than this is worth a warning. */
const little = 2e9;

export function Overview() {
	const [samples, setSamples] = useState<Hub[]>([]);
	const [error, setError] = useState<ApiError | null>(null);
	const [turn, again] = useState(0);
	useEffect(() => {
		let over = false;
		const look = async () => {
			try {
				const hub = await calls.hub();
				if (over)
					return;
				// The first sample twice: a line from the start.
				setSamples((s) => s.length === 0 ? [hub, hub]
					: [...s.slice(1 - kept), hub]);
				setError(null);
			} catch (e) {
				if (!over)
					setError(e as ApiError);
				throw e;
			}
		};
		const poll = new Poll(look, every, seen);
		poll.start(true);
		return () => {
			over = true;
			poll.stop();
		};
	}, [turn]);
	const now = samples.at(-1);
	if (!now)
		return error ? <Failed error={error}
			again={() => again((n) => n + 1)} /> : <Waiting />;
	const saved = Math.max(0, (now.bytes ?? 0) - (now.stored ?? 0));
	const low = now.disk_free !== undefined && now.disk_free < little;
	return <div class="stack">
		<p class={`health ${error ? "bad" : low ? "warn" : "good"}`}
			role="status">
			<Icon name={error || low ? "warn" : "check"} />
			{error ? t.admin.down : low ? t.admin.lowDisk
				: t.admin.healthy}
			{now.since && <span class="muted">
				{t.admin.uptime} {span(Date.now() / 1000 -
				    now.since / 1e6)}</span>}
			{now.release && <span class="muted">
				{t.admin.version} {now.release}</span>}
		</p>
		<section class="card stack" aria-label={t.admin.storage}>
			<h2>{t.admin.storage}</h2>
			<Bar label={t.admin.storage} parts={[
				{ label: t.admin.stored, value: now.stored ?? 0,
					tone: "a", text: size(now.stored ?? 0) },
				{ label: t.admin.saved, value: saved,
					tone: "b", text: size(saved) },
			]} />
		</section>
		<section aria-label={t.admin.now} class="figures">
			<Live label={t.admin.sessionsNow} of={(h) => h.sessions}
				samples={samples} />
			<Live label={t.admin.requestsNow} of={(h) => h.requests}
				samples={samples} />
			<Live label={t.admin.stored} of={(h) => h.stored}
				samples={samples} text={size} />
		</section>
		<dl class="figures">
			<Figure label={t.admin.accounts} value={now.accounts} />
			<Figure label={t.admin.files} value={now.files} />
			<Figure label={t.admin.versions} value={now.versions} />
			<Figure label={t.admin.chunks} value={now.chunks} />
			<Figure label={t.admin.free} value={now.disk_free} text={size} />
			<Figure label={t.admin.logical} value={now.bytes}
				text={size} />
			<Figure label={t.admin.database} value={now.database}
				text={size} />
		</dl>
	</div>;
}

function Figure({ label, value, text = count }: { label: string;
    value: number | undefined; text?: (n: number) => string }) {
	return value === undefined ? null : <div class="card figure">
		<dt>{label}</dt><dd>{text(value)}</dd></div>;
}

function Live({ label, of, samples, text = count }: { label: string;
    of: (hub: Hub) => number | undefined; samples: Hub[];
    text?: (n: number) => string }) {
	const values = samples.map((hub) => of(hub) ?? 0);
	const now = text(values.at(-1) ?? 0);
	return <div class="card figure">
		<p class="muted">{label}</p>
		<p class="figure-now">{now}</p>
		<Spark values={values} label={t.admin.chart(label, now)} />
	</div>;
}
