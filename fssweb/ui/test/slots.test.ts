/* Places for uploads: all tabs have three, and who waits for one says so. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { takeSlot } from "../src/data/slots";

/** Locks as a browser has them for all its tabs. */
class Locks {
	private readonly last = new Map<string, Promise<unknown>>();

	request(name: string, { signal }: { signal: AbortSignal },
	    take: () => Promise<void> | undefined): Promise<unknown> {
		const turn = (this.last.get(name) ?? Promise.resolve())
			.then(() => signal.aborted ? undefined : take());
		this.last.set(name, turn);
		return turn;
	}
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("who waits for another tab's place says so until it has it", async () => {
	const locks = new Locks() as unknown as LockManager;
	const said: boolean[][] = [];
	const take = () => {
		const mine: boolean[] = [];
		said.push(mine);
		return takeSlot((yes) => mine.push(yes), locks);
	};
	const first = [take(), take(), take()];
	await Promise.all(first.map((slot) => slot.got));
	const fourth = take(), fifth = take();
	await vi.advanceTimersByTimeAsync(300);
	expect(said).toEqual([[false], [false], [false], [true], [true]]);
	first[1]!.free();
	await fourth.got;
	expect(said[3]).toEqual([true, false]);
	// One that is given up says no more; one that comes at once never did.
	fifth.free();
	const sixth = take();
	fourth.free();
	await sixth.got;
	await vi.advanceTimersByTimeAsync(1000);
	expect(said.slice(4)).toEqual([[true], [false]]);
});
