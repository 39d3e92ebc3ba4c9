/*
 * The page's one line of news: started with the log-in, stopped with its end,
 * and hurried when the browser says that the network is back.
 */
import { effect, untracked } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { of } from "../lib/path";
import { Looks } from "./look";
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
export const gather = 120;
/** Who is online changes often and concerns little: gathered longer. */
export const gatherOnline = 500;

/** Looks that end with the component. */
export function useLooks(look: () => unknown): Looks {
	const latest = useRef(look);
	latest.current = look;
	const looks = useMemo(() => new Looks(async () => latest.current()), []);
	useEffect(() => () => looks.stop(), []);
	return looks;
}

/**
 * Calls @look when news of files says something of a path that @concerns, or
 * when something may have been missed; where @online, also when somebody came
 * or went.
 */
export function useFileNews(concerns: (remote: string) => boolean,
    look: () => unknown, online = false): void {
	const looks = useLooks(look);
	useNews("file", (news) => {
		if (concerns(of(news as { owner?: string; path?: string })))
			looks.soon(gather);
	});
	useNews("presence", () => {
		if (online)
			looks.soon(gatherOnline);
	});
	useNews("afresh", () => looks.soon(gather));
}
