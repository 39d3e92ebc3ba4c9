/*
 * Announcing: what the hub is told, what is read again, what is taken back.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fss/fss.h>

#include "base/buf.h"
#include "base/io.h"
#include "client/announce.h"
#include "folder.h"
#include "script_hub.h"
#include "store/localidx.h"

struct world {
	struct script_hub *hub;
	fss_client	*c;
	char		 dir[FOLDER_PATH];	/* of the test */
	char		 src[FOLDER_PATH];
	char		 index[FOLDER_PATH];
	char		 told[1024];	/* " +/path:size:depth" or " -/path" */
	int		 status;	/* of every item */
};

static void
answer(struct world *w, struct script_hub *h, const struct script_req *q,
    uint32_t count)
{
	struct fss__m_entry_list m;
	struct fss__m_entry e;
	struct fss__buf b;

	memset(&m, 0, sizeof(m));
	memset(&e, 0, sizeof(e));
	fss__buf_init(&b, FSS__MAX_HEADER);
	m.has = FSS__K_entry_list_entries;
	e.has = FSS__K_entry_status;
	e.status = (uint64_t)-w->status;
	while (m.entries.count < count)
		script_hub_row(&b, &m.entries, &fss__r_entry, &e);
	script_hub_answer(h, q, &m, NULL);
	fss__buf_release(&b);
}

static void
serve(void *ctx, struct script_hub *h, const struct script_req *q)
{
	struct world *w = ctx;
	struct fss__m_announce an;
	struct fss__m_unannounce un;
	struct fss__m_commit_item item;
	struct fss__m_ref ref;
	size_t n;

	if (q->type == FSS__MSG_ANNOUNCE) {
		script_hub_fields(q, &an);
		answer(w, h, q, an.items.count);
		while (fss__list_next(&an.items, &fss__r_commit_item,
		    &item) == 1) {
			assert_int_equal(item.kind, FSS_KIND_FILE);
			assert_int_equal(item.root.n > 0, item.size > 0);
			n = strlen(w->told);
			(void)snprintf(w->told + n, sizeof(w->told) - n,
			    " +%.*s:%u:%u", (int)item.path.n,
			    (const char *)item.path.p, (unsigned)item.size,
			    (unsigned)item.depth);
		}
		return;
	}
	assert_int_equal(q->type, FSS__MSG_UNANNOUNCE);
	script_hub_fields(q, &un);
	answer(w, h, q, un.refs.count);
	while (fss__list_next(&un.refs, &fss__r_ref, &ref) == 1) {
		n = strlen(w->told);
		(void)snprintf(w->told + n, sizeof(w->told) - n, " -%.*s",
		    (int)ref.path.n, (const char *)ref.path.p);
	}
}

static void
put(const struct world *w, const char *name, size_t size, uint8_t byte)
{
	uint8_t *data = malloc(size + 1);
	char path[FOLDER_PATH];
	size_t i;

	assert_non_null(data);
	for (i = 0; i < size; i++)
		data[i] = (uint8_t)(byte + i * i / 977 + i % 251);
	folder_path(path, w->src, name);
	assert_int_equal(fss__io_write_file(path, data, size, 0644), 0);
	free(data);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char sub[FOLDER_PATH];

	folder_new(w->dir);
	folder_path(w->src, w->dir, "src");
	folder_path(w->index, w->dir, "index");
	assert_int_equal(mkdir(w->src, 0755), 0);
	folder_path(sub, w->src, "sub");
	assert_int_equal(mkdir(sub, 0755), 0);
	w->hub = script_hub_new(serve, w);
	w->c = script_hub_client(w->hub);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	fss_client_free(w->c);
	script_hub_free(w->hub);
	folder_remove(w->dir);
	free(w);
	return 0;
}

/* Runs it to its end: what it ended with, and in w->told what was told. */
static int
end_of(struct world *w, fss_op op, uint64_t *ret_unchanged)
{
	const fss_event *ev;

	w->told[0] = '\0';
	do
		script_hub_next(w->hub, w->c, &ev);
	while (fss_event_op(ev) != op || fss_event_type(ev) !=
	    FSS_EVENT_DONE);
	if (ret_unchanged != NULL)
		*ret_unchanged = fss_event_count(ev, FSS_COUNT_UNCHANGED);
	return fss_event_error(ev);
}

static int
announce(struct world *w, uint64_t *ret_unchanged)
{
	fss_op op;

	assert_int_equal(fss_client_announce(w->c, w->src, ":/m",
	    FSS_COPY_RECURSIVE, NULL, &op), 0);
	return end_of(w, op, ret_unchanged);
}

static void
expect_told(const struct world *w, const char *text)
{
	if (strstr(w->told, text) == NULL)
		fail_msg("not told '%s' but '%s'", text, w->told);
}

static void
test_scans(void **state)
{
	struct world *w = *state;
	char path[FOLDER_PATH];
	uint64_t unchanged;

	assert_int_equal(fss_client_set_index(w->c, w->index), 0);
	assert_int_equal(fss_client_set_index(w->c, w->index), FSS_EBUSY);
	put(w, "one", 1000, 1);
	put(w, "empty", 0, 1);
	put(w, "sub/large", 3000000, 2);
	folder_path(path, w->src, "link");
	assert_int_equal(symlink("one", path), 0);
	assert_int_equal(announce(w, &unchanged), 0);
	expect_told(w, " +/m/one:1000:0");
	expect_told(w, " +/m/empty:0:0");
	expect_told(w, " +/m/sub/large:3000000:1");
	assert_null(strstr(w->told, "link"));
	assert_null(strchr(w->told, '-'));
	assert_int_equal(unchanged, 0);
	/* Nothing changed: nothing is read or told. */
	assert_int_equal(announce(w, &unchanged), 0);
	assert_string_equal(w->told, "");
	assert_int_equal(unchanged, 3);
	/* One changed, one went. */
	put(w, "one", 1001, 1);
	folder_path(path, w->src, "empty");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(announce(w, &unchanged), 0);
	assert_string_equal(w->told, " +/m/one:1001:0 -/m/empty");
	assert_int_equal(unchanged, 1);
	/* A folder that is not there today takes nothing back. */
	folder_remove(w->src);
	assert_int_not_equal(fss_client_announce(w->c, w->src, ":/m",
	    FSS_COPY_RECURSIVE, NULL, NULL), 0);
}

/* What the hub refused is told again; what it took back is forgotten. */
static void
test_refused(void **state)
{
	struct world *w = *state;
	fss_op op;

	assert_int_equal(fss_client_set_index(w->c, w->index), 0);
	put(w, "one", 1000, 1);
	w->status = FSS_EDENIED;
	assert_int_equal(announce(w, NULL), FSS_EPARTIAL);
	expect_told(w, "+/m/one");
	w->status = 0;
	assert_int_equal(announce(w, NULL), 0);
	expect_told(w, "+/m/one");
	w->status = FSS_ENOENT;
	assert_int_equal(fss_client_unannounce(w->c, ":/m", NULL, &op), 0);
	assert_int_equal(end_of(w, op, NULL), 0);
	assert_string_equal(w->told, " -/m/one");
	/* The index is empty now: the hub has the last word. */
	assert_int_equal(fss_client_unannounce(w->c, ":/m", NULL, &op), 0);
	assert_int_equal(end_of(w, op, NULL), FSS_ENOENT);
	assert_string_equal(w->told, " -/m");
	w->status = FSS_EQUOTA;
	assert_int_equal(announce(w, NULL), FSS_EQUOTA);
}

/*
 * A folder that becomes a link after it was walked: what is read is what was
 * found, and not what the link leads to.
 */
static void
test_swapped(void **state)
{
	struct world *w = *state;
	char sub[FOLDER_PATH], away[FOLDER_PATH], secret[FOLDER_PATH];
	char path[FOLDER_PATH];
	struct stat bait, st;
	struct announce *an;
	struct fss__op *op;
	bool over;

	assert_int_equal(fss_client_set_index(w->c, w->index), 0);
	assert_int_equal(announce(w, NULL), 0);	/* there is a session */
	put(w, "sub/f", 3000000, 1);	/* more than a slice reads */
	folder_path(path, w->src, "sub/f");
	assert_int_equal(stat(path, &bait), 0);
	folder_path(secret, w->dir, "secret");
	assert_int_equal(mkdir(secret, 0755), 0);
	put(w, "../secret/f", 3000001, 1);
	assert_int_equal(fss__announce_new(w->c, w->src, "/m",
	    FSS_COPY_RECURSIVE, NULL, &op), 0);
	an = (struct announce *)op;
	assert_int_equal(fss__an_begin(an), 0);
	while (an->reading == NULL) {
		assert_int_equal(fss__an_scan(an, &over), 1);
		assert_false(over);
	}
	assert_null(an->rehash);
	folder_path(sub, w->src, "sub");
	folder_path(away, w->dir, "away");
	assert_int_equal(rename(sub, away), 0);
	assert_int_equal(symlink(secret, sub), 0);
	/* It may be too young to be read at once. */
	while (an->rehash == NULL && an->reading != NULL)
		assert_true(fss__an_scan(an, &over) >= 0);
	assert_non_null(an->rehash);
	assert_int_equal(fstat(fss__rehash_fd(an->rehash), &st), 0);
	assert_int_equal(st.st_ino, bait.st_ino);
	assert_int_equal(st.st_size, 3000000);
	fss__op_abandon(op);
}

/* The index has the pages by which an agent sends. */
static void
test_pages(void **state)
{
	struct world *w = *state;
	struct fss__localidx *x;
	struct fss__local_file f;
	struct fss__slice data;
	struct fss__err err;
	uint64_t start;
	unsigned level;
	struct fss__id id;

	assert_int_equal(fss_client_set_index(w->c, w->index), 0);
	put(w, "sub/large", 3000000, 2);
	assert_int_equal(announce(w, NULL), 0);
	assert_int_equal(fss__localidx_open(w->index, &err, &x), 0);
	assert_int_equal(fss__localidx_get(x,
	    fss__slice_str("/m/sub/large"), &f), 1);
	assert_true(f.told);
	assert_int_equal(fss__localidx_page_after(x, f.id,
	    FSS__MAX_LEVELS + 1, 0, &id, &level, &start, &data), 1);
	assert_int_equal(level, 1);
	assert_true(fss__id_eq(&id, &f.root));
	assert_int_equal(fss__digest_verify(&id, data.p, data.n), 0);
	fss__localidx_close(x);
}

static void
test_arguments(void **state)
{
	struct world *w = *state;
	fss_op op;

	assert_int_equal(fss_client_announce(w->c, w->src, ":/m", 0, NULL,
	    &op), FSS_EINVAL);		/* no index */
	assert_int_equal(fss_client_set_index(w->c, w->index), 0);
	assert_int_equal(fss_client_announce(w->c, w->src, "bob:/m", 0, NULL,
	    &op), FSS_EINVAL);
	assert_int_equal(fss_client_announce(w->c, "", ":/m", 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_announce(w->c, w->src, ":/m",
	    FSS_COPY_SAFE_LINKS, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_announce(w->c, w->src, ":/m", 0, NULL,
	    &op), 0);
	assert_int_equal(end_of(w, op, NULL), FSS_EISDIR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_scans, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_swapped, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arguments, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
