/*
 * The base layer: buffers, numbers, text, names and paths, small files.
 *
 * Random tests print their seed; FSS_TEST_SEED repeats one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/frame.h"
#include "base/io.h"
#include "base/num.h"
#include "base/path.h"
#include "base/str.h"
#include "base/time.h"
#include "rng.h"

#define ROUNDS		20000
#define SWEEP_MAX	1000	/* more allocations than anything here makes */

static uint64_t
seed(void)
{
	const char *text = getenv("FSS_TEST_SEED");
	uint64_t s;

	s = text != NULL ? strtoull(text, NULL, 0) : (uint64_t)fss__mono_us();
	print_message("FSS_TEST_SEED=%llu\n", (unsigned long long)s);
	return s;
}

/* ---- buffers ------------------------------------------------------------ */

static void
test_buf_ceiling(void **state)
{
	struct fss__buf b;
	uint8_t *p;
	size_t n;

	(void)state;
	fss__buf_init(&b, 10);
	assert_int_equal(fss__buf_append(&b, "12345", 5), 0);
	assert_int_equal(fss__buf_puts(&b, "67890"), 0);
	assert_string_equal(fss__buf_str(&b), "1234567890");
	assert_int_equal(fss__buf_append(&b, "", 0), 0);
	assert_int_equal(fss__buf_append(&b, "x", 1), FSS_ETOOBIG);
	assert_int_equal(b.len, 10);
	/* The error sticks, also for what would fit. */
	assert_int_equal(fss__buf_append(&b, "", 0), FSS_ETOOBIG);
	assert_null(fss__buf_str(&b));
	assert_null(fss__buf_take(&b, &n));
	assert_int_equal(n, 0);

	fss__buf_reset(&b);
	assert_int_equal(fss__buf_printf(&b, "%d-%s", 42, "x"), 0);
	assert_int_equal(fss__buf_printf(&b, "%s", "1234567"), FSS_ETOOBIG);
	fss__buf_reset(&b);
	assert_int_equal(fss__buf_reserve(&b, SIZE_MAX), FSS_ETOOBIG);
	fss__buf_reset(&b);
	assert_int_equal(fss__buf_puts(&b, "abc"), 0);
	p = fss__buf_take(&b, &n);
	assert_non_null(p);
	assert_int_equal(n, 3);
	assert_memory_equal(p, "abc", 3);
	fss__free(p);
	assert_int_equal(b.len, 0);
	fss__buf_release(&b);
}

/* However it grew, it holds what was appended and never more than allowed. */
static void
test_buf_random(void **state)
{
	struct rng rng = { seed() };
	uint8_t model[3000], bytes[400];
	struct fss__buf b;
	size_t max, len, n;
	int i, r;

	(void)state;
	for (i = 0; i < 500; i++) {
		max = rng_below(&rng, sizeof(model) + 1);
		len = 0;
		fss__buf_init(&b, max);
		do {
			n = rng_below(&rng, sizeof(bytes) + 1);
			rng_fill(&rng, bytes, n);
			r = fss__buf_append(&b, bytes, n);
			assert_int_equal(r, len + n > max ? FSS_ETOOBIG : 0);
			if (r == 0) {
				memcpy(model + len, bytes, n);
				len += n;
			}
			assert_int_equal(b.len, len);
			assert_true(b.cap <= max + 1);
			if (len > 0)
				assert_memory_equal(b.data, model, len);
		} while (r == 0 && len < max);
		fss__buf_release(&b);
	}
}

static void
count_drop(void *ctx, uint8_t *data)
{
	(void)data;
	++*(int *)ctx;
}

static void
test_frame(void **state)
{
	struct fss__frame *f;
	uint8_t bytes[4] = { 1, 2, 3, 4 };
	int dropped = 0;

	(void)state;
	f = fss__frame_wrap(bytes, sizeof(bytes), count_drop, &dropped);
	assert_non_null(f);
	assert_ptr_equal(fss__frame_ref(f), f);
	fss__frame_unref(f);
	assert_int_equal(dropped, 0);
	fss__frame_unref(f);
	assert_int_equal(dropped, 1);
	fss__frame_unref(NULL);
	assert_null(fss__frame_new(SIZE_MAX));
	f = fss__frame_new(0);
	assert_non_null(f);
	assert_int_equal(f->len, 0);
	fss__frame_unref(f);
}

/* ---- numbers and text --------------------------------------------------- */

static void
test_num(void **state)
{
	uint64_t v = 7;
	size_t z = 7;
	uint8_t le[8];

	(void)state;
	assert_false(fss__add_u64(UINT64_MAX, 1, &v));
	assert_false(fss__mul_u64(UINT64_C(1) << 32, UINT64_C(1) << 32, &v));
	assert_false(fss__add_size(SIZE_MAX, 1, &z));
	assert_false(fss__mul_size(SIZE_MAX / 2 + 1, 2, &z));
	assert_true(fss__add_u64(UINT64_MAX - 1, 1, &v));
	assert_true(v == UINT64_MAX);
	assert_true(fss__mul_u64(UINT64_MAX, 1, &v) && v == UINT64_MAX);
	assert_true(fss__mul_size(SIZE_MAX, 0, &z) && z == 0);
	assert_true(fss__min_u64(3, UINT64_MAX) == 3);
	assert_true(fss__max_u64(3, UINT64_MAX) == UINT64_MAX);
	fss__put_le64(le, UINT64_C(0x0807060504030201));
	assert_memory_equal(le, "\1\2\3\4\5\6\7\10", 8);
	assert_true(fss__get_le64(le) == UINT64_C(0x0807060504030201));
	assert_int_equal(fss__get_le32(le + 4), 0x08070605);
	fss__put_le32(le, UINT32_MAX);
	assert_int_equal(fss__get_le32(le), UINT32_MAX);
}

static void
test_hex(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x7f, 0x80, 0xff };
	uint8_t back[sizeof(bytes)];
	char text[2 * sizeof(bytes) + 1];

	(void)state;
	fss__hex_encode(text, bytes, sizeof(bytes));
	assert_string_equal(text, "007f80ff");
	assert_int_equal(fss__hex_decode(back, sizeof(back), text), 0);
	assert_memory_equal(back, bytes, sizeof(bytes));
	assert_int_equal(fss__hex_decode(back, 4, "007F80Ff"), 0);
	assert_memory_equal(back, bytes, sizeof(bytes));
	assert_int_equal(fss__hex_decode(back, 4, "007f80f"), FSS_EINVAL);
	assert_int_equal(fss__hex_decode(back, 4, "007f80ff0"), FSS_EINVAL);
	assert_int_equal(fss__hex_decode(back, 4, "007f80fg"), FSS_EINVAL);
	assert_int_equal(fss__hex_decode(back, 4, "0x7f80ff"), FSS_EINVAL);
	assert_int_equal(fss__hex_decode(back, 4, ""), FSS_EINVAL);
}

static void
test_slice(void **state)
{
	char small[4];

	(void)state;
	assert_true(fss__slice_eq(fss__slice_str(NULL), fss__slice_str("")));
	assert_false(fss__slice_eq(fss__slice_str("a"), fss__slice_str("ab")));
	assert_int_equal(fss__slice_copy(fss__slice_str("abc"), small,
	    sizeof(small)), 0);
	assert_string_equal(small, "abc");
	assert_int_equal(fss__slice_copy(fss__slice_str("abcd"), small,
	    sizeof(small)), FSS_ETOOBIG);
	assert_int_equal(fss__fmt(small, sizeof(small), "%d", 123), 0);
	assert_int_equal(fss__fmt(small, sizeof(small), "%d", 1234),
	    FSS_ETOOBIG);
}

/* ---- names and paths ---------------------------------------------------- */

static void
expect_name(const char *name, int want)
{
	const char *why = NULL;
	int r;

	r = fss__name_check(fss__slice_str(name), &why);
	if (r != want)
		fail_msg("name '%s': %s, wanted %s", name, fss_err_name(r),
		    fss_err_name(want));
	assert_true((why != NULL) == (want != 0));
}

static void
test_name(void **state)
{
	struct fss__slice nul = { "a\0b", 3 };
	char name[FSS_LIMIT_NAME + 2];

	(void)state;
	expect_name("a", 0);
	expect_name("...", 0);
	expect_name(".hidden", 0);
	expect_name(" a: b\\c ", 0);
	expect_name("caf\xc3\xa9", 0);
	expect_name("\xf0\x9f\x8e\xb5", 0);
	expect_name("", FSS_EPATH);
	expect_name(".", FSS_EPATH);
	expect_name("..", FSS_EPATH);
	expect_name("a/b", FSS_EPATH);
	expect_name("a\nb", FSS_EPATH);
	expect_name("a\x1b[31m", FSS_EPATH);
	expect_name("a\x7f", FSS_EPATH);
	expect_name("a\xc2\x85", FSS_EPATH);		/* C1 */
	expect_name("a\xe2\x80\xa8" "b", FSS_EPATH);	/* line separator */
	expect_name("a\xe2\x80\xae" "b", FSS_EPATH);	/* override */
	expect_name("a\xe2\x81\xa6" "b", FSS_EPATH);	/* isolate */
	expect_name("cafe\xcc\x81", FSS_EPATH);		/* not NFC */
	expect_name("\xc0\xaf", FSS_EPATH);		/* overlong '/' */
	expect_name("\xed\xa0\x80", FSS_EPATH);		/* surrogate */
	expect_name("\xff", FSS_EPATH);
	expect_name("a\xe2\x82", FSS_EPATH);		/* cut off */
	assert_int_equal(fss__name_check(nul, NULL), FSS_EPATH);
	memset(name, 'x', sizeof(name));
	name[FSS_LIMIT_NAME] = '\0';
	expect_name(name, 0);
	name[FSS_LIMIT_NAME] = 'x';
	name[FSS_LIMIT_NAME + 1] = '\0';
	expect_name(name, FSS_EPATH);
}

static void
test_name_reserved(void **state)
{
	(void)state;
	assert_true(fss__name_reserved(fss__slice_str(".fss-part-")));
	assert_true(fss__name_reserved(fss__slice_str(".fss-part-0-1")));
	assert_false(fss__name_reserved(fss__slice_str(".fss-part")));
	assert_false(fss__name_reserved(fss__slice_str("a.fss-part-0")));
	assert_false(fss__name_reserved(fss__slice_str("")));
}

static void
test_path(void **state)
{
	static const char *const bad[] = {
		"", "a", "//", "/a/", "/a//b", "/./a", "/a/..", "a/b"
	};
	char deep[2 * (FSS_LIMIT_DEPTH + 1) + 1];
	struct fss__slice parent, name, path;
	size_t i, pos = 0;

	(void)state;
	assert_int_equal(fss__path_check(fss__slice_str("/"), NULL), 0);
	assert_int_equal(fss__path_check(fss__slice_str("/a/b c"), NULL), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(fss__path_check(fss__slice_str(bad[i]), NULL),
		    FSS_EPATH);
	for (i = 0; i <= FSS_LIMIT_DEPTH; i++)
		memcpy(deep + 2 * i, "/d", 3);
	assert_int_equal(fss__path_check(fss__slice_str(deep), NULL),
	    FSS_EPATH);
	deep[2 * FSS_LIMIT_DEPTH] = '\0';
	assert_int_equal(fss__path_check(fss__slice_str(deep), NULL), 0);

	path = fss__slice_str("/ab/c");
	assert_true(fss__path_next(path, &pos, &name));
	assert_true(fss__slice_eq(name, fss__slice_str("ab")));
	assert_true(fss__path_next(path, &pos, &name));
	assert_true(fss__slice_eq(name, fss__slice_str("c")));
	assert_false(fss__path_next(path, &pos, &name));
	pos = 0;
	assert_false(fss__path_next(fss__slice_str("/"), &pos, &name));
	assert_false(fss__path_split(fss__slice_str("/"), &parent, &name));
	assert_true(fss__path_split(fss__slice_str("/a"), &parent, &name));
	assert_true(fss__slice_eq(parent, fss__slice_str("/")));
	assert_true(fss__slice_eq(name, fss__slice_str("a")));
}

/* Whatever passes the check comes apart and together again, byte by byte. */
static void
test_path_random(void **state)
{
	static const char *const parts[] = {
		"/", "/", "/", "a", "b.", ".", "..", "\xc3\xa9", "e\xcc\x81",
		"\x01", "\xff", "\xe2\x80\xae", " ", "\xf0\x9f\x8e\xb5"
	};
	struct rng rng = { seed() };
	char text[256], joined[FSS_LIMIT_PATH + 1], next[FSS_LIMIT_PATH + 1];
	struct fss__slice path, parent, name;
	size_t i, n, pos, passed = 0;
	const char *part;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		text[0] = '\0';
		path.p = text;
		path.n = 0;
		n = 1 + rng_below(&rng, 8);
		for (i = 0; i < n; i++) {
			part = parts[rng_below(&rng,
			    sizeof(parts) / sizeof(parts[0]))];
			memcpy(text + path.n, part, strlen(part) + 1);
			path.n += strlen(part);
		}
		if (fss__path_check(path, NULL) < 0)
			continue;
		passed++;
		assert_null(strstr(text, "//"));
		memcpy(joined, "/", 2);
		pos = 0;
		while (fss__path_next(path, &pos, &name)) {
			assert_int_equal(fss__name_check(name, NULL), 0);
			assert_int_equal(fss__path_join(next, sizeof(next),
			    fss__slice_str(joined), name), 0);
			memcpy(joined, next, strlen(next) + 1);
			assert_true(fss__path_split(fss__slice_str(joined),
			    &parent, &name));
			assert_int_equal(fss__path_check(parent, NULL), 0);
		}
		assert_string_equal(joined, text);
	}
	assert_true(passed > ROUNDS / 100);
}

static void
test_remote_why(void **state)
{
	char who[FSS_LIMIT_ACCOUNT + 1], where[FSS_LIMIT_PATH + 1];
	const char *why;

	(void)state;
	assert_int_equal(fss__remote_parse(":/a/..", who, where, &why),
	    FSS_EPATH);
	assert_string_equal(why, "has a '.' or '..'");
	assert_int_equal(fss__remote_parse("A:/a", who, where, &why),
	    FSS_ENAME);
	assert_null(why);
}

static void
expect_remote(const char *text, int want, const char *owner, const char *path)
{
	char who[FSS_LIMIT_ACCOUNT + 1], where[FSS_LIMIT_PATH + 1];
	int r;

	r = fss__remote_parse(text, who, where, NULL);
	if (r != want)
		fail_msg("remote '%s': %s, wanted %s", text, fss_err_name(r),
		    fss_err_name(want));
	if (want < 0)
		return;
	assert_string_equal(who, owner);
	assert_string_equal(where, path);
}

static void
test_remote(void **state)
{
	(void)state;
	expect_remote(":", 0, "", "/");
	expect_remote(":/", 0, "", "/");
	expect_remote("alice:", 0, "alice", "/");
	expect_remote("alice:/a/b", 0, "alice", "/a/b");
	expect_remote("alice:a//b/", 0, "alice", "/a/b");
	expect_remote(":///", 0, "", "/");
	expect_remote(":/a:b", 0, "", "/a:b");
	expect_remote(":/cafe\xcc\x81", 0, "", "/caf\xc3\xa9");
	expect_remote("nothing", FSS_EINVAL, NULL, NULL);
	expect_remote("", FSS_EINVAL, NULL, NULL);
	expect_remote("Alice:/a", FSS_ENAME, NULL, NULL);
	expect_remote("a/b:/a", FSS_ENAME, NULL, NULL);
	expect_remote(".a:/a", FSS_ENAME, NULL, NULL);
	expect_remote("a23456789012345678901234567890123:/", FSS_ENAME, NULL,
	    NULL);
	expect_remote(":/../etc", FSS_EPATH, NULL, NULL);
	expect_remote(":/a/./b", FSS_EPATH, NULL, NULL);
	expect_remote(":/\xff", FSS_EPATH, NULL, NULL);
}

/* ---- files -------------------------------------------------------------- */

struct folder {
	char	dir[64];
	char	file[96];
};

static void
folder_open(struct folder *f)
{
	const char *tmp = getenv("TMPDIR");

	assert_int_equal(fss__fmt(f->dir, sizeof(f->dir), "%s/fss-base-XXXXXX",
	    tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp"), 0);
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(fss__fmt(f->file, sizeof(f->file), "%s/file",
	    f->dir), 0);
}

/* rmdir() fails where a temporary file was left behind. */
static void
folder_close(const struct folder *f)
{
	assert_true(unlink(f->file) == 0 || errno == ENOENT);
	assert_int_equal(rmdir(f->dir), 0);
}

static void
test_file(void **state)
{
	struct folder f;
	struct stat st;
	uint8_t *data;
	size_t n;

	(void)state;
	folder_open(&f);
	assert_int_equal(fss__io_read_file(f.file, 9, &data, &n), FSS_ENOENT);
	assert_int_equal(fss__io_read_file(f.dir, 9, &data, &n), FSS_EISDIR);
	assert_int_equal(fss__io_write_file(f.file, "one", 3, 0600), 0);
	assert_int_equal(fss__io_write_file(f.file, "second", 6, 0640), 0);
	assert_int_equal(stat(f.file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(fss__io_read_file(f.file, 6, &data, &n), 0);
	assert_int_equal(n, 6);
	assert_string_equal((char *)data, "second");
	fss__free(data);
	assert_int_equal(fss__io_read_file(f.file, 5, &data, &n), FSS_ETOOBIG);
	assert_null(data);
	assert_int_equal(fss__io_write_file(f.file, "", 0, 0600), 0);
	assert_int_equal(fss__io_read_file(f.file, 0, &data, &n), 0);
	assert_int_equal(n, 0);
	fss__free(data);
	/* What cannot be renamed over leaves nothing behind. */
	assert_int_equal(fss__io_write_file(f.dir, "x", 1, 0600), FSS_EISDIR);
	folder_close(&f);
}

static void
test_pread(void **state)
{
	FILE *file = tmpfile();
	char text[8] = "";
	size_t n;
	int fd;

	(void)state;
	assert_non_null(file);
	fd = fileno(file);
	assert_int_equal(fss__io_pwrite(fd, "world", 5, 5), 0);
	assert_int_equal(fss__io_write(fd, "hello", 5), 0);
	assert_int_equal(fss__io_pread(fd, text, 7, 5, &n), 0);
	assert_int_equal(n, 5);
	assert_memory_equal(text, "world", 5);
	assert_int_equal(fss__io_read(fd, text, 7, &n), 0);
	assert_int_equal(n, 5);
	assert_int_equal(fss__io_pread(fd, text, 7, 99, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fss__io_pread(fd, text, 1, UINT64_MAX, &n),
	    FSS_EINVAL);
	assert_int_equal(fss__io_pwrite(fd, text, 1, INT64_MAX), FSS_EINVAL);
	assert_int_equal(fss__io_read(-1, text, 1, &n), FSS_EIO);
	(void)fclose(file);
}

/* ---- allocations that fail ---------------------------------------------- */

static int
use_everything(const struct folder *f)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], path[FSS_LIMIT_PATH + 1];
	struct fss__frame *frame = NULL;
	struct fss__buf b;
	uint8_t *data = NULL;
	size_t n;
	int i, r;

	fss__buf_init(&b, 4096);
	for (i = 0; i < 100; i++)
		(void)fss__buf_printf(&b, "line %d\n", i);
	r = b.err;
	if (r == 0)
		r = fss__remote_parse("alice:/cafe\xcc\x81", owner, path,
		    NULL);
	if (r == 0) {
		frame = fss__frame_new(100);
		if (frame == NULL)
			r = FSS_ENOMEM;
	}
	if (r == 0)
		r = fss__io_write_file(f->file, b.data, b.len, 0600);
	if (r == 0)
		r = fss__io_read_file(f->file, 4096, &data, &n);
	if (r == 0) {
		assert_int_equal(n, b.len);
		assert_memory_equal(data, b.data, n);
	}
	fss__free(data);
	fss__frame_unref(frame);
	fss__buf_release(&b);
	return r;
}

/* Each failure is told as FSS_ENOMEM; the sanitizers tell what it leaks. */
static void
test_alloc_sweep(void **state)
{
	struct folder f;
	uint64_t nth;
	int r = FSS_ENOMEM;

	(void)state;
	folder_open(&f);
	for (nth = 1; nth < SWEEP_MAX; nth++) {
		(void)fss__alloc_fail_at(nth);
		r = use_everything(&f);
		if (fss__alloc_fail_at(0) < nth)
			break;
		assert_int_equal(r, FSS_ENOMEM);
	}
	assert_int_equal(r, 0);
	assert_in_range(nth, 6, SWEEP_MAX - 1);
	folder_close(&f);
}

static void
test_alloc(void **state)
{
	char *s;

	(void)state;
	assert_null(fss__calloc(SIZE_MAX / 2, 3));
	s = fss__alloc(0);
	assert_non_null(s);
	fss__free(s);
	fss__free(NULL);
	s = fss__strndup("abcdef", 3);
	assert_string_equal(s, "abc");
	(void)fss__alloc_fail_at(1);
	assert_null(fss__realloc(s, 100));
	assert_string_equal(s, "abc");
	fss__free(s);
	(void)fss__alloc_fail_at(0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_ceiling),
		cmocka_unit_test(test_buf_random),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_num),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_slice),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_name_reserved),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_path_random),
		cmocka_unit_test(test_remote),
		cmocka_unit_test(test_remote_why),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_pread),
		cmocka_unit_test(test_alloc_sweep),
		cmocka_unit_test(test_alloc)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
