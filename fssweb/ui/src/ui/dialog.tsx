/*
 * Dialogs, by the browser's own <dialog>: it keeps the focus inside, makes the
 * rest inert, closes on Escape and gives the focus back.  One at a time:
 * openDialog() puts it into a signal that the shell shows.
 */
import { signal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { onStep } from "../lib/router";
import { t } from "../strings";
import { Button } from "./button";
import { useSubmit } from "./submit";

export const dialog = signal<VNode | null>(null);

export function openDialog(content: VNode): void {
	dialog.value = content;
}

export function closeDialog(): void {
	dialog.value = null;
}

/**
 * Where a dialog begins that does not say it by autofocus: at what loses
 * nothing where something would be lost, at the field that it begins with, or
 * at its heading, where reading begins.  Not at the X, the first in the page.
 */
function begin(box: HTMLElement): void {
	const at = box.querySelector("[autofocus]") ? null
		: box.querySelector<HTMLElement>("[data-safe]") ??
		box.querySelector<HTMLElement>(".dialog-body > form > " +
		    ":is(.field, .columns):first-child :is(input, select, textarea)") ??
		box.querySelector<HTMLElement>("h2");
	at?.focus();
}

/**
 * @holds: neither a click beside it nor the way back closes it, for something
 * would be lost.
 */
export function Dialog({ title, children, wide, onClose = closeDialog,
    holds = () => false }: {
    title: string; children: ComponentChildren; wide?: boolean;
    onClose?: () => void; holds?: () => boolean }) {
	const ref = useRef<HTMLDialogElement>(null);
	const id = useId();
	const close = useRef(onClose);
	close.current = onClose;
	const held = useRef(holds);
	held.current = holds;
	/** The button went down beside it: no text is marked out of it. */
	const beside = useRef(false);
	useLayoutEffect(() => {
		const box = ref.current!;
		const closed = () => close.current();
		// What it was opened over is left by the way back.
		const back = () => {
			if (!held.current())
				close.current();
		};
		box.showModal();
		begin(box);
		box.addEventListener("close", closed);
		const off = onStep(back);
		return () => {
			off();
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
				<h2 id={id} tabIndex={-1}><bdi>{title}</bdi></h2>
				<Button bare icon="close" look="quiet"
					onClick={onClose}>{t.close}</Button>
			</header>
			{children}
		</div>
	</dialog>;
}

/**
 * A dialog that is a form: @submit does the work, as useSubmit() has it.  Closes
 * when it is done, unless it gives something to show instead.
 */
export function FormDialog({ title, action, danger, children, submit, wide,
    disabled }: {
    title: string; action: string; danger?: boolean;
    children: ComponentChildren; wide?: boolean; disabled?: boolean;
    submit: () => Promise<VNode | void> }) {
	const [after, setAfter] = useState<VNode | null>(null);
	const typed = useRef(false);
	const { busy, resting, problem, onSubmit } = useSubmit(submit,
	    (more, here) => {
		if (here && more)
			setAfter(more);
		else if (here)
			closeDialog();
		else if (more)
			// A secret is told once, wherever one is.
			openDialog(<Dialog title={title} holds={() => true}>
				{more}</Dialog>);
	});
	if (after)
		return <Dialog title={title} wide={wide ?? false}
			holds={() => true}>{after}</Dialog>;
	return <Dialog title={title} wide={wide ?? false}
		holds={() => typed.current}>
		<form class="stack" onSubmit={onSubmit} onInput={() => {
			typed.current = true;
		}}>
			{children}
			{problem}
			<footer class="dialog-foot">
				<Button onClick={closeDialog}
					data-safe={danger}>{t.cancel}</Button>
				<Button type="submit" busy={busy}
					disabled={disabled || resting}
					look={danger ? "danger" : "primary"}>
					{action}
				</Button>
			</footer>
		</form>
	</Dialog>;
}
