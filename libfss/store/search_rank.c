/*
 * How well a query is found in names.
 *
 * Names and words are in the form of search_text.c, where every rank is a
 * plain substring.  The names of a block are looked through together: a word
 * is sought in all their bytes at once, by its rarest byte, so that names
 * without it cost next to nothing.
 */
#include <string.h>

#include "store/search_block.h"
#include "store/search_text.h"

/* The next @w in what is from @p to @end; NULL: there is none. */
static const char *
seek(const struct fss__search_query *q, const struct fss__search_word *w,
    const char *p, const char *end)
{
	const char *word = q->text + w->off, *hit;

	while (w->len > 0 && end - p >= w->len) {
		hit = memchr(p + w->rare, word[w->rare],
		    (size_t)(end - p) - w->len + 1);
		if (hit == NULL)
			return NULL;
		hit -= w->rare;
		if (memcmp(hit, word, w->len) == 0)
			return hit;
		p = hit + 1;
	}
	return NULL;
}

/* The rank of @w, which is in @name at @hit. */
static unsigned
rank_at(const struct fss__search_word *w, struct fss__slice name,
    const char *hit)
{
	const char *end = (const char *)name.p + name.n - 1;
	unsigned rank = FSS__SEARCH_PART;

	if (w->alnum && hit[-1] == FSS__SEARCH_SIGN_WORD)
		rank = hit[-2] == FSS__SEARCH_SIGN_START ?
		    FSS__SEARCH_PREFIX : FSS__SEARCH_WORD;
	else if (!w->alnum && hit[-1] == FSS__SEARCH_SIGN_START)
		rank = FSS__SEARCH_PREFIX;
	if (rank == FSS__SEARCH_PREFIX && hit + w->len == end)
		rank = FSS__SEARCH_EXACT;
	else if (rank == FSS__SEARCH_PREFIX && hit[w->len] == '.')
		rank = FSS__SEARCH_STEM;
	return rank <= w->worst ? rank : FSS__SEARCH_NONE;
}

/* How well @w is found in @name. */
static unsigned
rank_word(const struct fss__search_query *q, const struct fss__search_word *w,
    struct fss__slice name)
{
	const char *hit = (const char *)name.p + 1;	/* behind START */
	const char *end = (const char *)name.p + name.n - 1;
	unsigned best = FSS__SEARCH_NONE, rank;

	for (; (hit = seek(q, w, hit, end)) != NULL; hit++) {
		rank = rank_at(w, name, hit);
		best = rank < best ? rank : best;
	}
	return best;
}

/* The same of the whole text, as far as it matters. */
static unsigned
rank_whole(const struct fss__search_query *q, struct fss__slice name)
{
	const struct fss__search_word *w = &q->whole;
	const char *hit = (const char *)name.p + (w->alnum ? 2 : 1);
	unsigned rank;

	/* What ends with the name is no longer than it, with its END. */
	if (w->len + (w->alnum ? 2u : 1u) >= name.n ||
	    memcmp(hit, q->text + w->off, w->len) != 0)
		return FSS__SEARCH_NONE;
	rank = rank_at(w, name, hit);
	return rank <= FSS__SEARCH_STEM ? rank : FSS__SEARCH_NONE;
}

/* A single character that begins a word of the name. */
static bool
is_loose(const struct fss__search_word *w, const struct fss__search_query *q,
    struct fss__slice name)
{
	const char *p = name.p, *end = p + name.n - w->len;

	if (!w->loose)
		return false;
	for (; p < end; p++) {
		if (*p == FSS__SEARCH_SIGN_WORD &&
		    memcmp(p + 1, q->text + w->off, w->len) == 0)
			return true;
	}
	return false;
}

unsigned
fss__search_match(const struct fss__search_query *q,
    const struct fss__search_name *n)
{
	struct fss__slice name = { n->text, n->len };
	unsigned i, found = 0;

	for (i = 0; i < q->count; i++) {
		if (rank_word(q, &q->word[i], name) != FSS__SEARCH_NONE ||
		    is_loose(&q->word[i], q, name))
			found |= 1u << i;
	}
	return found;
}

/* Of several words: @found (bits), the best of them with rank @best. */
static unsigned
rank_of(const struct fss__search_query *q, struct fss__slice name,
    unsigned found, unsigned best)
{
	unsigned i, rank;

	rank = rank_whole(q, name);
	if (rank <= FSS__SEARCH_STEM)
		return rank;
	for (i = 0; i < q->count; i++) {
		if (!(found & 1u << i) && !is_loose(&q->word[i], q, name))
			break;
	}
	return i == q->count || best <= FSS__SEARCH_STEM ? FSS__SEARCH_ALL :
	    best;
}

unsigned
fss__search_rank_of(const struct fss__search_query *q, struct fss__slice name)
{
	unsigned i, rank, found = 0, best = FSS__SEARCH_NONE;

	for (i = 0; i < q->count; i++) {
		rank = rank_word(q, &q->word[i], name);
		if (rank != FSS__SEARCH_NONE)
			found |= 1u << i;
		best = rank < best ? rank : best;
	}
	return q->count == 1 ? best : rank_of(q, name, found, best);
}

/* Word @i in all names of @b: what is found and the best rank, of each. */
static void
rank_names(const struct fss__search_query *q, unsigned i,
    const struct fss__block *b, uint8_t *found, uint8_t *best)
{
	const struct fss__search_word *w = &q->word[i];
	const struct fss__slice *name = &b->name[0].text, *last;
	const char *hit = (const char *)name->p + 1, *end;
	unsigned k = 0, rank;

	last = &b->name[b->count - 1].text;
	end = (const char *)last->p + last->n - 1;
	for (; (hit = seek(q, w, hit, end)) != NULL; hit++) {
		while (hit >= (const char *)name->p + name->n)
			name = &b->name[++k].text;
		/* Between two names there are numbers. */
		if (hit <= (const char *)name->p ||
		    hit + w->len >= (const char *)name->p + name->n)
			continue;
		rank = rank_at(w, *name, hit);
		if (rank == FSS__SEARCH_NONE)
			continue;
		found[k] |= (uint8_t)(1u << i);
		if (rank < best[k])
			best[k] = (uint8_t)rank;
	}
}

unsigned
fss__search_rank_block(const struct fss__search_query *q,
    const struct fss__block *b, uint8_t ret_rank[FSS__BLOCK_NAMES])
{
	uint8_t found[FSS__BLOCK_NAMES] = { 0 };
	unsigned i, ranks = 0;

	if (b->count == 0)
		return 0;
	memset(ret_rank, FSS__SEARCH_NONE, b->count);
	for (i = 0; i < q->count; i++)
		rank_names(q, i, b, found, ret_rank);
	for (i = 0; i < b->count; i++) {
		/* What has no word has not all, nor is it the whole. */
		if (q->count > 1 && found[i] != 0)
			ret_rank[i] = (uint8_t)rank_of(
			    q, b->name[i].text, found[i], ret_rank[i]);
		ranks |= 1u << ret_rank[i];
	}
	return ranks;
}
