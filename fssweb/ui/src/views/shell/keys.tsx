/*
 * The list of shortcuts, shown by "?".
 */
import { runsHub } from "../../data/session";
import { t } from "../../strings";
import { Dialog } from "../../ui/dialog";

type Line = [keys: string[], what: string];

export function KeysDialog() {
	const go: Line[] = [
		[["/"], t.keys.search],
		[["g", "f"], t.keys.goFiles],
		[["g", "s"], t.keys.goShared],
		[["g", "r"], t.keys.goRecent],
		[["g", "p"], t.keys.goPeople],
		[["g", "q"], t.keys.goRequests],
		[["g", "l"], t.keys.goLinks],
		...runsHub.value
			? [[["g", "h"], t.nav.admin] as Line] : [],
		[["g", "a"], t.keys.goAccount],
		[["?"], t.keys.help],
	];
	const list: Line[] = [
		[["↑"], t.keys.move],
		[["Enter"], t.keys.open],
		[["Space"], t.keys.select],
		[["Shift ↓"], t.keys.range],
		[["Ctrl A"], t.keys.all],
		[["m"], t.keys.menu],
		[["i"], t.keys.details],
		[["F2"], t.keys.rename],
		[["Del"], t.keys.remove],
		[["u"], t.keys.upload],
		[["n"], t.keys.newFolder],
		[["⌫"], t.keys.up],
		[["Esc"], t.keys.escape],
	];
	return <Dialog title={t.keys.title} wide>
		<div class="two">
			<Keys title={t.keys.everywhere} lines={go} />
			<Keys title={t.keys.inLists} lines={list} />
		</div>
	</Dialog>;
}

function Keys({ title, lines }: { title: string; lines: Line[] }) {
	return <section><h3>{title}</h3>
		<dl class="keys">{lines.map(([keys, what]) => <div key={what}>
			<dt>{keys.map((key, i) => <>
				{i > 0 && <span class="muted"> {t.keys.then} </span>}
				<kbd>{key}</kbd></>)}</dt>
			<dd>{what}</dd></div>)}</dl></section>;
}
