/*
 * What becomes of a form that is sent, in a dialog or on a page: it is shown
 * while it is under way, what is refused is told in the form, where it can be
 * mended, and goes with the next try.  What is refused for a while can be sent
 * again once that is over.
 */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../data/api";
import { explain } from "../lib/errors";
import { Problem } from "./notice";
import { complain } from "./toast";

/** Rest, in ms, after a "too often" that does not say how long. */
const tooOften = 10_000;

/**
 * Empties a field that was sent as @was: what was typed into it while that was
 * under way is for the next one.
 */
export function emptied(was: string): (now: string) => string {
	return (now) => now === was ? "" : now;
}

export type Sent = { busy: boolean;
	/** It cannot be sent again yet. */
	resting: boolean;
	/** What is to be mended, to be shown in the form. */
	problem: VNode | null;
	onSubmit: (event: Event) => void };

/**
 * Runs @submit when the form is sent, and @done with what it gave; @here: the
 * form is still shown.  A failure of one that is not is told at the edge.
 */
export function useSubmit<Got>(submit: () => Promise<Got>,
    done: (got: Got, here: boolean) => void = () => undefined): Sent {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState("");
	const [rest, setRest] = useState(0);
	/** By the time it is done, something else may be shown. */
	const here = useRef(true);
	useEffect(() => () => {
		here.current = false;
	}, []);
	useEffect(() => {
		if (rest <= 0)
			return;
		const timer = setTimeout(() => {
			setRest(0);
			setError("");
		}, Math.min(rest, 2 ** 31 - 1));
		return () => clearTimeout(timer);
	}, [rest]);
	const send = async () => {
		setBusy(true);
		setError("");
		let got: Got;
		try {
			got = await submit();
		} catch (e) {
			if (!here.current) {
				complain(e);
				return;
			}
			setBusy(false);
			setError(explain(e));
			setRest(!(e instanceof ApiError) ? 0
				: e.retryMs > 0 ? e.retryMs
				: e.code === "FSS_ERATE" ? tooOften : 0);
			return;
		}
		// Outside: what fails from here on was not refused.
		setBusy(false);
		done(got, here.current);
	};
	return { busy, resting: rest > 0,
		problem: error === "" ? null : <Problem>{error}</Problem>,
		onSubmit: (event) => {
			event.preventDefault();
			if (!busy && rest <= 0)
				void send();
		} };
}
