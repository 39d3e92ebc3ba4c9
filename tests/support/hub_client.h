/*
 * A hub in the same process and clients of it, through the public calls:
 * operations are run to their end, and what became of them is summed up.
 */
#ifndef FSS_TEST_HUB_CLIENT_H
#define FSS_TEST_HUB_CLIENT_H

#include <fss/fss.h>

#include "hub_thread.h"

struct hc {
	struct hub_thread *hub;
	fss_client	*c;		/* alice's */
	uint8_t		 secret[FSS_KEY_BYTES];	/* of her device */
	char		 base[256];
	char		 data[300];	/* the hub's, in base, as is the rest */
	char		 src[300];	/* an empty folder */
	char		 dst[300];	/* not there yet */
};

/* What became of an operation. */
struct hc_result {
	int		 error;
	uint64_t	 count[FSS_COUNT_SCANNED + 1];
	unsigned	 items;		/* ITEM events */
	int		 item_error;	/* of the last one that failed */
	char		 item[512];	/* its local path */
	unsigned	 rows;
	char		 path[512];	/* of the last row */
	int64_t		 size;
};

/* Of cmocka: *state is a struct hc. */
int	hc_setup(void **state);
int	hc_teardown(void **state);

/* One more client, open; @secret NULL: a device of its own. */
fss_client *hc_client(const struct hc *w, const uint8_t *secret);
/* @name is registered, or it is there already. */
void	hc_login(fss_client *c, const char *name);

/* Adds what an event of an operation says. */
void	hc_note_event(const fss_event *ev, struct hc_result *res);
/* All events of @op, until it is over. */
struct hc_result hc_finish(fss_client *c, fss_op op);
/* The same for @call, which stores in `op`; that it starts is checked. */
#define HC_RUN(c, call) (assert_int_equal(call, 0), hc_finish(c, op))

struct hc_result hc_upload(struct hc *w, const char *local,
	    const char *remote, uint32_t flags);
struct hc_result hc_download(struct hc *w, const char *remote,
	    const char *local, uint32_t flags);

#endif
