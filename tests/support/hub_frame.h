/*
 * Frames as a hub would send them, for tests of the client's session.
 */
#ifndef FSS_TEST_HUB_FRAME_H
#define FSS_TEST_HUB_FRAME_H

#include "base/frame.h"
#include "wire/message.h"

/* A WELCOME in answer to @req; @session 16 bytes. Change @m before. */
void	hub_welcome_fill(struct fss__m_welcome *m, const uint8_t *session);
/* An encoded message as a frame; aborts when out of memory. */
struct fss__frame *hub_frame(unsigned type, uint64_t req,
	    const uint8_t *session, const struct fss__record *rec,
	    const void *msg);
struct fss__frame *hub_error(uint64_t req, int code);

#endif
