/*
 * Heads of requests: whatever comes is refused with a reason, or every text
 * of it lies within the input, ends there, and holds no line break.
 */
#include <stdlib.h>
#include <string.h>

#include "http_text.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
within(const char *s, const char *text, size_t end)
{
	must(s >= text && s + strlen(s) <= text + end);
	must(strpbrk(s, "\r\n") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t end = head_end((const char *)data, size);
	struct uri_param params[WEB_MAX_QUERY];
	struct head h;
	const char *why = NULL;
	char *text;
	unsigned i;
	int r;

	must(end <= size);
	if (end == 0 || end > WEB_MAX_HEAD)
		return 0;
	text = malloc(end + 1);
	if (text == NULL)
		return 0;
	memcpy(text, data, end);
	text[end] = '\0';
	r = head_parse(text, end, &h, &why);
	must(r == 0 || (r >= 400 && r < 600 && why != NULL));
	if (r == 0) {
		must(h.method != 0 && h.count <= WEB_MAX_HEADERS);
		within(h.path, text, end);
		within(h.host, text, end);
		must(h.path[0] == '/');
		for (i = 0; i < h.count; i++) {
			within(h.fields[i].name, text, end);
			within(h.fields[i].value, text, end);
			must(field_safe(h.fields[i].value));
		}
		must(head_find(&h, "transfer-encoding") == NULL);
		if (h.query != NULL) {
			r = uri_query(h.query, params, WEB_MAX_QUERY);
			must(r <= WEB_MAX_QUERY);
			while (r-- > 0)
				must(utf8_valid(params[r].value,
				    strlen(params[r].value)));
		}
		if (uri_decode(h.path, false))
			must(utf8_valid(h.path, strlen(h.path)));
	}
	free(text);
	return 0;
}
