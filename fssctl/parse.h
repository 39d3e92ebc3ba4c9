/*
 * Sizes, durations, dates and numbers as people type and read them.
 */
#ifndef FSSCTL_PARSE_H
#define FSSCTL_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "words.h"

/* All return 0 or FSS_EINVAL. */
int	parse_count(const char *s, int64_t *ret_n);
int	parse_size(const char *s, int64_t *ret_bytes);	  /* 4k 10M 1.5G */
int	parse_duration(const char *s, int64_t *ret_s);	  /* 30m 12h 7d 2w */
/* "2024-05-31", or a duration: so long before @now_us. */
int	parse_when(const char *s, int64_t now_us, int64_t *ret_us);
/* A request, a rule: 1 and up. */
int	parse_id(const char *s, uint64_t *ret_id);

/* Texts for people; @dst of TEXT_BYTES. */
#define TEXT_BYTES	64
void	format_size(int64_t bytes, char *dst);
void	format_time(int64_t us, char *dst);
void	format_stamp(int64_t us, char *dst);		  /* with seconds */
void	format_duration(int64_t s, char *dst);
void	format_mode(int64_t kind, int64_t mode, char *dst);

#endif
