/*
 * Small hooks that several views need.
 */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../data/api";
import { Looks } from "../data/look";
import { lively, Poll, seen, type Sight } from "../data/poll";
import { onKey } from "./keys";

export type Loaded<T> = { value: T | null; error: ApiError | null;
	loading: boolean; reload: () => void };

/**
 * What @ask brings, again whenever @key changes or reload() is called, and
 * each @every ms while the page is seen unless that is 0.  What was there
 * stays while it is asked for again, but not for another key; it is drawn
 * anew only if it changed, and a look that fails leaves it as it is.  One look
 * is under way at a time: reload() during one asks for another after it.
 */
export function useLoad<T>(key: string, ask: () => Promise<T>,
    every = 0): Loaded<T> {
	const latest = useRef(ask);
	latest.current = ask;
	const [state, set] = useState<{ key: string; value: T | null;
		error: ApiError | null; loading: boolean }>(
	    { key, value: null, error: null, loading: true });
	const again = useRef<() => void>(() => undefined);
	useEffect(() => {
		let over = false, shown: { value: T } | null = null;
		set({ key, value: null, error: null, loading: true });
		const look = async () => {
			try {
				const value = await latest.current();
				if (over || (shown && alike(shown.value, value)))
					return;
				shown = { value };
				set({ key, value, error: null, loading: false });
			} catch (error) {
				if (over)
					return;
				// What is shown stays when the line is away for a
				// while, and not when it is there no more.
				if ((error as ApiError).status === 404)
					shown = null;
				if (!shown)
					set({ key, value: null, loading: false,
						error: error as ApiError });
				throw error;
			}
		};
		const poll = every > 0 ? new Poll(look, every, seen) : null;
		const looks = new Looks(look);
		if (poll)
			poll.start(true);
		else
			void looks.look();
		again.current = () => {
			// Asked for again by hand: that is seen.
			if (!shown)
				set({ key, value: null, error: null,
					loading: true });
			if (poll)
				poll.now();
			else
				void looks.look();
		};
		return () => {
			over = true;
			poll?.stop();
			looks.stop();
		};
	}, [key]);
	const mine = state.key === key;
	return { value: mine ? state.value : null,
		error: mine ? state.error : null,
		loading: mine ? state.loading : true,
		reload: useCallback(() => again.current(), []) };
}

function alike(a: unknown, b: unknown): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}

/** Runs @look each @every ms while the component is there and seen. */
export function usePoll(look: () => Promise<unknown>, every = lively,
    sight: Sight = seen): void {
	const latest = useRef(look);
	latest.current = look;
	useEffect(() => {
		const poll = new Poll(() => latest.current(), every, sight);
		poll.start();
		return () => poll.stop();
	}, [every, sight]);
}

export function useKey(keys: string, action: () => void): void {
	const latest = useRef(action);
	latest.current = action;
	useEffect(() => onKey(keys, () => latest.current()), [keys]);
}

/** Runs @work once a component is there; @work may give what undoes it. */
export function useOnce(work: () => void | (() => void)): void {
	useEffect(() => work(), []);
}

/** Whether a media query holds, followed. */
export function useMedia(query: string): boolean {
	const [holds, set] = useState(() => matchMedia(query).matches);
	useEffect(() => {
		const list = matchMedia(query);
		const change = () => set(list.matches);
		change();
		list.addEventListener("change", change);
		return () => list.removeEventListener("change", change);
	}, [query]);
	return holds;
}
