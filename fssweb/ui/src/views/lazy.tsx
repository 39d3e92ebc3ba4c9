/*
 * Parts that come when they are first needed.  While one is on its way a few
 * grey bars stand in its place; if it cannot be had (the server has a newer
 * page by now) loading again is offered.  Not while the line is away: that
 * would lose the page and its uploads, and the part comes when the line does.
 */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../data/api";
import { live, useNews } from "../data/news";
import { t } from "../strings";
import { Button } from "../ui/button";
import { Empty, Failed, Waiting } from "../ui/notice";

function lazy<Props extends object>(load: () =>
    Promise<ComponentType<Props>>) {
	let there: ComponentType<Props> | null = null;
	return function Lazy(props: Props) {
		const [part, set] = useState<ComponentType<Props> | null>(
		    () => there);
		const [failed, fail] = useState(false);
		const get = () => {
			fail(false);
			load().then((got) => {
				there = got;
				set(() => got);
			}, () => fail(true));
		};
		useEffect(() => {
			if (!part)
				get();
		}, []);
		useNews("afresh", () => {
			if (failed)
				get();
		});
		if (failed && live.line.value === "away")
			return <Failed error={new ApiError(0, "NETWORK", "")}
				again={get} />;
		if (failed)
			return <Empty icon="warn" title={t.error.page}>
				<Button onClick={() => location.reload()}>
					{t.error.reload}</Button></Empty>;
		const Part = part;
		return Part ? <Part {...props} /> : <Waiting />;
	};
}

export const DetailsPanel = lazy<{ remote: string }>(() =>
	import("./details/panel").then((m) => m.DetailsPanel));
export const PeoplePage = lazy(() =>
	import("./people/page").then((m) => m.PeoplePage));
export const RequestsPage = lazy(() =>
	import("./requests/page").then((m) => m.RequestsPage));
export const LinksPage = lazy(() =>
	import("./links/page").then((m) => m.LinksPage));
export const AccountPage = lazy(() =>
	import("./account/page").then((m) => m.AccountPage));
export const AdminPage = lazy(() =>
	import("./admin/page").then((m) => m.AdminPage));
