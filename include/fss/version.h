/*
 * Versions.  The library's, the ABI's (soname), the protocol's and the
 * store's are independent numbers.
 *
 * Thread rule: callable from any thread.
 */
#ifndef FSS_VERSION_H
#define FSS_VERSION_H

#include <fss/export.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FSS_VERSION_MAJOR	0
#define FSS_VERSION_MINOR	1
#define FSS_VERSION_PATCH	0
#define FSS_VERSION_TEXT	"0.1.0"
#define FSS_ABI_MAJOR		0	/* the number in the soname */

/**
 * Give the version of the library that runs, as "1.2.3".
 *
 * Ownership: static storage, never freed.
 * Errors: none.
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_version(void);

/**
 * Give the ABI the library that runs keeps: its FSS_ABI_MAJOR.
 *
 * For who loads the library by the name of a file, as bindings do: of another
 * number than the one built for, nothing else may be called.
 * Ownership: nothing is handed over.
 * Errors: none.
 * Thread: any.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_abi_major(void);

#ifdef __cplusplus
}
#endif
#endif
