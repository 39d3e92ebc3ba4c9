/*
 * Runs a fuzz target without libFuzzer: on each file given, and on each file
 * of each folder given.
 *
 * This is how the corpora are replayed in every ordinary test run, with any
 * compiler.  A missing or empty folder is a failure, for a test that ran
 * nothing would look like one that passed.  Inputs are copied into memory of
 * their exact size, so that a sanitizer sees a read past the end.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/str.h"

#define INPUT_MAX	((size_t)64 << 20)

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
run_file(const char *path)
{
	uint8_t *data, *exact;
	size_t n;
	int r;

	r = fss__io_read_file(path, INPUT_MAX, &data, &n);
	if (r < 0) {
		(void)fprintf(stderr, "cannot read '%s': %s\n", path,
		    fss_strerror(r));
		return -1;
	}
	exact = malloc(n > 0 ? n : 1);
	if (exact == NULL) {
		fss__free(data);
		return -1;
	}
	memcpy(exact, data, n);
	fss__free(data);
	(void)LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 1;
}

/* Returns how many inputs ran, -1 on failure. */
static int
run_folder(const char *path)
{
	char name[4096];
	struct dirent *ent;
	DIR *dir;
	int n = 0;

	dir = opendir(path);
	if (dir == NULL) {
		perror(path);
		return -1;
	}
	while ((ent = readdir(dir)) != NULL) {
		if (ent->d_name[0] == '.')
			continue;
		if (fss__fmt(name, sizeof(name), "%s/%s", path,
		    ent->d_name) < 0 || run_file(name) < 0) {
			n = -1;
			break;
		}
		n++;
	}
	(void)closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	struct stat st;
	int i, n, total = 0;

	for (i = 1; i < argc; i++) {
		if (stat(argv[i], &st) < 0) {
			perror(argv[i]);
			return 1;
		}
		n = S_ISDIR(st.st_mode) ? run_folder(argv[i]) :
		    run_file(argv[i]);
		if (n < 0)
			return 1;
		total += n;
	}
	(void)printf("%d inputs\n", total);
	return total > 0 ? 0 : 1;
}
