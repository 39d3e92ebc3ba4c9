/*
 * Accounts: role, use, quota, lock.
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { useNews } from "../../data/news";
import { Paged } from "../../data/paged";
import { presenceOf } from "../../data/people";
import type { Role, User } from "../../data/schema";
import { login, me } from "../../data/session";
import { count, size } from "../../lib/format";
import { usePoll } from "../../lib/use";
import { t } from "../../strings";
import { Avatar, Progress } from "../../ui/bits";
import { Button } from "../../ui/button";
import { FormDialog, openDialog } from "../../ui/dialog";
import { Check, Select, Text } from "../../ui/field";
import { Failed, Waiting } from "../../ui/notice";
import { tell } from "../../ui/toast";

export function UsersTab() {
	const list = useMemo(() => new Paged<User>(calls.users,
	    (u) => u.name, 100), []);
	useEffect(() => {
		void list.start();
		return () => list.stop();
	}, []);
	usePoll(() => list.look());
	useNews("afresh", () => void list.refresh());
	const rows = list.rows.value, error = list.error.value;
	if (error && rows.length === 0)
		return <Failed error={error} again={() => void list.more()} />;
	if (list.fresh.value)
		return <Waiting />;
	return <div class="stack">
		<ul class="cards" aria-label={t.admin.people}>
			{rows.map((user) => <UserLine key={user.name} user={user}
				changed={(u) => list.put(u)} />)}
		</ul>
		{!list.done.value && <Button busy={list.loading.value}
			onClick={() => void list.more()}>{t.more}</Button>}
	</div>;
}

/** An operator changes users only, as the hub has it. */
function mayChange(role: Role | undefined, user: User): boolean {
	return role === "admin" || user.role === "user";
}

function UserLine({ user, changed }: { user: User;
    changed: (user: User) => void }) {
	const quota = user.quota_bytes ?? 0, bytes = user.bytes ?? 0;
	return <li class="card line">
		<Avatar name={user.name} presence={presenceOf(user.name)} />
		<div class="grow">
			<p><strong>{user.name}</strong>
				{user.role !== "user" && <span class="mark good">
					{t.admin.roles[user.role]}</span>}
				{user.locked && <span class="mark bad">
					{t.admin.locked}</span>}</p>
			<p class="muted line-facts">
				<span>{size(bytes)} / {quota > 0 ? size(quota)
					: t.admin.noQuota}</span>
				<span>{t.admin.files} {count(user.files ?? 0)}</span>
			</p>
			{quota > 0 && <Progress part={bytes} whole={quota}
				label={`${t.admin.quota}: ${user.name}`} />}
		</div>
		{mayChange(login.value?.role, user) && <Button icon="edit"
			aria-label={t.admin.edit(user.name)}
			onClick={() => openDialog(
			<EditDialog user={user} changed={changed} />)}>
			{t.admin.editDo}</Button>}
	</li>;
}

/*
 * A quota of 0 is no limit at the hub: who typed it to forbid all is stopped.
 * One byte is a quota, and one that was set elsewhere keeps nobody from saving.
 */
function EditDialog({ user, changed }: { user: User;
    changed: (user: User) => void }) {
	const giga = (n: number | undefined) => n ? String(n / 1e9) : "";
	const [role, setRole] = useState<Role>(user.role);
	const [quota, setQuota] = useState(giga(user.quota_bytes));
	const [files, setFiles] = useState(user.quota_files
		? String(user.quota_files) : "");
	const [locked, setLocked] = useState(user.locked ?? false);
	const self = user.name === me.value;
	return <FormDialog title={t.admin.editTitle(user.name)}
		action={t.save} submit={async () => {
			const body: Parameters<typeof calls.changeUser>[1] = {};
			if (role !== user.role)
				body.role = role;
			if (locked !== (user.locked ?? false))
				body.locked = locked;
			if (quota !== giga(user.quota_bytes))
				body.quota_bytes = Math.round(Number(quota) * 1e9);
			const most = Math.floor(Number(files));
			if (most !== (user.quota_files ?? 0))
				body.quota_files = most;
			if (Object.keys(body).length > 0) {
				changed(await calls.changeUser(user.name, body));
				tell(t.admin.changed(user.name));
			}
		}}>
		{!self && login.value?.role === "admin" &&
			<Select label={t.admin.role} value={role}
				onInput={(v) => setRole(v as Role)}
				options={Object.entries(t.admin.roles)} />}
		<div class="columns">
			<Text label={t.admin.quotaGb} type="number" min={1e-9} parts
				value={quota} onInput={setQuota} />
			<Text label={t.admin.quotaFiles} type="number" min={1}
				value={files} onInput={setFiles} />
		</div>
		{!self && <Check label={t.admin.lock} checked={locked}
			onInput={setLocked} />}
	</FormDialog>;
}
