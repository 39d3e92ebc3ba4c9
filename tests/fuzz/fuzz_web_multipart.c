/*
 * Forms, cut in two anywhere: the same parts as in one piece.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "multipart.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	uint64_t	n;	/* of all that was told, in order */
};

static void
mix(struct sum *s, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		s->n = (s->n ^ p[i]) * UINT64_C(0x100000001b3);
}

static int
on_begin(void *arg, const char *field, const char *file)
{
	mix(arg, "(", 1);
	mix(arg, field, strlen(field));
	mix(arg, "|", 1);
	mix(arg, file != NULL ? file : "", file != NULL ? strlen(file) : 0);
	return 0;
}

static int
on_data(void *arg, const void *data, size_t len, size_t *ret_taken)
{
	mix(arg, data, len);
	*ret_taken = len;
	return 0;
}

static int
on_end(void *arg)
{
	mix(arg, ")", 1);
	return 0;
}

static int
parse(const uint8_t *data, size_t size, size_t cut, struct sum *s)
{
	static const struct multipart_ops ops = { on_begin, on_data, on_end };
	struct multipart m;
	size_t n;
	int r;

	s->n = 1;
	if (multipart_init(&m, "multipart/form-data; boundary=b", &ops, s) < 0)
		abort();
	r = multipart_feed(&m, data, cut, &n);
	if (r == 0 && n != cut)
		abort();
	if (r == 0)
		r = multipart_feed(&m, data + cut, size - cut, &n);
	if (r == 0 && n != size - cut)
		abort();
	return r < 0 ? r : multipart_end(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sum whole, cut;
	size_t at;
	int r;

	if (size == 0)
		return 0;
	at = data[0] % size;
	r = parse(data, size, 0, &whole);
	if (parse(data, size, at, &cut) != r || (r == 0 && cut.n != whole.n))
		abort();
	return 0;
}
