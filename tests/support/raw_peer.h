/*
 * A peer that speaks ZMTP 3 and CURVE by hand: it can send what a ZeroMQ
 * socket would never let out, a message without an end above all.
 */
#ifndef FSS_TEST_RAW_PEER_H
#define FSS_TEST_RAW_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct raw_peer;

/*
 * Connects to loopback and shakes hands: with CURVE under a fresh key where
 * @server_key (32 bytes) is given, in plain text where it is NULL.  NULL if
 * the hub ends the connection meanwhile.
 */
struct raw_peer *raw_peer_open(unsigned port, const uint8_t *server_key);
/* The same over @fd, in plain text, with either half of the handshake. */
struct raw_peer *raw_peer_plain(int fd);
void	raw_peer_close(struct raw_peer *p);	/* NULL is fine */

/* Sends one part; false when the connection is gone. */
bool	raw_peer_send(struct raw_peer *p, const void *data, size_t n,
	    bool more);
/* Sends a heartbeat of ZMTP. */
bool	raw_peer_ping(struct raw_peer *p);
/* From now on nothing goes out (8 KiB at most), until */
void	raw_peer_hold(struct raw_peer *p);
/* all of it does, at once, and the connection ends by a reset. */
bool	raw_peer_slam(struct raw_peer *p);
/* Waits until the hub sends something (true) or ends the connection. */
bool	raw_peer_wait(struct raw_peer *p);
/* Reads and throws away that much, or until the end (false). */
bool	raw_peer_drain(struct raw_peer *p, uint64_t bytes);

#endif
