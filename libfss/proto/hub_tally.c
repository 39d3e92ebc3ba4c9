/*
 * The sessions of one account, one key or one address.
 *
 * A table of fixed size whose chains run through what is counted, so that
 * entering and leaving allocate nothing and cannot fail.  As it is there to keep
 * the sessions of each few, chains are short.  Names
 * are hashed with a random key: peers choose theirs.
 */
#include "proto/hub_tally.h"

#include "base/alloc.h"

struct fss__tallies *
fss__tallies_new(void)
{
	struct fss__tallies *t = fss__zalloc(sizeof(*t));

	if (t != NULL)
		fss__random(t->key, sizeof(t->key));
	return t;
}

void
fss__tallies_free(struct fss__tallies *t)
{
	fss__free(t);
}

uint64_t
fss__tally_whose(const struct fss__tallies *t, enum fss__tally_kind kind,
    const void *id, size_t n)
{
	/* Kinds differ in length or are few: their numbers keep them apart. */
	return fss__keyed_hash(t->key, id, n) + (uint64_t)kind;
}

void
fss__tally_enter(struct fss__tallies *t, struct fss__tally *e, uint64_t whose,
    struct fss__session *of)
{
	struct fss__tally **b = &t->bucket[whose % FSS__TALLY_BUCKETS];

	e->whose = whose;
	e->of = of;
	e->next = *b;
	e->at = b;
	if (e->next != NULL)
		e->next->at = &e->next;
	*b = e;
}

void
fss__tally_leave(struct fss__tally *e)
{
	if (e->at == NULL)
		return;
	*e->at = e->next;
	if (e->next != NULL)
		e->next->at = e->at;
	e->next = NULL;
	e->at = NULL;
}

struct fss__tally *
fss__tally_next(const struct fss__tallies *t, uint64_t whose,
    const struct fss__tally *e)
{
	struct fss__tally *n;

	n = e != NULL ? e->next : t->bucket[whose % FSS__TALLY_BUCKETS];
	while (n != NULL && n->whose != whose)
		n = n->next;
	return n;
}
