/*
 * Whole header frames: the envelope, then the fields by what the type says,
 * as request and as answer.
 */
#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "record.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static bool
inside(struct fss__slice s, const uint8_t *data, size_t size)
{
	const uint8_t *p = s.p;

	return p >= data && p <= data + size &&
	    s.n <= (size_t)(data + size - p);
}

/* The same envelope with no fields comes back as it was. */
static void
again(const struct fss__header *h)
{
	struct fss__m_empty none = { 0 };
	struct fss__header back;
	struct fss__buf b;

	fss__buf_init(&b, FSS__MAX_HEADER);
	must(fss__message_encode(&b, h->type, h->req,
	    h->session.n == 0 ? NULL : h->session.p, &fss__r_empty, &none) ==
	    0);
	must(fss__header_decode(b.data, b.len, &back) == 0);
	must(back.version == FSS__MAX_VERSION && back.type == h->type &&
	    back.req == h->req && fss__slice_eq(back.session, h->session));
	must(record_check(back.fields, &fss__r_empty) == 0);
	fss__buf_release(&b);
}

/* What is gleaned is what decoding finds, where that finds something. */
static void
glean(const uint8_t *data, size_t size, const struct fss__header *whole)
{
	struct fss__header h;
	unsigned got;

	memset(&h, 0x5a, sizeof(h));
	got = fss__header_glean(data, size, &h);
	must(got <= FSS__GLEANED_SESSION && h.fields.n == 0);
	must(got >= FSS__GLEANED_VERSION || h.version == 0);
	must(got >= FSS__GLEANED_TYPE || h.type == 0);
	must(got >= FSS__GLEANED_REQ || h.req == 0);
	must(h.session.n == 0 || (got == FSS__GLEANED_SESSION &&
	    h.session.n == FSS__SESSION_BYTES &&
	    inside(h.session, data, size)));
	must(whole == NULL || (got == FSS__GLEANED_SESSION &&
	    h.version == whole->version && h.type == whole->type &&
	    h.req == whole->req && h.session.n == whole->session.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fss__message *m;
	struct fss__header h;
	int r;

	memset(&h, 0x5a, sizeof(h));
	r = fss__header_decode(data, size, &h);
	if (r != 0) {
		must(r == FSS_EPROTO || r == FSS_ETOOBIG);
		must(h.version == 0x5a5a5a5a);	/* untouched */
		glean(data, size, NULL);
		return 0;
	}
	glean(data, size, &h);
	must(h.version <= 255 && h.type <= 255);
	must(h.session.n == 0 || h.session.n == FSS__SESSION_BYTES);
	must(inside(h.session, data, size) && inside(h.fields, data, size));
	must(fss__message_name(h.type) != NULL);
	again(&h);
	if (h.type == FSS__MSG_ERROR)
		(void)record_check(h.fields, &fss__r_error);
	else if ((m = fss__message_find(h.type % FSS__ANSWER)) != NULL)
		(void)record_check(h.fields, h.type < FSS__ANSWER ?
		    m->request : m->answer);
	return 0;
}
