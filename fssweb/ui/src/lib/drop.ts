/*
 * What is dragged over the page: who takes files says so in handlers of its
 * own, and nobody else gets them, the browser least of all, which would leave
 * the page for them.
 */

/** Whether files are dragged, and not text or a link of some page. */
export function hasFiles(event: DragEvent): boolean {
	return event.dataTransfer?.types.includes("Files") ?? false;
}

/** Refuses files wherever nothing on the page has taken them. */
export function startDrop(at: EventTarget = window): void {
	const refuse = (event: Event) => {
		if (event.defaultPrevented || !hasFiles(event as DragEvent))
			return;
		event.preventDefault();
		// The pointer says that they are not taken here.
		(event as DragEvent).dataTransfer!.dropEffect = "none";
	};
	at.addEventListener("dragover", refuse);
	at.addEventListener("drop", refuse);
}
