/*
 * Rules that answer requests without asking, in the order they are tried.
 */
import { useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { lively } from "../../data/poll";
import type { Rule } from "../../data/schema";
import { sortedPeople } from "../../data/people";
import { me } from "../../data/session";
import { size } from "../../lib/format";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { Check, Select, Text } from "../../ui/field";
import { Empty, Failed, Waiting } from "../../ui/notice";
import { emptied, useSubmit } from "../../ui/submit";
import { attempt } from "../../ui/toast";

const text = t.requests.rule;

export function RulesTab() {
	const { value, error, reload } = useLoad("rules", () =>
		calls.all(calls.rules, 1024), lively);
	return <div class="stack">
		<p class="muted">{text.hint}</p>
		{error ? <Failed error={error} again={reload} />
		: !value ? <Waiting rows={3} />
		: value.length === 0
		? <Empty icon="filter" title={text.none} />
		: <ol class="cards">{value.map((rule) =>
			<RuleLine key={rule.rule} rule={rule} changed={reload} />)}
		</ol>}
		<AddRule changed={reload} />
	</div>;
}

function RuleLine({ rule, changed }: { rule: Rule; changed: () => void }) {
	const parts = [
		rule.kinds.map((k) => text[k]).join(", "),
		rule.under && `${text.under} ${rule.under}`,
		rule.size_max ? `≤ ${size(rule.size_max)}` : "",
	].filter(Boolean);
	return <li class="card line">
		<span class={`mark ${rule.verdict === "allow" ? "good" : "bad"}`}>
			{text[rule.verdict]}</span>
		<span class="grow"><strong>
			{rule.who ?? t.requests.everybody}</strong>
			<span class="muted block"><bdi>{parts.join(" · ")}</bdi></span>
		</span>
		<Button bare look="quiet" icon="trash" onClick={() => void attempt(
			() => calls.removeRule(rule.rule).then(changed),
			undefined, `rule ${rule.rule}`)}>
			{text.remove}</Button>
	</li>;
}

function AddRule({ changed }: { changed: () => void }) {
	const [verdict, setVerdict] = useState("allow");
	const [who, setWho] = useState("");
	const [get, setGet] = useState(true);
	const [upload, setUpload] = useState(false);
	const [under, setUnder] = useState("");
	const [most, setMost] = useState("");
	const add = useSubmit(async () => {
		const body: Parameters<typeof calls.addRule>[0] = { verdict,
			kinds: [...get ? ["get"] : [], ...upload ? ["upload"] : []] };
		if (who.trim() !== "")
			body.who = who.trim();
		if (under.trim() !== "")
			body.under = `:/${under.trim().replace(/^:?\/*/, "")}`;
		if (Number(most) > 0)
			body.size_max = Math.round(Number(most) * 1e6);
		await calls.addRule(body);
	}, () => {
		setWho(emptied(who));
		setUnder(emptied(under));
		setMost(emptied(most));
		changed();
	});
	return <form class="card stack" onSubmit={add.onSubmit}>
		<h2>{text.add}</h2>
		<div class="columns">
			<Select label={text.verdict} value={verdict}
				onInput={setVerdict} options={[
				["allow", text.allow], ["deny", text.deny]]} />
			<Text label={text.who} hint={text.whoHint} value={who}
				onInput={setWho} list={sortedPeople.value
					.map((p) => p.name)
					.filter((name) => name !== me.value)} />
			<Text label={text.under} optional value={under}
				onInput={setUnder} placeholder="/photos" />
			<Text label={text.size} optional value={most} type="number"
				min={0} parts onInput={setMost} />
		</div>
		<fieldset class="rights"><legend>{text.kind}</legend>
			<Check label={text.get} checked={get} onInput={setGet} />
			<Check label={text.upload} checked={upload}
				onInput={setUpload} />
		</fieldset>
		{add.problem}
		<div><Button type="submit" icon="plus" busy={add.busy}
			disabled={(!get && !upload) || add.resting}>
			{text.add}</Button></div>
	</form>;
}
