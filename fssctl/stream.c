/*
 * Content without files: from the hub to stdout, from stdin to the hub.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fssctl.h"
#include "json.h"

#define BLOCK_BYTES	65536
#define JSON_BLOCK	49152	/* a multiple of 3: base64 without padding */

static int
write_all(struct app *app, int fd, const uint8_t *p, size_t n)
{
	char text[128];
	ssize_t put;

	while (n > 0) {
		put = write(fd, p, n);
		if (put < 0 && errno == EINTR && !interrupted())
			continue;
		if (put < 0 && interrupted())
			return FSS_ECANCELED;
		if (put < 0) {
			(void)snprintf(text, sizeof(text),
			    "cannot write to stdout: %s", strerror(errno));
			app_set_detail(app, text);
			return FSS_EIO;
		}
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

/* {"offset":N,"data":"base64"} for one block. */
static int
put_json_block(uint64_t offset, const uint8_t *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[BLOCK_BYTES * 4 / 3 + 8];
	size_t i, k = 0;
	uint32_t v;

	for (i = 0; i < n; i += 3) {
		v = (uint32_t)p[i] << 16;
		if (i + 1 < n)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < n)
			v |= p[i + 2];
		text[k++] = digits[v >> 18];
		text[k++] = digits[v >> 12 & 63];
		text[k++] = i + 1 < n ? digits[v >> 6 & 63] : '=';
		text[k++] = i + 2 < n ? digits[v & 63] : '=';
	}
	text[k] = '\0';
	return json_line(json_pack("{s:I, s:s}", "offset",
	    (json_int_t)offset, "data", text));
}

/* Shows a block the way the options ask for. */
static int
put_block(struct app *app, uint64_t offset, const uint8_t *p, size_t n)
{
	if (opt_has(&app->opt, JSON))
		return put_json_block(offset, p, n);
	return write_all(app, STDOUT_FILENO, p, n);
}

int
stream_from_hub(struct app *app, const char *path, uint64_t number,
    uint64_t offset, uint64_t len)
{
	uint8_t block[BLOCK_BYTES];
	const fss_event *ev;
	size_t n = 0, room;
	int r, stop = 0;
	fss_op op = 0;

	room = opt_has(&app->opt, JSON) ? JSON_BLOCK : sizeof(block);
	r = fss_client_read(app->client, path, number, offset, len, NULL, &op);
	if (r < 0) {
		app_set_detail(app, fss_client_errmsg(app->client));
		return r;
	}
	for (;;) {
		r = stop == 0 ? fss_op_read(app->client, op, block, room, &n) :
		    FSS_EAGAIN;
		if (r == 0 && n > 0) {
			stop = put_block(app, offset, block, n);
			offset += n;
			if (stop != 0)
				(void)fss_op_cancel(app->client, op);
			continue;
		}
		/* The end, a failure, or nothing yet: an event tells. */
		r = app_wait(app, op, &ev);
		if (r < 0)
			return r;
		if (fss_event_type(ev) == FSS_EVENT_DONE) {
			if (stop != 0)
				return stop;	/* what was set stands */
			app_set_detail(app, fss_event_detail(ev));
			return fss_event_error(ev);
		}
	}
}

/* Gives a block to the write, waiting for room. 1 when the operation ended. */
static int
give(struct app *app, fss_op op, const uint8_t *p, size_t n,
    const fss_event **ret_ev)
{
	size_t taken;
	int r;

	while (n > 0) {
		taken = 0;
		r = fss_op_write(app->client, op, p, n, &taken);
		if (r == 0) {
			p += taken;
			n -= taken;
			if (taken > 0)
				continue;
		}
		r = app_wait(app, op, ret_ev);
		if (r < 0)
			return r;
		if (fss_event_type(*ret_ev) == FSS_EVENT_DONE)
			return 1;
	}
	return 0;
}

static int
show_entry(struct app *app, const fss_event *ev, const char *path)
{
	const fss_row *row = fss_event_row(ev, 0);

	app_set_detail(app, fss_event_detail(ev));
	if (fss_event_error(ev) < 0)
		return fss_event_error(ev);
	if (opt_has(&app->opt, JSON))
		return row != NULL ? json_line(json_row(row)) :
		    json_ok("path", path);
	app_say(app, "uploaded stdin to %s", path);
	return 0;
}

int
stream_to_hub(struct app *app, const char *path)
{
	uint8_t block[BLOCK_BYTES];
	const fss_event *ev = NULL;
	bool failed = false;
	fss_op op = 0;
	ssize_t got;
	int r;

	r = fss_client_write(app->client, path, 0644, 0, NULL, NULL, &op);
	if (r < 0) {
		app_set_detail(app, fss_client_errmsg(app->client));
		return r;
	}
	for (;;) {
		got = read(STDIN_FILENO, block, sizeof(block));
		if (got < 0 && errno == EINTR && !interrupted())
			continue;
		if (got <= 0)
			break;
		r = give(app, op, block, (size_t)got, &ev);
		if (r < 0)
			return r;
		if (r == 1)
			return show_entry(app, ev, path);
	}
	/* Half of a stream must not become a file. */
	failed = got < 0;
	r = failed ? fss_op_cancel(app->client, op) :
	    fss_op_finish(app->client, op);
	if (r < 0 && !failed) {
		app_set_detail(app, fss_client_errmsg(app->client));
		return r;
	}
	do {
		r = app_wait(app, op, &ev);
		if (r < 0)
			return r;
	} while (fss_event_type(ev) != FSS_EVENT_DONE);
	if (failed && !interrupted()) {
		app_set_detail(app, "cannot read stdin");
		return FSS_EIO;
	}
	return show_entry(app, ev, path);
}

int
cmd_cat(struct app *app, int argc, char **argv)
{
	char path[PATH_BYTES];
	uint64_t number;
	int i, r, err = 0, failed = 0;

	r = app_open(app, NULL);
	if (r < 0)
		return r;
	for (i = 0; i < argc && !interrupted(); i++) {
		r = remote_version(app, argv[i], path, sizeof(path), &number);
		if (r == 0) {
			r = stream_from_hub(app, path, number,
			    (uint64_t)opt_num(&app->opt, OFFSET, 0),
			    opt_has(&app->opt, LENGTH) ?
			    (uint64_t)opt_num(&app->opt, LENGTH, 0) :
			    FSS_TO_EOF);
			if (r < 0)
				(void)app_fail(app, r, "cannot read '%s'",
				    argv[i]);
		}
		if (r < 0) {
			failed++;
			err = r;
		}
	}
	return app_several(app, argc, failed, err);
}
