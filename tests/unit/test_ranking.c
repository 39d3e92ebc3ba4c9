/*
 * What people mean is among the first ten: real paths, and questions as
 * somebody types them, each with the one file that is meant.
 *
 * tests/unit/ranking/paths has the paths, out of Debian's lists of contents:
 * for each question the files meant and, of the many others with its words,
 * the nearest and some more.  queries.tsv has question, tab, path.  All are
 * asked with the names in no block of the index, and with all in blocks.
 *
 * misspelt.tsv has a text that finds nothing, tab, and the one meant, which
 * is to be among those offered.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_fixture.h"
#include "store/search.h"

#define FIRST	10
#define QUERIES	60	/* at least */
#define MISSPELT 40	/* at least */

static FILE *
open_data(const char *name)
{
	const char *source = getenv("FSS_SOURCE_DIR");
	char path[1024];
	FILE *f;

	assert_non_null(source);
	(void)snprintf(path, sizeof(path), "%s/tests/unit/ranking/%s", source,
	    name);
	f = fopen(path, "r");
	if (f == NULL)
		fail_msg("%s cannot be read", path);
	return f;
}

static bool
next_line(FILE *f, char *line, size_t cap)
{
	if (fgets(line, (int)cap, f) == NULL)
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static void
fill(struct mf *f, const struct fss__actor *who)
{
	struct fss__m_commit_item m;
	FILE *in = open_data("paths");
	char line[512], path[514];
	unsigned n = 0;

	mf_begin(f);
	while (next_line(in, line, sizeof(line))) {
		(void)snprintf(path, sizeof(path), "/%s", line);
		m = mf_item(path, NULL, NULL);
		if (fss__entry_commit(&f->ctx, who, mf_s(NULL), &m,
			mf_emit_one, NULL) != 0)
			fail_msg("%s cannot be made", path);
		n++;
	}
	(void)mf_end(f, 0);
	(void)fclose(in);
	assert_true(n > 2000);
}

/* The place of @path among the first hits of @text, from 1; 0: not there. */
static size_t
place_of(struct mf *f, const struct fss__actor *who, const char *text,
    const char *path, struct mf_rows *rows)
{
	struct fss__m_find m = mf_question(text);
	size_t i;

	rows->n = 0;
	rows->limit = FIRST;
	assert_int_equal(fss__entry_find(&f->ctx, who, &m, mf_emit, rows,
	    &rows->next), 0);
	assert_true(rows->n <= FIRST);
	for (i = 0; i < rows->n; i++) {
		if (strcmp(rows->row[i].path + 1, path) == 0)
			return i + 1;
	}
	return 0;
}

static void
ask_all(struct mf *f, const struct fss__actor *who)
{
	struct mf_rows *rows = mf_rows(FIRST);
	FILE *in = open_data("queries.tsv");
	unsigned asked = 0, missed = 0;
	char line[512], *tab;
	size_t i, at, sum = 0;

	while (next_line(in, line, sizeof(line))) {
		tab = strchr(line, '\t');
		assert_non_null(tab);
		*tab = '\0';
		asked++;
		at = place_of(f, who, line, tab + 1, rows);
		sum += at;
		if (at > 0)
			continue;
		missed++;
		print_error("'%s' has not %s, but\n", line, tab + 1);
		for (i = 0; i < rows->n; i++)
			print_error("\t%s\n", rows->row[i].path);
	}
	(void)fclose(in);
	mf_rows_free(rows);
	print_message("%u questions, on average %.1fth\n", asked,
	    (double)sum / (asked - missed > 0 ? asked - missed : 1));
	assert_true(asked >= QUERIES);
	assert_int_equal(missed, 0);
}

struct offered {
	const char	*meant;
	unsigned	 place, count;
	char		 all[1024];
};

static int
take_near(void *arg, const void *record)
{
	const struct fss__m_near *m = record;
	struct offered *o = arg;
	size_t n = strlen(o->all);

	o->count++;
	if (fss__slice_eq(m->text, mf_s(o->meant)))
		o->place = o->count;
	(void)snprintf(o->all + n, sizeof(o->all) - n, "%s'%.*s'",
	    n > 0 ? ", " : "", (int)m->text.n, (const char *)m->text.p);
	return 0;
}

static void
ask_misspelt(struct mf *f, const struct fss__actor *who)
{
	struct mf_rows *rows = mf_rows(FIRST);
	FILE *in = open_data("misspelt.tsv");
	unsigned asked = 0, missed = 0, sum = 0;
	char line[512], *tab;
	struct fss__m_find m;
	struct offered o;

	while (next_line(in, line, sizeof(line))) {
		tab = strchr(line, '\t');
		assert_non_null(tab);
		*tab = '\0';
		asked++;
		(void)place_of(f, who, line, "", rows);
		if (rows->n != 0)
			fail_msg("'%s' finds something", line);
		memset(&o, 0, sizeof(o));
		o.meant = tab + 1;
		m = mf_question(line);
		assert_int_equal(fss__entry_near(&f->ctx, who, &m, take_near,
		    &o), 0);
		sum += o.place;
		if (o.place > 0)
			continue;
		missed++;
		print_error("'%s' offers not '%s', but %s\n", line, o.meant,
		    o.all);
	}
	(void)fclose(in);
	mf_rows_free(rows);
	print_message("%u misspelt, offered on average %.1fth\n", asked,
	    (double)sum / (asked - missed > 0 ? asked - missed : 1));
	assert_true(asked >= MISSPELT);
	assert_int_equal(missed, 0);
}

static void
test_first_ten(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	int r;

	(void)state;
	fill(f, &alice);
	ask_all(f, &alice);
	ask_misspelt(f, &alice);
	mf_begin(f);
	r = fss__search_post(f->ctx.db, 1, 1000000);
	assert_true(r >= 0);
	(void)mf_end(f, 0);
	ask_all(f, &alice);
	ask_misspelt(f, &alice);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_ten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
