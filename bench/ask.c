/*
 * Requests that several benchmarks make, see ask.h.
 */
#include <string.h>

#include "ask.h"

#define ONE_RECORD	4096	/* bytes, more than an owner and a path */

void
bench_ask_stat(struct bench_peer *p, const char *owner, const char *path)
{
	struct fss__m_stat m;
	struct fss__m_ref ref;
	struct fss__buf b;

	memset(&ref, 0, sizeof(ref));
	memset(&m, 0, sizeof(m));
	ref.has = FSS__K_ref_owner;
	ref.owner = fss__slice_str(owner);
	ref.path = fss__slice_str(path);
	fss__buf_init(&b, ONE_RECORD);
	bench_need(fss__record_encode(&b, &fss__r_ref, &ref), "STAT");
	m.refs.p = b.data;
	m.refs.n = b.len;
	m.refs.count = 1;
	bench_peer_send(p, FSS__MSG_STAT, &m);
	fss__buf_release(&b);
}

void
bench_ask_list(struct bench_peer *p, const char *owner, const char *path,
    struct fss__slice cursor)
{
	struct fss__m_list m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_list_owner;
	m.owner = fss__slice_str(owner);
	m.path = fss__slice_str(path);
	if (cursor.n > 0) {
		m.has |= FSS__K_list_cursor;
		m.cursor = cursor;
	}
	bench_peer_send(p, FSS__MSG_LIST, &m);
}

void
bench_ask_get(struct bench_peer *p, uint64_t version, uint64_t offset,
    uint64_t count)
{
	struct fss__m_get_item item;
	struct fss__m_get m;
	struct fss__buf b;

	memset(&item, 0, sizeof(item));
	memset(&m, 0, sizeof(m));
	item.version = version;
	item.offset = offset;
	item.count = count;
	fss__buf_init(&b, ONE_RECORD);
	bench_need(fss__record_encode(&b, &fss__r_get_item, &item), "GET");
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	m.has = FSS__K_get_received;
	m.received = p->received;
	bench_peer_send(p, FSS__MSG_GET, &m);
	fss__buf_release(&b);
}
