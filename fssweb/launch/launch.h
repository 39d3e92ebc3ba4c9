/*
 * What the files of the launcher share.
 *
 * The launcher makes a front end's folder, checks it, and becomes Kore with
 * our module in it; it does nothing while the front end runs.
 */
#ifndef FSSWEB_LAUNCH_H
#define FSSWEB_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

#include <fss/fss.h>

#include "settings.h"

#define PATH_BYTES	4096

struct launch_options {
	const char	*data;
	const char	*hub;
	const char	*listen;	/* NULL: the default */
	const char	*name;		/* NULL: the default */
	const char	*certificate, *key;	/* NULL: one is made */
	const char	*ui;		/* NULL: as installed */
	int		 ready_fd;	/* -1: none */
};

/* All return 0 or an error they have shown. */
int	cmd_init(const struct launch_options *o);
int	cmd_run(const struct launch_options *o);
int	cmd_check_config(const struct launch_options *o);

/* Shows "fssweb: WHAT: reason (detail)". Returns @err. */
int	complain(int err, const char *detail, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

/* DATA/NAME, or NAME where it is absolute. */
int	path_in(const char *data, const char *name, char *dst, size_t cap);
/* The files of a certificate for the names, made with openssl(1). */
int	make_certificate(const char *data, const char *names,
	    const char *listen);
/* @name as seen from the launcher's own folder; FSS_ENOENT, not shown. */
int	beside_program(const char *name, char dst[PATH_BYTES]);
/*
 * FSS_EKEYPERM (shown) where others may read @file; @group: its group may
 * where it is root's, who then lends it.
 */
int	check_secret(const char *file, bool group);
/* The key fssd.conf has to name, from DATA/web.pub. */
int	public_key(const char *data, char text[64]);

#endif
