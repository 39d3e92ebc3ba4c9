/*
 * What a view shows when it has nothing else to show: emptiness, waiting,
 * failure.
 */
import type { ComponentChildren } from "preact";
import type { ApiError } from "../data/api";
import { explain } from "../lib/errors";
import { t } from "../strings";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";

export function Empty({ icon, title, children }: { icon: IconName;
    title: string; children?: ComponentChildren }) {
	return <div class="empty">
		<span class="empty-icon"><Icon name={icon} /></span>
		<p class="empty-title">{title}</p>
		{children && <div class="muted">{children}</div>}
	</div>;
}

export function Problem({ children }: { children: ComponentChildren }) {
	return <p class="problem" role="alert"><Icon name="warn" />
		<span>{children}</span></p>;
}

export function Failed({ error, again }: { error: ApiError;
    again: () => void }) {
	return <div class="empty" role="alert">
		<span class="empty-icon warn"><Icon name="warn" /></span>
		<p class="empty-title">{t.error.title}</p>
		<p class="muted">{explain(error)}</p>
		<Button onClick={again}>{t.again}</Button>
	</div>;
}

/** Grey bars in the shape of rows; told to screen readers as one word. */
export function Waiting({ rows = 5 }: { rows?: number }) {
	return <div class="waiting" role="status">
		<span class="sr">{t.loading}</span>
		{Array.from({ length: rows }, (_, i) =>
			<span key={i} class="bar" aria-hidden="true" />)}
	</div>;
}
