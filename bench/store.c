/*
 * How fast the store takes and gives: figures for the one writer thread.
 *
 *	bench_store [FOLDER]
 *
 * Small: 4 KiB contents, put, made a version of each, committed in batches
 * of 256, durable.  Large: 256 KiB contents put and committed every 64 MiB.
 * Digests are worked out before the clock starts; what is measured is the
 * store.  The folder (default /tmp) decides what a sync costs.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/time.h"
#include "store/seg_format.h"
#include "store/store.h"

#define SMALL_BYTES	4096u
#define SMALL_COUNT	50000u
#define SMALL_BATCH	256u
#define LARGE_BYTES	262144u
#define LARGE_COUNT	4096u		/* 1 GiB */
#define LARGE_BATCH	256u		/* 64 MiB */
#define ACCOUNT		1
#define REPORT		10000u

static void
die(const char *what, int r)
{
	(void)fprintf(stderr, "bench_store: %s: %s\n", what, fss_strerror(r));
	exit(1);
}

static void
must(int r, const char *what)
{
	if (r != 0)
		die(what, r);
}

static double
seconds(int64_t since_us)
{
	return (double)(fss__mono_us() - since_us) / 1e6;
}

/* Content @n: a counter in front of a common body; never twice the same. */
static void
content(uint8_t *buf, uint64_t n)
{
	fss__put_le64(buf, n);
}

static struct fss__id *
digests(uint8_t *buf, size_t len, size_t count)
{
	struct fss__id *ids = fss__calloc(count, sizeof(*ids));
	size_t i;

	if (ids == NULL)
		die("ids", FSS_ENOMEM);
	for (i = 0; i < count; i++) {
		content(buf, i);
		must(fss__digest(FSS__ALG_SHA256, buf, len, &ids[i]),
		    "digest");
	}
	return ids;
}

static void
version(struct fss__store *s, const struct fss__id *root, int64_t number)
{
	struct fss__stmt *st;
	uint64_t span;
	int64_t chunk;
	unsigned depth;

	must(fss__store_root(s, ACCOUNT, root, &depth, &span, &chunk),
	    "root");
	must(fss__store_ref(s, chunk), "ref");
	st = fss__db_query(fss__store_db(s), "INSERT INTO version (entry, "
	    "number, kind, size, root, depth, chunk, mtime, mode, created, "
	    "author) VALUES (1, ?1, 2, ?2, ?3, ?4, ?5, 0, 0, 0, 1)");
	fss__bind_i64(st, 1, number);
	fss__bind_i64(st, 2, (int64_t)span);
	fss__bind_blob(st, 3, root->b, sizeof(root->b));
	fss__bind_i64(st, 4, depth);
	fss__bind_i64(st, 5, chunk);
	must(fss__exec(st), "version");
}

static void
small_files(struct fss__store *s)
{
	uint8_t *buf = fss__zalloc(SMALL_BYTES);
	struct fss__id *ids = digests(buf, SMALL_BYTES, SMALL_COUNT);
	int64_t start = fss__mono_us(), part = start;
	size_t i, j;

	for (i = 0; i < SMALL_COUNT; i = j) {
		must(fss__store_begin(s), "begin");
		for (j = i; j < i + SMALL_BATCH && j < SMALL_COUNT; j++) {
			content(buf, j);
			must(fss__store_put(s, ACCOUNT, &ids[j], buf,
			    SMALL_BYTES), "put");
		}
		for (j = i; j < i + SMALL_BATCH && j < SMALL_COUNT; j++)
			version(s, &ids[j], (int64_t)j);
		must(fss__store_commit(s, true), "commit");
		if (j / REPORT != i / REPORT) {
			(void)printf("  files %zu: %.0f/s\n", j,
			    (double)REPORT / seconds(part));
			part = fss__mono_us();
		}
	}
	(void)printf("small: %u files of %u bytes in %.2f s, %.0f/s\n",
	    SMALL_COUNT, SMALL_BYTES, seconds(start),
	    SMALL_COUNT / seconds(start));
	start = fss__mono_us();
	for (i = 0; i < SMALL_COUNT; i++) {
		content(buf, i);
		must(fss__store_put(s, ACCOUNT, &ids[i], buf, SMALL_BYTES),
		    "put again");
	}
	(void)printf("again: %.0f/s\n", SMALL_COUNT / seconds(start));
	fss__free(ids);
	fss__free(buf);
}

static void
large_chunks(struct fss__store *s)
{
	uint8_t *buf = fss__zalloc(LARGE_BYTES), *got;
	struct fss__reader_store *r;
	struct fss_store_loc loc;
	struct fss__id *ids;
	int64_t start;
	size_t i;

	memset(buf, 1, LARGE_BYTES);
	ids = digests(buf, LARGE_BYTES, LARGE_COUNT);
	start = fss__mono_us();
	for (i = 0; i < LARGE_COUNT; i++) {
		content(buf, i);
		must(fss__store_put(s, ACCOUNT, &ids[i], buf, LARGE_BYTES),
		    "put");
		if (i % LARGE_BATCH == LARGE_BATCH - 1) {
			must(fss__store_begin(s), "begin");
			must(fss__store_commit(s, true), "commit");
		}
	}
	(void)printf("large: %.0f MiB/s durable\n", (double)LARGE_COUNT *
	    LARGE_BYTES / 1048576 / seconds(start));
	must(fss__reader_store_open(s, &r), "reader");
	got = fss__alloc(FSS__REC_MAX);
	start = fss__mono_us();
	for (i = 0; i < LARGE_COUNT; i++) {
		must(fss__reader_locate(r, &ids[i], &loc), "locate");
		must(fss__reader_read(r, &ids[i], &loc, got), "read");
	}
	(void)printf("read:  %.0f MiB/s verified\n", (double)LARGE_COUNT *
	    LARGE_BYTES / 1048576 / seconds(start));
	fss__reader_store_close(r);
	fss__free(got);
	fss__free(ids);
	fss__free(buf);
}

int
main(int argc, char **argv)
{
	struct fss__store_config cfg;
	struct fss__store *s;
	struct fss__err err;
	char dir[4096];
	int64_t start;

	if (fss__fmt(dir, sizeof(dir), "%s/fss-bench-XXXXXX",
	    argc > 1 ? argv[1] : "/tmp") != 0 || mkdtemp(dir) == NULL)
		die("folder", FSS_EIO);
	memset(&cfg, 0, sizeof(cfg));
	cfg.dir = dir;
	must(fss__store_create(dir, &err), "create");
	must(fss__store_open(&cfg, &err, &s), "open");
	small_files(s);
	large_chunks(s);
	fss__store_close(s);
	start = fss__mono_us();
	must(fss__store_open(&cfg, &err, &s), "open");
	(void)printf("open:  %.1f ms\n", seconds(start) * 1e3);
	start = fss__mono_us();
	must(fss__store_check(s, NULL, NULL), "check");
	(void)printf("check: %.2f s\n", seconds(start));
	fss__store_close(s);
	(void)printf("the store is in %s\n", dir);
	return 0;
}
