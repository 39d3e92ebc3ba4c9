/*
 * Who gets in: ZeroMQ's question about each connection, answered.
 *
 * Over TCP every well-formed CURVE key is let in, and the peer named after
 * it.  Of the peers of the local socket those of configured users are, and get
 * a name of the same kind.  Each has a domain of its own, so that neither
 * mechanism is taken where the other belongs.
 *
 * The routing id that the answer has takes the place of the one the peer asked
 * for, as ZeroMQ reads that first; when the answer is faster see route.c.
 */
#include <stdbool.h>
#include <string.h>

#include <fss/error.h>

#include "base/frame.h"
#include "crypto/keys.h"
#include "net/local.h"
#include "net/route.h"
#include "net/zap.h"
#include "net/zmsg.h"

#define PARTS		8	/* version .. credentials, see ZeroMQ RFC 27 */
#define IDENTITY	"\x08Identity\0\0\0"	/* and the length's last byte */
#define IDENTITY_BYTES	12

static bool
is(const struct fss__frame *f, const char *text)
{
	return f->len == strlen(text) && memcmp(f->data, text, f->len) == 0;
}

/* The key of a peer of the local socket, if it may use it. */
static bool
local_key(const struct fss__frame *address, const uint32_t *users, size_t n,
    uint8_t key[FSS__KEY_BYTES])
{
	uint32_t user;

	return fss__local_user_of(address->data, address->len, &user) &&
	    fss__local_listed(users, n, user) && fss__local_key(user, key) == 0;
}

/* The metadata that names a peer. */
static struct fss__frame *
identity(struct fss__routes *routes)
{
	uint8_t text[IDENTITY_BYTES + 1 + FSS__ROUTE_ID];

	memcpy(text, IDENTITY, IDENTITY_BYTES);
	text[IDENTITY_BYTES] = FSS__ROUTE_ID;
	fss__routes_name(routes, text + IDENTITY_BYTES + 1);
	return fss__zmsg_part(text, sizeof(text));
}

/* One ZAP request: route, "", version, id, domain, address, identity,
 * mechanism, credentials. */
static void
answer(void *zap, struct fss__frame **f, size_t n, const uint32_t *users,
    size_t nusers, struct fss__routes *routes)
{
	char name[FSS__KEY_TEXT] = "";
	uint8_t key[FSS__KEY_BYTES];
	struct fss__frame *out[PARTS];
	const char *status = "400";

	if (n < PARTS || f[1]->len != 0) {
		fss__zmsg_unref(f, n);
		return;
	}
	if (n == PARTS + 1 && is(f[4], FSS__ZAP_DOMAIN) &&
	    is(f[7], "CURVE") && f[8]->len == FSS__KEY_BYTES) {
		fss__key_encode(name, f[8]->data);
		status = "200";
	} else if (n == PARTS && is(f[4], FSS__LOCAL_DOMAIN) &&
	    is(f[7], "NULL") && local_key(f[5], users, nusers, key)) {
		fss__key_encode(name, key);
		status = "200";
	}
	out[0] = fss__frame_ref(f[0]);
	out[1] = fss__frame_ref(f[1]);
	out[2] = fss__frame_ref(f[2]);
	out[3] = fss__frame_ref(f[3]);
	out[4] = fss__zmsg_part(status, 3);
	out[5] = fss__zmsg_part("", 0);
	out[6] = fss__zmsg_part(name, strlen(name));
	out[7] = name[0] != '\0' ? identity(routes) : fss__zmsg_part("", 0);
	fss__zmsg_post(zap, out, PARTS);
	fss__zmsg_unref(f, n);
}

void
fss__zap_serve(void *zap, const uint32_t *users, size_t n,
    struct fss__routes *routes)
{
	struct fss__frame *f[PARTS + 1];
	size_t parts;
	int e;

	while ((e = fss__zmsg_recv(zap, f, PARTS + 1, &parts)) == 0 ||
	    e == FSS_EPROTO)
		if (e == 0)
			answer(zap, f, parts, users, n, routes);
}
