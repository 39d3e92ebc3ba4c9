/*
 * Choosing a folder, or a file, by walking: used to move, to share and to
 * give.
 */
import * as calls from "../../data/calls";
import type { Entry } from "../../data/schema";
import { kindOf } from "../../lib/media";
import { crumbs, isRoot, of, parent } from "../../lib/path";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { Failed, Waiting } from "../../ui/notice";

/** Folders and files shown at most; a picker is no list. */
const most = 1024;

export function FolderPicker({ at, choose, file, pickFile }: { at: string;
    choose: (remote: string) => void; file?: string;
    /** Files can be picked, too. */
    pickFile?: (entry: Entry) => void }) {
	const { value, error, reload } = useLoad(at, () => calls.all(
	    (page) => calls.list(at, page), most));
	const rows = value?.filter((e) => e.kind === "folder" ||
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
			{error ? <Failed error={error} again={reload} />
			: !rows ? <Waiting rows={3} />
			: rows.length === 0
			? <p class="muted pad">{t.dialog.noFolders}</p>
			: <ul>{rows.map((entry) => <li key={of(entry)}>
				<button type="button" class="picker-row"
					aria-pressed={entry.kind === "file"
					    ? file === of(entry) : undefined}
					onClick={() => entry.kind === "folder"
					    ? choose(of(entry)) : pickFile?.(entry)}>
					<Icon name={kindOf(entry)}
						class={`kind-${kindOf(entry)}`} />
					<bdi>{entry.name}</bdi>
					{entry.kind === "folder" &&
						<Icon name="right" class="end" />}
				</button></li>)}</ul>}
		</div>
	</div>;
}
