/*
 * Icons: strokes on a grid of 24, drawn in the colour of the text.  They are
 * always beside words or on a button with a label, so they are hidden from
 * screen readers.
 */

const paths = {
	folder: "M3 6.5A1.5 1.5 0 0 1 4.5 5H9l2 2.5h8.5A1.5 1.5 0 0 1 21 9v8.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5z",
	file: "M6 3h8l4 4v14H6zM14 3v4h4",
	link: "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.7-5.7L11.8 7.3M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.7 5.7l1.5-1.5",
	image: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9.5h.01",
	audio: "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
	video: "M4 6h11v12H4zM15 10l5-3v10l-5-3",
	pdf: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 15.5h6",
	text: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 15.5h4",
	archive: "M4 7h16v13H4zM3 4h18v3H3zM10 11h4",
	people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
	person: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
	inbox: "M4 13l2.5-8h11L20 13v6H4zM4 13h4.5l1.5 2.5h4l1.5-2.5H20",
	clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
	shared: "M18 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM6 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM18 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8.2 10.8l7.6-4M8.2 13.2l7.6 4",
	hub: "M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.01M7.5 16h.01",
	search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21",
	upload: "M12 16V4M7 9l5-5 5 5M4 20h16",
	download: "M12 4v12M7 11l5 5 5-5M4 20h16",
	plus: "M12 5v14M5 12h14",
	dots: "M5.5 12h.01M12 12h.01M18.5 12h.01",
	close: "M6 6l12 12M18 6L6 18",
	check: "M5 12.5l4.5 4.5L19 7.5",
	trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
	edit: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19z",
	move: "M3 6.5A1.5 1.5 0 0 1 4.5 5H9l2 2.5h8.5A1.5 1.5 0 0 1 21 9v8.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5zM9 13.5h6M12.5 11l2.5 2.5-2.5 2.5",
	lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
	eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
	pause: "M8 5v14M16 5v14",
	play: "M7 4.5l12 7.5-12 7.5z",
	up: "M12 19V5M6 11l6-6 6 6",
	down: "M6 9.5l6 6 6-6",
	right: "M9.5 6l6 6-6 6",
	left: "M14.5 6l-6 6 6 6",
	info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 7.8h.01",
	warn: "M12 4l9 16H3zM12 10v4.5M12 17.3h.01",
	history: "M4 12a8 8 0 1 1 2.5 5.8M4 5v4.5h4.5M12 8v4.5l3 1.5",
	hand: "M7 11.5V6a1.5 1.5 0 0 1 3 0v5M10 10.5V4.5a1.5 1.5 0 0 1 3 0v6M13 10.5v-5a1.5 1.5 0 0 1 3 0V13M16 9.5a1.5 1.5 0 0 1 3 0V15a6 6 0 0 1-6 6h-1c-2 0-3.3-.8-4.5-2.5L4 13.8a1.5 1.5 0 0 1 2.5-1.6L8 14",
	copy: "M9 9h11v11H9zM5 15H4V4h11v1",
	logout: "M14 4H5v16h9M10 12h11M17.5 8.5L21 12l-3.5 3.5",
	keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10",
	sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
	filter: "M4 6h16M7 12h10M10 18h4",
	bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4",
	key: "M8 18a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11 11.5L20 3M16.5 6.3l2.5 2.7",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, class: cls = "" }: { name: IconName;
    class?: string }) {
	return <svg class={`icon icon-${name} ${cls}`} viewBox="0 0 24 24" aria-hidden="true"
		focusable="false"><path d={paths[name]} /></svg>;
}
