/*
 * News of what somebody can see no more.
 *
 * Other news of files goes to those who may see the entry when they ask, which
 * leaves out just those who lost it.  So a change that takes something away
 * says whom it was taken from: all who saw the entry until then because of
 * what the change takes, by name, or everybody there was.  They are told a
 * path they knew, and nothing of what is there now.
 *
 * Who still sees it in another way may be told too; news is a hint.  A request
 * looks at LOOKS rows of grants, members, shares and the folders above those;
 * whom it did not come to finds out by looking.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/access.h"
#include "model/entry_path.h"
#include "model/event.h"
#include "model/presence.h"
#include "store/meta_account.h"
#include "store/meta_grant.h"

#define LOOKS	8192

struct losers {
	struct fss__ctx	*ctx;
	int64_t		 owner;
	bool		 all;
	size_t		 n;
	int64_t		 who[FSS__MAX_AUDIENCE];
};

static bool
may_look(struct losers *s)
{
	return !s->all && s->n < FSS__MAX_AUDIENCE &&
	    s->ctx->looks.lost++ < LOOKS;
}

static void
add(struct losers *s, int64_t account)
{
	size_t i;

	if (account == s->owner || s->n == FSS__MAX_AUDIENCE)
		return;
	for (i = 0; i < s->n; i++)
		if (s->who[i] == account)
			return;
	s->who[s->n++] = account;
}

static int
add_grantee(struct losers *s, const struct fss__meta_grant *g)
{
	int64_t account = 0;
	int r = 0;

	if (g->kind == FSS__GRANTEE_ACCOUNT) {
		add(s, g->who);
		return 0;
	}
	while (may_look(s) && (r = fss__meta_member_after(s->ctx->db, g->who,
	    account, &account)) == 1)
		add(s, account);
	return r < 0 ? r : 0;
}

static int
add_grants(struct losers *s, int64_t entry)
{
	struct fss__meta_grant g = { -1, 0, 0 };
	int r = 0;

	while (may_look(s) && (r = fss__meta_grant_after(s->ctx->db, entry,
	    g.kind, g.who, &g)) == 1) {
		r = add_grantee(s, &g);
		if (r != 0)
			return r;
	}
	return r < 0 ? r : 0;
}

/* Who sees @e by itself: by its access, and by grants on just it. */
static int
add_own(struct losers *s, const struct fss__meta_link *e)
{
	if (e->access >= FSS_ACCESS_ASK)
		s->all = true;
	return e->granted ? add_grants(s, e->id) : 0;
}

/* Who sees @e by what is said of it and above it. */
static int
add_way(struct losers *s, const struct fss__meta_link *e)
{
	struct fss__meta_link at = *e;
	int r;

	for (;;) {
		r = add_own(s, &at);
		if (r != 0 || at.access != FSS_ACCESS_INHERIT ||
		    at.parent <= 0)
			return r;
		r = fss__meta_link_get(s->ctx->db, at.parent, &at);
		if (r != 1)
			return r < 0 ? r : FSS_ECORRUPT;
	}
}

/*
 * Whether @id is @folder or below it: 1, 0.  The way up may be long, and each
 * step of it is a look.
 */
static int
is_within(struct losers *s, int64_t id, int64_t folder)
{
	struct fss__meta_link at;
	int r;

	for (at.parent = id; at.parent > 0 && at.parent != folder;) {
		s->ctx->looks.lost++;
		r = fss__meta_link_get(s->ctx->db, at.parent, &at);
		if (r != 1)
			return r < 0 ? r : FSS_ECORRUPT;
	}
	return at.parent == folder;
}

/* Who sees something below @folder that they do not see by way of it. */
static int
add_below(struct losers *s, int64_t folder)
{
	struct fss__meta_share at = { s->owner, 0 };
	struct fss__meta_link e;
	struct fss__meta_shares w;
	int64_t parent = 0;	/* that was asked for last, and the answer */
	int r, within = 0;

	r = fss__meta_shares_own(s->ctx->db, s->owner, &at, &w);
	if (r != 0)
		return r;
	while (may_look(s) && (r = fss__meta_shares_next(&w, &at)) == 1) {
		r = fss__meta_link_get(s->ctx->db, at.entry, &e);
		if (r == 1 && e.parent != parent) {
			parent = e.parent;
			r = within = is_within(s, parent, folder);
		}
		if (r >= 0 && within == 1)
			r = add_own(s, &e);
		if (r < 0)
			break;
	}
	fss__meta_shares_close(&w);
	return r < 0 ? r : 0;
}

/* ---- telling ----------------------------------------------------------- */

static int
tell(struct losers *s, int what, struct fss__slice path)
{
	char text[FSS_LIMIT_PATH + 1];
	struct fss__news n;
	size_t i;
	int r;

	if (!s->all && s->n == 0)
		return 0;
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_FILE;
	n.at_us = s->ctx->now_us;
	n.what = (uint8_t)what;
	n.account = s->owner;
	n.lost = true;
	/* Also what a group that somebody came into is given. */
	if (s->ctx->board != NULL)
		fss__board_open(s->ctx->board, s->owner);
	if (fss__slice_copy(path, text, sizeof(text)) != 0)
		return FSS_EPATH;
	n.path = text;
	r = fss__meta_account_name(s->ctx->db, s->owner, n.name);
	if (r < 0 || s->all)
		return r < 0 ? r : fss__news_add(&s->ctx->news, &n);
	for (i = 0, r = 0; r == 0 && i < s->n; i++) {
		n.to[n.nto++] = s->who[i];
		if (n.nto < FSS__NEWS_TO && i + 1 < s->n)
			continue;
		r = fss__news_add(&s->ctx->news, &n);
		n.nto = 0;
	}
	return r;
}

/* NULL where memory lacks. */
static struct losers *
begin(struct fss__ctx *ctx, int64_t owner)
{
	struct losers *s = fss__alloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	s->ctx = ctx;
	s->owner = owner;
	s->all = false;
	s->n = 0;
	return s;
}

static int
end(struct losers *s, int r, int what, struct fss__slice path)
{
	if (r == 0)
		r = tell(s, what, path);
	fss__free(s);
	return r;
}

int
fss__news_lost_entry(struct fss__ctx *ctx, const struct fss__meta_node *e,
    struct fss__slice path)
{
	bool own = e->access != FSS_ACCESS_INHERIT || e->granted;
	struct fss__meta_link link = fss__link_of(e);
	struct losers *s;
	int r = 0;

	if (!own && e->kind != FSS_KIND_DIR)
		return 0;	/* told to who sees its folder */
	s = begin(ctx, e->owner);
	if (s == NULL)
		return FSS_ENOMEM;
	if (own)
		r = add_way(s, &link);
	if (r == 0 && e->kind == FSS_KIND_DIR)
		r = add_below(s, e->id);
	return end(s, r, FSS_CHANGE_REMOVED, path);
}

int
fss__news_lost_grant(struct fss__ctx *ctx, int64_t owner, int64_t entry,
    const struct fss__meta_grant *g, struct fss__slice path)
{
	struct fss__meta_grant old;
	struct losers *s;
	int r;

	r = fss__meta_grant_after(ctx->db, entry, g->kind, g->who - 1, &old);
	if (r <= 0 || old.kind != g->kind || old.who != g->who)
		return r < 0 ? r : 0;
	s = begin(ctx, owner);
	if (s == NULL)
		return FSS_ENOMEM;
	return end(s, add_grantee(s, &old), FSS_CHANGE_ACCESS, path);
}

int
fss__news_lost_access(struct fss__ctx *ctx, const struct fss__meta_node *e,
    int access, struct fss__slice path)
{
	struct fss__meta_link above;
	struct losers *s;
	int r, now = access;

	if (e->access == FSS_ACCESS_PRIVATE || access >= FSS_ACCESS_ASK)
		return 0;	/* nothing was, or is, closed by it */
	s = begin(ctx, e->owner);
	if (s == NULL)
		return FSS_ENOMEM;
	s->all = e->access >= FSS_ACCESS_ASK;
	memset(&above, 0, sizeof(above));
	above.access = FSS_ACCESS_PRIVATE;
	r = e->parent > 0 ? fss__meta_link_get(ctx->db, e->parent, &above) : 1;
	if (r == 1 && e->access == FSS_ACCESS_INHERIT && e->parent > 0)
		r = add_way(s, &above);
	/* What it has from above instead may show it still. */
	while (r == 1 && now == FSS_ACCESS_INHERIT) {
		now = above.access;
		if (now == FSS_ACCESS_INHERIT)
			r = fss__meta_link_get(ctx->db, above.parent, &above);
	}
	if (r >= 0 && now >= FSS_ACCESS_ASK) {
		fss__free(s);
		return 0;
	}
	return end(s, r < 0 ? r : 0, FSS_CHANGE_ACCESS, path);
}

/* ---- groups ------------------------------------------------------------ */

static int
tell_one(struct losers *s, int64_t entry)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__slice at = { path, 0 };
	struct fss__actor who;
	struct fss__view view;
	int r;

	memset(&who, 0, sizeof(who));
	who.account = s->who[0];
	r = fss__view_of(s->ctx, &who, entry, 0, &view, NULL);
	if (r == FSS_ENOENT || (r == 0 && !(view.rights & FSS_RIGHT_SEE)))
		return 0;
	if (r == 0)
		r = fss__path_of(s->ctx, entry, path, &at.n);
	if (r == FSS_EPATH)
		return 0;	/* too long to be asked for */
	return r != 0 ? r : tell(s, FSS_CHANGE_ACCESS, at);
}

/* Of all that @group has, to @account. */
static int
tell_group(struct fss__ctx *ctx, int64_t owner, int64_t group,
    int64_t account)
{
	struct fss__slice root = { "/", 1 };
	struct losers *s;
	int64_t entry = 0;
	unsigned told;
	int r = 0;

	s = begin(ctx, owner);
	if (s == NULL)
		return FSS_ENOMEM;
	s->who[s->n++] = account;
	for (told = 0; r == 0; told++) {
		r = fss__meta_grant_of_group(ctx->db, owner, group, entry,
		    &entry);
		if (r != 1)
			break;
		if (told == FSS__NEWS_FILES) {
			r = tell(s, FSS_CHANGE_MANY, root);
			break;
		}
		r = tell_one(s, entry);
	}
	fss__free(s);
	return r < 0 ? r : 0;
}

int
fss__news_group(struct fss__ctx *ctx, int64_t owner, int64_t group,
    int64_t member)
{
	return member == owner ? 0 : tell_group(ctx, owner, group, member);
}

int
fss__news_group_ends(struct fss__ctx *ctx, int64_t owner, int64_t group)
{
	return tell_group(ctx, owner, group, owner);
}
