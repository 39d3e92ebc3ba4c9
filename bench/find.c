/*
 * One person who searches a running hub, for bench/search.py.
 *
 *	bench_find device DATA KEYFILE
 *	bench_find ask ADDRESS KEYFILE
 *
 * device gives the account "asker" of a store nobody uses, made by
 * bench_search, a new key.  ask logs in with it over CURVE and reads lines of
 * stdin, fields divided by tabs:
 *
 *	find PAGES TEXT [FIELD=VALUE...]	for each page, until there is no
 *		more: microseconds from sending until its last row is here,
 *		those until the first answer, rows, answers
 *	new NAME	uploads a file of no content and asks until it is found:
 *		microseconds of the upload, from its end until it is found,
 *		answers
 *
 * A page has 50 rows.  Where an answer has fewer and a cursor, what is missing
 * is asked for, as any client does, and is part of the page's time.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include <fss/fss.h>

#include "base/str.h"
#include "base/time.h"
#include "peer.h"
#include "store/meta_account.h"
#include "store/meta_device.h"
#include "store/store.h"

#define PAGE	50u
#define WAIT_MS	60000
#define FIELDS	16u

/* ---- the key ----------------------------------------------------------- */

static void
device(const char *data, const char *keyfile)
{
	uint8_t public[FSS__KEY_BYTES], secret[FSS__KEY_BYTES];
	struct fss__store_config cfg;
	struct fss__meta_account a;
	char text[FSS__KEY_TEXT];
	struct fss__store *s;
	struct fss__err err;
	int64_t id;
	FILE *f;

	memset(&cfg, 0, sizeof(cfg));
	cfg.dir = data;
	bench_need(fss__store_open(&cfg, &err, &s), "store");
	bench_need(fss__store_begin(s), "begin");
	if (fss__meta_account_by_name(fss__store_db(s),
	    fss__slice_str("asker"), &a) != 1)
		bench_die("asker", FSS_ENOACCOUNT);
	fss__keypair(public, secret);
	bench_need(fss__meta_device_insert(fss__store_db(s), a.id, public,
	    fss__slice_str("bench"), fss__wall_us(), &id), "device");
	bench_need(fss__store_commit(s, true), "commit");
	fss__store_close(s);
	fss__key_encode(text, secret);
	f = fopen(keyfile, "we");
	if (f == NULL || fprintf(f, "%s\n", text) < 0 || fclose(f) != 0)
		bench_die(keyfile, FSS_EIO);
}

static void
read_key(const char *keyfile, uint8_t secret[FSS__KEY_BYTES])
{
	char line[FSS__KEY_TEXT + 2];
	FILE *f = fopen(keyfile, "re");

	if (f == NULL || fgets(line, sizeof(line), f) == NULL)
		bench_die(keyfile, FSS_EIO);
	(void)fclose(f);
	line[strcspn(line, "\n")] = '\0';
	bench_need(fss__key_decode(secret, line), keyfile);
}

/* ---- asking ------------------------------------------------------------ */

struct person {
	struct bench_hub	 hub;
	uint8_t			 secret[1][FSS__KEY_BYTES];
	uint8_t			 public[1][FSS__KEY_BYTES];
	struct bench_peer	 peer;
	int			 fd;
	fss_client		*client;	/* for uploads, */
	char			 empty[1024];	/* of this file */
};

static void
wait_answer(struct person *p, struct bench_answer *ret_a)
{
	struct pollfd pfd = { p->fd, POLLIN, 0 };

	while (!bench_peer_next(&p->peer, ret_a)) {
		if (poll(&pfd, 1, WAIT_MS) == 0)
			bench_die("the hub does not answer", FSS_ETIMEDOUT);
	}
}

static void
log_in(struct person *p, const char *address, const char *keyfile)
{
	const char *hash = strchr(address, '#');
	struct bench_answer a;
	void *zmq = zmq_ctx_new();

	if (strncmp(address, "fss://", 6) != 0 || hash == NULL || zmq == NULL)
		bench_die(address, FSS_EINVAL);
	bench_need(fss__fmt(p->hub.address, sizeof(p->hub.address), "%s",
	    address), "address");
	bench_need(fss__fmt(p->hub.endpoint, sizeof(p->hub.endpoint),
	    "tcp://%.*s", (int)(hash - address - 6), address + 6), "address");
	bench_need(fss__key_decode(p->hub.key, hash + 1), "key");
	read_key(keyfile, p->secret[0]);
	bench_need(fss__fmt(p->empty, sizeof(p->empty), "%s.empty", keyfile),
	    "name");
	bench_need(fss__key_public(p->public[0], p->secret[0]), "key");
	p->hub.people = 1;
	p->hub.secret = p->secret;
	p->hub.public = p->public;
	bench_peer_open(&p->peer, zmq, &p->hub, 0, &p->fd);
	wait_answer(p, &a);
	bench_need(a.err, "log in");
	bench_answer_drop(&a);
}

struct answer {
	unsigned	rows;
	uint8_t		cursor[FSS__MAX_CURSOR];
	size_t		len;		/* 0: there is no more */
};

static void
ask_once(struct person *p, struct fss__m_find *m, unsigned limit,
    struct answer *got)
{
	struct fss__m_entry_list list;
	struct bench_answer a;

	m->has |= FSS__K_find_limit;
	m->limit = limit;
	if (got->len > 0) {
		m->has |= FSS__K_find_cursor;
		m->cursor.p = got->cursor;
		m->cursor.n = got->len;
	}
	bench_peer_send(&p->peer, FSS__MSG_FIND, m);
	wait_answer(p, &a);
	bench_need(a.err, "find");
	bench_answer_read(&a, &list);
	got->rows = (unsigned)list.entries.count;
	got->len = list.has & FSS__K_entry_list_cursor ? list.cursor.n : 0;
	memcpy(got->cursor, list.cursor.n > 0 ? list.cursor.p : got->cursor,
	    got->len);
	bench_answer_drop(&a);
}

/* One page: true if there is a next one. */
static bool
page(struct person *p, struct fss__m_find *m, struct answer *got)
{
	int64_t start = fss__mono_us(), first = 0;
	unsigned rows = 0, answers = 0;

	do {
		ask_once(p, m, PAGE - rows, got);
		if (answers++ == 0)
			first = fss__mono_us() - start;
		rows += got->rows;
	} while (rows < PAGE && got->len > 0);
	(void)printf("%" PRId64 "\t%" PRId64 "\t%u\t%u\n",
	    fss__mono_us() - start, first, rows, answers);
	return got->len > 0;
}

static void
set_field(struct fss__m_find *m, const char *name, const char *value)
{
	uint64_t n = strtoull(value, NULL, 10);

	if (strcmp(name, "owner") == 0) {
		m->has |= FSS__K_find_owner;
		m->owner = fss__slice_str(value);
	} else if (strcmp(name, "under") == 0) {
		m->has |= FSS__K_find_under;
		m->under = fss__slice_str(value);
	} else if (strcmp(name, "type") == 0) {
		m->has |= FSS__K_find_type;
		m->type = fss__slice_str(value);
	} else if (strcmp(name, "kind") == 0) {
		m->has |= FSS__K_find_kind;
		m->kind = n;
	} else if (strcmp(name, "size_min") == 0) {
		m->has |= FSS__K_find_size_min;
		m->size_min = n;
	} else if (strcmp(name, "newer") == 0) {
		m->has |= FSS__K_find_newer_us;
		m->newer_us = (int64_t)n;
	} else {
		bench_die(name, FSS_EINVAL);
	}
}

static void
find(struct person *p, char *const *field, unsigned n)
{
	struct answer got = { .len = 0 };
	struct fss__m_find m;
	uint64_t pages;
	char *value;
	unsigned i;

	memset(&m, 0, sizeof(m));
	pages = bench_number("find", field[1]);
	m.text = fss__slice_str(field[2]);
	if (m.text.n > 0)
		m.has |= FSS__K_find_text;
	for (i = 3; i < n; i++) {
		value = strchr(field[i], '=');
		if (value == NULL)
			bench_die(field[i], FSS_EINVAL);
		*value = '\0';
		set_field(&m, field[i], value + 1);
	}
	while (page(p, &m, &got) && --pages > 0)
		;
}

/* ---- a new file -------------------------------------------------------- */

static void
need_client(struct person *p)
{
	FILE *f;

	if (p->client != NULL)
		return;
	f = fopen(p->empty, "we");
	if (f == NULL || fclose(f) != 0)
		bench_die(p->empty, FSS_EIO);
	bench_need(fss_client_new(&p->client), "client");
	bench_need(fss_client_set_address(p->client, p->hub.address),
	    "address");
	bench_need(fss_client_set_identity(p->client, p->secret[0]),
	    "identity");
	bench_need(fss_client_open(p->client), "open");
}

static void
new_file(struct person *p, const char *name)
{
	int64_t start, done;
	struct fss__m_find m;
	struct answer got;
	unsigned answers = 0;
	char path[512];
	fss_op op = 0;

	need_client(p);
	bench_need(fss__fmt(path, sizeof(path), ":/%s", name), "name");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_find_text;
	m.text = fss__slice_str(name);
	start = fss__mono_us();
	bench_finish(p->client, fss_client_upload(p->client, p->empty, path,
	    0, NULL, &op), &op, "upload");
	done = fss__mono_us();
	do {
		got.len = 0;
		ask_once(p, &m, PAGE, &got);
		answers++;
	} while (got.rows == 0);
	(void)printf("%" PRId64 "\t%" PRId64 "\t%u\n", done - start,
	    fss__mono_us() - done, answers);
}

static void
ask(const char *address, const char *keyfile)
{
	static struct person p;
	char *line = NULL, *field[FIELDS], *at;
	size_t cap = 0;
	unsigned n;

	log_in(&p, address, keyfile);
	while (getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		for (n = 0, at = line; at != NULL && n < FIELDS; n++) {
			field[n] = at;
			at = strchr(at, '\t');
			if (at != NULL)
				*at++ = '\0';
		}
		if (n >= 3 && strcmp(field[0], "find") == 0)
			find(&p, field, n);
		else if (n == 2 && strcmp(field[0], "new") == 0)
			new_file(&p, field[1]);
		else
			bench_die(field[0], FSS_EINVAL);
		(void)printf("\n");	/* that was all */
		(void)fflush(stdout);
	}
	free(line);
	fss_client_free(p.client);
	bench_peer_close(&p.peer);
}

int
main(int argc, char **argv)
{
	bench_need(fss__crypto_init(), "crypto");
	if (argc == 4 && strcmp(argv[1], "device") == 0)
		device(argv[2], argv[3]);
	else if (argc == 4 && strcmp(argv[1], "ask") == 0)
		ask(argv[2], argv[3]);
	else {
		(void)fprintf(stderr, "usage: bench_find device DATA KEYFILE\n"
		    "       bench_find ask ADDRESS KEYFILE\n");
		return 2;
	}
	return 0;
}
