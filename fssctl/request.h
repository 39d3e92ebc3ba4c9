/*
 * How requests of people are shown: a table, a line, an object; and the file
 * such a line is about.
 */
#ifndef FSSCTL_REQUEST_H
#define FSSCTL_REQUEST_H

#include "fssctl.h"
#include "output.h"

#define REQUEST_COLUMNS	8
#define LINE_BYTES	(2 * PATH_BYTES)

extern const char *const request_heads[REQUEST_COLUMNS];

/* Adds a row of request_heads to @t. */
int	request_cells(struct table *t, const fss_row *row);
/* "request 12: denied: not this one", in LINE_BYTES. */
void	request_line(const fss_row *row, char *dst);
/* For app_run(): that line, or the object with --json. */
int	request_show(struct app *app, const fss_row *row, void *arg);
/* What one keeps of the request that an operation answered with. */
struct request {
	uint64_t	id;
	int64_t		state;
	int64_t		kind;
};
/* For app_run(): request_show(), and @arg is a struct request to fill. */
int	request_take(struct app *app, const fss_row *row, void *arg);
/* Asks for @path with the options' note and shows it. 0 or what was shown. */
int	request_ask(struct app *app, const char *path, struct request *ret);
/* At log-in: a line where requests wait for an answer. */
void	request_inbox(struct app *app);
/* Makes announced files of this device known to the client. */
int	request_index(struct app *app);

#endif
