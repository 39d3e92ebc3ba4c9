/*
 * The page's one line of news: started with the log-in, stopped with its end,
 * and hurried when the browser says that the network is back.
 */
import { effect, untracked } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { of } from "../lib/path";
import { Live, type News, type Socket } from "./live";
import { check, ended, session } from "./session";

function connect(): Socket {
	const scheme = location.protocol === "https:" ? "wss" : "ws";
	return new WebSocket(`${scheme}://${location.host}/api/v1/live`) as
	    unknown as Socket;
}

export const live = new Live(connect, ended);

export function startNews(): void {
	let who = "";
	effect(() => {
		const now = session.value.is === "in"
			? session.value.login.account : "";
		if (now === who)
			return;
		who = now;
		untracked(() => {
			live.stop();
			if (now !== "")
				live.start();
		});
	});
	live.on("doubt", () => void check(true));
	addEventListener("online", () => live.hurry());
	addEventListener("offline", () => live.lost());
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "visible")
			live.hurry();
	});
}

/** Calls @listener for news of @type while the component is shown. */
export function useNews(type: string, listener: (news: News) => void): void {
	const latest = useRef(listener);
	latest.current = listener;
	useEffect(() => live.on(type, (news) => latest.current(news)), [type]);
}

/** News that comes in a row makes one look, so many ms after the first. */
const gather = 120, gatherOnline = 500;

/** Calls @look some ms after the returned function was called. */
function useSoon(look: () => void): (ms: number) => void {
	const timer = useRef<ReturnType<typeof setTimeout>>();
	const latest = useRef(look);
	latest.current = look;
	useEffect(() => () => clearTimeout(timer.current), []);
	return (ms) => {
		timer.current ??= setTimeout(() => {
			timer.current = undefined;
			latest.current();
		}, ms);
	};
}

/**
 * Calls @look when news of files says something of a path that @concerns, or
 * when something may have been missed; where @online, also when somebody came
 * or went.
 */
export function useFileNews(concerns: (remote: string) => boolean,
    look: () => void, online = false): void {
	const soon = useSoon(look);
	useNews("file", (news) => {
		if (concerns(of(news as { owner?: string; path?: string })))
			soon(gather);
	});
	useNews("presence", () => {
		if (online)
			soon(gatherOnline);
	});
	useNews("afresh", () => soon(gather));
}
