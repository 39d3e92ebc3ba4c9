/*
 * One's account: password, what is open now, devices, tokens for scripts, and
 * the way out.
 */
import { useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { login, logOut } from "../../data/session";
import { size } from "../../lib/format";
import { setTheme, theme, type Theme } from "../../lib/theme";
import { t } from "../../strings";
import { Progress } from "../../ui/bits";
import { Button } from "../../ui/button";
import { FormDialog, openDialog } from "../../ui/dialog";
import { Choice, PasswordField } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Problem } from "../../ui/notice";
import { emptied } from "../../ui/submit";
import { attempt, tell } from "../../ui/toast";
import { explain } from "../../lib/errors";
import { ApiError } from "../../data/api";
import { Devices, Sessions } from "./devices";
import { Tokens } from "./tokens";

export function AccountPage() {
	const now = login.value;
	const [turn, setTurn] = useState(0);
	if (!now)
		return null;
	return <div class="page">
		<header class="page-head">
			<h1 class="title" tabIndex={-1}>{t.account.title}</h1>
			<Button icon="logout" onClick={() =>
				void attempt(() => logOut(false), undefined,
				    "log out")}>
				{t.account.logOut}</Button>
		</header>
		<p class="muted">{t.account.as(now.account,
			t.admin.roles[now.role ?? "user"])}</p>
		{now.bytes !== undefined && <p class="space">
			{t.account.space(size(now.bytes), now.quota_bytes
				? size(now.quota_bytes) : "", now.files ?? 0)}
			{now.quota_bytes ? <Progress part={now.bytes}
				whole={now.quota_bytes} label={t.admin.quota} /> : null}
		</p>}
		<div class="two">
			<section class="section" aria-label={t.account.password}>
				<h2>{t.account.password}</h2>
				<PasswordForm changed={() => setTurn((n) => n + 1)} />
			</section>
			<section class="section" aria-label={t.theme.label}>
				<h2>{t.theme.label}</h2>
				<Choice<Theme> headed label={t.theme.label} value={theme.value}
					onInput={setTheme} options={[
					{ value: "system", label: t.theme.system },
					{ value: "light", label: t.theme.light },
					{ value: "dark", label: t.theme.dark }]} />
			</section>
		</div>
		<Sessions key={`s${turn}`} />
		<Devices key={`d${turn}`} />
		<Tokens key={`t${turn}`} />
		<section class="section danger-zone"
			aria-label={t.account.logOutAll}>
			<p class="muted"><Icon name="logout" />{" "}
				{t.account.logOutAllHint}</p>
			<Button look="danger" onClick={() =>
				openDialog(<EverywhereDialog />)}>
				{t.account.logOutAll}</Button>
		</section>
	</div>;
}

function EverywhereDialog() {
	return <FormDialog title={t.account.logOutAll} danger
		action={t.account.logOutAll} submit={() => logOut(true)}>
		<p>{t.account.logOutAllHint}</p>
	</FormDialog>;
}

function PasswordForm({ changed }: { changed: () => void }) {
	const [old, setOld] = useState("");
	const [fresh, setFresh] = useState("");
	const [again, setAgain] = useState("");
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState("");
	const change = async () => {
		setBusy(true);
		setError("");
		try {
			await calls.changePassword(old, fresh);
			setOld(emptied(old));
			setFresh(emptied(fresh));
			setAgain(emptied(again));
			tell(t.account.changed);
			changed();
		} catch (e) {
			setError((e as ApiError).code === "FSS_EAUTH"
				? t.account.wrong : explain(e));
		}
		setBusy(false);
	};
	const differ = again !== "" && fresh !== again;
	return <form class="stack" onSubmit={(event) => {
		event.preventDefault();
		if (!busy && fresh === again)
			void change();
	}}>
		<input type="text" class="sr" autocomplete="username" readOnly
			tabIndex={-1} aria-hidden="true"
			value={login.value?.account} />
		<PasswordField label={t.account.old} value={old} onInput={setOld}
			autocomplete="current-password" required />
		<PasswordField label={t.account.fresh} value={fresh}
			onInput={setFresh} autocomplete="new-password" required
			hint={t.gate.passwordHint} />
		<PasswordField label={t.gate.repeat} value={again}
			onInput={setAgain} autocomplete="new-password" required
			fault={differ ? t.gate.differ : undefined} />
		{error && <Problem>{error}</Problem>}
		<div><Button type="submit" busy={busy}
			disabled={differ}>
			{t.account.change}</Button></div>
	</form>;
}
