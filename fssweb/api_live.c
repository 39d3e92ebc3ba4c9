/*
 * What happens, as it happens: the hub's news as text messages.
 *
 * The host keeps one watch for each person, however many pages they have
 * open; this makes of an event what the pages get.
 */
#include "api_handlers.h"

#include <stdlib.h>
#include <string.h>

#define CLOSE_ENDED	4401

static void
tell(struct web_person *p, json_t *o)
{
	char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	/* Without memory a page misses one: "afresh" is for that. */
	if (text != NULL)
		web_live_tell(p, text, strlen(text));
	free(text);
}

static void
tell_type(struct web_person *p, const char *type)
{
	tell(p, json_pack("{s:s}", "type", type));
}

static void
tell_row(struct web_person *p, const fss_row *row)
{
	json_t *o = json_row(row), *news;

	news = json_object_get(o, "news");
	if (news != NULL) {
		(void)json_object_set(o, "type", news);
		(void)json_object_del(o, "news");
	}
	tell(p, o);
}

static void
live_event(struct web_person *p, const fss_event *ev, bool up)
{
	size_t i;

	if (ev == NULL) {
		tell_type(p, up ? "up" : "down");
		return;
	}
	switch (fss_event_type(ev)) {
	case FSS_EVENT_NEWS:
		for (i = 0; i < fss_event_rows(ev); i++)
			tell_row(p, fss_event_row(ev, i));
		break;
	case FSS_EVENT_AFRESH:
		tell_type(p, "afresh");
		break;
	case FSS_EVENT_DONE:
		tell_type(p, "bye");
		web_live_end(p, CLOSE_ENDED, "logged out");
		break;
	default:
		break;
	}
}

static void
live_gone(struct web_socket *ws)
{
	web_live_leave(ws);
}

/* A line that is dead says nothing: a page that hears no tick knows. */
static void
live_tick_tell(struct web_socket *ws)
{
	static const char tick[] = "{\"type\":\"tick\"}";

	web_socket_send(ws, tick, sizeof(tick) - 1);
}

/* The log-in is good: the connection becomes a socket. */
static void
live_ready(struct web_req *rq, const char *account, int role)
{
	static const struct web_socket_ops ops = {
		.gone = live_gone, .pinged = live_tick_tell
	};
	int64_t inbox = fss_client_inbox(web_hub(rq));
	json_t *o = json_pack("{s:s, s:s, s:s}", "type", "hello", "account",
	    account, "role", role_name(role));
	struct web_socket *ws;
	char *text = NULL;

	/* To whom nothing may be told the hub would say so for ever. */
	if ((web_person_scopes(rq) & (FSS_SCOPE_READ | FSS_SCOPE_WRITE |
	    FSS_SCOPE_PEOPLE)) == 0) {
		json_decref(o);
		web_reply_error(rq, FSS_EDENIED, "the token tells no news");
		return;
	}
	if (o != NULL && inbox >= 0)
		(void)json_object_set_new(o, "inbox",
		    json_integer((json_int_t)inbox));
	if (o != NULL)
		text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (text == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	ws = web_upgrade(rq, &ops, NULL);
	if (ws != NULL) {
		web_socket_send(ws, text, strlen(text));
		if (web_live_join(ws, live_event) < 0)
			web_socket_close(ws, 1013, "too many");
	}
	free(text);
}

void
api_live_get(struct web_req *rq)
{
	web_person_check(rq, live_ready);
}
