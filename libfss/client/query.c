/*
 * Searches: a bag of options, checked one by one, copied into requests.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "client/query.h"
#include "wire/limits.h"

int
fss_query_new(fss_query **ret_q)
{
	if (ret_q == NULL)
		return FSS_EINVAL;
	*ret_q = fss__zalloc(sizeof(**ret_q));
	return *ret_q != NULL ? 0 : FSS_ENOMEM;
}

void
fss_query_free(fss_query *q)
{
	unsigned i;

	if (q == NULL)
		return;
	for (i = 0; i <= FSS_QUERY_TYPE; i++)
		fss__free(q->text[i]);
	fss__free(q);
}

struct fss_query *
fss__query_copy(const struct fss_query *q)
{
	struct fss_query *copy;
	unsigned i;

	copy = fss__memdup(q, sizeof(*q));
	if (copy == NULL)
		return NULL;
	memset(copy->text, 0, sizeof(copy->text));
	for (i = 0; i <= FSS_QUERY_TYPE; i++) {
		if (q->text[i] == NULL)
			continue;
		copy->text[i] = fss__strdup(q->text[i]);
		if (copy->text[i] == NULL) {
			fss_query_free(copy);
			return NULL;
		}
	}
	return copy;
}

static size_t
longest(fss_query_text which)
{
	switch (which) {
	case FSS_QUERY_TEXT:
		return FSS__MAX_QUERY;
	case FSS_QUERY_OWNER:
		return FSS_LIMIT_ACCOUNT;
	case FSS_QUERY_UNDER:
		return FSS_LIMIT_PATH;
	case FSS_QUERY_TYPE:
		return FSS__MAX_MEDIA;
	}
	return 0;
}

int
fss_query_set_text(fss_query *q, fss_query_text which, const char *value)
{
	char *copy = NULL;
	size_t max = longest(which);

	if (q == NULL || max == 0)
		return FSS_EINVAL;
	if (value != NULL) {
		if (!fss__utf8_valid(fss__slice_str(value)))
			return FSS_EINVAL;
		if (strlen(value) > max)
			return FSS_ETOOBIG;
		if (which == FSS_QUERY_UNDER &&
		    fss__path_check(fss__slice_str(value), NULL) != 0)
			return FSS_EINVAL;
		copy = fss__strdup(value);
		if (copy == NULL)
			return FSS_ENOMEM;
	}
	fss__free(q->text[which]);
	q->text[which] = copy;
	return 0;
}

int
fss_query_set_number(fss_query *q, fss_query_number which, int64_t value)
{
	int64_t min = 0, max = INT64_MAX;

	if (q == NULL)
		return FSS_EINVAL;
	switch (which) {
	case FSS_QUERY_KIND:
		min = FSS_KIND_DIR;
		max = FSS_KIND_LINK;
		break;
	case FSS_QUERY_ACCESS:
		max = FSS_ACCESS_OPEN;
		break;
	case FSS_QUERY_STATE:
		max = FSS_STATE_ANNOUNCED;
		break;
	case FSS_QUERY_NEWER:
	case FSS_QUERY_OLDER:
		min = INT64_MIN;
		break;
	case FSS_QUERY_LIMIT:
		min = 1;
		break;
	case FSS_QUERY_SORT:
		max = FSS_SORT_NEWEST;
		break;
	case FSS_QUERY_SIZE_MIN:
	case FSS_QUERY_SIZE_MAX:
		break;
	default:
		return FSS_EINVAL;
	}
	if (value < min || value > max)
		return FSS_EINVAL;
	q->number[which] = value;
	q->has |= 1u << which;
	return 0;
}

static bool
has(const struct fss_query *q, fss_query_number which)
{
	return (q->has & 1u << which) != 0;
}

void
fss__query_fill(const struct fss_query *q, struct fss__m_find *m)
{
	memset(m, 0, sizeof(*m));
	if (q->text[FSS_QUERY_TEXT] != NULL) {
		m->has |= FSS__K_find_text;
		m->text = fss__slice_str(q->text[FSS_QUERY_TEXT]);
	}
	if (q->text[FSS_QUERY_OWNER] != NULL) {
		m->has |= FSS__K_find_owner;
		m->owner = fss__slice_str(q->text[FSS_QUERY_OWNER]);
	}
	if (q->text[FSS_QUERY_UNDER] != NULL) {
		m->has |= FSS__K_find_under;
		m->under = fss__slice_str(q->text[FSS_QUERY_UNDER]);
	}
	if (q->text[FSS_QUERY_TYPE] != NULL) {
		m->has |= FSS__K_find_type;
		m->type = fss__slice_str(q->text[FSS_QUERY_TYPE]);
	}
	/* Those that cannot be negative were checked when they were set. */
	if (has(q, FSS_QUERY_KIND)) {
		m->has |= FSS__K_find_kind;
		m->kind = (uint64_t)q->number[FSS_QUERY_KIND];
	}
	if (has(q, FSS_QUERY_SIZE_MIN)) {
		m->has |= FSS__K_find_size_min;
		m->size_min = (uint64_t)q->number[FSS_QUERY_SIZE_MIN];
	}
	if (has(q, FSS_QUERY_SIZE_MAX)) {
		m->has |= FSS__K_find_size_max;
		m->size_max = (uint64_t)q->number[FSS_QUERY_SIZE_MAX];
	}
	if (has(q, FSS_QUERY_NEWER)) {
		m->has |= FSS__K_find_newer_us;
		m->newer_us = q->number[FSS_QUERY_NEWER];
	}
	if (has(q, FSS_QUERY_OLDER)) {
		m->has |= FSS__K_find_older_us;
		m->older_us = q->number[FSS_QUERY_OLDER];
	}
	if (has(q, FSS_QUERY_ACCESS)) {
		m->has |= FSS__K_find_access;
		m->access = (uint64_t)q->number[FSS_QUERY_ACCESS];
	}
	if (has(q, FSS_QUERY_STATE)) {
		m->has |= FSS__K_find_state;
		m->state = (uint64_t)q->number[FSS_QUERY_STATE];
	}
	if (has(q, FSS_QUERY_SORT)) {
		m->has |= FSS__K_find_sort;
		m->sort = (uint64_t)q->number[FSS_QUERY_SORT];
	}
}
