/*
 * How records of the protocol become rows.
 *
 * A table per record type says which of its fields is which field of a row;
 * the descriptors of the wire layer say where in the struct it is and of what
 * kind.  What needs more than copying (status, digest, names, whose account
 * an event tells) is done by hand beside it.
 */
#include <string.h>

#include <fss/error.h>

#include "base/error.h"
#include "client/row.h"
#include "wire/message.h"

struct map {
	uint8_t	key;		/* of the record's field */
	uint8_t	field;		/* FSS_FIELD_... */
};

static const struct map account_map[] = {
	{ 1, FSS_FIELD_NAME }, { 2, FSS_FIELD_ROLE }, { 3, FSS_FIELD_DEVICE },
	{ 4, FSS_FIELD_DEVICE_NAME }, { 5, FSS_FIELD_CREATED },
	{ 6, FSS_FIELD_BYTES }, { 7, FSS_FIELD_FILES },
	{ 8, FSS_FIELD_QUOTA_BYTES }, { 9, FSS_FIELD_QUOTA_FILES },
	{ 10, FSS_FIELD_LOCKED }, { 11, FSS_FIELD_SCOPES },
	{ 12, FSS_FIELD_EXPIRES }, { 0, 0 }
};

static const struct map device_map[] = {
	{ 1, FSS_FIELD_DEVICE }, { 2, FSS_FIELD_NAME }, { 3, FSS_FIELD_KEY },
	{ 4, FSS_FIELD_CREATED }, { 5, FSS_FIELD_SEEN },
	{ 6, FSS_FIELD_CURRENT }, { 7, FSS_FIELD_DEVICE_KIND },
	{ 8, FSS_FIELD_SCOPES }, { 9, FSS_FIELD_EXPIRES },
	{ 10, FSS_FIELD_ADDRESS }, { 0, 0 }
};

static const struct map token_map[] = {
	{ 1, FSS_FIELD_NAME }, { 2, FSS_FIELD_ROLE }, { 3, FSS_FIELD_DEVICE },
	{ 4, FSS_FIELD_DEVICE_NAME }, { 5, FSS_FIELD_TOKEN },
	{ 6, FSS_FIELD_SCOPES }, { 7, FSS_FIELD_EXPIRES }, { 0, 0 }
};

static const struct map session_map[] = {
	{ 2, FSS_FIELD_NAME }, { 3, FSS_FIELD_DEVICE },
	{ 4, FSS_FIELD_DEVICE_NAME }, { 5, FSS_FIELD_DEVICE_KIND },
	{ 6, FSS_FIELD_ADDRESS }, { 7, FSS_FIELD_SINCE },
	{ 8, FSS_FIELD_SEEN }, { 9, FSS_FIELD_CURRENT }, { 0, 0 }
};

static const struct map entry_map[] = {
	{ 2, FSS_FIELD_OWNER }, { 4, FSS_FIELD_KIND }, { 5, FSS_FIELD_SIZE },
	{ 6, FSS_FIELD_MTIME }, { 7, FSS_FIELD_MODE },
	{ 10, FSS_FIELD_VERSION }, { 11, FSS_FIELD_NUMBER },
	{ 12, FSS_FIELD_CREATED }, { 13, FSS_FIELD_MEDIA },
	{ 14, FSS_FIELD_TARGET }, { 15, FSS_FIELD_ACCESS },
	{ 16, FSS_FIELD_ACCESS_OWN }, { 17, FSS_FIELD_RIGHTS },
	{ 18, FSS_FIELD_STATE }, { 19, FSS_FIELD_HOLDERS },
	{ 20, FSS_FIELD_AUTHOR }, { 21, FSS_FIELD_ONLINE },
	{ 22, FSS_FIELD_REQUEST }, { 23, FSS_FIELD_REQUEST_STATE },
	{ 24, FSS_FIELD_PASS }, { 0, 0 }
};

static const struct map member_map[] = {
	{ 1, FSS_FIELD_GROUP }, { 2, FSS_FIELD_NAME }, { 0, 0 }
};

static const struct map grant_map[] = {
	{ 1, FSS_FIELD_PATH }, { 2, FSS_FIELD_WHO }, { 3, FSS_FIELD_RIGHTS },
	{ 0, 0 }
};

static const struct map invite_map[] = {
	{ 1, FSS_FIELD_CODE }, { 2, FSS_FIELD_EXPIRES }, { 0, 0 }
};

static const struct map who_map[] = {
	{ 1, FSS_FIELD_NAME }, { 2, FSS_FIELD_PRESENCE },
	{ 3, FSS_FIELD_SESSIONS }, { 4, FSS_FIELD_SINCE },
	{ 5, FSS_FIELD_SEEN }, { 6, FSS_FIELD_AGENT },
	{ 7, FSS_FIELD_HIDDEN }, { 0, 0 }
};

static const struct map event_map[] = {
	{ 2, FSS_FIELD_NEWS }, { 3, FSS_FIELD_CHANGED },
	{ 5, FSS_FIELD_PRESENCE }, { 6, FSS_FIELD_SESSIONS },
	{ 7, FSS_FIELD_REQUEST }, { 8, FSS_FIELD_REQUEST_STATE },
	{ 9, FSS_FIELD_CHANGE }, { 12, FSS_FIELD_WHAT },
	{ 13, FSS_FIELD_BYTES }, { 14, FSS_FIELD_REQUEST_KIND },
	{ 15, FSS_FIELD_MINE }, { 0, 0 }
};

static const struct map holder_map[] = {
	{ 1, FSS_FIELD_OWNER }, { 3, FSS_FIELD_PRESENCE },
	{ 4, FSS_FIELD_SEEN }, { 5, FSS_FIELD_CREATED }, { 0, 0 }
};

static const struct map request_map[] = {
	{ 2, FSS_FIELD_REQUEST }, { 3, FSS_FIELD_REQUEST_KIND },
	{ 4, FSS_FIELD_REQUEST_STATE }, { 5, FSS_FIELD_CHANGE },
	{ 7, FSS_FIELD_ASKER }, { 8, FSS_FIELD_ASKED },
	{ 9, FSS_FIELD_OWNER }, { 11, FSS_FIELD_NUMBER },
	{ 12, FSS_FIELD_SIZE }, { 13, FSS_FIELD_TEXT },
	{ 14, FSS_FIELD_REASON }, { 15, FSS_FIELD_DETAIL },
	{ 16, FSS_FIELD_BY }, { 17, FSS_FIELD_RULE },
	{ 18, FSS_FIELD_CREATED }, { 19, FSS_FIELD_CHANGED },
	{ 20, FSS_FIELD_EXPIRES }, { 21, FSS_FIELD_RETRY },
	{ 22, FSS_FIELD_ATTEMPT }, { 23, FSS_FIELD_MINE },
	{ 24, FSS_FIELD_MAY }, { 25, FSS_FIELD_VERSION }, { 0, 0 }
};

static const struct map rule_map[] = {
	{ 1, FSS_FIELD_RULE }, { 2, FSS_FIELD_VERDICT }, { 3, FSS_FIELD_WHO },
	{ 4, FSS_FIELD_UNDER }, { 5, FSS_FIELD_SIZE_MAX },
	{ 6, FSS_FIELD_KINDS }, { 7, FSS_FIELD_DETAIL },
	{ 8, FSS_FIELD_CREATED }, { 0, 0 }
};

static const struct map audit_map[] = {
	{ 1, FSS_FIELD_LINE }, { 2, FSS_FIELD_CREATED }, { 3, FSS_FIELD_WHAT },
	{ 4, FSS_FIELD_BY }, { 5, FSS_FIELD_ASKER }, { 6, FSS_FIELD_OWNER },
	{ 7, FSS_FIELD_REQUEST }, { 9, FSS_FIELD_SIZE },
	{ 11, FSS_FIELD_REASON }, { 12, FSS_FIELD_DETAIL },
	{ 13, FSS_FIELD_RULE }, { 0, 0 }
};

static const struct map stage_map[] = {
	{ 2, FSS_FIELD_OWNER }, { 4, FSS_FIELD_SIZE }, { 5, FSS_FIELD_OFFSET },
	{ 6, FSS_FIELD_MEDIA }, { 7, FSS_FIELD_META },
	{ 8, FSS_FIELD_CREATED }, { 9, FSS_FIELD_EXPIRES },
	{ 13, FSS_FIELD_VERSION }, { 14, FSS_FIELD_HELD }, { 0, 0 }
};

static const struct map hub_map[] = {
	{ 1, FSS_FIELD_STORED }, { 2, FSS_FIELD_BYTES },
	{ 3, FSS_FIELD_CHUNKS }, { 4, FSS_FIELD_FILES },
	{ 5, FSS_FIELD_VERSIONS }, { 6, FSS_FIELD_ACCOUNTS },
	{ 7, FSS_FIELD_SESSIONS }, { 8, FSS_FIELD_REQUESTS },
	{ 9, FSS_FIELD_SINCE }, { 10, FSS_FIELD_RELEASE },
	{ 11, FSS_FIELD_DISK_FREE }, { 12, FSS_FIELD_DATABASE },
	{ 13, FSS_FIELD_URL }, { 0, 0 }
};

static const struct map invite_row_map[] = {
	{ 2, FSS_FIELD_ROLE }, { 3, FSS_FIELD_BY }, { 4, FSS_FIELD_USES },
	{ 5, FSS_FIELD_CREATED }, { 6, FSS_FIELD_EXPIRES }, { 0, 0 }
};

static const struct map link_map[] = {
	{ 1, FSS_FIELD_LINK }, { 2, FSS_FIELD_LINK_KIND },
	{ 3, FSS_FIELD_OWNER }, { 5, FSS_FIELD_TEXT },
	{ 6, FSS_FIELD_PROTECTED }, { 7, FSS_FIELD_NUMBER },
	{ 8, FSS_FIELD_LIMIT }, { 9, FSS_FIELD_USED },
	{ 10, FSS_FIELD_CREATED }, { 11, FSS_FIELD_EXPIRES },
	{ 12, FSS_FIELD_TOKEN }, { 13, FSS_FIELD_URL },
	{ 14, FSS_FIELD_KIND },
	{ 16, FSS_FIELD_SIZE }, { 17, FSS_FIELD_TICKET }, { 0, 0 }
};

static const struct map *
map_of(const struct fss__record *rec)
{
	if (rec == &fss__r_account)
		return account_map;
	if (rec == &fss__r_device)
		return device_map;
	if (rec == &fss__r_token)
		return token_map;
	if (rec == &fss__r_session)
		return session_map;
	if (rec == &fss__r_entry)
		return entry_map;
	if (rec == &fss__r_member)
		return member_map;
	if (rec == &fss__r_grant_row)
		return grant_map;
	if (rec == &fss__r_invite_code)
		return invite_map;
	if (rec == &fss__r_who_row)
		return who_map;
	if (rec == &fss__r_event)
		return event_map;
	if (rec == &fss__r_holder)
		return holder_map;
	if (rec == &fss__r_request)
		return request_map;
	if (rec == &fss__r_rule)
		return rule_map;
	if (rec == &fss__r_audit_row)
		return audit_map;
	if (rec == &fss__r_stage)
		return stage_map;
	if (rec == &fss__r_hub)
		return hub_map;
	if (rec == &fss__r_invite_row)
		return invite_row_map;
	if (rec == &fss__r_link)
		return link_map;
	return NULL;
}

/* Numbers past INT64_MAX are no sizes or times of this world. */
static int64_t
clamp(uint64_t v)
{
	return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

static void
add_field(struct fss__rowset *rs, fss_field field, const struct fss__field *f,
    const uint8_t *member)
{
	struct fss__slice s;
	uint64_t u;
	int64_t i;
	bool b;

	switch (f->kind) {
	case FSS__U64:
		memcpy(&u, member, sizeof(u));
		fss__rowset_int(rs, field, clamp(u));
		break;
	case FSS__I64:
		memcpy(&i, member, sizeof(i));
		fss__rowset_int(rs, field, i);
		break;
	case FSS__BOOL:
		memcpy(&b, member, sizeof(b));
		fss__rowset_int(rs, field, b ? 1 : 0);
		break;
	case FSS__STR:
	case FSS__BIN:
	case FSS__FIX:
		memcpy(&s, member, sizeof(s));
		fss__rowset_bytes(rs, field, s);
		break;
	default:
		break;
	}
}

static void
add_path(struct fss__rowset *rs, struct fss__slice path, const char *parent)
{
	char whole[FSS_LIMIT_PATH + 1];
	struct fss__slice up, name;

	if (parent != NULL) {
		fss__rowset_text(rs, FSS_FIELD_NAME, path);
		if (fss__path_join(whole, sizeof(whole),
		    fss__slice_str(parent), path) == 0)
			fss__rowset_text(rs, FSS_FIELD_PATH,
			    fss__slice_str(whole));
		return;
	}
	fss__rowset_text(rs, FSS_FIELD_PATH, path);
	if (fss__path_check(path, NULL) == 0 &&
	    fss__path_split(path, &up, &name))
		fss__rowset_text(rs, FSS_FIELD_NAME, name);
}

static void
add_digest(struct fss__rowset *rs, struct fss__slice root)
{
	char text[FSS__ID_TEXT];
	struct fss__id id;

	if (root.n != sizeof(id.b))
		return;
	memcpy(id.b, root.p, sizeof(id.b));
	fss__id_text(text, &id);
	fss__rowset_text(rs, FSS_FIELD_DIGEST, fss__slice_str(text));
}

static void
add_entry(struct fss__rowset *rs, const struct fss__m_entry *m,
    const struct fss__row_hint *hint)
{
	if (m->has & FSS__K_entry_status)
		fss__rowset_int(rs, FSS_FIELD_STATUS, -(int64_t)m->status);
	if (m->has & FSS__K_entry_path)
		add_path(rs, m->path, hint != NULL ? hint->parent : NULL);
	if (m->has & FSS__K_entry_root)
		add_digest(rs, m->root);
	if ((m->has & FSS__K_entry_owner) == 0 && hint != NULL &&
	    hint->owner != NULL)
		fss__rowset_text(rs, FSS_FIELD_OWNER,
		    fss__slice_str(hint->owner));
}

/* Whose account it tells depends on what it is about. */
static void
add_event(struct fss__rowset *rs, const struct fss__m_event *m)
{
	fss_field who = m->kind == FSS_NEWS_PRESENCE ? FSS_FIELD_NAME :
	    m->kind == FSS_NEWS_FILE ? FSS_FIELD_OWNER : FSS_FIELD_WHO;

	if (m->has & FSS__K_event_path)
		add_path(rs, m->path, NULL);
	if (m->has & FSS__K_event_account)
		fss__rowset_text(rs, who, m->account);
}

static void
add_request(struct fss__rowset *rs, const struct fss__m_request *m)
{
	if (m->has & FSS__K_request_status)
		fss__rowset_int(rs, FSS_FIELD_STATUS, -(int64_t)m->status);
	if (m->has & FSS__K_request_path)
		add_path(rs, m->path, NULL);
	if (m->has & FSS__K_request_root)
		add_digest(rs, m->root);
}

/* An id is bytes to the protocol and text to people. */
static void
add_session(struct fss__rowset *rs, const struct fss__m_session *m)
{
	char text[2 * FSS__SESSION_ID + 1];

	if (m->id.n != FSS__SESSION_ID)
		return;
	fss__hex_encode(text, m->id.p, m->id.n);
	fss__rowset_text(rs, FSS_FIELD_SESSION, fss__slice_str(text));
}

static void
add_audit(struct fss__rowset *rs, const struct fss__m_audit_row *m)
{
	if (m->has & FSS__K_audit_row_path)
		add_path(rs, m->path, NULL);
	if (m->has & FSS__K_audit_row_root)
		add_digest(rs, m->root);
}

/* An id that is shown as text. */
static void
add_hexid(struct fss__rowset *rs, fss_field field, struct fss__slice id)
{
	char text[2 * 16 + 1];

	if (id.n != 16)
		return;
	fss__hex_encode(text, id.p, id.n);
	fss__rowset_text(rs, field, fss__slice_str(text));
}

static void
add_stage(struct fss__rowset *rs, const struct fss__m_stage *m,
    const struct fss__row_hint *hint)
{
	add_hexid(rs, FSS_FIELD_STAGE, m->id);
	add_path(rs, m->path, NULL);
	if ((m->has & FSS__K_stage_owner) == 0 && hint != NULL &&
	    hint->owner != NULL)
		fss__rowset_text(rs, FSS_FIELD_OWNER,
		    fss__slice_str(hint->owner));
}

/* A visitor is told the name alone. */
static void
add_link(struct fss__rowset *rs, const struct fss__m_link *m)
{
	if (m->has & FSS__K_link_path)
		add_path(rs, m->path, NULL);
	else if (m->has & FSS__K_link_name)
		fss__rowset_text(rs, FSS_FIELD_NAME, m->name);
}

/* What is more than copying. */
static void
add_rest(struct fss__rowset *rs, const struct fss__record *rec,
    const void *msg, const struct fss__row_hint *hint)
{
	const struct fss__m_holder *holder = msg;
	const struct fss__m_invite_row *invite = msg;

	if (rec == &fss__r_entry)
		add_entry(rs, msg, hint);
	else if (rec == &fss__r_event)
		add_event(rs, msg);
	else if (rec == &fss__r_request)
		add_request(rs, msg);
	else if (rec == &fss__r_audit_row)
		add_audit(rs, msg);
	else if (rec == &fss__r_session)
		add_session(rs, msg);
	else if (rec == &fss__r_holder)
		add_path(rs, holder->path, NULL);
	else if (rec == &fss__r_stage)
		add_stage(rs, msg, hint);
	else if (rec == &fss__r_link)
		add_link(rs, msg);
	else if (rec == &fss__r_invite_row)
		add_hexid(rs, FSS_FIELD_INVITE, invite->id);
	if (hint != NULL && hint->news != 0)
		fss__rowset_int(rs, FSS_FIELD_NEWS, hint->news);
}

int
fss__rowset_add(struct fss__rowset *rs, const struct fss__record *rec,
    const void *msg, const struct fss__row_hint *hint)
{
	const struct map *map = map_of(rec);
	const struct fss__field *f;
	uint32_t has;
	unsigned i;

	FSS_ASSERT(map != NULL);
	memcpy(&has, msg, sizeof(has));
	fss__rowset_begin(rs);
	for (; map->key != 0; map++) {
		if ((has & FSS__HAS(map->key)) == 0)
			continue;
		for (i = 0; i < rec->count; i++) {
			f = &rec->fields[i];
			if (f->key == map->key)
				add_field(rs, (fss_field)map->field, f,
				    (const uint8_t *)msg + f->offset);
		}
	}
	add_rest(rs, rec, msg, hint);
	return fss__rowset_end(rs);
}

int
fss__rowset_add_list(struct fss__rowset *rs, const struct fss__record *rec,
    struct fss__list list, const struct fss__row_hint *hint)
{
	union {
		struct fss__m_account account;
		struct fss__m_device device;
		struct fss__m_entry entry;
		struct fss__m_member member;
		struct fss__m_grant_row grant;
		struct fss__m_who_row who;
		struct fss__m_event event;
		struct fss__m_holder holder;
		struct fss__m_request request;
		struct fss__m_rule rule;
		struct fss__m_audit_row audit;
		struct fss__m_session session;
		struct fss__m_stage stage;
		struct fss__m_invite_row invite;
		struct fss__m_link link;
	} m;
	int r;

	while ((r = fss__list_next(&list, rec, &m)) == 1) {
		r = fss__rowset_add(rs, rec, &m, hint);
		if (r != 0)
			return r;
	}
	return r;
}
