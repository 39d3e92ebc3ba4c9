/*
 * News of files: who is told of whose, by way of a reader where it has to be
 * looked up, and what a batch tells of which one item fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "hub_news.h"
#include "model/entry_use.h"
#include "proto/hub_internal.h"

#define SECOND INT64_C(1000000)

/* Files of others: only who may see them, by way of a reader. */
static void
test_files(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__news n;
	struct fss__m_event row;
	uint64_t epoch, last, req;

	last = hn_begin(&w->b, HN_FILES | HN_REQUEST, &epoch);
	req = hn_park(&w->b, HN_FILES | HN_REQUEST, epoch, last);
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_FILE;
	n.account = w->alice;
	n.what = FSS_CHANGE_ADDED;
	n.entry = 999999; /* nobody sees it */
	hn_tell_news(w, &n);
	hub_drive_tick(&w->d, SECOND);
	assert_int_equal(hub_drive_jobs(&w->d), 1);
	/* While it is looked at, more comes. */
	hn_tell(w, FSS_NEWS_REQUEST, w->bob, 3);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->b, req, &list), 0);
	assert_int_equal(list.last, last + 2);
	row = hn_only(&list);
	assert_int_equal(row.request, 3);
	/* One's own are seen without a look. */
	req = hn_park(&w->b, HN_FILES, epoch, list.last);
	n.account = w->bob;
	hn_tell_news(w, &n);
	hub_drive_tick(&w->d, SECOND);
	assert_int_equal(hub_peer_take(&w->b, req, &list), 0);
	assert_int_equal(hn_only(&list).what, FSS_CHANGE_ADDED);
}

/*
 * What is lost to all is told to its owner by the change alone: the owner's
 * answer needs no look at rights, which would leave the other item out.
 */
static void
test_files_lost(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__news n, *news = NULL;
	uint64_t epoch, last, req, req_b;

	last = hn_begin(&w->a, HN_FILES, &epoch);
	req = hn_park(&w->a, HN_FILES, epoch, last);
	req_b = hn_park(&w->b, HN_FILES, epoch, last);
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_FILE;
	n.account = w->alice;
	n.what = FSS_CHANGE_ACCESS;
	n.at_us = INT64_MAX;		/* after both came */
	n.lost = true;
	assert_int_equal(fss__news_add(&news, &n), 0);
	n.lost = false;
	assert_int_equal(fss__news_add(&news, &n), 0);
	fss__hub_tell(w->d.hub, news);
	hub_drive_tick(&w->d, SECOND);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(hn_only(&list).what, FSS_CHANGE_ACCESS);
	assert_int_equal(list.last, last + 2);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->b, req_b, &list), 0);
	assert_int_equal(hn_only(&list).what, FSS_CHANGE_ACCESS);
}

/* COMMIT of the @count items in @items, which is released. */
static void
commit(struct hub_peer *p, uint8_t op, struct fss__buf *items, size_t count,
    struct fss__m_entry_list *ret_list)
{
	uint8_t opid[FSS__OP_BYTES] = { op };
	struct fss__m_commit m;

	memset(&m, 0, sizeof(m));
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.items.p = items->data;
	m.items.n = items->len;
	m.items.count = count;
	assert_int_equal(
	    hub_peer_ask(p, FSS__MSG_COMMIT, &m, NULL, ret_list), 0);
	fss__buf_release(items);
}

/*
 * One of a batch fails where half of it is written: it leaves no trace, the
 * others are there, and each is told once.
 */
static void
test_batch_in_part(void **state)
{
	static const char *const path[] = { "/1", "/late/a/b/f", "/2", "/3" };
	static const int status[] = { 0, FSS_EQUOTA, 0, 0 };
	struct hn *w = *state;
	struct fss__m_entry_list list;
	struct fss__m_event_list events;
	struct fss__m_events ask;
	struct fss__m_commit_item item;
	struct fss__m_entry row;
	struct fss__m_event event;
	struct fss__buf b;
	uint64_t epoch, last;
	unsigned i;

	w->d.rules.quota_bytes = 3 * FSS__ENTRY_COST;
	last = hn_begin(&w->a, HN_FILES, &epoch);
	fss__buf_init(&b, FSS__MAX_HEADER);
	memset(&item, 0, sizeof(item));
	item.kind = FSS_KIND_FILE;
	for (i = 0; i < 4; i++) {
		item.path = fss__slice_str(path[i]);
		assert_int_equal(
		    fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	}
	commit(&w->a, 77, &b, 4, &list);
	for (i = 0; i < 4; i++) {
		assert_int_equal(
		    fss__list_next(&list.entries, &fss__r_entry, &row), 1);
		assert_int_equal(-(int)row.status, status[i]);
	}
	assert_int_equal(hub_peer_stat(&w->a, "/late", NULL), FSS_ENOENT);
	assert_int_equal(hub_peer_stat(&w->a, "/1", NULL), 0);
	assert_int_equal(hub_peer_stat(&w->a, "/3", NULL), 0);
	ask = hn_question(HN_FILES, epoch, last, false);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &ask, NULL, &events), 0);
	assert_int_equal(events.events.count, 3);
	for (i = 0; i < 4; i++) {
		if (status[i] != 0)
			continue;
		assert_int_equal(
		    fss__list_next(&events.events, &fss__r_event, &event), 1);
		assert_int_equal(event.what, FSS_CHANGE_ADDED);
		assert_true(fss__slice_eq(event.path, fss__slice_str(path[i])));
	}
}

/* Ids of content as @count files, the ids in turn: how many were refused. */
static unsigned
copy(struct hub_peer *p, uint8_t op, const char *format,
    const struct fss__id id[2], unsigned count, const char *last)
{
	struct fss__m_commit_item item;
	struct fss__m_entry_list list;
	struct fss__m_entry row;
	unsigned i, refused = 0;
	struct fss__buf b;
	char path[64];

	fss__buf_init(&b, FSS__MAX_HEADER);
	memset(&item, 0, sizeof(item));
	item.kind = FSS_KIND_FILE;
	for (i = 0; i <= count; i++) {
		(void)snprintf(path, sizeof(path), format, i);
		item.path = fss__slice_str(i < count ? path : last);
		item.has = i < count ? FSS__K_commit_item_size |
		    FSS__K_commit_item_root : 0;
		item.size = i < count ? 100 : 0;
		item.root.p = id[i % 2].b;
		item.root.n = sizeof(id[0].b);
		assert_int_equal(
		    fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	}
	commit(p, op, &b, count + 1, &list);
	while (fss__list_next(&list.entries, &fss__r_entry, &row) == 1)
		refused += row.status != 0;
	return refused;
}

/* What a batch may look at is not used up by what was undone of it. */
static void
test_batch_looks(void **state)
{
	struct hn *w = *state;
	struct fss__frame *f;
	struct fss__id id[2];
	uint64_t req;
	unsigned i;

	for (i = 0; i < 2; i++) {
		f = hub_peer_content(i, 100, &id[i]);
		req = hub_peer_put_send(&w->a, &id[i], f);
		hub_drive_run(&w->d);
		assert_int_equal(hub_peer_take(&w->a, req, NULL), 0);
	}
	/* Forty of each before the first that bob may read. */
	assert_int_equal(copy(&w->a, 1, "/hidden/%u", id, 80, "/hidden/last"),
	    0);
	hub_peer_access(&w->a, 2, "/hidden", FSS_ACCESS_PRIVATE);
	assert_int_equal(copy(&w->a, 3, "/open/%u", id, 2, "/open/last"), 0);
	hub_peer_access(&w->a, 4, "/open", FSS_ACCESS_OPEN);
	w->d.rules.quota_bytes = 16 * FSS__ENTRY_COST + 14 * 100;
	assert_int_equal(copy(&w->b, 5, "/%u", id, 14, "/late/a/b/f"), 1);
}

static void
remove_file(struct hub_peer *p, uint8_t op, const char *path)
{
	uint8_t opid[FSS__OP_BYTES];
	struct fss__m_remove m;
	struct fss__m_ref ref;
	struct fss__buf b;

	memset(opid, op, sizeof(opid));
	memset(&ref, 0, sizeof(ref));
	ref.path = fss__slice_str(path);
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_ref, &ref), 0);
	memset(&m, 0, sizeof(m));
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.refs.p = b.data;
	m.refs.n = b.len;
	m.refs.count = 1;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_REMOVE, &m, NULL, NULL), 0);
	fss__buf_release(&b);
}

static void
move_file(struct hub_peer *p, uint8_t op, const char *from, const char *to)
{
	uint8_t opid[FSS__OP_BYTES];
	struct fss__m_move m;

	memset(opid, op, sizeof(opid));
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_move_op | FSS__K_move_from | FSS__K_move_to;
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.from = fss__slice_str(from);
	m.to = fss__slice_str(to);
	assert_int_equal(hub_peer_ask(p, FSS__MSG_MOVE, &m, NULL, NULL), 0);
}

/*
 * News of a private file stay news of that file: once it is gone, no other
 * has its number, and whoever may see that one is told nothing.
 */
static void
test_files_gone(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_event row;
	struct fss__m_events m;
	uint64_t epoch, last;

	last = hn_begin(&w->b, HN_FILES, &epoch);
	assert_int_equal(
	    hub_peer_commit(&w->a, 1, "/private", NULL, 0, NULL), 0);
	remove_file(&w->a, 2, "/private");
	assert_int_equal(
	    hub_peer_commit(&w->b, 3, "/mine", NULL, 0, NULL), 0);
	m = hn_question(HN_FILES, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	row = hn_only(&list);
	assert_true(fss__slice_eq(row.path, fss__slice_str("/mine")));
}

/*
 * What was removed from a folder before others saw it has no name for them:
 * the folder changed, no more.  What is removed after that has one.
 */
static void
test_files_gone_before(void **state)
{
	static const char *const path[] = { "/d", "/d", "/d/later" };
	static const int what[] = { FSS_CHANGE_MANY, FSS_CHANGE_ACCESS,
		FSS_CHANGE_REMOVED };
	static const char *const file[] = { "/d/secret", "/d/secret too",
		"/d/later" };
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_event row;
	struct fss__m_events m;
	uint64_t epoch, last;
	size_t i;

	last = hn_begin(&w->b, HN_FILES, &epoch);
	for (i = 0; i < 3; i++)
		assert_int_equal(hub_peer_commit(&w->a, (uint8_t)(1 + i),
		    file[i], NULL, 0, NULL), 0);
	remove_file(&w->a, 4, file[0]);
	remove_file(&w->a, 5, file[1]);
	hub_peer_access(&w->a, 6, "/d", FSS_ACCESS_ASK);
	remove_file(&w->a, 7, file[2]);
	m = hn_question(HN_FILES, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(fss__list_next(&list.events, &fss__r_event,
		    &row), 1);
		assert_int_equal(row.what, what[i]);
		assert_true(fss__slice_eq(row.path, fss__slice_str(path[i])));
	}
	assert_int_equal(fss__list_next(&list.events, &fss__r_event, &row), 0);
}

/* The same where the folder comes to a place others look at. */
static void
test_files_gone_then_moved(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_event row;
	struct fss__m_events m;
	uint64_t epoch, last;
	unsigned n = 0;

	assert_int_equal(
	    hub_peer_commit(&w->a, 1, "/open/first", NULL, 0, NULL), 0);
	hub_peer_access(&w->a, 2, "/open", FSS_ACCESS_ASK);
	last = hn_begin(&w->b, HN_FILES, &epoch);
	assert_int_equal(
	    hub_peer_commit(&w->a, 3, "/d/secret", NULL, 0, NULL), 0);
	remove_file(&w->a, 4, "/d/secret");
	move_file(&w->a, 5, "/d", "/open/d");
	m = hn_question(HN_FILES, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	while (fss__list_next(&list.events, &fss__r_event, &row) == 1) {
		assert_false(fss__slice_eq(row.path,
		    fss__slice_str("/d/secret")));
		assert_false(fss__slice_eq(row.path,
		    fss__slice_str("/open/d/secret")));
		n++;
	}
	assert_true(n > 0);
}

/* And where it comes to the path it had, which is in sight by then. */
static void
test_files_gone_then_back(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_event row;
	struct fss__m_events m;
	uint64_t epoch, last;
	bool many = false;

	assert_int_equal(
	    hub_peer_commit(&w->a, 1, "/p/d/secret", NULL, 0, NULL), 0);
	hub_peer_access(&w->a, 2, "/p", FSS_ACCESS_PRIVATE);
	hub_peer_access(&w->a, 3, "/", FSS_ACCESS_ASK);
	last = hn_begin(&w->b, HN_FILES, &epoch);
	remove_file(&w->a, 4, "/p/d/secret");
	move_file(&w->a, 5, "/p", "/q");
	/* Another folder of that name, which all see. */
	assert_int_equal(
	    hub_peer_commit(&w->a, 6, "/p/first", NULL, 0, NULL), 0);
	move_file(&w->a, 7, "/q/d", "/p/d");
	m = hn_question(HN_FILES, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	while (fss__list_next(&list.events, &fss__r_event, &row) == 1) {
		assert_false(fss__slice_eq(row.path,
		    fss__slice_str("/p/d/secret")));
		many = many || row.what == FSS_CHANGE_MANY;
	}
	/* That something in it changed is told, so the name was at stake. */
	assert_true(many);
}

/*
 * The same where the folder is opened while the answer is being worked out:
 * after what there is was gathered, and before the rights are looked at.
 */
static void
test_files_gone_meanwhile(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_event row;
	struct fss__m_events m;
	uint64_t epoch, last, req;

	last = hn_begin(&w->b, HN_FILES, &epoch);
	assert_int_equal(
	    hub_peer_commit(&w->a, 1, "/d/secret", NULL, 0, NULL), 0);
	remove_file(&w->a, 2, "/d/secret");
	m = hn_question(HN_FILES, epoch, last, true);
	w->d.hold = HUB_HOLD(FSS__LANE_READ);
	req = hub_peer_send(&w->b, FSS__MSG_EVENTS, &m, NULL);
	hub_drive_run(&w->d);
	hub_peer_access(&w->a, 3, "/d", FSS_ACCESS_ASK);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->b, req, &list), 0);
	while (fss__list_next(&list.events, &fss__r_event, &row) == 1)
		assert_true(fss__slice_eq(row.path, fss__slice_str("/d")));
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, hn_setup, hn_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_files),
		TEST(test_files_lost),
		TEST(test_batch_in_part),
		TEST(test_batch_looks),
		TEST(test_files_gone),
		TEST(test_files_gone_before),
		TEST(test_files_gone_then_moved),
		TEST(test_files_gone_then_back),
		TEST(test_files_gone_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
