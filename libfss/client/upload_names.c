/*
 * Local names that become the same at the hub.
 *
 * The hub keeps names in Unicode form NFC; a local folder can have several
 * names that differ only in form.  One that is in NFC stands for itself; of
 * the others the first that was met gets the name, the rest are refused, so
 * that none silently takes another's place.
 *
 * Only names that had to be converted are noted, as hashes.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "client/upload.h"
#include "crypto/digest.h"

#define FIRST_CAP	16

/* Where @hash is, or would be; the table is never full. */
static size_t
place_of(const struct upnames *n, uint64_t hash)
{
	size_t i = (size_t)hash & (n->cap - 1);

	while (n->hash[i] != 0 && n->hash[i] != hash)
		i = (i + 1) & (n->cap - 1);
	return i;
}

static int
grow(struct upnames *n)
{
	struct upnames bigger;
	size_t i;

	if (n->count + 1 < n->cap / 2)
		return 0;
	bigger.count = n->count;
	bigger.cap = n->cap == 0 ? FIRST_CAP : n->cap * 2;
	bigger.hash = fss__zalloc(bigger.cap * sizeof(*bigger.hash));
	if (bigger.hash == NULL)
		return FSS_ENOMEM;
	for (i = 0; i < n->cap; i++)
		if (n->hash[i] != 0)
			bigger.hash[place_of(&bigger, n->hash[i])] =
			    n->hash[i];
	fss__free(n->hash);
	*n = bigger;
	return 0;
}

int
fss__up_name_note(struct updir *in, const char *remote_name,
    const struct stat *st)
{
	struct upnames *n = &in->names;
	struct stat other;
	uint64_t hash;
	size_t i;
	int r;

	if (fstatat(in->fd, remote_name, &other, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (other.st_dev != st->st_dev || other.st_ino != st->st_ino))
		return FSS_EEXIST;
	r = grow(n);
	if (r != 0)
		return r;
	hash = fss__checksum(remote_name, strlen(remote_name)) | 1;
	i = place_of(n, hash);
	if (n->hash[i] != 0)
		return FSS_EEXIST;
	n->hash[i] = hash;
	n->count++;
	return 0;
}

void
fss__up_names_release(struct updir *in)
{
	fss__free(in->names.hash);
	memset(&in->names, 0, sizeof(in->names));
}
