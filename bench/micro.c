/*
 * Micro benchmark of what every byte passes through: digests and the chunker.
 *
 *	micro [FILE...]
 *
 * Prints, as tables: digest speed by algorithm and size; chunker speed, and
 * the average size of its chunks of random bytes; how many bytes are new
 * after 1 MiB was put into 256 MiB, in one place and in 64; and, where files
 * are named, their chunks and what is stored of them once.
 *
 * It measures one thread, best of several rounds, because other work on the
 * machine can only make a round slower.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/time.h"
#include "chunk/chunker.h"
#include "crypto/digest.h"

#define KIB		((size_t)1024)
#define MIB		(1024 * KIB)
#define DATA		(256 * MIB)
#define EDIT		MIB
#define ROUNDS		5
#define ROUND_BYTES	(64 * MIB)
#define FILE_MAX	(1024 * MIB)
#define CHUNKS_MAX	((size_t)1 << 20)

static const size_t params[][3] = {
	{ 16 * KIB, 64 * KIB, 256 * KIB },
	{ 32 * KIB, 128 * KIB, 512 * KIB },
	{ 64 * KIB, 256 * KIB, 1024 * KIB },
};
#define PARAMS	(sizeof(params) / sizeof(params[0]))

/* Chunks by id, to see which are new. */
struct seen {
	struct fss__id	*id;
	size_t		 n;
};

static void
die(const char *what, int err)
{
	(void)fprintf(stderr, "micro: %s: %s\n", what, fss_strerror(err));
	exit(1);
}

static void *
need(size_t n)
{
	void *p = fss__alloc(n);

	if (p == NULL)
		die("memory", FSS_ENOMEM);
	return p;
}

/* splitmix64: random enough for chunk sizes, the same in every run. */
static void
fill(uint8_t *p, size_t n, uint64_t seed)
{
	uint64_t z;
	size_t i;

	for (i = 0; i + 8 <= n; i += 8) {
		z = seed += UINT64_C(0x9e3779b97f4a7c15);
		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		z ^= z >> 31;
		memcpy(p + i, &z, 8);
	}
}

static double
rate(size_t bytes, int64_t us)
{
	return us <= 0 ? 0 : (double)bytes / (double)us / 1000;
}

static void
bench_digest(const uint8_t *p)
{
	static const struct {
		const char	*name;
		uint8_t		 type;
	} algs[] = {
		{ "SHA-256", FSS__KIND_DATA | FSS__ALG_SHA256 },
		{ "of leaves", FSS__KIND_DATA | FSS__ALG_LEAVES },
		{ "BLAKE2b-256", FSS__KIND_DATA | FSS__ALG_BLAKE2B },
	};
	static const size_t sizes[] = {
		KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB
	};
	struct fss__id id;
	int64_t start, took, best;
	size_t a, s, i, n;
	int round, r;

	(void)printf("%-12s %8s %8s %12s\n", "digest", "KiB", "GB/s",
	    "digests/s");
	for (a = 0; a < sizeof(algs) / sizeof(algs[0]); a++)
		for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			n = ROUND_BYTES / sizes[s];
			best = INT64_MAX;
			for (round = 0; round < ROUNDS; round++) {
				start = fss__mono_us();
				for (i = 0; i < n; i++)
					if ((r = fss__digest(algs[a].type,
					    p + i * sizes[s], sizes[s],
					    &id)) != 0)
						die("digest", r);
				took = fss__mono_us() - start;
				if (took < best)
					best = took;
			}
			(void)printf("%-12s %8zu %8.2f %12.0f\n", algs[a].name,
			    sizes[s] / KIB, rate(n * sizes[s], best),
			    (double)n * 1e6 / (double)(best + 1));
		}
}

static void
init(struct fss__chunker *c, size_t i)
{
	int r = fss__chunker_init(c, params[i][0], params[i][1], params[i][2]);

	if (r != 0)
		die("chunker", r);
}

static void
bench_chunker(const uint8_t *p)
{
	struct fss__chunker c;
	int64_t start, took, best;
	size_t i, pos, count;
	int round;

	(void)printf("\n%-12s %8s %8s %12s\n", "chunker", "chunks", "GB/s",
	    "average KiB");
	for (i = 0; i < PARAMS; i++) {
		init(&c, i);
		best = INT64_MAX;
		for (round = 0; round < ROUNDS; round++) {
			start = fss__mono_us();
			for (pos = 0, count = 0; pos < DATA; count++)
				pos += fss__chunker_cut(&c, p + pos,
				    DATA - pos);
			took = fss__mono_us() - start;
			if (took < best)
				best = took;
		}
		(void)printf("%3zu/%3zu/%4zu %8zu %8.2f %12.1f\n",
		    params[i][0] / KIB, params[i][1] / KIB, params[i][2] / KIB,
		    count, rate(DATA, best), (double)DATA / (double)count /
		    (double)KIB);
	}
}

static int
compare(const void *a, const void *b)
{
	const struct fss__id *x = a, *y = b;

	return memcmp(x->b, y->b, sizeof(x->b));
}

/* Cuts and hashes @p; appends the ids to @s. */
static void
collect(const struct fss__chunker *c, const uint8_t *p, size_t n,
    struct seen *s, size_t *lens)
{
	size_t pos, len;
	int r;

	for (pos = 0; pos < n; pos += len) {
		len = fss__chunker_cut(c, p + pos, n - pos);
		if (s->n == CHUNKS_MAX)
			die("too many chunks", FSS_ETOOBIG);
		if ((r = fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, p + pos,
		    len, &s->id[s->n])) != 0)
			die("digest", r);
		if (lens != NULL)
			lens[s->n] = len;
		s->n++;
	}
}

/* Bytes of @n chunks that @old (sorted) does not hold. */
static size_t
count_new(const struct seen *old, const struct seen *now, const size_t *lens)
{
	size_t i, bytes = 0;

	for (i = 0; i < now->n; i++)
		if (bsearch(&now->id[i], old->id, old->n, sizeof(old->id[0]),
		    compare) == NULL)
			bytes += lens[i];
	return bytes;
}

/* @p with EDIT new bytes, put in at @places places evenly apart. */
static uint8_t *
edited(const uint8_t *p, size_t places)
{
	uint8_t *q = need(DATA + EDIT), *noise = need(EDIT);
	size_t i, part = DATA / places, piece = EDIT / places, pos = 0;

	fill(noise, EDIT, 99);
	for (i = 0; i < places; i++) {
		memcpy(q + pos, p + i * part, part / 2);
		pos += part / 2;
		memcpy(q + pos, noise + i * piece, piece);
		pos += piece;
		memcpy(q + pos, p + i * part + part / 2, part - part / 2);
		pos += part - part / 2;
	}
	fss__free(noise);
	return q;
}

static void
bench_insertion(const uint8_t *p)
{
	static const size_t places[] = { 1, 64 };
	struct seen old, now;
	struct fss__chunker c;
	size_t *lens, i, k, fresh;
	uint8_t *q;

	old.id = need(CHUNKS_MAX * sizeof(old.id[0]));
	now.id = need(CHUNKS_MAX * sizeof(now.id[0]));
	lens = need(CHUNKS_MAX * sizeof(lens[0]));
	(void)printf("\n%-12s %8s %12s %12s\n", "insertion", "places",
	    "new KiB", "sent again");
	for (k = 0; k < 2; k++) {
		q = edited(p, places[k]);
		for (i = 0; i < PARAMS; i++) {
			init(&c, i);
			old.n = now.n = 0;
			collect(&c, p, DATA, &old, NULL);
			qsort(old.id, old.n, sizeof(old.id[0]), compare);
			collect(&c, q, DATA + EDIT, &now, lens);
			fresh = count_new(&old, &now, lens);
			(void)printf("%3zu/%3zu/%4zu %8zu %12zu %11.2f%%\n",
			    params[i][0] / KIB, params[i][1] / KIB,
			    params[i][2] / KIB, places[k], fresh / KIB,
			    100.0 * (double)fresh / (double)(DATA + EDIT));
		}
		fss__free(q);
	}
	fss__free(old.id);
	fss__free(now.id);
	fss__free(lens);
}

/* Sizes of the different chunks there are in @s. */
static void
report_unique(const struct seen *s, const struct seen *sorted,
    const size_t *lens, uint64_t *ret_count, uint64_t *ret_bytes)
{
	bool *taken = need(s->n + 1);
	const struct fss__id *at;
	size_t i, k;

	memset(taken, 0, s->n + 1);
	*ret_count = 0;
	*ret_bytes = 0;
	for (i = 0; i < s->n; i++) {
		at = bsearch(&s->id[i], sorted->id, sorted->n,
		    sizeof(sorted->id[0]), compare);
		/* The first of equal ones stands for all. */
		for (k = (size_t)(at - sorted->id); k > 0 &&
		    fss__id_eq(&sorted->id[k - 1], at); k--)
			;
		if (taken[k])
			continue;
		taken[k] = true;
		++*ret_count;
		*ret_bytes += lens[i];
	}
	fss__free(taken);
}

static void
bench_files(int count, char **paths)
{
	struct seen all, sorted;
	struct fss__chunker c;
	uint64_t bytes, chunks, unique;
	size_t *lens, i, n;
	uint8_t *p;
	int k, r;

	all.id = need(CHUNKS_MAX * sizeof(all.id[0]));
	sorted.id = need(CHUNKS_MAX * sizeof(sorted.id[0]));
	lens = need(CHUNKS_MAX * sizeof(lens[0]));
	(void)printf("\n%-12s %8s %10s %12s %12s\n", "files", "chunks",
	    "MiB", "average KiB", "stored MiB");
	for (i = 0; i < PARAMS; i++) {
		init(&c, i);
		all.n = 0;
		bytes = 0;
		for (k = 0; k < count; k++) {
			r = fss__io_read_file(paths[k], FILE_MAX, &p, &n);
			if (r != 0)
				die(paths[k], r);
			collect(&c, p, n, &all, lens);
			bytes += n;
			fss__free(p);
		}
		memcpy(sorted.id, all.id, all.n * sizeof(all.id[0]));
		sorted.n = all.n;
		qsort(sorted.id, sorted.n, sizeof(sorted.id[0]), compare);
		report_unique(&all, &sorted, lens, &chunks, &unique);
		(void)printf("%3zu/%3zu/%4zu %8zu %10.1f %12.1f %12.1f\n",
		    params[i][0] / KIB, params[i][1] / KIB, params[i][2] / KIB,
		    all.n, (double)bytes / (double)MIB, all.n == 0 ? 0 :
		    (double)bytes / (double)all.n / (double)KIB,
		    (double)unique / (double)MIB);
	}
	fss__free(all.id);
	fss__free(sorted.id);
	fss__free(lens);
}

int
main(int argc, char **argv)
{
	uint8_t *p = need(DATA);

	fill(p, DATA, 1);
	bench_digest(p);
	bench_chunker(p);
	bench_insertion(p);
	fss__free(p);
	if (argc > 1)
		bench_files(argc - 1, argv + 1);
	return 0;
}
