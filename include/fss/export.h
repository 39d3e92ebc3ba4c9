/*
 * Symbol visibility.
 *
 * The shared library hides everything but the names in libfss/libfss.map;
 * FSS_API marks the same names in the headers.
 *
 * Thread rule: nothing here is a function.
 */
#ifndef FSS_EXPORT_H
#define FSS_EXPORT_H

#if defined(__GNUC__) && !defined(FSS_STATIC)
#define FSS_API __attribute__((visibility("default")))
#else
#define FSS_API
#endif

#endif
