/*
 * So many uploads at once in all tabs of a browser.  It opens six connections
 * to a server, whatever the number of tabs: with all of them full of uploads no
 * list would load, and nobody could even log out.
 */
export type Slot = { got: Promise<void>; free: () => void };

const slots = 3;

/** One that another upload of this tab gives back comes sooner, in ms. */
const soon = 300;

/**
 * The next slot that is free; given back by free(), or when the tab ends.
 * @behind is told true if it takes a while, and false when it has come.
 */
export function takeSlot(behind: (yes: boolean) => void,
    locks: LockManager | undefined = navigator.locks): Slot {
	if (!locks)
		return { got: Promise.resolve(), free: () => undefined };
	const wait = new AbortController();
	const waits = setTimeout(() => behind(true), soon);
	let free: () => void = () => undefined;
	const held = new Promise<void>((done) => { free = done; });
	const got = new Promise<void>((resolve) => {
		const take = () => {
			// The first one will do.
			if (wait.signal.aborted)
				return undefined;
			wait.abort();
			clearTimeout(waits);
			behind(false);
			resolve();
			return held;
		};
		for (let i = 0; i < slots; i++)
			void locks.request(`fss-upload-${i}`,
			    { signal: wait.signal }, take).catch(() => undefined);
	});
	return { got, free: () => {
		clearTimeout(waits);
		wait.abort();
		free();
	} };
}
