/*
 * Uploads and downloads against a hub in the same process.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fss/fss.h>

#include "hub_thread.h"
#include "rng.h"
#include "tree.h"

struct world {
	struct hub_thread *hub;
	fss_client	*c;
	uint8_t		 secret[FSS_KEY_BYTES];
	char		 base[256];
	char		 data[300];
	char		 src[300];
	char		 dst[300];
};

/* What became of an operation. */
struct result {
	int		 error;
	uint64_t	 count[FSS_COUNT_SCANNED + 1];
	unsigned	 items;		/* ITEM events */
	int		 item_error;	/* of the last one that failed */
	char		 item[512];	/* its local path */
	unsigned	 rows;
	char		 path[512];	/* of the last row */
	int64_t		 size;
};

static fss_client *
client(const struct world *w, const uint8_t *secret)
{
	uint8_t pub[FSS_KEY_BYTES], sec[FSS_KEY_BYTES];
	fss_client *c;

	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c,
	    hub_thread_address(w->hub)), 0);
	if (secret == NULL) {
		assert_int_equal(fss_key_generate(pub, sec), 0);
		secret = sec;
	}
	assert_int_equal(fss_client_set_identity(c, secret), 0);
	assert_int_equal(fss_client_open(c), 0);
	return c;
}

static void
note_event(const fss_event *ev, struct result *res)
{
	const fss_row *row;
	size_t n;
	int i;

	switch (fss_event_type(ev)) {
	case FSS_EVENT_ITEM:
		res->items++;
		row = fss_event_row(ev, 0);
		assert_non_null(row);
		if (fss_event_error(ev) == 0)
			break;
		res->item_error = fss_event_error(ev);
		(void)snprintf(res->item, sizeof(res->item), "%s",
		    fss_row_str(row, FSS_FIELD_LOCAL));
		break;
	case FSS_EVENT_ROWS:
	case FSS_EVENT_DONE:
		n = fss_event_rows(ev);
		res->rows += (unsigned)n;
		if (n > 0) {
			row = fss_event_row(ev, n - 1);
			(void)snprintf(res->path, sizeof(res->path), "%s",
			    fss_row_str(row, FSS_FIELD_PATH));
			res->size = fss_row_int(row, FSS_FIELD_SIZE);
		}
		break;
	}
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	res->error = fss_event_error(ev);
	for (i = 0; i <= FSS_COUNT_SCANNED; i++)
		res->count[i] = fss_event_count(ev, (fss_counter)i);
}

static struct result
finish(fss_client *c, fss_op op)
{
	const fss_event *ev;
	struct result res;
	int type;

	memset(&res, 0, sizeof(res));
	do {
		assert_int_equal(fss_client_wait_op(c, op, 60000, &ev), 1);
		type = fss_event_type(ev);
		note_event(ev, &res);
	} while (type != FSS_EVENT_DONE);
	return res;
}

/* Starts are checked, results handed on. */
#define RUN(c, call) (assert_int_equal(call, 0), finish(c, op))

static void
login(fss_client *c, const char *name)
{
	struct result res;
	fss_op op;

	res = RUN(c, fss_client_register(c, name, "password", NULL, NULL,
	    &op));
	if (res.error == FSS_EEXIST)
		res = RUN(c, fss_client_login(c, name, "password", NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.rows, 1);
	assert_string_equal(fss_client_account(c), name);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	uint8_t pub[FSS_KEY_BYTES];

	assert_non_null(w);
	(void)umask(022);
	tree_temp(w->base);
	(void)snprintf(w->data, sizeof(w->data), "%s/data", w->base);
	(void)snprintf(w->src, sizeof(w->src), "%s/src", w->base);
	(void)snprintf(w->dst, sizeof(w->dst), "%s/dst", w->base);
	assert_int_equal(mkdir(w->src, 0755), 0);
	w->hub = hub_thread_start(w->data, 0);
	assert_int_equal(fss_key_generate(pub, w->secret), 0);
	w->c = client(w, w->secret);
	login(w->c, "alice");
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	fss_client_free(w->c);
	hub_thread_stop(w->hub);
	tree_remove(w->base);
	free(w);
	return 0;
}

static struct result
upload(struct world *w, const char *local, const char *remote, uint32_t flags)
{
	fss_op op;

	return RUN(w->c, fss_client_upload(w->c, local, remote, flags, NULL,
	    &op));
}

static struct result
download(struct world *w, const char *remote, const char *local,
    uint32_t flags)
{
	fss_op op;

	return RUN(w->c, fss_client_download(w->c, remote, 0, local, flags,
	    NULL, &op));
}

static char *
in(const char *dir, const char *name)
{
	static char path[8][600];
	static unsigned turn;

	turn = (turn + 1) % 8;
	(void)snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

/* ---- trees ------------------------------------------------------------ */

static void
test_tree(void **state)
{
	struct world *w = *state;
	struct result res;
	uint64_t files;
	fss_client *bob;
	fss_op op;

	tree_make(w->src, 1);
	res = upload(w, w->src, ":/doc", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	files = res.count[FSS_COUNT_FILES_DONE];
	assert_int_equal(files, 12 + 9 + 2 + 600 + 20);
	assert_int_equal(res.count[FSS_COUNT_FILES_TOTAL], files);
	assert_int_equal(res.count[FSS_COUNT_BYTES_DONE],
	    res.count[FSS_COUNT_BYTES_TOTAL]);
	assert_int_equal(res.count[FSS_COUNT_WIRE_BYTES],
	    res.count[FSS_COUNT_BYTES_TOTAL]);
	assert_int_equal(res.count[FSS_COUNT_SCANNED], 1);
	assert_int_equal(res.items, 0);
	/* Again: nothing is sent. */
	res = upload(w, w->src, ":/doc", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_UNCHANGED], files);
	assert_int_equal(res.count[FSS_COUNT_WIRE_BYTES], 0);
	/* Read anyway: the same. */
	res = upload(w, w->src, ":/doc",
	    FSS_COPY_RECURSIVE | FSS_COPY_CHECKSUM);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_WIRE_BYTES], 0);
	/* Down, and again. */
	res = download(w, ":/doc", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_FILES_DONE], files);
	assert_int_equal(res.count[FSS_COUNT_BYTES_DONE],
	    res.count[FSS_COUNT_BYTES_TOTAL]);
	tree_equal(w->src, w->dst);
	res = download(w, ":/doc", w->dst,
	    FSS_COPY_RECURSIVE | FSS_COPY_ITEMS);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_UNCHANGED], files);
	assert_int_equal(res.count[FSS_COUNT_WIRE_BYTES], 0);
	assert_int_equal(res.items, files);
	tree_equal(w->src, w->dst);
	res = download(w, ":/doc", w->dst,
	    FSS_COPY_RECURSIVE | FSS_COPY_CHECKSUM);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_WIRE_BYTES], 0);
	tree_equal(w->src, w->dst);
	/* Somebody else, once it is open. */
	bob = client(w, NULL);
	login(bob, "bob");
	res = RUN(bob, fss_client_stat(bob, "alice:/doc", 0, NULL, &op));
	assert_int_equal(res.error, FSS_ENOENT);
	res = RUN(w->c, fss_client_access(w->c, ":/doc", FSS_ACCESS_OPEN,
	    NULL, &op));
	assert_int_equal(res.error, 0);
	tree_remove(w->dst);
	res = RUN(bob, fss_client_download(bob, "alice:/doc", 0, w->dst,
	    FSS_COPY_RECURSIVE, NULL, &op));
	assert_int_equal(res.error, 0);
	tree_equal(w->src, w->dst);
	fss_client_free(bob);
}

static void
test_single(void **state)
{
	struct world *w = *state;
	struct result res;
	fss_op op;

	tree_file(w->src, "one", 100000, 1);
	/* Under a new name. */
	res = upload(w, in(w->src, "one"), ":/named", 0);
	assert_int_equal(res.error, 0);
	/* Into a folder that is there, and one that is not. */
	res = RUN(w->c, fss_client_mkdir(w->c, ":/there", NULL, &op));
	assert_int_equal(res.error, 0);
	res = RUN(w->c, fss_client_mkdir(w->c, ":/there", NULL, &op));
	assert_int_equal(res.error, 0);
	res = upload(w, in(w->src, "one"), ":/there", FSS_COPY_ITEMS);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.items, 1);
	res = upload(w, in(w->src, "one"), ":/new/", 0);
	assert_int_equal(res.error, 0);
	res = upload(w, in(w->src, "one"), ":/", 0);
	assert_int_equal(res.error, 0);
	res = RUN(w->c, fss_client_list(w->c, ":/", FSS_LIST_RECURSIVE, NULL,
	    &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.rows, 6);
	res = RUN(w->c, fss_client_stat(w->c, ":/new/one", 0, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.size, 100000);
	assert_string_equal(res.path, "/new/one");
	/* And back, by name and into a folder. */
	assert_int_equal(mkdir(w->dst, 0755), 0);
	res = download(w, ":/named", in(w->dst, "two"), 0);
	assert_int_equal(res.error, 0);
	tree_equal(in(w->src, "one"), in(w->dst, "two"));
	res = download(w, ":/there/one", w->dst, 0);
	assert_int_equal(res.error, 0);
	tree_equal(in(w->src, "one"), in(w->dst, "one"));
	/* What cannot be. */
	res = download(w, ":/nothing", in(w->dst, "x"), 0);
	assert_int_equal(res.error, FSS_ENOENT);
	res = download(w, ":/there", in(w->dst, "x"), 0);
	assert_int_equal(res.error, FSS_EISDIR);
	res = upload(w, w->src, ":/x", 0);
	assert_int_equal(res.error, FSS_EISDIR);
	res = upload(w, in(w->src, "nothing"), ":/x", 0);
	assert_int_equal(res.error, FSS_ENOENT);
	res = upload(w, w->src, ":/named", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, FSS_ENOTDIR);
	res = download(w, ":/named", in(w->dst, "no/such/folder"), 0);
	assert_int_equal(res.error, FSS_ENOENT);
	assert_int_equal(tree_count(w->dst), 2);	/* nothing left over */
}

static void
test_partial(void **state)
{
	struct world *w = *state;
	struct result res;
	char name[8] = "bad\xff";

	tree_file(w->src, "good", 10, 1);
	tree_file(w->src, name, 10, 2);
	tree_file(w->src, "line\nfeed", 10, 3);
	/* Decomposed; its composed form is what goes up. */
	tree_file(w->src, "a\xcc\x88", 10, 4);
	assert_int_equal(mkfifo(in(w->src, "fifo"), 0600), 0);
	res = upload(w, w->src, ":/p", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, FSS_EPARTIAL);
	assert_int_equal(res.count[FSS_COUNT_FAILED], 2);
	assert_int_equal(res.items, 3);
	assert_int_equal(res.count[FSS_COUNT_FILES_DONE], 2);
	res = download(w, ":/p", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	assert_int_equal(tree_count(w->dst), 2);
	tree_equal(in(w->src, "a\xcc\x88"), in(w->dst, "\xc3\xa4"));
	/* A folder where a file should go. */
	tree_remove(in(w->dst, "good"));
	assert_int_equal(mkdir(in(w->dst, "good"), 0755), 0);
	res = download(w, ":/p", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, FSS_EPARTIAL);
	assert_int_equal(res.item_error, FSS_EISDIR);
	assert_string_equal(res.item, in(w->dst, "good"));
}

static void
test_links(void **state)
{
	struct world *w = *state;
	struct result res;
	char outside[300];

	tree_file(w->src, "f", 10, 1);
	assert_int_equal(symlink("f", in(w->src, "fine")), 0);
	assert_int_equal(symlink("../f", in(w->src, "up")), 0);
	assert_int_equal(symlink("/etc/passwd", in(w->src, "abs")), 0);
	assert_int_equal(mkdir(in(w->src, "d"), 0755), 0);
	assert_int_equal(symlink("../f", in(w->src, "d/back")), 0);
	/* Two links that are fine each, and together lead outside. */
	assert_int_equal(symlink(".", in(w->src, "here")), 0);
	assert_int_equal(symlink("here/../x", in(w->src, "out")), 0);
	res = upload(w, w->src, ":/l", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	res = download(w, ":/l", w->dst,
	    FSS_COPY_RECURSIVE | FSS_COPY_SAFE_LINKS);
	assert_int_equal(res.error, FSS_EPARTIAL);
	assert_int_equal(res.count[FSS_COUNT_FAILED], 3);
	assert_int_equal(tree_count(w->dst), 5);
	tree_remove(w->dst);
	res = download(w, ":/l", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	tree_equal(w->src, w->dst);
	/* A link in the way of a folder is not followed. */
	(void)snprintf(outside, sizeof(outside), "%s/outside", w->base);
	assert_int_equal(mkdir(outside, 0755), 0);
	tree_remove(in(w->dst, "d"));
	assert_int_equal(symlink(outside, in(w->dst, "d")), 0);
	res = download(w, ":/l", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, FSS_EPARTIAL);
	assert_int_equal(tree_count(outside), 0);
	/* One in the way of a file is replaced, not written through. */
	tree_file(outside, "target", 5, 9);
	tree_remove(in(w->dst, "f"));
	assert_int_equal(symlink(in(outside, "target"), in(w->dst, "f")), 0);
	(void)download(w, ":/l", w->dst, FSS_COPY_RECURSIVE);
	tree_equal(in(w->src, "f"), in(w->dst, "f"));
}

/* ---- interruptions ---------------------------------------------------- */

/* Cancels @op when @bytes crossed the wire; what had by then. */
static uint64_t
cancel_at(fss_client *c, fss_op op, uint64_t bytes)
{
	const fss_event *ev;
	uint64_t wire = 0;
	int type = 0, cancelled = 0, r;

	while (type != FSS_EVENT_DONE) {
		r = fss_client_process(c, 2);
		assert_true(r >= 0);
		while (fss_client_next(c, &ev) == 1) {
			type = fss_event_type(ev);
			wire = fss_event_count(ev, FSS_COUNT_WIRE_BYTES);
			if (type == FSS_EVENT_DONE)
				break;
			if (wire >= bytes && !cancelled) {
				cancelled = 1;
				assert_int_equal(fss_op_cancel(c, op), 0);
				break;
			}
		}
		if (r == 0 && type != FSS_EVENT_DONE)
			assert_true(fss_client_wait(c, 10) >= 0);
	}
	return wire;
}

/* Several times what may be in flight; sanitizers make each byte cost more. */
static size_t
big(void)
{
	const char *s = getenv("FSS_SANITIZE");

	return (size_t)(s != NULL && s[0] != '\0' ? 24 : 96) << 20;
}
#define BIG	big()

static void
test_resume_upload(void **state)
{
	struct world *w = *state;
	struct result res;
	uint64_t first;
	fss_op op;

	tree_file(w->src, "big", BIG, 3);
	assert_int_equal(fss_client_upload(w->c, in(w->src, "big"), ":/big", 0,
	    NULL, &op), 0);
	first = cancel_at(w->c, op, BIG / 8);
	res = upload(w, in(w->src, "big"), ":/big", 0);
	assert_int_equal(res.error, 0);
	/* What was acknowledged is not sent again, nor what was under way. */
	assert_true(first > 0);
	assert_true(res.count[FSS_COUNT_WIRE_BYTES] <= BIG - first);
	assert_int_equal(res.count[FSS_COUNT_BYTES_DONE], BIG);
	res = download(w, ":/big", w->dst, 0);
	assert_int_equal(res.error, 0);
	tree_equal(in(w->src, "big"), w->dst);
}

static void
test_resume_download(void **state)
{
	struct world *w = *state;
	struct result res;
	uint64_t first;
	fss_op op;

	tree_file(w->src, "big", BIG, 4);
	res = upload(w, in(w->src, "big"), ":/big", 0);
	assert_int_equal(res.error, 0);
	assert_int_equal(mkdir(w->dst, 0755), 0);
	assert_int_equal(fss_client_download(w->c, ":/big", 0,
	    in(w->dst, "big"), 0, NULL, &op), 0);
	first = cancel_at(w->c, op, BIG / 8);
	assert_true(first > 0);
	assert_int_equal(tree_count(w->dst), 1);	/* the part file */
	res = download(w, ":/big", in(w->dst, "big"), 0);
	assert_int_equal(res.error, 0);
	assert_true(res.count[FSS_COUNT_WIRE_BYTES] <= BIG - first);
	assert_int_equal(res.count[FSS_COUNT_BYTES_DONE], BIG);
	tree_equal(in(w->src, "big"), in(w->dst, "big"));
	assert_int_equal(tree_count(w->dst), 1);
}

/* The part file of another attempt is believed chunk by chunk only. */
static void
test_damaged_part(void **state)
{
	struct world *w = *state;
	struct result res;
	char part[600] = "", cmd[700];
	fss_op op;
	FILE *f;
	int fd;

	tree_file(w->src, "big", BIG, 5);
	res = upload(w, in(w->src, "big"), ":/big", 0);
	assert_int_equal(res.error, 0);
	assert_int_equal(mkdir(w->dst, 0755), 0);
	assert_int_equal(fss_client_download(w->c, ":/big", 0,
	    in(w->dst, "big"), 0, NULL, &op), 0);
	(void)cancel_at(w->c, op, BIG / 4);
	(void)snprintf(cmd, sizeof(cmd), "ls -A '%s'", w->dst);
	f = popen(cmd, "r");
	assert_non_null(f);
	assert_non_null(fgets(part, sizeof(part), f));
	(void)pclose(f);
	part[strcspn(part, "\n")] = '\0';
	fd = open(in(w->dst, part), O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "damage", 6, 100000), 6);
	assert_int_equal(ftruncate(fd, (off_t)BIG + 1000), 0);
	(void)close(fd);
	res = download(w, ":/big", in(w->dst, "big"), 0);
	assert_int_equal(res.error, 0);
	tree_equal(in(w->src, "big"), in(w->dst, "big"));
}

static void
test_hub_restart(void **state)
{
	struct world *w = *state;
	struct result res;
	unsigned port = hub_thread_port(w->hub);
	const fss_event *ev;
	bool restarted = false;
	fss_op op;
	int type = 0;

	tree_file(w->src, "big", BIG, 6);
	assert_int_equal(fss_client_upload(w->c, in(w->src, "big"), ":/big", 0,
	    NULL, &op), 0);
	memset(&res, 0, sizeof(res));
	while (type != FSS_EVENT_DONE) {
		assert_int_equal(fss_client_wait_op(w->c, op, 60000, &ev), 1);
		type = fss_event_type(ev);
		note_event(ev, &res);
		if (!restarted && fss_event_count(ev, FSS_COUNT_WIRE_BYTES) >
		    BIG / 8) {
			restarted = true;
			hub_thread_stop(w->hub);
			w->hub = hub_thread_start(w->data, port);
		}
	}
	assert_int_equal(res.error, 0);
	assert_true(restarted);
	res = download(w, ":/big", w->dst, 0);
	assert_int_equal(res.error, 0);
	tree_equal(in(w->src, "big"), w->dst);
}

/* ---- changes ---------------------------------------------------------- */

/* Writes the same number at both ends of a file. */
static void
stamp(const char *path, uint64_t n)
{
	int fd = open(path, O_WRONLY);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, &n, sizeof(n), 0), sizeof(n));
	assert_int_equal(pwrite(fd, &n, sizeof(n),
	    st.st_size - (off_t)sizeof(n)), sizeof(n));
	(void)close(fd);
}

/* Uploads "f" and changes it @times while it is read. */
static struct result
upload_changing(struct world *w, unsigned times)
{
	char *path = in(w->src, "f");
	struct pollfd pfd = { 0 };
	const fss_event *ev;
	struct result res;
	fss_op op;
	int r, type = 0;

	pfd.fd = fss_client_fd(w->c);
	pfd.events = POLLIN;
	memset(&res, 0, sizeof(res));
	assert_int_equal(fss_client_upload(w->c, path, ":/f", 0, NULL, &op),
	    0);
	while (type != FSS_EVENT_DONE) {
		r = fss_client_process(w->c, 1);
		assert_true(r >= 0);
		if (fss_client_next(w->c, &ev) == 1) {
			type = fss_event_type(ev);
			note_event(ev, &res);
		}
		/* Busy with slices of the file, most likely: r is 1. */
		if (r == 1 && times > 0)
			stamp(path, times--);
		if (r == 0 && type != FSS_EVENT_DONE)
			(void)poll(&pfd, 1, fss_client_timeout_ms(w->c));
	}
	return res;
}

static void
test_changed_while_read(void **state)
{
	struct world *w = *state;
	uint64_t head = 1, tail = 2;
	struct result res;
	int fd;

	tree_file(w->src, "f", 9000000, 5);
	assert_int_equal(chmod(in(w->src, "f"), 0644), 0);
	stamp(in(w->src, "f"), 1000);
	res = upload_changing(w, 12);
	assert_int_equal(res.error, 0);
	res = download(w, ":/f", w->dst, 0);
	assert_int_equal(res.error, 0);
	fd = open(w->dst, O_RDONLY);
	assert_int_equal(pread(fd, &head, sizeof(head), 0), sizeof(head));
	assert_int_equal(pread(fd, &tail, sizeof(tail), 9000000 -
	    (off_t)sizeof(tail)), sizeof(tail));
	(void)close(fd);
	assert_int_equal(head, tail);		/* never a mix */
	/* One that never holds still. */
	stamp(in(w->src, "f"), 2000);
	res = upload_changing(w, 100000);
	assert_int_equal(res.error, FSS_ECHANGED);
	assert_int_equal(res.item_error, FSS_ECHANGED);
}

static void
test_one_percent(void **state)
{
	struct world *w = *state;
	struct result res;
	char path[600];
	int fd;

	tree_file(w->src, "f", (size_t)16 << 20, 5);
	res = upload(w, w->src, ":/d", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	(void)snprintf(path, sizeof(path), "%s/f", w->src);
	assert_int_equal(chmod(path, 0644), 0);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "changed", 7, 5000000), 7);
	(void)close(fd);
	res = upload(w, w->src, ":/d", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	assert_true(res.count[FSS_COUNT_WIRE_BYTES] > 0);
	assert_true(res.count[FSS_COUNT_WIRE_BYTES] < (size_t)4 << 20);
	res = download(w, ":/d", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	tree_equal(path, in(w->dst, "f"));
}

/* ---- streams ---------------------------------------------------------- */

static void
write_stream(fss_client *c, const char *path, const uint8_t *p, size_t n,
    int error)
{
	struct rng rng = { 3 };
	const fss_event *ev;
	size_t at = 0, part, took;
	struct result res;
	fss_op op;
	int r;

	assert_int_equal(fss_client_write(c, path, 0640, 1234567890123456,
	    "text/x-test", NULL, &op), 0);
	while (at < n) {
		part = 1 + (size_t)rng_below(&rng, 200000);
		part = part < n - at ? part : n - at;
		r = fss_op_write(c, op, p + at, part, &took);
		if (r == 0) {
			assert_true(took > 0 && took <= part);
			at += took;
			continue;
		}
		assert_int_equal(r, FSS_EAGAIN);
		assert_int_equal(fss_client_wait_op(c, op, 60000, &ev), 1);
		if (fss_event_type(ev) == FSS_EVENT_DONE) {
			assert_int_equal(fss_event_error(ev), error);
			return;
		}
		assert_int_equal(fss_event_type(ev), FSS_EVENT_WRITABLE);
	}
	assert_int_equal(fss_op_finish(c, op), 0);
	res = finish(c, op);
	assert_int_equal(res.error, error);
	if (error == 0) {
		assert_int_equal(res.rows, 1);
		assert_int_equal(res.size, n);
	}
}

static void
read_stream(fss_client *c, const char *path, const uint8_t *p, uint64_t size,
    uint64_t offset, uint64_t len)
{
	uint64_t end = len < size - (offset < size ? offset : size) ?
	    offset + len : size, at = offset;
	static uint8_t buf[300000];
	const fss_event *ev;
	struct result res;
	fss_op op;
	size_t n;
	int r;

	assert_int_equal(fss_client_read(c, path, 0, offset, len, NULL, &op),
	    0);
	for (;;) {
		r = fss_op_read(c, op, buf, sizeof(buf), &n);
		if (r == FSS_EAGAIN) {
			assert_int_equal(fss_client_wait_op(c, op, 60000,
			    &ev), 1);
			if (fss_event_type(ev) == FSS_EVENT_DONE) {
				assert_int_equal(fss_event_error(ev), 0);
				assert_true(at >= end);
				return;
			}
			continue;
		}
		assert_int_equal(r, 0);
		if (n == 0)
			break;
		assert_true(at + n <= end);
		assert_memory_equal(buf, p + at, n);
		at += n;
	}
	assert_true(at >= end);
	res = finish(c, op);
	assert_int_equal(res.error, 0);
}

static void
test_streams(void **state)
{
	struct world *w = *state;
	struct rng rng = { 11 };
	size_t n = 30000000;
	uint8_t *p = malloc(n);
	struct result res;
	fss_op op;
	unsigned i;

	assert_non_null(p);
	rng_fill(&rng, p, n);
	write_stream(w->c, ":/s/empty", p, 0, 0);
	write_stream(w->c, ":/s/small", p, 1000, 0);
	write_stream(w->c, ":/s/big", p, n, 0);
	write_stream(w->c, ":/s", p, 10, FSS_EISDIR);
	read_stream(w->c, ":/s/empty", p, 0, 0, FSS_TO_EOF);
	read_stream(w->c, ":/s/small", p, 1000, 0, FSS_TO_EOF);
	read_stream(w->c, ":/s/small", p, 1000, 999, 1);
	read_stream(w->c, ":/s/small", p, 1000, 5000, 10);
	read_stream(w->c, ":/s/big", p, n, 0, FSS_TO_EOF);
	for (i = 0; i < 20; i++)
		read_stream(w->c, ":/s/big", p, n, rng_below(&rng, n),
		    rng_below(&rng, 3000000));
	res = RUN(w->c, fss_client_read(w->c, ":/none", 0, 0, 1, NULL, &op));
	assert_int_equal(res.error, FSS_ENOENT);
	res = RUN(w->c, fss_client_read(w->c, ":/s", 0, 0, 1, NULL, &op));
	assert_int_equal(res.error, FSS_EISDIR);
	free(p);
}

/* Writes from @p until nothing more is taken: how much was. */
static size_t
write_some(fss_client *c, fss_op op, const uint8_t *p, size_t n)
{
	size_t at = 0, took;
	int r;

	while (at < n) {
		r = fss_op_write(c, op, p + at, n - at, &took);
		if (r == FSS_EAGAIN)
			break;
		assert_int_equal(r, 0);
		at += took;
	}
	return at;
}

static fss_op
begin_write(fss_client *c, const char *path)
{
	fss_op op;

	assert_int_equal(fss_client_write(c, path, 0644, 0, NULL, NULL, &op),
	    0);
	return op;
}

static void
wait_writable(fss_client *c, fss_op op)
{
	const fss_event *ev;

	assert_int_equal(fss_client_wait_op(c, op, 60000, &ev), 1);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_WRITABLE);
}

/* Those of one handle share its memory, and have it back when others end. */
static void
test_many_streams(void **state)
{
	enum { STREAMS = 12 };
	struct world *w = *state;
	struct rng rng = { 12 };
	size_t n = 30000000, each = 7000000, at[STREAMS], i;
	uint8_t *p = malloc(n);
	fss_op op[STREAMS], alone;
	char path[32];

	assert_non_null(p);
	rng_fill(&rng, p, n);
	for (i = 0; i < STREAMS; i++) {
		(void)snprintf(path, sizeof(path), ":/many/%zu", i);
		op[i] = begin_write(w->c, path);
	}
	for (i = 0; i < STREAMS; i++)
		wait_writable(w->c, op[i]);
	for (i = 0; i < STREAMS; i++) {
		at[i] = write_some(w->c, op[i], p + i, each);
		/* A slab of 4 MiB, from before the others came, and 2 MiB. */
		assert_in_range(at[i], 1, 6 << 20);
	}
	for (i = 0; i < STREAMS; i++) {
		while (at[i] < each) {
			wait_writable(w->c, op[i]);
			at[i] += write_some(w->c, op[i], p + i + at[i],
			    each - at[i]);
		}
		assert_int_equal(fss_op_finish(w->c, op[i]), 0);
		assert_int_equal(finish(w->c, op[i]).error, 0);
	}
	for (i = 0; i < STREAMS; i++) {
		(void)snprintf(path, sizeof(path), ":/many/%zu", i);
		read_stream(w->c, path, p + i, each, 0, FSS_TO_EOF);
	}
	alone = begin_write(w->c, ":/many/alone");
	wait_writable(w->c, alone);
	assert_in_range(write_some(w->c, alone, p, n), 16 << 20, n);
	assert_int_equal(fss_op_cancel(w->c, alone), 0);
	free(p);
}

/* ---- the loop --------------------------------------------------------- */

/* Runs @op to its end, waiting edge-triggered only. */
static int
drive_edge(fss_client *c, fss_op op)
{
	struct epoll_event ee = { 0 };
	const fss_event *ev;
	int ep, r, error = 1;

	ep = epoll_create1(EPOLL_CLOEXEC);
	assert_true(ep >= 0);
	ee.events = EPOLLIN | EPOLLET;
	assert_int_equal(epoll_ctl(ep, EPOLL_CTL_ADD, fss_client_fd(c), &ee),
	    0);
	while (error > 0) {
		r = fss_client_process(c, 3);
		assert_true(r >= 0);
		while (fss_client_next(c, &ev) == 1)
			if (fss_event_op(ev) == op &&
			    fss_event_type(ev) == FSS_EVENT_DONE)
				error = fss_event_error(ev);
		if (error > 0)
			(void)epoll_wait(ep, &ee, 1,
			    fss_client_timeout_ms(c));
	}
	(void)close(ep);
	return error;
}

static void
test_edge_triggered(void **state)
{
	struct world *w = *state;
	fss_op op;

	tree_make(w->src, 8);
	assert_int_equal(fss_client_upload(w->c, w->src, ":/e",
	    FSS_COPY_RECURSIVE, NULL, &op), 0);
	assert_int_equal(drive_edge(w->c, op), 0);
	assert_int_equal(fss_client_download(w->c, ":/e", 0, w->dst,
	    FSS_COPY_RECURSIVE, NULL, &op), 0);
	assert_int_equal(drive_edge(w->c, op), 0);
	tree_equal(w->src, w->dst);
}

static void
test_side_by_side(void **state)
{
	struct world *w = *state;
	char remote[8][16], local[8][600];
	unsigned i, done = 0;
	const fss_event *ev;
	fss_client *c;
	fss_op op;

	/* Over several connections. */
	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c,
	    hub_thread_address(w->hub)), 0);
	assert_int_equal(fss_client_set_identity(c, w->secret), 0);
	assert_int_equal(fss_client_set_connections(c, 4), 0);
	assert_int_equal(fss_client_open(c), 0);
	fss_client_free(w->c);
	w->c = c;
	for (i = 0; i < 8; i++) {
		(void)snprintf(remote[i], sizeof(remote[i]), "n%u", i);
		tree_file(w->src, remote[i], 3000000 + i, i);
		(void)snprintf(local[i], sizeof(local[i]), "%s/n%u", w->src,
		    i);
		(void)snprintf(remote[i], sizeof(remote[i]), ":/n%u", i);
		assert_int_equal(fss_client_upload(w->c, local[i], remote[i],
		    0, NULL, &op), 0);
	}
	while (done < 8) {
		assert_int_equal(fss_client_wait(w->c, 60000), 1);
		while (fss_client_next(w->c, &ev) == 1) {
			if (fss_event_type(ev) != FSS_EVENT_DONE)
				continue;
			assert_int_equal(fss_event_error(ev), 0);
			done++;
		}
	}
	assert_int_equal(mkdir(w->dst, 0755), 0);
	assert_int_equal(download(w, ":/", w->dst,
	    FSS_COPY_RECURSIVE).error, 0);
	for (i = 0; i < 8; i++)
		tree_equal(local[i], in(w->dst, remote[i] + 2));
}

/* Two of one client to one place: neither writes into the other's file. */
static void
test_same_target(void **state)
{
	struct world *w = *state;
	const fss_event *ev;
	unsigned done = 0;
	char local[600];
	fss_op op;

	tree_file(w->src, "big", 3000000, 1);
	assert_int_equal(upload(w, in(w->src, "big"), ":/big", 0).error, 0);
	assert_int_equal(mkdir(w->dst, 0755), 0);
	(void)snprintf(local, sizeof(local), "%s/big", w->dst);
	assert_int_equal(fss_client_download(w->c, ":/big", 0, local, 0, NULL,
	    &op), 0);
	assert_int_equal(fss_client_download(w->c, ":/big", 0, local, 0, NULL,
	    &op), 0);
	while (done < 2) {
		assert_int_equal(fss_client_wait(w->c, 60000), 1);
		while (fss_client_next(w->c, &ev) == 1) {
			if (fss_event_type(ev) != FSS_EVENT_DONE)
				continue;
			assert_int_equal(fss_event_error(ev), 0);
			done++;
		}
	}
	tree_equal(in(w->src, "big"), local);
	assert_int_equal(tree_count(w->dst), 1);
}

/* Another key than the hub's, which shows none: nothing is said of keys. */
static void
test_wrong_key(void **state)
{
	struct world *w = *state;
	uint8_t pub[FSS_KEY_BYTES], sec[FSS_KEY_BYTES];
	char address[160], key[FSS_KEY_TEXT_BYTES];
	struct result res;
	fss_client *c;
	fss_op op;

	assert_int_equal(fss_key_generate(pub, sec), 0);
	assert_int_equal(fss_key_format(pub, key), 0);
	(void)snprintf(address, sizeof(address), "fss://127.0.0.1:%u#%s",
	    hub_thread_port(w->hub), key);
	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c, address), 0);
	assert_int_equal(fss_client_set_timeout_ms(c, 500), 0);
	assert_int_equal(fss_client_open(c), 0);
	res = RUN(c, fss_client_ping(c, NULL, &op));
	assert_int_equal(res.error, FSS_EUNREACH);
	res = RUN(c, fss_client_login(c, "alice", "password", NULL, &op));
	assert_int_equal(res.error, FSS_EUNREACH);
	fss_client_free(c);
}

/* ---- the rest of the calls -------------------------------------------- */

static void
test_entries(void **state)
{
	struct world *w = *state;
	struct result res;
	fss_query *q;
	fss_op op;
	unsigned i;
	char name[32];

	for (i = 0; i < 700; i++) {
		(void)snprintf(name, sizeof(name), "file-%04u.txt", i);
		tree_file(w->src, name, 5, i);
	}
	res = upload(w, w->src, ":/d", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	res = RUN(w->c, fss_client_list(w->c, ":/d", 0, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.rows, 700);
	assert_string_equal(res.path, "/d/file-0699.txt");
	assert_int_equal(fss_query_new(&q), 0);
	assert_int_equal(fss_query_set_text(q, FSS_QUERY_TEXT, "file-03"), 0);
	/* The index follows the tree; each turn is a round trip. */
	for (i = 0; i < 10000; i++) {
		res = RUN(w->c, fss_client_find(w->c, q, NULL, &op));
		assert_int_equal(res.error, 0);
		if (res.rows == 100)
			break;
	}
	assert_int_equal(res.rows, 100);
	assert_int_equal(fss_query_set_number(q, FSS_QUERY_LIMIT, 7), 0);
	res = RUN(w->c, fss_client_find(w->c, q, NULL, &op));
	assert_int_equal(res.rows, 7);
	fss_query_free(q);
	/* Versions. */
	tree_file(w->src, "file-0000.txt", 50, 1);
	res = upload(w, in(w->src, "file-0000.txt"), ":/d", 0);
	assert_int_equal(res.error, 0);
	res = RUN(w->c, fss_client_versions(w->c, ":/d/file-0000.txt", NULL,
	    &op));
	assert_int_equal(res.rows, 2);
	res = RUN(w->c, fss_client_restore(w->c, ":/d/file-0000.txt", 1, NULL,
	    &op));
	assert_int_equal(res.error, 0);
	res = RUN(w->c, fss_client_stat(w->c, ":/d/file-0000.txt", 0, NULL,
	    &op));
	assert_int_equal(res.size, 5);
	res = RUN(w->c, fss_client_stat(w->c, ":/d/file-0000.txt", 2, NULL,
	    &op));
	assert_int_equal(res.size, 50);
	/* Moving and removing. */
	res = RUN(w->c, fss_client_move(w->c, ":/d", ":/e", 0, NULL, &op));
	assert_int_equal(res.error, 0);
	res = RUN(w->c, fss_client_remove(w->c, ":/e", 0, NULL, &op));
	assert_int_equal(res.error, FSS_ENOTEMPTY);
	res = RUN(w->c, fss_client_remove(w->c, ":/e", FSS_REMOVE_RECURSIVE,
	    NULL, &op));
	assert_int_equal(res.error, 0);
	res = RUN(w->c, fss_client_list(w->c, ":/", 0, NULL, &op));
	assert_int_equal(res.rows, 0);
	res = RUN(w->c, fss_client_list(w->c, ":/e", 0, NULL, &op));
	assert_int_equal(res.error, FSS_ENOENT);
}

static void
test_accounts(void **state)
{
	struct world *w = *state;
	struct result res;
	fss_client *c;
	fss_op op;

	res = RUN(w->c, fss_client_whoami(w->c, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.rows, 1);
	res = RUN(w->c, fss_client_devices(w->c, NULL, &op));
	assert_int_equal(res.rows, 1);
	res = RUN(w->c, fss_client_users(w->c, NULL, NULL, &op));
	assert_int_equal(res.rows, 1);
	res = RUN(w->c, fss_client_ping(w->c, NULL, &op));
	assert_int_equal(res.error, 0);
	/* The device key is enough from now on. */
	c = client(w, w->secret);
	res = RUN(c, fss_client_ping(c, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_string_equal(fss_client_account(c), "alice");
	fss_client_free(c);
	/* Another one is not. */
	c = client(w, NULL);
	res = RUN(c, fss_client_whoami(c, NULL, &op));
	assert_int_equal(res.error, FSS_EAUTH);
	res = RUN(c, fss_client_login(c, "alice", "wrong one", NULL, &op));
	assert_int_equal(res.error, FSS_EAUTH);
	assert_string_equal(fss_client_account(c), "");
	fss_client_free(c);
	res = RUN(w->c, fss_client_logout(w->c, 0, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_string_equal(fss_client_account(w->c), "");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_tree),
		T(test_single),
		T(test_partial),
		T(test_links),
		T(test_resume_upload),
		T(test_resume_download),
		T(test_damaged_part),
		T(test_hub_restart),
		T(test_changed_while_read),
		T(test_one_percent),
		T(test_streams),
		T(test_many_streams),
		T(test_edge_triggered),
		T(test_side_by_side),
		T(test_same_target),
		T(test_wrong_key),
		T(test_entries),
		T(test_accounts),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
