/*
 * Sessions at the hub, one for each token a worker has seen lately.
 *
 * A token is known to the hub alone: what is cached here is the session that
 * libfss keeps for it, found by the token.  Sessions nobody has used for a
 * while are closed; those whose token the hub refused, at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define BUCKETS		4096
#define BELIEVED_MS	5000	/* what the hub said about a token */

static struct web_person *buckets[BUCKETS];
static size_t count;

static unsigned
bucket_of(const char *token)
{
	uint32_t h = 2166136261u;

	/* Tokens are random or refused: chains stay short. */
	for (; *token != '\0'; token++)
		h = (h ^ (uint8_t)*token) * 16777619u;
	return h % BUCKETS;
}

static void
unlist(struct web_person *p)
{
	struct web_person **at;

	if (!p->listed)
		return;
	p->listed = false;
	for (at = &buckets[bucket_of(p->token)]; *at != p; at = &(*at)->next)
		;
	*at = p->next;
	count--;
}

static void
person_free(struct web_person *p)
{
	unlist(p);
	live_drop(p);
	if (hub_client() != NULL && p->id != 0)
		(void)fss_client_person_close(hub_client(), p->id);
	explicit_bzero(p->token, sizeof(p->token));
	free(p);
}

static void
drop_idle(int64_t now, int64_t idle)
{
	struct web_person *p, *next;
	unsigned i;

	for (i = 0; i < BUCKETS; i++)
		for (p = buckets[i]; p != NULL; p = next) {
			next = p->next;
			if (p->users == 0 && (p->bad || now - p->used >= idle))
				person_free(p);
		}
}

void
persons_tick(int64_t now)
{
	drop_idle(now, WEB_MAX_PERSON_IDLE_MS);
}

void
persons_close(void)
{
	drop_idle(INT64_MAX, 0);
}

struct web_person *
person_keep(struct web_person *p)
{
	if (p != NULL)
		p->users++;
	return p;
}

void
person_release(struct web_person *p)
{
	if (p == NULL)
		return;
	p->used = now_ms();
	if (--p->users == 0 && !p->listed)
		person_free(p);
}

void
person_told(struct web_person *p, int err)
{
	if (p == NULL || (err != FSS_EAUTH && err != FSS_ESESSION))
		return;
	p->bad = true;
	p->checked = 0;
}

int
person_act(struct web_person *p)
{
	return fss_client_act_as(hub_client(), p != NULL ? p->id : 0);
}

static struct web_person *
find(const char *token)
{
	struct web_person *p;

	for (p = buckets[bucket_of(token)]; p != NULL; p = p->next)
		if (strcmp(p->token, token) == 0)
			return p;
	return NULL;
}

static int
make(const char *token, const char *address, struct web_person **ret_p)
{
	struct web_person *p;
	int r;

	if (count >= WEB_MAX_PERSONS)
		drop_idle(now_ms(), 0);
	if (count >= WEB_MAX_PERSONS)
		return FSS_EOVERLOAD;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return FSS_ENOMEM;
	r = fss_client_person_new(hub_client(), token, address, &p->id);
	if (r < 0) {
		free(p);
		return r;
	}
	if (token != NULL) {
		unsigned b = bucket_of(token);

		memcpy(p->token, token, strlen(token) + 1);
		p->next = buckets[b];
		buckets[b] = p;
		p->listed = true;
		count++;
	}
	*ret_p = p;
	return 0;
}

/* Makes @token's person, or a new nobody, the one of @rq. */
static int
take(struct web_req *rq, const char *token)
{
	struct web_person *p = token != NULL ? find(token) : NULL;
	int r = 0;

	if (p == NULL)
		r = make(token, rq->address, &p);
	if (r < 0) {
		web_reply_error(rq, r, NULL);
		return r;
	}
	(void)person_keep(p);
	p->used = now_ms();
	person_release(rq->person);
	rq->person = p;
	return 0;
}

int
web_person_take(struct web_req *rq, bool need)
{
	const char *token = web_token(rq, NULL);

	if (rq->person != NULL)
		return 0;
	if (token == NULL && need) {
		web_reply_error(rq, FSS_EAUTH, "log in first");
		return FSS_EAUTH;
	}
	return take(rq, token);
}

int
web_person_nobody(struct web_req *rq)
{
	return take(rq, NULL);
}

int
web_person_token(struct web_req *rq, const char *token)
{
	if (strlen(token) > WEB_MAX_TOKEN) {
		web_reply_error(rq, FSS_EAUTH, "log in first");
		return FSS_EAUTH;
	}
	return take(rq, token);
}

struct web_person *
web_person(const struct web_req *rq)
{
	return rq->person;
}

uint32_t
web_person_scopes(const struct web_req *rq)
{
	return rq->person->scopes;
}

void
web_person_forget(struct web_req *rq)
{
	struct web_person *p = rq->person;

	/* Who still uses it keeps it until done. */
	if (p != NULL)
		unlist(p);
}

static void
on_account(struct web_req *rq, void *arg, const fss_event *ev)
{
	web_account_fn *fn;
	struct web_person *p = rq->person;
	const fss_row *row = fss_event_row(ev, 0);

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0 || row == NULL) {
		p->checked = 0;
		web_reply_event(rq, ev);
		return;
	}
	p->bad = false;
	p->checked = now_ms();
	p->role = (int)fss_row_int(row, FSS_FIELD_ROLE);
	p->scopes = (uint32_t)fss_row_int(row, FSS_FIELD_SCOPES);
	(void)snprintf(p->account, sizeof(p->account), "%s",
	    fss_row_str(row, FSS_FIELD_NAME));
	memcpy(&fn, arg, sizeof(fn));
	fn(rq, p->account, p->role);
}

void
web_person_check(struct web_req *rq, web_account_fn *fn)
{
	struct web_person *p;
	void *user;
	fss_op op = 0;

	if (web_person_take(rq, true) < 0)
		return;
	p = rq->person;
	if (p->checked != 0 && now_ms() - p->checked < BELIEVED_MS) {
		fn(rq, p->account, p->role);
		return;
	}
	rq->on_account = fn;
	user = web_call(rq, on_account, &rq->on_account);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_whoami(web_hub(rq),
		    user, &op), op);
}
