/*
 * A hub's machine with its store: people register, one of them stores small
 * files, and all list, search, look at and get them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/str.h"
#include "folder.h"
#include "hub_peer.h"
#include "perf.h"

#define PEOPLE	16
#define FILES	100
#define ROUNDS	20
#define BYTES	4096

static char dir[FOLDER_PATH];
static struct hub_drive drive;
static struct hub_peer peer[PEOPLE];
static uint64_t version[FILES];
static size_t rows, hits, bytes;

void
perf_prepare(void)
{
	folder_new(dir);
	hub_drive_open_dir(&drive, NULL, dir);
}

static void
name_file(char path[64], unsigned i)
{
	perf_must(fss__fmt(path, 64, "/report %u of summer.txt", i) == 0,
	    "name");
}

static void
register_all(void)
{
	char name[32];
	unsigned i;

	for (i = 0; i < PEOPLE; i++) {
		perf_must(fss__fmt(name, sizeof(name), "p%u", i) == 0, "name");
		hub_peer_init(&peer[i], &drive, (uint8_t)(i + 1));
		hub_peer_register(&peer[i], name);
	}
}

static void
store_all(void)
{
	char path[64];
	unsigned i;

	for (i = 0; i < FILES; i++) {
		name_file(path, i);
		version[i] = hub_peer_file(&peer[0], path, i, BYTES);
	}
}

static size_t
count(struct fss__list *list)
{
	struct fss__m_entry row;
	size_t n = 0;

	while (fss__list_next(list, &fss__r_entry, &row) == 1)
		n++;
	return n;
}

static void
list(struct hub_peer *p)
{
	struct fss__m_entry_list answer;
	struct fss__m_list m;

	memset(&m, 0, sizeof(m));
	m.path = fss__slice_str("/");
	assert_int_equal(hub_peer_ask(p, FSS__MSG_LIST, &m, NULL, &answer), 0);
	rows += count(&answer.entries);
}

static void
find(struct hub_peer *p, const char *text)
{
	struct fss__m_entry_list answer;
	struct fss__m_find m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_find_text;
	m.text = fss__slice_str(text);
	assert_int_equal(hub_peer_ask(p, FSS__MSG_FIND, &m, NULL, &answer), 0);
	hits += count(&answer.entries);
}

static void
get(struct hub_peer *p, unsigned i)
{
	uint64_t req = hub_peer_get_send(p, version[i]);

	hub_drive_run(&drive);
	assert_int_equal(hub_peer_take(p, req, NULL), 0);
	assert_non_null(p->last->payload);
	bytes += p->last->payload->len;
	hub_peer_credit(p, (uint64_t)(i + 1) * BYTES);
}

static void
ask_all(void)
{
	struct fss__m_entry row;
	char path[64];
	unsigned i;

	for (i = 0; i < ROUNDS; i++) {
		list(&peer[0]);
		find(&peer[0], "report summer");
		assert_int_equal(hub_peer_ping(&peer[i % PEOPLE]), 0);
	}
	for (i = 0; i < FILES; i++) {
		name_file(path, i);
		assert_int_equal(hub_peer_stat(&peer[0], path, &row), 0);
		get(&peer[0], i);
	}
}

void
perf_measured(void)
{
	register_all();
	store_all();
	ask_all();
}

void
perf_finish(void)
{
	unsigned i;

	perf_must(rows == (size_t)FILES * ROUNDS, "rows are missing");
	perf_must(hits >= ROUNDS, "nothing was found");
	perf_must(bytes == (size_t)FILES * BYTES, "bytes are missing");
	for (i = 0; i < PEOPLE; i++)
		hub_peer_release(&peer[i]);
	hub_drive_close(&drive);
	folder_remove(dir);
}
