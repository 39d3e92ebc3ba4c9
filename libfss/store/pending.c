/*
 * The pending table: a bounded array in the order of the puts, with a hash
 * over the ids, all of it allocated at the start, so that taking a put never
 * fails half way.
 *
 * An id occurs once with bytes (NEW, HEAL) and once more for each further
 * account (CLAIM).  Entries leave only all together, after the transaction
 * that indexed them has committed; a reader that looks here first and then
 * into the index therefore misses nothing.
 */
#include "store/pending.h"

#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/num.h"
#include "crypto/keys.h"

#define HEADS	65536u		/* a power of two */

int
fss__pending_init(struct fss__pending *p)
{
	memset(p, 0, sizeof(*p));
	if (pthread_mutex_init(&p->mutex, NULL) != 0)
		return FSS_ENOMEM;
	p->list = fss__calloc(FSS__PENDING_MAX, sizeof(*p->list));
	p->heads = fss__calloc(HEADS, sizeof(*p->heads));
	if (p->list == NULL || p->heads == NULL) {
		fss__pending_release(p);
		return FSS_ENOMEM;
	}
	/* Ids are chosen by peers; without the seed so would be the chains. */
	fss__random(&p->seed, sizeof(p->seed));
	return 0;
}

void
fss__pending_release(struct fss__pending *p)
{
	(void)pthread_mutex_destroy(&p->mutex);	/* nobody uses it any more */
	fss__free(p->list);
	fss__free(p->heads);
	p->list = NULL;
	p->heads = NULL;
}

static size_t
bucket(const struct fss__pending *p, const struct fss__id *id)
{
	uint64_t x = fss__get_le64(id->b + 1) ^ p->seed;

	x *= p->seed | 1;
	return (size_t)(x >> 48) & (HEADS - 1);
}

void
fss__pending_add(struct fss__pending *p, const struct fss__pend *e)
{
	size_t b = bucket(p, &e->id);

	FSS_ASSERT(p->count < FSS__PENDING_MAX);
	(void)pthread_mutex_lock(&p->mutex);	/* fails only if misused */
	p->list[p->count] = *e;
	p->list[p->count].next = p->heads[b];
	p->count++;
	p->heads[b] = (uint32_t)p->count;
	p->bytes += e->loc.len;
	(void)pthread_mutex_unlock(&p->mutex);
}

void
fss__pending_clear(struct fss__pending *p)
{
	size_t i;

	(void)pthread_mutex_lock(&p->mutex);
	for (i = 0; i < p->count; i++)
		p->heads[bucket(p, &p->list[i].id)] = 0;
	p->count = 0;
	p->bytes = 0;
	(void)pthread_mutex_unlock(&p->mutex);
}

const struct fss__pend *
fss__pending_chunk(const struct fss__pending *p, const struct fss__id *id)
{
	const struct fss__pend *e;
	uint32_t i;

	for (i = p->heads[bucket(p, id)]; i != 0; i = e->next) {
		e = &p->list[i - 1];
		if (e->kind != FSS__PEND_CLAIM && fss__id_eq(&e->id, id))
			return e;
	}
	return NULL;
}

const struct fss__pend *
fss__pending_held(const struct fss__pending *p, int64_t account,
    const struct fss__id *id)
{
	const struct fss__pend *e;
	uint32_t i;

	for (i = p->heads[bucket(p, id)]; i != 0; i = e->next) {
		e = &p->list[i - 1];
		if (e->account == account && fss__id_eq(&e->id, id))
			return e;
	}
	return NULL;
}

bool
fss__pending_find(struct fss__pending *p, int64_t account,
    const struct fss__id *id, bool *ret_held, struct fss_store_loc *ret_loc)
{
	const struct fss__pend *e;

	(void)pthread_mutex_lock(&p->mutex);
	*ret_held = fss__pending_held(p, account, id) != NULL;
	e = fss__pending_chunk(p, id);
	if (e != NULL)
		*ret_loc = e->loc;
	(void)pthread_mutex_unlock(&p->mutex);
	return e != NULL;
}

void
fss__pending_strike(struct fss__pending *p, int64_t account,
    const uint8_t *ids, size_t n, uint8_t *bitmap)
{
	struct fss__id id;
	size_t i;

	(void)pthread_mutex_lock(&p->mutex);
	for (i = 0; i < n && p->count > 0; i++) {
		memcpy(id.b, ids + i * FSS__ID_BYTES, sizeof(id.b));
		if (fss__pending_held(p, account, &id) != NULL)
			bitmap[i / 8] &= (uint8_t)~(1u << i % 8);
	}
	(void)pthread_mutex_unlock(&p->mutex);
}

/* ---- damaged chunks --------------------------------------------------- */

static bool
same(const struct fss__bad *b, const struct fss__id *id,
    const struct fss_store_loc *loc)
{
	return fss__id_eq(&b->id, id) && b->loc.segment == loc->segment &&
	    b->loc.offset == loc->offset;
}

static bool
is_bad_locked(const struct fss__pending *p, const struct fss__id *id,
    const struct fss_store_loc *loc)
{
	size_t i;

	for (i = 0; i < p->bad_count; i++) {
		if (same(&p->bad[i], id, loc))
			return true;
	}
	return false;
}

/* One too many is not kept: the next read of it finds the damage again. */
void
fss__pending_add_bad(struct fss__pending *p, const struct fss__id *id,
    const struct fss_store_loc *loc)
{
	(void)pthread_mutex_lock(&p->mutex);
	if (p->bad_count < FSS__BAD_MAX && !is_bad_locked(p, id, loc)) {
		p->bad[p->bad_count].id = *id;
		p->bad[p->bad_count].loc = *loc;
		p->bad_count++;
	}
	(void)pthread_mutex_unlock(&p->mutex);
}

bool
fss__pending_is_bad(struct fss__pending *p, const struct fss__id *id,
    const struct fss_store_loc *loc)
{
	bool bad;

	(void)pthread_mutex_lock(&p->mutex);
	bad = is_bad_locked(p, id, loc);
	(void)pthread_mutex_unlock(&p->mutex);
	return bad;
}

size_t
fss__pending_get_bad(struct fss__pending *p, struct fss__bad *dst)
{
	size_t n;

	(void)pthread_mutex_lock(&p->mutex);
	n = p->bad_count;
	memcpy(dst, p->bad, n * sizeof(*dst));
	(void)pthread_mutex_unlock(&p->mutex);
	return n;
}

void
fss__pending_drop_bad(struct fss__pending *p, size_t n)
{
	(void)pthread_mutex_lock(&p->mutex);
	p->bad_count -= n;
	memmove(p->bad, p->bad + n, p->bad_count * sizeof(*p->bad));
	(void)pthread_mutex_unlock(&p->mutex);
}
