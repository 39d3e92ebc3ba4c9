/*
 * Random histories of requests for files of one owner, beside a small
 * reference that knows the rules in words, and invariants after each step.
 *
 * Prints its seed; FSS_TEST_SEED takes it back.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_request.h"

#define FILES	5
#define PEOPLE	4	/* the first owns the files */
#define STEPS	1500
#define HOUR	(INT64_C(3600) * 1000000)

struct file {			/* as the reference has it */
	bool	there, asked;		/* asked: may be seen, else private */
	int	text;			/* which content */
};

/* What the reference holds of one request. */
struct known {
	int64_t	id;
	int	file, who, state, text;
	int64_t	version, expires, retry;
};

struct play {
	struct mf		*f;
	struct fss__actor	 who[PEOPLE];
	struct file		 file[FILES];
	struct known		 known[STEPS];
	int			 n, texts;
	uint64_t		 seed;
	int64_t			 last_seq;
};

static void
path_of(int file, char *path)
{
	(void)snprintf(path, 16, "/d/%d", file);
}

static void
text_of(int text, char *dst)
{
	(void)snprintf(dst, 32, "content %d", text);
}

static bool
is_live(const struct known *k)
{
	return k->state < FSS_REQUEST_FULFILLED;
}

/* Whether the newest version of the file has its bytes. */
static bool
is_stored(struct play *p, int file)
{
	struct fss__stmt *st = fss__db_query(p->f->ctx.db,
	    "SELECT v.state FROM entry e JOIN version v ON v.id = e.cur"
	    " WHERE e.name = ?1 AND e.parent > 0");
	int64_t state = FSS_STATE_ANNOUNCED;
	char path[16];

	path_of(file, path);
	fss__bind_text(st, 1, mf_s(path + 3));
	assert_true(fss__step_i64(st, &state) >= 0);
	return state == FSS_STATE_STORED;
}

/* The reference's version of what follows from the facts. */
static void
derive(struct play *p)
{
	struct fss__meta_version v;
	const struct file *x;
	struct known *k;
	int64_t held = 0;
	int i, r;

	for (i = 0; i < p->n; i++) {
		k = &p->known[i];
		x = &p->file[k->file];
		if (!is_live(k))
			continue;
		r = fss__meta_version_get(p->f->ctx.db, k->version, &v);
		assert_true(r >= 0);
		if (r == 1)
			assert_int_equal(fss__meta_held_count(p->f->ctx.db,
			    k->version, &held), 0);
		if (k->expires <= p->f->ctx.now_us)
			k->state = FSS_REQUEST_EXPIRED;
		else if (!x->there || !x->asked || r == 0 ||
		    (v.state == FSS_STATE_ANNOUNCED && held == 0))
			k->state = FSS_REQUEST_FAILED;
		else if (v.state == FSS_STATE_STORED &&
		    k->state >= FSS_REQUEST_APPROVED)
			k->state = FSS_REQUEST_FULFILLED;
	}
}

static struct known *
live_of(struct play *p, int who, int file)
{
	int i;

	for (i = 0; i < p->n; i++)
		if (p->known[i].who == who && p->known[i].file == file &&
		    p->known[i].text == p->file[file].text && is_live(&p->known[i]) &&
		    p->known[i].expires > p->f->ctx.now_us)
			return &p->known[i];
	return NULL;
}

/* ---- steps ------------------------------------------------------------- */

static void
change_file(struct play *p, int i)
{
	struct file *x = &p->file[i];
	char path[16], text[32];
	const struct fss__actor *a = &p->who[0];

	path_of(i, path);
	switch (mf_random(&p->seed, 5)) {
	case 0:			/* announced, with other content or new */
		text_of(++p->texts, text);
		assert_int_equal(mr_announce(p->f, a, path, text), 0);
		if (!x->there)
			x->asked = true;
		x->there = true;
		x->text = p->texts;
		break;
	case 1:			/* put, as it is announced */
		if (!x->there)
			break;
		text_of(x->text, text);
		assert_int_equal(mf_file(p->f, a, NULL, path, text), 0);
		break;
	case 2:
		assert_int_equal(mf_remove(p->f, a, NULL, path, false),
		    x->there ? 0 : FSS_ENOENT);
		x->there = false;
		break;
	case 3:
		if (!x->there)
			break;
		x->asked = !x->asked;
		assert_int_equal(mf_access(p->f, a, NULL, path, x->asked ?
		    FSS_ACCESS_INHERIT : FSS_ACCESS_PRIVATE), 0);
		break;
	default:
		if (x->there && !is_stored(p, i)) {
			assert_int_equal(mr_unannounce(p->f, a, path), 0);
			x->there = false;
			break;
		}
		assert_int_equal(mr_unannounce(p->f, a, path),
		    x->there ? 0 : FSS_ENOENT);
		break;
	}
}

static void
ask(struct play *p, int who, int i)
{
	struct known *k = live_of(p, who, i);
	const struct file *x = &p->file[i];
	struct fss__meta_request row;
	struct mf_req q;
	char path[16];
	int r;

	path_of(i, path);
	r = mr_get(p->f, &p->who[who], "owner", path, &q);
	if (!x->there || !x->asked) {
		assert_int_equal(r, FSS_ENOENT);
		return;
	}
	if (k != NULL) {
		assert_int_equal(r, 0);
		assert_int_equal(q.id, k->id);
		return;
	}
	if (r == FSS_ERATE || r == FSS_ESTATE)	/* a no, or a yes, before */
		return;
	assert_int_equal(r, 0);
	assert_int_equal(q.state, FSS_REQUEST_OPEN);
	k = &p->known[p->n++];
	k->id = q.id;
	k->file = i;
	k->who = who;
	k->state = q.state;
	k->text = x->text;
	assert_int_equal(fss__meta_request_get(p->f->ctx.db, q.id, &row), 1);
	k->version = row.version;
	k->expires = q.expires;
	k->retry = 0;
}

static void
decide(struct play *p)
{
	static const int events[] = {
		FSS_REQUEST_SEE, FSS_REQUEST_APPROVE, FSS_REQUEST_DENY,
		FSS_REQUEST_CANCEL
	};
	int event = events[mf_random(&p->seed, 4)];
	int who = (int)mf_random(&p->seed, PEOPLE), role, want, r;
	struct fss__request_step step;
	struct fss__meta_request row;
	struct known *k;

	if (p->n == 0)
		return;
	k = &p->known[mf_random(&p->seed, (uint32_t)p->n)];
	role = who == 0 ? FSS__ROLE_TARGET : who == k->who ?
	    FSS__ROLE_ASKER : FSS__ROLE_OTHER;
	if (is_live(k) && k->expires <= p->f->ctx.now_us)
		k->state = FSS_REQUEST_EXPIRED;
	want = role == FSS__ROLE_OTHER ? FSS_ENOENT : fss__request_next(
	    FSS_REQUEST_GET, k->state, event, role, &step);
	if (event == FSS_REQUEST_SEE && role == FSS__ROLE_TARGET &&
	    want != 0)
		want = 1;
	r = mr_decide(p->f, &p->who[who], k->id, event, NULL, NULL);
	assert_int_equal(r, want == 1 ? 0 : want);
	if (want != 0)
		return;
	assert_int_equal(fss__meta_request_get(p->f->ctx.db, k->id, &row), 1);
	k->state = step.to;
	k->expires = row.expires;
	k->retry = row.retry;
	/* With WORK the facts are looked at in the same transaction. */
	if (step.effects & FSS__RE_WORK)
		derive(p);
}

/* A holder sends what is waited for. */
static void
serve(struct play *p)
{
	struct fss__meta_transfer t;
	int64_t after = 0;
	struct fss__id id;
	char text[32];
	int i, j;

	if (fss__meta_transfer_after(p->f->ctx.db, after, &t) != 1)
		return;
	for (i = 0; i < FILES; i++) {
		if (!p->file[i].there || is_stored(p, i))
			continue;
		text_of(p->file[i].text, text);
		assert_int_equal(fss__digest(FSS__KIND_DATA |
		    FSS__ALG_SHA256, text, strlen(text), &id), 0);
		if (!fss__id_eq(&id, &t.root))
			continue;
		for (j = 0; j < p->n; j++)
			if (p->known[j].file == i && p->known[j].text ==
			    p->file[i].text && p->known[j].expires >
			    p->f->ctx.now_us && p->known[j].state ==
			    FSS_REQUEST_APPROVED)
				break;
		if (j == p->n)
			continue;
		assert_int_equal(mr_serve(p->f, &p->who[0], t.id, text), 0);
		break;
	}
}

/* ---- what must hold ---------------------------------------------------- */

static void
check(struct play *p)
{
	const struct known *k;
	struct mf_req q;
	int64_t seq;
	int i, r;

	mr_settle(p->f);
	derive(p);
	for (i = 0; i < p->n; i++) {
		k = &p->known[i];
		if (mr_state(p->f, k->id) != k->state) {
			print_message("request %d for %d: %d, not %d\n", i,
			    k->file, mr_state(p->f, k->id), k->state);
			fail();
		}
		assert_int_equal(mr_look(p->f, &p->who[k->who], k->id, &q),
		    0);
		assert_int_equal(q.state, k->state);
		/* Bytes only by a yes, and only while it may be seen. */
		if (q.version != 0 && (k->state == FSS_REQUEST_DENIED ||
		    k->state == FSS_REQUEST_CANCELLED)) {
			r = mr_read(p->f, &p->who[k->who], q.version);
			assert_true(r == 0 || r == FSS_EANNOUNCED);
		}
		if (!p->file[k->file].there || !p->file[k->file].asked)
			assert_int_equal(q.version, 0);
	}
	assert_int_equal(fss__meta_request_last(p->f->ctx.db, &seq), 0);
	assert_true(seq >= p->last_seq);
	p->last_seq = seq;
	/* One live request for one file, one line for each transition. */
	assert_int_equal(mf_sql(p->f, "SELECT count(*) FROM (SELECT 1 FROM"
	    " request WHERE state < 4 GROUP BY asker, version"
	    " HAVING count(*) > 1)"), 0);
	assert_int_equal(mf_sql(p->f, "SELECT count(*) FROM request r WHERE"
	    " r.state > 1 AND NOT EXISTS (SELECT 1 FROM audit a"
	    " WHERE a.request = r.id AND a.at = r.changed)"), 0);
	assert_int_equal(mf_sql(p->f, "SELECT count(*) FROM pass p JOIN"
	    " request r ON r.id = p.request"
	    " WHERE r.state NOT IN (2, 3, 4)"), 0);
	assert_int_equal(mf_sql(p->f, "SELECT count(*) FROM request_todo"),
	    0);
}

static void
test_random(void **state)
{
	struct play *p = calloc(1, sizeof(*p));
	const char *seed = getenv("FSS_TEST_SEED");
	char name[16];
	int i;

	(void)state;
	assert_non_null(p);
	p->seed = seed != NULL ? strtoull(seed, NULL, 0) : 20261123;
	print_message("seed %llu\n", (unsigned long long)p->seed);
	p->f = mf_open();
	for (i = 0; i < PEOPLE; i++) {
		(void)snprintf(name, sizeof(name), i == 0 ? "owner" : "p%d",
		    i);
		p->who[i] = mf_user(p->f, name);
	}
	assert_int_equal(mf_folder(p->f, &p->who[0], NULL, "/d"), 0);
	assert_int_equal(mf_access(p->f, &p->who[0], NULL, "/d",
	    FSS_ACCESS_ASK), 0);
	for (i = 0; i < STEPS; i++) {
		switch (mf_random(&p->seed, 8)) {
		case 0:
			change_file(p, (int)mf_random(&p->seed, FILES));
			break;
		case 1:
		case 2:
			ask(p, 1 + (int)mf_random(&p->seed, PEOPLE - 1),
			    (int)mf_random(&p->seed, FILES));
			break;
		case 3:
			p->f->ctx.now_us += HOUR * mf_random(&p->seed, 300);
			break;
		case 4:
			serve(p);
			break;
		default:
			decide(p);
			break;
		}
		check(p);
	}
	mf_expect_sound(p->f);
	assert_true(p->n > 20);
	mf_close(p->f);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
