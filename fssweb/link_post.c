/*
 * Share links: the password, and files that are sent.
 *
 * Files are taken from the form as it comes, each written to the hub while
 * the next bytes arrive; nothing is kept here.
 */
#include "api_handlers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http_text.h"
#include "link_page.h"
#include "link_visit.h"
#include "multipart.h"

#define FORM_BYTES	4096
#define FILES_MAX	256

/* ---- the password ----------------------------------------------------- */

static void
to_page(struct web_req *rq, const fss_row *root, const char *name)
{
	(void)root;
	(void)name;
	web_reply_header(rq, "location", "/s/%s", web_param(rq, 0));
	web_reply_empty(rq, 303);
}

static void
password_body(struct web_req *rq, const char *data, size_t len)
{
	static const struct visit v = { to_page };
	struct uri_param params[4];
	char form[FORM_BYTES + 1];
	const char *password = "";
	int i, n;

	if (len > FORM_BYTES) {
		page_error(rq, FSS_ETOOBIG, NULL);
		return;
	}
	memcpy(form, data, len);
	form[len] = '\0';
	n = uri_query(form, params, 4);
	for (i = 0; i < n; i++)
		if (strcmp(params[i].name, "password") == 0)
			password = params[i].value;
	if (password[0] == '\0' || strlen(password) > API_PASSWORD)
		page_password(rq, true);
	else
		visit_open(rq, password, &v);
	explicit_bzero(form, sizeof(form));
}

/* ---- files ------------------------------------------------------------ */

struct sending {
	struct web_req	*rq;
	struct multipart form;
	fss_op		 op;
	bool		 skip;		/* the part is no file */
	bool		 finishing, done;
	char		 name[MULTIPART_NAME];
	unsigned	 count;
	struct html	 list;		/* what has arrived */
};

static void
sending_drop(void *state)
{
	struct sending *s = state;

	html_release(&s->list);
	free(s);
}

/* The name without the folders some browsers put before it. */
static bool
file_name(const char *file, char dst[MULTIPART_NAME])
{
	const char *base = file, *p;

	for (p = file; *p != '\0'; p++)
		if (*p == '/' || *p == '\\')
			base = p + 1;
	(void)snprintf(dst, MULTIPART_NAME, "%s", base);
	/* A quote comes like this, for the name is itself in quotes. */
	while ((p = strstr(dst, "%22")) != NULL) {
		char *at = dst + (p - dst);

		*at = '"';
		memmove(at + 1, at + 3, strlen(at + 3) + 1);
	}
	if (!utf8_valid(dst, strlen(dst)))
		dst[0] = '\0';
	return dst[0] != '\0';
}

static void
write_event(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct sending *s = arg;
	const fss_row *row;

	if (fss_event_type(ev) == FSS_EVENT_WRITABLE)
		web_read_resume(rq);
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0) {
		page_not_sent(rq, fss_event_error(ev), fss_event_detail(ev),
		    s->name, &s->list);
		return;
	}
	row = api_row(ev);
	html_put(&s->list, "<li><bdi>");
	/* Where the name was taken the hub has given another. */
	html_text(&s->list, row != NULL &&
	    fss_row_str(row, FSS_FIELD_NAME)[0] != '\0' ?
	    fss_row_str(row, FSS_FIELD_NAME) : s->name);
	html_put(&s->list, "</bdi></li>\n");
	s->done = true;
	web_read_resume(rq);
}

static int
refuse(struct sending *s, int err)
{
	page_not_sent(s->rq, err, NULL, s->name, &s->list);
	return err;
}

static int
part_begin(void *arg, const char *field, const char *file)
{
	char path[MULTIPART_NAME + 2];
	struct sending *s = arg;
	void *user;
	int r;

	(void)field;
	/* A form without a file chosen sends one without a name. */
	s->skip = file == NULL || file[0] == '\0';
	s->finishing = s->done = false;
	if (s->skip)
		return 0;
	if (!file_name(file, s->name))
		return refuse(s, FSS_EPATH);
	if (++s->count > FILES_MAX)
		return refuse(s, FSS_ETOOBIG);
	(void)snprintf(path, sizeof(path), ":/%s", s->name);
	user = web_call(s->rq, write_event, s);
	if (user == NULL)
		return FSS_ENOMEM;
	r = fss_client_write(web_hub(s->rq), path, 0644, 0, NULL, user, &s->op);
	if (r == FSS_EPATH)
		(void)refuse(s, r);
	return web_called(s->rq, user, r, s->op);
}

static int
part_data(void *arg, const void *data, size_t len, size_t *ret_taken)
{
	struct sending *s = arg;

	*ret_taken = len;
	return s->skip ? 0 : api_write(s->rq, s->op, data, len, ret_taken);
}

/* The next part waits until this file is there. */
static int
part_end(void *arg)
{
	struct sending *s = arg;
	int r;

	if (s->skip || s->done)
		return 0;
	if (!s->finishing) {
		s->finishing = true;
		r = fss_op_finish(web_hub(s->rq), s->op);
		if (r < 0)
			return r;
	}
	return FSS_EAGAIN;
}

static int
body_data(struct web_req *rq, const void *data, size_t len, size_t *ret_taken)
{
	struct sending *s = web_state(rq);
	int r = multipart_feed(&s->form, data, len, ret_taken);

	if (r < 0 && r != FSS_EAGAIN && !web_replied(rq))
		page_error(rq, r, "the form is malformed");
	return r;
}

static void
body_end(struct web_req *rq)
{
	struct sending *s = web_state(rq);
	struct html h;

	if (multipart_end(&s->form) < 0) {
		page_error(rq, FSS_EINVAL, "the form is not whole");
		return;
	}
	page_begin(rq, &h, s->count > 0 ? "Sent" : "Nothing was sent", false);
	page_title(&h, s->count > 0 ? ICON_CHECK : ICON_WARN, s->count > 0 ?
	    "Sent" : "Nothing was sent");
	if (s->count > 0) {
		html_put(&h, "<p role=\"status\">Thank you. "
		    "This has arrived:</p>\n<ul>\n");
		html_add(&h, &s->list);
		html_put(&h, "</ul>\n");
	} else {
		html_put(&h, "<p>Choose a file first.</p>\n");
	}
	html_put(&h, "<p><a class=\"button plain\" href=\"");
	page_link(rq, &h);
	html_put(&h, "\">Send more</a></p>\n");
	page_reply(rq, s->count > 0 ? 200 : 400, &h);
}

static void
take_files(struct web_req *rq, const fss_row *root, const char *name)
{
	static const struct multipart_ops ops = {
		part_begin, part_data, part_end
	};
	static const struct web_sink sink = {
		.data = body_data, .end = body_end
	};
	struct sending *s;

	(void)name;
	if (root != NULL) {
		page_error(rq, FSS_EDENIED, NULL);
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		page_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	s->rq = rq;
	html_init(&s->list);
	web_state_set(rq, s, sending_drop);
	if (multipart_init(&s->form, web_header(rq, "content-type"), &ops, s) <
	    0)
		page_error(rq, FSS_EINVAL, "the form has no boundary");
	else
		web_read_stream(rq, &sink);
}

void
api_link_post(struct web_req *rq)
{
	static const struct visit v = { take_files };
	const char *type = web_header(rq, "content-type");

	if (type != NULL && strncasecmp(type, "multipart/form-data", 19) == 0)
		visit_enter(rq, &v);
	else if (type != NULL && strncasecmp(type,
	    "application/x-www-form-urlencoded", 33) == 0)
		web_read_body(rq, FORM_BYTES, password_body);
	else
		page_error(rq, FSS_EINVAL, "what was sent is not a form");
}
