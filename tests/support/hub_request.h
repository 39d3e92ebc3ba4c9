/*
 * Short words for what three people of a hub_drive do with requests: files
 * are announced, asked for, decided on, served and read, and heard of.  What
 * a test does not expect ends it.
 */
#ifndef FSS_TEST_HUB_REQUEST_H
#define FSS_TEST_HUB_REQUEST_H

#include "folder.h"
#include "hub_peer.h"

#define HR_LEN 40000 /* of each content */

struct hr {
	struct hub_drive d;
	struct hub_peer a, b, c; /* alice, bob, carol */
	char dir[FOLDER_PATH]; /* of the store */
	uint8_t op; /* of the last change */
};

/* Of cmocka: *state is a struct hr whose three people are registered. */
int hr_setup(void **state);
int hr_teardown(void **state);
/* The hub starts anew over its store, and all three come back. */
void hr_restart(struct hr *w);
/* The next op id; its bytes are in @buf. */
struct fss__slice hr_op(struct hr *w, uint8_t buf[FSS__OP_BYTES]);

/* @p's device has what is of @id and so on as @path: the version. */
uint64_t hr_announce_tree(struct hr *w, struct hub_peer *p, const char *path,
    const struct fss__id *id, unsigned depth, uint64_t size);
/* The same with content @n, of one chunk. */
uint64_t hr_announce(
    struct hr *w, struct hub_peer *p, const char *path, unsigned n);
/* GET is asked for: 0 or FSS_E... */
int hr_ask(struct hr *w, struct hub_peer *p, const char *owner,
    const char *path, struct fss__m_request *ret);
/* Alice has an announced file that others see; bob asked for it. */
uint64_t hr_begin(struct hr *w, struct fss__m_request *ret);

/* The status of the one row; in *@ret_retry_us when it may be tried again. */
int hr_decide_when(struct hr *w, struct hub_peer *p, uint64_t id, int event,
    int64_t *ret_retry_us);
int hr_decide(struct hr *w, struct hub_peer *p, uint64_t id, int event);
/* Alice says yes: the transfer that waits for her device. */
uint64_t hr_approve(struct hr *w, uint64_t id);
/* The state of request @id as @p sees it; -1: not at all. */
int hr_state_of(struct hub_peer *p, uint64_t id);

/* What waits for @p's device: its transfer, 0 nothing. */
uint64_t hr_work(struct hub_peer *p);
int hr_serve(
    struct hub_peer *p, uint64_t transfer, struct fss__m_serve_terms *ret);
/* Content @n for @transfer. */
int hr_put(struct hub_peer *p, uint64_t transfer, unsigned n);
int hr_served(struct hr *w, struct hub_peer *p, uint64_t transfer, int status);
/* The status of GET of the first node of @version; its bytes compared. */
int hr_get(struct hub_peer *p, uint64_t version, unsigned n);

struct hr_follower {
	uint64_t epoch, last;
	char path[FSS_LIMIT_PATH + 1]; /* of what was heard, or "" */
};

/* All that happens from now on. */
void hr_follow(struct hub_peer *p, struct hr_follower *ret);
/* Whether there is news of @kind, with @state if it has one; takes all. */
bool hr_heard(struct hub_peer *p, struct hr_follower *f, int kind, int state);

#endif
