/*
 * Running the hub: for operators and admins.
 */
import { runsHub } from "../../data/session";
import { route } from "../../lib/router";
import { t } from "../../strings";
import { Empty } from "../../ui/notice";
import { Tabs } from "../../ui/tabs";
import { Sessions } from "../account/devices";
import { AuditTab } from "./audit";
import { InvitesTab } from "./invites";
import { Overview } from "./overview";
import { UsersTab } from "./users";

export function AdminPage() {
	const tab = route.value.query.get("tab") ?? "overview";
	if (!runsHub.value)
		return <Empty icon="lock" title={t.errors["FSS_EDENIED"]!} />;
	return <div class="page">
		<header class="page-head">
			<h1 class="title" tabIndex={-1}>{t.admin.title}</h1>
		</header>
		<Tabs label={t.admin.title} current={tab} tabs={[
			{ key: "overview", label: t.admin.overview },
			{ key: "people", label: t.admin.people },
			{ key: "invites", label: t.admin.invites },
			{ key: "sessions", label: t.admin.sessions },
			{ key: "audit", label: t.admin.audit },
		]} />
		{tab === "people" ? <UsersTab />
			: tab === "invites" ? <InvitesTab />
			: tab === "sessions" ? <Sessions all />
			: tab === "audit" ? <AuditTab />
			: <Overview />}
	</div>;
}
