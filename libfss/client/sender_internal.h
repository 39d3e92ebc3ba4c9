/*
 * What the files of the sender share.
 */
#ifndef FSS__CLIENT_SENDER_INTERNAL_H
#define FSS__CLIENT_SENDER_INTERNAL_H

#include "client/sender.h"

#define SLAB_BYTES	((size_t)4 << 20)
#define SLABS		8
#define SLABS_FAR	16	/* two round trips of 1 Gbit/s and 100 ms */
/* Where many senders share a handle: a chunk that is not cut, and as much. */
#define SLAB_LEAST	((size_t)2 << 20)
#define SLABS_LEAST	2u	/* one is filled, one is under way */
#define PACKS		128
#define CUTS		16u	/* chunks cut and not yet digested */
#define TRIES		32	/* of one pack, until it is given up */

struct slab {
	struct fss__frame *frame;
	unsigned	 packs;		/* that point into it */
};

/*
 * A page that waits for its children: first it only counts them (the chunks
 * cut since the page before), then it has bytes, then it is sent.
 */
struct spage {
	struct spage	*next;
	struct fss__sfile *file;
	unsigned	 unacked;	/* children not yet at the hub */
	struct fss__id	 id;
	uint8_t		*data;		/* NULL: still being built */
	size_t		 len;
	unsigned	 run;		/* pages from here on that go together */
};

struct fss__sfile {
	struct fss__sender *s;
	void		*ctx;
	unsigned	 refs;		/* owner, nodes in packs */
	bool		 dead;		/* abandoned */
	bool		 ended;		/* all bytes were fed */
	bool		 held;		/* the part before is not complete */
	struct fss__sfile *after;	/* the next part; counts in its refs */
	unsigned	 unacked;	/* chunks under way */
	uint64_t	 chunks;
	uint64_t	 size;
	struct fss__id	 first;		/* the first chunk */
	uint64_t	 first_len;
	struct fss__manifest *manifest;	/* from the second chunk on */
	struct spage	*open;		/* counts the chunks being cut */
	struct spage	*pages, **pages_tail;	/* in order */
	unsigned	 pages_out;	/* being sent, before these */
	struct fss__id	 root;
	unsigned	 depth;
};

struct snode {
	struct fss__id	 id;
	uint32_t	 off, len;	/* in the slab */
	struct fss__sfile *file;
	struct spage	*page;		/* a chunk: which page waits for it; */
	bool		 is_page;	/* a page: itself */
};

enum spack_state { PACK_OPEN, PACK_ASK, PACK_PUT, PACK_FLYING };

struct spack {
	struct fss__call call;		/* first: calls are cast back */
	struct spack	*next;		/* in the list of its state */
	struct fss__sender *s;
	enum spack_state state;
	unsigned	 tries;		/* that ended with nothing, in a row */
	struct slab	*slab;		/* NULL: pages, in `frame` */
	struct fss__frame *frame;
	size_t		 bytes;
	unsigned	 count, cap;
	struct snode	*node;
	uint8_t		 missing[FSS__MAX_PUT_NODES / 8];
};

/* A chunk that was cut, and its digest. */
struct scut {
	struct fss__task task;		/* first: tasks are cast back */
	const uint8_t	*p;		/* in the slab being filled */
	size_t		 len;
	uint8_t		 type;
	int		 r;
	struct fss__id	 id;
};

struct fss__sender {
	struct fss__op	*op;
	const struct fss__sender_ops *ops;
	struct fss__chunker chunker;
	uint8_t		 digest;
	bool		 far;		/* see fss__cs_far() */
	size_t		 payload_max;

	struct slab	*slab;		/* being filled */
	size_t		 fill;		/* bytes in it */
	size_t		 cut;		/* cut up to here */
	struct scut	 cuts[CUTS];	/* a ring: cut, not yet in a pack */
	unsigned	 cuts_first, cuts_count;
	struct fss__frame *spare;	/* a slab that came free */
	unsigned	 slabs;
	unsigned	 packs;
	struct spack	*open;
	struct spack	*todo, **todo_tail;	/* to ask or to put */
	struct spage	*ready, **ready_tail;	/* pages to send */
	struct fss__sfile *current;	/* being fed */
	unsigned	 files;
};

/* sender_cut.c */
/*
 * Cuts what was fed while @least bytes or more of it are not cut; with @keep
 * not the last chunk, which what follows may make longer.
 */
int	fss__scut(struct fss__sender *s, size_t least, bool keep);
/* What is cut is digested and in packs, or forgotten. */
int	fss__scut_settle(struct fss__sender *s);
void	fss__scut_drop(struct fss__sender *s);
int	fss__sfile_pages(struct fss__sfile *f);
/* sender_pack.c */
int	fss__spack_add(struct fss__sender *s, const struct snode *n);
void	fss__spack_close(struct fss__sender *s);
void	fss__spack_free(struct spack *p);
int	fss__spack_work(struct fss__sender *s);
void	fss__slab_unuse(struct fss__sender *s, struct slab *slab);
/* sender.c */
void	fss__snode_acked(struct fss__sender *s, struct snode *n, bool sent);
void	fss__sfile_unref(struct fss__sfile *f);

#endif
