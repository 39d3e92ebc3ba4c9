/*
 * News from /api/v1/live: one WebSocket, made again by itself after every
 * loss, with a pause that grows.  Hands each message to those who listen for
 * its type, and keeps what the page says about the line.
 */
import { signal } from "@preact/signals";

export type News = { type: string; [field: string]: unknown };

/**
 * line: "live" all is well; "connecting" for the first time; "away" the
 * server cannot be reached; "hub" the server can, its hub cannot.
 */
export type Line = "off" | "connecting" | "live" | "away" | "hub";

export type Socket = Pick<WebSocket, "close"> & {
	onopen: (() => void) | null;
	onclose: ((event: { code: number }) => void) | null;
	onmessage: ((event: { data: unknown }) => void) | null;
};

type Listener = (news: News) => void;

/** Between attempts, in ms; the last for ever. */
export const pauses = [250, 500, 1000, 2000, 4000, 8000, 15000];

/** The server says something every 30 s: after so long, in ms, it does not. */
export const quiet = 75_000;

/** The code of a close after which nothing is to be tried again. */
const loginEnded = 4401;

export class Live {
	readonly line = signal<Line>("off");
	private socket: Socket | null = null;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private attempt = 0;
	private watch: ReturnType<typeof setInterval> | undefined;
	/** When the server last said something, by the clock on the wall. */
	private last = 0;
	/** Whether something may have been missed since the last message. */
	private gap = false;
	private readonly listeners = new Map<string, Set<Listener>>();

	constructor(
		private readonly connect: () => Socket,
		private readonly ended: () => void,
		private readonly random: () => number = Math.random,
	) {}

	start(): void {
		if (this.line.value !== "off")
			return;
		this.line.value = "connecting";
		this.attempt = 0;
		// What is shown by now was asked for before this line stood.
		this.gap = true;
		this.open();
	}

	stop(): void {
		clearTimeout(this.timer);
		clearInterval(this.watch);
		const socket = this.socket;
		this.socket = null;
		this.line.value = "off";
		socket?.close();
	}

	/** The network is said to be back, or somebody looks again. */
	hurry(): void {
		// While a computer slept nobody watched.
		if (this.socket && Date.now() - this.last >= quiet)
			this.lost();
		if (this.line.value === "off" || this.socket)
			return;
		clearTimeout(this.timer);
		this.attempt = 0;
		this.open();
	}

	/** The network is said to be gone: do not wait until TCP notices. */
	lost(): void {
		this.socket?.close();
		this.closed(this.socket, 0);
	}

	on(type: string, listener: Listener): () => void {
		let set = this.listeners.get(type);
		if (!set)
			this.listeners.set(type, set = new Set());
		set.add(listener);
		return () => void set.delete(listener);
	}

	private open(): void {
		const socket = this.connect();
		this.socket = socket;
		this.listen();
		socket.onmessage = (event) => {
			if (socket !== this.socket)
				return;
			this.last = Date.now();
			this.take(event.data);
		};
		socket.onclose = (event) => this.closed(socket, event.code);
	}

	/**
	 * A line may die without a word, and a browser waits for minutes or, if
	 * something on the way still answers, for ever.
	 */
	private listen(): void {
		this.last = Date.now();
		clearInterval(this.watch);
		this.watch = setInterval(() => {
			if (Date.now() - this.last >= quiet)
				this.lost();
		}, quiet / 5);
	}

	private closed(socket: Socket | null, code: number): void {
		if (socket === null || socket !== this.socket)
			return;
		this.socket = null;
		clearInterval(this.watch);
		if (code === loginEnded) {
			this.stop();
			this.ended();
			return;
		}
		// Refused at once may mean that the log-in is no good any more.
		if (this.attempt === 2)
			this.tell({ type: "doubt" });
		this.gap = true;
		if (this.attempt > 0 || this.line.value !== "connecting")
			this.line.value = "away";
		const pause = pauses[Math.min(this.attempt, pauses.length - 1)]!;
		this.attempt++;
		this.timer = setTimeout(() => this.open(),
		    pause / 2 + pause * this.random());
	}

	private take(data: unknown): void {
		let news: News;
		try {
			news = JSON.parse(String(data)) as News;
		} catch {
			return;
		}
		if (typeof news !== "object" || news === null ||
		    typeof news.type !== "string")
			return;
		switch (news.type) {
		case "hello":
			this.attempt = 0;
			this.line.value = "live";
			break;
		case "down":
			this.line.value = "hub";
			this.gap = true;
			break;
		case "up":
			this.line.value = "live";
			break;
		case "bye":
			this.stop();
			this.ended();
			return;
		}
		this.tell(news);
		if (this.gap && this.line.value === "live") {
			this.gap = false;
			this.tell({ type: "afresh" });
		}
	}

	private tell(news: News): void {
		for (const listener of this.listeners.get(news.type) ?? [])
			listener(news);
	}
}
