/*
 * See hub_client.h.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hub_client.h"
#include "tree.h"

int
hc_setup(void **state)
{
	struct hc *w = calloc(1, sizeof(*w));
	uint8_t pub[FSS_KEY_BYTES];

	assert_non_null(w);
	(void)umask(022);
	tree_temp(w->base);
	(void)snprintf(w->data, sizeof(w->data), "%s/data", w->base);
	(void)snprintf(w->src, sizeof(w->src), "%s/src", w->base);
	(void)snprintf(w->dst, sizeof(w->dst), "%s/dst", w->base);
	assert_int_equal(mkdir(w->src, 0755), 0);
	w->hub = hub_thread_start(w->data, 0);
	assert_int_equal(fss_key_generate(pub, w->secret), 0);
	w->c = hc_client(w, w->secret);
	hc_login(w->c, "alice");
	*state = w;
	return 0;
}

int
hc_teardown(void **state)
{
	struct hc *w = *state;

	fss_client_free(w->c);
	hub_thread_stop(w->hub);
	tree_remove(w->base);
	free(w);
	return 0;
}

fss_client *
hc_client(const struct hc *w, const uint8_t *secret)
{
	uint8_t pub[FSS_KEY_BYTES], sec[FSS_KEY_BYTES];
	fss_client *c;

	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c,
	    hub_thread_address(w->hub)), 0);
	if (secret == NULL) {
		assert_int_equal(fss_key_generate(pub, sec), 0);
		secret = sec;
	}
	assert_int_equal(fss_client_set_identity(c, secret), 0);
	assert_int_equal(fss_client_open(c), 0);
	return c;
}

void
hc_login(fss_client *c, const char *name)
{
	struct hc_result res;
	fss_op op;

	res = HC_RUN(c, fss_client_register(c, name, "password", NULL, NULL,
	    &op));
	if (res.error == FSS_EEXIST)
		res = HC_RUN(
		    c, fss_client_login(c, name, "password", NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.rows, 1);
	assert_string_equal(fss_client_account(c), name);
}

void
hc_note_event(const fss_event *ev, struct hc_result *res)
{
	const fss_row *row;
	size_t n;
	int i;

	switch (fss_event_type(ev)) {
	case FSS_EVENT_ITEM:
		res->items++;
		row = fss_event_row(ev, 0);
		assert_non_null(row);
		if (fss_event_error(ev) == 0)
			break;
		res->item_error = fss_event_error(ev);
		(void)snprintf(res->item, sizeof(res->item), "%s",
		    fss_row_str(row, FSS_FIELD_LOCAL));
		break;
	case FSS_EVENT_ROWS:
	case FSS_EVENT_DONE:
		n = fss_event_rows(ev);
		res->rows += (unsigned)n;
		if (n > 0) {
			row = fss_event_row(ev, n - 1);
			(void)snprintf(res->path, sizeof(res->path), "%s",
			    fss_row_str(row, FSS_FIELD_PATH));
			res->size = fss_row_int(row, FSS_FIELD_SIZE);
		}
		break;
	}
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	res->error = fss_event_error(ev);
	for (i = 0; i <= FSS_COUNT_SCANNED; i++)
		res->count[i] = fss_event_count(ev, (fss_counter)i);
}

struct hc_result
hc_finish(fss_client *c, fss_op op)
{
	const fss_event *ev;
	struct hc_result res;
	int type;

	memset(&res, 0, sizeof(res));
	do {
		assert_int_equal(fss_client_wait_op(c, op, 60000, &ev), 1);
		type = fss_event_type(ev);
		hc_note_event(ev, &res);
	} while (type != FSS_EVENT_DONE);
	return res;
}

struct hc_result
hc_upload(struct hc *w, const char *local, const char *remote, uint32_t flags)
{
	fss_op op;

	return HC_RUN(w->c, fss_client_upload(w->c, local, remote, flags, NULL,
	    &op));
}

struct hc_result
hc_download(struct hc *w, const char *remote, const char *local,
    uint32_t flags)
{
	fss_op op;

	return HC_RUN(w->c, fss_client_download(w->c, remote, 0, local, flags,
	    NULL, &op));
}
