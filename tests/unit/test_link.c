/*
 * Share links in the model: what a visitor may, what nobody may any more, and
 * the limit.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <fss/link.h>
#include <fss/web.h>

#include "model/account.h"
#include "model/link.h"
#include "model/stage.h"
#include "model_fixture.h"

#define US	INT64_C(1000000)
#define HASH	"a hash of a password"

struct told {
	struct fss__m_link m;
	char	token[64], name[FSS_LIMIT_NAME + 1], path[FSS_LIMIT_PATH + 1];
	char	owner[FSS_LIMIT_ACCOUNT + 1];
	unsigned n;
};

static int
take(void *arg, const void *record)
{
	struct told *t = arg;

	t->m = *(const struct fss__m_link *)record;
#define COPY(member)							\
	assert_int_equal(fss__slice_copy(t->m.member, t->member,	\
	    sizeof(t->member)), 0)
	COPY(token);
	COPY(name);
	COPY(path);
	COPY(owner);
	t->n++;
	return 0;
}

static int
make(struct mf *f, const struct fss__actor *who, const char *path, int kind,
    uint64_t limit, const char *pwhash, struct told *t)
{
	struct fss__m_link_new m;

	memset(&m, 0, sizeof(m));
	memset(t, 0, sizeof(*t));
	m.has = FSS__K_link_new_path | FSS__K_link_new_kind |
	    FSS__K_link_new_limit;
	m.path = mf_s(path);
	m.kind = (uint64_t)kind;
	m.limit = limit;
	mf_begin(f);
	return mf_end(f, fss__link_new(&f->ctx, who, &m, pwhash, take, t));
}

static int
visit(struct mf *f, const char *token, const char *pwhash,
    struct fss__actor *v)
{
	struct told t;

	memset(&t, 0, sizeof(t));
	mf_begin(f);
	return mf_end(f, fss__link_open(&f->ctx, mf_s(token), pwhash,
	    "192.0.2.1", v, take, &t));
}

/* The link in @t is visited. */
static struct fss__actor
visitor(struct mf *f, const struct told *t)
{
	struct fss__actor v;

	assert_int_equal(visit(f, t->token, "", &v), 0);
	assert_true(v.account > FSS__VISITOR);
	return v;
}

static int
put(struct mf *f, const struct fss__actor *v, const char *path,
    const char *text, struct mf_row *row)
{
	struct fss__m_commit_item m;
	struct fss__id id;

	(void)mf_put(f, v, text);
	m = mf_item(path, text, &id);
	return mf_commit(f, v, NULL, &m, row);
}

static int
content(struct mf *f, const struct fss__actor *v, uint64_t version)
{
	struct fss__content c;

	return fss__entry_content(&f->ctx, v, (int64_t)version, &c);
}

/* alice's files, among them what is linked. */
static struct fss__actor
world(struct mf *f)
{
	struct fss__actor alice = mf_user(f, "alice");

	assert_int_equal(mf_file(f, &alice, NULL, "/secret", "secret"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/pub/a.txt", "a"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/pub/sub/b.txt", "bb"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/pub/mine/c", "ccc"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/pub/mine",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/open/o", "o"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/open",
	    FSS_ACCESS_OPEN), 0);
	return alice;
}

/* What is linked is ":/", and nothing else is there. */
static void
test_folder(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = world(f), v;
	struct mf_rows *rows = mf_rows(0);
	struct mf_row row, secret, open, a;
	struct fss__actor again;
	struct told t;

	(void)state;
	assert_int_equal(mf_stat(f, &alice, NULL, "/secret", 0, &secret), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/open/o", 0, &open), 0);
	assert_int_equal(make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0, "",
	    &t), 0);
	assert_string_equal(t.path, "/pub");
	assert_int_equal(strlen(t.token), 43);
	v = visitor(f, &t);
	assert_int_equal(mf_stat(f, &v, NULL, "/", 0, &row), 0);
	assert_int_equal(row.kind, FSS_KIND_DIR);
	assert_int_equal(row.rights, FSS_RIGHT_SEE | FSS_RIGHT_READ);
	assert_int_equal(mf_list(f, &v, NULL, "/", rows), 0);
	assert_int_equal(rows->n, 2);		/* not /pub/mine */
	assert_string_equal(rows->row[0].path, "a.txt");
	assert_string_equal(rows->row[1].path, "sub");
	assert_int_equal(mf_stat(f, &v, NULL, "/a.txt", 0, &a), 0);
	assert_string_equal(a.author, "");
	assert_false(a.has & (FSS__K_entry_access | FSS__K_entry_access_own |
	    FSS__K_entry_created_us | FSS__K_entry_author |
	    FSS__K_entry_holders | FSS__K_entry_request));
	assert_int_equal(content(f, &v, a.version), 0);

	/* Above, beside, by owner, by handle, by version. */
	assert_int_equal(mf_stat(f, &v, NULL, "/mine", 0, &row), FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/mine/c", 0, &row),
	    FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/secret", 0, &row),
	    FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/pub/a.txt", 0, &row),
	    FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, "alice", "/open/o", 0, &row),
	    FSS_ENOACCOUNT);
	assert_int_equal(mf_stat(f, &v, "nobody", "/", 0, &row),
	    FSS_ENOACCOUNT);
	assert_int_equal(mf_list(f, &v, "alice", "/open", rows),
	    FSS_ENOACCOUNT);
	assert_int_equal(content(f, &v, secret.version), FSS_ENOENT);
	assert_int_equal(content(f, &v, open.version), FSS_ENOENT);
	assert_int_equal(mf_file(f, &alice, NULL, "/pub/a.txt", "newer"), 0);
	assert_int_equal(content(f, &v, a.version), FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/a.txt", 1, &row),
	    FSS_ENOENT);
	/* Nothing is changed by looking. */
	assert_int_equal(put(f, &v, "/x", "x", &row), FSS_EDENIED);
	assert_int_equal(mf_remove(f, &v, NULL, "/a.txt", false),
	    FSS_EDENIED);
	assert_int_equal(mf_move(f, &v, NULL, "/a.txt", "/z", false),
	    FSS_EDENIED);

	/* As the request after the next finds it. */
	again = v;
	assert_int_equal(fss__account_refresh(&f->ctx, &again), 0);
	assert_int_equal(again.account, v.account);
	assert_int_equal(mf_remove(f, &alice, NULL, "/pub", true), 0);
	assert_int_equal(mf_stat(f, &v, NULL, "/", 0, &row), FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/a.txt", 0, &row),
	    FSS_ENOENT);
	assert_int_equal(visit(f, t.token, "", &again), FSS_ENOENT);
	(void)mf_purge(f);
	assert_int_equal(mf_sql(f, "SELECT (SELECT count(*) FROM link) +"
	    " (SELECT count(*) FROM visit)"), 0);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	mf_expect_sound(f);
	mf_rows_free(rows);
	mf_close(f);
}

/* A file is the version it was, unless the link follows. */
static void
test_file(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = world(f), v;
	struct mf_row row, was, now;
	struct told t;

	(void)state;
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a.txt", 0, &was), 0);
	assert_int_equal(make(f, &alice, "/pub/a.txt", FSS_LINK_DOWNLOAD, 0,
	    "", &t), 0);
	assert_int_equal(t.m.number, 1);
	v = visitor(f, &t);
	assert_int_equal(mf_file(f, &alice, NULL, "/pub/a.txt", "newer"), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a.txt", 0, &now), 0);
	assert_int_equal(mf_stat(f, &v, NULL, "/", 0, &row), 0);
	assert_int_equal(row.kind, FSS_KIND_FILE);
	assert_int_equal(row.size, 1);
	assert_int_equal(row.version, was.version);
	assert_int_equal(content(f, &v, was.version), 0);
	assert_int_equal(content(f, &v, now.version), FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/x", 0, &row), FSS_ENOENT);

	/* Only what is one's own is linked, and what can be. */
	v = mf_user(f, "bob");
	assert_int_equal(mf_grant(f, &alice, NULL, "/pub", "bob",
	    FSS_RIGHT_WRITE), 0);
	assert_int_equal(make(f, &v, "/pub", FSS_LINK_DOWNLOAD, 0, "", &t),
	    FSS_ENOENT);
	assert_int_equal(make(f, &alice, "/pub/a.txt", FSS_LINK_UPLOAD, 0,
	    "", &t), FSS_ENOTDIR);
	assert_int_equal(make(f, &alice, "/none", FSS_LINK_UPLOAD, 0, "",
	    &t), FSS_ENOENT);
	mf_close(f);
}

/* Into the folder, never over anything, and without a look at it. */
static void
test_upload(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = world(f), v, other;
	struct fss__m_commit_item m;
	struct mf_row row;
	struct fss__id id;
	struct told t;

	(void)state;
	assert_int_equal(make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "", &t),
	    0);
	v = visitor(f, &t);
	other = visitor(f, &t);
	assert_int_equal(mf_stat(f, &v, NULL, "/", 0, &row), 0);
	assert_int_equal(row.rights, FSS_RIGHT_CREATE);
	assert_false(row.has & FSS__K_entry_mtime_us);
	assert_int_equal(mf_stat(f, &v, NULL, "/a.txt", 0, &row),
	    FSS_ENOENT);

	/* What it comes to be called is not told: that tells what there is. */
	assert_int_equal(put(f, &v, "/a.txt", "from a visitor", &row), 0);
	assert_string_equal(row.path, "/a.txt");
	assert_false(row.has & (FSS__K_entry_version | FSS__K_entry_number));
	assert_int_equal(put(f, &v, "/a.txt", "again", &row), 0);
	assert_string_equal(row.path, "/a.txt");
	assert_int_equal(put(f, &v, "/mine", "x", &row), 0);
	assert_int_equal(put(f, &v, "/.hidden", "x", &row), 0);
	assert_int_equal(put(f, &v, "/.hidden", "x", &row), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a.txt", 0, &row), 0);
	assert_int_equal(row.size, 1);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a (2).txt", 0, &row),
	    0);
	assert_int_equal(row.size, 14);
	assert_string_equal(row.author, "");
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a (3).txt", 0, &row),
	    0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/mine (2)", 0, &row),
	    0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/.hidden (2)", 0,
	    &row), 0);

	/* Neither elsewhere, nor a folder, nor what one only heard of. */
	assert_int_equal(put(f, &v, "/sub/x", "x", &row), FSS_EDENIED);
	assert_int_equal(put(f, &v, "/", "x", &row), FSS_EISDIR);
	assert_int_equal(put(f, &v, "/../x", "x", &row), FSS_EPATH);
	assert_int_equal(mf_folder(f, &v, NULL, "/new"), FSS_EDENIED);
	assert_int_equal(mf_folder(f, &v, "alice", "/new"), FSS_ENOACCOUNT);
	m = mf_item("/s", "secret", &id);
	assert_int_equal(mf_commit(f, &v, NULL, &m, &row), FSS_EMISSING);
	m = mf_item("/s", "from a visitor", &id);
	assert_int_equal(mf_commit(f, &other, NULL, &m, &row), FSS_EMISSING);
	assert_int_equal(mf_remove(f, &v, NULL, "/a.txt", false),
	    FSS_ENOENT);
	assert_true(mf_sql(f, "SELECT count(*) FROM audit WHERE what = 19") ==
	    5);
	/* What arrived is counted, what was refused is not. */
	assert_int_equal(mf_sql(f, "SELECT used FROM link"), 5);
	mf_expect_sound(f);
	mf_close(f);
}

/* In parts as well. */
static int
take_stage(void *arg, const void *record)
{
	const struct fss__m_stage *m = record;

	memcpy(arg, m->id.p, 16);
	return 0;
}

static void
test_upload_parts(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = world(f), v, other;
	struct fss__m_stage_commit commit;
	struct fss__m_stage_open open;
	struct fss__m_stage_save save;
	struct fss__m_stage_new m;
	struct mf_row row;
	struct fss__id id;
	uint8_t name[16];
	struct told t;

	(void)state;
	assert_int_equal(make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "", &t),
	    0);
	v = visitor(f, &t);
	other = visitor(f, &t);
	memset(&m, 0, sizeof(m));
	m.path = mf_s("/a.txt");
	m.size = 5;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_new(&f->ctx, &v, &m, take_stage,
	    name)), 0);
	memset(&open, 0, sizeof(open));
	open.id.p = name;
	open.id.n = 16;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_open(&f->ctx, &other, &open,
	    take_stage, name)), FSS_ENOENT);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_open(&f->ctx, &v, &open,
	    take_stage, name)), 0);
	id = mf_put(f, &v, "parts");
	memset(&save, 0, sizeof(save));
	save.id = open.id;
	save.turn = 1;
	save.offset = 5;
	save.root.p = id.b;
	save.root.n = sizeof(id.b);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_save(&f->ctx, &v, &save,
	    take_stage, name)), 0);
	mf_expect_sound(f);
	memset(&commit, 0, sizeof(commit));
	commit.id = open.id;
	commit.turn = 1;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_commit(&f->ctx, &v, &commit,
	    mf_emit_one, &row)), 0);
	assert_string_equal(row.path, "/a.txt");
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_commit(&f->ctx, &v, &commit,
	    mf_emit_one, &row)), 0);
	assert_string_equal(row.path, "/a.txt");
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a (2).txt", 0, &row),
	    0);
	assert_int_equal(row.size, 5);
	m.path = mf_s("/sub/x");
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_new(&f->ctx, &v, &m, take_stage,
	    name)), FSS_EDENIED);
	mf_expect_sound(f);
	mf_close(f);
}

static int
begin_part(struct mf *f, const struct fss__actor *v, uint64_t size,
    uint8_t name[16])
{
	static unsigned number;
	struct fss__m_stage_new m;
	char path[32];

	memset(&m, 0, sizeof(m));
	(void)snprintf(path, sizeof(path), "/%u.txt", ++number);
	m.path = mf_s(path);
	m.size = size;
	mf_begin(f);
	return mf_end(f, fss__stage_new(&f->ctx, v, &m, take_stage, name));
}

/* Of no bytes, from its beginning to its end. */
static void
whole_part(struct mf *f, const struct fss__actor *v)
{
	struct fss__m_stage_commit commit;
	struct fss__m_stage_open open;
	struct mf_row row;
	uint8_t name[16];

	assert_int_equal(begin_part(f, v, 0, name), 0);
	memset(&open, 0, sizeof(open));
	open.id.p = name;
	open.id.n = sizeof(name);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_open(&f->ctx, v, &open,
	    take_stage, name)), 0);
	memset(&commit, 0, sizeof(commit));
	commit.id = open.id;
	commit.turn = 1;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_commit(&f->ctx, v, &commit,
	    mf_emit_one, &row)), 0);
}

/* However many come, and however often: rows are no more than there may be. */
static void
test_upload_parts_many(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = world(f), bob = mf_user(f, "bob"), v;
	struct told t, other;
	uint8_t name[16];
	unsigned i;
	int64_t next;

	(void)state;
	assert_int_equal(make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "", &t),
	    0);
	v = visitor(f, &t);
	for (i = 0; i < FSS__MAX_VISIT_STAGES; i++) {
		if (i % FSS__MAX_STAGES == 0 && i > 0) {
			assert_int_equal(begin_part(f, &v, 5, name),
			    FSS_EOVERLOAD);
			v = visitor(f, &t);
		}
		assert_int_equal(begin_part(f, &v, 5, name), 0);
	}
	v = visitor(f, &t);
	assert_int_equal(begin_part(f, &v, 5, name), FSS_EOVERLOAD);
	/* By another link of hers just so; her own, and another's, are not. */
	assert_int_equal(make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "",
	    &other), 0);
	v = visitor(f, &other);
	assert_int_equal(begin_part(f, &v, 5, name), FSS_EOVERLOAD);
	assert_int_equal(begin_part(f, &alice, 5, name), 0);
	assert_int_equal(mf_folder(f, &bob, NULL, "/in"), 0);
	assert_int_equal(make(f, &bob, "/in", FSS_LINK_UPLOAD, 0, "", &other),
	    0);
	v = visitor(f, &other);
	assert_int_equal(begin_part(f, &v, 5, name), 0);
	/* Expired they leave their places. */
	f->ctx.now_us += INT64_C(86400) * US;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_expire(&f->ctx, 9999, &next)),
	    0);
	v = visitor(f, &t);
	assert_int_equal(begin_part(f, &v, 5, name), 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* What is complete is told, but not without end. */
static void
test_upload_parts_told(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = world(f), v;
	unsigned i, n = FSS__MAX_VISIT_STAGES + 3;
	struct told t;

	(void)state;
	assert_int_equal(make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "", &t),
	    0);
	for (i = 0; i < n; i++) {
		if (i % 200 == 0)
			v = visitor(f, &t);
		whole_part(f, &v);
	}
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM stage"),
	    FSS__MAX_VISIT_STAGES);
	assert_int_equal(mf_sql(f, "SELECT min(id) FROM stage"), 4);
	/* The same for who is no visitor, apart from them. */
	for (i = 0; i <= FSS__MAX_STAGES; i++)
		whole_part(f, &alice);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM stage"),
	    FSS__MAX_VISIT_STAGES + FSS__MAX_STAGES);
	mf_expect_sound(f);
	mf_close(f);
}

/* Unknown, wrong, revoked, expired, locked: nobody, and all alike. */
static void
test_dead(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = world(f), v, bob = mf_user(f, "bob");
	struct fss__m_link_new m;
	struct told t, soon;
	char hash[FSS__PWHASH_TEXT];
	struct fss__actor who;

	(void)state;
	assert_int_equal(make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0, HASH,
	    &t), 0);
	assert_true(t.m.protected);
	assert_int_equal(fss__link_find(&f->ctx, mf_s(t.token), hash), 0);
	assert_string_equal(hash, HASH);
	assert_int_equal(visit(f, t.token, "", &who), FSS_ENOENT);
	assert_int_equal(visit(f, t.token, HASH, &v), 0);
	assert_int_equal(fss__link_find(&f->ctx, mf_s("short"), hash),
	    FSS_ENOENT);
	t.token[0] ^= 1;
	assert_int_equal(fss__link_find(&f->ctx, mf_s(t.token), hash),
	    FSS_ENOENT);
	t.token[0] ^= 1;
	/* The token of a visit is none of a link, and the other way about. */
	assert_int_equal(fss__token_find(&f->ctx, mf_s(t.token), &who),
	    FSS_EAUTH);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM link WHERE"
	    " length(digest) = 32"), 1);

	memset(&m, 0, sizeof(m));
	memset(&soon, 0, sizeof(soon));
	m.has = FSS__K_link_new_path | FSS__K_link_new_kind |
	    FSS__K_link_new_expires_us;
	m.path = mf_s("/pub");
	m.kind = FSS_LINK_DOWNLOAD;
	m.expires_us = f->ctx.now_us;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_new(&f->ctx, &alice, &m, "",
	    take, &soon)), FSS_EINVAL);
	m.expires_us = f->ctx.now_us + 60 * US;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_new(&f->ctx, &alice, &m, "",
	    take, &soon)), 0);
	who = visitor(f, &soon);
	f->ctx.now_us += 61 * US;
	assert_int_equal(fss__account_refresh(&f->ctx, &who), FSS_EAUTH);
	assert_int_equal(visit(f, soon.token, "", &who), FSS_ENOENT);
	/* Told for a week, then forgotten. */
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_settle(&f->ctx, 9)), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM link"), 2);
	f->ctx.now_us += 8 * 86400 * US;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_settle(&f->ctx, 9)), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM link"), 1);

	/* The visit lasted for half a day. */
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	assert_int_equal(visit(f, t.token, HASH, &v), 0);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), 0);
	assert_int_equal(mf_sql(f, "UPDATE account SET locked = 1"
	    " WHERE name = 'alice' RETURNING id"), alice.account);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	assert_int_equal(visit(f, t.token, HASH, &who), FSS_ENOENT);
	assert_int_equal(mf_sql(f, "UPDATE account SET locked = 0"
	    " WHERE name = 'alice' RETURNING id"), alice.account);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), 0);

	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_revoke(&f->ctx, &bob, t.m.id)),
	    FSS_ENOENT);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_revoke(&f->ctx, &alice,
	    t.m.id)), 0);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	assert_int_equal(visit(f, t.token, HASH, &who), FSS_ENOENT);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM visit"), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM audit WHERE what"
	    " IN (15, 16, 20)"), 4);
	mf_close(f);
}

/* ---- the limit --------------------------------------------------------- */

static int
begin(struct mf *f, const struct fss__actor *v, uint64_t *ret_ticket)
{
	struct fss__m_link_take m;
	struct told t;
	int r;

	memset(&m, 0, sizeof(m));
	memset(&t, 0, sizeof(t));
	m.path = mf_s("/");
	mf_begin(f);
	r = mf_end(f, fss__link_take(&f->ctx, v, &m, take, &t));
	*ret_ticket = t.m.ticket;
	return r;
}

static int
end_as(struct mf *f, const struct fss__actor *v, uint64_t ticket,
    bool complete, bool front)
{
	struct fss__m_link_done m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_link_done_complete;
	m.ticket = ticket;
	m.complete = complete;
	mf_begin(f);
	return mf_end(f, fss__link_done(&f->ctx, v, &m, front));
}

/* By a client of the visitor's own. */
static int
end(struct mf *f, const struct fss__actor *v, uint64_t ticket, bool complete)
{
	return end_as(f, v, ticket, complete, false);
}

static void
serve(struct mf *f, uint64_t ticket, uint64_t bytes)
{
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_served(&f->ctx, (int64_t)ticket,
	    bytes)), 0);
}

static void
test_limit(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = world(f), one, two, three;
	uint64_t a, b, c, version;
	struct mf_row row;
	struct told t;
	unsigned i;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/file", "ten bytes."), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/file", 0, &row), 0);
	version = row.version;
	assert_int_equal(make(f, &alice, "/file", FSS_LINK_DOWNLOAD, 2, "",
	    &t), 0);
	one = visitor(f, &t);
	two = visitor(f, &t);
	three = visitor(f, &t);

	/* Two places, for three at once; reading needs one. */
	assert_int_equal(content(f, &one, version), FSS_EDENIED);
	assert_int_equal(begin(f, &one, &a), 0);
	assert_int_equal(begin(f, &two, &b), 0);
	assert_int_equal(begin(f, &three, &c), FSS_EBUSY);
	assert_int_equal(content(f, &one, version), 0);
	assert_int_equal(content(f, &three, version), FSS_EDENIED);
	/* Nobody ends another's. */
	assert_int_equal(end(f, &three, a, true), FSS_ENOENT);
	/* A broken one leaves its place, a complete one does not. */
	assert_int_equal(end(f, &one, a, false), 0);
	assert_int_equal(end(f, &one, a, true), FSS_ENOENT);
	assert_int_equal(content(f, &one, version), FSS_EDENIED);
	assert_int_equal(begin(f, &three, &c), 0);
	serve(f, b, 10);
	assert_int_equal(end(f, &two, b, true), 0);
	assert_int_equal(begin(f, &two, &b), FSS_EBUSY);
	/* What was given out whole counts, whatever is said of it. */
	serve(f, c, 10);
	assert_int_equal(end(f, &three, c, false), 0);
	assert_int_equal(begin(f, &two, &b), FSS_ENOENT);
	assert_int_equal(visit(f, t.token, "", &three), FSS_ENOENT);
	assert_int_equal(mf_sql(f, "SELECT used FROM link"), 2);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM audit"
	    " WHERE what = 18"), 2);

	/* Nobody breaks off for ever. */
	assert_int_equal(make(f, &alice, "/file", FSS_LINK_DOWNLOAD, 1, "",
	    &t), 0);
	one = visitor(f, &t);
	for (i = 0; begin(f, &one, &a) == 0; i++) {
		assert_true(i < 100);
		serve(f, a, 9);
		assert_int_equal(end(f, &one, a, false), 0);
	}
	/* Ten are broken, the next counts, and of that the rest may follow. */
	assert_int_equal(i, 12);

	/* One that is left lying lapses, also over a restart. */
	assert_int_equal(make(f, &alice, "/file", FSS_LINK_DOWNLOAD, 1, "",
	    &t), 0);
	one = visitor(f, &t);
	two = visitor(f, &t);
	assert_int_equal(begin(f, &one, &a), 0);
	f->ctx.now_us += 3601 * US;
	assert_int_equal(content(f, &one, version), FSS_EDENIED);
	assert_int_equal(begin(f, &two, &b), 0);
	f->ctx.now_us += 3601 * US;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_settle(&f->ctx, 9)), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM ticket"), 0);
	assert_int_equal(end(f, &two, b, true), FSS_ENOENT);
	mf_close(f);
}

/* A link to "/file", good for @limit downloads. */
static void
limited(struct mf *f, const struct fss__actor *alice, uint64_t limit,
    struct told *t)
{
	assert_int_equal(make(f, alice, "/file", FSS_LINK_DOWNLOAD, limit, "",
	    t), 0);
}

static void
expect_count(struct mf *f, int64_t used, int64_t broken, int64_t tickets)
{
	assert_int_equal(mf_sql(f, "SELECT used FROM link"
	    " ORDER BY id DESC LIMIT 1"), used);
	assert_int_equal(mf_sql(f, "SELECT broken FROM link"
	    " ORDER BY id DESC LIMIT 1"), broken);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM ticket WHERE link ="
	    " (SELECT max(id) FROM link)"), tickets);
}

/* Parts that one visitor fetches are one download. */
static void
test_parts(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = world(f), one, two;
	uint64_t a, b, c, version;
	struct mf_row row;
	struct told t;
	unsigned i;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/file", "ten bytes."), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/file", 0, &row), 0);
	version = row.version;

	/* Three at a time have one place; the other visitor has none. */
	limited(f, &alice, 1, &t);
	one = visitor(f, &t);
	two = visitor(f, &t);
	assert_int_equal(begin(f, &one, &a), 0);
	assert_int_equal(begin(f, &one, &b), 0);
	assert_int_equal(begin(f, &one, &c), 0);
	assert_true(a == b && b == c);
	assert_int_equal(begin(f, &two, &b), FSS_EBUSY);
	/* The part with the end is first: the others go on. */
	serve(f, a, 4);
	assert_int_equal(end_as(f, &one, a, true, true), 0);
	expect_count(f, 1, 0, 1);
	assert_int_equal(fss__account_refresh(&f->ctx, &one), 0);
	assert_int_equal(content(f, &one, version), 0);
	serve(f, a, 3);
	assert_int_equal(end_as(f, &one, a, false, true), 0);
	/* One that breaks is gone on with, though the link is used up. */
	assert_int_equal(end_as(f, &one, a, false, true), 0);
	expect_count(f, 1, 0, 1);
	assert_int_equal(content(f, &one, version), FSS_EDENIED);
	assert_int_equal(end(f, &one, a, true), FSS_ENOENT);
	assert_int_equal(begin(f, &two, &b), FSS_ENOENT);
	assert_int_equal(begin(f, &one, &b), 0);
	assert_int_equal(content(f, &one, version), 0);
	serve(f, b, 3);
	assert_int_equal(end_as(f, &one, b, false, true), 0);
	/* All of it was given out: that was the download. */
	expect_count(f, 1, 0, 0);
	assert_int_equal(begin(f, &one, &b), FSS_ENOENT);

	/* One after the other, the end last: one download, one that broke. */
	limited(f, &alice, 1, &t);
	one = visitor(f, &t);
	assert_int_equal(begin(f, &one, &a), 0);
	serve(f, a, 6);
	assert_int_equal(end_as(f, &one, a, false, true), 0);
	expect_count(f, 0, 1, 0);
	assert_int_equal(begin(f, &one, &a), 0);
	serve(f, a, 10);
	assert_int_equal(end_as(f, &one, a, true, true), 0);
	expect_count(f, 1, 1, 0);

	/* What was taken and never used is nothing, if a front end says so. */
	limited(f, &alice, 1, &t);
	one = visitor(f, &t);
	two = visitor(f, &t);
	for (i = 0; i < 100; i++) {
		assert_int_equal(begin(f, &one, &a), 0);
		assert_int_equal(end_as(f, &one, a, false, true), 0);
	}
	expect_count(f, 0, 0, 0);
	/* It says too that what the hub gave out did not arrive. */
	assert_int_equal(begin(f, &one, &a), 0);
	serve(f, a, 10);
	assert_int_equal(end_as(f, &one, a, false, true), 0);
	expect_count(f, 0, 1, 0);
	/* Who says so for themselves is not believed either time. */
	assert_int_equal(begin(f, &two, &a), 0);
	assert_int_equal(end(f, &two, a, false), 0);
	expect_count(f, 0, 2, 0);
	assert_int_equal(begin(f, &two, &a), 0);
	serve(f, a, 10);
	assert_int_equal(end(f, &two, a, false), 0);
	expect_count(f, 1, 2, 0);

	/* Takes of one visit have an end, and each is to be ended. */
	limited(f, &alice, 1, &t);
	one = visitor(f, &t);
	for (i = 0; begin(f, &one, &b) == 0; i++) {
		assert_true(i < 100);
		a = b;
	}
	assert_int_equal(i, 64);
	for (; i > 0; i--)
		assert_int_equal(end_as(f, &one, a, false, true), 0);
	assert_int_equal(end_as(f, &one, a, false, true), FSS_ENOENT);
	expect_count(f, 0, 0, 0);
	/* Left lying they lapse together. */
	two = visitor(f, &t);
	assert_int_equal(begin(f, &one, &a), 0);
	assert_int_equal(begin(f, &one, &a), 0);
	f->ctx.now_us += 3601 * US;
	assert_int_equal(begin(f, &two, &b), 0);
	expect_count(f, 0, 1, 1);
	mf_close(f);
}

/* @n more visits of @link, last seen @seen. */
static void
crowd(struct mf *f, uint64_t link, int n, int64_t seen)
{
	struct fss__stmt *st;

	mf_begin(f);
	for (; n > 0; n--) {
		st = fss__db_query(f->ctx.db, "INSERT INTO device(account, key,"
		    " name, created, seen, kind) SELECT account, randomblob(32),"
		    " 'crowd', 1, ?2, 3 FROM link WHERE id = ?1");
		fss__bind_i64(st, 1, (int64_t)link);
		fss__bind_i64(st, 2, seen);
		assert_int_equal(fss__exec(st), 0);
		assert_int_equal(fss__meta_visit_insert(f->ctx.db,
		    fss__db_last_id(f->ctx.db), (int64_t)link), 0);
	}
	assert_int_equal(mf_end(f, 0), 0);
}

static int64_t
visits(struct mf *f, uint64_t link)
{
	int64_t n = -1;

	assert_int_equal(fss__meta_visit_count(f->ctx.db, (int64_t)link, &n),
	    0);
	return n;
}

/*
 * Visits are counted by link: one that is flooded displaces its own alone,
 * also where its maker has room for no more.
 */
static void
test_crowd(void **state)
{
	struct told quiet, busy, third, more[16];
	struct fss__actor alice, v, first;
	struct mf *f = mf_open();
	int i;

	(void)state;
	alice = world(f);
	assert_int_equal(make(f, &alice, "/secret", FSS_LINK_DOWNLOAD, 0, "",
	    &quiet), 0);
	first = visitor(f, &quiet);
	assert_int_equal(make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0, "",
	    &busy), 0);
	v = visitor(f, &busy);
	crowd(f, busy.m.id, FSS__MAX_LINK_VISITS - 1, f->ctx.now_us + US);
	assert_int_equal(visits(f, busy.m.id), FSS__MAX_LINK_VISITS);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), 0);

	/* The flood goes on: who came first goes, and nobody else's visitor. */
	f->ctx.now_us += 2 * US;
	(void)visitor(f, &busy);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	assert_int_equal(visits(f, busy.m.id), FSS__MAX_LINK_VISITS);
	assert_int_equal(fss__account_refresh(&f->ctx, &first), 0);

	/* So many floods that the maker has no room: the fullest makes it. */
	for (i = 0; i < 16; i++) {
		assert_int_equal(make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0,
		    "", &more[i]), 0);
		crowd(f, more[i].m.id, i < 14 ? FSS__MAX_LINK_VISITS :
		    (FSS__MAX_LINK_VISITS - 2) / 2, f->ctx.now_us);
	}
	assert_int_equal(make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0, "",
	    &third), 0);
	(void)visitor(f, &third);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM device WHERE kind = 3"
	    " AND revoked = 0"), FSS__MAX_VISITS);
	v = visitor(f, &third);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM device WHERE kind = 3"
	    " AND revoked = 0"), FSS__MAX_VISITS);
	assert_int_equal(visits(f, third.m.id), 2);
	assert_int_equal(visits(f, busy.m.id), FSS__MAX_LINK_VISITS - 1);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), 0);
	assert_int_equal(fss__account_refresh(&f->ctx, &first), 0);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_upload),
		cmocka_unit_test(test_upload_parts),
		cmocka_unit_test(test_upload_parts_many),
		cmocka_unit_test(test_upload_parts_told),
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
