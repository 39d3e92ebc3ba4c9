/*
 * Small hooks that several views need.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../data/api";
import { onKey } from "./keys";

export type Loaded<T> = { value: T | null; error: ApiError | null;
	loading: boolean; reload: () => void };

/**
 * What @ask brings, again whenever @key changes or reload() is called.  What
 * was there stays while it is asked for again, but not for another key.
 */
export function useLoad<T>(key: string, ask: () => Promise<T>): Loaded<T> {
	const [state, set] = useState<{ key: string; value: T | null;
		error: ApiError | null; loading: boolean }>(
	    { key, value: null, error: null, loading: true });
	const [turn, again] = useState(0);
	useEffect(() => {
		let over = false;
		set((s) => ({ key, value: s.key === key ? s.value : null,
			error: null, loading: true }));
		ask().then((value) => {
			if (!over)
				set({ key, value, error: null, loading: false });
		}, (error: ApiError) => {
			if (!over)
				set((s) => ({ ...s, error, loading: false }));
		});
		return () => { over = true; };
	}, [key, turn]);
	const mine = state.key === key;
	return { value: mine ? state.value : null,
		error: mine ? state.error : null,
		loading: mine ? state.loading : true,
		reload: () => again((n) => n + 1) };
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

/** Draws anew every @ms, for what shows how long ago something was. */
export function useTick(ms: number): number {
	const [now, set] = useState(Date.now());
	useEffect(() => {
		const timer = setInterval(() => set(Date.now()), ms);
		return () => clearInterval(timer);
	}, [ms]);
	return now;
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
