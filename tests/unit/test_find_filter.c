/*
 * Filters against the same search without them: whatever is in the index of
 * what they ask about, a filter leaves the rows that pass it, each once (in an
 * order of its own where they are many: fewer are sorted together).
 * After changes of all sorts, with names in no block, in blocks, and in blocks
 * from before there were tags.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "model/announce.h"
#include "model/entry_use.h"
#include "model/find_space.h"
#include "model_fixture.h"
#include "model_request.h"
#include "store/search.h"
#include "store/search_choose.h"

#define FILES		100	/* names there may be in each space */
#define CHANGES		120	/* between two looks */
#define QUESTIONS	150
#define HOUR_US		INT64_C(3600000000)

static const char *const owners[2] = { "alice", "bob" };
static const char *const folders[] = { "", "/text", "/doc", "/doc/image",
	"/text/secret" };
static const char *const media[] = { NULL, "text/plain", "text/x-c",
	"image/png", "application/pdf", "x-own/thing" };
static const char *const words[] = { "doc", "image", "te", "o", "png", "doc 1",
	"text image", "secret doc", "f", "1" };

#define N(a)	(sizeof(a) / sizeof((a)[0]))

struct world {
	struct mf		*f;
	struct fss__actor	 who[3];	/* both, and one without a space */
	struct mf_rows		*plain, *got;
	uint64_t		 seed;
	unsigned		 hits, left_out;
};

static uint32_t
some(struct world *w, size_t below)
{
	return mf_random(&w->seed, (uint32_t)below);
}

static void
some_path(struct world *w, char *dst, size_t cap)
{
	static const char *const stem[] = { "doc", "image", "text-doc", "of" };

	const char *folder = folders[some(w, N(folders))];
	const char *name = stem[some(w, N(stem))];

	if (some(w, 8) == 0)	/* as a folder is called, elsewhere */
		(void)snprintf(dst, cap, "%s/%s",
		    some(w, 2) == 0 ? "/text" : "/text/secret", name);
	else
		(void)snprintf(dst, cap, "%s/%s-%u%s", folder, name,
		    some(w, FILES / 8), some(w, 3) == 0 ? ".png" : "");
}

/* Whole content is as long as it says. */
static struct fss__m_commit_item
some_item(struct world *w, const char *path, char *text, struct fss__id *id)
{
	struct fss__m_commit_item m;
	size_t n = some(w, 4) == 0 ? some(w, 4) : some(w, 200);

	memset(text, 'x', n);
	text[n] = '\0';
	m = mf_item(path, n > 0 ? text : NULL, id);
	m.mtime_us = (int64_t)some(w, 50) * HOUR_US / 2;
	m.has |= FSS__K_commit_item_media;
	m.media = mf_s(media[some(w, N(media))]);
	return m;
}

/* ---- changes ----------------------------------------------------------- */

static void
commit(struct world *w, const struct fss__actor *who, const char *path)
{
	struct fss__m_commit_item m;
	struct fss__id id;
	char text[256];

	m = some_item(w, path, text, &id);
	if (some(w, 6) == 0) {
		m.kind = FSS_KIND_LINK;
		m.has = FSS__K_commit_item_mtime_us |
		    FSS__K_commit_item_target;
		m.target = mf_s("elsewhere");
	} else if (m.size > 0) {
		(void)mf_put(w->f, who, text);
	}
	(void)mf_commit(w->f, who, NULL, &m, NULL);
}

static void
announce(struct world *w, const struct fss__actor *who, const char *path)
{
	struct fss__m_commit_item m;
	struct mf_row row;
	struct fss__id id;
	char text[256];

	m = some_item(w, path, text, &id);
	m.has &= ~(uint32_t)FSS__K_commit_item_mode;
	mf_begin(w->f);
	if (mf_end(w->f, fss__announce(&w->f->ctx, who, &m, mf_emit_one,
	    NULL)) != 0 || some(w, 2) == 0)
		return;
	/* Its bytes come, with or without another time. */
	if (m.size > 0)
		(void)mf_put(w->f, who, text);
	if (some(w, 2) == 0)
		m.mtime_us += HOUR_US;
	(void)mf_commit(w->f, who, NULL, &m, &row);
}

static void
restore(struct world *w, const struct fss__actor *who, const char *path)
{
	struct fss__m_restore m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	m.number = 1 + some(w, 3);
	mf_begin(w->f);
	(void)mf_end(w->f, fss__entry_restore(&w->f->ctx, who, &m,
	    mf_emit_one, NULL));
}

static void
touch_folder(struct world *w, const struct fss__actor *who)
{
	struct fss__m_commit_item m;
	const char *path = folders[1 + some(w, N(folders) - 1)];

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	m.kind = FSS_KIND_DIR;
	m.has = FSS__K_commit_item_mtime_us;
	m.mtime_us = (int64_t)some(w, 50) * HOUR_US / 2;
	(void)mf_commit(w->f, who, NULL, &m, NULL);
}

/* What cannot be done is refused, which is as good. */
static void
change(struct world *w)
{
	const struct fss__actor *who = &w->who[some(w, 2)];
	char path[128], to[128];

	some_path(w, path, sizeof(path));
	some_path(w, to, sizeof(to));
	switch (some(w, 16)) {
	case 0:
	case 1:
		(void)mf_remove(w->f, who, NULL, path, true);
		break;
	case 2:
	case 3:
		(void)mf_move(w->f, who, NULL, path, to, some(w, 2) == 0);
		break;
	case 4:
	case 5:
		announce(w, who, path);
		break;
	case 6:
		(void)mr_unannounce(w->f, who, path);
		break;
	case 7:
	case 8:
		restore(w, who, path);
		break;
	case 9:
		touch_folder(w, who);
		break;
	case 10:
		(void)mf_access(w->f, who, NULL, some(w, 4) == 0 ? path :
		    folders[some(w, N(folders))], (int)some(w, 4));
		break;
	case 11:
		(void)mf_move(w->f, who, NULL, "/text/secret",
		    "/doc/secret", false);
		(void)mf_move(w->f, who, NULL, "/doc/secret",
		    "/text/secret", false);
		break;
	default:
		commit(w, who, path);
	}
}

/* ---- questions --------------------------------------------------------- */

static bool
is_type(const char *of, const char *type)
{
	size_t n = strlen(type);

	return strcmp(of, type) == 0 || (strchr(type, '/') == NULL &&
	    strncmp(of, type, n) == 0 && of[n] == '/');
}

static bool
passes(const struct fss__m_find *m, const char *type, const struct mf_row *row)
{
	bool file = row->kind == FSS_KIND_FILE;
	size_t n = m->under.n;

	return (!(m->has & FSS__K_find_kind) ||
	    row->kind == (int)m->kind) &&
	    (!(m->has & FSS__K_find_type) ||
	    (file && is_type(row->media, type))) &&
	    (!(m->has & FSS__K_find_size_min) ||
	    (file && row->size >= m->size_min)) &&
	    (!(m->has & FSS__K_find_size_max) ||
	    (file && row->size <= m->size_max)) &&
	    (!(m->has & FSS__K_find_newer_us) || row->mtime >= m->newer_us) &&
	    (!(m->has & FSS__K_find_older_us) || row->mtime <= m->older_us) &&
	    (!(m->has & FSS__K_find_state) || row->state == (int)m->state) &&
	    (!(m->has & FSS__K_find_owner) ||
	    fss__slice_eq(m->owner, fss__slice_str(row->owner))) &&
	    (!(m->has & FSS__K_find_under) || (strncmp(row->path, m->under.p,
	    n) == 0 && row->path[n] == '/'));
}

static void
some_filters(struct world *w, struct fss__m_find *m, const char **ret_type)
{
	static const char *const types[] = { "text", "text/plain", "IMAGE",
		"image/png", "x-own", "audio" };
	static const char *const same[] = { "text", "text/plain", "image",
		"image/png", "x-own", "audio" };
	size_t i = some(w, N(types));

	*ret_type = same[i];
	if (some(w, 3) == 0) {
		m->has |= FSS__K_find_kind;
		m->kind = 1 + some(w, 3);
	}
	if (some(w, 3) == 0) {
		m->has |= FSS__K_find_type;
		m->type = mf_s(types[i]);
	}
	if (some(w, 4) == 0) {
		m->has |= FSS__K_find_size_min;
		m->size_min = some(w, 150);
	}
	if (some(w, 4) == 0) {
		m->has |= FSS__K_find_size_max;
		m->size_max = some(w, 200);
	}
	if (some(w, 4) == 0) {
		m->has |= FSS__K_find_newer_us;
		m->newer_us = (int64_t)some(w, 50) * HOUR_US / 2;
	}
	if (some(w, 4) == 0) {
		m->has |= FSS__K_find_older_us;
		m->older_us = (int64_t)some(w, 50) * HOUR_US / 2;
	}
	if (some(w, 4) == 0) {
		m->has |= FSS__K_find_state;
		m->state = some(w, 2);
	}
	if (some(w, 3) == 0) {
		m->has |= FSS__K_find_owner;
		m->owner = mf_s(owners[some(w, 2)]);
	}
	if ((m->has & FSS__K_find_owner) && some(w, 2) == 0) {
		m->has |= FSS__K_find_under;
		m->under = mf_s(folders[1 + some(w, N(folders) - 1)]);
	}
}

static void
ask(struct world *w)
{
	const struct fss__actor *who = &w->who[some(w, 3)];
	struct fss__m_find m = mf_question(words[some(w, N(words))]);
	const struct mf_row *row;
	const char *type;
	size_t i, k, n = 0;
	int r;

	assert_int_equal(mf_find(w->f, who, m, 0, w->plain), 0);
	some_filters(w, &m, &type);
	r = mf_find(w->f, who, m, 1 + some(w, 60), w->got);
	if (r == FSS_ENOENT) {	/* one's own folder that is not there */
		w->got->n = 0;
		r = 0;
	}
	assert_int_equal(r, 0);
	for (i = 0; i < w->plain->n; i++) {
		row = &w->plain->row[i];
		if (!passes(&m, type, row)) {
			w->left_out++;
			continue;
		}
		for (k = 0; k < w->got->n &&
		     (strcmp(w->got->row[k].path, row->path) != 0 ||
		      strcmp(w->got->row[k].owner, row->owner) != 0); k++)
			;
		if (k == w->got->n)
			fail_msg("'%.*s', has %x: no %s:%s", (int)m.text.n,
			    (const char *)m.text.p, (unsigned)m.has,
			    row->owner, row->path);
		n++;
		w->hits++;
	}
	assert_int_equal(n, w->got->n);
}

/* ---- the index --------------------------------------------------------- */

static void
post(struct world *w, int limit)
{
	mf_begin(w->f);
	assert_true(fss__search_post(w->f->ctx.db, 1, limit) >= 0);
	(void)mf_end(w->f, 0);
}

static void
run(struct world *w, const char *static_sql)
{
	assert_int_equal(fss__exec(fss__db_query(w->f->ctx.db, static_sql)),
	    0);
}

/* As schema 7 left it; 7 << 24 is where the grams of tags begin in run 0. */
static void
forget_tags(struct world *w)
{
	mf_begin(w->f);
	run(w, "UPDATE search_block SET tags = NULL");
	run(w, "UPDATE search_state SET plain = blocks");
	run(w, "DELETE FROM search_gram WHERE id >= 117440512");
	(void)mf_end(w->f, 0);
}

/* As version 8 left them: tags that are not all, and from now on not right. */
static void
age_tags(struct world *w)
{
	mf_begin(w->f);
	run(w, "UPDATE search_state SET plain = blocks");
	run(w, "DELETE FROM search_gram WHERE id >= 117440512");
	(void)mf_end(w->f, 0);
}

static void
tag_some(struct world *w, int limit)
{
	mf_begin(w->f);
	assert_true(fss__search_retag(w->f->ctx.db, limit) >= 0);
	(void)mf_end(w->f, 0);
}

static void
round_of(struct world *w)
{
	int i;

	for (i = 0; i < CHANGES; i++)
		change(w);
	for (i = 0; i < QUESTIONS; i++)
		ask(w);
	mf_expect_sound(w->f);
}

static void
begin(struct world *w, void **state)
{
	size_t i, k;
	char path[128];

	memset(w, 0, sizeof(*w));
	w->seed = *(uint64_t *)*state;
	w->f = mf_open();
	w->plain = mf_rows(0);
	w->got = mf_rows(0);
	for (i = 0; i < 2; i++)
		w->who[i] = mf_user(w->f, owners[i]);
	w->who[2] = mf_user(w->f, "carol");
	for (i = 0; i < 2; i++) {
		assert_int_equal(mf_access(w->f, &w->who[i], NULL, "/",
		    FSS_ACCESS_OPEN), 0);
		for (k = 1; k < N(folders); k++)
			assert_int_equal(mf_folder(w->f, &w->who[i], NULL,
			    folders[k]), 0);
		for (k = 0; k < FILES; k++) {
			some_path(w, path, sizeof(path));
			commit(w, &w->who[i], path);
		}
	}
}

static void
end(struct world *w)
{
	/* A filter that leaves all out, or nothing, would tell little. */
	assert_true(w->hits > QUESTIONS);
	assert_true(w->left_out > QUESTIONS);
	mf_rows_free(w->plain);
	mf_rows_free(w->got);
	mf_close(w->f);
}

static void
test_filters(void **state)
{
	struct world w;

	begin(&w, state);
	round_of(&w);		/* in no block */
	post(&w, 100);
	round_of(&w);		/* some */
	post(&w, 1000);
	round_of(&w);		/* all there were */
	(void)mf_purge(w.f);
	round_of(&w);
	post(&w, 1000);
	round_of(&w);
	end(&w);
}

/* How many are found of @state; the index is as it should be. */
static size_t
of_state(struct world *w, uint64_t state)
{
	struct fss__m_find m = mf_question("thing");

	mf_expect_sound(w->f);
	m.has |= FSS__K_find_state;
	m.state = state;
	assert_int_equal(mf_find(w->f, &w->who[0], m, 0, w->got), 0);
	return w->got->n;
}

static void
announce_at(struct world *w, const char *text, int64_t mtime)
{
	struct fss__m_commit_item m;
	struct fss__id id;

	m = mf_item("/thing", text, &id);
	m.mtime_us = mtime;
	mf_begin(w->f);
	assert_int_equal(mf_end(w->f, fss__announce(&w->f->ctx, &w->who[0], &m,
	    mf_emit_one, NULL)), 0);
}

/* Each way from one state to the other of a file that is in a block. */
static void
test_states(void **state)
{
	struct fss__meta_version v;
	struct world w;

	begin(&w, state);
	assert_int_equal(mf_file(w.f, &w.who[0], NULL, "/thing", "first"), 0);
	post(&w, 1000);
	assert_int_equal(of_state(&w, FSS_STATE_STORED), 1);
	announce_at(&w, "second", 1000);
	assert_int_equal(of_state(&w, FSS_STATE_ANNOUNCED), 1);
	assert_int_equal(of_state(&w, FSS_STATE_STORED), 0);
	/* Nobody has it any more: what is stored is the newest again. */
	assert_int_equal(mr_unannounce(w.f, &w.who[0], "/thing"), 0);
	assert_int_equal(of_state(&w, FSS_STATE_STORED), 1);
	announce_at(&w, "third", 1000);
	announce_at(&w, "third", 5 * HOUR_US);
	assert_int_equal(of_state(&w, FSS_STATE_ANNOUNCED), 1);
	assert_int_equal(mf_file(w.f, &w.who[0], NULL, "/thing", "third"), 0);
	assert_int_equal(of_state(&w, FSS_STATE_STORED), 1);
	mf_begin(w.f);
	assert_int_equal(fss__meta_version_get(w.f->ctx.db, mf_sql(w.f,
	    "SELECT cur FROM entry WHERE name = 'thing'"), &v), 1);
	assert_int_equal(mf_end(w.f, fss__entry_unstore(&w.f->ctx, &v)), 0);
	assert_int_equal(of_state(&w, FSS_STATE_ANNOUNCED), 1);
	mf_rows_free(w.plain);
	mf_rows_free(w.got);
	mf_close(w.f);
}

/* Below a folder that moved the index may not know of it yet. */
static void
test_moved_folder(void **state)
{
	struct fss__m_find m = mf_question("thing");
	struct world w;

	begin(&w, state);
	assert_int_equal(mf_file(w.f, &w.who[0], NULL, "/old/b/c/thing", NULL),
	    0);
	post(&w, 1000);
	assert_int_equal(mf_move(w.f, &w.who[0], NULL, "/old", "/zebra",
	    false), 0);
	assert_true(mf_sql(w.f, "SELECT count(*) FROM search_moved") > 0);
	m.has |= FSS__K_find_under;
	m.under = mf_s("/zebra");
	assert_int_equal(mf_find(w.f, &w.who[0], m, 0, w.got), 0);
	assert_int_equal(w.got->n, 1);
	(void)mf_purge(w.f);
	assert_int_equal(mf_find(w.f, &w.who[0], m, 0, w.got), 0);
	assert_int_equal(w.got->n, 1);
	mf_rows_free(w.plain);
	mf_rows_free(w.got);
	mf_close(w.f);
}

/* A folder of whose name nothing is left to look for. */
static void
test_bare_folder(void **state)
{
	struct fss__m_find m = mf_question("thing");
	struct world w;

	begin(&w, state);
	assert_int_equal(mf_file(w.f, &w.who[0], NULL, "/\u0301/b/thing",
	    NULL), 0);
	post(&w, 1000);
	m.has |= FSS__K_find_under;
	m.under = mf_s("/\u0301/b");
	assert_int_equal(mf_find(w.f, &w.who[0], m, 0, w.got), 0);
	assert_int_equal(w.got->n, 1);
	mf_rows_free(w.plain);
	mf_rows_free(w.got);
	mf_close(w.f);
}

static enum fss__seen
seen_by(struct world *w, int who, const char *owner)
{
	enum fss__seen seen = FSS__SEEN_SOME;
	struct fss__space space;

	assert_int_equal(fss__space_find(&w->f->ctx, &w->who[who],
	    mf_s(owner), &space), 0);
	assert_int_equal(fss__find_seen(&w->f->ctx, &w->who[who], &space,
	    &seen), 0);
	return seen;
}

/* Where something is hidden, or not all, the index is not asked for a space. */
static void
test_seen(void **state)
{
	const struct fss__actor *bob;
	struct world w;
	char path[32];
	int i;

	begin(&w, state);
	bob = &w.who[1];
	assert_int_equal(seen_by(&w, 2, "bob"), FSS__SEEN_ALL);
	assert_int_equal(mf_access(w.f, bob, NULL, "/doc/image",
	    FSS_ACCESS_ASK), 0);
	assert_int_equal(seen_by(&w, 2, "bob"), FSS__SEEN_ALL);
	assert_int_equal(mf_access(w.f, bob, NULL, "/text/secret",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(seen_by(&w, 2, "bob"), FSS__SEEN_SOME);
	assert_int_equal(seen_by(&w, 1, "bob"), FSS__SEEN_ALL);
	assert_int_equal(mf_grant(w.f, bob, NULL, "/text/secret", "carol",
	    FSS_RIGHT_SEE), 0);
	assert_int_equal(seen_by(&w, 2, "bob"), FSS__SEEN_ALL);
	assert_int_equal(seen_by(&w, 0, "bob"), FSS__SEEN_SOME);
	assert_int_equal(mf_access(w.f, bob, NULL, "/doc/image",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(mf_access(w.f, bob, NULL, "/", FSS_ACCESS_PRIVATE),
	    0);
	assert_int_equal(seen_by(&w, 2, "bob"), FSS__SEEN_SOME);
	assert_int_equal(seen_by(&w, 0, "bob"), FSS__SEEN_NONE);
	/* What was removed counts no more. */
	assert_int_equal(mf_remove(w.f, bob, NULL, "/text/secret", true), 0);
	assert_int_equal(seen_by(&w, 2, "bob"), FSS__SEEN_NONE);
	/* It would take too long to tell. */
	for (i = 0; i < FSS__FIND_SPECIAL; i++) {
		(void)snprintf(path, sizeof(path), "/special %d", i);
		assert_int_equal(mf_file(w.f, bob, NULL, path, NULL), 0);
		assert_int_equal(mf_access(w.f, bob, NULL, path,
		    FSS_ACCESS_PRIVATE), 0);
	}
	assert_int_equal(seen_by(&w, 2, "bob"), FSS__SEEN_SOME);
	mf_rows_free(w.plain);
	mf_rows_free(w.got);
	mf_close(w.f);
}

static void
test_from_before(void **state)
{
	struct world w;

	begin(&w, state);
	post(&w, 1000);
	forget_tags(&w);
	round_of(&w);		/* no tags */
	tag_some(&w, 64);
	assert_true(mf_sql(w.f, "SELECT plain FROM search_state") > 0);
	round_of(&w);		/* tags above, */
	post(&w, 50);
	round_of(&w);		/* also of new ones */
	(void)mf_purge(w.f);
	assert_int_equal(mf_sql(w.f, "SELECT plain FROM search_state"), 0);
	assert_int_equal(mf_sql(w.f, "SELECT count(*) FROM search_block"
	    " WHERE tags IS NULL AND length(names) > 0"), 0);
	round_of(&w);
	age_tags(&w);
	round_of(&w);
	mf_expect_sound(w.f);
	tag_some(&w, 64);
	round_of(&w);
	(void)mf_purge(w.f);
	mf_expect_sound(w.f);
	round_of(&w);
	end(&w);
}

/* How many blocks may have @text as the whole name of such a kind. */
static unsigned
blocks_of(struct world *w, const char *text, int kind)
{
	struct fss__search_filter filter = { .kind = kind,
		.size_max = UINT64_MAX, .newer_us = INT64_MIN,
		.older_us = INT64_MAX };
	struct fss__choice c = { .db = w->f->ctx.db };
	struct fss__search_query q;
	struct fss__tag_ask ask;
	struct fss__blocks set;
	const char *why;
	unsigned n = 0, at;

	assert_int_equal(fss__search_parse(mf_s(text), &why, &q), 0);
	fss__tag_ask(&filter, &ask);
	c.q = &q;
	c.ask = &ask;
	assert_int_equal(fss__choose(&c, FSS__SEARCH_EXACT, 0,
	    FSS__POST_BLOCKS - 1, &set), 0);
	while (fss__blocks_take(&set, &at) == 1)
		n++;
	fss__choose_release(&c);
	return n;
}

/* A folder of that name is no reason to look for a file, nor otherwise. */
static void
test_kinds(void **state)
{
	static const char *const names[] = { "same", "same.x" };
	char path[64];
	struct world w;
	size_t i;

	begin(&w, state);
	for (i = 0; i < N(names); i++) {
		(void)snprintf(path, sizeof(path), "/%s", names[i]);
		assert_int_equal(mf_folder(w.f, &w.who[0], NULL, path), 0);
	}
	/* Parts of it are in files beside it. */
	assert_int_equal(mf_file(w.f, &w.who[0], NULL, "/samex.x", NULL), 0);
	post(&w, 1000);
	for (i = 0; i < N(names); i++) {
		(void)snprintf(path, sizeof(path), "/doc/%s", names[i]);
		assert_int_equal(mf_file(w.f, &w.who[0], NULL, path, NULL), 0);
	}
	post(&w, 1000);
	assert_int_equal(blocks_of(&w, "same", 0), 2);
	assert_int_equal(blocks_of(&w, "same", FSS_KIND_FILE), 1);
	assert_int_equal(blocks_of(&w, "same", FSS_KIND_DIR), 1);
	assert_int_equal(blocks_of(&w, "same.x", FSS_KIND_FILE), 2);
	assert_int_equal(blocks_of(&w, "same.x", FSS_KIND_DIR), 1);
	mf_expect_sound(w.f);
	mf_rows_free(w.plain);
	mf_rows_free(w.got);
	mf_close(w.f);
}

/*
 * The index can be made anew, files cannot: what is damaged in it keeps nobody
 * from changing them, nor the hub from clearing up.
 */
static void
test_damaged(void **state)
{
	static const char *const damage[] = {
		"UPDATE search_block SET names = x'ff'",
		"UPDATE search_block SET tags = x'ff'",
		"UPDATE search_block SET tags = NULL",
		"UPDATE search_gram SET blocks = x'ff'",
	};
	const struct fss__actor *who;
	struct world w;
	size_t i;

	for (i = 0; i < N(damage); i++) {
		begin(&w, state);
		who = &w.who[0];
		assert_int_equal(mf_file(w.f, who, NULL, "/thing", NULL), 0);
		assert_int_equal(mf_file(w.f, who, NULL, "/old", NULL), 0);
		post(&w, 1000);
		forget_tags(&w);
		tag_some(&w, 1);
		mf_begin(w.f);
		run(&w, damage[i]);
		(void)mf_end(w.f, 0);
		assert_int_equal(mf_file(w.f, who, NULL, "/thing", "second"),
		    0);
		assert_int_equal(mf_move(w.f, who, NULL, "/thing", "/doc/other",
		    false), 0);
		assert_int_equal(mf_remove(w.f, who, NULL, "/old", false), 0);
		assert_int_equal(mf_remove(w.f, who, NULL, "/text", true), 0);
		assert_true(mf_purge(w.f) >= 0);
		assert_int_equal(mf_sql(w.f, "SELECT plain FROM search_state"),
		    0);
		post(&w, 1000);
		mf_rows_free(w.plain);
		mf_rows_free(w.got);
		mf_close(w.f);
	}
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) :
	    (uint64_t)fss__wall_us();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_filters, &seed),
		cmocka_unit_test_prestate(test_states, &seed),
		cmocka_unit_test_prestate(test_moved_folder, &seed),
		cmocka_unit_test_prestate(test_bare_folder, &seed),
		cmocka_unit_test_prestate(test_seen, &seed),
		cmocka_unit_test_prestate(test_from_before, &seed),
		cmocka_unit_test_prestate(test_kinds, &seed),
		cmocka_unit_test_prestate(test_damaged, &seed),
	};

	(void)printf("seed %llu (give it as an argument to repeat)\n",
	    (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
