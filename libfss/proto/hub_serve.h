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
	int64_t transfer;
	uint64_t serial; /* of the session; 0: nobody's now */
	int64_t account, device;
	int64_t until_us; /* monotonic */
	int64_t lost_us; /* nobody's since; LOSE after LOSE_US */
	/* Progress: kept also while it changes hands. */
	uint64_t looked; /* through this much, to know: */
	uint64_t known; /* bytes here before, as far as looked */
	uint64_t put; /* bytes that came since */
	bool untold; /* more came than was told */
	bool first; /* of FSS__LEASE_TELL: nothing was told before */
	int64_t tell_us; /* not to be told before */
};

#define FSS__SERVE_LOSE_US INT64_C(60000000)
#define FSS__SERVE_TELL_US INT64_C(100000) /* between two PROGRESS */
#define FSS__SERVE_MAX     65536 /* leases at once */
#define FSS__SERVE_GRACE   8 /* renewed so often though nothing comes */
#define FSS__SERVE_TIME_US INT64_C(600000000) /* however slow; then: */
#define FSS__SERVE_RATE    16384 /* bytes a second of the time had */
#define FSS__SERVE_IDLE    8 /* devices remembered that sent nothing */

int fss__leases_new(struct fss__leases **ret_l);
void fss__leases_free(struct fss__leases *l);
/*
 * @serial's device gets the lease.  FSS_EBUSY: another session has it (its own
 * again is fine).  FSS_EOVERLOAD, FSS_ENOMEM.
 */
int fss__lease_take(struct fss__leases *l, int64_t transfer, uint64_t serial,
    int64_t account, int64_t device, int64_t now_us);
/* It is there and nobody's, as after a restart. FSS_EOVERLOAD, FSS_ENOMEM. */
int fss__lease_orphan(struct fss__leases *l, int64_t transfer, int64_t now_us);
/*
 * Whether @serial would get FSS_EBUSY: another session has it, or @device let
 * it run out without sending anything and nothing came since; that is
 * forgotten with LOSE.
 */
bool fss__lease_busy(const struct fss__leases *l, int64_t transfer,
    uint64_t serial, int64_t device);
/* NULL if @serial has it not (the message gets FSS_ESTATE). */
struct fss__lease *
fss__lease_of(struct fss__leases *l, int64_t transfer, uint64_t serial);
/*
 * The same; renews it, but SERVE_GRACE times at most until something comes:
 * who sends nothing has it no longer than that.
 */
struct fss__lease *fss__lease_renew(
    struct fss__leases *l, int64_t transfer, uint64_t serial, int64_t now_us);
/* SERVED, or the session ended: it is nobody's, or (@over) forgotten. */
void fss__lease_drop(struct fss__leases *l, int64_t transfer, uint64_t serial,
    bool over, int64_t now_us);
void
fss__lease_drop_session(struct fss__leases *l, uint64_t serial, int64_t now_us);
/*
 * Nothing came of what @serial took it for: it is as it was before, and if it
 * was nobody's, nobody's for as long.
 */
void fss__lease_undo(struct fss__leases *l, int64_t transfer, uint64_t serial,
    int64_t now_us);
/* The transfer is over, whoever has it. */
void fss__lease_forget(struct fss__leases *l, int64_t transfer);
/* A page of its plan came that was not here: renews it. */
void fss__lease_paged(
    struct fss__leases *l, struct fss__lease *lease, int64_t now_us);
/*
 * @bytes more came under it: to be told when it is time.  Renews it, unless
 * that is more than its content has, or it had its time and all in all less
 * came than SERVE_RATE.
 */
void fss__lease_arrived(struct fss__leases *l, struct fss__lease *lease,
    uint64_t bytes, int64_t now_us);
/*
 * Its holder was told what is missing from @offset to @next (0: the end), and
 * that was @missing bytes.
 */
void fss__lease_looked(struct fss__leases *l, struct fss__lease *lease,
    uint64_t size, uint64_t offset, uint64_t next, uint64_t missing);
/* The next progress not before @us. */
void fss__lease_told(struct fss__leases *l, int64_t transfer, int64_t us);

enum fss__lease_due {
	FSS__LEASE_OFFER = 1, /* ran out: finish, or tell the holders */
	FSS__LEASE_LOSE = 2, /* nobody took it: LOSE; forgotten now */
	FSS__LEASE_TELL = 3 /* more came: PROGRESS, once */
};
/* What is due at @now_us: 0 nothing, else what and *ret_lease, a copy. */
int fss__lease_next(
    struct fss__leases *l, int64_t now_us, struct fss__lease *ret_lease);
int64_t fss__leases_deadline(const struct fss__leases *l);

#endif
