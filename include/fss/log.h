/*
 * The log hook of the library's handles.
 *
 * Thread rule: a hook may be called from threads of the library's own; it
 * must be thread-safe and must not call back into the handle.
 */
#ifndef FSS_LOG_H
#define FSS_LOG_H

#ifdef __cplusplus
extern "C" {
#endif

enum fss_log_level {
	FSS_LOG_ERROR = 0,
	FSS_LOG_WARN = 1,
	FSS_LOG_NOTICE = 2,
	FSS_LOG_INFO = 3,
	FSS_LOG_DEBUG = 4
};

/*
 * @module: part of the library, @msg: constant lower-case text, @fields:
 * "key=value ..." in logfmt or "".  All are valid during the call only.
 */
typedef void (*fss_log_fn)(void *ctx, int level, const char *module,
    const char *msg, const char *fields);

#ifdef __cplusplus
}
#endif
#endif
