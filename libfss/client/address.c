/*
 * Addresses of hubs.  The host is checked for its characters only; whether
 * it exists is for the resolver to say.
 */
#include <string.h>

#include <fss/error.h>

#include "base/str.h"
#include "client/address.h"

#define SCHEME	"fss://"

static bool
host_char(char c, bool bracket)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.')
		return true;
	/* '%' names the interface of a link-local address. */
	return bracket ? c == ':' || c == '%' : c == '-' || c == '_';
}

/* Copies the host in lower case; returns its length in @p, 0 if it is none. */
static size_t
take_host(const char *p, char *host)
{
	bool bracket = p[0] == '[';
	size_t i = 0;
	char c;

	if (bracket)
		host[i++] = '[';
	for (; i < FSS__ADDRESS_HOST - 2; i++) {
		c = p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!host_char(c, bracket))
			break;
		host[i] = c;
	}
	if (bracket) {
		if (p[i] != ']' || i < 3)
			return 0;
		host[i++] = ']';
	}
	host[i] = '\0';
	return i;
}

int
fss__address_parse(const char *text, struct fss__address *ret_a)
{
	struct fss__address a;
	const char *p;
	size_t n;

	memset(&a, 0, sizeof(a));
	if (text != NULL && strncmp(text, FSS__LOCAL_SCHEME,
	    strlen(FSS__LOCAL_SCHEME)) == 0) {
		text += strlen(FSS__LOCAL_SCHEME);
		if (!fss__local_path_ok(text))
			return FSS_EINVAL;
		(void)fss__fmt(a.path, sizeof(a.path), "%s", text);
		*ret_a = a;
		return 0;
	}
	if (text == NULL || strncmp(text, SCHEME, strlen(SCHEME)) != 0)
		return FSS_EINVAL;
	p = text + strlen(SCHEME);
	n = take_host(p, a.host);
	p += n;
	if (n == 0 || *p++ != ':')
		return FSS_EINVAL;
	for (n = 0; p[n] >= '0' && p[n] <= '9' && n < 5; n++)
		a.port = a.port * 10 + (unsigned)(p[n] - '0');
	p += n;
	if (n == 0 || a.port == 0 || a.port > 65535)
		return FSS_EINVAL;
	if (*p == '#') {
		if (fss__key_decode(a.key, p + 1) != 0)
			return FSS_EINVAL;
		a.has_key = true;
	} else if (*p != '\0') {
		return FSS_EINVAL;
	}
	*ret_a = a;
	return 0;
}

void
fss__address_format(const struct fss__address *a, bool with_key, char *dst)
{
	char key[FSS__KEY_TEXT] = "";

	if (a->path[0] != '\0') {
		(void)fss__fmt(dst, FSS__ADDRESS_TEXT, FSS__LOCAL_SCHEME "%s",
		    a->path);
		return;
	}
	with_key = with_key && a->has_key;
	if (with_key)
		fss__key_encode(key, a->key);
	/* Always fits: the room is made for the longest of each part. */
	(void)fss__fmt(dst, FSS__ADDRESS_TEXT, "%s%s:%u%s%s", SCHEME, a->host,
	    a->port, with_key ? "#" : "", key);
}

int
fss__address_endpoint(const struct fss__address *a, unsigned add, char *dst)
{
	if (a->path[0] != '\0') {
		fss__local_endpoint(a->path, dst);
		return add == 0 ? 0 : FSS_EINVAL;
	}
	if (a->port + add > 65535)
		return FSS_EINVAL;
	return fss__fmt(dst, FSS__ADDRESS_TEXT, "tcp://%s:%u", a->host,
	    a->port + add);
}
