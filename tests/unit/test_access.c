/*
 * Rights: every function of the model against a naive reading of
 * docs/access.md, over random trees with random accesses, grants and groups.
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
#include "model/access.h"
#include "model_fixture.h"

#define PEOPLE	4
#define GROUPS	2
#define NODES	24
#define ROUNDS	40
#define CHANGES	60

static const char *const names[PEOPLE] = { "alice", "bob", "carol", "dave" };
static const char *const groups[GROUPS] = { "friends", "team" };

/* ---- the reference ----------------------------------------------------- */

struct node {
	int		parent;		/* -1: the root of its owner */
	bool		folder, removed;
	int		access;
	unsigned	grant[PEOPLE];
	unsigned	group_grant[GROUPS];
	char		name[16];
};

struct world {
	struct node	node[NODES];
	int		count;
	bool		member[GROUPS][PEOPLE];
};

/* All nodes are alice's; node 0 is the root. */
static unsigned
expected_rights(const struct world *w, int n, int who)
{
	unsigned rights = 0, g;
	int i, k;

	for (i = n; i >= 0; i = w->node[i].parent) {
		if (w->node[i].removed)
			return 0;
	}
	if (who == 0)
		return 31;
	for (i = n; i >= 0; i = w->node[i].parent) {
		g = w->node[i].grant[who];
		for (k = 0; k < GROUPS; k++) {
			if (w->member[k][who])
				g |= w->node[i].group_grant[k];
		}
		if (g & 8)
			g |= 4 | 2;
		if (g & (4 | 2))
			g |= 1;
		rights |= g;
		if (w->node[i].access == FSS_ACCESS_OPEN)
			rights |= 3;
		if (w->node[i].access == FSS_ACCESS_ASK)
			rights |= 1;
		if (w->node[i].access != FSS_ACCESS_INHERIT)
			break;
	}
	return rights;
}

static int
expected_access(const struct world *w, int n)
{
	while (w->node[n].access == FSS_ACCESS_INHERIT)
		n = w->node[n].parent;
	return w->node[n].access;
}

static void
path_of(const struct world *w, int n, char *dst, size_t cap)
{
	char tail[512] = "", joined[512];

	if (w->node[n].parent < 0) {
		(void)snprintf(dst, cap, "/");
		return;
	}
	for (; w->node[n].parent >= 0; n = w->node[n].parent) {
		(void)snprintf(joined, sizeof(joined), "/%.15s%.400s",
		    w->node[n].name, tail);
		memcpy(tail, joined, sizeof(tail));
	}
	(void)snprintf(dst, cap, "%s", tail);
}

static bool
is_live(const struct world *w, int n)
{
	for (; n >= 0; n = w->node[n].parent) {
		if (w->node[n].removed)
			return false;
	}
	return true;
}

/* ---- building ---------------------------------------------------------- */

static void
build(struct mf *f, const struct fss__actor *who, struct world *w,
    uint64_t *seed)
{
	struct node *n;
	char path[512];
	int i;

	memset(w, 0, sizeof(*w));
	w->node[0].parent = -1;
	w->node[0].folder = true;
	w->node[0].access = FSS_ACCESS_PRIVATE;
	w->count = 1;
	for (i = 1; i < NODES; i++) {
		n = &w->node[i];
		do {
			n->parent = (int)mf_random(seed, (uint32_t)i);
		} while (!w->node[n->parent].folder);
		n->folder = mf_random(seed, 3) > 0;
		(void)snprintf(n->name, sizeof(n->name), "n%d", i);
		w->count++;
		path_of(w, i, path, sizeof(path));
		if (n->folder)
			assert_int_equal(mf_folder(f, &who[0], NULL, path), 0);
		else
			assert_int_equal(mf_file(f, &who[0], NULL, path,
			    path), 0);
	}
}

static void
change(struct mf *f, const struct fss__actor *who, struct world *w,
    uint64_t *seed)
{
	int n = (int)mf_random(seed, NODES), p, access;
	unsigned rights = mf_random(seed, 16);
	char path[512], whom[40];

	path_of(w, n, path, sizeof(path));
	p = 1 + (int)mf_random(seed, PEOPLE - 1);
	switch (mf_random(seed, 8)) {
	case 0:
	case 1:
		access = (int)mf_random(seed, 4);
		if (!is_live(w, n))
			return;
		assert_int_equal(mf_access(f, &who[0], NULL, path, access),
		    0);
		if (n == 0 && access == FSS_ACCESS_INHERIT)
			access = FSS_ACCESS_PRIVATE;
		w->node[n].access = access;
		break;
	case 2:
	case 3:
		if (!is_live(w, n))
			return;
		assert_int_equal(mf_grant(f, &who[0], NULL, path, names[p],
		    rights), 0);
		w->node[n].grant[p] = rights;
		break;
	case 4:
		p = (int)mf_random(seed, GROUPS);
		if (!is_live(w, n))
			return;
		(void)snprintf(whom, sizeof(whom), "@%s", groups[p]);
		assert_int_equal(mf_grant(f, &who[0], NULL, path, whom,
		    rights), 0);
		w->node[n].group_grant[p] = rights;
		break;
	case 5:
	case 6: {
		int g = (int)mf_random(seed, GROUPS);
		bool in = w->member[g][p];

		/* alice herself stays in, so that the group does */
		assert_int_equal(mf_group(f, &who[0], groups[g], names[p],
		    in), 0);
		w->member[g][p] = !in;
		break;
	}
	default:
		if (n < NODES - 6 || !is_live(w, n))
			return;
		assert_int_equal(mf_remove(f, &who[0], NULL, path, true), 0);
		w->node[n].removed = true;
		break;
	}
}

/* ---- comparing --------------------------------------------------------- */

static bool
in_list(struct mf *f, const struct fss__actor *who, const char *folder,
    const char *name, struct mf_rows *rows)
{
	size_t i;

	rows->next.len = 0;
	if (mf_list(f, who, "alice", folder, rows) != 0)
		return false;
	for (i = 0; i < rows->n; i++) {
		if (strcmp(rows->row[i].path, name) == 0)
			return true;
	}
	return false;
}

static void
compare(struct mf *f, const struct fss__actor *who, const struct world *w,
    struct mf_rows *rows)
{
	struct fss__content c;
	char path[512], parent[512];
	struct mf_row own, row;
	unsigned rights;
	int n, p, r;

	for (n = 0; n < NODES; n++) {
		path_of(w, n, path, sizeof(path));
		r = mf_stat(f, &who[0], NULL, path, 0, &own);
		assert_int_equal(r, is_live(w, n) ? 0 : FSS_ENOENT);
		for (p = 0; p < PEOPLE; p++) {
			rights = expected_rights(w, n, p);
			r = mf_stat(f, &who[p], "alice", path, 0, &row);
			if (!(rights & FSS_RIGHT_SEE) && n != 0) {
				assert_int_equal(r, FSS_ENOENT);
				assert_false(in_list(f, &who[p], "/", path + 1,
				    rows));
			} else {
				assert_int_equal(r, 0);
				assert_int_equal(row.rights, rights);
				assert_int_equal(row.access,
				    expected_access(w, n));
			}
			if (!is_live(w, n) || w->node[n].folder || n == 0)
				continue;
			r = fss__entry_content(&f->ctx, &who[p],
			    (int64_t)own.version, &c);
			assert_int_equal(r, rights & FSS_RIGHT_READ ? 0 :
			    rights & FSS_RIGHT_SEE ? FSS_EDENIED :
			    FSS_ENOENT);
			path_of(w, w->node[n].parent, parent, sizeof(parent));
			if (rights & FSS_RIGHT_SEE && (w->node[n].parent == 0 ||
			    expected_rights(w, w->node[n].parent, p) & 1))
				assert_true(in_list(f, &who[p], parent,
				    w->node[n].name, rows));
		}
	}
}

static void
test_random(void **state)
{
	struct mf_rows *rows = mf_rows(0);
	struct fss__actor who[PEOPLE];
	struct world w;
	uint64_t seed = *(uint64_t *)*state;
	struct mf *f;
	int round, i, g;

	for (round = 0; round < ROUNDS; round++) {
		f = mf_open();
		for (i = 0; i < PEOPLE; i++)
			who[i] = mf_user(f, names[i]);
		build(f, who, &w, &seed);
		for (g = 0; g < GROUPS; g++)
			assert_int_equal(mf_group(f, &who[0], groups[g],
			    names[0], false), 0);
		for (i = 0; i < CHANGES; i++) {
			change(f, who, &w, &seed);
			if (i % 20 == 19)
				compare(f, who, &w, rows);
		}
		(void)mf_purge(f);
		compare(f, who, &w, rows);
		mf_close(f);
	}
	mf_rows_free(rows);
}

/* ---- what each right allows -------------------------------------------- */

static void
test_allowed(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	unsigned rights;
	int see, create, write;

	(void)state;
	for (rights = 0; rights < 16; rights++) {
		assert_int_equal(mf_file(f, &alice, NULL, "/d/f", "text"), 0);
		assert_int_equal(mf_file(f, &alice, NULL, "/d/g", "text"), 0);
		assert_int_equal(mf_folder(f, &alice, NULL, "/d/into"), 0);
		assert_int_equal(mf_grant(f, &alice, NULL, "/d", "bob",
		    rights), 0);
		see = rights != 0 ? FSS_EDENIED : FSS_ENOENT;
		write = rights & FSS_RIGHT_WRITE ? 0 : see;
		create = rights & (FSS_RIGHT_WRITE | FSS_RIGHT_CREATE) ? 0 :
		    see;

		/* an unseen file in the way is no more than in the way */
		assert_int_equal(mf_file(f, &bob, "alice", "/d/f", "new"),
		    rights == 0 ? FSS_EDENIED : write);
		assert_int_equal(mf_file(f, &bob, "alice", "/d/new/er", "x"),
		    create);
		assert_int_equal(mf_folder(f, &bob, "alice", "/d/fresh"),
		    create);
		assert_int_equal(mf_move(f, &bob, "alice", "/d/f", "/d/into",
		    false), write);
		assert_int_equal(mf_remove(f, &bob, "alice", "/d/g", false),
		    write);
		/* Access and grants are the owner's alone. */
		assert_int_equal(mf_access(f, &bob, "alice", "/d",
		    FSS_ACCESS_OPEN), see);
		assert_int_equal(mf_grant(f, &bob, "alice", "/d", "bob", 15),
		    see);
		/* Nothing leaks out of the folder: as if hidden, as if gone. */
		assert_int_equal(mf_file(f, &bob, "alice", "/other", "x"),
		    FSS_ENOENT);
		assert_int_equal(mf_file(f, &bob, "alice", "/no/way", "x"),
		    FSS_ENOENT);
		assert_int_equal(mf_remove(f, &alice, NULL, "/d", true), 0);
	}
	mf_close(f);
}

/* A role gives no right to content. */
static void
test_roles(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct fss__actor root = mf_user(f, "root");

	(void)state;
	root.role = FSS_ROLE_ADMIN;
	assert_int_equal(mf_file(f, &alice, NULL, "/f", "text"), 0);
	assert_int_equal(mf_stat(f, &root, "alice", "/f", 0, NULL),
	    FSS_ENOENT);
	mf_close(f);
}

/* Groups are their owner's; one that loses its last member takes its grants. */
static void
test_groups(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carol = mf_user(f, "carol");

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/f", "text"), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/f", "@g", 1),
	    FSS_ENOACCOUNT);
	assert_int_equal(mf_group(f, &bob, "g", "carol", false), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/f", "@g", 1),
	    FSS_ENOACCOUNT);
	assert_int_equal(mf_group(f, &alice, "g", "bob", false), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/f", "@g", 2), 0);
	assert_int_equal(mf_stat(f, &bob, "alice", "/f", 0, NULL), 0);
	assert_int_equal(mf_stat(f, &carol, "alice", "/f", 0, NULL),
	    FSS_ENOENT);
	assert_int_equal(mf_group(f, &alice, "g", "bob", true), 0);
	assert_int_equal(mf_stat(f, &bob, "alice", "/f", 0, NULL),
	    FSS_ENOENT);
	assert_int_equal(mf_group(f, &alice, "g", "bob", false), 0);
	assert_int_equal(mf_stat(f, &bob, "alice", "/f", 0, NULL),
	    FSS_ENOENT);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM acl"), 0);
	assert_int_equal(mf_sql(f, "SELECT sum(granted) FROM entry"), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/f", "alice", 1),
	    FSS_EINVAL);
	assert_int_equal(mf_grant(f, &alice, NULL, "/f", "bob", 16),
	    FSS_EINVAL);
	mf_close(f);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) :
	    (uint64_t)fss__wall_us();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_random, &seed),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_groups),
	};

	(void)printf("seed %llu (give it as an argument to repeat)\n",
	    (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
