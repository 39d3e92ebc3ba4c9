/*
 * Tells the list of links that one was made, wherever that happened.
 */
const listeners = new Set<() => void>();

export function linkMade(): void {
	for (const f of listeners)
		f();
}

export function onLinkMade(f: () => void): () => void {
	listeners.add(f);
	return () => void listeners.delete(f);
}
