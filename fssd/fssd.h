/*
 * What the files of fssd share: configuration, log, the commands.
 *
 * fssd is a thin main on <fss/server.h>; what a hub does is in the library.
 */
#ifndef FSSD_H
#define FSSD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <fss/fss.h>

#define NAME_BYTES	4096	/* of a file */
#define VALUE_BYTES	1024	/* of a configured text */
#define LISTEN_DEFAULT	"tcp://127.0.0.1:7047"

/* ---- config.c --------------------------------------------------------- */

/* In the order of the file that init writes. */
enum setting {
	SET_LISTEN, SET_INTRODUCE, SET_LOCAL, SET_LOCAL_USERS, SET_NAME, SET_WEB_ADDRESS, SET_REGISTRATION,
	SET_KEEP_VERSIONS, SET_QUOTA, SET_QUOTA_FILES, SET_FREE_FLOOR,
	SET_STAGE_KEEP, SET_MAX_SESSIONS, SET_RECEIVE_MEMORY, SET_SEND_MEMORY,
	SET_PER_ADDRESS, SET_PER_ACCOUNT, SET_ANONYMOUS, SET_FRONT_ENDS,
	SET_PER_FRONT_END,
	SET_READERS, SET_IO_THREADS, SET_SEGMENT_SIZE,
	SET_PASSWORD_MEMORY, SET_PASSWORD_PASSES, SET_LOG_LEVEL, SET_COUNT
};

struct config {
	char		text[SET_COUNT][VALUE_BYTES];	/* as written */
	uint64_t	num[SET_COUNT];
	bool		set[SET_COUNT];
	char		problem[NAME_BYTES + VALUE_BYTES];
};

void	config_init(struct config *cfg);
/* Sets one value as if it stood in the file. FSS_ECONFIG and a problem. */
int	config_set(struct config *cfg, enum setting which, const char *value);
/*
 * Reads DATA/fssd.conf.  FSS_ECONFIG with the file and line in cfg->problem;
 * FSS_ENOENT where there is no such file.
 */
int	config_read(struct config *cfg, const char *data);
/* Writes a commented DATA/fssd.conf; what is not set is commented out. */
int	config_write(const struct config *cfg, const char *data);
/* "limits.keep_versions" */
const char *setting_name(enum setting which);
/* Whether a running hub takes a new value. */
bool	setting_live(enum setting which);
/* Gives a setting to @s. What fss_server_set_...() answers. */
int	config_apply(const struct config *cfg, enum setting which,
	    fss_server *s);

/* ---- users.c ---------------------------------------------------------- */

/* Names or numbers of users to numbers; false: one there is not, or none. */
bool	users_numbers(const char *value, char *dst, size_t cap);

/* ---- log.c ------------------------------------------------------------ */

void	log_set_level(int level);
/* A line in logfmt on stderr; an fss_log_fn, callable from any thread. */
void	log_line(void *ctx, int level, const char *module, const char *msg,
	    const char *fields);
/* The same for fssd's own lines; fields by format. */
void	log_say(int level, const char *msg, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* Quotes a value for logfmt where it needs it. */
const char *log_value(const char *text, char *dst, size_t cap);

/* ---- memory.c --------------------------------------------------------- */

struct memory {
	int64_t		 look_ms;
	uint64_t	 bytes;		/* of messages, at the last look */
	uint64_t	 given;		/* when memory was given back */
};

/* Gives memory back after much was transferred; call it now and then. */
void	memory_look(struct memory *m, const fss_server *s, int64_t now_ms);

/* ---- notify.c --------------------------------------------------------- */

/* Tells the service manager, if there is one: "READY=1" and the like. */
void	notify(const char *state);
/* "RELOADING=1" with the time it wants. */
void	notify_reloading(void);

/* ---- the commands ----------------------------------------------------- */

struct run_options {
	const char	*data;
	const char	*listen;	/* NULL: as configured */
	const char	*log_level;	/* NULL: as configured */
	int		 ready_fd;	/* -1: none */
};

struct init_options {
	const char	*data;
	const char	*listen;
	const char	*registration;
	const char	*name;
	bool		 json;
};

/* All return 0 or an error they have shown. */
int	cmd_run(const struct run_options *o);
int	cmd_init(const struct init_options *o);
int	cmd_check_config(const char *data);
int	cmd_check(const char *data, bool json);
int	cmd_backup(const char *data, const char *target, bool json);

/* ---- main.c ----------------------------------------------------------- */

/* Shows "fssd: WHAT: reason (detail)". Returns @err. */
int	complain(int err, const char *detail, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

#endif
