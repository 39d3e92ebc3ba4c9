/*
 * Desktop notices of new requests: only if asked for, only while the page is
 * in the background, and only where a page can make them.
 */
import { signal } from "@preact/signals";
import { onRequest, waits } from "../../data/requests";
import { go } from "../../lib/router";
import { t } from "../../strings";
import { Button } from "../../ui/button";

const permission = signal(typeof Notification === "undefined"
	? "denied" : Notification.permission);

function make(title: string, options?: NotificationOptions):
    Notification | null {
	try {
		return new Notification(title, options);
	} catch {
		return null;
	}
}

/**
 * Chrome on Android has all of it and throws when a notice is made, for there
 * only a service worker may.  Nothing but trying tells; while there is no leave
 * yet, none is shown by that.
 */
const possible = permission.peek() === "default" && make("") !== null;

export function startNotices(): void {
	onRequest((request, fresh) => {
		if (!fresh || !waits(request) ||
		    permission.value !== "granted" ||
		    document.visibilityState === "visible")
			return;
		const notice = make(t.requests.notice(request.asker), {
			body: request.name ?? request.text ?? "",
			tag: `fss-request-${request.request}`,
			icon: "/icon.svg",
		});
		// Leave may have been given where none can be made.
		if (!notice)
			return;
		notice.onclick = () => {
			window.focus();
			go("/requests");
			notice.close();
		};
	});
}

export function NotifyButton() {
	if (!possible || permission.value !== "default")
		return null;
	return <Button icon="bell" look="quiet" onClick={() =>
		void Notification.requestPermission().then((value) => {
			permission.value = value;
		})}>{t.requests.notify}</Button>;
}
