/*
 * Who did what a line of the audit tells, in words.
 */
import type { AuditLine } from "../../data/schema";
import { t } from "../../strings";

/** What visitors do by a share link has no account that did it. */
const visits = ["link-opened", "link-fetched", "link-put"];

export function whoDid(line: Pick<AuditLine, "by" | "what">): string {
	return line.by ?? (visits.includes(line.what)
		? t.admin.aVisitor : t.admin.hubItself);
}

/** Of a wish nothing has been answered then: the line has its words. */
const unanswered = ["asked", "retried", "cancelled", "expired"];

/**
 * What was done, as far as there is no path, and what else the line says.  A
 * wish is of no file before somebody gives one; its words are the detail,
 * until those of an answer are.
 */
export function whatDone(line: Pick<AuditLine, "what" | "path" | "request"
    | "detail">): { did: string; more: string } {
	const { what, path, request, detail = "" } = line;
	const verb = t.admin.what[what] ?? what;
	if (path !== undefined || request === undefined)
		return { did: verb, more: detail };
	if (!unanswered.includes(what))
		return { did: t.admin.ofWish(verb, ""), more: detail };
	return { did: what === "asked" && detail !== ""
		? t.admin.wished(detail) : t.admin.ofWish(verb, detail),
		more: "" };
}
