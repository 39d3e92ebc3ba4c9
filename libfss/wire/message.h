/*
 * Whole header frames.
 *
 * A header is a msgpack array [version, type, request, session, fields]:
 * version u8, type u8, request u64 (chosen by the asker, echoed), session
 * bin of 16 bytes or empty, fields a map from small integer to value.
 */
#ifndef FSS__WIRE_MESSAGE_H
#define FSS__WIRE_MESSAGE_H

#include "base/buf.h"
#include "wire/schema.h"

#define FSS__SESSION_BYTES	16
#define FSS__OP_BYTES		16
#define FSS__SESSION_ID		8	/* as sessions are listed by */
#define FSS__ANSWER		128
#define FSS__MSG_ERROR		255

#define FSS__TOKEN_TTL_MIN	60	/* seconds */
#define FSS__TOKEN_SCOPES	15	/* FSS_SCOPE_... that one may have */

enum fss__msg_type {
#define M(name, number, req, ans, needs) FSS__MSG_##name = number,
#include "wire/messages.def"
#undef M
};

/* What a session must be, or have, for a message. */
enum fss__needs {
	FSS__NEEDS_NONE,
	FSS__NEEDS_USER,		/* logged in, by whatever */
	FSS__NEEDS_READ,		/* and these scopes */
	FSS__NEEDS_WRITE,
	FSS__NEEDS_CONTENT,		/* read; write for one's uploads */
	FSS__NEEDS_PEOPLE,
	FSS__NEEDS_ACCOUNT,
	FSS__NEEDS_ROLE,		/* scope admin */
	FSS__NEEDS_ADMIN		/* and role operator or above */
};

struct fss__message {
	const char	*name;
	uint8_t		 type;
	uint8_t		 needs;			/* enum fss__needs */
	const struct fss__record *request;
	const struct fss__record *answer;
};

/* NULL for a number that is no request. */
const struct fss__message *fss__message_find(unsigned type);
/* "LIST", "LIST+" for its answer, "ERROR"; "?" when unknown. */
const char *fss__message_name(unsigned type);

struct fss__header {
	unsigned	 version;
	unsigned	 type;
	uint64_t	 req;
	struct fss__slice session;	/* 0 or 16 bytes, into the frame */
	struct fss__slice fields;	/* encoded map, not yet looked into */
};

/*
 * First look at a frame: the envelope only, so that a too-new version or an
 * unknown type can be answered.  FSS_EPROTO, FSS_ETOOBIG.
 */
int	fss__header_decode(const void *p, size_t n, struct fss__header *ret_h);

/*
 * What a frame that was refused says all the same, so that who sent it can be
 * told which of their messages it was: elements are read from the first on, as
 * far as they are what they should be.  Says how many of version, type,
 * request and session were read; in *@ret_h all others are 0.
 */
enum {
	FSS__GLEANED_VERSION = 1,
	FSS__GLEANED_TYPE,
	FSS__GLEANED_REQ,
	FSS__GLEANED_SESSION
};

unsigned fss__header_glean(const void *p, size_t n, struct fss__header *ret_h);

/*
 * Decode the fields of @h into @ret_msg, a struct fss__m_<rec> of @rec.
 * Everything is checked here, nested lists included: kinds, limits, required
 * fields, UTF-8, no duplicate key, nothing after the end.  Unknown keys are
 * skipped.  @why (may be NULL) gets the field at fault, static text.
 * FSS_EPROTO, FSS_ETOOBIG.
 */
int	fss__fields_decode(struct fss__slice fields,
	    const struct fss__record *rec, void *ret_msg, const char **why);

/*
 * Append a whole header: the required fields, and those whose `has` bit is
 * set.  All or nothing is appended; an error sticks in @b.  FSS_EINVAL (NULL
 * with a length, no UTF-8, wrong size, `has` bits the record has not),
 * FSS_ETOOBIG (over a field's limit or the header's), FSS_ENOMEM.
 */
int	fss__message_encode(struct fss__buf *b, unsigned type, uint64_t req,
	    const uint8_t *session /* NULL or 16 */,
	    const struct fss__record *rec, const void *msg);

/*
 * Append one record to @b, for building a list: append records, then point
 * struct fss__list at b->data, b->len and their number.  Errors as above; one
 * that did not fit leaves the whole records before it.
 */
int	fss__record_encode(struct fss__buf *b, const struct fss__record *rec,
	    const void *msg);

/* Step through a decoded list: 1 and *ret_msg, or 0 at the end. */
int	fss__list_next(struct fss__list *it, const struct fss__record *rec,
	    void *ret_msg);

#endif
