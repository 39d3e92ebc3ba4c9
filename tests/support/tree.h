/*
 * Folders with random content, made, compared and removed.
 */
#ifndef FSS_TEST_TREE_H
#define FSS_TEST_TREE_H

#include <stddef.h>
#include <stdint.h>

/* A new folder of its own; fails the test where it cannot be made. */
void	tree_temp(char path[256]);
void	tree_remove(const char *path);
/* "@dir/@name"; good until the eighth call after it. */
char	*tree_in(const char *dir, const char *name);
/* A file of @n random bytes, mode and time set. */
void	tree_file(const char *dir, const char *name, size_t n, uint64_t seed);
/* Files of many sizes, links, empty folders, odd names, a few levels. */
void	tree_make(const char *dir, uint64_t seed);
/* Both hold the same: kinds, names, content, modes, times, link targets. */
void	tree_equal(const char *a, const char *b);
/* How many names are in it, at any depth. */
unsigned tree_count(const char *dir);

#endif
