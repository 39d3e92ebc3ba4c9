/*
 * Token buckets: for password attempts, per account name and per address; and
 * for what people ask of each other, per account.
 *
 * The table has a fixed size: a bucket is found by a keyed hash, and two
 * names that fall on the same one share it.  The key is random per start, so
 * nobody can aim at another person's bucket; sharing can only make somebody
 * wait, never let them try more.  Account names count whether they exist or
 * not, so that a refusal tells nothing.
 *
 * A device that is enrolled needs no password and is not affected; who changes
 * a password is logged in, and is counted for themselves alone: while others
 * guess in somebody's name that somebody must be able to.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"
#include "crypto/digest.h"
#include "crypto/keys.h"
#include <fss/error.h>
#include "proto/hub_rate.h"

#define BUCKETS		4096
#define ACCOUNT_BURST	20
#define ACCOUNT_US	10000000	/* one more attempt every 10 s */
#define ADDRESS_BURST	60
#define ADDRESS_US	1000000		/* one more attempt every second */

#define ASK_BURST	60
#define ASK_US		2000000		/* one more every 2 s */
#define CHANGE_BURST	1000
#define CHANGE_US	100000		/* ten more every second */

#define EVENTS_BURST	1000
#define EVENTS_US	10000		/* a hundred more every second */

struct bucket {
	int64_t	empty_us;	/* the time at which it would be full again */
};

struct fss__rates {
	uint8_t		key[32];
	struct bucket	account[BUCKETS];
	struct bucket	address[BUCKETS];
	struct bucket	passwd[BUCKETS];
	struct bucket	ask[BUCKETS];
	struct bucket	change[BUCKETS];
	struct bucket	events[BUCKETS];
};

int
fss__rates_new(struct fss__rates **ret_r)
{
	*ret_r = fss__zalloc(sizeof(**ret_r));
	if (*ret_r == NULL)
		return FSS_ENOMEM;
	fss__random((*ret_r)->key, sizeof((*ret_r)->key));
	return 0;
}

void
fss__rates_free(struct fss__rates *r)
{
	fss__free(r);
}

static size_t
slot(const struct fss__rates *r, struct fss__slice s)
{
	return (size_t)(fss__keyed_hash(r->key, s.p, s.n) % BUCKETS);
}

/*
 * A bucket as one number: the time until which it is in debt.  Each attempt
 * adds @each; it may run ahead of now by at most @burst attempts before @n
 * more are made.
 */
static uint32_t
take(struct bucket *b, int64_t now, int64_t each, int64_t burst, unsigned n)
{
	int64_t ahead;

	if (b->empty_us < now)
		b->empty_us = now;
	ahead = b->empty_us + each - now - each * burst;
	if (ahead > 0)
		return (uint32_t)(ahead / 1000) + 1;
	b->empty_us += each * n;
	return 0;
}

uint32_t
fss__rates_take(struct fss__rates *r, struct fss__slice name,
    struct fss__slice address, int64_t mono_us)
{
	uint32_t wait;

	wait = take(&r->address[slot(r, address)], mono_us, ADDRESS_US,
	    ADDRESS_BURST, 1);
	if (wait != 0)
		return wait;
	return take(&r->account[slot(r, name)], mono_us, ACCOUNT_US,
	    ACCOUNT_BURST, 1);
}

void
fss__rates_refund(struct fss__rates *r, struct fss__slice name)
{
	r->account[slot(r, name)].empty_us -= ACCOUNT_US;
}

uint32_t
fss__rates_passwd(struct fss__rates *r, int64_t account, int64_t mono_us)
{
	struct fss__slice s = { &account, sizeof(account) };

	return take(&r->passwd[slot(r, s)], mono_us, ACCOUNT_US,
	    ACCOUNT_BURST, 1);
}

void
fss__rates_passwd_refund(struct fss__rates *r, int64_t account)
{
	struct fss__slice s = { &account, sizeof(account) };

	r->passwd[slot(r, s)].empty_us -= ACCOUNT_US;
}

uint32_t
fss__rates_ask(struct fss__rates *r, int64_t account, unsigned n,
    int64_t mono_us)
{
	struct fss__slice s = { &account, sizeof(account) };

	return take(&r->ask[slot(r, s)], mono_us, ASK_US, ASK_BURST, n);
}

uint32_t
fss__rates_change(struct fss__rates *r, int64_t account, unsigned n,
    int64_t mono_us)
{
	struct fss__slice s = { &account, sizeof(account) };

	return take(&r->change[slot(r, s)], mono_us, CHANGE_US, CHANGE_BURST,
	    n);
}

uint32_t
fss__rates_events(struct fss__rates *r, int64_t account, int64_t mono_us)
{
	struct fss__slice s = { &account, sizeof(account) };

	return take(&r->events[slot(r, s)], mono_us, EVENTS_US, EVENTS_BURST,
	    1);
}
