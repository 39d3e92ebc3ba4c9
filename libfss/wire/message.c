/*
 * Header frames: the table of messages, decoding, lists.
 *
 * Decoding walks the bytes once with the reader against a record's
 * descriptor and stores what it finds at the descriptor's offsets.  Texts and
 * bytes stay where they are in the frame; a list is checked record by record
 * on the way and kept as the run of bytes it is, so that stepping through it
 * later cannot fail.  Nothing is allocated and the work is linear in the
 * length of the frame.
 *
 * What the fields mean (is this a path, is that id of a known algorithm) is
 * not looked at here; handlers do that.  Encoding is in encode.c.
 */
#include "wire/message.h"

#include <string.h>

#include <fss/error.h>

#include "wire/reader.h"
#include "wire/text.h"

#define ENVELOPE	5	/* elements of a header of our version */
#define ENVELOPE_MAX	16	/* of any later version */
#define KEY_MAX		255
#define UNKNOWN_DEPTH	8	/* nesting of a value we do not know */

/* ---- table ------------------------------------------------------------ */

static const struct fss__message messages[FSS__ANSWER] = {
#define M(name, number, req, ans, needs)				\
	[number] = { #name, number, FSS__NEEDS_##needs,			\
	    &fss__r_##req, &fss__r_##ans },
#include "wire/messages.def"
#undef M
};

static const char *const answer_names[FSS__ANSWER] = {
#define M(name, number, req, ans, needs)	[number] = #name "+",
#include "wire/messages.def"
#undef M
};

const struct fss__message *
fss__message_find(unsigned type)
{
	if (type >= FSS__ANSWER || messages[type].name == NULL)
		return NULL;
	return &messages[type];
}

const char *
fss__message_name(unsigned type)
{
	const char *name = NULL;

	if (type == FSS__MSG_ERROR)
		return "ERROR";
	if (type < FSS__ANSWER)
		name = messages[type].name;
	else if (type - FSS__ANSWER < FSS__ANSWER)
		name = answer_names[type - FSS__ANSWER];
	return name == NULL ? "?" : name;
}

/* ---- decoding --------------------------------------------------------- */

/* Why a record was refused; `field` is static text. */
struct fault {
	int		 code;
	const char	*field;
};

static bool
fault(struct fault *why, int code, const char *field)
{
	why->code = code;
	why->field = field;
	return false;
}

static const struct fss__field *
find_field(const struct fss__record *rec, uint64_t key)
{
	uint16_t i;

	for (i = 0; i < rec->count; i++)
		if (rec->fields[i].key == key)
			return &rec->fields[i];
	return NULL;
}

static bool	decode_record(struct fss__reader *, const struct fss__record *,
		    uint8_t *, struct fault *);

static bool
decode_list(struct fss__reader *r, const struct fss__field *f,
    struct fss__list *ret, struct fault *why)
{
	uint32_t count, i;

	if (fss__read_array(r, &count) != 0)
		return fault(why, FSS_EPROTO, f->name);
	if (count > f->max)
		return fault(why, FSS_ETOOBIG, f->name);
	ret->p = r->p;
	ret->count = count;
	/* Recursion follows the schema, which has no cycles. */
	for (i = 0; i < count; i++)
		if (!decode_record(r, f->sub, NULL, why))
			return false;
	ret->n = (size_t)(r->p - ret->p);
	return true;
}

/* Decodes the value of @f; @dst (may be NULL: only check) is its member. */
static bool
decode_value(struct fss__reader *r, const struct fss__field *f, uint8_t *dst,
    struct fault *why)
{
	union {
		uint64_t		u;
		int64_t			i;
		bool			b;
		struct fss__slice	s;
		struct fss__list	l;
	} v;
	size_t size = 0;
	int err = 0;

	memset(&v, 0, sizeof(v));
	switch (f->kind) {
	case FSS__U64:
		err = fss__read_uint(r, &v.u);
		if (err == 0 && f->max != 0 && v.u > f->max)
			err = FSS_ETOOBIG;
		size = sizeof(v.u);
		break;
	case FSS__I64:
		err = fss__read_int(r, &v.i);
		size = sizeof(v.i);
		break;
	case FSS__BOOL:
		err = fss__read_bool(r, &v.b);
		size = sizeof(v.b);
		break;
	case FSS__STR:
		err = fss__read_str(r, &v.s);
		if (err == 0 && v.s.n > f->max)
			err = FSS_ETOOBIG;
		else if (err == 0 && !fss__text_ok(v.s))
			err = FSS_EPROTO;
		size = sizeof(v.s);
		break;
	case FSS__BIN:
	case FSS__FIX:
		err = fss__read_bin(r, &v.s);
		if (err == 0 && v.s.n > f->max)
			err = FSS_ETOOBIG;
		else if (err == 0 && f->kind == FSS__FIX && v.s.n != f->max)
			err = FSS_EPROTO;
		size = sizeof(v.s);
		break;
	default:
		if (!decode_list(r, f, &v.l, why))
			return false;
		size = sizeof(v.l);
		break;
	}
	if (err != 0)
		return fault(why, err, f->name);
	if (dst != NULL)
		memcpy(dst, &v, size);
	return true;
}

/* Every required field must be among the keys @seen. */
static bool
check_required(const struct fss__record *rec, uint32_t seen,
    struct fault *why)
{
	uint16_t i;

	for (i = 0; i < rec->count; i++)
		if (rec->fields[i].required &&
		    (seen & FSS__HAS(rec->fields[i].key)) == 0)
			return fault(why, FSS_EPROTO, rec->fields[i].name);
	return true;
}

/*
 * Decodes one record; @dst is a struct fss__m_<rec> filled with zeros, or
 * NULL to check only.  `has` is the first member of every such struct.
 */
static bool
decode_record(struct fss__reader *r, const struct fss__record *rec,
    uint8_t *dst, struct fault *why)
{
	const struct fss__field *f;
	uint32_t seen[(KEY_MAX + 1) / 32] = { 0 };
	uint32_t count, has = 0;
	uint64_t key;

	if (fss__read_map(r, &count) != 0)
		return fault(why, FSS_EPROTO, rec->name);
	for (; count > 0; count--) {
		if (fss__read_uint(r, &key) != 0 || key == 0 || key > KEY_MAX ||
		    (seen[key / 32] & FSS__HAS(key % 32)) != 0)
			return fault(why, FSS_EPROTO, rec->name);
		seen[key / 32] |= FSS__HAS(key % 32);
		f = find_field(rec, key);
		if (f == NULL) {
			if (fss__read_skip(r, UNKNOWN_DEPTH) != 0)
				return fault(why, FSS_EPROTO, rec->name);
			continue;
		}
		if (!decode_value(r, f, dst == NULL ? NULL : dst + f->offset,
		    why))
			return false;
		has |= FSS__HAS(f->key);
	}
	if (!check_required(rec, has, why))
		return false;
	if (dst != NULL)
		memcpy(dst, &has, sizeof(has));
	return true;
}

int
fss__fields_decode(struct fss__slice fields, const struct fss__record *rec,
    void *ret_msg, const char **why)
{
	struct fss__reader r;
	struct fault f = { 0, NULL };

	if (why != NULL)
		*why = NULL;
	memset(ret_msg, 0, rec->size);
	if (fields.n > FSS__MAX_HEADER)
		(void)fault(&f, FSS_ETOOBIG, rec->name);
	else if (fields.n == 0)
		(void)fault(&f, FSS_EPROTO, rec->name);
	else {
		r.p = fields.p;
		r.end = r.p + fields.n;
		if (decode_record(&r, rec, ret_msg, &f) && r.p != r.end)
			(void)fault(&f, FSS_EPROTO, rec->name);
	}
	if (f.code == 0)
		return 0;
	/* Nothing half decoded is left to be used by mistake. */
	memset(ret_msg, 0, rec->size);
	if (why != NULL)
		*why = f.field;
	return f.code;
}

/* The elements before the fields; says how many of them were read. */
static unsigned
read_envelope(struct fss__reader *r, struct fss__header *h, uint64_t *ret_count)
{
	struct fss__slice session;
	uint64_t version, type;

	memset(h, 0, sizeof(*h));
	*ret_count = 0;
	if (fss__read_array_any(r, ret_count) != 0 ||
	    fss__read_uint(r, &version) != 0 || version > UINT8_MAX)
		return 0;
	h->version = (unsigned)version;
	if (fss__read_uint(r, &type) != 0 || type > UINT8_MAX)
		return FSS__GLEANED_VERSION;
	h->type = (unsigned)type;
	if (fss__read_uint(r, &h->req) != 0)
		return FSS__GLEANED_TYPE;
	if (fss__read_bin(r, &session) != 0 ||
	    (session.n != 0 && session.n != FSS__SESSION_BYTES))
		return FSS__GLEANED_REQ;
	h->session = session;
	return FSS__GLEANED_SESSION;
}

unsigned
fss__header_glean(const void *p, size_t n, struct fss__header *ret_h)
{
	struct fss__reader r;
	uint64_t count;

	memset(ret_h, 0, sizeof(*ret_h));
	if (n == 0)
		return 0;
	r.p = p;
	r.end = r.p + n;
	return read_envelope(&r, ret_h, &count);
}

int
fss__header_decode(const void *p, size_t n, struct fss__header *ret_h)
{
	struct fss__reader r;
	struct fss__header h;
	uint64_t count, i;

	if (n > FSS__MAX_HEADER)
		return FSS_ETOOBIG;
	if (n == 0)
		return FSS_EPROTO;
	r.p = p;
	r.end = r.p + n;
	if (read_envelope(&r, &h, &count) != FSS__GLEANED_SESSION ||
	    count < ENVELOPE || count > ENVELOPE_MAX)
		return FSS_EPROTO;
	h.fields.p = r.p;
	if (h.version <= FSS__MAX_VERSION) {
		/* fields_decode() refuses what follows the map. */
		if (count != ENVELOPE)
			return FSS_EPROTO;
		h.fields.n = (size_t)(r.end - r.p);
	} else {
		/* A later version may add elements after these. */
		if (fss__read_skip(&r, UNKNOWN_DEPTH) != 0)
			return FSS_EPROTO;
		h.fields.n = (size_t)(r.p - (const uint8_t *)h.fields.p);
		for (i = ENVELOPE; i < count; i++)
			if (fss__read_skip(&r, UNKNOWN_DEPTH) != 0)
				return FSS_EPROTO;
		if (r.p != r.end)
			return FSS_EPROTO;
	}
	*ret_h = h;
	return 0;
}

int
fss__list_next(struct fss__list *it, const struct fss__record *rec,
    void *ret_msg)
{
	struct fss__reader r;
	struct fault f;

	memset(ret_msg, 0, rec->size);
	if (it->count == 0)
		return 0;
	r.p = it->p;
	r.end = it->p + it->n;
	if (!decode_record(&r, rec, ret_msg, &f)) {
		/* Only for a list that nobody checked: it ends here. */
		memset(ret_msg, 0, rec->size);
		it->count = 0;
		return f.code;
	}
	it->n -= (size_t)(r.p - it->p);
	it->p = r.p;
	it->count--;
	return 1;
}
