/*
 * Who did what a line of the audit tells.
 */
import type { AuditLine } from "../../data/schema";
import { t } from "../../strings";

/** What visitors do by a share link has no account that did it. */
const visits = ["link-opened", "link-fetched", "link-put"];

export function whoDid(line: Pick<AuditLine, "by" | "what">): string {
	return line.by ?? (visits.includes(line.what)
		? t.admin.aVisitor : t.admin.hubItself);
}
