/*
 * Schema version 7: requests that are of one download share its ticket.
 */
#ifndef FSS__STORE_SCHEMA_TICKET_H
#define FSS__STORE_SCHEMA_TICKET_H

static const char *const fss__schema_ticket[] = {
	/*
	 * open: takes of it that nobody ended.  counted: 1 once the download
	 * has counted; the rest of the file may then still be fetched.
	 */
	"ALTER TABLE ticket ADD COLUMN open INTEGER NOT NULL DEFAULT 1",
	"ALTER TABLE ticket ADD COLUMN counted INTEGER NOT NULL DEFAULT 0",
	(const char *)0
};

#endif
