/*
 * The only door to Kore: its headers, and what has to be true of them.
 *
 * Kore 4.1 has no stable ABI: a module must be compiled with the very flags
 * Kore was (its features file), or fields are shifted silently.  What the
 * module touches is compared with what was read when it was written.
 */
#ifndef FSSWEB_KORE_HOST_H
#define FSSWEB_KORE_HOST_H

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>
#include <kore/kore.h>
#include <kore/http.h>
#pragma GCC diagnostic pop
/* kore.h turns this one off for whoever includes it. */
#pragma GCC diagnostic warning "-Wdeprecated-declarations"

#define WEB_KORE_VERSION	"4.1.0"

#if defined(__x86_64__) || defined(__aarch64__)
_Static_assert(sizeof(struct http_request) == 608,
    "compile with the flags of /usr/share/kore/features");
_Static_assert(sizeof(struct kore_event) == 16, "struct kore_event");
_Static_assert(offsetof(struct connection, ssl) == 40, "struct connection");
#endif

#define WEB_EXPORT	__attribute__((visibility("default")))

#endif
