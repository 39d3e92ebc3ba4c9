/*
 * Tokens with which scripts act for one: made with a few rights and an end,
 * shown once, revoked at any time.
 */
import { useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { lively } from "../../data/poll";
import type { Device } from "../../data/schema";
import { runsHub } from "../../data/session";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { FormDialog, openDialog } from "../../ui/dialog";
import { Check, Select, Text } from "../../ui/field";
import { Failed, Waiting } from "../../ui/notice";
import { Secret } from "../../ui/secret";
import { DeviceLine } from "./devices";

const day = 86400;

export function Tokens() {
	const { value, error, reload } = useLoad("tokens", () =>
		calls.all<Device>(calls.tokens, 1024), lively);
	return <section class="section" aria-label={t.account.tokens}>
		<header class="section-head">
			<h2>{t.account.tokens}</h2>
			<Button icon="plus" onClick={() => openDialog(
				<TokenDialog made={reload} />)}>
				{t.account.newToken}</Button>
		</header>
		<p class="muted">{t.account.tokenHint}</p>
		{error ? <Failed error={error} again={reload} />
		: !value ? <Waiting rows={1} />
		: value.length === 0
		? <p class="muted">{t.account.noTokens}</p>
		: <ul class="cards">{value.map((row) => <DeviceLine
			key={row.device} row={row} changed={reload} />)}</ul>}
	</section>;
}

const scopes = ["read", "write", "people", "admin"] as const;
type Scope = (typeof scopes)[number];

function TokenDialog({ made }: { made: () => void }) {
	const [label, setLabel] = useState("");
	const [days, setDays] = useState("90");
	const [chosen, choose] = useState<ReadonlySet<Scope>>(
	    new Set<Scope>(["read"]));
	return <FormDialog title={t.account.newToken} action={t.dialog.create}
		disabled={label.trim() === "" || chosen.size === 0}
		submit={async () => {
			const got = await calls.createToken({ label: label.trim(),
				scopes: [...chosen], ttl: Number(days) * day });
			made();
			const curl = `curl -H 'Authorization: Bearer ${got.token}' ` +
			    `\\\n  '${location.origin}/api/v1/list?path=:/'`;
			return <Secret title={t.account.tokenMade} label={t.account.token}
				hint={t.account.tokenOnce} value={got.token}
				extraLabel={t.account.example}
				extra={curl} />;
		}}>
		<Text label={t.account.label} value={label} onInput={setLabel}
			required autofocus bytes={64} />
		<fieldset class="rights"><legend>{t.account.scopes}</legend>
			{scopes.filter((s) => s !== "admin" || runsHub.value)
				.map((scope) => <Check key={scope}
				label={t.account.scope[scope]}
				checked={chosen.has(scope)}
				onInput={(on) => {
					const next = new Set(chosen);
					if (on)
						next.add(scope);
					else
						next.delete(scope);
					choose(next);
				}} />)}
		</fieldset>
		<Select label={t.account.ttl} value={days} onInput={setDays}
			options={(["7", "30", "90", "365"] as const).map((d) =>
			    [d, t.account.days[d]])} />
	</FormDialog>;
}
