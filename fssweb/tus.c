/*
 * Resumable uploads: tus 1.0 over the hub's staged uploads.
 *
 * Where an upload stands is the hub's to know, so any worker takes any part
 * and nothing is lost with one.  A part whose client goes away counts as far
 * as it came; with a checksum it counts whole or not at all, and is therefore
 * no longer than what the hub keeps back before it is asked to.
 */
#include "tus.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "api_handlers.h"
#include "http_text.h"
#include "media.h"
#include "tus_meta.h"

#define TUS_VERSION	"1.0.0"
#define PART_TYPE	"application/offset+octet-stream"
#define CHECKED_MAX	UINT64_C(16777216)
#define STAGE_BYTES	72
#define DATE_BYTES	40

struct part {
	struct web_req	*rq;
	char		 stage[STAGE_BYTES];
	uint64_t	 size;		/* of the file, where it is known */
	bool		 made;		/* by this very request */
	void		*user;
	fss_op		 op;
	bool		 over;		/* ended, one way or another */
	EVP_MD_CTX	*md;		/* NULL: no checksum */
	uint8_t		 digest[TUS_DIGEST_BYTES];
	int		 digest_len;
};

/* ---- headers ---------------------------------------------------------- */

static void
tus_headers(struct web_req *rq)
{
	web_reply_header(rq, "tus-resumable", TUS_VERSION);
}

void
tus_describe(struct web_req *rq, const fss_row *row)
{
	int64_t expires = fss_row_int(row, FSS_FIELD_EXPIRES);
	char date[DATE_BYTES];

	tus_headers(rq);
	web_reply_header(rq, "upload-offset", "%" PRId64,
	    fss_row_int(row, FSS_FIELD_OFFSET));
	if (expires != 0) {
		http_date(expires / 1000000, date, sizeof(date));
		web_reply_header(rq, "upload-expires", "%s", date);
	}
}

bool
tus_spoken(struct web_req *rq)
{
	const char *version = web_header(rq, "tus-resumable");

	if (version != NULL && strcmp(version, TUS_VERSION) == 0)
		return true;
	web_reply_header(rq, "tus-version", TUS_VERSION);
	tus_headers(rq);
	web_reply_error_as(rq, 412, FSS_EVERSION,
	    "needs Tus-Resumable: " TUS_VERSION, 0);
	return false;
}

void
api_tus_options(struct web_req *rq)
{
	tus_headers(rq);
	web_reply_header(rq, "tus-version", TUS_VERSION);
	web_reply_header(rq, "tus-extension",
	    "creation,creation-with-upload,termination,checksum,expiration");
	web_reply_header(rq, "tus-checksum-algorithm", "sha256,sha1");
	web_reply_header(rq, "tus-max-size", "%" PRId64, INT64_MAX);
	web_reply_empty(rq, 204);
}

/* ---- a part ----------------------------------------------------------- */

/*
 * The rest does not come: what did is worth keeping, unless it is to be
 * proven first.
 */
static void
part_cut(struct web_req *rq)
{
	struct part *part = web_state(rq);

	if (part->over || part->op == 0 || part->md != NULL)
		return;
	part->over = true;
	web_let_go(rq, part->user);
	(void)fss_op_finish(web_hub(rq), part->op);
}

static void
part_drop(void *state)
{
	struct part *part = state;

	/* With a reply it has ended, whatever the reply was. */
	if (!web_replied(part->rq))
		part_cut(part->rq);
	EVP_MD_CTX_free(part->md);
	free(part);
}

static void
reply_taken(struct part *part, const fss_row *row)
{
	if (fss_row_has(row, FSS_FIELD_STAGE)) {
		tus_describe(part->rq, row);
		web_reply_empty(part->rq, part->made ? 201 : 204);
		return;
	}
	tus_headers(part->rq);
	web_reply_header(part->rq, "upload-offset", "%" PRId64,
	    fss_row_int(row, FSS_FIELD_SIZE));
	web_reply_json(part->rq, part->made ? 201 : 200, api_show(row));
}

static void
part_event(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct part *part = arg;

	if (fss_event_type(ev) == FSS_EVENT_WRITABLE) {
		web_read_resume(rq);
		return;
	}
	if (fss_event_type(ev) != FSS_EVENT_DONE || part->over)
		return;
	part->over = true;
	if (fss_event_error(ev) < 0 || api_row(ev) == NULL) {
		tus_headers(rq);
		web_reply_event(rq, ev);
		return;
	}
	reply_taken(part, api_row(ev));
}

static int
part_data(struct web_req *rq, const void *data, size_t len, size_t *ret_taken)
{
	struct part *part = web_state(rq);
	int r;

	r = api_write(rq, part->op, data, len, ret_taken);
	if (r == 0 && part->md != NULL &&
	    EVP_DigestUpdate(part->md, data, *ret_taken) != 1)
		r = FSS_EIO;
	return r;
}

static void
part_end(struct web_req *rq)
{
	struct part *part = web_state(rq);
	unsigned char got[EVP_MAX_MD_SIZE];
	int r;

	if (part->md != NULL && (EVP_DigestFinal_ex(part->md, got, NULL) != 1 ||
	    CRYPTO_memcmp(got, part->digest, (size_t)part->digest_len) != 0)) {
		part->over = true;
		(void)fss_op_cancel(web_hub(rq), part->op);
		tus_headers(rq);
		web_reply_error_as(rq, 460, FSS_EINTEGRITY,
		    "the part is not what Upload-Checksum says", 0);
		return;
	}
	r = fss_op_finish(web_hub(rq), part->op);
	if (r < 0)
		web_reply_error(rq, r, fss_client_errmsg(web_hub(rq)));
}

/* Takes the body as the part of the upload at @offset. */
static void
part_begin(struct part *part, uint64_t offset)
{
	static const struct web_sink sink = { part_data, part_end, part_cut };
	struct web_req *rq = part->rq;
	int r;

	part->user = web_call(rq, part_event, part);
	if (part->user == NULL)
		return;
	r = fss_client_stage_append(web_hub(rq), part->stage, offset,
	    part->user, &part->op);
	if (web_called(rq, part->user, r, part->op) < 0)
		return;
	if (web_body_length(rq) > 0)
		web_read_stream(rq, &sink);
	else
		part_end(rq);
}

/* Replies and gives false where the header will not do. */
static bool
part_checksum(struct part *part)
{
	const char *header = web_header(part->rq, "upload-checksum");

	if (header == NULL)
		return true;
	part->digest_len = tus_checksum(header, part->digest);
	if (part->digest_len <= 0) {
		web_reply_error(part->rq, FSS_EINVAL, part->digest_len < 0 ?
		    "Upload-Checksum is malformed" :
		    "Upload-Checksum takes sha256 and sha1");
		return false;
	}
	if (web_body_length(part->rq) > CHECKED_MAX) {
		web_reply_error(part->rq, FSS_ETOOBIG,
		    "a part with a checksum has at most 16 MiB");
		return false;
	}
	part->md = EVP_MD_CTX_new();
	if (part->md == NULL || EVP_DigestInit_ex(part->md,
	    part->digest_len == 32 ? EVP_sha256() : EVP_sha1(), NULL) != 1) {
		web_reply_error(part->rq, FSS_ENOMEM, NULL);
		return false;
	}
	return true;
}

static struct part *
part_new(struct web_req *rq)
{
	struct part *part = calloc(1, sizeof(*part));

	if (part == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return NULL;
	}
	part->rq = rq;
	web_state_set(rq, part, part_drop);
	return part_checksum(part) ? part : NULL;
}

static bool
part_type(struct web_req *rq)
{
	const char *type = web_header(rq, "content-type");

	if (type != NULL && strcmp(type, PART_TYPE) == 0)
		return true;
	web_reply_error_as(rq, 415, FSS_EINVAL,
	    "needs Content-Type: " PART_TYPE, 0);
	return false;
}

static void
patch_ready(struct web_req *rq, const char *account, int role)
{
	const char *offset = web_header(rq, "upload-offset");
	struct part *part;
	uint64_t at;

	(void)account;
	(void)role;
	if (!part_type(rq))
		return;
	if (offset == NULL || !parse_u64(offset, INT64_MAX, &at)) {
		web_reply_error(rq, FSS_EINVAL, "needs Upload-Offset");
		return;
	}
	part = part_new(rq);
	if (part == NULL)
		return;
	(void)snprintf(part->stage, sizeof(part->stage), "%.64s",
	    web_param(rq, 0));
	part_begin(part, at);
}

void
api_tus_patch(struct web_req *rq)
{
	if (tus_spoken(rq))
		web_person_check(rq, patch_ready);
}

/* ---- beginning -------------------------------------------------------- */

static void
made(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct part *part = arg;
	const fss_row *row = api_row(ev);

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0 || row == NULL) {
		tus_headers(rq);
		web_reply_event(rq, ev);
		return;
	}
	(void)snprintf(part->stage, sizeof(part->stage), "%.64s",
	    fss_row_str(row, FSS_FIELD_STAGE));
	web_reply_header(rq, "location", "/api/v1/uploads/%s", part->stage);
	part->made = true;
	/* Nothing at all is whole from the start. */
	if (web_body_length(rq) > 0 || part->size == 0) {
		part_begin(part, 0);
		return;
	}
	part->over = true;
	tus_describe(rq, row);
	web_reply_empty(rq, 201);
}

/* What Upload-Metadata says of the file. */
struct meta {
	char		path[API_PATH + 1];
	char		media[128];
	uint64_t	mode, mtime, request;
};

/* A number of the metadata; false where that was replied. */
static bool
meta_number(struct web_req *rq, const char *header, const char *key,
    uint64_t dflt, uint64_t max, uint64_t *ret)
{
	char text[24];
	int r = tus_meta_get(header, key, text, sizeof(text));

	*ret = dflt;
	if (r == 0 || (r > 0 && parse_u64(text, max, ret)))
		return true;
	api_wrong(rq, FSS_EINVAL, key, "in Upload-Metadata is no such number");
	return false;
}

static bool
meta_read(struct web_req *rq, const char *header, struct meta *m)
{
	int r;

	if (header == NULL || !tus_meta_valid(header)) {
		web_reply_error(rq, FSS_EINVAL, header == NULL ?
		    "needs Upload-Metadata with 'path'" :
		    "Upload-Metadata is malformed or too long");
		return false;
	}
	r = tus_meta_get(header, "path", m->path, sizeof(m->path));
	if (r <= 0 || strstr(m->path, ":/") == NULL) {
		web_reply_error(rq, FSS_EPATH,
		    "'path' in Upload-Metadata: begins with OWNER:/ or :/");
		return false;
	}
	r = tus_meta_get(header, "media", m->media, sizeof(m->media));
	if (r == 0)
		r = tus_meta_get(header, "filetype", m->media,
		    sizeof(m->media));
	if (r <= 0 || !media_valid(m->media))
		m->media[0] = '\0';
	return meta_number(rq, header, "mode", 0644, 0777, &m->mode) &&
	    meta_number(rq, header, "mtime", 0, INT64_MAX, &m->mtime) &&
	    meta_number(rq, header, "request", 0, INT64_MAX, &m->request);
}

static void
post_ready(struct web_req *rq, const char *account, int role)
{
	const char *length = web_header(rq, "upload-length");
	const char *header = web_header(rq, "upload-metadata");
	struct part *part;
	struct meta m;
	fss_op op = 0;
	void *user;

	(void)account;
	(void)role;
	if (length == NULL || !parse_u64(length, INT64_MAX, &(uint64_t){ 0 })) {
		web_reply_error(rq, FSS_EINVAL, "needs Upload-Length");
		return;
	}
	if (web_body_length(rq) > 0 && !part_type(rq))
		return;
	if (!meta_read(rq, header, &m))
		return;
	part = part_new(rq);
	if (part == NULL)
		return;
	(void)parse_u64(length, INT64_MAX, &part->size);
	user = web_call(rq, made, part);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_stage_new(web_hub(rq),
		    m.path, part->size, (unsigned)m.mode, (int64_t)m.mtime,
		    m.media[0] != '\0' ? m.media : NULL, header, m.request,
		    user, &op), op);
}

void
api_tus_post(struct web_req *rq)
{
	if (tus_spoken(rq))
		web_person_check(rq, post_ready);
}
