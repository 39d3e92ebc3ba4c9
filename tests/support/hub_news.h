/*
 * News of a hub_drive: two people who follow it, questions that park, and
 * what happens told to the hub as a change of the model would tell it.
 */
#ifndef FSS_TEST_HUB_NEWS_H
#define FSS_TEST_HUB_NEWS_H

#include "hub_peer.h"
#include "model/event.h"

/* Bits of `kinds`. */
#define HN_PRESENCE (1u << (FSS_NEWS_PRESENCE - 1))
#define HN_REQUEST  (1u << (FSS_NEWS_REQUEST - 1))
#define HN_PROGRESS (1u << (FSS_NEWS_PROGRESS - 1))
#define HN_FILES    (1u << (FSS_NEWS_FILE - 1))
#define HN_WORK     (1u << (FSS_NEWS_WORK - 1))
#define HN_UPLOADS  (1u << (FSS_NEWS_UPLOAD - 1))
#define HN_ALL                                                  \
	(HN_PRESENCE | HN_REQUEST | HN_PROGRESS | HN_FILES | HN_WORK | \
	    HN_UPLOADS)

struct hn {
	struct hub_drive d;
	struct hub_peer a, b;
	int64_t alice, bob; /* their accounts */
};

/* Of cmocka: *state is a struct hn whose two people are online. */
int hn_setup(void **state);
int hn_teardown(void **state);

struct fss__session *hn_session(struct hn *w, struct hub_peer *p);
/* EVENTS of what is behind @after; @epoch 0: from now on. */
struct fss__m_events hn_question(
    unsigned kinds, uint64_t epoch, uint64_t after, bool wait);
/* The same sent, to wait for an answer: its id. */
uint64_t hn_park(
    struct hub_peer *p, unsigned kinds, uint64_t epoch, uint64_t after);
/* Where to begin. */
uint64_t hn_begin(struct hub_peer *p, unsigned kinds, uint64_t *ret_epoch);

/* The hub is told; nothing is sent before it is driven on. */
void hn_tell_news(struct hn *w, const struct fss__news *n);
/* News of request or person @number, to @to (0: all). */
void hn_tell(struct hn *w, int kind, int64_t to, int64_t number);
/* The one row there is. */
struct fss__m_event hn_only(struct fss__m_event_list *list);

#endif
