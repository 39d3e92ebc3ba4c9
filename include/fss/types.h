/*
 * Enumerations shared by the client and the server API.  Values are those on
 * the wire and in the store; they are never reused or renumbered.
 *
 * Thread rule: nothing here is a function.
 */
#ifndef FSS_TYPES_H
#define FSS_TYPES_H

#ifdef __cplusplus
extern "C" {
#endif

enum fss_kind {
	FSS_KIND_DIR = 1,
	FSS_KIND_FILE = 2,
	FSS_KIND_LINK = 3
};

enum fss_role {
	FSS_ROLE_USER = 0,
	FSS_ROLE_OPERATOR = 1,
	FSS_ROLE_ADMIN = 2
};

enum fss_registration {
	FSS_REGISTRATION_CLOSED = 0,
	FSS_REGISTRATION_INVITE = 1,
	FSS_REGISTRATION_OPEN = 2
};

/* What people without a grant may do with an entry. */
enum fss_access {
	FSS_ACCESS_INHERIT = 0,		/* as the folder above says */
	FSS_ACCESS_PRIVATE = 1,		/* nothing, not even see it */
	FSS_ACCESS_ASK = 2,		/* see it */
	FSS_ACCESS_OPEN = 3		/* see and read it */
};

enum fss_state {
	FSS_STATE_STORED = 0,
	FSS_STATE_ANNOUNCED = 1
};

/* What somebody may do with an entry; also what a grant gives. */
#define FSS_RIGHT_SEE		(1u << 0)
#define FSS_RIGHT_READ		(1u << 1)
#define FSS_RIGHT_CREATE	(1u << 2)	/* add new entries below */
#define FSS_RIGHT_WRITE		(1u << 3)	/* replace, move, remove */
#define FSS_RIGHT_OWN		(1u << 4)	/* access and grants */

#ifdef __cplusplus
}
#endif
#endif
