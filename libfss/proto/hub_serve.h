/*
 * Leases of transfers: which session sends for which, while it lives.
 *
 * In memory alone: a hub that starts has none, and devices come and ask.  No
 * clock, no socket.
 */
#ifndef FSS__PROTO_HUB_SERVE_H
#define FSS__PROTO_HUB_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fss__leases;

struct fss__lease {
	int64_t		transfer;
	uint64_t	serial;		/* of the session; 0: nobody's now */
	int64_t		account, device;
	int64_t		until_us;	/* monotonic */
	int64_t		lost_us;	/* nobody's since; LOSE after LOSE_US */
	int64_t		told_us;	/* last PROGRESS */
	uint64_t	arrived;	/* bytes under this lease */
};

#define FSS__SERVE_LOSE_US	INT64_C(60000000)
#define FSS__SERVE_MAX		65536	/* leases at once */

int	fss__leases_new(struct fss__leases **ret_l);
void	fss__leases_free(struct fss__leases *l);
/*
 * @serial's device gets the lease.  FSS_EBUSY: another session has it (its own
 * again is fine).  FSS_EOVERLOAD, FSS_ENOMEM.
 */
int	fss__lease_take(struct fss__leases *l, int64_t transfer,
	    uint64_t serial, int64_t account, int64_t device, int64_t now_us);
/* Renews it; NULL if @serial has it not (the message gets FSS_ESTATE). */
struct fss__lease *fss__lease_renew(struct fss__leases *l, int64_t transfer,
	    uint64_t serial, int64_t now_us);
/* SERVED, or the session ended: it is nobody's, or (@over) forgotten. */
void	fss__lease_drop(struct fss__leases *l, int64_t transfer,
	    uint64_t serial, bool over, int64_t now_us);
void	fss__lease_drop_session(struct fss__leases *l, uint64_t serial,
	    int64_t now_us);

enum fss__lease_due {
	FSS__LEASE_OFFER = 1,	/* ran out: finish, or tell the holders */
	FSS__LEASE_LOSE = 2	/* nobody took it: LOSE; forgotten now */
};
/* What is due at @now_us: 0 nothing, else what and *ret_transfer. */
int	fss__lease_next(struct fss__leases *l, int64_t now_us,
	    int64_t *ret_transfer);
int64_t	fss__leases_deadline(const struct fss__leases *l);

#endif
