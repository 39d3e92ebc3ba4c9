/*
 * The filters of a search, as a row of choices.
 */
import { useEffect } from "preact/hooks";
import { loadPeople, peopleState, sortedPeople } from "../../data/people";
import { goWith, route } from "../../lib/router";
import { base } from "../../lib/path";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { Select } from "../../ui/field";
import { countFilters, filterNames } from "./query";

export function Filters() {
	const { query } = route.value;
	const set = (name: string) => (value: string) =>
		goWith({ [name]: value, show: undefined }, true);
	const value = (name: string) => query.get(name) ?? "";
	useEffect(() => {
		if (peopleState.value === "none")
			void loadPeople();
	}, []);
	const pick = (name: string, label: string, any: string,
	    options: Record<string, string>) =>
		<Select small label={label} value={value(name)}
			onInput={set(name)}
			options={[["", any], ...Object.entries(options)]} />;
	const under = value("under"), from = query.get("from") ?? under;
	return <div class="filters" role="group" aria-label={t.search.filters}>
		{from && pick("under", t.search.in, t.search.anywhere,
		    { [from]: t.search.here(base(from) || from) })}
		{pick("type", t.search.type, t.search.any, t.search.types)}
		{pick("kind", t.search.kind, t.search.any, t.search.kinds)}
		{pick("age", t.search.age, t.search.any, t.search.ages)}
		{pick("larger", t.search.size, t.search.any, t.search.sizes)}
		{pick("owner", t.search.of, t.search.anybody, Object.fromEntries(
		    sortedPeople.value.map((p) => [p.name, p.name])))}
		{pick("state", t.search.state, t.search.any, t.search.states)}
		{pick("access", t.search.access, t.search.any, {
			open: t.access.word.open, ask: t.access.word.ask,
			private: t.access.word.private })}
		{countFilters(query) > 0 && <Button look="quiet" icon="close"
			onClick={() => goWith(Object.fromEntries(filterNames
				.map((name) => [name, undefined])), true)}>
			{t.search.reset}</Button>}
	</div>;
}
