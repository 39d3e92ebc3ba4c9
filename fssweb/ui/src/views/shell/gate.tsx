/*
 * Before the log-in: log in, or sign up with an invite.
 */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { logIn, register, type State } from "../../data/session";
import { explain } from "../../lib/errors";
import { go, href, route } from "../../lib/router";
import { useOnce } from "../../lib/use";
import { t } from "../../strings";
import { Button, Link } from "../../ui/button";
import { PasswordField, Text } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Problem } from "../../ui/notice";

const nameRule = /^[a-z0-9][a-z0-9._-]{0,31}$/;

export function Gate({ state }: { state: State & { is: "out" } }) {
	const joining = route.value.page === "join";
	const hub = state.hub.name || t.app;
	const closed = state.hub.registration === "closed";
	const title = joining ? t.gate.join(hub) : t.gate.to(hub);
	// That of before tells of somebody's files.
	useEffect(() => {
		document.title = title;
	}, [title]);
	return <main class="gate">
		<div class="gate-card">
			<p class="brand"><Logo /><span>{hub}</span></p>
			<h1 class="gate-title" tabIndex={-1}>{title}</h1>
			<p class="muted">{t.gate.lead}</p>
			{state.ended && !joining &&
				<p class="note" role="status">{t.gate.ended}</p>}
			{joining && closed ? <Problem>{t.gate.closed}</Problem>
				: joining
				? <SignUp open={state.hub.registration === "open"} />
				: <LogIn />}
			{(!closed || joining) && <p class="gate-switch">
				<Link to={href(joining ? "files" : "join")}>
					{joining ? t.gate.have
					: state.hub.registration === "open"
					? t.gate.open : t.gate.haveNot}</Link></p>}
		</div>
	</main>;
}

export function Logo() {
	return <img class="logo" src="/icon.svg" alt="" width="32"
		height="32" />;
}

function useWork() {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState("");
	const run = async (work: () => Promise<void>) => {
		setBusy(true);
		setError("");
		try {
			await work();
		} catch (e) {
			setError(explain(e));
			setBusy(false);
		}
	};
	return { busy, error, run };
}

/**
 * Begins at the first field that is empty.  The browser's own autofocus is for
 * what a page begins with.
 */
function useBegin(): void {
	useOnce(() => {
		if (document.activeElement === document.body)
			[...document.querySelectorAll<HTMLInputElement>(".gate input")]
				.find((field) => field.value === "")?.focus();
	});
}

function LogIn() {
	const [name, setName] = useState("");
	const [password, setPassword] = useState("");
	const { busy, error, run } = useWork();
	useBegin();
	return <form class="stack" onSubmit={(event) => {
		event.preventDefault();
		void run(() => logIn(name.trim(), password));
	}}>
		<Text label={t.gate.name} value={name} onInput={setName} required
			autofocus autocomplete="username" />
		<PasswordField label={t.gate.password} value={password} required
			onInput={setPassword} autocomplete="current-password" />
		{error && <Problem>{error}</Problem>}
		<Button type="submit" look="primary" busy={busy} class="full">
			{t.gate.logIn}</Button>
	</form>;
}

/** Kept while one looks at the log-in, which has no place for it. */
const invite = signal("");

/** An invite may come in the fragment, which stays in the browser. */
function takeInvite(): void {
	const text = location.hash.slice(1);
	if (text === "")
		return;
	try {
		invite.value = decodeURIComponent(text);
	} catch {
		invite.value = text;
	}
}

function SignUp({ open }: { open: boolean }) {
	const [name, setName] = useState("");
	const [password, setPassword] = useState("");
	const [again, setAgain] = useState("");
	useState(takeInvite); // before the field is there
	// Another link opened in this tab changes the fragment alone.
	useOnce(() => {
		addEventListener("hashchange", takeInvite);
		return () => removeEventListener("hashchange", takeInvite);
	});
	const { busy, error, run } = useWork();
	useBegin();
	const bad = name !== "" && !nameRule.test(name.trim());
	const differ = again !== "" && again !== password;
	return <form class="stack" onSubmit={(event) => {
		event.preventDefault();
		if (bad || password !== again)
			return;
		void run(async () => {
			await register(name.trim(), password, invite.value.trim());
			invite.value = "";
			go("/files", true);
		});
	}}>
		{!open && <Text label={t.gate.invite} value={invite.value} required
			onInput={(text) => { invite.value = text; }} hint={t.gate.inviteHint} />}
		<Text label={t.gate.name} value={name} onInput={setName} required
			autocomplete="username" hint={t.gate.nameHint}
			fault={bad ? t.gate.nameBad : undefined} />
		<PasswordField label={t.gate.password} value={password} required
			onInput={setPassword} autocomplete="new-password"
			hint={t.gate.passwordHint} />
		<PasswordField label={t.gate.repeat} value={again} required
			onInput={setAgain} autocomplete="new-password"
			fault={differ ? t.gate.differ : undefined} />
		{error && <Problem>{error}</Problem>}
		<Button type="submit" look="primary" busy={busy} class="full"
			disabled={bad || differ}>{t.gate.signUp}</Button>
	</form>;
}

export function Away({ again }: { again: () => void }) {
	return <main class="gate"><div class="gate-card" role="alert">
		<p class="brand"><Logo /><span>{t.app}</span></p>
		<h1 class="gate-title"><Icon name="warn" /> {t.gate.away}</h1>
		<p class="muted">{t.gate.awayHint}</p>
		<Button look="primary" onClick={again}>{t.again}</Button>
	</div></main>;
}
