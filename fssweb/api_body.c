/*
 * Members of a JSON body.
 *
 * All that a body may have is named beforehand: a member nobody reads would
 * be a wish that is silently not granted.
 */
#include "api.h"

#include <string.h>

void
api_body_wrong(struct api_body *b, const char *name, int err, const char *why)
{
	if (b->wrong != NULL)
		return;
	b->wrong = name;
	b->err = err;
	b->why = why;
}

static bool
listed(const char *names, const char *name)
{
	const char *p = names;
	size_t n = strlen(name);

	while ((p = strstr(p, name)) != NULL) {
		if ((p == names || p[-1] == ' ') &&
		    (p[n] == ' ' || p[n] == '\0') && n > 0)
			return true;
		p += n > 0 ? n : 1;
		if (n == 0)
			break;
	}
	return false;
}

void
api_body_begin(struct api_body *b, struct web_req *rq, json_t *body,
    const char *names)
{
	const char *name;
	json_t *value;

	*b = (struct api_body){ .rq = rq, .body = body };
	if (!json_is_object(body)) {
		api_body_wrong(b, "body", FSS_EINVAL, "is a JSON object");
		return;
	}
	json_object_foreach(body, name, value)
		if (!listed(names, name))
			api_body_wrong(b, name, FSS_EINVAL,
			    "is no member of this");
}

static json_t *
member(struct api_body *b, const char *name, bool need)
{
	json_t *value = json_object_get(b->body, name);

	if (value == NULL && need)
		api_body_wrong(b, name, FSS_EINVAL, "is needed");
	return value;
}

const char *
api_text(struct api_body *b, const char *name, bool need, size_t max)
{
	json_t *value = member(b, name, need);

	if (value == NULL)
		return need ? "" : NULL;
	if (!json_is_string(value)) {
		api_body_wrong(b, name, FSS_EINVAL, "is a text");
		return "";
	}
	/* A NUL inside would end it early for all that comes after. */
	if (strlen(json_string_value(value)) != json_string_length(value)) {
		api_body_wrong(b, name, FSS_EINVAL, "has a NUL");
		return "";
	}
	if (json_string_length(value) > max) {
		api_body_wrong(b, name, FSS_ETOOBIG, "is too long");
		return "";
	}
	if (json_string_length(value) == 0 && need) {
		api_body_wrong(b, name, FSS_EINVAL, "is empty");
		return "";
	}
	return json_string_value(value);
}

const char *
api_path(struct api_body *b, const char *name, bool need)
{
	const char *path = api_text(b, name, need, API_PATH);

	if (path != NULL && strstr(path, ":/") == NULL)
		api_body_wrong(b, name, FSS_EPATH,
		    "begins with OWNER:/ or :/");
	return path;
}

int64_t
api_number(struct api_body *b, const char *name, bool need, int64_t dflt,
    int64_t min, int64_t max)
{
	json_t *value = member(b, name, need);

	if (value == NULL)
		return dflt;
	if (!json_is_integer(value) || json_integer_value(value) < min ||
	    json_integer_value(value) > max) {
		api_body_wrong(b, name, FSS_EINVAL, "is no such number");
		return dflt;
	}
	return json_integer_value(value);
}

bool
api_bool(struct api_body *b, const char *name, bool need, bool dflt)
{
	json_t *value = member(b, name, need);

	if (value == NULL)
		return dflt;
	if (!json_is_boolean(value))
		api_body_wrong(b, name, FSS_EINVAL, "is true or false");
	return json_is_true(value);
}

json_t *
api_array(struct api_body *b, const char *name, bool need, size_t max)
{
	json_t *value = member(b, name, need);

	if (value == NULL)
		return NULL;
	if (!json_is_array(value)) {
		api_body_wrong(b, name, FSS_EINVAL, "is a list");
		return NULL;
	}
	if (json_array_size(value) == 0 && need) {
		api_body_wrong(b, name, FSS_EINVAL, "is empty");
		return NULL;
	}
	if (json_array_size(value) > max) {
		api_body_wrong(b, name, FSS_ETOOBIG, "has too many");
		return NULL;
	}
	return value;
}

int64_t
api_word(struct api_body *b, const char *name, bool need, int64_t dflt,
    int (*parse)(const char *, int64_t *))
{
	json_t *value = member(b, name, need);
	int64_t n = dflt;

	if (value == NULL)
		return dflt;
	if (!json_is_string(value) || parse(json_string_value(value), &n) < 0)
		api_body_wrong(b, name, FSS_EINVAL, "is no such word");
	return n;
}

int64_t
api_words(struct api_body *b, const char *name, bool need,
    int (*parse)(const char *, int64_t *))
{
	json_t *value = member(b, name, need), *word;
	int64_t n, bits = 0;
	size_t i;

	if (value == NULL)
		return 0;
	if (!json_is_array(value) || json_array_size(value) > 16) {
		api_body_wrong(b, name, FSS_EINVAL, "is a list of words");
		return 0;
	}
	json_array_foreach(value, i, word) {
		if (!json_is_string(word) ||
		    strchr(json_string_value(word), ',') != NULL ||
		    parse(json_string_value(word), &n) < 0) {
			api_body_wrong(b, name, FSS_EINVAL,
			    "has a word that is none of them");
			return 0;
		}
		bits |= n;
	}
	return bits;
}

bool
api_body_end(struct api_body *b)
{
	if (b->wrong == NULL)
		return true;
	api_wrong(b->rq, b->err, b->wrong, b->why);
	return false;
}
