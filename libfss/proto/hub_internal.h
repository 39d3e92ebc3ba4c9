/*
 * What the files of the hub machine share.
 */
#ifndef FSS__PROTO_HUB_INTERNAL_H
#define FSS__PROTO_HUB_INTERNAL_H

#include "proto/hub.h"
#include "proto/hub_rate.h"
#include "proto/hub_session.h"

struct fss__hub {
	struct fss__hub_config	cfg;
	struct fss__sessions	sessions;
	struct fss__rates	*rates;
	uint64_t		put_flying;	/* of all sessions, bytes */
	uint64_t		get_reserved;	/* likewise, of GETs */
	uint64_t		unsent;		/* answers not taken, bytes */
	bool			starved;	/* a GET waits for others */
	uint64_t		kdf_queued;	/* password jobs out */
	uint64_t		hellos;		/* HELLO jobs out: sessions to be */
	uint64_t		changes;	/* of who may do what */
	bool			draining;
	struct fss__hub_stats	stats;

	/* during a step only */
	int64_t			now_us;
	struct fss__hub_update	*up;
};

/* The most password jobs under way; each takes its 64 MiB in turn. */
#define FSS__KDF_QUEUE	64

/* Send what the job has in `out`, or its error. 0 or FSS_ENOMEM. */
int	fss__hub_answer(struct fss__hub *hub, struct fss__job *job);
/* Hand a job to its lane. */
void	fss__hub_queue(struct fss__hub *hub, struct fss__job *job);
/* End the sessions of an account (but @keep) or of a device; 0 = any. */
void	fss__hub_end_sessions(struct fss__hub *hub, int64_t account,
	    int64_t device, const struct fss__session *keep);
/* End the sessions logged in with @key (but @keep) on another device. */
void	fss__hub_end_key(struct fss__hub *hub,
	    const uint8_t key[FSS__KEY_BYTES], int64_t device,
	    const struct fss__session *keep);

/* hub_content.c: credit in both directions. */
int	fss__hub_put_admit(struct fss__hub *hub, struct fss__session *s,
	    struct fss__job *job);
void	fss__hub_get_admit(struct fss__hub *hub, struct fss__session *s,
	    struct fss__job *job);
/* GETs that wait because all sessions together hold too much. */
void	fss__hub_get_resume(struct fss__hub *hub);
void	fss__hub_get_credit(struct fss__hub *hub, struct fss__session *s,
	    uint64_t received);

#endif
