/*
 * Uploads and downloads of files and folders against a hub in the same
 * process.  Those that are interrupted are in test_transfer_resume.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub_client.h"
#include "tree.h"

/* ---- trees ------------------------------------------------------------ */

static void
test_tree(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	uint64_t files;
	fss_client *bob;
	fss_op op;

	tree_make(w->src, 1);
	res = hc_upload(w, w->src, ":/doc", FSS_COPY_RECURSIVE);
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
	res = hc_upload(w, w->src, ":/doc", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_UNCHANGED], files);
	assert_int_equal(res.count[FSS_COUNT_WIRE_BYTES], 0);
	/* Read anyway: the same. */
	res = hc_upload(w, w->src, ":/doc",
	    FSS_COPY_RECURSIVE | FSS_COPY_CHECKSUM);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_WIRE_BYTES], 0);
	/* Down, and again. */
	res = hc_download(w, ":/doc", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_FILES_DONE], files);
	assert_int_equal(res.count[FSS_COUNT_BYTES_DONE],
	    res.count[FSS_COUNT_BYTES_TOTAL]);
	tree_equal(w->src, w->dst);
	res = hc_download(w, ":/doc", w->dst,
	    FSS_COPY_RECURSIVE | FSS_COPY_ITEMS);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_UNCHANGED], files);
	assert_int_equal(res.count[FSS_COUNT_WIRE_BYTES], 0);
	assert_int_equal(res.items, files);
	tree_equal(w->src, w->dst);
	res = hc_download(w, ":/doc", w->dst,
	    FSS_COPY_RECURSIVE | FSS_COPY_CHECKSUM);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.count[FSS_COUNT_WIRE_BYTES], 0);
	tree_equal(w->src, w->dst);
	/* Somebody else, once it is open. */
	bob = hc_client(w, NULL);
	hc_login(bob, "bob");
	res = HC_RUN(bob, fss_client_stat(bob, "alice:/doc", 0, NULL, &op));
	assert_int_equal(res.error, FSS_ENOENT);
	res = HC_RUN(w->c, fss_client_access(w->c, ":/doc", FSS_ACCESS_OPEN,
	    NULL, &op));
	assert_int_equal(res.error, 0);
	tree_remove(w->dst);
	res = HC_RUN(bob, fss_client_download(bob, "alice:/doc", 0, w->dst,
	    FSS_COPY_RECURSIVE, NULL, &op));
	assert_int_equal(res.error, 0);
	tree_equal(w->src, w->dst);
	fss_client_free(bob);
}

static void
test_single(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	fss_op op;

	tree_file(w->src, "one", 100000, 1);
	/* Under a new name. */
	res = hc_upload(w, tree_in(w->src, "one"), ":/named", 0);
	assert_int_equal(res.error, 0);
	/* Into a folder that is there, and one that is not. */
	res = HC_RUN(w->c, fss_client_mkdir(w->c, ":/there", NULL, &op));
	assert_int_equal(res.error, 0);
	res = HC_RUN(w->c, fss_client_mkdir(w->c, ":/there", NULL, &op));
	assert_int_equal(res.error, 0);
	res = hc_upload(w, tree_in(w->src, "one"), ":/there", FSS_COPY_ITEMS);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.items, 1);
	res = hc_upload(w, tree_in(w->src, "one"), ":/new/", 0);
	assert_int_equal(res.error, 0);
	res = hc_upload(w, tree_in(w->src, "one"), ":/", 0);
	assert_int_equal(res.error, 0);
	res = HC_RUN(w->c, fss_client_list(w->c, ":/", FSS_LIST_RECURSIVE, NULL,
	    &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.rows, 6);
	res = HC_RUN(w->c, fss_client_stat(w->c, ":/new/one", 0, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.size, 100000);
	assert_string_equal(res.path, "/new/one");
	/* And back, by name and into a folder. */
	assert_int_equal(mkdir(w->dst, 0755), 0);
	res = hc_download(w, ":/named", tree_in(w->dst, "two"), 0);
	assert_int_equal(res.error, 0);
	tree_equal(tree_in(w->src, "one"), tree_in(w->dst, "two"));
	res = hc_download(w, ":/there/one", w->dst, 0);
	assert_int_equal(res.error, 0);
	tree_equal(tree_in(w->src, "one"), tree_in(w->dst, "one"));
	/* What cannot be. */
	res = hc_download(w, ":/nothing", tree_in(w->dst, "x"), 0);
	assert_int_equal(res.error, FSS_ENOENT);
	res = hc_download(w, ":/there", tree_in(w->dst, "x"), 0);
	assert_int_equal(res.error, FSS_EISDIR);
	res = hc_upload(w, w->src, ":/x", 0);
	assert_int_equal(res.error, FSS_EISDIR);
	res = hc_upload(w, tree_in(w->src, "nothing"), ":/x", 0);
	assert_int_equal(res.error, FSS_ENOENT);
	res = hc_upload(w, w->src, ":/named", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, FSS_ENOTDIR);
	res = hc_download(w, ":/named", tree_in(w->dst, "no/such/folder"), 0);
	assert_int_equal(res.error, FSS_ENOENT);
	assert_int_equal(tree_count(w->dst), 2);	/* nothing left over */
}

static void
test_partial(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	char name[8] = "bad\xff";

	tree_file(w->src, "good", 10, 1);
	tree_file(w->src, name, 10, 2);
	tree_file(w->src, "line\nfeed", 10, 3);
	/* Decomposed; its composed form is what goes up. */
	tree_file(w->src, "a\xcc\x88", 10, 4);
	assert_int_equal(mkfifo(tree_in(w->src, "fifo"), 0600), 0);
	res = hc_upload(w, w->src, ":/p", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, FSS_EPARTIAL);
	assert_int_equal(res.count[FSS_COUNT_FAILED], 2);
	assert_int_equal(res.items, 3);
	assert_int_equal(res.count[FSS_COUNT_FILES_DONE], 2);
	res = hc_download(w, ":/p", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	assert_int_equal(tree_count(w->dst), 2);
	tree_equal(tree_in(w->src, "a\xcc\x88"), tree_in(w->dst, "\xc3\xa4"));
	/* A folder where a file should go. */
	tree_remove(tree_in(w->dst, "good"));
	assert_int_equal(mkdir(tree_in(w->dst, "good"), 0755), 0);
	res = hc_download(w, ":/p", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, FSS_EPARTIAL);
	assert_int_equal(res.item_error, FSS_EISDIR);
	assert_string_equal(res.item, tree_in(w->dst, "good"));
}

static void
test_links(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	char outside[300];

	tree_file(w->src, "f", 10, 1);
	assert_int_equal(symlink("f", tree_in(w->src, "fine")), 0);
	assert_int_equal(symlink("../f", tree_in(w->src, "up")), 0);
	assert_int_equal(symlink("/etc/passwd", tree_in(w->src, "abs")), 0);
	assert_int_equal(mkdir(tree_in(w->src, "d"), 0755), 0);
	assert_int_equal(symlink("../f", tree_in(w->src, "d/back")), 0);
	/* Two links that are fine each, and together lead outside. */
	assert_int_equal(symlink(".", tree_in(w->src, "here")), 0);
	assert_int_equal(symlink("here/../x", tree_in(w->src, "out")), 0);
	res = hc_upload(w, w->src, ":/l", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	res = hc_download(w, ":/l", w->dst,
	    FSS_COPY_RECURSIVE | FSS_COPY_SAFE_LINKS);
	assert_int_equal(res.error, FSS_EPARTIAL);
	assert_int_equal(res.count[FSS_COUNT_FAILED], 3);
	assert_int_equal(tree_count(w->dst), 5);
	tree_remove(w->dst);
	res = hc_download(w, ":/l", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	tree_equal(w->src, w->dst);
	/* A link in the way of a folder is not followed. */
	(void)snprintf(outside, sizeof(outside), "%s/outside", w->base);
	assert_int_equal(mkdir(outside, 0755), 0);
	tree_remove(tree_in(w->dst, "d"));
	assert_int_equal(symlink(outside, tree_in(w->dst, "d")), 0);
	res = hc_download(w, ":/l", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, FSS_EPARTIAL);
	assert_int_equal(tree_count(outside), 0);
	/* One in the way of a file is replaced, not written through. */
	tree_file(outside, "target", 5, 9);
	tree_remove(tree_in(w->dst, "f"));
	assert_int_equal(
	    symlink(tree_in(outside, "target"), tree_in(w->dst, "f")), 0);
	(void)hc_download(w, ":/l", w->dst, FSS_COPY_RECURSIVE);
	tree_equal(tree_in(w->src, "f"), tree_in(w->dst, "f"));
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
static struct hc_result
upload_changing(struct hc *w, unsigned times)
{
	char *path = tree_in(w->src, "f");
	struct pollfd pfd = { 0 };
	const fss_event *ev;
	struct hc_result res;
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
			hc_note_event(ev, &res);
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
	struct hc *w = *state;
	uint64_t head = 1, tail = 2;
	struct hc_result res;
	int fd;

	tree_file(w->src, "f", 9000000, 5);
	assert_int_equal(chmod(tree_in(w->src, "f"), 0644), 0);
	stamp(tree_in(w->src, "f"), 1000);
	res = upload_changing(w, 12);
	assert_int_equal(res.error, 0);
	res = hc_download(w, ":/f", w->dst, 0);
	assert_int_equal(res.error, 0);
	fd = open(w->dst, O_RDONLY);
	assert_int_equal(pread(fd, &head, sizeof(head), 0), sizeof(head));
	assert_int_equal(pread(fd, &tail, sizeof(tail), 9000000 -
	    (off_t)sizeof(tail)), sizeof(tail));
	(void)close(fd);
	assert_int_equal(head, tail);		/* never a mix */
	/* One that never holds still. */
	stamp(tree_in(w->src, "f"), 2000);
	res = upload_changing(w, 100000);
	assert_int_equal(res.error, FSS_ECHANGED);
	assert_int_equal(res.item_error, FSS_ECHANGED);
}

static void
test_one_percent(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	char path[600];
	int fd;

	tree_file(w->src, "f", (size_t)16 << 20, 5);
	res = hc_upload(w, w->src, ":/d", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	(void)snprintf(path, sizeof(path), "%s/f", w->src);
	assert_int_equal(chmod(path, 0644), 0);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "changed", 7, 5000000), 7);
	(void)close(fd);
	res = hc_upload(w, w->src, ":/d", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	assert_true(res.count[FSS_COUNT_WIRE_BYTES] > 0);
	assert_true(res.count[FSS_COUNT_WIRE_BYTES] < (size_t)4 << 20);
	res = hc_download(w, ":/d", w->dst, FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	tree_equal(path, tree_in(w->dst, "f"));
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
	struct hc *w = *state;
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

/* Until @n operations have ended, all well. */
static void
all_done(fss_client *c, unsigned n)
{
	const fss_event *ev;
	unsigned done = 0;

	while (done < n) {
		assert_int_equal(fss_client_wait(c, 60000), 1);
		while (fss_client_next(c, &ev) == 1) {
			if (fss_event_type(ev) != FSS_EVENT_DONE)
				continue;
			assert_int_equal(fss_event_error(ev), 0);
			done++;
		}
	}
}

static void
test_side_by_side(void **state)
{
	struct hc *w = *state;
	char remote[8][16], local[8][600];
	unsigned i;
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
	all_done(w->c, 8);
	assert_int_equal(mkdir(w->dst, 0755), 0);
	assert_int_equal(hc_download(w, ":/", w->dst,
	    FSS_COPY_RECURSIVE).error, 0);
	for (i = 0; i < 8; i++)
		tree_equal(local[i], tree_in(w->dst, remote[i] + 2));
}

/* Two of one client to one place: neither writes into the other's file. */
static void
test_same_target(void **state)
{
	struct hc *w = *state;
	char local[600];
	fss_op op;

	tree_file(w->src, "big", 3000000, 1);
	assert_int_equal(
	    hc_upload(w, tree_in(w->src, "big"), ":/big", 0).error, 0);
	assert_int_equal(mkdir(w->dst, 0755), 0);
	(void)snprintf(local, sizeof(local), "%s/big", w->dst);
	assert_int_equal(fss_client_download(w->c, ":/big", 0, local, 0, NULL,
	    &op), 0);
	assert_int_equal(fss_client_download(w->c, ":/big", 0, local, 0, NULL,
	    &op), 0);
	all_done(w->c, 2);
	tree_equal(tree_in(w->src, "big"), local);
	assert_int_equal(tree_count(w->dst), 1);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, hc_setup, hc_teardown)
	const struct CMUnitTest tests[] = {
		T(test_tree),
		T(test_single),
		T(test_partial),
		T(test_links),
		T(test_changed_while_read),
		T(test_one_percent),
		T(test_edge_triggered),
		T(test_side_by_side),
		T(test_same_target),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
