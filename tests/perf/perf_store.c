/*
 * The store: chunks are put and committed in batches with a version of each,
 * put once more, found and read back, and all of it is checked.
 */
#include <string.h>

#include "base/alloc.h"
#include "perf.h"
#include "store_kit.h"

#define FILES	512
#define BATCH	64

static char dir[FOLDER_PATH];
static struct fss__store *store;
static struct fss__reader_store *reader;
static uint8_t (*content)[KIT_CHUNK];
static size_t len[FILES], bytes_read, bytes;
static struct fss__id id[FILES];

void
perf_prepare(void)
{
	size_t i;

	folder_new(dir);
	store = kit_new(dir, NULL);
	perf_must(fss__reader_store_open(store, &reader) == 0, "reader");
	content = fss__alloc(FILES * sizeof(*content));
	perf_must(content != NULL, "memory");
	for (i = 0; i < FILES; i++) {
		len[i] = kit_content(i, content[i], &id[i]);
		bytes += len[i];
	}
}

static void
put(size_t i)
{
	perf_must(fss__store_put(store, KIT_ALICE, &id[i], content[i],
	    len[i]) == 0, "put");
}

static void
put_all(void)
{
	size_t i, k;

	for (i = 0; i < FILES; i += BATCH) {
		perf_must(fss__store_begin(store) == 0, "begin");
		for (k = i; k < i + BATCH; k++)
			put(k);
		for (k = i; k < i + BATCH; k++)
			perf_must(kit_version(store, KIT_ALICE, &id[k],
			    (int64_t)k + 1) == 0, "version");
		perf_must(fss__store_commit(store, true) == 0, "commit");
	}
	for (i = 0; i < FILES; i++)
		put(i);
}

static void
read_all(void)
{
	static uint8_t got[KIT_CHUNK];
	struct fss_store_loc loc;
	size_t i;

	for (i = 0; i < FILES; i++) {
		perf_must(fss__reader_locate(reader, &id[i], &loc) == 0,
		    "locate");
		perf_must(fss__reader_read(reader, &id[i], &loc, got) == 0,
		    "read");
		bytes_read += loc.len;
	}
}

void
perf_measured(void)
{
	put_all();
	read_all();
	perf_must(fss__store_check(store, NULL, NULL) == 0, "check");
}

void
perf_finish(void)
{
	perf_must(bytes_read == bytes, "bytes are missing");
	fss__reader_store_close(reader);
	fss__store_close(store);
	fss__free(content);
	folder_remove(dir);
}
