/*
 * Sizes, durations, dates and names of modes as people type and read them.
 */
#ifndef FSSCTL_PARSE_H
#define FSSCTL_PARSE_H

#include <stddef.h>
#include <stdint.h>

/* A word of the command line and what it stands for; a list ends with NULL. */
struct named {
	const char	*name;
	int64_t		 value;
};

int	named_value(const struct named *t, const char *s, int64_t *ret_value);
const char *named_text(const struct named *t, int64_t value);  /* "unknown" */

/* All return 0 or FSS_EINVAL. */
int	parse_count(const char *s, int64_t *ret_n);
int	parse_size(const char *s, int64_t *ret_bytes);	  /* 4k 10M 1.5G */
int	parse_duration(const char *s, int64_t *ret_s);	  /* 30m 12h 7d 2w */
/* "2024-05-31", or a duration: so long before @now_us. */
int	parse_when(const char *s, int64_t now_us, int64_t *ret_us);
int	parse_role(const char *s, int64_t *ret_role);
int	parse_kind(const char *s, int64_t *ret_kind);
int	parse_access(const char *s, int64_t *ret_access); /* not "inherit" */
int	parse_state(const char *s, int64_t *ret_state);
/* "read", "read,create": FSS_RIGHT_... */
int	parse_rights(const char *s, uint32_t *ret_rights);

const char *role_name(int64_t role);
const char *kind_name(int64_t kind);
const char *access_name(int64_t access);
const char *state_name(int64_t state);

/* Texts for people; @dst of TEXT_BYTES. */
#define TEXT_BYTES	64
void	format_size(int64_t bytes, char *dst);
void	format_time(int64_t us, char *dst);
void	format_stamp(int64_t us, char *dst);		  /* with seconds */
void	format_duration(int64_t s, char *dst);
void	format_rights(int64_t rights, char *dst);	  /* "see,read" */
void	format_mode(int64_t kind, int64_t mode, char *dst);

#endif
