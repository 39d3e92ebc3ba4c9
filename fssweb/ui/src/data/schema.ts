/* Made from docs/openapi.yaml by scripts/types.mjs: npm run types. */

export type Switch = "0" | "1";

export type AccountName = string;

export type Who = string;

export type Password = string;

export type RemotePath = string;

export type Micros = number;

export type Scopes = ("read" | "write" | "people" | "admin" | "account")[];

export type Rights = ("see" | "read" | "create" | "write" | "own")[];

export type Role = "user" | "operator" | "admin";

export type Presence = "online" | "idle" | "offline";

export type RequestKind = "get" | "want" | "upload";

export type RequestState = "open" | "seen" | "approved" | "transferring" | "fulfilled" | "denied" | "cancelled" | "expired" | "failed";

export type Reason = "none" | "person" | "rule" | "gone" | "changed" | "access" | "locked" | "quota" | "integrity" | "unwanted";

export type Cursor = string;

export type Error = {
	error: {
		name: string;
		message: string;
		detail: string;
		retry_ms: number;
	};
};

export type Ok = {
	ok: true;
};

export type Session = {
	account?: AccountName;
	role?: Role;
	device?: number;
	device_name?: string;
	created?: Micros;
	bytes?: number;
	files?: number;
	quota_bytes?: number;
	quota_files?: number;
	scopes?: Scopes;
	csrf?: string;
	inbox?: number;
	expires?: Micros;
	hub: {
		name?: string;
		registration?: "closed" | "invite" | "open";
		version: string;
	};
	limits: {
		rows?: number;
		body?: number;
		batch?: number;
		path?: number;
		note?: number;
		query?: number;
		metadata?: number;
		zip_names?: number;
	};
};

export type Device = {
	device: number;
	name: string;
	device_kind?: "key" | "web" | "token" | "visit";
	key?: string;
	scopes?: Scopes;
	created: Micros;
	seen?: Micros;
	expires?: Micros;
	address?: string;
	current: boolean;
};

export type DevicePage = {
	rows: (Device)[];
	cursor?: Cursor;
};

export type NewToken = {
	token: string;
	device: number;
	name?: string;
	role?: Role;
	device_name?: string;
	scopes: Scopes;
	created?: Micros;
	expires?: Micros;
};

export type SessionRow = {
	session: string;
	name: AccountName;
	device?: number;
	device_name?: string;
	device_kind?: "key" | "web" | "token" | "visit";
	address?: string;
	since: Micros;
	seen?: Micros;
	current?: boolean;
};

export type SessionPage = {
	rows: (SessionRow)[];
	cursor?: Cursor;
};

export type Entry = {
	owner: AccountName;
	path: string;
	name: string;
	kind: "file" | "folder" | "link";
	size?: number;
	mtime?: Micros;
	mode?: number;
	digest?: string;
	version?: number;
	number?: number;
	created?: Micros;
	author?: string;
	media?: string;
	target?: string;
	access: "open" | "ask" | "private" | "inherit";
	access_own: boolean;
	rights: Rights;
	state?: "stored" | "announced";
	holders?: number;
	online?: number;
	request?: number;
	request_state?: RequestState;
	pass?: boolean;
};

export type Version = {
	owner?: AccountName;
	path?: string;
	name?: string;
	kind?: "file" | "folder" | "link";
	size: number;
	mtime?: Micros;
	mode?: number;
	digest?: string;
	version?: number;
	number: number;
	created: Micros;
	author?: string;
	media?: string;
	target?: string;
	access?: "open" | "ask" | "private" | "inherit";
	access_own?: boolean;
	rights?: Rights;
	state?: "stored" | "announced";
	holders?: number;
	online?: number;
	request?: number;
	request_state?: RequestState;
	pass?: boolean;
};

export type VersionPage = {
	rows: (Version)[];
	cursor?: Cursor;
};

export type EntryPage = {
	rows: (Entry)[];
	cursor?: Cursor;
};

export type FoundPage = {
	rows: (Entry)[];
	cursor?: Cursor;
	near?: (string)[];
};

export type Outcomes = {
	rows: ({
		path: string;
		status: string;
		detail?: string;
	})[];
};

export type Grant = {
	who: Who;
	rights: Rights;
	owner?: AccountName;
	path: string;
};

export type GrantPage = {
	rows: (Grant)[];
	cursor?: Cursor;
};

export type GroupPage = {
	rows: ({
		group: string;
		name: AccountName;
	})[];
	cursor?: Cursor;
};

export type Stage = {
	stage: string;
	owner?: AccountName;
	path: string;
	name?: string;
	size: number;
	offset: number;
	version?: number;
	held?: boolean;
	media?: string;
	created?: Micros;
	expires?: Micros;
	meta?: string;
};

export type StagePage = {
	rows: (Stage)[];
	cursor?: Cursor;
};

export type Person = {
	name: AccountName;
	presence: Presence;
	sessions?: number;
	since?: Micros;
	seen?: Micros;
	agent?: boolean;
	hidden?: boolean;
};

export type PersonPage = {
	rows: (Person)[];
	cursor?: Cursor;
};

export type HolderPage = {
	rows: ({
		owner: AccountName;
		path: string;
		presence?: Presence;
		seen?: Micros;
		created?: Micros;
	})[];
	cursor?: Cursor;
};

export type Request = {
	status?: string;
	request: number;
	request_kind: RequestKind;
	request_state: RequestState;
	change: number;
	asker: AccountName;
	created: Micros;
	changed: Micros;
	expires?: Micros;
	attempt?: number;
	mine: boolean;
	may: ("see" | "approve" | "deny" | "cancel" | "retry" | "fulfil")[];
	owner?: AccountName;
	path?: string;
	name?: string;
	number?: number;
	version?: number;
	size?: number;
	digest?: string;
	asked?: string;
	text?: string;
	by?: string;
	rule?: number;
	reason?: Reason;
	detail?: string;
	retry?: Micros;
	pass?: boolean;
};

export type RequestPage = {
	rows: (Request)[];
	cursor?: Cursor;
};

export type RequestOutcomes = {
	rows: ({
		status: string;
		request: number;
		request_kind?: RequestKind;
		request_state?: RequestState;
		change?: number;
		asker?: AccountName;
		created?: Micros;
		changed?: Micros;
		expires?: Micros;
		attempt?: number;
		mine?: boolean;
		may?: ("see" | "approve" | "deny" | "cancel" | "retry" | "fulfil")[];
		owner?: AccountName;
		path?: string;
		name?: string;
		number?: number;
		version?: number;
		size?: number;
		digest?: string;
		asked?: string;
		text?: string;
		by?: string;
		rule?: number;
		reason?: Reason;
		detail?: string;
		retry?: Micros;
		pass?: boolean;
	})[];
};

export type Rule = {
	rule: number;
	verdict: "allow" | "deny";
	who?: Who;
	kinds: ("get" | "upload")[];
	size_max?: number;
	under?: string;
	detail?: string;
	created?: Micros;
};

export type RulePage = {
	rows: (Rule)[];
	cursor?: Cursor;
};

export type Link = {
	link: number;
	link_kind: "download" | "upload";
	owner?: AccountName;
	path: string;
	name?: string;
	kind?: "file" | "folder";
	text?: string;
	protected?: boolean;
	number?: number;
	created?: Micros;
	expires?: Micros;
	limit?: number;
	used?: number;
};

export type NewLink = Link & {
	token: string;
	url: string;
};

export type LinkPage = {
	rows: (Link)[];
	cursor?: Cursor;
};

export type User = {
	name: AccountName;
	role: Role;
	created?: Micros;
	bytes?: number;
	files?: number;
	quota_bytes?: number;
	quota_files?: number;
	locked?: boolean;
};

export type UserPage = {
	rows: (User)[];
	cursor?: Cursor;
};

export type NewInvite = {
	code: string;
	expires: Micros;
};

export type Invite = {
	invite: string;
	role: Role;
	by?: string;
	uses?: number;
	created?: Micros;
	expires: Micros;
};

export type InvitePage = {
	rows: (Invite)[];
	cursor?: Cursor;
};

export type Hub = {
	stored?: number;
	bytes?: number;
	chunks?: number;
	files?: number;
	versions?: number;
	accounts?: number;
	sessions?: number;
	requests?: number;
	disk_free?: number;
	database?: number;
	since?: Micros;
	release?: string;
	url?: string;
};

export type AuditLine = {
	line: number;
	created: Micros;
	what: string;
	by?: string;
	asker?: string;
	owner?: string;
	request?: number;
	path?: string;
	name?: string;
	size?: number;
	digest?: string;
	reason?: Reason;
	detail?: string;
	rule?: number;
	link?: number;
};

export type AuditPage = {
	rows: (AuditLine)[];
	cursor?: Cursor;
};
