/*
 * Every allocation of libfss passes here, so that tests can make the n-th
 * one fail.  The pointers are plain malloc() ones.
 */
#ifndef FSS__BASE_ALLOC_H
#define FSS__BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void	*fss__alloc(size_t n);
void	*fss__zalloc(size_t n);			/* zero-filled */
void	*fss__calloc(size_t count, size_t size);	/* checked product, zero-filled */
void	*fss__realloc(void *p, size_t n);	/* on NULL, @p is still valid */
void	 fss__free(void *p);
char	*fss__strdup(const char *s);
char	*fss__strndup(const char *s, size_t n);
void	*fss__memdup(const void *p, size_t n);

/*
 * Test hook: the allocation number @nth from now (1 = the next) fails, once;
 * 0 switches it off.  Returns how many allocations were made since the last
 * call.  Counts per process, atomically.
 */
uint64_t fss__alloc_fail_at(uint64_t nth);
/*
 * Counts an allocation that another library is about to make; false when this
 * is the one to fail.
 */
bool	fss__alloc_admit(void);

#endif
