/*
 * The audit: what was asked, answered, sent and fetched, newest first; of all
 * or of the one whom the address names.
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { useNews } from "../../data/news";
import { Paged } from "../../data/paged";
import type { AuditLine } from "../../data/schema";
import { size, stamp } from "../../lib/format";
import { of } from "../../lib/path";
import { goWith, route } from "../../lib/router";
import { usePoll } from "../../lib/use";
import { t } from "../../strings";
import { Time } from "../../ui/bits";
import { Button } from "../../ui/button";
import { Text } from "../../ui/field";
import { Empty, Failed, Waiting } from "../../ui/notice";
import { whatDone, whoDid } from "./who";

/** What is said to a name that nobody has, and to one that nobody can have. */
const unknown = ["FSS_ENOACCOUNT", "FSS_EINVAL"];

export function AuditTab() {
	const who = route.value.query.get("name") ?? "";
	const [name, setName] = useState(who);
	// Links and the way back change the address under the field.
	useEffect(() => setName(who), [who]);
	const list = useMemo(() => new Paged<AuditLine>((page) =>
		calls.audit(who !== "" ? { name: who, ...page } : page),
	    (line) => line.line, 100), [who]);
	useEffect(() => {
		void list.start();
		return () => list.stop();
	}, [list]);
	usePoll(() => list.head());
	useNews("afresh", () => void list.refresh());
	const rows = list.rows.value, error = list.error.value;
	return <div class="stack">
		<form class="columns end" onSubmit={(event) => {
			event.preventDefault();
			if (name.trim() === who)
				void list.refresh();
			else
				goWith({ name: name.trim() });
		}}>
			<Text label={t.admin.auditWho} optional value={name}
				onInput={setName} />
			<div><Button type="submit" icon="filter">
				{t.admin.auditFilter}</Button></div>
		</form>
		{error && unknown.includes(error.code)
			? <Empty icon="person" title={t.admin.nobody(who)} />
		: error && rows.length === 0
			? <Failed error={error} again={() => void list.more()} />
		: list.fresh.value ? <Waiting />
		: rows.length === 0
		? <Empty icon="history" title={t.admin.noAudit} />
		: <ol class="audit" aria-label={t.admin.audit}>
			{rows.map((line) => <Line key={line.line} line={line} />)}
		</ol>}
		{!list.done.value && rows.length > 0 &&
			<Button busy={list.loading.value}
				onClick={() => void list.more()}>{t.more}</Button>}
	</div>;
}

function Line({ line }: { line: AuditLine }) {
	const { did, more } = whatDone(line);
	return <li>
		<Time us={line.created} text={stamp(line.created)} />
		<span><strong>{whoDid(line)}</strong>{" "}{did}{" "}
			{line.path && <bdi>{of(line)}</bdi>}{" "}
			<span class="muted">
				{line.size ? size(line.size) : ""}
				{line.asker && line.asker !== line.by &&
					` · ${line.asker}`}
				{more && ` · ${more}`}
			</span></span>
	</li>;
}
