/*
 * Removing files and folders, one after the other.
 */
#include "api_handlers.h"

#include <stdlib.h>
#include <string.h>

struct removal {
	json_t		*paths;		/* as given */
	json_t		*rows;
	size_t		 next;
	size_t		 failed;
	uint32_t	 flags;
};

static void remove_next(struct web_req *rq, struct removal *rm);

static void
removal_drop(void *state)
{
	struct removal *rm = state;

	json_decref(rm->paths);
	json_decref(rm->rows);
	free(rm);
}

static bool
note(struct removal *rm, int err, const char *detail)
{
	json_t *o = json_pack("{s:O, s:s}", "path",
	    json_array_get(rm->paths, rm->next), "status", fss_err_name(err));

	if (o == NULL)
		return false;
	if (err < 0) {
		rm->failed++;
		if (json_object_set_new(o, "detail", json_text(detail)) < 0) {
			json_decref(o);
			return false;
		}
	}
	rm->next++;
	return json_array_append_new(rm->rows, o) == 0;
}

static void
removed(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct removal *rm = arg;

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	/* One path: its error is the answer's. */
	if (fss_event_error(ev) < 0 && json_array_size(rm->paths) == 1) {
		web_reply_event(rq, ev);
		return;
	}
	if (!note(rm, fss_event_error(ev), fss_event_detail(ev))) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	remove_next(rq, rm);
}

static void
remove_next(struct web_req *rq, struct removal *rm)
{
	size_t n = json_array_size(rm->paths);
	fss_op op = 0;
	void *user;
	int r;

	while (rm->next < n) {
		const char *path = json_string_value(json_array_get(rm->paths,
		    rm->next));

		user = web_call(rq, removed, rm);
		if (user == NULL)
			return;
		r = fss_client_remove(web_hub(rq), path, rm->flags, user, &op);
		if (r == 0 || n == 1 || r == FSS_ENOMEM) {
			(void)web_called(rq, user, r, op);
			return;
		}
		if (!note(rm, r, fss_client_errmsg(web_hub(rq)))) {
			web_reply_error(rq, FSS_ENOMEM, NULL);
			return;
		}
	}
	web_reply_json(rq, rm->failed > 0 ? 207 : 200,
	    json_pack("{s:O}", "rows", rm->rows));
}

static void
remove_body(struct web_req *rq, json_t *body)
{
	struct removal *rm;
	struct api_body b;
	json_t *paths, *path;
	bool recursive;
	size_t i;

	api_body_begin(&b, rq, body, "paths recursive");
	paths = api_array(&b, "paths", true, API_BATCH);
	recursive = api_bool(&b, "recursive", false, false);
	json_array_foreach(paths, i, path)
		if (!json_is_string(path) || json_string_length(path) >
		    API_PATH || json_string_length(path) !=
		    strlen(json_string_value(path)))
			api_body_wrong(&b, "paths", FSS_EPATH,
			    "has what is no path");
	if (!api_body_end(&b))
		return;
	rm = calloc(1, sizeof(*rm));
	if (rm == NULL || (rm->rows = json_array()) == NULL) {
		free(rm);
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	rm->paths = json_incref(paths);
	rm->flags = recursive ? FSS_REMOVE_RECURSIVE : 0;
	web_state_set(rq, rm, removal_drop);
	remove_next(rq, rm);
}

/* The log-in is good: who has none keeps no large body here. */
static void
remove_ready(struct web_req *rq, const char *account, int role)
{
	(void)account;
	(void)role;
	web_read_json(rq, remove_body);
}

void
api_remove_post(struct web_req *rq)
{
	web_person_check(rq, remove_ready);
}
