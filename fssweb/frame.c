/*
 * Frames of WebSocket (RFC 6455), the server's side, no extensions.
 *
 * A frame is taken when it is whole; what is longer than a message may be is
 * refused by its head, before it is waited for.
 */
#include <string.h>

#include "http_text.h"

int64_t
frame_take(uint8_t *data, size_t len, struct frame *ret)
{
	uint64_t n;
	size_t at = 2, i;
	unsigned op;

	if (len < 2)
		return 0;
	op = data[0] & 15;
	if ((data[0] & 0x70) != 0 || (data[1] & 0x80) == 0 ||
	    (op > 2 && op < 8) || op > 10)
		return -1002;
	ret->op = (enum frame_op)op;
	ret->fin = (data[0] & 0x80) != 0;
	n = data[1] & 0x7f;
	/* Control frames are short and whole. */
	if (op >= 8 && (n > 125 || !ret->fin))
		return -1002;
	if (n == 126) {
		if (len < 4)
			return 0;
		n = (uint64_t)data[2] << 8 | data[3];
		at = 4;
	} else if (n == 127) {
		if (len < 10)
			return 0;
		for (n = 0, at = 2; at < 10; at++)
			n = n << 8 | data[at];
	}
	if (n > WEB_MAX_SOCKET_MESSAGE)
		return -1009;
	if (len < at + 4 + n)
		return 0;
	ret->data = data + at + 4;
	ret->len = (size_t)n;
	for (i = 0; i < ret->len; i++)
		ret->data[i] ^= data[at + i % 4];
	return (int64_t)(at + 4 + n);
}

size_t
frame_head(uint8_t dst[10], enum frame_op op, size_t len)
{
	int i;

	dst[0] = (uint8_t)(0x80 | op);
	if (len < 126) {
		dst[1] = (uint8_t)len;
		return 2;
	}
	if (len <= UINT16_MAX) {
		dst[1] = 126;
		dst[2] = (uint8_t)(len >> 8);
		dst[3] = (uint8_t)len;
		return 4;
	}
	dst[1] = 127;
	for (i = 0; i < 8; i++)
		dst[2 + i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
	return 10;
}

bool
close_code_valid(unsigned code)
{
	return (code >= 1000 && code <= 1003) ||
	    (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
