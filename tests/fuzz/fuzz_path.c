/*
 * Paths: what is accepted is canonical, splits and joins, and is its own
 * canonical form; what a person types is brought to such a form once.
 */
#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/path.h"

#define INPUT_MAX	16384

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Rules that can be said in a few lines, said once more. */
static void
plainly_safe(struct fss__slice path)
{
	const char *p = path.p;
	size_t i;

	must(path.n >= 1 && path.n <= FSS_LIMIT_PATH && p[0] == '/');
	for (i = 0; i < path.n; i++)
		must((unsigned char)p[i] >= 0x20 && p[i] != 0x7f);
	for (i = 1; i < path.n; i++)
		must(p[i] != '/' || p[i - 1] != '/');
	must(path.n == 1 || p[path.n - 1] != '/');
	must(fss__utf8_valid(path));
}

/* Names one by one make the same path again. */
static void
steps(struct fss__slice path)
{
	char joined[FSS_LIMIT_PATH + 1] = "/", next[FSS_LIMIT_PATH + 1];
	struct fss__slice name, parent, last;
	size_t pos = 0, depth = 0;

	while (fss__path_next(path, &pos, &name)) {
		depth++;
		must(fss__name_check(name, NULL) == 0);
		must(!fss__slice_eq(name, fss__slice_str(".")) &&
		    !fss__slice_eq(name, fss__slice_str("..")));
		must(memchr(name.p, '/', name.n) == NULL);
		must(fss__path_join(next, sizeof(next), fss__slice_str(joined),
		    name) == 0);
		must(fss__path_split(fss__slice_str(next), &parent, &last));
		must(fss__slice_eq(parent, fss__slice_str(joined)) &&
		    fss__slice_eq(last, name));
		memcpy(joined, next, sizeof(joined));
	}
	must(depth <= FSS_LIMIT_DEPTH);
	must(fss__slice_eq(path, fss__slice_str(joined)));
	must((depth == 0) == !fss__path_split(path, &parent, &last));
}

static void
canonical(struct fss__slice path)
{
	char text[FSS_LIMIT_PATH + 2] = ":", owner[FSS_LIMIT_ACCOUNT + 1];
	char again[FSS_LIMIT_PATH + 1];

	plainly_safe(path);
	steps(path);
	memcpy(text + 1, path.p, path.n);
	text[path.n + 1] = '\0';
	must(fss__remote_parse(text, owner, again, NULL) == 0);
	must(owner[0] == '\0' &&
	    fss__slice_eq(path, fss__slice_str(again)));
}

static void
typed(const char *text)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], path[FSS_LIMIT_PATH + 1];
	int r;

	r = fss__remote_parse(text, owner, path, NULL);
	if (r != 0) {
		must(r == FSS_EINVAL || r == FSS_ENAME || r == FSS_EPATH);
		return;
	}
	must(owner[0] == '\0' ||
	    fss__account_check(fss__slice_str(owner)) == 0);
	must(fss__path_check(fss__slice_str(path), NULL) == 0);
	canonical(fss__slice_str(path));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fss__slice s = { data, size };
	const char *why = NULL;
	char *text;
	int r;

	if (size > INPUT_MAX)
		return 0;
	r = fss__path_check(s, &why);
	must(r == 0 || (r == FSS_EPATH && why != NULL));
	if (r == 0)
		canonical(s);
	r = fss__name_check(s, &why);
	must(r == 0 || r == FSS_EPATH);
	must(r != 0 || (size >= 1 && size <= FSS_LIMIT_NAME));
	text = malloc(size + 1);
	must(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	typed(text);
	free(text);
	return 0;
}
