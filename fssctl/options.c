/*
 * Options of the command line: one table for all verbs.
 *
 * A verb names the options it takes by bits; getopt_long() gets a list made of
 * those.  Values are checked here, by type, so that verbs see numbers only.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <fss/fss.h>

#include "fssctl.h"
#include "parse.h"

enum option_type {
	FLAG, TEXT, COUNT, SECONDS, SIZE, DURATION, WHEN, ROLE, KIND, ACCESS,
	STATE, REQUEST_STATE, REQUEST_KIND, BOUND
};

struct spec {
	const char	*name;
	int		 letter;
	enum option_type type;
	const char	*arg;
	const char	*help;
};

static const struct spec specs[OPT_COUNT] = {
#define X(id, name, letter, type, arg, help) { name, letter, type, arg, help },
	OPTIONS(X)
#undef X
};

/* Where getopt's return values for options without a letter begin. */
#define LONG_ONLY	256

/* A size goes to the number, a folder to the text; each may be there once. */
static int
take_bound(struct options *o, int id, const char *arg, int64_t *ret_n)
{
	*ret_n = o->num[id];
	if (is_remote(arg)) {
		o->text[id] = arg;
		return 0;
	}
	if (parse_size(arg, ret_n) < 0 || *ret_n == 0)
		return FSS_EINVAL;
	return 0;
}

static int
take(struct options *o, int id, const char *arg, char *why)
{
	const struct spec *s = &specs[id];
	int64_t n = 1;
	int r = 0;

	switch (s->type) {
	case FLAG:
		break;
	case TEXT:
		o->text[id] = arg;
		break;
	case COUNT:
		r = parse_count(arg, &n);
		break;
	case SECONDS:
		r = parse_count(arg, &n);
		if (r == 0 && (n < 1 || n > 86400))
			r = FSS_EINVAL;
		break;
	case SIZE:
		r = parse_size(arg, &n);
		break;
	case DURATION:
		r = parse_duration(arg, &n);
		break;
	case WHEN:
		r = parse_when(arg, wall_us(), &n);
		break;
	case ROLE:
		r = parse_role(arg, &n);
		break;
	case KIND:
		r = parse_kind(arg, &n);
		break;
	case ACCESS:
		r = parse_access(arg, &n);
		break;
	case STATE:
		r = parse_state(arg, &n);
		break;
	case REQUEST_STATE:
		r = parse_request_states(arg, &n);
		break;
	case REQUEST_KIND:
		r = parse_request_kinds(arg, &n);
		break;
	case BOUND:
		r = take_bound(o, id, arg, &n);
		break;
	}
	if (r < 0) {
		(void)snprintf(why, WHY_BYTES, "'%s' is no %s for --%s (%s)",
		    arg, s->arg, s->name, s->help);
		return r;
	}
	o->num[id] = n;
	*(id < 64 ? &o->set : &o->more) |= UINT64_C(1) << id % 64;
	return 0;
}

static bool
is_allowed(uint64_t allowed, uint64_t more, int id)
{
	return ((id < 64 ? allowed : more) >> id % 64 & 1) != 0;
}

int
options_parse(struct options *o, uint64_t allowed, uint64_t more, bool permute,
    int argc, char **argv, int *ret_first, char *why)
{
	struct option longs[OPT_COUNT + 1];
	char shorts[2 * OPT_COUNT + 3];
	size_t nlongs = 0, nshorts = 0;
	int by_letter[LONG_ONLY];
	int c, id, r;

	memset(longs, 0, sizeof(longs));
	memset(by_letter, 0, sizeof(by_letter));
	if (!permute)
		shorts[nshorts++] = '+';
	for (id = 0; id < OPT_COUNT; id++) {
		const struct spec *s = &specs[id];

		if (!is_allowed(allowed, more, id))
			continue;
		longs[nlongs].name = s->name;
		longs[nlongs].has_arg = s->arg != NULL ? required_argument :
		    no_argument;
		longs[nlongs++].val = LONG_ONLY + id;
		if (s->letter == 0)
			continue;
		by_letter[s->letter] = id;
		shorts[nshorts++] = (char)s->letter;
		if (s->arg != NULL)
			shorts[nshorts++] = ':';
	}
	shorts[nshorts] = '\0';

	optind = 0;		/* glibc: start over */
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (c == '?') {
			/* A letter may be one of several in an argument. */
			if (optopt > 0 && optopt < LONG_ONLY)
				(void)snprintf(why, WHY_BYTES, "'-%c' is no "
				    "option here, or lacks its value; a name "
				    "that begins with '-' is written ./-name",
				    optopt);
			else
				(void)snprintf(why, WHY_BYTES, "'%s' is no "
				    "option here, or lacks its value",
				    argv[optind > 0 ? optind - 1 : 0]);
			return FSS_EINVAL;
		}
		id = c >= LONG_ONLY ? c - LONG_ONLY : by_letter[c];
		r = take(o, id, optarg, why);
		if (r < 0)
			return r;
	}
	*ret_first = optind;
	return 0;
}

void
options_help(FILE *f, uint64_t allowed, uint64_t more)
{
	char left[40];
	int id;

	for (id = 0; id < OPT_COUNT; id++) {
		const struct spec *s = &specs[id];

		if (!is_allowed(allowed, more, id))
			continue;
		(void)snprintf(left, sizeof(left), "--%s%s%s", s->name,
		    s->arg != NULL ? " " : "", s->arg != NULL ? s->arg : "");
		if (s->letter != 0)
			fprintf(f, "  -%c, %-22s %s\n", s->letter, left,
			    s->help);
		else
			fprintf(f, "      %-22s %s\n", left, s->help);
	}
}
