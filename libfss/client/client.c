/*
 * The client handle: life, options, and the loop's small questions.
 *
 * What happens when the loop turns is in engine.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <fss/version.h>

#include "base/alloc.h"
#include "base/time.h"
#include "client/internal.h"
#include "crypto/keys.h"
#include "net/dealer.h"
#include "store/localidx.h"

#define TIMEOUT_MS	30000
#define MAX_BULK	8
#define BYE_MS		250

int
fss__client_check(const fss_client *c)
{
	if (c == NULL)
		return FSS_EINVAL;
	return c->pid == getpid() ? 0 : FSS_EFORK;
}

int
fss__client_fail(fss_client *c, int code, const char *fmt, ...)
{
	va_list ap;

	c->err.code = code;
	/* A page that was wished for is not of a listing started later. */
	c->page.limit = 0;
	va_start(ap, fmt);
	if (vsnprintf(c->err.detail, sizeof(c->err.detail), fmt, ap) < 0)
		c->err.detail[0] = '\0';
	va_end(ap);
	return code;
}

int
fss_client_new(fss_client **ret_c)
{
	fss_client *c;
	int r;

	if (ret_c == NULL)
		return FSS_EINVAL;
	*ret_c = NULL;
	r = fss__crypto_init();
	if (r != 0)
		return r;
	c = fss__zalloc(sizeof(*c));
	if (c == NULL)
		return FSS_ENOMEM;
	c->pid = getpid();
	c->timeout_ms = TIMEOUT_MS;
	c->as = &c->own;
	c->check_us = INT64_MAX;
	c->wake_us = INT64_MAX;
	c->secret = fss__secmem_new(FSS__KEY_BYTES);
	if (c->secret == NULL) {
		fss__free(c);
		return FSS_ENOMEM;
	}
	if (gethostname(c->device_name, sizeof(c->device_name) - 1) != 0 ||
	    !fss__utf8_valid(fss__slice_str(c->device_name)))
		c->device_name[0] = '\0';
	*ret_c = c;
	return 0;
}

/*
 * Says good-bye, for else one is shown as being here until heartbeats have
 * stayed away.  A hub that does not take it within a moment finds out so.
 */
static void
say_bye(fss_client *c)
{
	struct fss__frame *bye;

	if (!c->own.up || fss__cs_bye(c->cs, &bye) != 1)
		return;
	if (fss__dealer_send(c->dealer, FSS__CS_CONTROL, bye, NULL) == 0)
		fss__dealer_linger(c->dealer, FSS__CS_CONTROL, BYE_MS);
	else
		fss__frame_unref(bye);
}

void
fss_client_free(fss_client *c)
{
	struct fss_event *ev;

	if (c == NULL)
		return;
	if (c->pid != getpid()) {
		/* The sockets' threads stayed with the parent. */
		fss__dealer_forget(c->dealer);
		return;
	}
	say_bye(c);
	c->own.closing = true;
	fss__client_forget_event(c);
	while ((ev = c->ev_head) != NULL) {
		c->ev_head = ev->next;
		if (ev->op != NULL && ev->type == FSS_EVENT_DONE)
			fss__op_free(ev->op);
		fss__event_free(ev);
	}
	while (c->ops != NULL)
		fss__op_free(c->ops);
	fss__helper_free(c->helper);
	fss__persons_free(c);
	fss__cs_free(c->cs);
	fss__dealer_free(c->dealer);
	fss__localidx_close(c->index);
	fss__secmem_free(c->secret);
	fss__free(c);
}

/* The checks every setter begins with. */
static int
settable(fss_client *c, bool while_open)
{
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	fss__client_forget_event(c);
	if (!while_open && c->cs != NULL)
		return fss__client_fail(c, FSS_EBUSY, "the client is open");
	return 0;
}

int
fss_client_set_address(fss_client *c, const char *address)
{
	struct fss__address a;
	int r = settable(c, false);

	if (r != 0)
		return r;
	if (fss__address_parse(address, &a) != 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "an address is written fss://HOST:PORT#KEY, or "
		    FSS__LOCAL_SCHEME "/PATH");
	if (!a.has_key && a.path[0] == '\0')
		return fss__client_fail(c, FSS_EINVAL,
		    "the address does not have the hub's key");
	c->address = a;
	return 0;
}

int
fss_client_set_identity(fss_client *c, const uint8_t secret[FSS_KEY_BYTES])
{
	int r = settable(c, false);

	if (r != 0)
		return r;
	if (secret == NULL)
		return fss__client_fail(c, FSS_EINVAL, "no key was given");
	memcpy(c->secret, secret, FSS_KEY_BYTES);
	c->has_secret = true;
	return 0;
}

int
fss_client_set_device_name(fss_client *c, const char *name)
{
	int r = settable(c, true);

	if (r != 0)
		return r;
	if (name == NULL || strlen(name) > FSS__MAX_LABEL ||
	    !fss__utf8_valid(fss__slice_str(name)))
		return fss__client_fail(c, FSS_EINVAL,
		    "a device name is UTF-8 of at most %d bytes",
		    FSS__MAX_LABEL);
	return fss__fmt(c->device_name, sizeof(c->device_name), "%s", name);
}

int
fss_client_set_connections(fss_client *c, unsigned n)
{
	int r = settable(c, false);

	if (r != 0)
		return r;
	if (n > MAX_BULK)
		return fss__client_fail(c, FSS_EINVAL,
		    "1 to %d connections are possible", MAX_BULK);
	c->bulk = n;
	return 0;
}

int
fss_client_set_timeout_ms(fss_client *c, int timeout_ms)
{
	int r = settable(c, true);

	if (r != 0)
		return r;
	if (timeout_ms < -1 || timeout_ms == 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "a time-out is above 0 milliseconds, or -1");
	c->timeout_ms = timeout_ms;
	c->check_us = 0;
	return 0;
}

int
fss_client_set_log(fss_client *c, fss_log_fn fn, void *ctx, int level)
{
	int r = settable(c, true);

	if (r != 0)
		return r;
	if (level < FSS_LOG_ERROR || level > FSS_LOG_DEBUG)
		return fss__client_fail(c, FSS_EINVAL, "no such log level");
	c->log.fn = fn;
	c->log.ctx = ctx;
	c->log.level = level;
	return 0;
}

int
fss_client_set_index(fss_client *c, const char *file)
{
	struct fss__err err;
	int r = settable(c, true);

	if (r != 0)
		return r;
	if (file == NULL || file[0] == '\0')
		return fss__client_fail(c, FSS_EINVAL, "no file was given");
	if (c->index != NULL)
		return fss__client_fail(c, FSS_EBUSY, "an index is set");
	fss__err_clear(&err);
	r = fss__localidx_open(file, &err, &c->index);
	if (r != 0)
		return fss__client_fail(c, r, "%s", err.detail);
	return 0;
}

static int
make_dealer(fss_client *c)
{
	char endpoint[FSS__ADDRESS_TEXT], introduce[FSS__ADDRESS_TEXT];
	uint8_t public_key[FSS__KEY_BYTES];
	struct fss__dealer_config cfg;
	int r;

	if (!c->has_secret) {
		fss__keypair(public_key, c->secret);
		c->has_secret = true;
	}
	r = fss__key_public(public_key, c->secret);
	if (r == 0)
		r = fss__address_endpoint(&c->address, 0, endpoint);
	if (r != 0)
		return r;
	cfg.endpoint = endpoint;
	/* The last port of all has none after it, and a path neither. */
	cfg.introduce = fss__address_endpoint(&c->address, 1, introduce) == 0 ?
	    introduce : NULL;
	cfg.server_key = c->address.key;
	cfg.public_key = public_key;
	cfg.secret_key = c->secret;
	cfg.conns = c->conns;
	/* Who wants many wants to fill more than a common line. */
	cfg.threads = c->bulk > 1 ? 2 : 1;
	return fss__dealer_new(&cfg, &c->dealer);
}

int
fss_client_open(fss_client *c)
{
	struct fss__cs_event ev;
	uint64_t seed;
	int r = settable(c, false);

	if (r != 0)
		return r;
	if (!c->address.has_key && c->address.path[0] == '\0')
		return fss__client_fail(c, FSS_EINVAL, "no address was set");
	c->conns = 1 + (c->bulk != 0 ? c->bulk : MAX_BULK);
	r = make_dealer(c);
	if (r != 0)
		return fss__client_fail(c, r, "cannot make sockets: %s",
		    fss_strerror(r));
	fss__random(&seed, sizeof(seed));
	r = fss__cs_new(c->conns, "libfss " FSS_VERSION_TEXT, seed, &c->cs);
	if (r != 0) {
		fss__dealer_free(c->dealer);
		c->dealer = NULL;
		return fss__client_fail(c, r, "%s", fss_strerror(r));
	}
	if (c->bulk == 0)
		fss__cs_adapt(c->cs);
	c->own.cs = c->cs;
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_START;
	ev.now_us = fss__mono_us();
	(void)fss__cs_step(c->cs, &ev, &c->update);	/* cannot fail */
	fss__dealer_arm(c->dealer);
	return 0;
}

const char *
fss_client_errmsg(const fss_client *c)
{
	return c != NULL ? c->err.detail : "";
}

const char *
fss_client_account(const fss_client *c)
{
	return c != NULL && c->as->up ? c->as->account : "";
}

int64_t
fss_client_inbox(const fss_client *c)
{
	return c != NULL && c->as->up ? fss__cs_terms(c->as->cs)->inbox : -1;
}

const char *
fss_client_hub_name(const fss_client *c)
{
	return c != NULL && c->own.up ? fss__cs_terms(c->own.cs)->hub_name :
	    "";
}

int
fss_client_registration(const fss_client *c)
{
	return c != NULL && c->own.up ?
	    fss__cs_terms(c->own.cs)->registration : -1;
}

/* ---- loop ------------------------------------------------------------- */

int
fss_client_fd(const fss_client *c)
{
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	return c->dealer != NULL ? fss__dealer_fd(c->dealer) : FSS_ENOTCONN;
}

int
fss_client_events(const fss_client *c)
{
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	return c->dealer != NULL ? FSS_POLL_IN : FSS_ENOTCONN;
}

int
fss_client_timeout_ms(const fss_client *c)
{
	int64_t at, left;

	if (fss__client_check(c) != 0 || c->cs == NULL)
		return -1;
	if (c->more || c->run_head != NULL || c->update.open != 0 ||
	    c->update.shut != 0)
		return 0;
	at = fss__cs_deadline(c->cs);
	if (c->check_us < at)
		at = c->check_us;
	if (c->wake_us < at)
		at = c->wake_us;
	if (at == INT64_MAX)
		return -1;
	left = at - fss__mono_us();
	if (left <= 0)
		return 0;
	left = (left + 999) / 1000;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

int
fss_client_wakeup(fss_client *c)
{
	/* No check of the process: this may run in a signal handler. */
	if (c == NULL || c->dealer == NULL)
		return FSS_ENOTCONN;
	fss__dealer_wakeup(c->dealer);
	return 0;
}
