/*
 * The hub's session machine under hostile clients.
 *
 * The input is a list of steps over a store in memory: messages over several
 * connections of three keys (raw bytes, raw fields in a proper envelope,
 * records of random fields, and requests that make sense together), credit,
 * time, jobs that are held back, answers that cannot be sent, allocations
 * that fail.  After each step all invariants of hub_drive_check() hold, and
 * whatever the hub sends can be decoded.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "hub_drive.h"
#include "hub_frame.h"
#include "proto/hub_internal.h"
#include "record.h"

#define KEYS   3
#define ROUTES 6 /* connection i belongs to key i % KEYS */
#define PATHS  4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
	const uint8_t *p, *end;
	struct hub_drive d;
	uint64_t req;
	bool hello[KEYS]; /* sent one, ever */
	bool open[KEYS];
	uint8_t session[KEYS][FSS__SESSION_BYTES];
	uint64_t taken[KEYS]; /* payload of the newest session */
	char token[FSS__MAX_TOKEN + 1]; /* told last */
	uint8_t listed[FSS__SESSION_ID]; /* a session told last */
};

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static unsigned
byte(struct fuzz *f)
{
	return f->p < f->end ? *f->p++ : 0;
}

/* ---- what comes back -------------------------------------------------- */

static void
take_message(struct fuzz *f, const struct hub_msg *m)
{
	struct fss__m_session_list list;
	struct fss__m_session listed;
	struct fss__m_token token;
	const struct fss__message *msg;
	struct fss__m_welcome welcome;
	union record_any any;
	unsigned key;

	must(m->route < ROUTES);
	key = m->route % KEYS;
	if (m->h.type == FSS__MSG_ERROR) {
		must(m->payload == NULL);
		must(fss__fields_decode(
			 m->h.fields, &fss__r_error, &any, NULL) == 0);
		return;
	}
	msg = fss__message_find(m->h.type - FSS__ANSWER);
	must(msg != NULL);
	must(fss__fields_decode(m->h.fields, msg->answer, &any, NULL) == 0);
	must(m->payload == NULL || msg->type == FSS__MSG_GET);
	if (m->payload != NULL)
		f->taken[key] += m->payload->len;
	if (msg->answer == &fss__r_token) {
		must(fss__fields_decode(m->h.fields, &fss__r_token, &token,
			 NULL) == 0);
		must(token.token.n == FSS__MAX_TOKEN);
		memcpy(f->token, token.token.p, FSS__MAX_TOKEN);
	}
	if (msg->answer == &fss__r_session_list) {
		must(fss__fields_decode(m->h.fields, &fss__r_session_list,
			 &list, NULL) == 0);
		while (fss__list_next(&list.sessions, &fss__r_session,
			   &listed) == 1)
			memcpy(f->listed, listed.id.p, sizeof(f->listed));
	}
	if (msg->type != FSS__MSG_HELLO)
		return;
	must(f->hello[key]);
	must(fss__fields_decode(m->h.fields, &fss__r_welcome, &welcome, NULL) ==
	    0);
	memcpy(f->session[key], welcome.session.p, FSS__SESSION_BYTES);
	f->open[key] = true;
	f->taken[key] = 0;
}

static void
take_messages(struct fuzz *f)
{
	struct hub_msg *m;

	while ((m = hub_drive_next(&f->d)) != NULL) {
		take_message(f, m);
		hub_msg_free(m);
	}
}

/* Every session belongs to a key that asked for one. */
static void
check_keys(const struct fuzz *f)
{
	const struct fss__session *s;
	unsigned i;

	for (s = f->d.hub->sessions.oldest; s != NULL; s = s->newer) {
		must(s->key[0] < KEYS && f->hello[s->key[0]]);
		for (i = 1; i < FSS__KEY_BYTES; i++)
			must(s->key[i] == s->key[0]);
	}
}

/* ---- messages --------------------------------------------------------- */

/* A message whose frames are refused is answered at once, and by its name. */
static void
must_refuse(struct fuzz *f, unsigned route, const struct fss__header *h,
    const uint8_t *session)
{
	const struct hub_msg *m = f->d.msg;

	while (m != NULL && m->next != NULL)
		m = m->next;
	must(m != NULL && m->route == route && m->h.type == FSS__MSG_ERROR);
	must(m->h.req == h->req && m->h.session.n == h->session.n);
	must(h->session.n == 0 ||
	    memcmp(m->h.session.p, session, FSS__SESSION_BYTES) == 0);
}

static void
send(struct fuzz *f, unsigned route, struct fss__frame *header,
    struct fss__frame *payload)
{
	uint8_t key[FSS__KEY_BYTES], session[FSS__SESSION_BYTES];
	struct fss__header h;
	bool refused;

	route %= ROUTES;
	memset(key, (int)(route % KEYS), sizeof(key));
	refused = fss__header_decode(header->data, header->len, &h) != 0;
	if (!refused && h.type == FSS__MSG_HELLO)
		f->hello[route % KEYS] = true;
	refused = refused || f->d.cut ||
	    (payload != NULL && payload->len > FSS__MAX_PAYLOAD);
	(void)fss__header_glean(header->data, header->len, &h);
	if (h.session.n != 0)
		memcpy(session, h.session.p, sizeof(session));
	hub_drive_frame(&f->d, route, key, header, payload);
	if (refused && h.type < FSS__ANSWER)
		must_refuse(f, route, &h, session);
}

static struct fss__frame *
raw_frame(struct fuzz *f)
{
	size_t n = byte(f);
	struct fss__frame *fr;

	if (n > (size_t)(f->end - f->p))
		n = (size_t)(f->end - f->p);
	fr = fss__frame_new(n);
	must(fr != NULL);
	if (n > 0)
		memcpy(fr->data, f->p, n);
	f->p += n;
	return fr;
}

static struct fss__frame *
some_payload(struct fuzz *f)
{
	unsigned n = byte(f);
	struct fss__frame *fr;

	if (n & 1)
		return NULL;
	fr = fss__frame_new(n == 254 ? FSS__MAX_PAYLOAD + 1 : n * 5000);
	must(fr != NULL);
	memset(fr->data, (int)n, fr->len);
	return fr;
}

/* The session that `route` has; at times another's, or none. */
static const uint8_t *
session_of(const struct fuzz *f, unsigned route, unsigned twist)
{
	unsigned key = (route + (twist % 16 == 1)) % KEYS;

	return twist % 16 == 2 || !f->open[key] ? NULL : f->session[key];
}

static void
message(struct fuzz *f, unsigned route, unsigned type, const void *msg,
    struct fss__frame *payload)
{
	const uint8_t *session = session_of(f, route, byte(f));

	send(f, route,
	    hub_frame(
		type, ++f->req, session, fss__message_find(type)->request, msg),
	    payload);
}

/* An envelope around a map of the input's bytes. */
static void
enveloped(struct fuzz *f, unsigned route)
{
	struct fss__frame *fields = raw_frame(f), *fr;
	unsigned type = byte(f);
	const uint8_t *session = session_of(f, route, byte(f));
	uint8_t head[32];
	size_t n = 0;

	head[n++] = 0x95;
	head[n++] = FSS__MAX_VERSION;
	head[n++] = 0xcc;
	head[n++] = (uint8_t)type;
	head[n++] = 7;
	head[n++] = 0xc4;
	head[n++] = session != NULL ? FSS__SESSION_BYTES : 0;
	if (session != NULL) {
		memcpy(head + n, session, FSS__SESSION_BYTES);
		n += FSS__SESSION_BYTES;
	}
	fr = fss__frame_new(n + fields->len);
	must(fr != NULL);
	memcpy(fr->data, head, n);
	if (fields->len > 0)
		memcpy(fr->data + n, fields->data, fields->len);
	fss__frame_unref(fields);
	send(f, route, fr, some_payload(f));
}

/* A valid record of random fields, of any message. */
static void
random_message(struct fuzz *f, unsigned route)
{
	struct record_arena arena;
	const struct fss__message *m;
	union record_any any;
	struct rng rng;

	m = fss__message_find(byte(f) % (FSS__MSG_SHARES + 1));
	rng.s = byte(f);
	if (m == NULL)
		return;
	record_arena_init(&arena, 65536);
	record_random(&rng, &arena, m->request, &any);
	message(f, route, m->type, &any, some_payload(f));
	record_arena_release(&arena);
}

static void
hello(struct fuzz *f, unsigned route)
{
	struct fss__m_hello m;

	unsigned how = byte(f);

	memset(&m, 0, sizeof(m));
	m.min_version = how % 3;
	m.max_version = 1;
	m.has = FSS__K_hello_address;
	m.address = fss__slice_str(how & 64 ? "192.0.2.7" : "2001:db8::7");
	if (how & 16) {
		m.has |= FSS__K_hello_nobody;
		m.nobody = true;
	}
	if ((how & 32) && f->token[0] != '\0') {
		m.has |= FSS__K_hello_token;
		m.token = fss__slice_str(f->token);
	}
	message(f, route, FSS__MSG_HELLO, &m, NULL);
}

static struct fss__slice
name(unsigned i)
{
	static const char *const names[] = { "alice", "bob", "carol" };

	return fss__slice_str(names[i % 3]);
}

static void
account(struct fuzz *f, unsigned route)
{
	union {
		struct fss__m_register reg;
		struct fss__m_login login;
		struct fss__m_passwd passwd;
		struct fss__m_logout logout;
		struct fss__m_device_revoke revoke;
		struct fss__m_login_web web;
		struct fss__m_register_web reg_web;
		struct fss__m_token_new token;
		struct fss__m_sessions sessions;
		struct fss__m_session_end end;
		struct fss__m_empty empty;
	} m;
	unsigned how = byte(f);
	struct fss__slice pw = fss__slice_str(
	    how & 128 ? "password" : "drowssap");

	memset(&m, 0, sizeof(m));
	switch (how % 8) {
	case 1:
		m.reg_web.name = name(how >> 3);
		m.reg_web.password = pw;
		message(f, route, FSS__MSG_REGISTER_WEB, &m, NULL);
		break;
	case 3:
		m.web.has = FSS__K_login_web_ttl_s;
		m.web.name = name(how >> 3);
		m.web.password = pw;
		m.web.ttl_s = how & 64 ? 60 : 600;
		message(f, route, FSS__MSG_LOGIN_WEB, &m, NULL);
		break;
	case 0:
		m.reg.name = name(how >> 3);
		m.reg.password = pw;
		message(f, route, FSS__MSG_REGISTER, &m, NULL);
		break;
	case 2:
		m.login.name = name(how >> 3);
		m.login.password = pw;
		message(f, route, FSS__MSG_LOGIN, &m, NULL);
		break;
	case 4:
		m.passwd.old_password = pw;
		m.passwd.new_password = fss__slice_str("password");
		message(f, route, FSS__MSG_PASSWD, &m, NULL);
		break;
	case 5:
		m.logout.has = how & 64 ? FSS__K_logout_everywhere :
					  FSS__K_logout_forget;
		m.logout.everywhere = how & 64;
		m.logout.forget = how & 32;
		message(f, route, FSS__MSG_LOGOUT, &m, NULL);
		break;
	case 6:
		m.revoke.id = how >> 3;
		message(f, route, FSS__MSG_DEVICE_REVOKE, &m, NULL);
		break;
	default:
		if (how & 128) {
			m.token.label = fss__slice_str("t");
			m.token.scopes = how >> 3 & 15;
			message(f, route, FSS__MSG_TOKEN_NEW, &m, NULL);
			break;
		}
		if (how & 64) {
			m.sessions.has = FSS__K_sessions_all |
			    FSS__K_sessions_limit;
			m.sessions.all = how & 32;
			m.sessions.limit = how & 16 ? 1 : 100;
			message(f, route, FSS__MSG_SESSIONS, &m, NULL);
			break;
		}
		if (how & 32) {
			m.end.id.p = f->listed;
			m.end.id.n = sizeof(f->listed);
			message(f, route, FSS__MSG_SESSION_END, &m, NULL);
			break;
		}
		message(f, route, how & 8 ? FSS__MSG_WHOAMI : FSS__MSG_BYE, &m,
		    NULL);
		break;
	}
}

/* Content number @n: few, small ones and one of the greatest size. */
static struct fss__frame *
content(unsigned n, struct fss__id *ret_id)
{
	size_t len = n % 4 == 3 ? FSS__MAX_CHUNK : 1 + n % 4 * 1000;
	struct fss__frame *fr = fss__frame_new(len);

	must(fr != NULL);
	memset(fr->data, (int)n, len);
	must(fss__digest(
		 FSS__KIND_DATA | FSS__ALG_SHA256, fr->data, len, ret_id) == 0);
	return fr;
}

static void
put(struct fuzz *f, unsigned route)
{
	unsigned n = byte(f), lie = byte(f);
	struct fss__frame *fr;
	struct fss__m_put m;
	struct fss__id id;
	uint8_t len[4];

	fr = content(n % 8, &id);
	fss__put_le32(len, (uint32_t)fr->len);
	if (lie < 64)
		id.b[lie % FSS__ID_BYTES] ^= 1;
	else if (lie < 80)
		fss__put_le32(len, lie);
	memset(&m, 0, sizeof(m));
	m.ids.p = id.b;
	m.ids.n = sizeof(id.b);
	m.lens.p = len;
	m.lens.n = lie == 80 ? 3 : 4;
	message(f, route, FSS__MSG_PUT, &m, fr);
}

static void
commit(struct fuzz *f, unsigned route)
{
	static const char *const paths[PATHS] = { "/a", "/b", "/d/c", "/d" };
	unsigned n = byte(f), how = byte(f);
	struct fss__m_commit_item item;
	uint8_t op[FSS__OP_BYTES] = { 0 };
	struct fss__m_commit m;
	struct fss__frame *fr;
	struct fss__id id;
	struct fss__buf b;

	fr = content(n % 8, &id);
	memset(&item, 0, sizeof(item));
	item.path = fss__slice_str(paths[how % PATHS]);
	item.kind = FSS_KIND_FILE;
	item.has = FSS__K_commit_item_size | FSS__K_commit_item_root;
	item.size = fr->len + (how >= 240);
	item.root.p = id.b;
	item.root.n = sizeof(id.b);
	fss__frame_unref(fr);
	fss__buf_init(&b, FSS__MAX_HEADER);
	must(fss__record_encode(&b, &fss__r_commit_item, &item) == 0);
	must(fss__record_encode(&b, &fss__r_commit_item, &item) == 0);
	op[0] = (uint8_t)(how >> 2);
	memset(&m, 0, sizeof(m));
	m.op.p = op;
	m.op.n = sizeof(op);
	m.items.count = 1 + (n & 8 ? 1 : 0);
	m.items.p = b.data;
	m.items.n = b.len / 2 * m.items.count;
	message(f, route, FSS__MSG_COMMIT, &m, NULL);
	fss__buf_release(&b);
}

static void
get(struct fuzz *f, unsigned route)
{
	struct fss__m_get_item item;
	unsigned how = byte(f), times = how >> 5;
	struct fss__m_get m;
	struct fss__buf b;

	memset(&item, 0, sizeof(item));
	item.version = how % 8;
	item.level = how / 8 % 2;
	item.offset = how & 16 ? 500 : 0;
	item.count = 1;
	fss__buf_init(&b, FSS__MAX_HEADER);
	must(fss__record_encode(&b, &fss__r_get_item, &item) == 0);
	memset(&m, 0, sizeof(m));
	m.has = how & 16 ? FSS__K_get_received : 0;
	m.received = f->taken[route % KEYS];
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	do {
		message(f, route, FSS__MSG_GET, &m, NULL);
	} while (times-- > 0);
	fss__buf_release(&b);
}

static void
credit(struct fuzz *f, unsigned route)
{
	struct fss__m_credit m;
	unsigned how = byte(f);

	memset(&m, 0, sizeof(m));
	m.received = how < 200 ? f->taken[route % KEYS] :
				 (uint64_t)how << how % 57;
	message(f, route, FSS__MSG_CREDIT, &m, NULL);
}

/* ---- steps ------------------------------------------------------------ */

/* A message of the connection's key is lost; its sessions go with it. */
static void
lost(struct fuzz *f, unsigned route, struct hub_msg *m)
{
	const struct fss__session *s;
	uint8_t key[FSS__KEY_BYTES];

	if (m != NULL) {
		take_message(f, m);
		hub_msg_free(m);
	}
	memset(key, (int)(route % KEYS), sizeof(key));
	hub_drive_lost(&f->d, key);
	for (s = f->d.hub->sessions.oldest; s != NULL; s = s->newer)
		must(s->key[0] != key[0]);
}

static void
one_step(struct fuzz *f)
{
	unsigned what = byte(f), route = (what >> 4) % ROUTES;
	struct hub_msg *m;

	f->d.cut = what >= 0xc0 && (what & 15) < 3;
	switch (what & 15) {
	case 0:
		send(f, route, raw_frame(f), some_payload(f));
		break;
	case 1:
	case 2:
		enveloped(f, route);
		break;
	case 3:
		random_message(f, route);
		break;
	case 4:
		hello(f, route);
		break;
	case 5:
	case 6:
		account(f, route);
		break;
	case 7:
		put(f, route);
		break;
	case 8:
		commit(f, route);
		break;
	case 9:
		get(f, route);
		break;
	case 10:
		credit(f, route);
		break;
	case 11:
		hub_drive_tick(&f->d, (int64_t)byte(f) * 500000);
		break;
	case 12:
		f->d.hold = byte(f);
		break;
	case 13:
		hub_drive_run(&f->d);
		m = hub_drive_next(&f->d);
		if (what >= 0xc0)
			lost(f, route, m);
		else if (m != NULL)
			hub_drive_unsent(&f->d, m);
		break;
	case 14:
		/* One allocation of the jobs that are out fails. */
		(void)fss__alloc_fail_at(1 + byte(f));
		hub_drive_run(&f->d);
		(void)fss__alloc_fail_at(0);
		break;
	default:
		hub_drive_run(&f->d);
		break;
	}
	f->d.cut = false;
	take_messages(f);
	check_keys(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fss__hub_config cfg;
	struct fss__hub_stats st;
	struct fuzz f;

	memset(&f, 0, sizeof(f));
	f.p = data;
	f.end = data + size;
	hub_drive_config(&cfg);
	cfg.max_sessions = 5;
	cfg.max_anonymous = 4;
	cfg.max_upload = 2 * FSS__MAX_CHUNK;
	cfg.max_headers = 4 * FSS__MAX_HEADER;
	cfg.max_unsent = 8 << 20;
	hub_drive_open(&f.d, &cfg);
	while (f.p < f.end)
		one_step(&f);
	/* Whatever happened: in the end nothing is left of it. */
	f.d.hold = 0;
	hub_drive_run(&f.d);
	take_messages(&f);
	hub_drive_tick(&f.d, FSS__MAX_LEASE * INT64_C(1000));
	hub_drive_run(&f.d);
	fss__hub_stats(f.d.hub, &st);
	must(st.sessions == 0 && st.under_way == 0);
	must(f.d.hub->put_flying == 0);
	hub_drive_close(&f.d);
	return 0;
}
