/* Files that nothing on the page takes are not the browser's to open. */
import { expect, test } from "vitest";
import { startDrop } from "../src/lib/drop";

/** What becomes of a drag of @types over a page that takes it or does not. */
function drag(name: string, types: string[], taken = false) {
	const page = new EventTarget(), dataTransfer = { types,
		dropEffect: "copy" };
	if (taken)
		page.addEventListener(name, (event) => event.preventDefault());
	startDrop(page);
	const event = Object.assign(new Event(name, { cancelable: true }),
	    { dataTransfer });
	page.dispatchEvent(event);
	return [event.defaultPrevented, dataTransfer.dropEffect];
}

test.each(["dragover", "drop"])("%s is refused where nothing takes it",
    (name) => {
	expect(drag(name, ["Files"])).toEqual([true, "none"]);
	expect(drag(name, ["Files"], true)).toEqual([true, "copy"]);
	// Text goes into fields as it always does.
	expect(drag(name, ["text/plain"])).toEqual([false, "copy"]);
});
