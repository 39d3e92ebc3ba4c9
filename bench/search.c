/*
 * Search over many real names: fills a store, asks it, says how long it took.
 *
 *	bench_search fill FOLDER < paths
 *	bench_search settle FOLDER
 *	bench_search ask FOLDER [ROUNDS] < queries
 *
 * fill makes a store in FOLDER, or takes one nobody has used.  A line of the
 * input is OWNER, a tab and a path; folders are made as they come, files have
 * no content, sizes and times come from their names.  One space in ten is
 * private, one in ten is granted to the account "asker", the others are open.
 *
 * settle FOLDER does what a hub does in idle moments: it puts new names into
 * blocks, and gives blocks of an older version what they lack.
 *
 * ask reads lines of a class, a tab and a text, perhaps a tab and the text that
 * is meant ("" none), perhaps a tab and a filter as bench/search.py has it
 * (kind=1, type=text, owner=NAME, under=PATH, size_min=N, newer=US, state=N),
 * and asks for the first page of 50 as "asker", and where that is
 * empty what may have been meant, in one process without a network; it prints,
 * for each class, the median and the 99th percentile, how many pages came back,
 * how often anything was offered, and how often what is meant.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/time.h"
#include "model/account.h"
#include "model/entry.h"
#include "model/media.h"
#include "store/kept.h"
#include "store/meta_account.h"
#include "store/meta_entry.h"
#include "store/meta_grant.h"
#include "store/search.h"
#include "store/store.h"

#define BATCH   20000u
#define OWNERS  4096u
#define DEPTH   FSS_LIMIT_DEPTH
#define PAGE    50u
#define CLASSES 64u
#define SAMPLES 100000u
#define FIELDS  4u /* of a question */

static void
must(int r, const char *what)
{
	if (r >= 0)
		return;
	(void)fprintf(stderr, "bench_search: %s: %s\n", what, fss_strerror(r));
	exit(1);
}

/* Processor time of this thread: what others do here does not count. */
static int64_t
cpu_us(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint64_t
mix(const char *p, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	while (n-- > 0)
		h = (h ^ (unsigned char)*p++) * UINT64_C(0x100000001b3);
	return h ^ (h >> 29);
}

/* ---- filling ----------------------------------------------------------- */

struct owner {
	char	name[FSS_LIMIT_ACCOUNT + 1];
	int64_t	id, root;
};

struct way { /* the folders of the last path */
	size_t	end;	/* of its name in the path */
	int64_t	id;
};

struct filler {
	struct fss__store	*store;
	struct fss__db		*db;
	struct owner		*owner;
	size_t			 owners;
	int64_t			 asker;
	char			 last[FSS_LIMIT_PATH + FSS_LIMIT_ACCOUNT + 2];
	struct way		 way[DEPTH];
	size_t			 ways;
	uint64_t		 entries;
};

static int64_t
entry(struct filler *f, int64_t owner, int64_t parent, int kind,
    struct fss__slice name, int access)
{
	struct fss__meta_node e;
	int64_t id;
	int r;

	memset(&e, 0, sizeof(e));
	e.parent = parent;
	e.owner = owner;
	e.kind = kind;
	e.access = access;
	e.created = e.mtime = INT64_C(1700000000000000);
	e.mode = 0755;
	e.name_len = name.n;
	memcpy(e.name, name.p, name.n);
	r = fss__meta_entry_insert(f->db, &e, &id);
	if (r == FSS_EEXIST)
		return 0;
	must(r, "entry");
	f->entries++;
	return id;
}

static struct owner *
owner_of(struct filler *f, const char *name)
{
	struct fss__slice s = fss__slice_str(name);
	struct fss__meta_grant g = { 0 };
	struct owner *o;
	size_t i;
	int kind;

	for (i = 0; i < f->owners; i++) {
		if (strcmp(f->owner[i].name, name) == 0)
			return &f->owner[i];
	}
	if (f->owners == OWNERS)
		return &f->owner[0];
	o = &f->owner[f->owners++];
	(void)snprintf(o->name, sizeof(o->name), "%s", name);
	must(fss__meta_account_insert(f->db, s, "!", FSS_ROLE_USER,
		 INT64_C(1700000000000000), &o->id),
	    "account");
	kind = (int)(mix(name, strlen(name)) % 10);
	o->root = entry(f, o->id, FSS__PARENT_ROOT, FSS_KIND_DIR, s,
	    kind < 2 ? FSS_ACCESS_PRIVATE : FSS_ACCESS_OPEN);
	must(fss__meta_account_set_root(f->db, o->id, o->root), "root");
	g.who = f->asker;
	g.rights = FSS_RIGHT_SEE | FSS_RIGHT_READ;
	if (kind == 1)
		must(fss__meta_grant_set(f->db, o->root, o->id, &g), "grant");
	return o;
}

static void
file(struct filler *f, const struct owner *o, int64_t parent,
    struct fss__slice name, uint64_t h)
{
	struct fss__slice none = { NULL, 0 };
	struct fss__meta_version v;
	int64_t id, version;

	id = entry(f, o->id, parent, FSS_KIND_FILE, name, 0);
	if (id == 0)
		return;
	memset(&v, 0, sizeof(v));
	v.entry = id;
	v.number = 1;
	v.kind = FSS_KIND_FILE;
	v.size = (int64_t)(h % 1000003);
	v.mtime = INT64_C(1600000000000000) +
	    (int64_t)(h % 100000000) * 1000000;
	v.created = INT64_C(1700000000000000);
	v.author = o->id;
	v.mode = 0644;
	fss__media_type(none, name, v.media);
	must(fss__meta_version_insert(f->db, &v, &version), "version");
	must(fss__meta_entry_set_version(f->db, id, FSS_KIND_FILE, version),
	    "set_version");
}

/* @line: owner, tab, path. */
static void
path(struct filler *f, char *line)
{
	struct fss__slice name;
	struct owner *o;
	char *tab = strchr(line, '\t'), *p, *slash;
	size_t i, begin;
	int64_t at;

	if (tab == NULL || strlen(line) >= sizeof(f->last))
		return;
	*tab = '\0';
	o = owner_of(f, line);
	*tab = '/';
	for (i = 0; i < f->ways; i++) {
		if (strncmp(line, f->last, f->way[i].end + 1) != 0)
			break;
	}
	f->ways = i;
	at = i > 0 ? f->way[i - 1].id : o->root;
	begin = i > 0 ? f->way[i - 1].end + 1 : (size_t)(tab - line) + 1;
	for (p = line + begin; (slash = strchr(p, '/')) != NULL;
	     p = slash + 1) {
		name.p = p;
		name.n = (size_t)(slash - p);
		if (name.n == 0 || name.n > FSS_LIMIT_NAME || f->ways == DEPTH)
			return;
		i = (size_t)(slash - line);
		{
			struct fss__meta_node e;
			int r = fss__meta_node_child(f->db, at, name, &e);

			must(r, "child");
			at = r == 1 ?
			    e.id :
			    entry(f, o->id, at, FSS_KIND_DIR, name, 0);
		}
		f->way[f->ways].end = i;
		f->way[f->ways++].id = at;
	}
	(void)snprintf(f->last, sizeof(f->last), "%s", line);
	name.p = p;
	name.n = strlen(p);
	if (name.n > 0 && name.n <= FSS_LIMIT_NAME)
		file(f, o, at, name, mix(line, strlen(line)));
}

static void
settle(struct filler *f)
{
	int r;

	do
		r = fss__search_settle(f->db, (int)BATCH * 4);
	while (r > 0);
	must(r, "settle");
	must(fss__store_commit(f->store, true), "commit");
}

static void
fill(const char *dir)
{
	static struct filler f;
	struct fss__store_config cfg;
	int64_t start = fss__mono_us(), part = start;
	struct fss__err err;
	struct owner *asker;
	char *line = NULL;
	size_t cap = 0;
	uint64_t n = 0;
	ssize_t len;
	int r;

	memset(&cfg, 0, sizeof(cfg));
	cfg.dir = dir;
	fss__err_clear(&err);
	(void)mkdir(dir, 0700);
	r = fss__store_create(dir, &err);
	must(r == FSS_EEXIST ? 0 : r, "create");
	must(fss__store_open(&cfg, &err, &f.store), "open");
	f.db = fss__store_db(f.store);
	f.owner = fss__calloc(OWNERS, sizeof(*f.owner));
	must(f.owner == NULL ? FSS_ENOMEM : 0, "owners");
	must(fss__store_begin(f.store), "begin");
	asker = owner_of(&f, "asker");
	f.asker = asker->id;
	while ((len = getline(&line, &cap, stdin)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		path(&f, line);
		if (++n % BATCH != 0)
			continue;
		settle(&f);
		must(fss__store_begin(f.store), "begin");
		if (n % (BATCH * 25) == 0) {
			(void)printf("%" PRIu64 " paths, %" PRIu64
				     " entries: %.0f/s\n",
			    n, f.entries,
			    (double)BATCH * 25 /
				((double)(fss__mono_us() - part) / 1e6));
			(void)fflush(stdout);
			part = fss__mono_us();
		}
	}
	settle(&f);
	(void)printf("%" PRIu64 " paths, %" PRIu64 " entries in %.0f s\n", n,
	    f.entries, (double)(fss__mono_us() - start) / 1e6);
	free(line);
	fss__free(f.owner);
	fss__store_close(f.store);
}

static void
settle_all(const char *dir)
{
	static struct filler f;
	int64_t start = fss__mono_us();
	struct fss__store_config cfg;
	struct fss__err err;
	int64_t n = 0;
	int r;

	memset(&cfg, 0, sizeof(cfg));
	cfg.dir = dir;
	fss__err_clear(&err);
	must(fss__store_open(&cfg, &err, &f.store), "open");
	f.db = fss__store_db(f.store);
	do {
		must(fss__store_begin(f.store), "begin");
		r = fss__search_settle(f.db, (int)BATCH);
		if (r == 0)
			r = fss__search_retag(f.db, (int)BATCH * 4);
		must(r, "settle");
		n += r;
		must(fss__store_commit(f.store, true), "commit");
	} while (r > 0);
	(void)printf("%" PRId64 " names in %.0f s\n", n,
	    (double)(fss__mono_us() - start) / 1e6);
	fss__store_close(f.store);
}

/* ---- asking ------------------------------------------------------------ */

struct class {
	char		 name[32];
	double		*ms, *cpu;
	size_t		 n;
	uint64_t	 rows, pages;
	uint64_t	 empty;		/* questions without a row */
	uint64_t	 offered, meant;	/* of them with such texts */
};

struct seen {
	unsigned	rows;
	bool		show;
};

static int
take(void *arg, const void *record)
{
	const struct fss__m_entry *e = record;
	struct seen *s = arg;

	if (s->rows == PAGE)
		return FSS_EAGAIN;
	s->rows++;
	if (s->show)
		(void)printf("    %.*s:%.*s\n", (int)e->owner.n,
		    (const char *)e->owner.p, (int)e->path.n,
		    (const char *)e->path.p);
	return 0;
}

struct offered {
	const char	*meant;	/* NULL: nobody knows */
	bool		 show;
	unsigned	 count, right;
};

static int
take_near(void *arg, const void *record)
{
	const struct fss__m_near *m = record;
	struct offered *o = arg;

	o->count++;
	if (o->meant != NULL &&
	    fss__slice_eq(m->text, fss__slice_str(o->meant)))
		o->right++;
	if (o->show)
		(void)printf("    near: %.*s\n", (int)m->text.n,
		    (const char *)m->text.p);
	return 0;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static struct class *
class_of(struct class *c, size_t *n, const char *name)
{
	size_t i;

	for (i = 0; i < *n; i++) {
		if (strcmp(c[i].name, name) == 0)
			return &c[i];
	}
	if (*n == CLASSES) {
		(void)fprintf(stderr, "bench_search: too many classes\n");
		exit(1);
	}
	(void)snprintf(c[i].name, sizeof(c[i].name), "%s", name);
	c[i].ms = fss__calloc(SAMPLES, sizeof(double));
	c[i].cpu = fss__calloc(SAMPLES, sizeof(double));
	must(c[i].ms == NULL || c[i].cpu == NULL ? FSS_ENOMEM : 0, "samples");
	(*n)++;
	return &c[i];
}

/* Into the question: NAME=VALUE, or nothing. */
static void
set_filter(struct fss__m_find *m, const char *filter)
{
	const char *value = strchr(filter, '=');
	uint64_t n;

	if (value++ == NULL)
		return;
	n = strtoull(value, NULL, 10);
	switch (filter[0]) {
	case 'k':
		m->has |= FSS__K_find_kind;
		m->kind = n;
		break;
	case 'n':
		m->has |= FSS__K_find_newer_us;
		m->newer_us = (int64_t)n;
		break;
	case 'o':
		m->has |= FSS__K_find_owner;
		m->owner = fss__slice_str(value);
		break;
	case 't':
		m->has |= FSS__K_find_type;
		m->type = fss__slice_str(value);
		break;
	case 'u':
		m->has |= FSS__K_find_under;
		m->under = fss__slice_str(value);
		break;
	default:
		m->has |= filter[1] == 'i' ? FSS__K_find_size_min :
		    FSS__K_find_state;
		m->size_min = n;
		m->state = n;
	}
}

/* The first page, in as many calls as it takes. */
static void
question(struct fss__ctx *ctx, const struct fss__actor *who, char *const *field,
    struct class *c, bool show)
{
	const char *text = field[1];
	const char *meant = field[2][0] != '\0' ? field[2] : NULL;
	char *next_filter = field[3], *filter, *to;
	struct offered near = { meant, show, 0, 0 };
	struct fss__cursor next;
	struct fss__m_find m;
	struct seen s = { 0, show };
	int64_t start = fss__mono_us(), cpu = cpu_us();
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_find_text;
	m.text = fss__slice_str(text);
	for (filter = strtok_r(next_filter, " ", &to); filter != NULL;
	     filter = strtok_r(NULL, " ", &to))
		set_filter(&m, filter);
	next.len = 0;
	do {
		if (next.len > 0) {
			m.has |= FSS__K_find_cursor;
			m.cursor.p = next.b;
			m.cursor.n = next.len;
		}
		must(fss__db_begin(ctx->db), "begin");
		{
			struct fss__cursor got;

			r = fss__entry_find(ctx, who, &m, take, &s, &got);
			if (r == 0 && s.rows == 0 && next.len == 0)
				r = fss__entry_near(ctx, who, &m, take_near,
				    &near);
			next = got;
		}
		fss__db_abort(ctx->db);
		if (r == FSS_EAGAIN)
			r = 0;
		must(r == FSS_EINVAL ? 0 : r, text);
		c->pages++;
	} while (s.rows < PAGE && next.len > 0);
	if (c->n < SAMPLES) {
		c->ms[c->n] = (double)(fss__mono_us() - start) / 1e3;
		c->cpu[c->n++] = (double)(cpu_us() - cpu) / 1e3;
	}
	c->rows += s.rows;
	c->empty += s.rows == 0;
	c->offered += near.count > 0;
	c->meant += near.right > 0;
}

/* Its fields in a copy: false if there are fewer than two. */
static bool
split(const char *line, char *copy, char *field[FIELDS])
{
	static char none[1];
	size_t i;

	(void)memcpy(copy, line, strlen(line) + 1);
	for (i = 0; i < FIELDS; i++) {
		field[i] = copy != NULL ? copy : none;
		copy = copy != NULL ? strchr(copy, '\t') : NULL;
		if (copy != NULL)
			*copy++ = '\0';
	}
	return field[1] != none;
}

static void
ask(const char *dir, unsigned rounds, bool show)
{
	static struct class class[CLASSES];
	static struct fss__rules rules;
	struct fss__meta_account a;
	struct fss__kept *kept;
	char **line = NULL, *buf = NULL, *field[FIELDS], file[4096];
	size_t n = 0, i, classes = 0, cap = 0;
	struct fss__actor who;
	struct fss__ctx ctx;
	struct fss__err err;
	struct class *c;
	unsigned round;
	ssize_t len;

	memset(&ctx, 0, sizeof(ctx));
	memset(&who, 0, sizeof(who));
	fss__err_clear(&err);
	(void)snprintf(file, sizeof(file), "%s/meta.db", dir);
	must(fss__db_open(file, FSS__DB_READ, &err, &ctx.db), "open");
	must(fss__kept_new(fss__kept_hub, &kept), "kept");
	fss__kept_use(ctx.db, kept);
	ctx.rules = &rules;
	ctx.now_us = fss__wall_us();
	must(fss__meta_account_by_name(ctx.db, fss__slice_str("asker"), &a),
	    "asker");
	who.account = a.id;
	while ((len = getline(&buf, &cap, stdin)) > 0) {
		if (buf[len - 1] == '\n')
			buf[len - 1] = '\0';
		line = realloc(line, (n + 1) * sizeof(*line));
		line[n++] = strdup(buf);
	}
	buf = realloc(buf, cap + 1);	/* as long as the longest */
	must(n > 0 && buf == NULL ? FSS_ENOMEM : 0, "lines");
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < n; i++) {
			if (!split(line[i], buf, field))
				continue;
			c = class_of(class, &classes, field[0]);
			if (show)
				(void)printf("%s\t%s\n", field[1], field[3]);
			question(&ctx, &who, field, c, show);
			if (show)
				(void)printf(
				    "  %.2f ms, %.2f of the processor\n",
				    c->ms[c->n - 1], c->cpu[c->n - 1]);
		}
	}
	for (i = 0; i < classes; i++) {
		c = &class[i];
		qsort(c->ms, c->n, sizeof(double), by_value);
		qsort(c->cpu, c->n, sizeof(double), by_value);
		(void)printf("%-10s %5zu  p50 %7.2f ms  p99 %7.2f  max %7.2f"
			     "  cpu p50 %6.2f p99 %6.2f max %6.2f  rows %4.1f"
			     " calls %.1f  empty %" PRIu64
			     " offered %" PRIu64 " meant %" PRIu64 "\n",
		    c->name, c->n, c->ms[c->n / 2],
		    c->ms[(size_t)((double)c->n * .99)], c->ms[c->n - 1],
		    c->cpu[c->n / 2], c->cpu[(size_t)((double)c->n * .99)],
		    c->cpu[c->n - 1], (double)c->rows / (double)c->n,
		    (double)c->pages / (double)c->n, c->empty,
		    c->offered, c->meant);
	}
	fss__db_close(ctx.db);
	fss__kept_free(kept);
}

int
main(int argc, char **argv)
{
	must(fss__crypto_init(), "crypto");
	if (argc == 3 && strcmp(argv[1], "fill") == 0)
		fill(argv[2]);
	else if (argc == 3 && strcmp(argv[1], "settle") == 0)
		settle_all(argv[2]);
	else if (argc >= 3 && strcmp(argv[1], "ask") == 0)
		ask(argv[2],
		    argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1,
		    argc > 4);
	else {
		(void)fprintf(stderr, "usage: bench_search fill|settle|ask FOLDER\n");
		return 2;
	}
	return 0;
}
