/*
 * HTML put together piece by piece, all text escaped.
 */
#ifndef FSSWEB_HTML_H
#define FSSWEB_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct html {
	char	*p;
	size_t	 len, cap;
	bool	 failed;	/* memory was short; nothing more is added */
};

void	html_init(struct html *h);
void	html_release(struct html *h);
/* As it is: texts of the program. */
void	html_put(struct html *h, const char *s);
/* What was put together elsewhere; nothing if memory was short there. */
void	html_add(struct html *h, const struct html *more);
/* Escaped, for content and for quoted values alike. */
void	html_text(struct html *h, const char *s);
/* Percent-encoded, as a value in a query. */
void	html_query(struct html *h, const char *s);
/* "1.5 MB"; "2026-11-27 17:32 UTC". */
void	html_size(struct html *h, uint64_t bytes);
void	html_time(struct html *h, int64_t us);
void	html_number(struct html *h, uint64_t n);

#endif
