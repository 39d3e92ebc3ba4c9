/*
 * Manifest pages: what is accepted has one encoding and can be sought in.
 */
#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/num.h"
#include "chunk/manifest.h"
#include "wire/limits.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Writes the page again from what the view says. */
static void
compare(const struct fss__page *pg, const uint8_t *data, size_t size)
{
	uint8_t *p = calloc(1, size), *child;
	struct fss__id id;
	uint64_t span;
	unsigned i;

	must(p != NULL);
	memcpy(p, "FSP1", 4);
	p[4] = (uint8_t)pg->level;
	p[6] = (uint8_t)pg->count;
	p[7] = (uint8_t)(pg->count >> 8);
	must(size == FSS__PAGE_HEAD + (size_t)pg->count * FSS__PAGE_CHILD);
	for (i = 0; i < pg->count; i++) {
		fss__page_child(pg, i, &id, &span);
		must(fss__id_known(&id));
		child = p + FSS__PAGE_HEAD + (size_t)i * FSS__PAGE_CHILD;
		memcpy(child, id.b, FSS__ID_BYTES);
		fss__put_le64(child + FSS__ID_BYTES, span);
	}
	must(memcmp(p, data, size) == 0);
	free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fss__page pg;
	struct fss__id id;
	uint64_t sum = 0, span, start;
	unsigned i;
	int r;

	r = fss__page_decode(data, size, &pg);
	if (r != 0) {
		must(r == FSS_EPROTO);
		return 0;
	}
	must(pg.level >= 1 && pg.level <= FSS__MAX_LEVELS);
	must(pg.count >= 1 && pg.count <= FSS__MAX_FANOUT);
	must(size <= FSS__MAX_PAGE);
	compare(&pg, data, size);
	for (i = 0; i < pg.count; i++) {
		fss__page_child(&pg, i, &id, &span);
		must(span > 0);
		must(fss__page_seek(&pg, sum, &start) == i && start == sum);
		must(fss__page_seek(&pg, sum + span - 1, &start) == i &&
		    start == sum);
		must(fss__add_u64(sum, span, &sum));
	}
	must(sum == pg.span);
	return 0;
}
