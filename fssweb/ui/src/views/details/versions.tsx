/*
 * Earlier contents of a file: look, download, bring back.
 */
import * as calls from "../../data/calls";
import { useFileNews } from "../../data/news";
import { lively } from "../../data/poll";
import type { Entry } from "../../data/schema";
import { size } from "../../lib/format";
import { of, within } from "../../lib/path";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Time } from "../../ui/bits";
import { Button, DownloadLink } from "../../ui/button";
import { Failed, Waiting } from "../../ui/notice";
import { attempt, tell } from "../../ui/toast";
import { stored } from "../files/marks";

export function VersionsTab({ entry, changed }: { entry: Entry;
    changed: () => void }) {
	const remote = of(entry);
	const { value, error, reload } = useLoad(remote, () =>
		calls.all((page) => calls.versions(remote, page), 1024), lively);
	useFileNews((path) => within(remote, path), reload);
	const restore = async (number: number) => {
		const now = await calls.restore(remote, number);
		tell(t.details.restored(number, now.number ?? 0));
		reload();
		changed();
	};
	if (error)
		return <Failed error={error} again={reload} />;
	if (!value)
		return <Waiting rows={3} />;
	return <ol class="plain-list versions">
		{value.map((one, i) => <li key={one.number} class="version">
			<span class="grow">
				<strong>{t.details.version(one.number ?? 0)}</strong>
				{i === 0 && <span class="mark good">
					{t.details.newest}</span>}
				<span class="muted block">
					{size(one.size)} · <Time us={one.created} />
					{one.author && <> · {one.author}</>}
				</span>
			</span>
			{stored(one) && <DownloadLink bare look="quiet" icon="download"
				href={calls.contentUrl(remote, one.number)}>
				{`${t.files.download}: ${t.details.version(
				    one.number ?? 0)}`}</DownloadLink>}
			{i > 0 && stored(one) && entry.rights.includes("write") &&
				<Button icon="history"
				aria-label={`${t.details.restore}: ${
				    t.details.version(one.number!)}`}
				onClick={() => void attempt(
				    () => restore(one.number!), undefined,
				    `restore ${remote}`)}>
				{t.details.restore}</Button>}
		</li>)}
	</ol>;
}
