/*
 * Configuration files, by inih, with each complaint naming its line.
 *
 * What the settings are is the caller's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <fss/error.h>
#include <ini.h>

#include "daemon.h"

#define WHAT_BYTES	2048

struct reading {
	FILE		*f;
	const char	*file;
	conf_take_fn	 take;
	void		*arg;
	char		*problem;
	size_t		 cap;
	int		 line;
	bool		 too_long;
	bool		 wrong;		/* the first complaint stands */
	int		 blamed;	/* the line it names */
};

/* Gives inih a line, counting. */
static char *
next_line(char *dst, int cap, void *arg)
{
	struct reading *rd = arg;

	if (rd->too_long || fgets(dst, cap, rd->f) == NULL)
		return NULL;
	rd->line++;
	/* A line cut in two would be taken for two. */
	if (strchr(dst, '\n') == NULL && !feof(rd->f))
		rd->too_long = true;
	return dst;
}

static void
blame(struct reading *rd, const char *what)
{
	if (rd->wrong)
		return;
	rd->wrong = true;
	rd->blamed = rd->line;
	(void)snprintf(rd->problem, rd->cap, "%s:%d: %s", rd->file, rd->line,
	    what);
}

/* inih's handler: 0 means error. */
static int
take_line(void *arg, const char *section, const char *key, const char *value)
{
	struct reading *rd = arg;
	char what[WHAT_BYTES];

	if (rd->wrong || rd->too_long)
		return 0;
	if (rd->take(rd->arg, section, key, value, what, sizeof(what)))
		return 1;
	blame(rd, what);
	return 0;
}

int
conf_read(const char *file, conf_take_fn take, void *arg, char *problem,
    size_t cap)
{
	struct reading rd;
	int r;

	memset(&rd, 0, sizeof(rd));
	rd.file = file;
	rd.take = take;
	rd.arg = arg;
	rd.problem = problem;
	rd.cap = cap;
	rd.f = fopen(file, "re");
	if (rd.f == NULL) {
		r = errno == ENOENT ? FSS_ENOENT : FSS_EIO;
		(void)snprintf(problem, cap, "cannot open '%s': %s", file,
		    strerror(errno));
		return r;
	}
	r = ini_parse_stream(next_line, &rd, take_line, &rd);
	if (rd.too_long)
		blame(&rd, "the line is too long");
	/* inih goes on after such a line, so what follows may be blamed. */
	if (r > 0 && (!rd.wrong || r < rd.blamed)) {
		rd.line = r;
		rd.wrong = false;
		blame(&rd, "this is neither a [section] nor KEY = VALUE");
	}
	if (ferror(rd.f))
		blame(&rd, "cannot read on");
	(void)fclose(rd.f);	/* it was only read */
	return rd.wrong || r != 0 ? FSS_ECONFIG : 0;
}
