/*
 * Small charts of SVG: a line of the last samples, and a bar of parts.  Each
 * has its meaning as text for who cannot see it.
 */
export function Spark({ values, label }: { values: number[];
    label: string }) {
	const width = 240, height = 56;
	const top = Math.max(1, ...values), low = Math.min(0, ...values);
	const x = (i: number) => i * width / Math.max(1, values.length - 1);
	const y = (v: number) => height - 3 -
	    (v - low) / (top - low) * (height - 8);
	const line = values.map((v, i) =>
		`${i === 0 ? "M" : "L"}${x(i)} ${y(v).toFixed(1)}`).join("");
	const first = x(0);
	return <svg class="spark" viewBox={`0 0 ${width} ${height}`}
		role="img" aria-label={label} preserveAspectRatio="none">
		{values.length > 1 && <>
			<path class="spark-area"
				d={`${line}L${width} ${height}L${first} ${height}z`} />
			<path class="spark-line" d={line} />
		</>}
	</svg>;
}

export type Part = { label: string; value: number; tone: string;
	text: string };

export function Bar({ parts, label }: { parts: Part[]; label: string }) {
	const sum = parts.reduce((n, p) => n + p.value, 0) || 1;
	let at = 0;
	return <>
		<svg class="bar-chart" viewBox="0 0 1000 24" role="img"
			preserveAspectRatio="none" aria-label={`${label}: ${parts.map(
			    (p) => `${p.label} ${p.text}`).join(", ")}`}>
			{parts.map((part) => {
				const width = part.value / sum * 1000;
				const x = at;
				at += width;
				return <rect key={part.label} class={`tone-${part.tone}`}
					x={x} y={0} width={Math.max(0, width - 2)}
					height={24} />;
			})}
		</svg>
		<ul class="legend">{parts.map((part) => <li key={part.label}>
			<span class={`swatch tone-${part.tone}`} aria-hidden="true" />
			{part.label} <strong>{part.text}</strong></li>)}</ul>
	</>;
}
