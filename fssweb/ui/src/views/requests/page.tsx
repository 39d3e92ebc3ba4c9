/*
 * Requests: what others ask of one, what one asks of them, what became of it,
 * and the rules that answer by themselves.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { boxList, inbox, inBox, onRequest, onRequestGone, type Box }
	from "../../data/requests";
import { useNews } from "../../data/news";
import type { Request } from "../../data/schema";
import { route } from "../../lib/router";
import { useKey, usePoll } from "../../lib/use";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { openDialog } from "../../ui/dialog";
import { Empty, Failed, Waiting } from "../../ui/notice";
import { Tabs } from "../../ui/tabs";
import { say } from "../../ui/toast";
import { WantDialog } from "./ask";
import { RequestCard } from "./card";
import { DecideBar } from "./decide";
import { NotifyButton } from "./notify";
import { usePointed } from "./pointed";
import { RulesTab } from "./rules";

export function RequestsPage() {
	const tab = route.value.query.get("tab") ?? "in";
	useKey("n", () => openDialog(<WantDialog />));
	return <div class="page">
		<header class="page-head">
			<h1 class="title" tabIndex={-1}>{t.requests.title}</h1>
			<NotifyButton />
			<Button icon="plus" look="primary"
				onClick={() => openDialog(<WantDialog />)}>
				{t.requests.want}</Button>
		</header>
		<Tabs label={t.requests.title} current={tab} tabs={[
			{ key: "in", label: t.requests.inbox, count: inbox.value },
			{ key: "out", label: t.requests.out },
			{ key: "history", label: t.requests.history },
			{ key: "rules", label: t.requests.rules },
		]} />
		{tab === "rules" ? <RulesTab />
			: <BoxTab key={tab} box={tab === "out" ? "out"
				: tab === "history" ? "history" : "in"} />}
	</div>;
}

function BoxTab({ box }: { box: Box }) {
	const list = useMemo(() => boxList(box), [box]);
	const [chosen, choose] = useState<ReadonlySet<number>>(new Set());
	// One's own answer shows at once, without waiting for the news of it; of
	// two answers the one that was asked for first may come last.
	const newest = useRef(new Map<number, number>());
	const changed = (request: Request) => {
		if ((newest.current.get(request.request) ?? 0) > request.change)
			return;
		newest.current.set(request.request, request.change);
		if (inBox(request, box))
			list.put(request);
		else
			list.drop(request.request);
	};
	useEffect(() => {
		void list.start();
		const off = onRequest((request, fresh) => {
			changed(request);
			if (fresh && box === "in" && inBox(request, box))
				say(t.requests.notice(request.asker));
		});
		const offGone = onRequestGone((id) => list.drop(id));
		return () => {
			off();
			offGone();
			list.stop();
		};
	}, [list]);
	useNews("afresh", () => void list.refresh());
	// That one may ask again after a no comes with time, without news.
	usePoll(() => list.look(), 60_000);
	const rows = list.rows.value, error = list.error.value;
	const { id, apart, gone } = usePointed(list, box);
	if (error && rows.length === 0)
		return <Failed error={error} again={() => void list.more()} />;
	if (list.fresh.value)
		return <Waiting />;
	const missing = gone &&
		<p class="note" role="status">{t.requests.notThere}</p>;
	if (rows.length === 0 && !apart && list.done.value)
		return <div class="stack">{missing}
			<Empty icon={box === "history" ? "history" : "inbox"}
				title={t.requests.empty[box]}>
				{t.requests.emptyHint[box]}</Empty></div>;
	const answerable = rows.filter((r) => r.may.includes("approve"));
	const some = answerable.filter((r) => chosen.has(r.request));
	const all = apart ? [apart, ...rows] : rows;
	return <div class="stack">
		{missing}
		{box === "in" && answerable.length > 1 &&
			<DecideBar all={answerable} some={some} choose={choose}
				changed={(rs) => rs.forEach(changed)} />}
		<ul class="cards" aria-label={t.requests.title}>
			{all.map((request) => <RequestCard key={request.request}
				request={request} changed={changed}
				pointed={request.request === id}
				chosen={answerable.length > 1 && box === "in" &&
				    request.may.includes("approve")
					? chosen.has(request.request) : null}
				choose={(on) => {
					const next = new Set(chosen);
					if (on)
						next.add(request.request);
					else
						next.delete(request.request);
					choose(next);
				}} />)}
		</ul>
		{!list.done.value && <Button busy={list.loading.value}
			onClick={() => void list.more()}>{t.more}</Button>}
	</div>;
}
