/*
 * See model_link.h.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model_link.h"

int
ml_take(void *arg, const void *record)
{
	struct ml_told *t = arg;

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

int
ml_make(struct mf *f, const struct fss__actor *who, const char *path, int kind,
    uint64_t limit, const char *pwhash, struct ml_told *t)
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
	return mf_end(f, fss__link_new(&f->ctx, who, &m, pwhash, ml_take, t));
}

int
ml_visit(struct mf *f, const char *token, const char *pwhash,
    struct fss__actor *v)
{
	struct ml_told t;

	memset(&t, 0, sizeof(t));
	mf_begin(f);
	return mf_end(f, fss__link_open(&f->ctx, mf_s(token), pwhash,
	    "192.0.2.1", v, ml_take, &t));
}

struct fss__actor
ml_visitor(struct mf *f, const struct ml_told *t)
{
	struct fss__actor v;

	assert_int_equal(ml_visit(f, t->token, "", &v), 0);
	assert_true(v.account > FSS__VISITOR);
	return v;
}

int
ml_put(struct mf *f, const struct fss__actor *v, const char *path,
    const char *text, struct mf_row *row)
{
	struct fss__m_commit_item m;
	struct fss__id id;

	(void)mf_put(f, v, text);
	m = mf_item(path, text, &id);
	return mf_commit(f, v, NULL, &m, row);
}

int
ml_content(struct mf *f, const struct fss__actor *v, uint64_t version)
{
	struct fss__content c;

	return fss__entry_content(&f->ctx, v, (int64_t)version, &c);
}

struct fss__actor
ml_world(struct mf *f)
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
