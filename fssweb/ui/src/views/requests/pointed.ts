/*
 * The request that the address names: shown and in the focus once, wherever it
 * is in the list.  One that is not, for it is far behind or in another box by
 * now, is fetched; one that is gone is said to be.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { inBox, isLive, onRequest, onRequestGone, type Box }
	from "../../data/requests";
import type { Paged } from "../../data/paged";
import type { Request } from "../../data/schema";
import { goWith, route } from "../../lib/router";
import { useLoad } from "../../lib/use";

export type Pointed = {
	id: number;
	/** It is of this box, and not among the rows that are here. */
	apart: Request | null;
	gone: boolean;
};

function tabOf(request: Request): string | undefined {
	return !isLive(request) ? "history" : request.mine ? "out" : undefined;
}

export function usePointed(list: Paged<Request>, box: Box): Pointed {
	const named = route.value.query.get("request") ?? "";
	const id = Number(named) || 0;
	const among = list.rows.value.some((r) => r.request === id);
	const ready = !list.fresh.value;
	// Once it was seen here, that it leaves is no riddle.
	const [sought, seek] = useState(0);
	const met = useRef(0);
	useEffect(() => {
		if (!ready || id === 0 || met.current === id)
			return;
		met.current = id;
		seek(among ? 0 : id);
	}, [id, ready, among]);
	const placed = useRef(0);
	const key = sought === id && id > 0 ? named : "";
	const got = useLoad(key, async () => {
		if (key === "")
			return null;
		const request = await calls.request(id);
		// Where it was asked for, it may have been answered since; but what
		// is answered while one looks takes nobody along.
		const { page, query } = route.value;
		if (!inBox(request, box) && placed.current !== id &&
		    page === "requests" && query.get("request") === key)
			goWith({ tab: tabOf(request) }, true);
		placed.current = id;
		return request;
	});
	useEffect(() => {
		const again = (one: number) => {
			if (one === id && key !== "")
				got.reload();
		};
		const off = [onRequest((request) => again(request.request)),
			onRequestGone(again)];
		return () => off.forEach((f) => f());
	}, [key]);

	const focused = useRef(0);
	useEffect(() => {
		const card = focused.current === id ? null
			: document.querySelector<HTMLElement>(".request.pointed");
		if (!card)
			return;
		focused.current = id;
		card.focus();
	});
	const status = got.error?.status;
	const apart = among || key === "" ? null : got.value;
	return { id, apart: apart && inBox(apart, box) ? apart : null,
		gone: status === 404 || status === 400 };
}
