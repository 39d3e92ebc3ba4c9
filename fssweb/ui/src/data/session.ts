/*
 * Who is logged in.  One signal, one check at the start, and a word to the
 * other tabs when it changes: a tab never acts for an account that another
 * tab has logged out of.
 */
import { computed, effect, signal, untracked } from "@preact/signals";
import { agentName } from "../lib/agent";
import * as api from "./api";
import * as calls from "./calls";
import type { Session } from "./schema";

export type Login = Session & { account: string };

export type State =
	| { is: "unknown" }
	/** The server does not answer. */
	| { is: "away"; error: api.ApiError }
	| { is: "out"; hub: Session["hub"]; ended: boolean }
	| { is: "in"; login: Login };

export const session = signal<State>({ is: "unknown" });

export const login = computed(() =>
	session.value.is === "in" ? session.value.login : null);
export const me = computed(() => login.value?.account ?? "");
export const runsHub = computed(() =>
	login.value?.role === "admin" || login.value?.role === "operator");

/**
 * Calls @f when who was logged in is no more; also when somebody else is at
 * once, as it seems to a tab that slept while another one changed hands.
 */
export function onLeave(f: () => void): void {
	let who = "";
	effect(() => {
		const before = who;
		who = me.value;
		if (before !== "" && before !== who)
			untracked(f);
	});
}

const tabs = typeof BroadcastChannel === "undefined"
	? null : new BroadcastChannel("fss-session");

/** Who one is could not be asked: it is again, when that may do. */
let failed = 0, again: ReturnType<typeof setTimeout> | undefined;

function away(error: api.ApiError): void {
	session.value = { is: "away", error };
	const rest = api.restAfter(error, failed++);
	clearTimeout(again);
	if (rest !== null)
		again = setTimeout(() => void check(), rest);
}

function take(got: Session, ended = false): void {
	clearTimeout(again);
	failed = 0;
	api.setCsrf(got.csrf ?? "");
	// Who is out already was told why.
	const was = session.value;
	session.value = got.account !== undefined
		? { is: "in", login: got as Login }
		: { is: "out", hub: got.hub,
		    ended: was.is === "out" ? was.ended : ended };
}

/** Counts questions who one is: the answer to the last one holds. */
let turn = 0;

/** Asks the server who one is. */
export async function check(ended = false): Promise<void> {
	const mine = ++turn;
	const known = (got: Session, over: boolean) => {
		if (mine === turn)
			take(got, over);
	};
	try {
		known(await calls.getSession(), ended);
	} catch (error) {
		const e = error as api.ApiError;
		if (mine !== turn)
			return;
		if (e.status === 401) {
			// The cookie was taken back with this answer.
			api.setCsrf("");
			try {
				known(await calls.getSession(), true);
			} catch (twice) {
				if (mine === turn)
					away(twice as api.ApiError);
			}
		} else if (session.value.is !== "in") {
			away(e);
		}
	}
}

/** Role, use and quota, which others change; nothing is drawn if none did. */
export async function refresh(): Promise<void> {
	const mine = turn, who = me.value, got = await calls.getSession();
	if (session.value.is !== "in" || me.value !== who || mine !== turn)
		return;
	if (got.account !== who)
		take(got, true);
	else if (JSON.stringify(got) !== JSON.stringify(session.value.login))
		take(got);
}

export async function logIn(name: string, password: string): Promise<void> {
	const got = await calls.logIn(name, password,
	    agentName(navigator.userAgent));
	turn++;
	take(got);
	tabs?.postMessage("changed");
}

export async function register(name: string, password: string,
    invite: string): Promise<void> {
	const got = await calls.register(name, password, invite,
	    agentName(navigator.userAgent));
	turn++;
	take(got);
	tabs?.postMessage("changed");
}

/** One is logging out: that the log-in ends is no surprise. */
let leaving = false;

export async function logOut(everywhere: boolean): Promise<void> {
	const hub = session.value.is === "in" ? session.value.login.hub : null;
	leaving = true;
	try {
		await calls.logOut(everywhere);
	} finally {
		leaving = false;
	}
	api.setCsrf("");
	turn++;
	if (hub)
		session.value = { is: "out", hub, ended: false };
	tabs?.postMessage("changed");
	await check();
}

/** The log-in ended: by a log-out elsewhere, a revocation, or its time. */
export function ended(): void {
	if (session.value.is !== "in" || leaving)
		return;
	api.setCsrf("");
	session.value = { is: "out", hub: session.value.login.hub, ended: true };
	void check(true);
}

/** Whether a refused change may go with a newer CSRF value. */
async function stale(): Promise<boolean> {
	const before = api.getCsrf(), who = me.value;
	try {
		const got = await calls.getSession();
		if (got.account !== who) {
			take(got, true);
			return false;
		}
		api.setCsrf(got.csrf ?? "");
	} catch {
		return false;
	}
	return api.getCsrf() !== before;
}

onLeave(api.leave);
api.hooks(ended, stale);
if (tabs)
	tabs.onmessage = () => void check(true);
