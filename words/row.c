/*
 * Rows as JSON.
 *
 * A row becomes an object of the fields it carries under their documented
 * names.  Numbers stay numbers, times microseconds; enumerations become the
 * words people type, bits that say yes or no become booleans.
 */
#include "row.h"

#include <stdlib.h>
#include <string.h>

#include "words.h"

#define KEY_BYTES	FSS_KEY_BYTES
#define TEXT_MAX	8192

json_t *
json_text(const char *s)
{
	json_t *o = json_string(s);
	char clean[TEXT_MAX];
	size_t i;

	if (o != NULL)
		return o;
	for (i = 0; s[i] != '\0' && i + 1 < sizeof(clean); i++)
		clean[i] = (unsigned char)s[i] < 0x80 ? s[i] : '?';
	clean[i] = '\0';
	return json_string(clean);
}

json_t *
json_rights(int64_t rights)
{
	char text[RIGHTS_BYTES], *p = text;
	json_t *list = json_array();
	size_t n;

	if (list == NULL || rights == 0)
		return list;
	format_rights(rights, text);
	for (;;) {
		n = strcspn(p, ",");
		if (json_array_append_new(list, json_stringn(p, n)) < 0) {
			json_decref(list);
			return NULL;
		}
		if (p[n] == '\0')
			return list;
		p += n + 1;
	}
}

/* The names of the bits that are set. */
static json_t *
words_of(int64_t bits, const char *(*name)(int64_t), int count)
{
	json_t *list = json_array();
	int i;

	for (i = 0; i < count && list != NULL; i++) {
		if ((bits & INT64_C(1) << i) == 0)
			continue;
		if (json_array_append_new(list, json_string(name(i))) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* "what" is of the audit or of a file, as the row is. */
static const char *
what_name(const fss_row *row, int64_t n)
{
	return fss_row_has(row, FSS_FIELD_LINE) ? audit_name(n) :
	    change_name(n);
}

static json_t *
integer_field(const fss_row *row, fss_field field, int64_t n)
{
	switch (field) {
	case FSS_FIELD_STATUS:
		return json_string(fss_err_name((int)n));
	case FSS_FIELD_KIND:
		return json_string(kind_name(n));
	case FSS_FIELD_ACCESS:
		return json_string(access_name(n));
	case FSS_FIELD_STATE:
		return json_string(state_name(n));
	case FSS_FIELD_ROLE:
		return json_string(role_name(n));
	case FSS_FIELD_RIGHTS:
		return json_rights(n);
	case FSS_FIELD_REQUEST_KIND:
		return json_string(request_kind_name(n));
	case FSS_FIELD_REQUEST_STATE:
		return json_string(request_state_name(n));
	case FSS_FIELD_PRESENCE:
		return json_string(presence_name(n));
	case FSS_FIELD_REASON:
		return json_string(reason_name(n));
	case FSS_FIELD_VERDICT:
		return json_string(verdict_name(n));
	case FSS_FIELD_NEWS:
		return json_string(news_name(n));
	case FSS_FIELD_WHAT:
		return json_string(what_name(row, n));
	case FSS_FIELD_DEVICE_KIND:
		return json_string(device_kind_name(n));
	case FSS_FIELD_LINK_KIND:
		return json_string(link_kind_name(n));
	case FSS_FIELD_SCOPES:
		return words_of(n, scope_name, SCOPE_COUNT);
	case FSS_FIELD_MAY:
		return words_of(n, request_event_name, FSS_REQUEST_FULFIL + 1);
	case FSS_FIELD_KINDS:
		return words_of(n, request_kind_name, FSS_REQUEST_UPLOAD + 1);
	case FSS_FIELD_ACCESS_OWN:
	case FSS_FIELD_CURRENT:
	case FSS_FIELD_LOCKED:
	case FSS_FIELD_PASS:
	case FSS_FIELD_AGENT:
	case FSS_FIELD_HIDDEN:
	case FSS_FIELD_MINE:
	case FSS_FIELD_PROTECTED:
	case FSS_FIELD_HELD:
		return json_boolean(n != 0);
	default:
		return json_integer((json_int_t)n);
	}
}

static json_t *
bytes_field(const fss_row *row, fss_field field)
{
	char text[FSS_KEY_TEXT_BYTES];
	const uint8_t *p;
	size_t n;

	p = fss_row_bin(row, field, &n);
	if (p == NULL || n != KEY_BYTES || fss_key_format(p, text) < 0)
		return json_null();
	return json_string(text);
}

json_t *
json_row(const fss_row *row)
{
	json_t *o = json_object(), *value;
	int i;

	if (o == NULL)
		return NULL;
	for (i = 1; i < FSS_FIELD_COUNT; i++) {
		fss_field field = (fss_field)i;

		if (!fss_row_has(row, field))
			continue;
		switch (fss_field_kind(field)) {
		case 'I':
			value = integer_field(row, field,
			    fss_row_int(row, field));
			break;
		case 'S':
			value = json_text(fss_row_str(row, field));
			break;
		case 'B':
			value = bytes_field(row, field);
			break;
		default:
			continue;
		}
		if (json_object_set_new(o, fss_field_name(field), value) < 0) {
			json_decref(o);
			return NULL;
		}
	}
	return o;
}
