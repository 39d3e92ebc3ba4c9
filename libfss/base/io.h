/*
 * System calls with EINTR and short transfers handled, mapped to FSS_E...
 * Nothing else in libfss loops over read() or write().
 */
#ifndef FSS__BASE_IO_H
#define FSS__BASE_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* errno -> FSS_E... (ENOSPC, EROFS, EACCES, ENOENT, ...; else FSS_EIO). */
int	fss__errno(int e);

/* Read up to @n bytes, fewer only at the end of the file. */
int	fss__io_read(int fd, void *p, size_t n, size_t *ret_n);
int	fss__io_pread(int fd, void *p, size_t n, uint64_t off, size_t *ret_n);
int	fss__io_write(int fd, const void *p, size_t n);
int	fss__io_pwrite(int fd, const void *p, size_t n, uint64_t off);
int	fss__io_fdatasync(int fd);
int	fss__io_fsync_dir(const char *path);
/* A whole small file; FSS_ETOOBIG above @max. Caller fss__free()s; NUL added. */
int	fss__io_read_file(const char *path, size_t max, uint8_t **ret_data,
	    size_t *ret_len);
/*
 * Durable replacement: writes "path.tmpXXXX" beside it with @mode, fsyncs,
 * renames, fsyncs the folder.
 */
int	fss__io_write_file(const char *path, const void *p, size_t n,
	    mode_t mode);

#endif
