/*
 * Frames as a hub would send them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "hub_frame.h"

void
hub_welcome_fill(struct fss__m_welcome *m, const uint8_t *session)
{
	memset(m, 0, sizeof(*m));
	m->has = FSS__K_welcome_session | FSS__K_welcome_version |
	    FSS__K_welcome_digest | FSS__K_welcome_credit |
	    FSS__K_welcome_credit_max | FSS__K_welcome_lease_ms |
	    FSS__K_welcome_ping_ms | FSS__K_welcome_chunk_min |
	    FSS__K_welcome_chunk_avg | FSS__K_welcome_chunk_max |
	    FSS__K_welcome_payload_max | FSS__K_welcome_batch_max |
	    FSS__K_welcome_requests_max | FSS__K_welcome_account;
	m->session.p = session;
	m->session.n = FSS__SESSION_BYTES;
	m->version = FSS__MAX_VERSION;
	m->account = fss__slice_str("alice");
	m->digest = FSS__ALG_SHA256;
	m->credit = 1000;
	m->credit_max = 8000;
	m->lease_ms = 60000;
	m->ping_ms = 15000;
	m->chunk_min = 65536;
	m->chunk_avg = 262144;
	m->chunk_max = 1048576;
	m->payload_max = 1048576;
	m->batch_max = 256;
	m->requests_max = 256;
}

struct fss__frame *
hub_frame(unsigned type, uint64_t req, const uint8_t *session,
    const struct fss__record *rec, const void *msg)
{
	struct fss__frame *f;
	struct fss__buf b;

	fss__buf_init(&b, FSS__MAX_HEADER);
	if (fss__message_encode(&b, type, req, session, rec, msg) != 0)
		abort();
	f = fss__frame_new(b.len);
	if (f == NULL)
		abort();
	memcpy(f->data, b.data, b.len);
	fss__buf_release(&b);
	return f;
}

struct fss__frame *
hub_error(uint64_t req, int code)
{
	struct fss__m_error m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_error_code | FSS__K_error_detail;
	m.code = (uint64_t)-code;
	m.detail = fss__slice_str("because");
	return hub_frame(FSS__MSG_ERROR, req, NULL, &fss__r_error, &m);
}
