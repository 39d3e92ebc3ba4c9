/*
 * A client of a hub_drive, as far as tests of the hub need one: it encodes
 * requests, keeps its session id and reads answers.  Nothing is repeated and
 * nothing is hidden.  What a test does not expect ends it.
 */
#ifndef FSS_TEST_HUB_PEER_H
#define FSS_TEST_HUB_PEER_H

#include "hub_drive.h"

struct hub_peer {
	struct hub_drive *d;
	uint64_t route;
	uint8_t key[FSS__KEY_BYTES];
	uint8_t session[FSS__SESSION_BYTES];
	bool open;
	uint64_t req; /* of the last request sent */
	struct hub_msg *last; /* what answers point into */
	struct fss__m_error error; /* of the last that failed */
};

/* The peer number @n has route and key of that number. */
void hub_peer_init(struct hub_peer *p, struct hub_drive *d, uint8_t n);
void hub_peer_release(struct hub_peer *p);

/* Sends a request, @msg its record, and runs nothing: its id. */
uint64_t hub_peer_send(struct hub_peer *p, unsigned type, const void *msg,
    struct fss__frame *payload);
/*
 * The next message is the answer to @req: 0 and, decoded, the answer in
 * @ret (may be NULL), valid until the next; or its FSS_E... and p->error.
 */
int hub_peer_take(struct hub_peer *p, uint64_t req, void *ret);
/* Both, with the jobs between them. */
int hub_peer_ask(struct hub_peer *p, unsigned type, const void *msg,
    struct fss__frame *payload, void *ret);
/* Nothing was answered. */
void hub_peer_silence(struct hub_peer *p);

/* HELLO: 0 and an open session, or FSS_E... */
int hub_peer_hello(struct hub_peer *p);
/* HELLO and REGISTER. */
void hub_peer_register(struct hub_peer *p, const char *name);
int hub_peer_login(struct hub_peer *p, const char *name, const char *password);
int hub_peer_ping(struct hub_peer *p);

/* The content number @n of @len bytes, and its id. */
struct fss__frame *
hub_peer_content(unsigned n, size_t len, struct fss__id *ret_id);
/* PUT of one node, without waiting. */
uint64_t hub_peer_put_send(
    struct hub_peer *p, const struct fss__id *id, struct fss__frame *content);
/* PUT of content @n and COMMIT as @path: the version, for GET. */
uint64_t
hub_peer_file(struct hub_peer *p, const char *path, unsigned n, size_t len);
/* A commit of one file; @op is the op id's first byte.  The row's status. */
int hub_peer_commit(struct hub_peer *p, uint8_t op, const char *path,
    const struct fss__id *root, uint64_t size, struct fss__m_entry *ret_row);
/* GET of the first node of @version in @m; @b, to be released, has its item. */
void hub_peer_get_make(
    uint64_t version, struct fss__buf *b, struct fss__m_get *m);
/* The same sent, without waiting. */
uint64_t hub_peer_get_send(struct hub_peer *p, uint64_t version);
void hub_peer_credit(struct hub_peer *p, uint64_t received);
/* ACCESS that works; @op as above. */
void hub_peer_access(
    struct hub_peer *p, uint8_t op, const char *path, int access);
int hub_peer_stat(
    struct hub_peer *p, const char *path, struct fss__m_entry *ret_row);

#endif
