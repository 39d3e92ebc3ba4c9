/*
 * What a text field may hold.
 */
#ifndef FSS__WIRE_TEXT_H
#define FSS__WIRE_TEXT_H

#include "base/str.h"

/* Valid UTF-8 without a NUL. */
bool	fss__text_ok(struct fss__slice s);
/*
 * The longest beginning of @s, of at most @max bytes, that is such text: for
 * what comes from elsewhere and must be shown rather than refused, as the
 * detail of an error.  Never ends inside a character.
 */
struct fss__slice fss__text_clip(struct fss__slice s, size_t max);

#endif
