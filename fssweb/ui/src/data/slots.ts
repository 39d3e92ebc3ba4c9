/*
 * So many uploads at once in all tabs of a browser.  It opens six connections
 * to a server, whatever the number of tabs: with all of them full of uploads no
 * list would load, and nobody could even log out.
 */
export type Slot = { got: Promise<void>; free: () => void };

const slots = 3;

/** The next slot that is free; given back by free(), or when the tab ends. */
export function takeSlot(locks: LockManager | undefined = navigator.locks):
    Slot {
	if (!locks)
		return { got: Promise.resolve(), free: () => undefined };
	const wait = new AbortController();
	let free: () => void = () => undefined;
	const held = new Promise<void>((done) => { free = done; });
	const got = new Promise<void>((resolve) => {
		const take = () => {
			// The first one will do.
			if (wait.signal.aborted)
				return undefined;
			wait.abort();
			resolve();
			return held;
		};
		for (let i = 0; i < slots; i++)
			void locks.request(`fss-upload-${i}`,
			    { signal: wait.signal }, take).catch(() => undefined);
	});
	return { got, free: () => {
		wait.abort();
		free();
	} };
}
