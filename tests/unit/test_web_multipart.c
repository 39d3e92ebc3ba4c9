/*
 * multipart/form-data as it comes: however it is cut, the same parts.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <fss/error.h>

#include "multipart.h"

/* What came, as text: "field|file|content\n" a part. */
struct got {
	char	 text[4096];
	size_t	 len;
	unsigned hold;		/* how often the receiver waits first */
	size_t	 bite;		/* bytes it takes at most */
	unsigned ends;		/* how often the end has to be asked for */
};

static void
add(struct got *g, const char *s, size_t n)
{
	assert_true(g->len + n < sizeof(g->text));
	memcpy(g->text + g->len, s, n);
	g->len += n;
	g->text[g->len] = '\0';
}

static int
on_begin(void *arg, const char *field, const char *file)
{
	struct got *g = arg;

	add(g, field, strlen(field));
	add(g, "|", 1);
	add(g, file != NULL ? file : "-", file != NULL ? strlen(file) : 1);
	add(g, "|", 1);
	return 0;
}

static int
on_data(void *arg, const void *data, size_t len, size_t *ret_taken)
{
	struct got *g = arg;

	*ret_taken = 0;
	if (g->hold > 0 && g->hold-- % 2 == 1)
		return FSS_EAGAIN;
	if (g->bite > 0 && len > g->bite)
		len = g->bite;
	add(g, data, len);
	*ret_taken = len;
	return 0;
}

static int
on_end(void *arg)
{
	struct got *g = arg;

	if (g->ends > 0 && g->ends-- % 2 == 1)
		return FSS_EAGAIN;
	add(g, "\n", 1);
	return 0;
}

static const struct multipart_ops ops = { on_begin, on_data, on_end };
static const char type[] = "multipart/form-data; boundary=xx";

/* Feeds @body in pieces of @step, again where the receiver waits. */
static int
feed(const char *header, const char *body, size_t step, struct got *g)
{
	size_t at = 0, len = strlen(body), n, taken;
	struct multipart m;
	int r, idle = 0;

	r = multipart_init(&m, header, &ops, g);
	while (r == 0 && at < len) {
		n = len - at < step ? len - at : step;
		r = multipart_feed(&m, body + at, n, &taken);
		assert_true(taken <= n);
		assert_true(r != 0 || taken == n);
		at += taken;
		if (r == FSS_EAGAIN) {
			/* Each wait of the receiver ends. */
			assert_true(++idle < 10000);
			r = 0;
		}
	}
	return r < 0 ? r : multipart_end(&m);
}

static const char two[] =
    "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n"
    "--xx  \r\ncontent-disposition: form-data; name=\"f\"; "
    "filename=\"h\xc3\xa4 \\\"1\\\" \\ %22.txt\"\r\nContent-Type: text/plain"
    "\r\n\r\nline\r\n\r-\r\n-\r\n--x\r\n--\r\r\n--xx--\r\nafter all\r\n";
static const char two_parts[] =
    "a|-|value\n"
    "f|h\xc3\xa4 \"1\" \\ %22.txt|line\r\n\r-\r\n-\r\n--x\r\n--\r\n";

static void
any_cut(void **state)
{
	size_t step, bite;
	struct got g;

	(void)state;
	for (step = 1; step < sizeof(two) + 1; step++)
		for (bite = 0; bite < 4; bite++) {
			memset(&g, 0, sizeof(g));
			g.bite = bite;
			g.hold = (unsigned)(bite * step % 13);
			g.ends = (unsigned)(step % 5);
			assert_int_equal(feed(type, two, step, &g), 0);
			assert_string_equal(g.text, two_parts);
		}
}

static void
forms(void **state)
{
	static const struct {
		const char	*type, *body, *text;	/* text NULL: refused */
	} cases[] = {
		{ "multipart/form-data; boundary=\"x x\"", "--x x--", "" },
		{ "Multipart/Form-Data;charset=utf-8; Boundary=xx",
		    "pre\r\n--xx\r\n\r\nd\r\n--xx--", "|-|d\n" },
		/* Nothing in it; no file chosen. */
		{ type, "--xx\r\nContent-Disposition: form-data; name=f; "
		    "filename=\"\"\r\n\r\n\r\n--xx--", "f||\n" },
		{ type, "\r\n--xx--\r\n", "" },
		{ "multipart/form-data", "--xx--", NULL },
		{ "multipart/form-data; boundary=", "----", NULL },
		{ "multipart/mixed; boundary=xx", "--xx--", NULL },
		{ "multipart/form-data; boundary=\"xx", "--xx--", NULL },
		{ type, "", NULL },
		{ type, "--xx\r\n", NULL },
		{ type, "--xx\r\n\r\nno end", NULL },
		{ type, "--xx-x", NULL },
		{ type, "--xxy\r\n", NULL },
		{ type, "--xx\r\n\r\nd\r\n--xx\r-", NULL }
	};
	struct got g;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&g, 0, sizeof(g));
		r = feed(cases[i].type, cases[i].body, 7, &g);
		assert_int_equal(r, cases[i].text != NULL ? 0 : FSS_EINVAL);
		if (cases[i].text != NULL)
			assert_string_equal(g.text, cases[i].text);
	}
}

/* Headers and names have ceilings; one below is fine. */
static void
ceilings(void **state)
{
	char body[MULTIPART_HEAD + 512], name[MULTIPART_NAME + 1];
	char boundary[160];
	struct got g;

	(void)state;
	memset(name, 'n', MULTIPART_NAME - 1);
	name[MULTIPART_NAME - 1] = '\0';
	(void)snprintf(body, sizeof(body), "--xx\r\nContent-Disposition: "
	    "form-data; name=f; filename=\"%s\"\r\n\r\n\r\n--xx--", name);
	memset(&g, 0, sizeof(g));
	assert_int_equal(feed(type, body, 64, &g), 0);
	(void)snprintf(body, sizeof(body), "--xx\r\nContent-Disposition: "
	    "form-data; name=f; filename=\"%sn\"\r\n\r\n\r\n--xx--", name);
	memset(&g, 0, sizeof(g));
	assert_int_equal(feed(type, body, 64, &g), FSS_EINVAL);

	memcpy(body, "--xx\r\n", 6);
	memset(body + 6, 'h', MULTIPART_HEAD - 1);
	body[6 + MULTIPART_HEAD - 1] = '\0';
	memset(&g, 0, sizeof(g));
	assert_int_equal(feed(type, body, 100, &g), FSS_EINVAL);
	assert_string_equal(g.text, "");

	memset(boundary, 'b', sizeof(boundary));
	memcpy(boundary, "multipart/form-data; boundary=", 30);
	boundary[30 + MULTIPART_BOUNDARY] = '\0';
	memset(&g, 0, sizeof(g));
	assert_int_equal(feed(boundary, "--x", 1, &g), FSS_EINVAL);
	(void)snprintf(body, sizeof(body), "--%s--", boundary + 30);
	assert_int_equal(feed(boundary, body, 1, &g), 0);
	boundary[30 + MULTIPART_BOUNDARY] = 'b';
	boundary[30 + MULTIPART_BOUNDARY + 1] = '\0';
	assert_int_equal(feed(boundary, body, 1, &g), FSS_EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut),
		cmocka_unit_test(forms),
		cmocka_unit_test(ceilings)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
