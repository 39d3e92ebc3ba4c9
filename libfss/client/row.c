/*
 * Rows, and how records of the protocol become rows.
 *
 * A table per record type says which of its fields is which field of a row;
 * the descriptors of the wire layer say where in the struct it is and of what
 * kind.  What needs more than copying (status, digest, names) is done by hand
 * beside it.
 */
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/error.h"
#include "client/row.h"
#include "wire/message.h"

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
	uint64_t	 has;
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

static const union fss__value *
find(const fss_row *row, fss_field field, char kind)
{
	uint64_t bit;

	if (row == NULL || (unsigned)field >= FSS_FIELD_COUNT ||
	    (kind != 0 && fields[field].kind != kind))
		return NULL;
	bit = UINT64_C(1) << field;
	if ((row->has & bit) == 0)
		return NULL;
	return &row->v[__builtin_popcountll(row->has & (bit - 1))];
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
	rs->has = 0;
	rs->err = 0;
}

void
fss__rowset_int(struct fss__rowset *rs, fss_field field, int64_t v)
{
	rs->has |= UINT64_C(1) << field;
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
	rs->has |= UINT64_C(1) << field;
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
	v = take(rs, (size_t)__builtin_popcountll(rs->has) * sizeof(*v));
	if (v == NULL)
		return FSS_ENOMEM;
	for (i = 0; i < FSS_FIELD_COUNT; i++)
		if (rs->has & UINT64_C(1) << i)
			v[n++] = rs->v[i];
	rs->rows[rs->count].has = rs->has;
	rs->rows[rs->count].v = v;
	rs->count++;
	return 0;
}

/* ---- records ---------------------------------------------------------- */

struct map {
	uint8_t	key;		/* of the record's field */
	uint8_t	field;		/* FSS_FIELD_... */
};

static const struct map account_map[] = {
	{ 1, FSS_FIELD_NAME }, { 2, FSS_FIELD_ROLE }, { 3, FSS_FIELD_DEVICE },
	{ 4, FSS_FIELD_DEVICE_NAME }, { 5, FSS_FIELD_CREATED },
	{ 6, FSS_FIELD_BYTES }, { 7, FSS_FIELD_FILES },
	{ 8, FSS_FIELD_QUOTA_BYTES }, { 9, FSS_FIELD_QUOTA_FILES },
	{ 10, FSS_FIELD_LOCKED }, { 0, 0 }
};

static const struct map device_map[] = {
	{ 1, FSS_FIELD_DEVICE }, { 2, FSS_FIELD_NAME }, { 3, FSS_FIELD_KEY },
	{ 4, FSS_FIELD_CREATED }, { 5, FSS_FIELD_SEEN },
	{ 6, FSS_FIELD_CURRENT }, { 0, 0 }
};

static const struct map entry_map[] = {
	{ 2, FSS_FIELD_OWNER }, { 4, FSS_FIELD_KIND }, { 5, FSS_FIELD_SIZE },
	{ 6, FSS_FIELD_MTIME }, { 7, FSS_FIELD_MODE },
	{ 10, FSS_FIELD_VERSION }, { 11, FSS_FIELD_NUMBER },
	{ 12, FSS_FIELD_CREATED }, { 13, FSS_FIELD_MEDIA },
	{ 14, FSS_FIELD_TARGET }, { 15, FSS_FIELD_ACCESS },
	{ 16, FSS_FIELD_ACCESS_OWN }, { 17, FSS_FIELD_RIGHTS },
	{ 18, FSS_FIELD_STATE }, { 19, FSS_FIELD_HOLDERS },
	{ 20, FSS_FIELD_AUTHOR }, { 0, 0 }
};

static const struct map member_map[] = {
	{ 1, FSS_FIELD_GROUP }, { 2, FSS_FIELD_NAME }, { 0, 0 }
};

static const struct map grant_map[] = {
	{ 1, FSS_FIELD_PATH }, { 2, FSS_FIELD_WHO }, { 3, FSS_FIELD_RIGHTS },
	{ 0, 0 }
};

static const struct map invite_map[] = {
	{ 1, FSS_FIELD_CODE }, { 2, FSS_FIELD_EXPIRES }, { 0, 0 }
};

static const struct map *
map_of(const struct fss__record *rec)
{
	if (rec == &fss__r_account)
		return account_map;
	if (rec == &fss__r_device)
		return device_map;
	if (rec == &fss__r_entry)
		return entry_map;
	if (rec == &fss__r_member)
		return member_map;
	if (rec == &fss__r_grant_row)
		return grant_map;
	if (rec == &fss__r_invite_code)
		return invite_map;
	return NULL;
}

/* Numbers past INT64_MAX are no sizes or times of this world. */
static int64_t
clamp(uint64_t v)
{
	return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

static void
add_field(struct fss__rowset *rs, fss_field field, const struct fss__field *f,
    const uint8_t *member)
{
	struct fss__slice s;
	uint64_t u;
	int64_t i;
	bool b;

	switch (f->kind) {
	case FSS__U64:
		memcpy(&u, member, sizeof(u));
		fss__rowset_int(rs, field, clamp(u));
		break;
	case FSS__I64:
		memcpy(&i, member, sizeof(i));
		fss__rowset_int(rs, field, i);
		break;
	case FSS__BOOL:
		memcpy(&b, member, sizeof(b));
		fss__rowset_int(rs, field, b ? 1 : 0);
		break;
	case FSS__STR:
	case FSS__BIN:
	case FSS__FIX:
		memcpy(&s, member, sizeof(s));
		fss__rowset_bytes(rs, field, s);
		break;
	default:
		break;
	}
}

static void
add_path(struct fss__rowset *rs, struct fss__slice path, const char *parent)
{
	char whole[FSS_LIMIT_PATH + 1];
	struct fss__slice up, name;

	if (parent != NULL) {
		fss__rowset_text(rs, FSS_FIELD_NAME, path);
		if (fss__path_join(whole, sizeof(whole),
		    fss__slice_str(parent), path) == 0)
			fss__rowset_text(rs, FSS_FIELD_PATH,
			    fss__slice_str(whole));
		return;
	}
	fss__rowset_text(rs, FSS_FIELD_PATH, path);
	if (fss__path_check(path, NULL) == 0 &&
	    fss__path_split(path, &up, &name))
		fss__rowset_text(rs, FSS_FIELD_NAME, name);
}

static void
add_entry(struct fss__rowset *rs, const struct fss__m_entry *m,
    const struct fss__row_hint *hint)
{
	char text[FSS__ID_TEXT];
	struct fss__id id;

	if (m->has & FSS__K_entry_status)
		fss__rowset_int(rs, FSS_FIELD_STATUS, -(int64_t)m->status);
	if (m->has & FSS__K_entry_path)
		add_path(rs, m->path, hint != NULL ? hint->parent : NULL);
	if ((m->has & FSS__K_entry_root) && m->root.n == sizeof(id.b)) {
		memcpy(id.b, m->root.p, sizeof(id.b));
		fss__id_text(text, &id);
		fss__rowset_text(rs, FSS_FIELD_DIGEST, fss__slice_str(text));
	}
	if ((m->has & FSS__K_entry_owner) == 0 && hint != NULL &&
	    hint->owner != NULL)
		fss__rowset_text(rs, FSS_FIELD_OWNER,
		    fss__slice_str(hint->owner));
}

int
fss__rowset_add(struct fss__rowset *rs, const struct fss__record *rec,
    const void *msg, const struct fss__row_hint *hint)
{
	const struct map *map = map_of(rec);
	const struct fss__field *f;
	uint32_t has;
	unsigned i;

	FSS_ASSERT(map != NULL);
	memcpy(&has, msg, sizeof(has));
	fss__rowset_begin(rs);
	for (; map->key != 0; map++) {
		if ((has & FSS__HAS(map->key)) == 0)
			continue;
		for (i = 0; i < rec->count; i++) {
			f = &rec->fields[i];
			if (f->key == map->key)
				add_field(rs, (fss_field)map->field, f,
				    (const uint8_t *)msg + f->offset);
		}
	}
	if (rec == &fss__r_entry)
		add_entry(rs, msg, hint);
	return fss__rowset_end(rs);
}

int
fss__rowset_add_list(struct fss__rowset *rs, const struct fss__record *rec,
    struct fss__list list, const struct fss__row_hint *hint)
{
	union {
		struct fss__m_account account;
		struct fss__m_device device;
		struct fss__m_entry entry;
		struct fss__m_member member;
		struct fss__m_grant_row grant;
	} m;
	int r;

	while ((r = fss__list_next(&list, rec, &m)) == 1) {
		r = fss__rowset_add(rs, rec, &m, hint);
		if (r != 0)
			return r;
	}
	return r;
}
