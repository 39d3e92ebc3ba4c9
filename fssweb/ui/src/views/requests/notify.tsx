/*
 * Desktop notices of new requests: only if asked for, only while the page is
 * in the background.
 */
import { signal } from "@preact/signals";
import { onRequest, waits } from "../../data/requests";
import { go } from "../../lib/router";
import { t } from "../../strings";
import { Button } from "../../ui/button";

const permission = signal(typeof Notification === "undefined"
	? "denied" : Notification.permission);

export function startNotices(): void {
	onRequest((request, fresh) => {
		if (!fresh || !waits(request) ||
		    permission.value !== "granted" ||
		    document.visibilityState === "visible")
			return;
		const notice = new Notification(t.requests.notice(request.asker), {
			body: request.name ?? request.text ?? "",
			tag: `fss-request-${request.request}`,
			icon: "/icon.svg",
		});
		notice.onclick = () => {
			window.focus();
			go("/requests");
			notice.close();
		};
	});
}

export function NotifyButton() {
	if (permission.value !== "default")
		return null;
	return <Button icon="bell" look="quiet" onClick={() =>
		void Notification.requestPermission().then((value) => {
			permission.value = value;
		})}>{t.requests.notify}</Button>;
}
