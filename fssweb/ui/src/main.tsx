/*
 * Where the page begins: styles, the session, and whatever follows the
 * log-in.
 */
import { effect, untracked } from "@preact/signals";
import { render } from "preact";
import { forgetPeople, startPeople, loadPeople } from "./data/people";
import { forgetRequests, startRequests } from "./data/requests";
import { startNews } from "./data/news";
import { check, me, onLeave, session } from "./data/session";
import { loadUnfinished, startUploads } from "./data/uploads";
import { startClock } from "./lib/clock";
import { startDrop } from "./lib/drop";
import { keepFocus } from "./lib/focus";
import { startKeys } from "./lib/keys";
import { startRouter } from "./lib/router";
import { apply } from "./lib/theme";
import { closeDialog } from "./ui/dialog";
import { forgetToasts, Toasts } from "./ui/toast";
import { Waiting } from "./ui/notice";
import { startGiving } from "./views/requests/give";
import { startNotices } from "./views/requests/notify";
import { Away, Gate } from "./views/shell/gate";
import { Shell } from "./views/shell/shell";
import "./style/tokens.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/shell.css";
import "./style/files.css";
import "./style/pages.css";
import "./style/forced.css";

function App() {
	const state = session.value;
	switch (state.is) {
	case "unknown":
		return <main class="gate"><div class="gate-card"><Waiting />
		</div></main>;
	case "away":
		return <Away again={() => void check()} />;
	case "out":
		return <><Gate state={state} /><Toasts /></>;
	case "in":
		return <Shell key={state.login.account} />;
	}
}

apply();
startClock();
startRouter();
startKeys();
startDrop();
keepFocus();
startNews();
startPeople();
startRequests();
startUploads();
startGiving();
startNotices();

onLeave(() => {
	forgetPeople();
	forgetRequests();
	closeDialog();
	forgetToasts();
});
effect(() => {
	if (me.value !== "")
		untracked(() => {
			void loadPeople();
			void loadUnfinished();
		});
});

render(<App />, document.getElementById("app")!);
void check();
