/*
 * What each byte and each record passes through: content is cut, digested and
 * made a manifest, and verified; batches of records are encoded and decoded;
 * paths are checked and folded.
 */
#include <string.h>

#include <fss/types.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/path.h"
#include "chunk/chunker.h"
#include "chunk/manifest.h"
#include "perf.h"
#include "rng.h"
#include "wire/message.h"

#define BYTES	((size_t)4 << 20)
#define CHUNKS	256
#define BATCHES	16
#define ROWS	256

static uint8_t *content;
static struct fss__id id[CHUNKS];
static size_t len[CHUNKS], nchunks, bytes_read, rows_read, paths;

void
perf_prepare(void)
{
	struct rng rng = { 1 };

	content = fss__alloc(BYTES);
	perf_must(content != NULL, "memory");
	rng_fill(&rng, content, BYTES);
}

static void
cut(void)
{
	struct fss__chunker c;
	size_t pos, n;

	perf_must(fss__chunker_init(&c, 16384, 65536, 262144) == 0,
	    "chunker");
	for (pos = 0; pos < BYTES; pos += n) {
		perf_must(nchunks < CHUNKS, "too many chunks");
		n = fss__chunker_cut(&c, content + pos, BYTES - pos);
		perf_must(fss__digest(FSS__KIND_DATA | FSS__ALG_LEAVES,
		    content + pos, n, &id[nchunks]) == 0, "digest");
		len[nchunks++] = n;
	}
}

static void
make_manifest(void)
{
	struct fss__manifest *m;
	struct fss__page page;
	struct fss__id page_id;
	uint8_t *data;
	size_t i, n;
	int r;

	perf_must(fss__manifest_new(FSS__ALG_LEAVES, &m) == 0, "manifest");
	perf_must(fss__manifest_set_fanout(m, 8) == 0, "fanout");
	for (i = 0; i < nchunks; i++)
		perf_must(fss__manifest_add(m, &id[i], len[i]) == 0, "add");
	perf_must(fss__manifest_finish(m) == 0, "finish");
	while ((r = fss__manifest_take(m, &page_id, &data, &n)) == 1) {
		perf_must(fss__digest_verify(&page_id, data, n) == 0, "page");
		perf_must(fss__page_decode(data, n, &page) == 0, "page");
		fss__free(data);
	}
	perf_must(r == 0, "take");
	fss__manifest_free(m);
}

static void
verify(void)
{
	size_t i, pos = 0;

	for (i = 0; i < nchunks; i++) {
		perf_must(fss__digest_verify(&id[i], content + pos, len[i]) ==
		    0, "verify");
		pos += len[i];
	}
	bytes_read = pos;
}

/* As COMMIT has them. */
static void
encode_items(struct fss__buf *b)
{
	struct fss__m_commit_item item;
	char path[64];
	size_t i;

	memset(&item, 0, sizeof(item));
	item.kind = FSS_KIND_FILE;
	item.has = FSS__K_commit_item_size | FSS__K_commit_item_root;
	for (i = 0; i < ROWS; i++) {
		perf_must(fss__fmt(path, sizeof(path), "/folder %zu/\xc3\xa4 "
		    "file %zu.txt", i / 16, i) == 0, "name");
		item.path = fss__slice_str(path);
		item.size = 4096 + i;
		item.root.p = id[i % nchunks].b;
		item.root.n = sizeof(id[0].b);
		perf_must(fss__record_encode(b, &fss__r_commit_item, &item) ==
		    0, "item");
	}
}

static void
read_items(const uint8_t *p, size_t n)
{
	struct fss__m_commit_item item;
	struct fss__m_commit m;
	struct fss__header h;
	char folded[FSS_LIMIT_PATH];

	perf_must(fss__header_decode(p, n, &h) == 0, "header");
	perf_must(fss__fields_decode(h.fields, &fss__r_commit, &m, NULL) == 0,
	    "fields");
	while (fss__list_next(&m.items, &fss__r_commit_item, &item) == 1) {
		rows_read++;
		if (fss__path_check(item.path, NULL) == 0 &&
		    fss__utf8_fold(item.path, folded, sizeof(folded)) == 0)
			paths++;
	}
}

static void
messages(void)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__buf items, b;
	struct fss__m_commit m;
	unsigned i;

	memset(op, 1, sizeof(op));
	for (i = 0; i < BATCHES; i++) {
		fss__buf_init(&items, FSS__MAX_HEADER);
		fss__buf_init(&b, FSS__MAX_HEADER);
		encode_items(&items);
		memset(&m, 0, sizeof(m));
		m.op.p = op;
		m.op.n = sizeof(op);
		m.items.p = items.data;
		m.items.n = items.len;
		m.items.count = ROWS;
		perf_must(fss__message_encode(&b, FSS__MSG_COMMIT, i + 1, op,
		    &fss__r_commit, &m) == 0, "message");
		read_items(b.data, b.len);
		fss__buf_release(&b);
		fss__buf_release(&items);
	}
}

void
perf_measured(void)
{
	cut();
	make_manifest();
	verify();
	messages();
}

void
perf_finish(void)
{
	perf_must(bytes_read == BYTES, "bytes are missing");
	perf_must(rows_read == BATCHES * ROWS, "rows are missing");
	perf_must(paths == rows_read, "paths are missing");
	fss__free(content);
}
