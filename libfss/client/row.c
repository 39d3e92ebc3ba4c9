/*
 * Rows: an arena of values, built row by row, read field by field.
 *
 * How records of the protocol become rows is in row_record.c.
 */
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "client/row.h"

#define BLOCK	8192		/* bytes, first block of an arena */
#define ROWS	16		/* first room for rows */

struct block {
	struct block	*next;
	size_t		 used, cap;
	/* followed by cap bytes */
};

#define BLOCK_HEAD	((sizeof(struct block) + 15) & ~(size_t)15)

struct fss__rowset {
	struct block	*blocks;
	struct fss_row	*rows;
	size_t		 count, cap;
	/* the row being filled */
	struct fss__fieldset has;
	union fss__value v[FSS_FIELD_COUNT];
	int		 err;
};

/* ---- reading ---------------------------------------------------------- */

static const struct {
	const char	*name;
	char		 kind;
} fields[FSS_FIELD_COUNT] = {
#define I	'I'
#define S	'S'
#define B	'B'
#define X(field, value, letter, json) [value] = { json, letter },
	FSS_FIELDS(X)
#undef X
#undef I
#undef S
#undef B
};

const char *
fss_field_name(fss_field field)
{
	return (unsigned)field < FSS_FIELD_COUNT ? fields[field].name : NULL;
}

int
fss_field_kind(fss_field field)
{
	return (unsigned)field < FSS_FIELD_COUNT ? fields[field].kind : 0;
}

_Static_assert(FSS_FIELD_COUNT <= FSS__FIELD_WORDS * 64,
    "each field has a bit");

static bool
has_bit(const struct fss__fieldset *set, unsigned field)
{
	return (set->word[field / 64] >> field % 64 & 1) != 0;
}

static void
set_bit(struct fss__fieldset *set, unsigned field)
{
	set->word[field / 64] |= UINT64_C(1) << field % 64;
}

/* How many fields before @field are there. */
static unsigned
rank(const struct fss__fieldset *set, unsigned field)
{
	unsigned i, n = 0;

	for (i = 0; i < field / 64; i++)
		n += (unsigned)__builtin_popcountll(set->word[i]);
	if (field % 64 != 0)
		n += (unsigned)__builtin_popcountll(set->word[i] &
		    ((UINT64_C(1) << field % 64) - 1));
	return n;
}

static const union fss__value *
find(const fss_row *row, fss_field field, char kind)
{
	if (row == NULL || (unsigned)field >= FSS_FIELD_COUNT ||
	    (kind != 0 && fields[field].kind != kind) ||
	    !has_bit(&row->has, (unsigned)field))
		return NULL;
	return &row->v[rank(&row->has, (unsigned)field)];
}

int
fss_row_has(const fss_row *row, fss_field field)
{
	return find(row, field, 0) != NULL;
}

int64_t
fss_row_int(const fss_row *row, fss_field field)
{
	const union fss__value *v = find(row, field, 'I');

	return v != NULL ? v->i : 0;
}

const char *
fss_row_str(const fss_row *row, fss_field field)
{
	const union fss__value *v = find(row, field, 'S');

	return v != NULL ? v->s.p : "";
}

const uint8_t *
fss_row_bin(const fss_row *row, fss_field field, size_t *ret_len)
{
	const union fss__value *v = find(row, field, 'B');

	if (ret_len != NULL)
		*ret_len = v != NULL ? v->s.n : 0;
	return v != NULL ? v->s.p : NULL;
}

/* ---- building --------------------------------------------------------- */

struct fss__rowset *
fss__rowset_new(void)
{
	return fss__zalloc(sizeof(struct fss__rowset));
}

void
fss__rowset_free(struct fss__rowset *rs)
{
	struct block *b;

	if (rs == NULL)
		return;
	while ((b = rs->blocks) != NULL) {
		rs->blocks = b->next;
		fss__free(b);
	}
	fss__free(rs->rows);
	fss__free(rs);
}

size_t
fss__rowset_count(const struct fss__rowset *rs)
{
	return rs->count;
}

const struct fss_row *
fss__rowset_row(const struct fss__rowset *rs, size_t i)
{
	return i < rs->count ? &rs->rows[i] : NULL;
}

/* @n bytes, aligned for any value; NULL when out of memory. */
static void *
take(struct fss__rowset *rs, size_t n)
{
	struct block *b = rs->blocks;
	size_t cap;
	uint8_t *p;

	n = (n + 7) & ~(size_t)7;
	if (b == NULL || b->cap - b->used < n) {
		cap = b == NULL ? BLOCK : b->cap * 2;
		if (cap < n)
			cap = n;
		b = fss__alloc(BLOCK_HEAD + cap);
		if (b == NULL)
			return NULL;
		b->cap = cap;
		b->used = 0;
		b->next = rs->blocks;
		rs->blocks = b;
	}
	p = (uint8_t *)b + BLOCK_HEAD + b->used;
	b->used += n;
	return p;
}

void
fss__rowset_begin(struct fss__rowset *rs)
{
	memset(&rs->has, 0, sizeof(rs->has));
	rs->err = 0;
}

void
fss__rowset_int(struct fss__rowset *rs, fss_field field, int64_t v)
{
	set_bit(&rs->has, (unsigned)field);
	rs->v[field].i = v;
}

void
fss__rowset_bytes(struct fss__rowset *rs, fss_field field, struct fss__slice v)
{
	char *p = take(rs, v.n + 1);

	if (p == NULL) {
		rs->err = FSS_ENOMEM;
		return;
	}
	if (v.n > 0)
		memcpy(p, v.p, v.n);
	p[v.n] = '\0';
	set_bit(&rs->has, (unsigned)field);
	rs->v[field].s.p = p;
	rs->v[field].s.n = v.n;
}

void
fss__rowset_text(struct fss__rowset *rs, fss_field field, struct fss__slice v)
{
	fss__rowset_bytes(rs, field, v);
}

int
fss__rowset_end(struct fss__rowset *rs)
{
	union fss__value *v;
	struct fss_row *rows;
	size_t cap, n = 0;
	unsigned i;

	if (rs->err != 0)
		return rs->err;
	if (rs->count == rs->cap) {
		cap = rs->cap == 0 ? ROWS : rs->cap * 2;
		rows = fss__realloc(rs->rows, cap * sizeof(*rows));
		if (rows == NULL)
			return FSS_ENOMEM;
		rs->rows = rows;
		rs->cap = cap;
	}
	v = take(rs, rank(&rs->has, FSS_FIELD_COUNT) * sizeof(*v));
	if (v == NULL)
		return FSS_ENOMEM;
	for (i = 0; i < FSS_FIELD_COUNT; i++)
		if (has_bit(&rs->has, i))
			v[n++] = rs->v[i];
	rs->rows[rs->count].has = rs->has;
	rs->rows[rs->count].v = v;
	rs->count++;
	return 0;
}
