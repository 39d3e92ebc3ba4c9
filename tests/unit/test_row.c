/*
 * Rows: fields, kinds, and how records become rows.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "client/row.h"
#include "wire/message.h"

static void
test_fields(void **state)
{
	int i, n = 0;

	(void)state;
	for (i = -1; i <= FSS_FIELD_COUNT; i++) {
		if (fss_field_name((fss_field)i) == NULL) {
			assert_int_equal(fss_field_kind((fss_field)i), 0);
			continue;
		}
		n++;
		assert_true(strchr("ISB", fss_field_kind((fss_field)i)) !=
		    NULL);
	}
#define X(name, value, kind, json) +1
	assert_int_equal(n, 0 FSS_FIELDS(X));
#undef X
	assert_string_equal(fss_field_name(FSS_FIELD_MTIME), "mtime");
	assert_int_equal(fss_field_kind(FSS_FIELD_KEY), 'B');
}

static void
test_getters(void **state)
{
	struct fss__rowset *rs = fss__rowset_new();
	struct fss__slice bytes = { "a\0b", 3 };
	const fss_row *row;
	size_t n;

	(void)state;
	assert_non_null(rs);
	fss__rowset_begin(rs);
	fss__rowset_int(rs, FSS_FIELD_SIZE, 1);
	fss__rowset_int(rs, FSS_FIELD_SIZE, 42);
	fss__rowset_text(rs, FSS_FIELD_NAME, fss__slice_str("n"));
	fss__rowset_text(rs, FSS_FIELD_DEVICE_NAME, fss__slice_str("d"));
	fss__rowset_bytes(rs, FSS_FIELD_KEY, bytes);
	assert_int_equal(fss__rowset_end(rs), 0);
	assert_int_equal(fss__rowset_count(rs), 1);
	row = fss__rowset_row(rs, 0);
	assert_null(fss__rowset_row(rs, 1));
	assert_int_equal(fss_row_int(row, FSS_FIELD_SIZE), 42);
	assert_string_equal(fss_row_str(row, FSS_FIELD_NAME), "n");
	assert_string_equal(fss_row_str(row, FSS_FIELD_DEVICE_NAME), "d");
	assert_memory_equal(fss_row_bin(row, FSS_FIELD_KEY, &n), "a\0b", 3);
	assert_int_equal(n, 3);
	/* What is not there, or of another kind. */
	assert_int_equal(fss_row_has(row, FSS_FIELD_SIZE), 1);
	assert_int_equal(fss_row_has(row, FSS_FIELD_PATH), 0);
	assert_int_equal(fss_row_has(row, (fss_field)-1), 0);
	assert_int_equal(fss_row_has(row, (fss_field)1000), 0);
	assert_int_equal(fss_row_int(row, FSS_FIELD_NAME), 0);
	assert_string_equal(fss_row_str(row, FSS_FIELD_SIZE), "");
	assert_string_equal(fss_row_str(row, FSS_FIELD_PATH), "");
	assert_null(fss_row_bin(row, FSS_FIELD_PATH, &n));
	assert_int_equal(n, 0);
	assert_int_equal(fss_row_int(NULL, FSS_FIELD_SIZE), 0);
	fss__rowset_free(rs);
}

static void
fill_entry(struct fss__m_entry *m, const uint8_t root[FSS__ID_BYTES])
{
	memset(m, 0, sizeof(*m));
	m->has = FSS__K_entry_status | FSS__K_entry_path |
	    FSS__K_entry_kind | FSS__K_entry_size | FSS__K_entry_mtime_us |
	    FSS__K_entry_root | FSS__K_entry_access_own;
	m->path = fss__slice_str("x.txt");
	m->kind = FSS_KIND_FILE;
	m->size = UINT64_MAX;		/* a hub that lies */
	m->mtime_us = -5;
	m->root.p = root;
	m->root.n = FSS__ID_BYTES;
	m->access_own = true;
}

static void
test_entry(void **state)
{
	struct fss__row_hint hint = { "alice", "/doc", 0 };
	struct fss__rowset *rs = fss__rowset_new();
	uint8_t root[FSS__ID_BYTES] = { FSS__ALG_SHA256 };
	struct fss__m_entry m;
	const fss_row *row;

	(void)state;
	fill_entry(&m, root);
	assert_int_equal(fss__rowset_add(rs, &fss__r_entry, &m, &hint), 0);
	row = fss__rowset_row(rs, 0);
	assert_string_equal(fss_row_str(row, FSS_FIELD_OWNER), "alice");
	assert_string_equal(fss_row_str(row, FSS_FIELD_PATH), "/doc/x.txt");
	assert_string_equal(fss_row_str(row, FSS_FIELD_NAME), "x.txt");
	assert_int_equal(fss_row_int(row, FSS_FIELD_SIZE), INT64_MAX);
	assert_int_equal(fss_row_int(row, FSS_FIELD_MTIME), -5);
	assert_int_equal(fss_row_int(row, FSS_FIELD_ACCESS_OWN), 1);
	assert_int_equal(strncmp(fss_row_str(row, FSS_FIELD_DIGEST),
	    "sha256:0000", 11), 0);
	assert_int_equal(fss_row_has(row, FSS_FIELD_STATUS), 1);
	assert_int_equal(fss_row_has(row, FSS_FIELD_MODE), 0);
	/* A whole path, and an owner of its own. */
	m.path = fss__slice_str("/a/b");
	m.has |= FSS__K_entry_owner;
	m.owner = fss__slice_str("bob");
	m.status = (uint64_t)-FSS_EDENIED;
	hint.parent = NULL;
	assert_int_equal(fss__rowset_add(rs, &fss__r_entry, &m, &hint), 0);
	row = fss__rowset_row(rs, 1);
	assert_string_equal(fss_row_str(row, FSS_FIELD_OWNER), "bob");
	assert_string_equal(fss_row_str(row, FSS_FIELD_PATH), "/a/b");
	assert_string_equal(fss_row_str(row, FSS_FIELD_NAME), "b");
	assert_int_equal(fss_row_int(row, FSS_FIELD_STATUS), FSS_EDENIED);
	fss__rowset_free(rs);
}

static void
test_list(void **state)
{
	struct fss__rowset *rs = fss__rowset_new();
	struct fss__m_device m;
	struct fss__list list;
	struct fss__buf b;
	unsigned i;

	(void)state;
	fss__buf_init(&b, FSS__MAX_HEADER);
	for (i = 0; i < 200; i++) {
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_device_id | FSS__K_device_name |
		    FSS__K_device_current;
		m.id = i;
		m.name = fss__slice_str("laptop");
		m.current = i == 7;
		assert_int_equal(fss__record_encode(&b, &fss__r_device, &m),
		    0);
	}
	list.p = b.data;
	list.n = b.len;
	list.count = 200;
	assert_int_equal(fss__rowset_add_list(rs, &fss__r_device, list, NULL),
	    0);
	assert_int_equal(fss__rowset_count(rs), 200);
	for (i = 0; i < 200; i++) {
		assert_int_equal(fss_row_int(fss__rowset_row(rs, i),
		    FSS_FIELD_DEVICE), i);
		assert_string_equal(fss_row_str(fss__rowset_row(rs, i),
		    FSS_FIELD_NAME), "laptop");
		assert_int_equal(fss_row_int(fss__rowset_row(rs, i),
		    FSS_FIELD_CURRENT), i == 7);
	}
	fss__buf_release(&b);
	fss__rowset_free(rs);
}

/* Records about people: past the 64th field too, and whose account it is. */
static void
test_people(void **state)
{
	struct fss__row_hint hint = { NULL, NULL, FSS_NEWS_REQUEST };
	struct fss__rowset *rs = fss__rowset_new();
	struct fss__m_audit_row line;
	struct fss__m_request req;
	struct fss__m_event ev;
	const fss_row *row;

	(void)state;
	memset(&line, 0, sizeof(line));
	line.has = FSS__K_audit_row_id | FSS__K_audit_row_at_us |
	    FSS__K_audit_row_what | FSS__K_audit_row_path;
	line.id = 77;
	line.what = FSS_AUDIT_FETCHED;
	line.path = fss__slice_str("/a/b");
	assert_int_equal(fss__rowset_add(rs, &fss__r_audit_row, &line, NULL),
	    0);
	row = fss__rowset_row(rs, 0);
	assert_int_equal(fss_row_int(row, FSS_FIELD_LINE), 77);
	assert_int_equal(fss_row_int(row, FSS_FIELD_WHAT), FSS_AUDIT_FETCHED);
	assert_string_equal(fss_row_str(row, FSS_FIELD_NAME), "b");
	assert_int_equal(fss_row_has(row, FSS_FIELD_KINDS), 0);
	assert_int_equal(fss_row_has(row, FSS_FIELD_UNDER), 0);

	memset(&req, 0, sizeof(req));
	req.has = FSS__K_request_id | FSS__K_request_status |
	    FSS__K_request_state | FSS__K_request_may;
	req.id = 5;
	req.status = (uint64_t)-FSS_ESTATE;
	req.may = 1u << FSS_REQUEST_CANCEL;
	assert_int_equal(fss__rowset_add(rs, &fss__r_request, &req, &hint),
	    0);
	row = fss__rowset_row(rs, 1);
	assert_int_equal(fss_row_int(row, FSS_FIELD_STATUS), FSS_ESTATE);
	assert_int_equal(fss_row_int(row, FSS_FIELD_REQUEST), 5);
	assert_int_equal(fss_row_int(row, FSS_FIELD_NEWS), FSS_NEWS_REQUEST);
	assert_int_equal(fss_row_int(row, FSS_FIELD_MAY),
	    1 << FSS_REQUEST_CANCEL);

	memset(&ev, 0, sizeof(ev));
	ev.has = FSS__K_event_kind | FSS__K_event_account;
	ev.account = fss__slice_str("bob");
	ev.kind = FSS_NEWS_PRESENCE;
	assert_int_equal(fss__rowset_add(rs, &fss__r_event, &ev, NULL), 0);
	ev.kind = FSS_NEWS_FILE;
	assert_int_equal(fss__rowset_add(rs, &fss__r_event, &ev, NULL), 0);
	ev.kind = FSS_NEWS_PROGRESS;
	assert_int_equal(fss__rowset_add(rs, &fss__r_event, &ev, NULL), 0);
	assert_string_equal(fss_row_str(fss__rowset_row(rs, 2),
	    FSS_FIELD_NAME), "bob");
	assert_string_equal(fss_row_str(fss__rowset_row(rs, 3),
	    FSS_FIELD_OWNER), "bob");
	assert_string_equal(fss_row_str(fss__rowset_row(rs, 4),
	    FSS_FIELD_WHO), "bob");
	fss__rowset_free(rs);
}

/* Whichever allocation fails, it is told and nothing is left behind. */
static void
test_out_of_memory(void **state)
{
	uint8_t root[FSS__ID_BYTES] = { FSS__ALG_SHA256 };
	struct fss__rowset *rs;
	struct fss__m_entry m;
	uint64_t nth;
	int r = FSS_ENOMEM;

	(void)state;
	fill_entry(&m, root);
	for (nth = 1; r != 0; nth++) {
		(void)fss__alloc_fail_at(nth);
		rs = fss__rowset_new();
		if (rs != NULL) {
			r = fss__rowset_add(rs, &fss__r_entry, &m, NULL);
			assert_true(r == 0 || r == FSS_ENOMEM);
			assert_int_equal(fss__rowset_count(rs), r == 0);
		}
		(void)fss__alloc_fail_at(0);
		fss__rowset_free(rs);
		assert_true(nth < 100);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_getters),
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
