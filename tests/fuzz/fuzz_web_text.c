/*
 * Header values and names: readers stay within their text, what is written
 * for a browser can end no line and reads back.
 *
 * The first byte chooses; the rest is the text.
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
one_range(const char *s)
{
	static const uint64_t sizes[] = { 0, 1, 10, 4096, UINT64_MAX };
	struct range r[WEB_MAX_RANGES];
	unsigned i, n;
	size_t k;

	for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		if (range_parse(s, sizes[k], r, &n) != RANGE_SOME) {
			must(n == 0);
			continue;
		}
		must(n >= 1 && n <= WEB_MAX_RANGES);
		for (i = 0; i < n; i++) {
			must(r[i].first <= r[i].last && r[i].last < sizes[k]);
			must(i == 0 || r[i].first > r[i - 1].last + 1);
		}
	}
}

static void
one_name(const char *s)
{
	char text[16384], copy[16384];

	if (disposition(s, false, text, sizeof(text)) > 0) {
		must(field_safe(text));
		must(strlen(text) < sizeof(text));
	}
	if (uri_encode(s, true, text, sizeof(text)) >= 0 &&
	    utf8_valid(s, strlen(s))) {
		memcpy(copy, text, sizeof(copy));
		must(uri_decode(copy, false) && strcmp(copy, s) == 0);
	}
	must(strlen(log_quote(s, text, 256)) < (log_quote(s, text, 256) == s ?
	    SIZE_MAX : 256));
}

static void
one_field(const char *s)
{
	struct net n;
	uint8_t addr[16], peer[16] = { 0 };
	char v[257];

	if (cookie_find(s, "__Host-fss", v, sizeof(v)))
		must(strlen(v) > 0 && strlen(v) < sizeof(v));
	(void)list_has(s, "upgrade");
	(void)accepts_coding(s, "br");
	(void)etag_match(s, "\"a\"");
	(void)path_safe(s);
	if (net_parse(s, &n)) {
		must(n.bits <= 128);
		(void)net_holds(&n, peer);
	}
	must(net_parse("::/0", &n));
	(void)forwarded_for(s, &n, 1, peer, addr);
	addr_text(addr, v, sizeof(v));
}

static void
frames(uint8_t *data, size_t size)
{
	struct frame f;
	int64_t n;

	while (size > 0 && (n = frame_take(data, size, &f)) > 0) {
		must((size_t)n <= size && f.data >= data &&
		    f.data + f.len <= data + n);
		must(f.len <= WEB_MAX_SOCKET_MESSAGE);
		data += n;
		size -= (size_t)n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s;

	if (size == 0 || size > 32768)
		return 0;
	s = malloc(size);
	if (s == NULL)
		return 0;
	memcpy(s, data + 1, size - 1);
	s[size - 1] = '\0';
	switch (data[0] & 3) {
	case 0:
		one_range(s);
		break;
	case 1:
		one_name(s);
		break;
	case 2:
		one_field(s);
		break;
	default:
		frames((uint8_t *)s, size - 1);
		break;
	}
	free(s);
	return 0;
}
