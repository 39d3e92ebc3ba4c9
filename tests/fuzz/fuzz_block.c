/*
 * Blocks of the index of names: whatever bytes they have, they are read or
 * refused, what was read is written and read again as it is, and looking
 * through a block finds in each name what looking at the name alone does.
 *
 * The input: which question, the first entry (8 bytes, lowest first), how many
 * bytes are names (2), those, and the tags.
 */
#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/num.h"
#include "store/search_block.h"

#define HEAD	11

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Long and short, with and without signs inside, several, and loose ones. */
static const char *const question[] = {
	"abc", "ab", "a", ".c", "a-b", "abc ab", "ab a.b c", "abc a",
};

#define QUESTIONS (sizeof(question) / sizeof(question[0]))

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static struct fss__slice
bytes_of(const struct fss__buf *b)
{
	struct fss__slice s = { b->data, b->len };

	return s;
}

static void
inside(struct fss__slice part, struct fss__slice all)
{
	const uint8_t *p = part.p, *from = all.p;

	must(p >= from && part.n <= all.n &&
	    (size_t)(p - from) <= all.n - part.n);
}

static void
look(const struct fss__block *b, unsigned which)
{
	static struct fss__search_query q[QUESTIONS];
	uint8_t rank[FSS__BLOCK_NAMES];
	unsigned i, ranks = 0, got;
	const char *why;

	if (q[which].count == 0)
		must(fss__search_parse(fss__slice_str(question[which]), &why,
		    &q[which]) == 0);
	got = fss__search_rank_block(&q[which], b, rank);
	for (i = 0; i < b->count; i++) {
		must(rank[i] ==
		    fss__search_rank_of(&q[which], b->name[i].text));
		ranks |= 1u << rank[i];
	}
	must(got == ranks);
}

/* It is what is written of it, which is no longer than it was. */
static void
again(const struct fss__block *b, int64_t first, struct fss__slice names,
    struct fss__slice tags)
{
	int64_t owner[FSS__BLOCK_NAMES];
	struct fss__search_tag t;
	struct fss__buf n, m;
	struct fss__block c;
	unsigned i;

	fss__buf_init(&n, FSS__BLOCK_BYTES);
	fss__buf_init(&m, FSS__BLOCK_TAGS);
	for (i = 0; i < b->count; i++) {
		fss__block_put(&n, first, &b->name[i]);
		owner[i] = b->name[i].owner;
		if (b->tags == NULL)
			continue;
		fss__block_tag(b, i, &t);
		fss__tag_put(&m, &t);
	}
	if (b->tags != NULL && tags.n > b->count * (size_t)FSS__TAG_BYTES)
		fss__block_put_owners(&m, owner, b->count);
	must(n.err == 0 && m.err == 0);
	must(n.len <= names.n && m.len <= tags.n);
	must(fss__block_read(bytes_of(&n), bytes_of(&m), first, &c) == 0);
	must(c.count == b->count && (c.tags == NULL) == (b->tags == NULL));
	for (i = 0; i < b->count; i++) {
		must(c.name[i].entry == b->name[i].entry);
		must(c.name[i].parent == b->name[i].parent);
		must(c.name[i].owner == b->name[i].owner);
		must(fss__slice_eq(c.name[i].text, b->name[i].text));
	}
	must(c.tags == NULL || memcmp(c.tags, b->tags,
	    b->count * (size_t)FSS__TAG_BYTES) == 0);
	fss__buf_release(&n);
	fss__buf_release(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fss__slice names, tags, own;
	struct fss__block b;
	int64_t first;
	unsigned i;
	int r;

	if (size < HEAD)
		return 0;
	first = (int64_t)(fss__get_le64(data + 1) & INT64_MAX);
	names.p = data + HEAD;
	names.n = data[9] | (size_t)data[10] << 8;
	if (names.n > size - HEAD)
		return 0;
	tags.p = data + HEAD + names.n;
	tags.n = size - HEAD - names.n;
	r = fss__block_read(names, tags, first, &b);
	if (r != 0) {
		must(r == FSS_ECORRUPT);
		return 0;
	}
	must(b.count <= FSS__BLOCK_NAMES && (b.count > 0) == (names.n > 0));
	must((b.tags == NULL) == (tags.n == 0));
	for (i = 0; i < b.count; i++) {
		inside(b.name[i].text, names);
		must(b.name[i].text.n >= 2 &&
		    b.name[i].text.n <= FSS__SEARCH_TEXT);
		must(b.name[i].entry >= first && b.name[i].parent >= 0);
		must(b.owner == 0 || b.owner == b.name[i].owner);
	}
	if (b.tags != NULL) {
		own.p = b.tags;
		own.n = b.count * (size_t)FSS__TAG_BYTES;
		inside(own, tags);
	}
	look(&b, data[0] % QUESTIONS);
	again(&b, first, names, tags);
	return 0;
}
