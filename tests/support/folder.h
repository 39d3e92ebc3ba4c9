/*
 * Folders for tests: made where syncs cost nothing, copied, removed whole.
 * Failures are the test's: they end it through cmocka.
 */
#ifndef FSS_TEST_FOLDER_H
#define FSS_TEST_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#define FOLDER_PATH	1024

/* A new, empty folder; @path gets its name. */
void	folder_new(char path[FOLDER_PATH]);
/* With everything in it; a path that is not there is fine. */
void	folder_remove(const char *path);
/* @to must not exist. */
void	folder_copy(const char *from, const char *to);

/* "@dir/@name" */
void	folder_path(char dst[FOLDER_PATH], const char *dir, const char *name);
uint64_t folder_file_size(const char *dir, const char *name);
/* Changes one byte of a file by xor with @mask. */
void	folder_flip(const char *dir, const char *name, uint64_t offset,
	    uint8_t mask);
void	folder_cut(const char *dir, const char *name, uint64_t size);

#endif
