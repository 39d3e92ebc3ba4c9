/*
 * The board: who is here, as readers on any thread may know it.
 *
 * Rows in an array of pointers, ascending by account, under one mutex that is
 * held for a search and a copy.  Knows nothing of sessions.
 *
 * What was noted carries the mark of the time between two sweeps in which it
 * was, one of two; a sweep forgets what has the other one.
 */
#include <pthread.h>
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "model/presence.h"

#define OPENED	1024 /* counters, a power of two */

struct fss__board {
	pthread_mutex_t lock;
	struct fss__board_row **row;
	size_t count, cap;
	uint8_t mark; /* of what is noted now: 1 or 2 */
	int64_t swept_us;
	/* Accounts that share one only make news of each other say less. */
	uint64_t opened[OPENED];
};

int
fss__board_new(struct fss__board **ret_b)
{
	struct fss__board *b = fss__zalloc(sizeof(*b));

	*ret_b = b;
	if (b == NULL)
		return FSS_ENOMEM;
	b->mark = 1;
	(void)pthread_mutex_init(&b->lock, NULL);
	return 0;
}

void
fss__board_free(struct fss__board *b)
{
	size_t i;

	if (b == NULL)
		return;
	for (i = 0; i < b->count; i++)
		fss__free(b->row[i]);
	fss__free(b->row);
	(void)pthread_mutex_destroy(&b->lock);
	fss__free(b);
}

/* The place of the first row whose account is not below @account. */
static size_t
find(const struct fss__board *b, int64_t account)
{
	size_t lo = 0, hi = b->count, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (b->row[mid]->account < account)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct fss__board_row *
row_of(const struct fss__board *b, int64_t account)
{
	size_t i = find(b, account);

	return i < b->count && b->row[i]->account == account ? b->row[i] : NULL;
}

static bool
shown(const struct fss__board_row *row, int64_t viewer)
{
	return row->presence != FSS_PRESENCE_OFFLINE &&
	    (!row->hidden || row->account == viewer);
}

int
fss__board_get(struct fss__board *b, int64_t viewer, int64_t account,
    struct fss__board_row *ret_row)
{
	const struct fss__board_row *row;
	int r = 0;

	(void)pthread_mutex_lock(&b->lock);
	row = row_of(b, account);
	if (row != NULL && shown(row, viewer)) {
		*ret_row = *row;
		r = 1;
	}
	(void)pthread_mutex_unlock(&b->lock);
	return r;
}

size_t
fss__board_list(struct fss__board *b, int64_t viewer, int64_t after,
    struct fss__board_row *rows, size_t cap)
{
	size_t i, n = 0;

	if (after == INT64_MAX)
		return 0;
	(void)pthread_mutex_lock(&b->lock);
	for (i = find(b, after + 1); i < b->count && n < cap; i++)
		if (shown(b->row[i], viewer))
			rows[n++] = *b->row[i];
	(void)pthread_mutex_unlock(&b->lock);
	return n;
}

/* Makes room for one more; under the lock. */
static int
grow(struct fss__board *b)
{
	size_t cap = b->cap == 0 ? 64 : b->cap * 2;
	struct fss__board_row **bigger;

	if (b->count < b->cap)
		return 0;
	bigger = fss__realloc(b->row, cap * sizeof(*b->row));
	if (bigger == NULL)
		return FSS_ENOMEM;
	b->row = bigger;
	b->cap = cap;
	return 0;
}

static int
insert(struct fss__board *b, size_t i, const struct fss__board_row *row)
{
	struct fss__board_row *copy;
	int r;

	r = grow(b);
	if (r != 0)
		return r;
	copy = fss__memdup(row, sizeof(*row));
	if (copy == NULL)
		return FSS_ENOMEM;
	memmove(&b->row[i + 1], &b->row[i], (b->count - i) * sizeof(*b->row));
	b->row[i] = copy;
	b->count++;
	return 0;
}

static void
take_out(struct fss__board *b, int64_t account)
{
	size_t i = find(b, account);

	fss__free(b->row[i]);
	b->count--;
	memmove(&b->row[i], &b->row[i + 1], (b->count - i) * sizeof(*b->row));
}

int
fss__board_set(struct fss__board *b, const struct fss__board_row *row)
{
	struct fss__board_row *old;
	int64_t left_us;
	uint8_t noted;
	int r = 0;

	(void)pthread_mutex_lock(&b->lock);
	old = row_of(b, row->account);
	if (old != NULL) {
		left_us = old->left_us;
		noted = old->noted;
		*old = *row;
		old->left_us = left_us;
		old->noted = noted;
	} else {
		r = insert(b, find(b, row->account), row);
	}
	(void)pthread_mutex_unlock(&b->lock);
	return r;
}

void
fss__board_drop(struct fss__board *b, int64_t account)
{
	struct fss__board_row *row;

	(void)pthread_mutex_lock(&b->lock);
	row = row_of(b, account);
	if (row != NULL && row->left_us == 0)
		take_out(b, account);
	else if (row != NULL)
		row->gone = true;
	(void)pthread_mutex_unlock(&b->lock);
}

void
fss__board_left(struct fss__board *b, int64_t account, int64_t seen_us)
{
	struct fss__board_row *row;

	(void)pthread_mutex_lock(&b->lock);
	row = row_of(b, account);
	if (row != NULL) {
		row->left_us = seen_us;
		row->noted = 0;
	}
	(void)pthread_mutex_unlock(&b->lock);
}

void
fss__board_noted(struct fss__board *b, int64_t account, int64_t seen_us)
{
	struct fss__board_row *row;

	(void)pthread_mutex_lock(&b->lock);
	row = row_of(b, account);
	/* Another value: gone once more since, and that is not noted. */
	if (row != NULL && row->left_us == seen_us)
		row->noted = b->mark;
	(void)pthread_mutex_unlock(&b->lock);
}

void
fss__board_sweep(struct fss__board *b, int64_t mono_us)
{
	struct fss__board_row *row;
	size_t i, n = 0;

	/* The hub's thread alone is here. */
	if (mono_us - b->swept_us < FSS__BOARD_KEEP_US)
		return;
	b->swept_us = mono_us;
	(void)pthread_mutex_lock(&b->lock);
	b->mark = 3 - b->mark;
	for (i = 0; i < b->count; i++) {
		row = b->row[i];
		if (row->noted == b->mark) {
			row->left_us = 0;
			row->noted = 0;
		}
		if (row->gone && row->left_us == 0)
			fss__free(row);
		else
			b->row[n++] = row;
	}
	b->count = n;
	(void)pthread_mutex_unlock(&b->lock);
}

int64_t
fss__board_seen(struct fss__board *b, int64_t account)
{
	const struct fss__board_row *row;
	int64_t seen_us = 0;

	(void)pthread_mutex_lock(&b->lock);
	row = row_of(b, account);
	if (row != NULL && !row->hidden)
		seen_us = row->left_us;
	(void)pthread_mutex_unlock(&b->lock);
	return seen_us;
}

static uint64_t *
opened_of(struct fss__board *b, int64_t account)
{
	uint64_t x = (uint64_t)account * UINT64_C(0x9e3779b97f4a7c15);

	return &b->opened[(x >> 32) & (OPENED - 1)];
}

void
fss__board_open(struct fss__board *b, int64_t account)
{
	(void)pthread_mutex_lock(&b->lock);
	(*opened_of(b, account))++;
	(void)pthread_mutex_unlock(&b->lock);
}

uint64_t
fss__board_opened(struct fss__board *b, int64_t account)
{
	uint64_t n;

	(void)pthread_mutex_lock(&b->lock);
	n = *opened_of(b, account);
	(void)pthread_mutex_unlock(&b->lock);
	return n;
}
