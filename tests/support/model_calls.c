/*
 * Short words for requests to the model; see model_fixture.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model_fixture.h"

static struct fss__m_ref
ref_of(const char *owner, const char *path)
{
	struct fss__m_ref m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	if (owner != NULL) {
		m.has |= FSS__K_ref_owner;
		m.owner = mf_s(owner);
	}
	return m;
}

int
mf_stat(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, uint64_t number, struct mf_row *ret_row)
{
	struct fss__m_ref m = ref_of(owner, path);
	struct mf_row row;
	int r;

	if (number != 0) {
		m.has |= FSS__K_ref_number;
		m.number = number;
	}
	memset(&row, 0, sizeof(row));
	r = fss__entry_stat(&f->ctx, who, &m, mf_emit_one, &row);
	if (ret_row != NULL)
		*ret_row = row;
	return r != 0 ? r : row.status;
}

int
mf_list(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, struct mf_rows *rows)
{
	struct fss__cursor from = rows->next;
	struct fss__m_list m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	if (owner != NULL) {
		m.has |= FSS__K_list_owner;
		m.owner = mf_s(owner);
	}
	if (from.len > 0) {
		m.has |= FSS__K_list_cursor;
		m.cursor.p = from.b;
		m.cursor.n = from.len;
	}
	if (rows->back) {
		m.has |= FSS__K_list_back;
		m.back = true;
	}
	rows->n = 0;
	return fss__entry_list(&f->ctx, who, &m, mf_emit, rows, &rows->next);
}

int
mf_remove(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, bool recursive)
{
	struct fss__m_ref m = ref_of(owner, path);

	mf_begin(f);
	return mf_end(f, fss__entry_remove(&f->ctx, who, &m, recursive));
}

int
mf_move(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *from, const char *to, bool replace)
{
	struct fss__m_move m;

	memset(&m, 0, sizeof(m));
	m.from = mf_s(from);
	m.to = mf_s(to);
	m.has = FSS__K_move_replace;
	m.replace = replace;
	if (owner != NULL) {
		m.has |= FSS__K_move_owner;
		m.owner = mf_s(owner);
	}
	mf_begin(f);
	return mf_end(f, fss__entry_move(&f->ctx, who, &m));
}

int
mf_access(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, int access)
{
	struct fss__m_access m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	m.access = (uint64_t)access;
	if (owner != NULL) {
		m.has |= FSS__K_access_owner;
		m.owner = mf_s(owner);
	}
	mf_begin(f);
	return mf_end(f, fss__entry_set_access(&f->ctx, who, &m));
}

int
mf_grant(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, const char *whom, unsigned rights)
{
	struct fss__m_grant m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	m.who = mf_s(whom);
	m.rights = rights;
	if (owner != NULL) {
		m.has |= FSS__K_grant_owner;
		m.owner = mf_s(owner);
	}
	mf_begin(f);
	return mf_end(f, fss__entry_set_grant(&f->ctx, who, &m));
}

int
mf_group(struct mf *f, const struct fss__actor *who, const char *group,
    const char *member, bool remove)
{
	struct fss__m_group_set m;

	memset(&m, 0, sizeof(m));
	m.group = mf_s(group);
	m.member = mf_s(member);
	m.has = FSS__K_group_set_remove;
	m.remove = remove;
	mf_begin(f);
	return mf_end(f, fss__account_group_set(&f->ctx, who, &m));
}

struct fss__m_find
mf_question(const char *text)
{
	struct fss__m_find m;

	memset(&m, 0, sizeof(m));
	if (text != NULL) {
		m.has |= FSS__K_find_text;
		m.text = mf_s(text);
	}
	return m;
}

/* All pages of @m one behind the other; FSS_E... of the first that fails. */
int
mf_find(struct mf *f, const struct fss__actor *who, struct fss__m_find m,
    size_t limit, struct mf_rows *all)
{
	struct mf_rows *page = mf_rows(limit);
	struct fss__cursor from;
	int r, pages = 0;

	all->n = 0;
	do {
		from = page->next;
		if (from.len > 0) {
			m.has |= FSS__K_find_cursor;
			m.cursor.p = from.b;
			m.cursor.n = from.len;
		}
		page->n = 0;
		r = fss__entry_find(&f->ctx, who, &m, mf_emit, page,
		    &page->next);
		if (r != 0)
			break;
		assert_true(all->n + page->n <= MF_ROWS);
		memcpy(all->row + all->n, page->row,
		    page->n * sizeof(*page->row));
		all->n += page->n;
		assert_true(++pages < 10000);
	} while (page->next.len > 0);
	mf_rows_free(page);
	return r;
}

int
mf_register(struct mf *f, const char *name, const char *invite, uint8_t key,
    struct fss__actor *ret_who)
{
	uint8_t k[FSS__KEY_BYTES] = { 0 };
	struct fss__m_register m;

	k[31] = key;
	memset(&m, 0, sizeof(m));
	m.name = mf_s(name);
	m.has = FSS__K_register_device_name;
	m.device_name = mf_s("laptop");
	if (invite != NULL) {
		m.has |= FSS__K_register_invite;
		m.invite = mf_s(invite);
	}
	mf_begin(f);
	return mf_end(f, fss__account_create(&f->ctx, &m, "hash of it", k,
	    ret_who));
}

int
mf_login(struct mf *f, const char *name, uint8_t key,
    struct fss__actor *ret_who)
{
	uint8_t k[FSS__KEY_BYTES] = { 0 };

	k[31] = key;
	mf_begin(f);
	return mf_end(f, fss__account_enrol(&f->ctx, mf_s(name), k,
	    mf_s("phone"), ret_who));
}

int
mf_of_device(struct mf *f, uint8_t key, struct fss__actor *ret_who)
{
	uint8_t k[FSS__KEY_BYTES] = { 0 };

	k[31] = key;
	fss__err_clear(&f->ctx.err);
	return fss__account_of_device(&f->ctx, k, ret_who);
}

int
mf_invite(struct mf *f, const struct fss__actor *who, int role, unsigned uses,
    char *code)
{
	struct fss__m_invite m;
	int64_t expires;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_invite_role | FSS__K_invite_uses;
	m.role = (uint64_t)role;
	m.uses = uses;
	mf_begin(f);
	return mf_end(f, fss__account_invite(&f->ctx, who, &m, code,
	    &expires));
}
