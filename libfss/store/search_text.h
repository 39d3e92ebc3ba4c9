/*
 * The signs in indexed names; see search_text.c.  Names cannot hold them.
 */
#ifndef FSS__STORE_SEARCH_TEXT_H
#define FSS__STORE_SEARCH_TEXT_H

#include <stdbool.h>

#define FSS__SEARCH_SIGN_WORD	'\001'
#define FSS__SEARCH_SIGN_START	'\002'
#define FSS__SEARCH_SIGN_END	'\003'

/* Letters and digits; everything beyond ASCII passes for a letter. */
static inline bool
fss__search_alnum(unsigned char c)
{
	return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

#endif
