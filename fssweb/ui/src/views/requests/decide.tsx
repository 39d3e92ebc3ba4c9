/*
 * Answers: a no with its reason, and answers to several at once.
 */
import { useState } from "preact/hooks";
import { ApiError } from "../../data/api";
import * as calls from "../../data/calls";
import type { Request } from "../../data/schema";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { FormDialog, openDialog } from "../../ui/dialog";
import { Area, Check } from "../../ui/field";
import { attempt, complain, tell } from "../../ui/toast";

/** What is told of answers to several. */
const several = "requests";

async function decideAll(requests: Request[], event: string,
    reason?: string): Promise<Request[]> {
	const ids = requests.map((r) => r.request), now: Request[] = [];
	for (let i = 0; i < ids.length; i += calls.batch) {
		const some = ids.slice(i, i + calls.batch);
		const { rows } = await calls.decide(some, event, reason);
		const bad = rows.find((row) => row.status !== "FSS_OK");
		if (bad)
			complain(new ApiError(0, bad.status, ""), several);
		now.push(...await Promise.all(some.map((id) =>
			calls.request(id))));
	}
	return now;
}

export function DenyDialog({ requests, changed }: { requests: Request[];
    changed: (requests: Request[]) => void }) {
	const [reason, setReason] = useState("");
	return <FormDialog title={t.requests.denyTitle} danger
		action={t.requests.denyTitle} submit={async () => {
			changed(await decideAll(requests, "deny",
			    reason.trim() || undefined));
		}}>
		<Area label={t.requests.reason} hint={t.requests.reasonHint}
			optional autofocus value={reason} onInput={setReason} />
	</FormDialog>;
}

/** A wish that got what was not meant goes back to all who were asked. */
export function NotMeantDialog({ request, changed }: { request: Request;
    changed: (request: Request) => void }) {
	const [reason, setReason] = useState("");
	// One who was asked alone reads why; of several, none does.
	const alone = request.asked !== undefined &&
	    !request.asked.startsWith("@");
	return <FormDialog title={t.requests.notMeant}
		action={alone ? t.requests.retry : t.requests.notMeantDo} submit={async () => {
			await calls.decide([request.request], "retry",
			    reason.trim() || undefined);
			changed(await calls.request(request.request));
			tell(t.requests.openAgain);
		}}>
		<p>{t.requests.notMeantHint}</p>
		{alone && <Area label={t.requests.meant}
			hint={t.requests.reasonHint} optional autofocus
			value={reason} onInput={setReason} />}
	</FormDialog>;
}

export function DecideBar({ all, some, choose, changed }: { all: Request[];
    some: Request[]; choose: (ids: ReadonlySet<number>) => void;
    changed: (requests: Request[]) => void }) {
	return <div class="toolbar" role="toolbar" aria-label={t.more}>
		<Check label={t.requests.selectAll}
			checked={some.length === all.length}
			onInput={(on) => choose(new Set(on
			    ? all.map((r) => r.request) : []))} />
		{some.length > 0 && <>
			<Button icon="check" look="primary" onClick={() =>
				void attempt(() => decideAll(some, "approve")
					.then(changed), undefined, several)}>
				{t.requests.approveSome(some.length)}</Button>
			<Button icon="close" onClick={() => openDialog(
				<DenyDialog requests={some} changed={changed} />)}>
				{t.requests.denySome(some.length)}</Button>
		</>}
	</div>;
}
