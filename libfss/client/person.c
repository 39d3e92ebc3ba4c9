/*
 * Persons: who operations are started for.
 *
 * A person is a session machine of its own (proto/client_person.c) and what
 * the handle knows of it.  Their ids are never used twice, so that a program
 * that is late with one does nothing to somebody else.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "client/internal.h"
#include "client/request.h"
#include "crypto/keys.h"
#include "net/dealer.h"

static struct fss__person **
bucket(fss_client *c, fss_person id)
{
	return &c->person[id % FSS__PERSON_BUCKETS];
}

struct fss__person *
fss__person_find(const fss_client *c, fss_person id)
{
	struct fss__person *p = c->person[id % FSS__PERSON_BUCKETS];

	while (p != NULL && p->id != id)
		p = p->next;
	return p;
}

static int
token_check(fss_client *c, const char *token)
{
	uint8_t bytes[FSS__KEY_BYTES];
	int r = fss__key_decode(bytes, token);

	fss__memzero(bytes, sizeof(bytes));
	return r == 0 ? 0 : fss__client_fail(c, FSS_EAUTH,
	    "a token has %d characters of base64url", FSS_TOKEN_CHARS);
}

int
fss_client_person_new(fss_client *c, const char *token, const char *address,
    fss_person *ret_p)
{
	struct fss__slice text = { NULL, 0 };
	struct fss__person *p;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (ret_p == NULL)
		return FSS_EINVAL;
	fss__client_forget_event(c);
	if (c->cs == NULL)
		return fss__client_fail(c, FSS_ENOTCONN,
		    "the client is not open");
	if (token != NULL && (r = token_check(c, token)) != 0)
		return r;
	if (address != NULL && (r = fss__client_text(c, "an address", address,
	    0, FSS__MAX_ADDRESS, FSS_EINVAL, &text)) != 0)
		return r;
	p = fss__zalloc(sizeof(*p));
	if (p == NULL)
		return fss__client_fail(c, FSS_ENOMEM, "out of memory");
	r = fss__cs_person_new(c->cs, token, address != NULL ? address : "",
	    p, fss__mono_us(), &p->cs);
	if (r != 0) {
		fss__free(p);
		return fss__client_fail(c, r, "cannot begin a session: %s",
		    fss_strerror(r));
	}
	p->id = ++c->last_person;
	p->next = *bucket(c, p->id);
	*bucket(c, p->id) = p;
	*ret_p = p->id;
	fss__dealer_arm(c->dealer);
	return 0;
}

/* Operations that ended, and their events, are the handle's from now on. */
static void
end_operations(fss_client *c, struct fss__person *p)
{
	struct fss__op *op, *next;

	for (op = c->ops; op != NULL; op = next) {
		next = op->next;
		if (op->who != p)
			continue;
		if (!op->done)
			fss__op_end(op, FSS_ECANCELED,
			    "the person was closed", NULL);
		op->who = &c->own;
	}
}

static void
drop(fss_client *c, struct fss__person *p)
{
	struct fss__person **at;

	for (at = bucket(c, p->id); *at != p; at = &(*at)->next)
		;
	*at = p->next;
	fss__free(p);
}

int
fss_client_person_close(fss_client *c, fss_person id)
{
	struct fss__person *p;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	fss__client_forget_event(c);
	p = id != 0 ? fss__person_find(c, id) : NULL;
	if (p == NULL)
		return fss__client_fail(c, FSS_EINVAL,
		    "there is no such person");
	p->closing = true;
	end_operations(c, p);
	if (c->as == p)
		c->as = &c->own;
	fss__cs_person_close(p->cs);
	drop(c, p);
	fss__dealer_arm(c->dealer);
	return 0;
}

int
fss_client_act_as(fss_client *c, fss_person id)
{
	struct fss__person *p;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	p = id != 0 ? fss__person_find(c, id) : &c->own;
	if (p == NULL)
		return fss__client_fail(c, FSS_EINVAL,
		    "there is no such person");
	if (p != c->as)
		c->page.limit = 0;	/* it was another's wish */
	c->as = p;
	return 0;
}

void
fss__persons_free(fss_client *c)
{
	unsigned i;

	/* Their machines go with the main one. */
	for (i = 0; i < FSS__PERSON_BUCKETS; i++)
		while (c->person[i] != NULL)
			drop(c, c->person[i]);
}
