/*
 * Dialogs, by the browser's own <dialog>: it keeps the focus inside, makes the
 * rest inert, closes on Escape and gives the focus back.  One at a time:
 * openDialog() puts it into a signal that the shell shows.
 */
import { signal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState }
	from "preact/hooks";
import { ApiError } from "../data/api";
import { explain } from "../lib/errors";
import { t } from "../strings";
import { Button } from "./button";
import { Problem } from "./notice";
import { complain } from "./toast";

/** Rest, in ms, after a "too often" that does not say how long. */
const tooOften = 10_000;

export const dialog = signal<VNode | null>(null);

export function openDialog(content: VNode): void {
	dialog.value = content;
}

export function closeDialog(): void {
	dialog.value = null;
}

/** @holds: a click beside it does not close it, for something would be lost. */
export function Dialog({ title, children, wide, onClose = closeDialog,
    holds = () => false }: {
    title: string; children: ComponentChildren; wide?: boolean;
    onClose?: () => void; holds?: () => boolean }) {
	const ref = useRef<HTMLDialogElement>(null);
	const id = useId();
	const close = useRef(onClose);
	close.current = onClose;
	/** The button went down beside it: no text is marked out of it. */
	const beside = useRef(false);
	useLayoutEffect(() => {
		const box = ref.current!;
		const closed = () => close.current();
		box.showModal();
		box.addEventListener("close", closed);
		return () => {
			// Closed before it goes: then the focus is given back.
			box.removeEventListener("close", closed);
			box.close();
		};
	}, []);
	return <dialog ref={ref} class={wide ? "dialog wide" : "dialog"}
		aria-labelledby={id}
		onPointerDown={(event) => {
			beside.current = event.target === ref.current;
		}}
		onClick={(event) => {
			if (event.target === ref.current && beside.current &&
			    !holds())
				onClose();
		}}>
		<div class="dialog-body">
			<header class="dialog-head">
				<h2 id={id}><bdi>{title}</bdi></h2>
				<Button bare icon="close" look="quiet"
					onClick={onClose}>{t.close}</Button>
			</header>
			{children}
		</div>
	</dialog>;
}

/**
 * A dialog that is a form: @submit does the work, is shown while it does, and
 * what it throws is told in place.  Closes when it is done, unless it gives
 * something to show instead.  What is refused for a while can be sent again
 * once that is over.
 */
export function FormDialog({ title, action, danger, children, submit, wide,
    disabled }: {
    title: string; action: string; danger?: boolean;
    children: ComponentChildren; wide?: boolean; disabled?: boolean;
    submit: () => Promise<VNode | void> }) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState("");
	const [after, setAfter] = useState<VNode | null>(null);
	const [rest, setRest] = useState(0);
	/** Still shown: by the time it is done, another dialog may be. */
	const here = useRef(true);
	useEffect(() => () => {
		here.current = false;
	}, []);
	const typed = useRef(false);
	useEffect(() => {
		if (rest <= 0)
			return;
		const timer = setTimeout(() => {
			setRest(0);
			setError("");
		}, Math.min(rest, 2 ** 31 - 1));
		return () => clearTimeout(timer);
	}, [rest]);
	if (after)
		return <Dialog title={title} wide={wide ?? false}
			holds={() => true}>{after}</Dialog>;
	return <Dialog title={title} wide={wide ?? false}
		holds={() => typed.current}>
		<form class="stack" onInput={() => {
			typed.current = true;
		}} onSubmit={(event) => {
			event.preventDefault();
			if (busy)
				return;
			setBusy(true);
			setError("");
			submit().then((more) => {
				setBusy(false);
				if (!here.current) {
					// A secret is told once, wherever one is.
					if (more)
						openDialog(<Dialog title={title}
							holds={() => true}>
							{more}</Dialog>);
				} else if (more) {
					setAfter(more);
				} else {
					closeDialog();
				}
			}, (e: unknown) => {
				if (!here.current) {
					complain(e);
					return;
				}
				setBusy(false);
				setError(explain(e));
				setRest(!(e instanceof ApiError) ? 0
					: e.retryMs > 0 ? e.retryMs
					: e.code === "FSS_ERATE" ? tooOften : 0);
			});
		}}>
			{children}
			{error !== "" && <Problem>{error}</Problem>}
			<footer class="dialog-foot">
				<Button onClick={closeDialog}>{t.cancel}</Button>
				<Button type="submit" busy={busy}
					disabled={disabled || rest > 0}
					look={danger ? "danger" : "primary"}>
					{action}
				</Button>
			</footer>
		</form>
	</Dialog>;
}
