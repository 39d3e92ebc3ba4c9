/*
 * One's groups: who is in which.  A group begins with its first member and
 * ends with its last.
 */
import { useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { lively } from "../../data/poll";
import { sortedPeople } from "../../data/people";
import { me } from "../../data/session";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { Text } from "../../ui/field";
import { Failed } from "../../ui/notice";
import { emptied, useSubmit } from "../../ui/submit";
import { attempt } from "../../ui/toast";

export function Groups() {
	const { value, error, reload } = useLoad("groups", () =>
		calls.all(calls.groups, 4096), lively);
	const [group, setGroup] = useState("");
	const [member, setMember] = useState("");
	const names = [...new Set(value?.map((row) => row.group))];
	const add = useSubmit(() => calls.setGroup(
	    group.trim().replace(/^@/, ""), member.trim()), () => {
		setMember(emptied(member));
		reload();
	});
	return <section class="stack section" aria-label={t.people.groups}>
		<h2>{t.people.groups}</h2>
		<p class="muted">{t.people.groupsHint}</p>
		{error && <Failed error={error} again={reload} />}
		{value && names.length === 0 &&
			<p class="muted">{t.people.noGroups}</p>}
		<ul class="cards">{names.map((name) => <li key={name}
			class="card">
			<h3>@{name}</h3>
			<ul class="chips">{value!.filter((row) => row.group === name)
				.map((row) => <li key={row.name} class="chip">
					{row.name}
					<Button bare look="quiet" icon="close"
						onClick={() => void attempt(() =>
						    calls.setGroup(name, row.name, true)
							.then(reload), undefined,
						    `@${name} ${row.name}`)}>
						{t.people.out(row.name, name)}</Button>
				</li>)}</ul>
		</li>)}</ul>
		<form class="card stack" onSubmit={add.onSubmit}>
			<div class="columns end">
				<Text label={t.people.group} value={group} required
					onInput={setGroup} list={names} />
				<Text label={t.people.member} value={member} required
					onInput={setMember} list={sortedPeople.value
						.map((p) => p.name)
						.filter((name) => name !== me.value)} />
				<div><Button type="submit" icon="plus" busy={add.busy}
					disabled={add.resting}>
					{t.people.addMember}</Button></div>
			</div>
			{add.problem}
		</form>
	</section>;
}
