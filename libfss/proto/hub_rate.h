/*
 * How often somebody may try a password, or ask others for something.
 */
#ifndef FSS__PROTO_HUB_RATE_H
#define FSS__PROTO_HUB_RATE_H

#include <stdint.h>

#include "base/str.h"

struct fss__rates;

int	fss__rates_new(struct fss__rates **ret_r);
void	fss__rates_free(struct fss__rates *r);

/*
 * Take one attempt by @name (an account, existing or not) from @address.
 * 0, or how many milliseconds to wait before the next.
 */
uint32_t fss__rates_take(struct fss__rates *r, struct fss__slice name,
	    struct fss__slice address, int64_t mono_us);
/* The attempt turned out right: it does not count against the account. */
void	fss__rates_refund(struct fss__rates *r, struct fss__slice name);
/* A change of password by @account, which is logged in; likewise. */
uint32_t fss__rates_passwd(struct fss__rates *r, int64_t account,
	    int64_t mono_us);
void	fss__rates_passwd_refund(struct fss__rates *r, int64_t account);
/*
 * The same for requests of people, by account alone: @n are opened, or @n
 * otherwise changed, which also counts rules and presence.  Where one is
 * allowed all are, and those that follow wait the longer.
 */
uint32_t fss__rates_ask(struct fss__rates *r, int64_t account, unsigned n,
	    int64_t mono_us);
/* News asked for without waiting for them, or from far behind. */
uint32_t fss__rates_events(struct fss__rates *r, int64_t account,
	    int64_t mono_us);
uint32_t fss__rates_change(struct fss__rates *r, int64_t account, unsigned n,
	    int64_t mono_us);

#endif
