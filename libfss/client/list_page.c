/*
 * One page of a list: the request for it, and what its answer holds.
 */
#include <string.h>

#include "base/str.h"
#include "client/list.h"

union message {
	struct fss__m_page page;
	struct fss__m_list list;
	struct fss__m_find find;
	struct fss__m_versions versions;
	struct fss__m_grants grants;
	struct fss__m_who who;
	struct fss__m_holders holders;
	struct fss__m_requests requests;
	struct fss__m_audit audit;
	struct fss__m_sessions sessions;
	struct fss__m_stages stages;
};

/* The lists of <fss/request.h> and <fss/web.h>. */
static void
fill_people(const struct lister *l, union message *m, uint64_t limit,
    struct fss__slice cursor)
{
	switch (l->type) {
	case FSS__MSG_WHO:
		m->who.has = FSS__K_who_limit | FSS__K_who_all |
		    (cursor.n > 0 ? FSS__K_who_cursor : 0);
		m->who.limit = limit;
		m->who.all = (l->flags & FSS_WHO_ALL) != 0;
		m->who.cursor = cursor;
		break;
	case FSS__MSG_SESSIONS:
		m->sessions.has = FSS__K_sessions_limit |
		    FSS__K_sessions_all |
		    (l->name[0] != '\0' ? FSS__K_sessions_name : 0) |
		    (cursor.n > 0 ? FSS__K_sessions_cursor : 0);
		m->sessions.name = fss__slice_str(l->name);
		m->sessions.all = (l->flags & FSS_SESSIONS_ALL) != 0;
		m->sessions.limit = limit;
		m->sessions.cursor = cursor;
		break;
	case FSS__MSG_HOLDERS:
		m->holders.has = FSS__K_holders_owner | FSS__K_holders_path |
		    (cursor.n > 0 ? FSS__K_holders_cursor : 0);
		m->holders.owner = fss__slice_str(l->owner);
		m->holders.path = fss__slice_str(l->path);
		m->holders.cursor = cursor;
		break;
	case FSS__MSG_REQUESTS:
		m->requests.has = FSS__K_requests_box |
		    FSS__K_requests_limit |
		    (l->states != 0 ? FSS__K_requests_states : 0) |
		    (cursor.n > 0 ? FSS__K_requests_cursor : 0);
		m->requests.box = l->flags;
		m->requests.states = l->states;
		m->requests.limit = limit;
		m->requests.cursor = cursor;
		break;
	default:
		m->audit.has = FSS__K_audit_limit | FSS__K_audit_mine |
		    (cursor.n > 0 ? FSS__K_audit_cursor : 0);
		m->audit.limit = limit;
		m->audit.mine = (l->flags & FSS_AUDIT_MINE) != 0;
		m->audit.cursor = cursor;
		if (l->path[0] != '\0') {
			m->audit.has |= FSS__K_audit_owner |
			    FSS__K_audit_path;
			m->audit.owner = fss__slice_str(l->owner);
			m->audit.path = fss__slice_str(l->path);
		}
		if (l->name[0] != '\0') {
			m->audit.has |= FSS__K_audit_name;
			m->audit.name = fss__slice_str(l->name);
		}
		if (l->since_us != 0) {
			m->audit.has |= FSS__K_audit_since_us;
			m->audit.since_us = l->since_us;
		}
		break;
	}
}

int
fss__list_ask(struct lister *l, const struct level *v, uint64_t limit,
    fss__call_fn fn)
{
	struct fss__slice cursor, owner, path;
	union message m;

	memset(&m, 0, sizeof(m));
	cursor.p = v->cursor;
	cursor.n = v->cursor_len;
	owner = fss__slice_str(l->owner);
	path = fss__slice_str(l->path);
	switch (l->type) {
	case FSS__MSG_LIST:
		m.list.has = FSS__K_list_owner | FSS__K_list_path |
		    FSS__K_list_limit;
		m.list.owner = owner;
		m.list.path = path;
		m.list.limit = limit;
		m.list.cursor = cursor;
		m.list.has |= cursor.n > 0 ? FSS__K_list_cursor : 0;
		m.list.back = (l->flags & FSS_LIST_BACK) != 0;
		m.list.has |= m.list.back ? FSS__K_list_back : 0;
		break;
	case FSS__MSG_VERSIONS:
		m.versions.has = FSS__K_versions_owner |
		    FSS__K_versions_path | FSS__K_versions_limit;
		m.versions.owner = owner;
		m.versions.path = path;
		m.versions.limit = limit;
		m.versions.cursor = cursor;
		m.versions.has |= cursor.n > 0 ? FSS__K_versions_cursor : 0;
		break;
	case FSS__MSG_GRANTS:
		m.grants.has = FSS__K_grants_owner | FSS__K_grants_path;
		m.grants.owner = owner;
		m.grants.path = path;
		m.grants.cursor = cursor;
		m.grants.has |= cursor.n > 0 ? FSS__K_grants_cursor : 0;
		break;
	case FSS__MSG_FIND:
		fss__query_fill(l->query, &m.find);
		m.find.limit = limit;
		m.find.cursor = cursor;
		m.find.has |= FSS__K_find_limit |
		    (cursor.n > 0 ? FSS__K_find_cursor : 0);
		break;
	case FSS__MSG_WHO:
	case FSS__MSG_HOLDERS:
	case FSS__MSG_REQUESTS:
	case FSS__MSG_AUDIT:
	case FSS__MSG_SESSIONS:
		fill_people(l, &m, limit, cursor);
		break;
	case FSS__MSG_STAGES:
		m.stages.has = FSS__K_stages_limit |
		    (cursor.n > 0 ? FSS__K_stages_cursor : 0);
		m.stages.limit = limit;
		m.stages.cursor = cursor;
		break;
	default:
		m.page.has = FSS__K_page_limit;
		m.page.limit = limit;
		m.page.name = fss__slice_str(l->name);
		m.page.has |= l->name[0] != '\0' ? FSS__K_page_name : 0;
		m.page.cursor = cursor;
		m.page.has |= cursor.n > 0 ? FSS__K_page_cursor : 0;
		break;
	}
	return fss__call_start(&l->op, &l->call, l->type, &m, NULL, fn);
}

int
fss__list_decode(const struct fss__cs_answer *a, struct page *p,
    struct fss__err *err)
{
	union {
		struct fss__m_entry_list entry;
		struct fss__m_device_list device;
		struct fss__m_account_list account;
		struct fss__m_member_list member;
		struct fss__m_grant_list grant;
		struct fss__m_who_list who;
		struct fss__m_holder_list holder;
		struct fss__m_request_list request;
		struct fss__m_rule_list rule;
		struct fss__m_audit_list audit;
		struct fss__m_session_list session;
		struct fss__m_stage_list stage;
		struct fss__m_invite_list invite;
		struct fss__m_link_list link;
	} m;
	const struct fss__record *ans = fss__message_find(a->type)->answer;
	int r;

	memset(&m, 0, sizeof(m));
	memset(&p->near, 0, sizeof(p->near));
	r = fss__call_decode(a, &m, err);
	if (r != 0)
		return r;
	if (ans == &fss__r_entry_list && (m.entry.has & FSS__K_entry_list_near))
		p->near = m.entry.near;
#define LIST_OF(name, row, member)					\
	if (ans == &fss__r_##name##_list) {				\
		p->rec = &fss__r_##row;					\
		p->list = m.name.member;				\
		p->cursor = m.name.cursor;				\
		return 0;						\
	}
	LIST_OF(entry, entry, entries)
	LIST_OF(device, device, devices)
	LIST_OF(account, account, accounts)
	LIST_OF(member, member, members)
	LIST_OF(grant, grant_row, grants)
	LIST_OF(who, who_row, people)
	LIST_OF(holder, holder, holders)
	LIST_OF(request, request, requests)
	LIST_OF(rule, rule, rules)
	LIST_OF(audit, audit_row, lines)
	LIST_OF(session, session, sessions)
	LIST_OF(stage, stage, stages)
	LIST_OF(invite, invite_row, invites)
	LIST_OF(link, link, links)
#undef LIST_OF
	return fss__err_set(err, FSS_EPROTO, "that is no list");
}
