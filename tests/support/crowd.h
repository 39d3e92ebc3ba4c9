/*
 * Many people over one client: the session machines of both sides against
 * each other, without sockets; what is sent on one is given to the other.
 * What a test does not expect ends it.
 */
#ifndef FSS_TEST_CROWD_H
#define FSS_TEST_CROWD_H

#include <fss/web.h>

#include "hub_drive.h"
#include "proto/client_session.h"

#define CROWD_CONNS	3

/* A request under way or answered. */
struct crowd_asked {
	bool		over;
	int		code;
	char		detail[FSS__DETAIL];
	char		token[FSS__KEY_TEXT];
	char		name[FSS_LIMIT_ACCOUNT + 1];
	uint64_t	device, role, scopes, count;
	uint8_t		session[FSS__SESSION_ID];	/* first of a list */
	bool		current;
	char		address[FSS__MAX_ADDRESS + 1];
};

struct crowd {
	struct hub_drive d;
	struct fss__cs	*cs;		/* the main session */
	uint8_t		key[FSS__KEY_BYTES];
	uint64_t	route[CROWD_CONNS], last_route;
	struct fss__line line[CROWD_CONNS];	/* as the hub told it last */
	int64_t		now_us;
	unsigned	hellos, hellos_most;	/* unanswered */
	unsigned	spoil;		/* the next of that type, either way */
};

/* What requests without fields are asked with. */
extern const struct fss__m_empty crowd_nothing;

/* Room for many; crowd_open() without @cfg takes it. */
void	crowd_roomy(struct fss__hub_config *cfg);
/* *state is a struct crowd whose main session stands; of cmocka: the rest. */
int	crowd_open(void **state, const struct fss__hub_config *cfg);
int	crowd_setup(void **state);
int	crowd_teardown(void **state);

/* Whatever one side has to say, until both are silent. */
void	crowd_pump(struct crowd *w);
void	crowd_pass(struct crowd *w, int64_t us);
/* Time goes on as far as something is due, until the main session stands. */
void	crowd_settle(struct crowd *w);
void	crowd_lose(struct crowd *w, unsigned conn);
/* How many the hub has. */
uint64_t crowd_sessions(struct crowd *w);

/* A session of whoever has @token (NULL: nobody yet), in a browser. */
struct fss__cs *crowd_person(struct crowd *w, const char *token);
struct fss__cs *crowd_person_from(struct crowd *w, const char *token,
	    const char *address);
/* A request of @p's, whose answer comes into @a. */
void	crowd_start(struct crowd *w, struct fss__cs *p, unsigned type,
	    const void *msg, struct crowd_asked *a);
void	crowd_take_answers(struct crowd *w);
/* All of it: 0 or FSS_E... */
int	crowd_ask(struct crowd *w, struct fss__cs *p, unsigned type,
	    const void *msg, struct crowd_asked *a);
int	crowd_whoami(struct crowd *w, struct fss__cs *p,
	    struct crowd_asked *a);
/* REGISTER_WEB, after which @p is @name. */
int	crowd_register_web(struct crowd *w, struct fss__cs *p,
	    const char *name, struct crowd_asked *a);
/* Likewise LOGIN_WEB; @ttl_s 0: as long as by default. */
int	crowd_login_web(struct crowd *w, struct fss__cs *p, const char *name,
	    const char *password, uint64_t ttl_s, struct crowd_asked *a);

#endif
