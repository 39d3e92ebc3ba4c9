/*
 * Sending the bytes of a file.
 *
 * The entry is looked at first: what cannot be sent is told while a status
 * still can be, and its version is what is then read, so that one answer
 * never mixes two.  Chunks are verified by the library before a byte of them
 * comes here; what fails later breaks the connection.
 */
#include "download.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "http_text.h"
#include "media.h"

#define ETAG_BYTES		160
#define DISPOSITION_BYTES	1152

struct download {
	struct web_req	*rq;
	const struct download_ops *ops;
	void		*arg;
	char		*path;
	uint64_t	 number, size;
	bool		 show;
	bool		 wanted;	/* bytes of it are to be sent */
	bool		 to_end;	/* the last of them too */
	char		 etag[ETAG_BYTES];
	char		 media[MEDIA_BYTES];
	char		 disposed[DISPOSITION_BYTES];
	int64_t		 modified;
	fss_op		 op;		/* of the range that is read */
	bool		 op_done;
	int		 op_err;
};

static void
drop(void *state)
{
	struct download *dl = state;

	if (dl->ops->ended != NULL)
		dl->ops->ended(dl->rq, dl->arg, dl->to_end &&
		    web_sent(dl->rq));
	free(dl->path);
	free(dl);
}

static void
read_event(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct download *dl = arg;

	if (fss_event_type(ev) == FSS_EVENT_DONE &&
	    fss_event_op(ev) == dl->op) {
		char quoted[256];

		dl->op_done = true;
		dl->op_err = fss_event_error(ev);
		if (dl->op_err < 0)
			web_log(FSS_LOG_WARN, "download broke off",
			    "error=%s detail=%s", fss_err_name(dl->op_err),
			    web_quote(fss_event_detail(ev), quoted,
			    sizeof(quoted)));
	}
	web_reply_more(rq);
}

/* Starts to read a range. */
static int
seek(struct web_req *rq, uint64_t first, uint64_t len)
{
	struct download *dl = web_state(rq);
	void *user = web_call(rq, read_event, dl);
	int r;

	if (user == NULL)
		return FSS_ENOMEM;
	dl->op_done = false;
	dl->op_err = 0;
	dl->to_end = dl->to_end || first + len == dl->size;
	r = fss_client_read(web_hub(rq), dl->path, dl->number, first, len,
	    user, &dl->op);
	return web_called(rq, user, r, dl->op);
}

static int
pull(struct web_req *rq, void *buf, size_t len, size_t *ret_n)
{
	struct download *dl = web_state(rq);
	size_t n = 0;
	int r;

	*ret_n = 0;
	/* More is only asked for while there is more to come. */
	if (dl->op_done)
		return dl->op_err < 0 ? dl->op_err : FSS_EINTEGRITY;
	r = fss_op_read(web_hub(rq), dl->op, buf, len, &n);
	if (r == 0 && n == 0)
		r = FSS_EAGAIN;
	*ret_n = n;
	return r;
}

/* What cannot be sent as a file; 0 if it can. */
static int
refusal(const fss_row *row, const char **ret_detail)
{
	*ret_detail = NULL;
	if (fss_row_int(row, FSS_FIELD_KIND) == FSS_KIND_DIR) {
		*ret_detail = "fetch it as a zip";
		return FSS_EISDIR;
	}
	if (fss_row_int(row, FSS_FIELD_KIND) != FSS_KIND_FILE) {
		*ret_detail = "is a link, not a file";
		return FSS_EINVAL;
	}
	if (fss_row_int(row, FSS_FIELD_STATE) == FSS_STATE_ANNOUNCED)
		return FSS_EANNOUNCED;
	return api_readable(row) ? 0 : FSS_EDENIED;
}

/*
 * The digest names the content, so it is the tag of it.  Who reads by a yes
 * to a request is not told it; then the version is.
 */
static void
make_etag(const fss_row *row, char dst[ETAG_BYTES])
{
	const char *digest = fss_row_str(row, FSS_FIELD_DIGEST);
	char *p;

	if (digest[0] != '\0')
		(void)snprintf(dst, ETAG_BYTES, "\"%s\"", digest);
	else if (fss_row_int(row, FSS_FIELD_SIZE) == 0)
		(void)snprintf(dst, ETAG_BYTES, "\"empty\"");
	else
		(void)snprintf(dst, ETAG_BYTES, "\"v%" PRId64 "\"",
		    fss_row_int(row, FSS_FIELD_VERSION));
	for (p = dst; *p != '\0'; p++)
		if (*p == ':')
			*p = '-';
}

static struct web_content
content_of(struct download *dl)
{
	return (struct web_content){ .type = dl->media, .size = dl->size,
		.etag = dl->etag, .modified = dl->modified, .seek = seek,
		.pull = pull };
}

static void
send(struct web_req *rq)
{
	struct download *dl = web_state(rq);
	struct web_content k = content_of(dl);

	/* Of nothing there is no last byte to wait for. */
	dl->to_end = dl->wanted && dl->size == 0;
	web_reply_policy(rq, WEB_POLICY_CONTENT);
	web_reply_cache(rq, "private, no-cache");
	if (dl->disposed[0] != '\0')
		web_reply_header(rq, "content-disposition", "%s",
		    dl->disposed);
	web_reply_content(rq, &k);
}

static void
answer(struct download *dl, const fss_row *row)
{
	const char *name = dl->ops->name != NULL ? dl->ops->name(dl->arg) :
	    fss_row_str(row, FSS_FIELD_NAME);
	struct web_content k;

	dl->number = dl->ops->name != NULL ? 0 : api_number_of(row);
	dl->size = (uint64_t)fss_row_int(row, FSS_FIELD_SIZE);
	dl->modified = fss_row_int(row, FSS_FIELD_MTIME) / 1000000;
	make_etag(row, dl->etag);
	dl->show = media_format(fss_row_str(row, FSS_FIELD_MEDIA), name,
	    dl->show, dl->media) && dl->show;
	if (disposition(name, dl->show, dl->disposed, sizeof(dl->disposed)) < 0)
		dl->disposed[0] = '\0';
	k = content_of(dl);
	dl->wanted = web_content_wanted(dl->rq, &k);
	if (dl->wanted && dl->ops->begin != NULL)
		dl->ops->begin(dl->rq, dl->arg, send);
	else
		send(dl->rq);
}

static void
stat_event(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct download *dl = arg;
	const fss_row *row = api_row(ev);
	const char *detail;
	int err = fss_event_error(ev);

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (err == 0 && row == NULL)
		err = FSS_EPROTO;
	if (err < 0) {
		dl->ops->fail(rq, err, fss_event_detail(ev));
		return;
	}
	err = refusal(row, &detail);
	if (err < 0)
		dl->ops->fail(rq, err, detail);
	else
		answer(dl, row);
}

void
download_send(struct web_req *rq, const char *path, uint64_t number, bool show,
    const struct download_ops *ops, void *arg)
{
	struct download *dl = calloc(1, sizeof(*dl));
	fss_op op = 0;
	void *user;

	if (dl == NULL || (dl->path = strdup(path)) == NULL) {
		free(dl);
		ops->fail(rq, FSS_ENOMEM, NULL);
		if (ops->ended != NULL)
			ops->ended(rq, arg, false);
		return;
	}
	dl->rq = rq;
	dl->ops = ops;
	dl->arg = arg;
	dl->number = number;
	dl->show = show;
	web_state_set(rq, dl, drop);
	user = web_call(rq, stat_event, dl);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_stat(web_hub(rq), path,
		    number, user, &op), op);
}
