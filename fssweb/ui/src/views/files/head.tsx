/*
 * The heading row of the list: names of the columns, which sort it.
 */
import { t } from "../../strings";
import { Icon } from "../../ui/icon";
import type { Column, Order } from "./sort";

export function Head({ order, sort, sortable, all, some, selectAll }: {
    order: Order | null; sort: (order: Order) => void; sortable: boolean;
    all: boolean; some: boolean; selectAll: (on: boolean) => void }) {
	const column = (by: Column, label: string, cls: string) => {
		const now = order?.by === by ? order : null;
		return <span role="columnheader" class={cls}
			aria-sort={now ? now.down ? "descending" : "ascending"
				: undefined}>
			<button type="button" class="head-button" disabled={!sortable}
				title={sortable ? t.files.sortBy(label)
					: t.files.sortLater}
				onClick={() => sort({ by, down: now
					? !now.down : by !== "name" })}>
				{label}
				{now && <Icon name={now.down ? "down" : "up"} />}
			</button>
		</span>;
	};
	return <>
		<span role="columnheader" class="cell-check">
			<input type="checkbox" checked={all}
				ref={(box) => {
					if (box)
						box.indeterminate = some && !all;
				}}
				aria-label={t.files.selectAll}
				onChange={(e) => selectAll(e.currentTarget.checked)} />
		</span>
		{column("name", t.files.name, "cell-name")}
		{column("size", t.files.size, "cell-size")}
		{column("mtime", t.files.changed, "cell-time")}
		<span role="columnheader" class="cell-menu">
			<span class="sr">{t.more}</span></span>
	</>;
}
