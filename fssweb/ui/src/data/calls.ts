/*
 * Every call of the page, by name, with the types of docs/openapi.yaml.  A
 * test holds that each path, method, parameter and body member is in there.
 */
import { address, call } from "./api";
import type * as S from "./schema";

type Page<Row> = { rows: Row[]; cursor?: string };
export type Paging = { cursor?: string | undefined; limit?: number;
	/** From the end, where the call offers it. */
	back?: boolean };

/** The hub takes so many paths or requests in one call. */
export const batch = 256;

const get = <T>(path: string, query = {}, signal?: AbortSignal) =>
	call<T>("GET", path, signal ? { query, signal } : { query });
const post = <T = S.Ok>(path: string, body: object) =>
	call<T>("POST", path, { body });
const put = <T = S.Ok>(path: string, body: object) =>
	call<T>("PUT", path, { body });
const drop = (path: string, id: string | number) =>
	call<S.Ok>("DELETE", `${path}/${encodeURIComponent(String(id))}`);

// Session and account

export const getSession = () => get<S.Session>("/session");
export const logIn = (name: string, password: string, label: string) =>
	post<S.Session>("/session", { name, password, label });
export const register = (name: string, password: string, invite: string,
    label: string) => post<S.Session>("/accounts", invite === ""
	? { name, password, label } : { name, password, invite, label });
export const logOut = (everywhere: boolean) =>
	call<S.Ok>("DELETE", "/session",
	    { query: { everywhere: everywhere ? "1" : undefined } });
export const changePassword = (old: string, fresh: string) =>
	put("/password", { old, new: fresh });
export const devices = (page: Paging) =>
	get<S.DevicePage>("/devices", page);
export const revokeDevice = (device: number) => drop("/devices", device);
export const sessions = (page: Paging & { all?: string }) =>
	get<S.SessionPage>("/sessions", page);
export const endSession = (session: string) => drop("/sessions", session);
export const tokens = (page: Paging) => get<S.DevicePage>("/tokens", page);
export const createToken = (body: { label: string; scopes: string[];
    ttl?: number }) => post<S.NewToken>("/tokens", body);
export const revokeToken = (device: number) => drop("/tokens", device);

// Files

export type Filters = { q?: string; owner?: string; under?: string;
	type?: string; kind?: string; larger?: number; smaller?: number;
	newer?: number; older?: number; access?: string; state?: string };

export const entry = (path: string, number?: number) =>
	get<S.Entry>("/entry", { path, number });
export const list = (path: string, page: Paging) =>
	get<S.EntryPage>("/list", { path, ...page });
export const find = (filters: Filters & Paging, signal?: AbortSignal) =>
	get<S.FoundPage>("/find", filters, signal);
export const shares = (page: Paging & { owner?: string }) =>
	get<S.EntryPage>("/shares", page);
export const recent = (page: Paging & { owner?: string }) =>
	get<S.EntryPage>("/recent", page);
export const makeFolder = (path: string) =>
	post<S.Entry>("/folders", { path });
export const move = (from: string, to: string, replace = false) =>
	post("/move", { from, to, replace });
export const remove = (paths: string[]) =>
	post<S.Outcomes>("/remove", { paths, recursive: true });
export const versions = (path: string, page: Paging) =>
	get<S.VersionPage>("/versions", { path, ...page });
export const restore = (path: string, number: number) =>
	post<S.Entry>("/restore", { path, number });
export const contentUrl = (path: string, number?: number, inline = false) =>
	address("/content", { path, number, inline });
export const zipUrl = (path: string, name: string[] = []) =>
	address("/zip", { path, name });

// Sharing

export const setAccess = (path: string, access: string) =>
	put("/access", { path, access });
export const grants = (path: string, page: Paging) =>
	get<S.GrantPage>("/grants", { path, ...page });
export const setGrant = (path: string, who: string, rights: string[]) =>
	put("/grants", { path, who, rights });
export const groups = (page: Paging) => get<S.GroupPage>("/groups", page);
export const setGroup = (group: string, member: string, remove = false) =>
	put("/groups", { group, member, remove });

// People and requests

export const people = (page: Paging) =>
	get<S.PersonPage>("/people", { all: "1", ...page });
export const setPresence = (hidden: boolean) =>
	put("/presence", { hidden });
export const holders = (path: string, page: Paging) =>
	get<S.HolderPage>("/holders", { path, ...page });
export const requests = (page: Paging & { box?: string; state?: string }) =>
	get<S.RequestPage>("/requests", page);
export const request = (id: number) => get<S.Request>(`/requests/${id}`);
export type Ask = { kind: S.RequestKind; path?: string; text?: string;
	from?: string; note?: string; size?: number };
export const ask = (body: Ask) => post<S.Request>("/requests", body);
export const decide = (ids: number[], event: string, reason?: string) =>
	post<S.RequestOutcomes>("/requests/decide",
	    reason ? { ids, event, reason } : { ids, event });
export const fulfil = (id: number, path: string) =>
	post<S.Request>(`/requests/${id}/fulfil`, { path });
export const rules = (page: Paging) => get<S.RulePage>("/rules", page);
export const addRule = (body: { verdict: string; kinds: string[];
    who?: string; under?: string; size_max?: number }) =>
	post<S.Rule>("/rules", body);
export const removeRule = (rule: number) => drop("/rules", rule);

// Share links

export const links = (page: Paging) => get<S.LinkPage>("/links", page);
export const makeLink = (body: { path: string; kind: string;
    password?: string; expires?: number; limit?: number; label?: string;
    follow?: boolean }) => post<S.NewLink>("/links", body);
export const revokeLink = (link: number) => drop("/links", link);

// Uploads under way

export const uploads = (page: Paging) => get<S.StagePage>("/uploads", page);

// Running the hub

export const users = (page: Paging & { name?: string }) =>
	get<S.UserPage>("/users", page);
export const changeUser = (name: string, body: { role?: S.Role;
    locked?: boolean; quota_bytes?: number; quota_files?: number }) =>
	call<S.User>("PATCH", `/users/${encodeURIComponent(name)}`, { body });
export const invites = (page: Paging) =>
	get<S.InvitePage>("/invites", page);
export const makeInvite = (body: { role: S.Role; uses: number;
    ttl: number }) => post<S.NewInvite>("/invites", body);
export const withdrawInvite = (invite: string) => drop("/invites", invite);
export const hub = () => get<S.Hub>("/hub");
export const audit = (page: Paging & { path?: string; name?: string;
    mine?: string }) => get<S.AuditPage>("/audit", page);

/** Row after row of a list, to its end or to @most rows. */
export async function all<Row>(ask: (page: Paging) => Promise<Page<Row>>,
    most = 4096): Promise<Row[]> {
	const rows: Row[] = [];
	let cursor: string | undefined;
	do {
		const page: Page<Row> = await ask({ cursor, limit: 256 });
		rows.push(...page.rows);
		cursor = page.cursor;
	} while (cursor !== undefined && cursor !== "" && rows.length < most);
	return rows;
}
