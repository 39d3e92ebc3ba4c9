/*
 * Sizes, dates and numbers for people, by Intl in the browser's language.
 * Times from the hub are microseconds UTC.
 */
import { clock } from "./clock";

const locale = typeof navigator === "undefined"
	? "en" : navigator.language || "en";

const plain = new Intl.NumberFormat(locale);
const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte",
	"petabyte"] as const;
const sizes = units.map((unit) => [0, 1].map((digits) =>
	new Intl.NumberFormat(locale, { style: "unit", unit,
		unitDisplay: unit === "byte" ? "long" : "short",
		maximumFractionDigits: digits })));

export function count(n: number): string {
	return plain.format(n);
}

/** "3 MB": decimal units, one digit behind the point below ten. */
export function size(bytes: number | undefined): string {
	if (bytes === undefined)
		return "";
	let value = bytes, unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	const digits = unit > 0 && value < 9.95 ? 1 : 0;
	return sizes[unit]![digits]!.format(value);
}

const percents = new Intl.NumberFormat(locale, { style: "percent" });

export function percent(part: number, whole: number): string {
	return percents.format(whole > 0 ? Math.min(1, part / whole) : 0);
}

const relative = new Intl.RelativeTimeFormat(locale,
	{ numeric: "auto", style: "short" });
const day = new Intl.DateTimeFormat(locale,
	{ day: "numeric", month: "short" });
const year = new Intl.DateTimeFormat(locale,
	{ day: "numeric", month: "short", year: "numeric" });
const hours = new Intl.DateTimeFormat(locale,
	{ hour: "numeric", minute: "2-digit" });
const full = new Intl.DateTimeFormat(locale,
	{ dateStyle: "full", timeStyle: "medium" });

/** Short, and the nearer the finer: "5 min. ago", "14:03", "3 May". */
export function when(us: number | undefined, now = clock.value): string {
	if (!us)
		return "";
	const ms = us / 1000;
	const ago = (now - ms) / 1000;
	const date = new Date(ms);
	if (Math.abs(ago) < 45)
		return relative.format(0, "second");
	if (Math.abs(ago) < 3600)
		return relative.format(-Math.round(ago / 60), "minute");
	if (date.toDateString() === new Date(now).toDateString())
		return hours.format(date);
	if (date.getFullYear() === new Date(now).getFullYear())
		return day.format(date);
	return year.format(date);
}

/** For what is to come: "in 3 days". */
export function until(us: number | undefined, now = clock.value): string {
	if (!us)
		return "";
	const s = us / 1e6 - now / 1000;
	if (Math.abs(s) < 3600)
		return relative.format(Math.round(s / 60), "minute");
	if (Math.abs(s) < 86400 * 2)
		return relative.format(Math.round(s / 3600), "hour");
	return relative.format(Math.round(s / 86400), "day");
}

const medium = new Intl.DateTimeFormat(locale,
	{ dateStyle: "medium", timeStyle: "short" });

/** Date and time to the minute. */
export function stamp(us: number | undefined): string {
	return us ? medium.format(new Date(us / 1000)) : "";
}

/** All of it, for titles. */
export function exact(us: number | undefined): string {
	return us ? full.format(new Date(us / 1000)) : "";
}

export function iso(us: number | undefined): string {
	return us ? new Date(us / 1000).toISOString() : "";
}

const second = new Intl.NumberFormat(locale, { style: "unit",
	unit: "second", unitDisplay: "short" });
const minute = new Intl.NumberFormat(locale, { style: "unit",
	unit: "minute", unitDisplay: "short" });
const hour = new Intl.NumberFormat(locale, { style: "unit",
	unit: "hour", unitDisplay: "short" });
const days = new Intl.NumberFormat(locale, { style: "unit",
	unit: "day", unitDisplay: "long" });

/** A length of time, in its largest unit. */
export function span(s: number): string {
	if (s < 60)
		return second.format(Math.max(0, Math.round(s)));
	if (s < 3600)
		return minute.format(Math.round(s / 60));
	if (s < 86400 * 2)
		return hour.format(Math.round(s / 3600));
	return days.format(Math.floor(s / 86400));
}
