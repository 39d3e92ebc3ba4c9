/*
 * Invites: made, shown once, listed while they can be used, withdrawn.
 */
import { useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { lively } from "../../data/poll";
import type { Invite, Role } from "../../data/schema";
import { login } from "../../data/session";
import { until } from "../../lib/format";
import { href } from "../../lib/router";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Time } from "../../ui/bits";
import { Button } from "../../ui/button";
import { FormDialog, openDialog } from "../../ui/dialog";
import { Select, Text } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Empty, Failed, Waiting } from "../../ui/notice";
import { Secret } from "../../ui/secret";
import { attempt } from "../../ui/toast";

export function InvitesTab() {
	const { value, error, reload } = useLoad("invites", () =>
		calls.all<Invite>(calls.invites, 1024), lively);
	return <div class="stack">
		<div><Button icon="plus" look="primary" onClick={() => openDialog(
			<InviteDialog made={reload} />)}>
			{t.admin.newInvite}</Button></div>
		{error ? <Failed error={error} again={reload} />
		: !value ? <Waiting rows={2} />
		: value.length === 0
		? <Empty icon="people" title={t.admin.noInvites} />
		: <ul class="cards" aria-label={t.admin.invites}>
			{value.map((invite) => <li key={invite.invite}
				class="card line">
				<Icon name="key" />
				<div class="grow">
					<p><strong>{t.admin.inviteRole}{" "}
						{t.admin.roles[invite.role]}</strong></p>
					<p class="muted line-facts">
						{invite.by && <span>
							{t.admin.invitedBy(invite.by)}</span>}
						<span>{t.admin.usesLeft(invite.uses ?? 1)}</span>
						<Time us={invite.expires}
							text={t.links.ends(
							    until(invite.expires))} />
					</p>
				</div>
				<Button icon="trash" onClick={() => void attempt(() =>
					calls.withdrawInvite(invite.invite)
						.then(reload), undefined,
					`invite ${invite.invite}`)}>
					{t.admin.withdraw}</Button>
			</li>)}</ul>}
	</div>;
}

function InviteDialog({ made }: { made: () => void }) {
	const [role, setRole] = useState<Role>("user");
	const [uses, setUses] = useState("1");
	const [ttl, setTtl] = useState("604800");
	return <FormDialog title={t.admin.newInvite} action={t.dialog.create}
		submit={async () => {
			const got = await calls.makeInvite({ role,
				uses: Math.max(1, Math.floor(Number(uses))),
				ttl: Number(ttl) });
			made();
			// The code is in the fragment, which no server sees.
			return <Secret title={t.admin.inviteMade}
				hint={t.admin.inviteOnce} label={t.admin.inviteLink}
				value={location.origin + href("join") +
				    `#${got.code}`} extra={got.code}
				extraLabel={t.admin.inviteCode} />;
		}}>
		<div class="columns">
			{login.value?.role === "admin" &&
				<Select label={t.admin.inviteRole} value={role}
					onInput={(v) => setRole(v as Role)}
					options={Object.entries(t.admin.roles)} />}
			<Text label={t.admin.inviteUses} type="number" min={1}
				value={uses} onInput={setUses} />
			<Select label={t.admin.inviteTtl} value={ttl}
				onInput={setTtl}
				options={Object.entries(t.admin.days)} />
		</div>
	</FormDialog>;
}
