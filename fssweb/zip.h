/*
 * A zip made while it is sent: entries in, bytes out.
 */
#ifndef FSSWEB_ZIP_H
#define FSSWEB_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zip;

/* All return 0 or FSS_E... */
int	zip_new(struct zip **ret_z);
void	zip_free(struct zip *z);
/*
 * Begins an entry.  @name: UTF-8, relative, of canonical components; what
 * would be more than a name to some program that unpacks becomes '_'.
 */
int	zip_file(struct zip *z, const char *name, uint64_t size,
	    int64_t mtime_s);
int	zip_folder(struct zip *z, const char *name, int64_t mtime_s);
/* Content of the file begun; all of its size must come. */
int	zip_data(struct zip *z, const void *data, size_t len);
/* The directory at the end; nothing may follow. */
int	zip_close(struct zip *z);
/* Takes what there is to send, up to @len bytes. */
size_t	zip_take(struct zip *z, void *buf, size_t len);
bool	zip_empty(const struct zip *z);

#endif
