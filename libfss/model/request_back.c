/*
 * Noes: how long somebody has to wait before asking again.
 *
 * They are counted per file and per person asked, apart from the request, so
 * that asking anew does not get round them.  What concerns a person is the row
 * with entry 0; it matters only once there were several in a row.
 */
#include "model/request_internal.h"

#define US	INT64_C(1000000)
#define PAIR_S	86400		/* after several noes: nothing for a day */

/* Who said no, 0 where it was nobody in particular. */
static int64_t
person_of(const struct fss__meta_request *r)
{
	return r->target != 0 ? r->target : r->owner;
}

int
fss__request_backed_off(struct fss__ctx *ctx,
    const struct fss__meta_request *r)
{
	int64_t person = person_of(r), times = 0, until = 0, pair = 0;
	int e = 0;

	if (person == 0)
		return 0;
	if (r->entry != 0)
		e = fss__meta_denial_get(ctx->db, r->asker, person, r->entry,
		    &times, &until);
	if (e >= 0)
		e = fss__meta_denial_get(ctx->db, r->asker, person, 0, &times,
		    &pair);
	if (e < 0)
		return e;
	if (pair > until)
		until = pair;
	if (until <= ctx->now_us)
		return 0;
	ctx->retry_us = until - ctx->now_us;
	return FSS_ERATE;
}

/* 1 h, 2 h, 4 h, ... */
static int64_t
back_off(int64_t times)
{
	int64_t s = FSS__BACKOFF_S;

	while (--times > 0 && s < FSS__BACKOFF_MAX_S)
		s *= 2;
	return (s < FSS__BACKOFF_MAX_S ? s : FSS__BACKOFF_MAX_S) * US;
}

int
fss__request_count_no(struct fss__ctx *ctx, struct fss__meta_request *r)
{
	int64_t person = person_of(r), times = 0, until = 0;
	int e = 0;

	r->retry = ctx->now_us + back_off(r->attempt);
	if (person == 0)
		return 0;
	if (r->entry != 0) {
		e = fss__meta_denial_get(ctx->db, r->asker, person, r->entry,
		    &times, &until);
		if (e < 0)
			return e;
		times++;
		r->retry = ctx->now_us + back_off(times);
		e = fss__meta_denial_set(ctx->db, r->asker, person, r->entry,
		    times, r->retry);
		if (e != 0)
			return e;
	}
	times = 0;
	e = fss__meta_denial_get(ctx->db, r->asker, person, 0, &times,
	    &until);
	if (e < 0)
		return e;
	times++;
	until = ctx->now_us;
	if (times >= FSS__BACKOFF_PAIR)
		until += PAIR_S * US;
	if (until > r->retry)
		r->retry = until;
	return fss__meta_denial_set(ctx->db, r->asker, person, 0, times,
	    until);
}

int
fss__request_forget_noes(struct fss__ctx *ctx,
    const struct fss__meta_request *r, int64_t person)
{
	int e;

	if (person == 0)
		person = person_of(r);
	if (person == 0)
		return 0;
	e = fss__meta_denial_drop(ctx->db, r->asker, person, 0);
	if (e == 0 && r->entry != 0)
		e = fss__meta_denial_drop(ctx->db, r->asker, person,
		    r->entry);
	return e;
}
