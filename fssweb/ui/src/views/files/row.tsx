/*
 * One entry in the list.
 */
import { useRef } from "preact/hooks";
import type { Entry } from "../../data/schema";
import { size } from "../../lib/format";
import { kindOf } from "../../lib/media";
import { of, parent } from "../../lib/path";
import { t } from "../../strings";
import { Name, Time } from "../../ui/bits";
import { Icon } from "../../ui/icon";
import type { GridKeys } from "./grid";
import { entryHref } from "./open";
import { Marks } from "./marks";

export function Row({ id, index, entry, y, active, selected, places, pick,
    touch, keys }: { id: string; entry: Entry; y: number;
    /** In the whole list, where that is known. */
    index: number | undefined; active: boolean; selected: boolean; places: boolean;
    pick: (range: boolean) => void; touch: () => void; keys: GridKeys }) {
	const kind = kindOf(entry);
	/** Both clicks of a double one are to be on it. */
	const first = useRef(false);
	return <div id={id} role="row" aria-rowindex={index}
		aria-selected={selected}
		class={`row${active ? " active" : ""}${selected ? " selected" : ""}`}
		style={{ transform: `translateY(${y}px)` }}
		onMouseDown={(event) => {
			first.current ||= event.detail === 1;
			touch();
		}}
		onContextMenu={(event) => {
			event.preventDefault();
			touch();
			keys.menu(entry, event.currentTarget.closest(".grid")!,
			    { x: event.clientX, y: event.clientY });
		}}
		onDblClick={() => {
			if (first.current)
				keys.open(entry);
		}}>
		<span role="gridcell" class="cell-check">
			<input type="checkbox" tabIndex={-1} checked={selected}
				aria-label={t.files.select(entry.name)}
				onClick={(event) => {
					event.stopPropagation();
					pick(event.shiftKey);
				}} />
		</span>
		<span role="gridcell" class="cell-name">
			<Icon name={kind} class={`kind-${kind}`} />
			<span class="name-box">
				<a class="name-link" href={entryHref(entry)} tabIndex={-1}
					onClick={(event) => {
						if (event.ctrlKey || event.metaKey ||
						    event.shiftKey)
							return;
						event.preventDefault();
						// The second one may find another row here.
						if (event.detail < 2)
							keys.open(entry);
					}}><Name>{entry.name || "/"}</Name></a>
				<span class="name-under muted">
					{places && <bdi class="place">
						{parent(of(entry))}</bdi>}
					<span class="only-narrow">
						{entry.size !== undefined &&
							<span>{size(entry.size)}</span>}
						<Time us={entry.mtime} />
					</span>
				</span>
			</span>
			<Marks entry={entry} />
		</span>
		<span role="gridcell" class="cell-size">{size(entry.size)}</span>
		<span role="gridcell" class="cell-time">
			<Time us={entry.mtime} /></span>
		<span role="gridcell" class="cell-menu">
			<button type="button" class="button quiet bare" tabIndex={-1}
				aria-label={t.actions(entry.name)}
				aria-haspopup="menu" title={t.more}
				onClick={(event) => {
					event.stopPropagation();
					touch();
					keys.menu(entry, event.currentTarget);
				}}><Icon name="dots" /></button>
		</span>
	</div>;
}
