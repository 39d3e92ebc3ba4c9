/*
 * Reading files into the sender.
 *
 * One file is read at a time, straight into the place where it is cut; many
 * small ones fit in one slice of work.  What stat() tells before and after
 * must be the same, or the content may be a mix of two states: then it is
 * read again, and given up after a few times.
 *
 * File systems tell times in ticks of up to 10 ms.  In a file changed within
 * the present tick another change would not show; so a file is read only
 * when its last change is older than that; one that is written to all the
 * time is given up.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/time.h"
#include "client/upload.h"

#define SLICE		((size_t)512 << 10)	/* bytes read at once */
#define SLICE_SMALL	((size_t)256 << 10)	/* of small files in one turn */
#define SLICE_FILES	32
#define LARGE		((off_t)8 << 20)	/* worth another thread */
#define ATTEMPTS	3
#define WAITS		80	/* two seconds of that, and more */

static void
close_file(struct upload *u)
{
	if (u->ahead.want > 0)
		fss__helper_wait(u->op.c->helper, &u->ahead.task);
	u->ahead.want = 0;
	if (u->read_fd >= 0)
		(void)close(u->read_fd);	/* was only read from */
	u->read_fd = -1;
	u->reading = NULL;
}

void
fss__up_read_release(struct upload *u)
{
	close_file(u);
}

/* What was counted of its content does not count any more. */
static void
uncount(struct upload *u, struct upitem *it)
{
	u->op.count[FSS_COUNT_BYTES_DONE] -= it->settled;
	it->settled = 0;
}

void
fss__up_again(struct upload *u, struct upitem *it, int code)
{
	if (it->sfile != NULL)
		fss__sender_abandon(u->sender, it->sfile);
	it->sfile = NULL;
	it->has_root = false;
	if (u->reading == it)
		close_file(u);
	uncount(u, it);
	if (++it->attempts >= ATTEMPTS) {
		fss__up_fail(u, it, code, NULL);
		return;
	}
	fss__up_push(&u->ready, it);
	fss__op_run(&u->op);
}

static void
put_off(struct upload *u, struct upitem *it)
{
	if (u->young.count == 0)
		u->young_us = fss__mono_us() + FSS__YOUNG_US;
	fss__up_push(&u->young, it);
	fss__op_wake_at(&u->op, u->young_us);
}

/* Those put off are ready again when their time has come. */
static void
take_up(struct upload *u)
{
	struct upitem *it;

	if (u->young.count == 0)
		return;
	if (u->op.c->now_us < u->young_us) {
		fss__op_wake_at(&u->op, u->young_us);
		return;
	}
	while ((it = fss__up_pop(&u->young)) != NULL)
		fss__up_push(&u->ready, it);
}

/* Takes the next file; 1, or 0 where it came to nothing. */
static int
open_next(struct upload *u)
{
	struct upitem *it = fss__up_pop(&u->ready);
	struct stat st;
	int fd, r;

	/* Not to wait for whoever put a fifo in its place. */
	fd = openat(it->in->fd, it->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		fss__up_fail(u, it, fss__errno(errno), FSS__HERE);
		return 0;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);	/* was not used */
		fss__up_fail(u, it, FSS_ECHANGED, NULL);
		return 0;
	}
	if (fss__local_young(&st)) {
		(void)close(fd);	/* was not used */
		if (++it->waits > WAITS)
			fss__up_fail(u, it, FSS_ECHANGED, NULL);
		else
			put_off(u, it);
		return 0;
	}
	u->op.count[FSS_COUNT_BYTES_TOTAL] += (uint64_t)st.st_size -
	    (uint64_t)it->st.st_size;
	it->st = st;
	u->reading = it;
	u->read_fd = fd;
	u->read_pos = 0;
	/* Without one it only takes longer. */
	if (st.st_size >= LARGE && u->op.c->helper == NULL)
		u->op.c->helper = fss__helper_new();
	r = fss__sender_begin(u->sender, it, &it->sfile);
	return r != 0 ? r : 1;
}

/* All was read: is it still the file that was opened? */
static int
end_file(struct upload *u)
{
	struct upitem *it = u->reading;
	struct stat st;

	if (fstat(u->read_fd, &st) != 0 || !fss__local_same(&st, &it->st)) {
		fss__up_again(u, it, FSS_ECHANGED);
		return 0;
	}
	close_file(u);
	return fss__sender_end(u->sender, it->sfile);
}

static void
read_piece(struct fss__task *task)
{
	struct upread *a = (struct upread *)task;

	a->r = fss__io_pread(a->fd, a->p, a->want, a->pos, &a->got);
}

/* To @p; by @helper, or at once where that is NULL. */
static void
start_piece(struct upload *u, struct fss__helper *helper, uint8_t *p,
    size_t want)
{
	struct upread *a = &u->ahead;

	a->task.fn = read_piece;
	a->fd = u->read_fd;
	a->p = p;
	a->want = want;
	a->pos = u->read_pos;
	/* It is waited for before any digest is. */
	fss__helper_post(helper, &a->task, true);
}

static size_t
next_piece(const struct upload *u)
{
	return (size_t)fss__min_u64(SLICE,
	    (uint64_t)u->reading->st.st_size - u->read_pos);
}

/* Reads on in the file; *ret_n bytes. FSS_EAGAIN: no room. */
static int
read_some(struct upload *u, size_t *ret_n)
{
	struct fss__helper *helper = u->op.c->helper;
	struct upitem *it = u->reading;
	size_t want = next_piece(u), room, next;
	uint8_t *p;
	int r;

	*ret_n = 0;
	if (want > 0) {
		r = fss__sender_room(u->sender, want, &p, &room);
		if (r != 0)
			return r;
		if (u->ahead.want == 0)
			start_piece(u, NULL, p, want);
		fss__helper_wait(helper, &u->ahead.task);
		u->ahead.want = 0;
		if (u->ahead.r != 0 || u->ahead.got < want) {
			/* Not to be read, or it became shorter. */
			fss__up_again(u, it, u->ahead.r != 0 ? u->ahead.r :
			    FSS_ECHANGED);
			return 0;
		}
		u->read_pos += want;
		next = next_piece(u);
		if (helper != NULL && next > 0 && next <= room - want)
			start_piece(u, helper, p + want, next);
		r = fss__sender_fed(u->sender, it->sfile, want);
		if (r != 0)
			return r;
		*ret_n = want;
	}
	if (u->read_pos == (uint64_t)it->st.st_size)
		return end_file(u);
	return 0;
}

int
fss__up_read(struct upload *u)
{
	size_t bytes = 0, n;
	unsigned files = 0;
	int r;

	take_up(u);
	while (bytes < SLICE_SMALL && files < SLICE_FILES) {
		if (u->reading == NULL) {
			if (u->ready.head == NULL)
				break;
			files++;
			r = open_next(u);
			if (r < 0)
				return r;
			if (r == 0)
				continue;
		}
		r = read_some(u, &n);
		if (r == FSS_EAGAIN)
			break;
		if (r != 0)
			return r;
		bytes += n;
	}
	return bytes > 0 || files > 0;
}

/* ---- what the sender tells -------------------------------------------- */

static void
complete(void *ctx, void *file_ctx)
{
	struct upload *u = ctx;
	struct upitem *it = file_ctx;
	uint64_t size;

	it->has_root = fss__sender_root(it->sfile, &it->root, &it->depth,
	    &size);
	fss__sender_abandon(u->sender, it->sfile);
	it->sfile = NULL;
	fss__up_push(&u->commit, it);
	fss__op_run(&u->op);
}

static void
lost(void *ctx, void *file_ctx, int code)
{
	fss__up_again(ctx, file_ctx, code);
}

static void
settled(void *ctx, void *file_ctx, size_t len, bool sent)
{
	struct upload *u = ctx;
	struct upitem *it = file_ctx;

	it->settled += len;
	u->op.count[FSS_COUNT_BYTES_DONE] += len;
	if (sent)
		u->op.count[FSS_COUNT_WIRE_BYTES] += len;
}

const struct fss__sender_ops fss__up_sender_ops = { complete, lost, settled };
