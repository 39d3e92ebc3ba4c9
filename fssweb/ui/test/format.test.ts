/* Sizes and times as people read them. */
import { expect, test } from "vitest";
import { count, percent, size, span, until, when }
	from "../src/lib/format";
import { clip } from "../src/lib/clip";

const hour = 3600, now = Date.UTC(2026, 5, 15, 12, 0, 0);
const ago = (s: number) => now * 1000 - s * 1e6;

test("sizes are decimal, with a digit behind the point below ten", () => {
	expect(size(undefined)).toBe("");
	expect(size(0)).toBe("0 bytes");
	expect(size(999)).toBe("999 bytes");
	expect(size(999.6)).toBe("1 kB");
	expect(size(1500)).toBe("1.5 kB");
	expect(size(9949)).toBe("9.9 kB");
	expect(size(9999)).toBe("10 kB");
	expect(size(12_400_000)).toBe("12 MB");
	expect(size(999_600_000)).toBe("1 GB");
	expect(size(5.2e18)).toBe("5,200 PB");
});

test("times are finer the nearer they are", () => {
	expect(when(undefined, now)).toBe("");
	expect(when(0, now)).toBe("");
	expect(when(ago(5), now)).toBe("now");
	expect(when(ago(-20), now)).toBe("now");
	expect(when(ago(300), now)).toMatch(/^5 min/);
	expect(when(ago(40 * 24 * hour), now)).toMatch(/May/);
	expect(when(ago(40 * 24 * hour), now)).not.toMatch(/2026/);
	expect(when(ago(400 * 24 * hour), now)).toMatch(/2025/);
});

test("what is to come, and lengths of time", () => {
	expect(until(ago(-3 * 24 * hour), now)).toBe("in 3 days");
	expect(until(ago(-5 * hour), now)).toMatch(/^in 5 h/);
	expect(span(5)).toMatch(/^5 s/);
	expect(span(125)).toMatch(/^2 min/);
	expect(span(9 * 24 * hour)).toBe("9 days");
	expect(span(-1)).toMatch(/^0 s/);
});

test("parts of a whole stay between nothing and all", () => {
	expect(percent(1, 4)).toBe("25%");
	expect(percent(5, 4)).toBe("100%");
	expect(percent(1, 0)).toBe("0%");
	expect(count(1234567)).toBe("1,234,567");
});

test("texts are as long as the hub counts, in whole letters", () => {
	expect(clip("straße", 7)).toBe("straße");
	expect(clip("straße", 6)).toBe("straß");
	expect(clip("straße", 5)).toBe("stra");
	expect(clip("письмо", 7)).toBe("пис");
	expect(clip("a\u{1f600}b", 5)).toBe("a\u{1f600}");
	expect(clip("a\u{1f600}b", 4)).toBe("a");
	expect(clip("", 0)).toBe("");
});
