/*
 * A text that is shown once (a link, a token, an invite), with a button that
 * copies it.
 */
import { useId, useRef, useState } from "preact/hooks";
import { useOnce } from "../lib/use";
import { t } from "../strings";
import { Button } from "./button";
import { closeDialog } from "./dialog";
import { say } from "./toast";

export function Secret({ title, label, hint, value, extra, extraLabel }: {
    title: string; label: string; hint: string; value: string;
    extra?: string; extraLabel?: string }) {
	const id = useId();
	const ref = useRef<HTMLInputElement>(null);
	const [copied, setCopied] = useState(false);
	// Not the X, by which a second Enter would lose it.
	useOnce(() => ref.current?.focus());
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(value);
		} catch {
			// Without the clipboard: the browser's own copying.
			ref.current?.select();
			if (!document.execCommand("copy"))
				return;
		}
		setCopied(true);
		say(t.copied);
	};
	return <div class="stack">
		<p><strong>{title}.</strong> {hint}</p>
		<div class="field">
			<label for={id}>{label}</label>
			<div class="input-row">
				<input id={id} ref={ref} class="input mono" readOnly
					value={value} dir="ltr"
					onFocus={(e) => e.currentTarget.select()} />
				<Button icon={copied ? "check" : "copy"} look="primary"
					onClick={() => void copy()}>
					{copied ? t.copied : t.copy}</Button>
			</div>
		</div>
		{extra && <div class="field">
			<p>{extraLabel}</p>
			<pre class="preview-text" tabIndex={0}
				aria-label={extraLabel}>{extra}</pre></div>}
		<footer class="dialog-foot">
			<Button onClick={closeDialog}>{t.close}</Button>
		</footer>
	</div>;
}
