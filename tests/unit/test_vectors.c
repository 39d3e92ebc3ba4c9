/*
 * The test vectors of the protocol: what is written in tests/vectors encodes
 * to the bytes given there and is read back from them.
 *
 * A vector names a message, its envelope and its fields in readable form; see
 * the head of tests/vectors/session.txt.  FSS_SOURCE_DIR says where they are.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/str.h"
#include "record.h"

#define ROWS		4	/* of a list in a vector */
#define TEXT_MAX	65536

struct vector {
	const struct fss__record *rec;
	unsigned	 type;
	uint64_t	 req;
	bool		 with_session;
	uint8_t		 session[FSS__SESSION_BYTES];
	union record_any msg;
	/* Rows of the one list with rows that a vector may have. */
	const struct fss__field *list;
	uint32_t	 rows;
	union record_any row[ROWS];
	uint8_t		 hex[TEXT_MAX];
	size_t		 hex_len;
	struct record_arena arena;
};

static void
vector_reset(struct vector *v)
{
	struct record_arena arena = v->arena;

	memset(v, 0, sizeof(*v));
	v->arena = arena;
	v->arena.used = 0;
}

static const struct fss__field *
field_of(const struct fss__record *rec, const char *name, size_t n)
{
	uint16_t i;

	for (i = 0; i < rec->count; i++)
		if (strlen(rec->fields[i].name) == n &&
		    memcmp(rec->fields[i].name, name, n) == 0)
			return &rec->fields[i];
	fail_msg("no field '%.*s' in %s", (int)n, name, rec->name);
	return NULL;
}

static void
set_message(struct vector *v, const char *name)
{
	const struct fss__message *m;
	unsigned type;

	for (type = 0; type < 256; type++)
		if (strcmp(fss__message_name(type), name) == 0)
			break;
	assert_true(type < 256);
	v->type = type;
	m = fss__message_find(type % FSS__ANSWER);
	v->rec = type == FSS__MSG_ERROR ? &fss__r_error :
	    type < FSS__ANSWER ? m->request : m->answer;
}

/* "text", or h'hex', as bytes that live in the vector's arena. */
static struct fss__slice
bytes_value(struct vector *v, const char *text)
{
	struct fss__slice s;
	size_t n = strlen(text);
	char hex[1024];
	uint8_t *p = v->arena.p + v->arena.used;

	assert_true(n >= 2 && v->arena.size - v->arena.used > n);
	if (text[0] == '"') {
		assert_true(text[n - 1] == '"');
		s.n = n - 2;
		memcpy(p, text + 1, s.n);
	} else {
		assert_true(text[0] == 'h' && text[1] == '\'' &&
		    text[n - 1] == '\'');
		s.n = (n - 3) / 2;
		assert_true(2 * s.n < sizeof(hex));
		memcpy(hex, text + 2, 2 * s.n);
		hex[2 * s.n] = '\0';
		assert_int_equal(fss__hex_decode(p, s.n, hex), 0);
	}
	s.p = p;
	v->arena.used += s.n;
	return s;
}

static void
set_value(struct vector *v, union record_any *msg, const struct fss__field *f,
    const char *text)
{
	struct fss__slice s;
	uint32_t has;
	uint64_t u;
	int64_t i;
	bool b;

	memcpy(&has, msg->room, sizeof(has));
	has |= FSS__HAS(f->key);
	memcpy(msg->room, &has, sizeof(has));
	switch (f->kind) {
	case FSS__U64:
		u = strtoull(text, NULL, 10);
		memcpy(msg->room + f->offset, &u, sizeof(u));
		break;
	case FSS__I64:
		i = strtoll(text, NULL, 10);
		memcpy(msg->room + f->offset, &i, sizeof(i));
		break;
	case FSS__BOOL:
		b = strcmp(text, "true") == 0;
		memcpy(msg->room + f->offset, &b, sizeof(b));
		break;
	default:
		s = bytes_value(v, text);
		memcpy(msg->room + f->offset, &s, sizeof(s));
		break;
	}
}

static void
set_empty(struct vector *v, const struct fss__field *f)
{
	uint32_t has;

	memcpy(&has, v->msg.room, sizeof(has));
	has |= FSS__HAS(f->key);
	memcpy(v->msg.room, &has, sizeof(has));
}

/* "member", or "list[row].member". */
static void
set_field(struct vector *v, const char *member, const char *text)
{
	const char *open = strchr(member, '['), *dot = strchr(member, '.');
	const struct fss__field *f;
	unsigned long row;

	f = field_of(v->rec, member, open == NULL ? strlen(member) :
	    (size_t)(open - member));
	if (f->kind != FSS__LIST) {
		set_value(v, &v->msg, f, text);
		return;
	}
	if (open == NULL) {
		set_empty(v, f);		/* "list []" */
		return;
	}
	assert_true(v->list == NULL || v->list == f);
	v->list = f;
	row = strtoul(open + 1, NULL, 10);
	assert_true(row < ROWS && dot != NULL);
	if (row >= v->rows)
		v->rows = (uint32_t)row + 1;
	f = field_of(f->sub, dot + 1, strlen(dot + 1));
	set_value(v, &v->row[row], f, text);
}

static void
close_list(struct vector *v, struct fss__buf *b)
{
	struct fss__list l;
	uint32_t i, has;

	if (v->list == NULL)
		return;
	for (i = 0; i < v->rows; i++)
		assert_int_equal(fss__record_encode(b, v->list->sub,
		    &v->row[i]), 0);
	l.p = b->data;
	l.n = b->len;
	l.count = v->rows;
	memcpy(v->msg.room + v->list->offset, &l, sizeof(l));
	memcpy(&has, v->msg.room, sizeof(has));
	has |= FSS__HAS(v->list->key);
	memcpy(v->msg.room, &has, sizeof(has));
}

static void
check(struct vector *v)
{
	struct fss__buf list, b;
	struct fss__header h;
	union record_any got;

	fss__buf_init(&list, FSS__MAX_HEADER);
	fss__buf_init(&b, FSS__MAX_HEADER);
	close_list(v, &list);
	assert_int_equal(fss__message_encode(&b, v->type, v->req,
	    v->with_session ? v->session : NULL, v->rec, &v->msg), 0);
	assert_int_equal(b.len, v->hex_len);
	assert_memory_equal(b.data, v->hex, b.len);
	assert_int_equal(fss__header_decode(v->hex, v->hex_len, &h), 0);
	assert_int_equal(h.version, 1);
	assert_int_equal(h.type, v->type);
	assert_true(h.req == v->req);
	assert_int_equal(h.session.n, v->with_session ? 16 : 0);
	assert_int_equal(fss__fields_decode(h.fields, v->rec, &got, NULL), 0);
	assert_true(record_equal(v->rec, &v->msg, &got));
	fss__buf_release(&b);
	fss__buf_release(&list);
}

static void
line(struct vector *v, char *text)
{
	char *rest = strchr(text, ' ');
	size_t n;

	assert_non_null(rest);
	*rest++ = '\0';
	if (strcmp(text, "message") == 0) {
		set_message(v, rest);
	} else if (strcmp(text, "@request") == 0) {
		v->req = strtoull(rest, NULL, 10);
	} else if (strcmp(text, "@session") == 0) {
		assert_int_equal(fss__hex_decode(v->session,
		    sizeof(v->session), rest), 0);
		v->with_session = true;
	} else if (strcmp(text, "hex") == 0) {
		n = strlen(rest) / 2;
		assert_true(v->hex_len + n <= sizeof(v->hex));
		assert_int_equal(fss__hex_decode(v->hex + v->hex_len, n, rest),
		    0);
		v->hex_len += n;
	} else {
		assert_non_null(v->rec);
		set_field(v, text, rest);
	}
}

static void
run_file(const char *name, unsigned least)
{
	const char *dir = getenv("FSS_SOURCE_DIR");
	struct vector *v = calloc(1, sizeof(*v));
	unsigned checked = 0;
	uint8_t *data;
	size_t len;
	char path[1024], *p, *end;

	assert_non_null(v);
	assert_int_equal(fss__fmt(path, sizeof(path), "%s/tests/vectors/%s",
	    dir == NULL ? "." : dir, name), 0);
	assert_int_equal(fss__io_read_file(path, TEXT_MAX, &data, &len), 0);
	record_arena_init(&v->arena, TEXT_MAX);
	for (p = (char *)data; p != NULL && p < (char *)data + len; p = end) {
		end = strchr(p, '\n');
		if (end != NULL)
			*end++ = '\0';
		if (*p != '\0' && *p != '#')
			line(v, p);
		if ((*p == '\0' || end == NULL ||
		    end == (char *)data + len) && v->rec != NULL) {
			check(v);
			vector_reset(v);
			checked++;
		}
	}
	assert_true(checked >= least);
	print_message("%s: %u vectors\n", name, checked);
	record_arena_release(&v->arena);
	free(v);
	fss__free(data);
}

static void
test_session(void **state)
{
	(void)state;
	run_file("session.txt", 12);
}

static void
test_entry(void **state)
{
	(void)state;
	run_file("entry.txt", 7);
}

static void
test_content(void **state)
{
	(void)state;
	run_file("content.txt", 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
