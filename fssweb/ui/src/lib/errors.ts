/*
 * What to tell people of a failure: one sentence, the server's detail where
 * it has one, and when to try again.
 */
import { ApiError } from "../data/api";
import { t } from "../strings";
import { span } from "./format";
import { plain } from "./plain";

/** Errors whose detail, where there is one, says all that our words do. */
const detailed = ["FSS_EINVAL", "FSS_ENOACCOUNT", "FSS_EPATH"];

/** Errors whose detail is of the hub's inside, or says ours in its words. */
const inner = ["FSS_EAUTH", "FSS_ENOSPC", "FSS_EPASSWORD"];

export function explain(error: unknown): string {
	if (!(error instanceof ApiError))
		return t.error.title;
	if (error.detail !== "" && detailed.includes(error.code))
		return sentence(error.detail);
	const parts = [t.errors[error.code] ?? (error.message !== ""
		? sentence(error.message) : t.error.other(error.code))];
	if (error.detail !== "" && !inner.includes(error.code))
		parts.push(sentence(error.detail));
	if (error.retryMs > 0)
		parts.push(t.error.retryIn(span(error.retryMs / 1000)));
	return parts.join(" ");
}

/** A refused name in a detail would turn the sentence around it. */
function sentence(text: string): string {
	const told = plain(text);
	const whole = told.charAt(0).toUpperCase() + told.slice(1);
	return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
