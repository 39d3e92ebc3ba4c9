/*
 * Choosing a folder, or a file, by walking: used to move, to share and to
 * give.
 */
import { useEffect, useMemo } from "preact/hooks";
import * as calls from "../../data/calls";
import { Paged } from "../../data/paged";
import type { Entry } from "../../data/schema";
import { kindOf } from "../../lib/media";
import { crumbs, isRoot, of, parent } from "../../lib/path";
import { visible } from "../../lib/plain";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Failed, Waiting } from "../../ui/notice";

/** Entries looked at in one go, in pages of so many: a picker is no list. */
const pages = 4, page = 256;

export function FolderPicker({ at, choose, file, pickFile }: { at: string;
    choose: (remote: string) => void; file?: string;
    /** Files can be picked, too. */
    pickFile?: (entry: Entry) => void }) {
	const list = useMemo(() => new Paged<Entry>((paging) =>
		calls.list(at, paging), of, page), [at]);
	useEffect(() => {
		void list.start(pages);
		return () => list.stop();
	}, [list]);
	const all = list.rows.value, error = list.error.value;
	const rows = all.filter((e) => e.kind === "folder" ||
	    (pickFile && e.kind === "file"));
	const way = crumbs(at).map((c) => c.name).join(" / ");
	return <div class="picker">
		<div class="picker-head">
			<Button bare icon="up" look="quiet" disabled={isRoot(at)}
				onClick={() => choose(parent(at))}>
				{t.dialog.up}</Button>
			<strong aria-live="polite"><bdi>{way}</bdi></strong>
		</div>
		<div class="picker-list">
			{error && all.length === 0
			? <Failed error={error} again={() => void list.more()} />
			: list.fresh.value ? <Waiting rows={3} />
			: rows.length === 0 && list.done.value
			? <p class="muted pad">{t.dialog.noFolders}</p>
			: <ul>{rows.map((entry) => <li key={of(entry)}>
				<button type="button" class="picker-row"
					aria-pressed={entry.kind === "file"
					    ? file === of(entry) : undefined}
					onClick={() => entry.kind === "folder"
					    ? choose(of(entry)) : pickFile?.(entry)}>
					<Icon name={kindOf(entry)}
						class={`kind-${kindOf(entry)}`} />
					<bdi>{visible(entry.name)}</bdi>
					{entry.kind === "folder" &&
						<Icon name="right" class="end" />}
				</button></li>)}</ul>}
			{all.length > 0 && !list.done.value &&
				<p class="pad"><span class="muted">
					{t.dialog.soFar(all.length)}</span>{" "}
					<Button busy={list.loading.value}
						onClick={() => void list.reach(
						    all.length + pages * page)}>
						{t.more}</Button></p>}
		</div>
	</div>;
}
