/*
 * Allocation with a counter in front, so that a test can make the n-th one
 * fail and walk every error path there is.
 *
 * The two counters are the library's only variable state; they change nothing
 * unless a test arms them.  There is no pool and no accounting of bytes here:
 * ceilings belong to those who know what they hold (buf.h, the tables).
 */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

static atomic_uint_fast64_t made;	/* allocations since the last arming */
static atomic_uint_fast64_t fail_at;	/* value of `made` that fails, or 0 */

bool
fss__alloc_admit(void)
{
	uint_fast64_t n, at;

	n = atomic_fetch_add_explicit(&made, 1, memory_order_relaxed) + 1;
	at = atomic_load_explicit(&fail_at, memory_order_relaxed);
	return at == 0 || n != at;
}

uint64_t
fss__alloc_fail_at(uint64_t nth)
{
	uint_fast64_t n;

	/* Disarm first: a count started anew must not meet the old mark. */
	atomic_store(&fail_at, 0);
	n = atomic_exchange(&made, 0);
	atomic_store(&fail_at, nth);
	return n;
}

/* A size of zero still yields a pointer: NULL always means failure. */
void *
fss__alloc(size_t n)
{
	return fss__alloc_admit() ? malloc(n > 0 ? n : 1) : NULL;
}

void *
fss__zalloc(size_t n)
{
	return fss__calloc(1, n);
}

void *
fss__calloc(size_t count, size_t size)
{
	size_t n;

	if (!fss__mul_size(count, size, &n) || !fss__alloc_admit())
		return NULL;
	return calloc(1, n > 0 ? n : 1);
}

void *
fss__realloc(void *p, size_t n)
{
	return fss__alloc_admit() ? realloc(p, n > 0 ? n : 1) : NULL;
}

void
fss__free(void *p)
{
	free(p);
}

char *
fss__strdup(const char *s)
{
	return fss__memdup(s, strlen(s) + 1);
}

char *
fss__strndup(const char *s, size_t n)
{
	char *copy;

	n = strnlen(s, n);
	copy = fss__alloc(n + 1);
	if (copy == NULL)
		return NULL;
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

void *
fss__memdup(const void *p, size_t n)
{
	void *copy;

	copy = fss__alloc(n);
	if (copy != NULL && n > 0)
		memcpy(copy, p, n);
	return copy;
}
