/*
 * What is dragged over the page, before it is known who takes it.
 */

/** Whether files are dragged, and not text or a link of some page. */
export function hasFiles(event: DragEvent): boolean {
	return event.dataTransfer?.types.includes("Files") ?? false;
}
