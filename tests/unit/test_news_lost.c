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

static void
forget(struct mf_people *p)
{
	fss__news_free(p->f->ctx.news);
	p->f->ctx.news = NULL;
}

/* ---- what alice does ---------------------------------------------------- */

static void
make(struct mf_people *p, const char *path)
{
	assert_int_equal(mf_file(p->f, &p->alice, NULL, path, "text"), 0);
}

static void
give(struct mf_people *p, const char *path, const char *whom, unsigned rights)
{
	assert_int_equal(
	    mf_grant(p->f, &p->alice, NULL, path, whom, rights), 0);
}

static void
group(struct mf_people *p, const char *name, const char *member, bool remove)
{
	assert_int_equal(mf_group(p->f, &p->alice, name, member, remove), 0);
}

static void
set_access(struct mf_people *p, const char *path, int access)
{
	assert_int_equal(mf_access(p->f, &p->alice, NULL, path, access), 0);
}

/* ---- who hears of it ---------------------------------------------------- */

static bool
told(struct mf_people *p, const struct fss__actor *who,
    const struct fss__news *n)
{
	struct fss__reader_of_news reader = { who->account, 0, 31 };
	int r;

	if (n->kind != FSS_NEWS_FILE || !fss__news_for(n, &reader))
		return false;
	r = fss__news_visible(&p->f->ctx, who, n);
	assert_in_range(r, 0, 1);
	return r == 1;
}

/* How often @who is told @what of @path, of all that is told since. */
static unsigned
hears(struct mf_people *p, const struct fss__actor *who, int what,
    const char *path)
{
	const struct fss__news *n;
	unsigned count = 0;

	for (n = p->f->ctx.news; n != NULL; n = n->next) {
		if (!told(p, who, n))
			continue;
		assert_string_equal(n->name, "alice");
		count += n->what == what && strcmp(n->path, path) == 0;
	}
	return count;
}

/* All that @who is told. */
static unsigned
hears_any(struct mf_people *p, const struct fss__actor *who)
{
	const struct fss__news *n;
	unsigned count = 0;

	for (n = p->f->ctx.news; n != NULL; n = n->next)
		count += told(p, who, n);
	return count;
}

/* ---- tests -------------------------------------------------------------- */

static void
test_grant(void **state)
{
	struct mf_people *p = *state;

	make(p, "/d/x");
	give(p, "/d", "bob", READ);
	forget(p);
	give(p, "/d", "bob", 0);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears(p, &p->alice, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(p, &p->carl), 0);
	/* There was none: nothing is lost, and nobody hears of /d. */
	forget(p);
	give(p, "/d", "carl", 0);
	assert_int_equal(hears_any(p, &p->carl), 0);
	assert_int_equal(hears_any(p, &p->bob), 0);
	/* Less than before, and still to be seen: as any change of access. */
	give(p, "/d", "bob", FSS_RIGHT_WRITE);
	forget(p);
	give(p, "/d", "bob", READ);
	assert_int_equal(hears_any(p, &p->bob), 1);
}

static void
test_group(void **state)
{
	struct mf_people *p = *state;

	make(p, "/d/x");
	group(p, "crew", "bob", false);
	group(p, "idle", "bob", false);
	forget(p);
	/* A group that has nothing is nobody's news. */
	group(p, "idle", "carl", false);
	group(p, "idle", "bob", true);
	assert_int_equal(hears_any(p, &p->bob), 0);
	assert_int_equal(hears_any(p, &p->carl), 0);
	give(p, "/d", "@crew", READ);
	forget(p);
	group(p, "crew", "carl", false);
	assert_int_equal(hears(p, &p->carl, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(p, &p->bob), 0);
	/* Who is in it already hears nothing, nor who is not. */
	forget(p);
	group(p, "crew", "carl", false);
	assert_int_equal(hears_any(p, &p->carl), 0);
	group(p, "crew", "carl", true);
	assert_int_equal(hears(p, &p->carl, FSS_CHANGE_ACCESS, "/d"), 1);
	forget(p);
	assert_int_equal(mf_group(p->f, &p->alice, "crew", "carl", true),
	    FSS_ENOACCOUNT);
	assert_int_equal(hears_any(p, &p->carl), 0);
	give(p, "/d", "@crew", 0);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(p, &p->carl), 0);
	/*
	 * With its last member a group goes, and what it had: who gave it
	 * hears, and nobody who has something there by other means.
	 */
	group(p, "crew", "carl", false);
	give(p, "/d", "@crew", READ);
	give(p, "/d", "carl", READ);
	forget(p);
	group(p, "crew", "carl", true);
	assert_int_equal(hears_any(p, &p->alice), 0);
	forget(p);
	group(p, "crew", "bob", true);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears(p, &p->alice, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(p, &p->alice), 1);
	assert_int_equal(hears_any(p, &p->carl), 0);
	/* One of oneself alone, too. */
	group(p, "self", "alice", false);
	give(p, "/d", "@self", READ);
	forget(p);
	group(p, "self", "alice", true);
	assert_int_equal(hears(p, &p->alice, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(p, &p->carl), 0);
	mf_expect_sound(p->f);
}

/* Past so many entries the space stands for the rest. */
static void
test_group_of_many(void **state)
{
	struct mf_people *p = *state;
	char path[16];
	unsigned i;

	group(p, "crew", "bob", false);
	for (i = 0; i < FSS__NEWS_FILES + 3; i++) {
		(void)snprintf(path, sizeof(path), "/f%u", i);
		make(p, path);
		give(p, path, "@crew", READ);
	}
	forget(p);
	group(p, "crew", "bob", true);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_MANY, "/"), 1);
	assert_int_equal(hears_any(p, &p->bob), FSS__NEWS_FILES + 1);
	assert_int_equal(hears(p, &p->alice, FSS_CHANGE_MANY, "/"), 1);
	assert_int_equal(hears_any(p, &p->alice), FSS__NEWS_FILES + 1);
	assert_int_equal(hears_any(p, &p->carl), 0);
}

/* Whoever has a path nobody can name hears nothing, and leaves all the same. */
static void
test_group_long(void **state)
{
	struct mf_people *p = *state;

	make(p, "/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/x");
	group(p, "crew", "bob", false);
	give(p, "/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/x", "@crew", READ);
	(void)mf_sql(p->f, "UPDATE entry SET name = printf('%.250c', 'd')"
	    " WHERE name = 'd' RETURNING 1");
	forget(p);
	group(p, "crew", "bob", true);
	assert_int_equal(hears_any(p, &p->bob), 0);
	assert_int_equal(mf_group(p->f, &p->alice, "crew", "bob", true),
	    FSS_ENOACCOUNT);
}

static void
test_access(void **state)
{
	struct mf_people *p = *state;
	struct fss__actor dora;

	make(p, "/d/x");
	set_access(p, "/d", FSS_ACCESS_OPEN);
	forget(p);
	/* Less, and still to be seen. */
	set_access(p, "/d", FSS_ACCESS_ASK);
	assert_int_equal(hears_any(p, &p->bob), 1);
	forget(p);
	set_access(p, "/d", FSS_ACCESS_PRIVATE);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears(p, &p->carl, FSS_CHANGE_ACCESS, "/d"), 1);
	assert_int_equal(hears_any(p, &p->alice), 1);
	/* Who came after that never saw it. */
	p->f->ctx.now_us++;
	dora = mf_user(p->f, "dora");
	assert_int_equal(hears_any(p, &dora), 0);
	/* What is closed already takes nothing from anybody. */
	forget(p);
	set_access(p, "/d", FSS_ACCESS_INHERIT);
	assert_int_equal(hears_any(p, &p->bob), 0);
	/* Closed by what is above it. */
	set_access(p, "/d", FSS_ACCESS_OPEN);
	forget(p);
	set_access(p, "/d", FSS_ACCESS_INHERIT);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_ACCESS, "/d"), 1);
	/* What came from above is cut off, what is given on it stays. */
	give(p, "/d", "bob", READ);
	give(p, "/d/x", "carl", READ);
	forget(p);
	set_access(p, "/d/x", FSS_ACCESS_PRIVATE);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_ACCESS, "/d/x"), 1);
	assert_int_equal(hears(p, &p->carl, FSS_CHANGE_ACCESS, "/d/x"), 1);
	assert_int_equal(hears_any(p, &dora), 0);
}

static void
test_gone(void **state)
{
	struct mf_people *p = *state;

	make(p, "/a/b/x");
	make(p, "/a/y");
	give(p, "/a/b", "bob", READ);
	forget(p);
	/* The folder above goes elsewhere: who sees a part of it hears. */
	assert_int_equal(mf_move(p->f, &p->alice, NULL, "/a", "/z", false), 0);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_REMOVED, "/a"), 1);
	assert_int_equal(hears_any(p, &p->carl), 0);
	/* What one may see goes elsewhere, and is seen there. */
	forget(p);
	assert_int_equal(
	    mf_move(p->f, &p->alice, NULL, "/z/b", "/c", false), 0);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_REMOVED, "/z/b"), 1);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_MOVED, "/c"), 1);
	assert_int_equal(hears_any(p, &p->carl), 0);
	/* And away. */
	forget(p);
	assert_int_equal(mf_remove(p->f, &p->alice, NULL, "/c", true), 0);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_REMOVED, "/c"), 1);
	assert_int_equal(hears_any(p, &p->carl), 0);
	/* Of a private folder in an open one. */
	make(p, "/o/p/x");
	set_access(p, "/o", FSS_ACCESS_OPEN);
	set_access(p, "/o/p", FSS_ACCESS_PRIVATE);
	forget(p);
	assert_int_equal(mf_remove(p->f, &p->alice, NULL, "/o/p", true), 0);
	assert_int_equal(hears_any(p, &p->bob), 0);
	/* Of what is open to all. */
	assert_int_equal(mf_remove(p->f, &p->alice, NULL, "/o", true), 0);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_REMOVED, "/o"), 1);
	assert_int_equal(hears(p, &p->alice, FSS_CHANGE_REMOVED, "/o"), 1);
}

/* What hangs deep, elsewhere, costs what the way up from it does. */
static void
test_bound(void **state)
{
	struct mf_people *p = *state;
	char path[2 * FSS_LIMIT_DEPTH + 8] = "";
	size_t n = 0, i;

	for (i = 0; i + 2 < FSS_LIMIT_DEPTH; i++)
		n += (size_t)snprintf(path + n, sizeof(path) - n, "/d");
	for (i = 0; i < 80; i++) {
		(void)snprintf(path + n, sizeof(path) - n, "/%zu/x", i);
		make(p, path);
		give(p, path, "bob", READ);
	}
	assert_int_equal(mf_folder(p->f, &p->alice, NULL, "/e"), 0);
	forget(p);
	assert_int_equal(mf_remove(p->f, &p->alice, NULL, "/e", true), 0);
	assert_in_range(p->f->ctx.looks.lost, 8192, 8192 + FSS_LIMIT_DEPTH);
	assert_int_equal(hears_any(p, &p->bob), 0);
	/* What is together is looked for once. */
	path[n] = '\0';
	p->f->ctx.looks.lost = 0;
	assert_int_equal(mf_move(p->f, &p->alice, NULL, path, "/f", false), 0);
	assert_int_equal(hears(p, &p->bob, FSS_CHANGE_REMOVED, path), 1);
	for (i = 0; i < 80; i++) {
		(void)snprintf(path, sizeof(path), "/f/%zu", i);
		assert_int_equal(mf_remove(p->f, &p->alice, NULL, path, true),
		    0);
		(void)snprintf(path, sizeof(path), "/f/x%zu", i);
		make(p, path);
		give(p, path, "bob", READ);
	}
	assert_int_equal(mf_folder(p->f, &p->alice, NULL, "/e"), 0);
	forget(p);
	assert_int_equal(mf_remove(p->f, &p->alice, NULL, "/e", true), 0);
	assert_in_range(p->f->ctx.looks.lost, 81, 90);
}

int
main(void)
{
#define TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, mf_people_setup, mf_people_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_grant),
		TEST(test_group),
		TEST(test_group_of_many),
		TEST(test_group_long),
		TEST(test_access),
		TEST(test_gone),
		TEST(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
