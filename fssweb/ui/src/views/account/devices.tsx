/*
 * Where one is logged in: sessions that stand now, and devices and log-ins
 * that may make one.
 */
import { useMemo } from "preact/hooks";
import * as calls from "../../data/calls";
import { lively } from "../../data/poll";
import type { Device, SessionRow } from "../../data/schema";
import { ended, login, me } from "../../data/session";
import { until, when } from "../../lib/format";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Time } from "../../ui/bits";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Failed, Waiting } from "../../ui/notice";
import { attempt } from "../../ui/toast";

/**
 * One row for each log-in of a browser, of which every worker of the front end
 * keeps a session: to end one of them ends the log-in.  Of a program each is
 * one of its own.
 */
export function perLogIn(rows: SessionRow[]): SessionRow[] {
	const logIns = new Map<string, SessionRow>();
	for (const row of rows) {
		const key = row.device_kind === "web" && row.device !== undefined
			? `${row.name} ${row.device}` : row.session;
		const first = logIns.get(key);
		logIns.set(key, first ? { ...first, current:
		    (first.current || row.current) ?? false } : row);
	}
	return [...logIns.values()];
}

/** Whose sessions an operator may not end; null while that is not known. */
function useOthersRoles(all: boolean): ReadonlySet<string> | null {
	const { value } = useLoad(`roles ${all}`, async () => all &&
	    login.value?.role === "operator"
		? (await calls.all(calls.users, 20000)).filter((user) =>
			user.role !== "user" && user.name !== me.value)
			.map((user) => user.name)
		: []);
	return useMemo(() => value && new Set(value), [value]);
}

export function Sessions({ all }: { all?: boolean }) {
	const out = useOthersRoles(all ?? false);
	const { value, error, reload } = useLoad(`sessions ${all}`, () =>
		calls.all<SessionRow>((page) => calls.sessions(
		    all ? { all: "1", ...page } : page), 2048), lively);
	return <section class="section" aria-label={t.account.sessions}>
		<h2>{t.account.sessions}</h2>
		{error ? <Failed error={error} again={reload} />
		: !value ? <Waiting rows={2} />
		: value.length === 0 ? <p class="muted">{t.none}</p>
		: <ul class="cards">{perLogIn(value).map((row) => <li
			key={row.session}
			class="card line">
			<Icon name={row.device_kind === "web" ? "hub" : "key"} />
			<div class="grow">
				<p><strong><bdi>{all ? row.name
					: row.device_name ?? row.name}</bdi></strong>
					{row.current && <span class="mark good">
						{t.account.current}</span>}</p>
				<p class="muted line-facts">
					{all && row.device_name &&
						<bdi>{row.device_name}</bdi>}
					{row.address && <span>
						{t.account.from(row.address)}</span>}
					<Time us={row.since}
						text={t.account.since(when(row.since))} />
				</p>
			</div>
			{!row.current && out && !out.has(row.name) && <Button onClick={() => void attempt(
				() => calls.endSession(row.session).then(reload),
				row.device_kind === "web" ? t.account.revokedToast
				    : t.account.endedProgram, `session ${row.session}`)}
				aria-label={t.account.endOf(row.device_name ??
				    row.name)}>
				{t.account.end}</Button>}
		</li>)}</ul>}
	</section>;
}

export function Devices() {
	const { value, error, reload } = useLoad("devices", () =>
		calls.all<Device>(calls.devices, 2048), lively);
	const rows = value?.filter((d) => d.device_kind !== "token");
	return <section class="section" aria-label={t.account.devices}>
		<h2>{t.account.devices}</h2>
		{error ? <Failed error={error} again={reload} />
		: !rows ? <Waiting rows={2} />
		: <ul class="cards">{rows.map((row) => <DeviceLine
			key={row.device} row={row} changed={reload} />)}</ul>}
	</section>;
}

export function DeviceLine({ row, changed }: { row: Device;
    changed: () => void }) {
	const end = () => attempt(async () => {
		await calls.revokeDevice(row.device);
		if (row.current)
			ended();
		else
			changed();
	}, t.account.revokedToast, `device ${row.device}`);
	return <li class="card line">
		<Icon name={row.device_kind === "web" ? "hub" : "key"} />
		<div class="grow">
			<p><strong><bdi>{row.name}</bdi></strong>
				{row.device_kind && <span class="mark">
					{t.account.kind[row.device_kind]}</span>}
				{row.current && <span class="mark good">
					{t.account.current}</span>}</p>
			<p class="muted line-facts">
				{row.device_kind === "token" && row.scopes &&
					<span>{row.scopes.map((s) =>
						t.account.scope[s]).join(", ")}</span>}
				{row.address && <span>
					{t.account.from(row.address)}</span>}
				{/* What is never used was seen when it was made. */}
				{row.seen && row.seen > row.created ? <Time us={row.seen}
					text={t.account.seen(when(row.seen))} />
					: <Time us={row.created}
						text={t.account.since(when(row.created))} />}
				{row.expires ? <Time us={row.expires}
					text={t.account.expires(until(row.expires))} />
					: null}
			</p>
		</div>
		<Button onClick={() => void end()}
			aria-label={t.account.endOf(row.name)}>
			{t.account.end}</Button>
	</li>;
}
