/*
 * News of what somebody can see no more: told to those it was taken from, and
 * to nobody else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/access.h"
#include "model/event.h"
#include "model_fixture.h"

#define READ FSS_RIGHT_READ

struct people {
	struct mf *f;
	struct fss__actor alice, bob, carl;
};

static struct people
open_people(void)
{
	struct people p;

	p.f = mf_open();
	p.alice = mf_user(p.f, "alice");
	p.bob = mf_user(p.f, "bob");
	p.carl = mf_user(p.f, "carl");
	return p;
}

static void
forget(struct people *p)
{
	fss__news_free(p->f->ctx.news);
	p->f->ctx.news = NULL;
}

/* How often @who is told @what of @path, of all that is told since. */
static unsigned
hears(struct people *p, const struct fss__actor *who, int what,
    const char *path)
{
	struct fss__reader_of_news reader = { who->account, 0, 31 };
	const struct fss__news *n;
	unsigned count = 0;
	int r;

	for (n = p->f->ctx.news; n != NULL; n = n->next) {
		if (n->kind != FSS_NEWS_FILE || !fss__news_for(n, &reader))
			continue;
		r = fss__news_visible(&p->f->ctx, who, n);
		assert_in_range(r, 0, 1);
		if (r == 0)
			continue;
		assert_string_equal(n->name, "alice");
		count += n->what == what && strcmp(n->path, path) == 0;
	}
	return count;
}

/* All that @who is told. */
static unsigned
hears_any(struct people *p, const struct fss__actor *who)
{
	struct fss__reader_of_news reader = { who->account, 0, 31 };
	const struct fss__news *n;
	unsigned count = 0;

	for (n = p->f->ctx.news; n != NULL; n = n->next)
		count += n->kind == FSS_NEWS_FILE &&
		    fss__news_for(n, &reader) &&
		    fss__news_visible(&p->f->ctx, who, n) == 1;
	return count;
}

static void
test_grant(void **state)
{
	struct people p = open_people();

	(void)state;
	assert_int_equal(mf_file(p.f, &p.alice, NULL, "/d/x", "text"), 0);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "bob", READ), 0);
	forget(&p);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "bob", 0), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears(&p, &p.alice, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	/* There was none: nothing is lost, and nobody hears of /d. */
	forget(&p);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "carl", 0), 0);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	assert_int_equal(hears_any(&p, &p.bob), 0);
	/* Less than before, and still to be seen: as any change of access. */
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "bob",
	    FSS_RIGHT_WRITE), 0);
	forget(&p);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "bob", READ), 0);
	assert_int_equal(hears_any(&p, &p.bob), 1);
	forget(&p);
	mf_close(p.f);
}

static void
test_group(void **state)
{
	struct people p = open_people();

	(void)state;
	assert_int_equal(mf_file(p.f, &p.alice, NULL, "/d/x", "text"), 0);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "bob", false), 0);
	assert_int_equal(mf_group(p.f, &p.alice, "idle", "bob", false), 0);
	forget(&p);
	/* A group that has nothing is nobody's news. */
	assert_int_equal(mf_group(p.f, &p.alice, "idle", "carl", false), 0);
	assert_int_equal(mf_group(p.f, &p.alice, "idle", "bob", true), 0);
	assert_int_equal(hears_any(&p, &p.bob), 0);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "@crew", READ), 0);
	forget(&p);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "carl", false), 0);
	assert_int_equal(hears(&p, &p.carl, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(&p, &p.bob), 0);
	/* Who is in it already hears nothing, nor who is not. */
	forget(&p);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "carl", false), 0);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "carl", true), 0);
	assert_int_equal(hears(&p, &p.carl, FSS_CHANGE_ACCESS, "/d"), 1);
	forget(&p);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "carl", true),
	    FSS_ENOACCOUNT);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "@crew", 0), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	/*
	 * With its last member a group goes, and what it had: who gave it
	 * hears, and nobody who has something there by other means.
	 */
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "carl", false), 0);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "@crew", READ), 0);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "carl", READ), 0);
	forget(&p);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "carl", true), 0);
	assert_int_equal(hears_any(&p, &p.alice), 0);
	forget(&p);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "bob", true), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears(&p, &p.alice, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(&p, &p.alice), 1);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	/* One of oneself alone, too. */
	assert_int_equal(mf_group(p.f, &p.alice, "self", "alice", false), 0);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "@self", READ), 0);
	forget(&p);
	assert_int_equal(mf_group(p.f, &p.alice, "self", "alice", true), 0);
	assert_int_equal(hears(&p, &p.alice, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	forget(&p);
	mf_expect_sound(p.f);
	mf_close(p.f);
}

/* Past so many entries the space stands for the rest. */
static void
test_group_of_many(void **state)
{
	struct people p = open_people();
	char path[16];
	unsigned i;

	(void)state;
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "bob", false), 0);
	for (i = 0; i < FSS__NEWS_FILES + 3; i++) {
		(void)snprintf(path, sizeof(path), "/f%u", i);
		assert_int_equal(mf_file(p.f, &p.alice, NULL, path, "text"),
		    0);
		assert_int_equal(mf_grant(p.f, &p.alice, NULL, path, "@crew", READ),
		    0);
	}
	forget(&p);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "bob", true), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_MANY, "/"), 1);
	assert_int_equal(hears_any(&p, &p.bob), FSS__NEWS_FILES + 1);
	assert_int_equal(hears(&p, &p.alice, FSS_CHANGE_MANY, "/"), 1);
	assert_int_equal(hears_any(&p, &p.alice), FSS__NEWS_FILES + 1);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	forget(&p);
	mf_close(p.f);
}

/* Whoever has a path nobody can name is told nothing, and leaves all the same. */
static void
test_group_long(void **state)
{
	struct people p = open_people();

	(void)state;
	assert_int_equal(mf_file(p.f, &p.alice, NULL,
	    "/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/x", "text"), 0);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "bob", false), 0);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL,
	    "/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/x", "@crew", READ), 0);
	(void)mf_sql(p.f, "UPDATE entry SET name = printf('%.250c', 'd')"
	    " WHERE name = 'd' RETURNING 1");
	forget(&p);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "bob", true), 0);
	assert_int_equal(hears_any(&p, &p.bob), 0);
	assert_int_equal(mf_group(p.f, &p.alice, "crew", "bob", true),
	    FSS_ENOACCOUNT);
	mf_close(p.f);
}

static void
test_access(void **state)
{
	struct people p = open_people();
	struct fss__actor dora;

	(void)state;
	assert_int_equal(mf_file(p.f, &p.alice, NULL, "/d/x", "text"), 0);
	assert_int_equal(mf_access(p.f, &p.alice, NULL, "/d",
	    FSS_ACCESS_OPEN), 0);
	forget(&p);
	/* Less, and still to be seen. */
	assert_int_equal(mf_access(p.f, &p.alice, NULL, "/d",
	    FSS_ACCESS_ASK), 0);
	assert_int_equal(hears_any(&p, &p.bob), 1);
	forget(&p);
	assert_int_equal(mf_access(p.f, &p.alice, NULL, "/d",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears(&p, &p.carl, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(&p, &p.alice), 1);
	/* Who came after that never saw it. */
	p.f->ctx.now_us++;
	dora = mf_user(p.f, "dora");
	assert_int_equal(hears_any(&p, &dora), 0);
	/* What is closed already takes nothing from anybody. */
	forget(&p);
	assert_int_equal(mf_access(p.f, &p.alice, NULL, "/d",
	    FSS_ACCESS_INHERIT), 0);
	assert_int_equal(hears_any(&p, &p.bob), 0);
	/* Closed by what is above it. */
	assert_int_equal(mf_access(p.f, &p.alice, NULL, "/d",
	    FSS_ACCESS_OPEN), 0);
	forget(&p);
	assert_int_equal(mf_access(p.f, &p.alice, NULL, "/d",
	    FSS_ACCESS_INHERIT), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_ACCESS, "/d"), 1);
	/* What came from above is cut off, what is given on it stays. */
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d", "bob", READ), 0);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/d/x", "carl", READ), 0);
	forget(&p);
	assert_int_equal(mf_access(p.f, &p.alice, NULL, "/d/x",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_ACCESS, "/d/x"), 1);
	assert_int_equal(hears(&p, &p.carl, FSS_CHANGE_ACCESS, "/d/x"), 1);
	assert_int_equal(hears_any(&p, &dora), 0);
	forget(&p);
	mf_close(p.f);
}

static void
test_gone(void **state)
{
	struct people p = open_people();

	(void)state;
	assert_int_equal(mf_file(p.f, &p.alice, NULL, "/a/b/x", "text"), 0);
	assert_int_equal(mf_file(p.f, &p.alice, NULL, "/a/y", "text"), 0);
	assert_int_equal(mf_grant(p.f, &p.alice, NULL, "/a/b", "bob", READ), 0);
	forget(&p);
	/* The folder above goes elsewhere: who sees a part of it hears. */
	assert_int_equal(mf_move(p.f, &p.alice, NULL, "/a", "/z", false), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_REMOVED, "/a"), 1);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	/* What one may see goes elsewhere, and is seen there. */
	forget(&p);
	assert_int_equal(mf_move(p.f, &p.alice, NULL, "/z/b", "/c", false), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_REMOVED, "/z/b"), 1);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_MOVED, "/c"), 1);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	/* And away. */
	forget(&p);
	assert_int_equal(mf_remove(p.f, &p.alice, NULL, "/c", true), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_REMOVED, "/c"), 1);
	assert_int_equal(hears_any(&p, &p.carl), 0);
	/* Of a private folder in an open one. */
	assert_int_equal(mf_file(p.f, &p.alice, NULL, "/o/p/x", "text"), 0);
	assert_int_equal(mf_access(p.f, &p.alice, NULL, "/o",
	    FSS_ACCESS_OPEN), 0);
	assert_int_equal(mf_access(p.f, &p.alice, NULL, "/o/p",
	    FSS_ACCESS_PRIVATE), 0);
	forget(&p);
	assert_int_equal(mf_remove(p.f, &p.alice, NULL, "/o/p", true), 0);
	assert_int_equal(hears_any(&p, &p.bob), 0);
	/* Of what is open to all. */
	assert_int_equal(mf_remove(p.f, &p.alice, NULL, "/o", true), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_REMOVED, "/o"), 1);
	assert_int_equal(hears(&p, &p.alice, FSS_CHANGE_REMOVED, "/o"), 1);
	forget(&p);
	mf_close(p.f);
}

/* What hangs deep, elsewhere, costs what the way up from it does. */
static void
test_bound(void **state)
{
	struct people p = open_people();
	char path[2 * FSS_LIMIT_DEPTH + 8] = "";
	size_t n = 0, i;

	(void)state;
	for (i = 0; i + 2 < FSS_LIMIT_DEPTH; i++)
		n += (size_t)snprintf(path + n, sizeof(path) - n, "/d");
	for (i = 0; i < 80; i++) {
		(void)snprintf(path + n, sizeof(path) - n, "/%zu/x", i);
		assert_int_equal(mf_file(p.f, &p.alice, NULL, path, "text"), 0);
		assert_int_equal(mf_grant(p.f, &p.alice, NULL, path, "bob",
		    READ), 0);
	}
	assert_int_equal(mf_folder(p.f, &p.alice, NULL, "/e"), 0);
	forget(&p);
	assert_int_equal(mf_remove(p.f, &p.alice, NULL, "/e", true), 0);
	assert_in_range(p.f->ctx.looks.lost, 8192, 8192 + FSS_LIMIT_DEPTH);
	assert_int_equal(hears_any(&p, &p.bob), 0);
	/* What is together is looked for once. */
	path[n] = '\0';
	p.f->ctx.looks.lost = 0;
	assert_int_equal(mf_move(p.f, &p.alice, NULL, path, "/f", false), 0);
	assert_int_equal(hears(&p, &p.bob, FSS_CHANGE_REMOVED, path), 1);
	for (i = 0; i < 80; i++) {
		(void)snprintf(path, sizeof(path), "/f/%zu", i);
		assert_int_equal(mf_remove(p.f, &p.alice, NULL, path, true),
		    0);
		(void)snprintf(path, sizeof(path), "/f/x%zu", i);
		assert_int_equal(mf_file(p.f, &p.alice, NULL, path, "text"), 0);
		assert_int_equal(mf_grant(p.f, &p.alice, NULL, path, "bob",
		    READ), 0);
	}
	assert_int_equal(mf_folder(p.f, &p.alice, NULL, "/e"), 0);
	forget(&p);
	assert_int_equal(mf_remove(p.f, &p.alice, NULL, "/e", true), 0);
	assert_in_range(p.f->ctx.looks.lost, 81, 90);
	forget(&p);
	mf_close(p.f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grant),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_group_of_many),
		cmocka_unit_test(test_group_long),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_bound)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
