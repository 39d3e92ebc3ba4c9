/*
 * Tags of names; see search_tag.h.
 *
 * Sizes are kept as power of two and quarter, times as hours: what lies at
 * the edge of a filter is left to the row.
 */
#include "store/search_tag.h"

#include <string.h>

#include <fss/types.h>

#include "store/search_text.h"

#define KIND_BITS	2	/* of a class: DIR, FILE or LINK */
#define KIND		((1u << KIND_BITS) - 1)
#define HOUR_US		INT64_C(3600000000)
#define HOUR_BITS	23	/* until the year 2926 */
#define HOUR_MOST	((INT32_C(1) << HOUR_BITS) - 1)

/* What the digest in a gram is of. */
enum {
	OF_CLASS = 1,
	OF_PART,
	OF_TYPE,
	OF_OWNER,
	OF_WHOLE,
	OF_BEGIN,
	OF_STEM
};

#define FNV_BASIS	UINT32_C(2166136261)

/* FNV-1a, a byte further. */
static uint32_t
further(uint32_t h, unsigned char c)
{
	return (h ^ c) * UINT32_C(16777619);
}

/* Of it in lower case. */
static uint32_t
digest(const void *p, size_t n)
{
	const unsigned char *s = p;
	uint32_t h = FNV_BASIS;
	unsigned char c;

	while (n-- > 0) {
		c = *s++;
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		h = further(h, c);
	}
	return h ^ h >> 16;
}

static uint8_t
class_of(int kind, struct fss__slice media)
{
	const char *slash = memchr(media.p, '/', media.n);
	uint32_t h = 0;

	if (kind == FSS_KIND_FILE && media.n > 0)
		/* 0 is of files without a type. */
		h = digest(media.p, slash == NULL ? media.n :
		    (size_t)(slash - (const char *)media.p)) % 63 + 1;
	return (uint8_t)((h << KIND_BITS | ((unsigned)kind & KIND)) & 0xff);
}

/* 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20 ... begin a step. */
static uint8_t
size_step(uint64_t size)
{
	unsigned top;

	if (size < 4)
		return (uint8_t)size;
	top = 63 - (unsigned)__builtin_clzll(size);
	return (uint8_t)((top - 1) * 4 + (size >> (top - 2) & 3));
}

static uint32_t
hour_of(int64_t us)
{
	int64_t h = us / HOUR_US;

	return h < 0 ? 0 : h > HOUR_MOST ? HOUR_MOST : (uint32_t)h;
}

void
fss__tag_of(const struct fss__meta_row *row, struct fss__search_tag *ret_t)
{
	bool folder = row->e.kind == FSS_KIND_DIR;
	struct fss__slice media = fss__slice_str(row->v.media);

	memset(ret_t, 0, sizeof(*ret_t));
	ret_t->class = class_of(row->e.kind, media);
	ret_t->hour = hour_of(folder ? row->e.mtime : row->v.mtime);
	if (folder)
		return;
	ret_t->type = (uint8_t)(digest(media.p, media.n) & 0xff);
	ret_t->size = size_step(
	    row->v.size < 0 ? 0 : (uint64_t)row->v.size);
	ret_t->state = row->v.state == FSS_STATE_ANNOUNCED;
}

void
fss__tag_put(struct fss__buf *b, const struct fss__search_tag *t)
{
	uint32_t rest = t->hour | (uint32_t)(t->state & 1) << HOUR_BITS;
	uint8_t bytes[FSS__TAG_BYTES] = {
		t->class, t->type, t->size, (uint8_t)(rest & 0xff),
		(uint8_t)(rest >> 8 & 0xff), (uint8_t)(rest >> 16)
	};

	(void)fss__buf_append(b, bytes, sizeof(bytes));
}

void
fss__tag_get(const uint8_t bytes[FSS__TAG_BYTES],
    struct fss__search_tag *ret_t)
{
	uint32_t rest = bytes[3] | (uint32_t)bytes[4] << 8 |
	    (uint32_t)bytes[5] << 16;

	ret_t->class = bytes[0];
	ret_t->type = bytes[1];
	ret_t->size = bytes[2];
	ret_t->hour = rest & (uint32_t)HOUR_MOST;
	ret_t->state = rest >> HOUR_BITS & 1;
}

bool
fss__tag_eq(const struct fss__search_tag *a, const struct fss__search_tag *b)
{
	return a->class == b->class && a->type == b->type &&
	    a->size == b->size && a->state == b->state && a->hour == b->hour;
}

/* ---- grams ------------------------------------------------------------- */

/* Whoever collides is looked at in vain. */
static uint32_t
gram(unsigned what, unsigned class, uint64_t of)
{
	uint64_t h = (of + 1) * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ h >> 29 ^ (what << 8 | class)) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)FSS__GRAM_TAG << 24 | (uint32_t)(h >> 40);
}

/* Nobody can ask for files without a type, nor for no class. */
static bool
is_asked_for(unsigned class)
{
	return class != FSS_KIND_FILE;
}

uint32_t
fss__gram_in_class(unsigned class, uint32_t one)
{
	return one >> 24 == FSS__GRAM_PART ? gram(OF_PART, class, one) : one;
}

/*
 * Files are all but a few of the names, so that a name which is one's is no
 * folder's by the dot in it: of those it would be a gram for each in vain.
 */
static bool
has_whole(unsigned class, const char *p, size_t n)
{
	return (class & KIND) != FSS_KIND_FILE || memchr(p, '.', n) == NULL;
}

bool
fss__gram_whole(const struct fss__tag_ask *a, const char *p, size_t n,
    uint32_t one, uint32_t *ret_gram)
{
	unsigned class = (unsigned)(a->class >= 0 ? a->class : a->kind);

	*ret_gram = gram(OF_WHOLE, class, one);
	return a->kind != 0 && has_whole(class, p, n);
}

bool
fss__gram_begin(const struct fss__tag_ask *a, uint32_t one,
    uint32_t *ret_gram)
{
	*ret_gram = gram(OF_BEGIN, (unsigned)a->kind, one);
	return a->kind != 0 && one >> 24 == FSS__GRAM_START &&
	    (one & 0xff) != 0;
}

/* Likewise: of a stem it says whose kind it is where that is no file's. */
static unsigned
stem_kind(int kind)
{
	return kind == FSS_KIND_FILE ? 0 : (unsigned)kind;
}

uint32_t
fss__gram_stem(const struct fss__tag_ask *a, const char *p, size_t n)
{
	uint32_t h = FNV_BASIS;

	while (n-- > 0)
		h = further(h, (unsigned char)*p++);
	return gram(OF_STEM, stem_kind(a->kind), h);
}

/* Of what stands before each dot of @n: how many. */
static size_t
grams_of_stems(const struct fss__search_name *n, int kind,
    uint32_t *ret_gram)
{
	const char *p = n->text + 1, *end = n->text + n->len - 1;
	uint32_t h = FNV_BASIS;
	size_t count = 0;
	bool any = false;

	if (p < end && *p == FSS__SEARCH_SIGN_WORD)
		p++;
	for (; p < end; p++) {
		if (*p == '.' && any) {
			ret_gram[count++] = gram(OF_STEM, 0, h);
			if (stem_kind(kind) != 0)
				ret_gram[count++] =
				    gram(OF_STEM, stem_kind(kind), h);
		}
		any = true;
		h = further(h, (unsigned char)*p);
	}
	return count;
}

uint32_t
fss__gram_type(struct fss__slice type)
{
	return gram(OF_TYPE, 0, digest(type.p, type.n));
}

size_t
fss__grams_of_tag(const struct fss__search_name *n,
    const struct fss__meta_row *row, uint32_t ret_gram[FSS__GRAMS_NAME])
{
	struct fss__slice media = fss__slice_str(row->v.media);
	struct fss__tag_ask own = { .kind = row->e.kind, .class = -1 };
	struct fss__search_tag t;
	size_t i, all, count = 0;
	uint32_t whole, begin = 0, one;

	fss__tag_of(row, &t);
	all = fss__grams_of_name(n, false, ret_gram);
	whole = ret_gram[all - 1];	/* that of the whole is the last */
	for (i = 0; i < all; i++) {
		/* There is one of three bytes, or of all the name has. */
		if (fss__gram_begin(&own, ret_gram[i], &one))
			begin = one;
		if (is_asked_for(t.class) &&
		    ret_gram[i] >> 24 == FSS__GRAM_PART)
			ret_gram[count++] =
			    fss__gram_in_class(t.class, ret_gram[i]);
	}
	/* There is room: a name is far shorter than grams there can be. */
	ret_gram[count++] = gram(OF_OWNER, 0, (uint64_t)row->e.owner);
	if (begin != 0)
		ret_gram[count++] = begin;
	if (fss__gram_whole(&own, n->text, n->len, whole, &one))
		ret_gram[count++] = one;
	own.class = t.class;
	if (is_asked_for(t.class) && t.class != (unsigned)row->e.kind &&
	    fss__gram_whole(&own, n->text, n->len, whole, &one))
		ret_gram[count++] = one;
	count += grams_of_stems(n, row->e.kind, ret_gram + count);
	if (is_asked_for(t.class))
		ret_gram[count++] = gram(OF_CLASS, t.class, 0);
	if (row->e.kind == FSS_KIND_FILE && media.n > 0)
		ret_gram[count++] = fss__gram_type(media);
	return count;
}

/* ---- filters ----------------------------------------------------------- */

static void
need(struct fss__tag_ask *a, uint32_t one)
{
	if (a->needs < FSS__TAG_NEED)
		a->need[a->needs++] = one;
}

/* Grams of the names of a path, the last name first: @path shrinks. */
static void
need_folders(struct fss__tag_ask *a, struct fss__slice path)
{
	struct fss__search_name name;
	const char *p = path.p, *at, *end;
	struct fss__slice s;
	size_t from;

	for (; path.n > 0; path.n = from) {
		for (from = path.n; from > 0 && p[from - 1] != '/'; from--)
			;
		s.p = p + from;
		s.n = path.n - from;
		if (from > 0)
			from--;
		if (s.n == 0 || fss__search_encode(s, &name) != 0)
			continue;
		/* Behind START, and WORD if it begins with one. */
		at = name.text + 1;
		end = name.text + name.len - 1;
		if (at < end && *at == FSS__SEARCH_SIGN_WORD)
			at++;
		if (at == end)
			continue;	/* marks alone: it has no grams */
		need(a, fss__gram(FSS__GRAM_START + FSS__GRAM_UP, at,
		    end - at < 3 ? (size_t)(end - at) : 3));
		for (at++; end - at >= 3; at++)
			need(a, fss__gram(FSS__GRAM_PART + FSS__GRAM_UP, at,
			    3));
	}
}

void
fss__tag_ask(const struct fss__search_filter *f, struct fss__tag_ask *ret_a)
{
	bool file = f->type.n > 0 || f->sized;

	memset(ret_a, 0, sizeof(*ret_a));
	ret_a->class = ret_a->type = -1;
	ret_a->kind = file ? FSS_KIND_FILE : f->kind;
	ret_a->none = file && f->kind != 0 && f->kind != FSS_KIND_FILE;
	if (f->type.n > 0)
		ret_a->class = class_of(FSS_KIND_FILE, f->type);
	else if (ret_a->kind != 0 && ret_a->kind != FSS_KIND_FILE)
		ret_a->class = class_of(
		    ret_a->kind, fss__slice_str(""));
	if (ret_a->class >= 0)
		need(ret_a, gram(OF_CLASS, (unsigned)ret_a->class, 0));
	if (f->type.n > 0 && memchr(f->type.p, '/', f->type.n) != NULL) {
		ret_a->type = (int)(digest(f->type.p, f->type.n) & 0xff);
		need(ret_a, fss__gram_type(f->type));
	}
	if (f->space != 0)
		need(ret_a, gram(OF_OWNER, 0, (uint64_t)f->space));
	ret_a->within = ret_a->needs;
	need_folders(ret_a, f->within);
	ret_a->within = ret_a->needs - ret_a->within;
}

bool
fss__tag_asked(const struct fss__tag_ask *a, const struct fss__search_tag *t)
{
	return (a->kind == 0 || (t->class & KIND) == (unsigned)a->kind) &&
	    (a->class < 0 || t->class == a->class) &&
	    (a->type < 0 || t->type == a->type);
}

bool
fss__tag_may(const struct fss__search_filter *f, int state,
    const struct fss__search_tag *t)
{
	if (state >= 0 && t->state != state)
		return false;
	if (f->sized && (t->size < size_step(f->size_min) ||
	    t->size > size_step(f->size_max)))
		return false;
	return t->hour >= hour_of(f->newer_us) &&
	    t->hour <= hour_of(f->older_us);
}
