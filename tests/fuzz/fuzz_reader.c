/*
 * The reader against msgpack-c's unpacker: they take the same inputs, end at
 * the same byte and read the same values.
 *
 * msgpack-c makes room for as many elements as an input announces, so it is
 * asked only where the reader found the counts to be true, or where no count
 * can be large.
 */
#include <stdlib.h>
#include <string.h>

#include <msgpack.h>

#include <fss/error.h>

#include "wire/reader.h"

#define INPUT_MAX	65536
#define ZONE		4096
#define DEPTH_BOTH	24	/* msgpack-c gives up somewhat beyond */
#define DEPTH_OURS	64	/* and certainly before this */

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void	same_value(struct fss__reader *, const msgpack_object *);

static void
same_bytes(const struct fss__slice *s, const char *p, size_t n)
{
	must(s->n == n && (n == 0 || memcmp(s->p, p, n) == 0));
}

static void
same_map(struct fss__reader *r, const msgpack_object_map *map)
{
	uint32_t n, i;

	must(fss__read_map(r, &n) == 0 && n == map->size);
	for (i = 0; i < n; i++) {
		same_value(r, &map->ptr[i].key);
		same_value(r, &map->ptr[i].val);
	}
}

static void
same_array(struct fss__reader *r, const msgpack_object_array *array)
{
	uint32_t n, i;

	must(fss__read_array(r, &n) == 0 && n == array->size);
	for (i = 0; i < n; i++)
		same_value(r, &array->ptr[i]);
}

static void
same_value(struct fss__reader *r, const msgpack_object *o)
{
	struct fss__slice s;
	uint64_t u;
	int64_t i;
	bool b;

	switch (o->type) {
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		must(fss__read_uint(r, &u) == 0 && u == o->via.u64);
		break;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		must(fss__read_uint(r, &u) == FSS_EPROTO);
		must(fss__read_int(r, &i) == 0 && i == o->via.i64);
		break;
	case MSGPACK_OBJECT_BOOLEAN:
		must(fss__read_bool(r, &b) == 0 && b == o->via.boolean);
		break;
	case MSGPACK_OBJECT_STR:
		must(fss__read_bin(r, &s) == FSS_EPROTO);
		must(fss__read_str(r, &s) == 0);
		same_bytes(&s, o->via.str.ptr, o->via.str.size);
		break;
	case MSGPACK_OBJECT_BIN:
		must(fss__read_str(r, &s) == FSS_EPROTO);
		must(fss__read_bin(r, &s) == 0);
		same_bytes(&s, o->via.bin.ptr, o->via.bin.size);
		break;
	case MSGPACK_OBJECT_ARRAY:
		same_array(r, &o->via.array);
		break;
	case MSGPACK_OBJECT_MAP:
		same_map(r, &o->via.map);
		break;
	default:
		must(fss__read_uint(r, &u) == FSS_EPROTO);
		must(fss__read_int(r, &i) == FSS_EPROTO);
		must(fss__read_bool(r, &b) == FSS_EPROTO);
		must(fss__read_skip(r, 0) == 0);
		break;
	}
}

/* No 32-bit count anywhere, so that msgpack-c stays small. */
static bool
counts_small(const uint8_t *data, size_t size)
{
	return memchr(data, 0xdd, size) == NULL &&
	    memchr(data, 0xdf, size) == NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fss__reader r = { data, data + size }, deep = r, walk = r;
	msgpack_unpack_return ret;
	msgpack_object o;
	msgpack_zone zone;
	size_t off = 0;
	int ours, ours_deep;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	ours = fss__read_skip(&r, DEPTH_BOTH);
	ours_deep = fss__read_skip(&deep, DEPTH_OURS);
	must(ours != 0 || (ours_deep == 0 && deep.p == r.p));
	must(ours == 0 || (ours == FSS_EPROTO && r.p == data));
	if (ours_deep != 0 && !counts_small(data, size))
		return 0;
	must(msgpack_zone_init(&zone, ZONE));
	ret = msgpack_unpack((const char *)data, size, &off, &zone, &o);
	if (ret == MSGPACK_UNPACK_SUCCESS ||
	    ret == MSGPACK_UNPACK_EXTRA_BYTES) {
		must(ours_deep == 0 && deep.p == data + off);
		same_value(&walk, &o);
		must(walk.p == data + off);
	} else
		must(ours != 0);
	msgpack_zone_destroy(&zone);
	return 0;
}
