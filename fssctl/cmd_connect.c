/*
 * fssctl connect, ping: which hub, and whether its key is the right one.
 *
 * A hub's key is remembered only once the hub has proved to hold it (with a
 * key in the address: by the handshake) or a person has said yes to its
 * fingerprint.  A hub that shows another key than the remembered one is
 * refused; nothing but --forget changes what is remembered.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"

#define ADDRESS_BYTES	512
#define KEY_WAIT_MS	10000

/* Splits "fss://HOST:PORT#KEY"; *@ret_keyed tells whether there was a key. */
static int
split_address(struct app *app, const char *text, char *address,
    uint8_t key[FSS_KEY_BYTES], bool *ret_keyed)
{
	const char *hash = strchr(text, '#');
	size_t n = hash != NULL ? (size_t)(hash - text) : strlen(text);

	if (n >= ADDRESS_BYTES || strncmp(text, "fss://", 6) != 0)
		return app_usage(app, "'%s' is no address; one is written "
		    "fss://HOST:PORT#KEY", text);
	memcpy(address, text, n);
	address[n] = '\0';
	*ret_keyed = hash != NULL;
	if (hash != NULL && fss_key_parse(hash + 1, key) < 0)
		return app_usage(app, "'%s' is no key; one has 43 characters "
		    "of A-Z a-z 0-9 - _", hash + 1);
	return 0;
}

static int
wait_ms(const struct app *app)
{
	return opt_has(&app->opt, TIMEOUT) ?
	    (int)(opt_num(&app->opt, TIMEOUT, 0) * 1000) : KEY_WAIT_MS;
}

/* What was expected and what was met, in words. */
struct mismatch {
	const char	*title, *expected, *met;
};

static const struct mismatch changed = {
	"THE KEY OF THIS HUB HAS CHANGED", "remembered", "shown now"
};
static const struct mismatch given_wrong = {
	"THIS HUB HAS ANOTHER KEY THAN THE ONE GIVEN", "given", "shown"
};
static const struct mismatch given_other = {
	"ANOTHER KEY IS REMEMBERED FOR THIS HUB", "remembered", "given"
};

/* The loud refusal of a hub whose key is not the right one. */
static int
refuse(struct app *app, const struct mismatch *m, const char *address,
    const uint8_t known[FSS_KEY_BYTES], const uint8_t shown[FSS_KEY_BYTES])
{
	char before[FSS_FINGERPRINT_BYTES], now[FSS_FINGERPRINT_BYTES];

	if (fss_key_fingerprint(known, before) < 0 ||
	    fss_key_fingerprint(shown, now) < 0)
		return app_fail(app, FSS_EIO, "cannot show the fingerprints");
	fprintf(stderr, "%s@@@ %s @@@%s\n"
	    "  hub         %s\n  %-10s  %s\n  %-10s  %s\n",
	    color(app->color_err, COLOR_BAD), m->title,
	    color(app->color_err, COLOR_NONE), address, m->expected, before,
	    m->met, now);
	(void)snprintf(app->detail, sizeof(app->detail), "%s %s, %s %s",
	    m->expected, before, m->met, now);
	return app_fail(app, FSS_EHOSTKEY, "will not talk to '%s'", address);
}

/* Tells the person the fingerprint and asks. 0 when trusted. */
static int
ask_trust(struct app *app, const char *address,
    const uint8_t key[FSS_KEY_BYTES])
{
	char print[FSS_FINGERPRINT_BYTES];
	int r;

	r = fss_key_fingerprint(key, print);
	if (r < 0)
		return app_fail(app, r, "cannot show the fingerprint");
	fprintf(stderr, "The hub %s is new here. Its key's fingerprint is\n"
	    "  %s\n", address, print);
	if (opt_has(&app->opt, YES) || opt_has(&app->opt, ACCEPT_NEW))
		return 0;
	r = ask_yes("Is that what its admin told you?");
	if (r == 1)
		return 0;
	if (r == FSS_EINVAL)
		app_set_detail(app, "nobody to ask; give the address with its "
		    "#KEY, or --accept-new");
	else
		app_set_detail(app, "not trusted");
	return app_fail(app, FSS_ECANCELED, "did not connect to '%s'",
	    address);
}

/* Proves that the hub at @address holds @key: only then a ping is answered. */
static int
prove(struct app *app, const char *address, const uint8_t key[FSS_KEY_BYTES],
    bool is_known)
{
	char text[FSS_KEY_TEXT_BYTES], full[ADDRESS_BYTES + 64];
	uint8_t shown[FSS_KEY_BYTES];
	fss_client *c = NULL;
	fss_op op = 0;
	int r;

	r = fss_key_format(key, text);
	if (r < 0)
		return app_fail(app, r, "cannot write the key");
	(void)snprintf(full, sizeof(full), "%s#%s", address, text);
	r = fss_client_new(&c);
	if (r < 0)
		return app_fail(app, r, "cannot start");
	app->client = c;	/* app_close() frees it */
	r = fss_client_set_timeout_ms(c, wait_ms(app));
	if (r == 0)
		r = fss_client_set_address(c, full);
	if (r == 0)
		r = fss_client_open(c);
	if (r < 0) {
		app_set_detail(app, fss_client_errmsg(c));
		return app_fail(app, r, "cannot connect to '%s'", address);
	}
	r = fss_client_ping(c, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r == 0)
		return 0;
	/* A handshake that fails looks like silence: ask what key it has. */
	if (r != FSS_ECANCELED && fss_hub_key(address, 2000, shown) == 0 &&
	    memcmp(shown, key, FSS_KEY_BYTES) != 0)
		return refuse(app, is_known ? &changed : &given_wrong, address,
		    key, shown);
	return app_fail(app, r, "cannot connect to '%s'", address);
}

static int
show_hub(struct app *app, bool is_new)
{
	char address[ADDRESS_BYTES], print[FSS_FINGERPRINT_BYTES];
	const char *hub = fss_profile_hub(app->profile), *text;
	uint8_t key[FSS_KEY_BYTES];
	size_t n = strcspn(hub, "#");
	json_t *o;
	int r;

	if (hub[0] == '\0' || n >= sizeof(address))
		return app_fail(app, FSS_ENOTCONN, "no hub is known yet");
	memcpy(address, hub, n);
	address[n] = '\0';
	text = hub[n] == '#' ? hub + n + 1 : "";
	r = fss_key_parse(text, key);
	if (r == 0)
		r = fss_key_fingerprint(key, print);
	if (r < 0)
		return app_fail(app, r, "cannot read the key of '%s'", hub);
	if (!opt_has(&app->opt, JSON)) {
		app_say(app, "hub         %s", hub);
		app_say(app, "fingerprint %s", print);
		app_say(app, "account     %s",
		    fss_profile_account(app->profile)[0] != '\0' ?
		    fss_profile_account(app->profile) : "(not logged in)");
		return 0;
	}
	o = json_pack("{s:s, s:s, s:s, s:b}", "address", address, "key",
	    text, "fingerprint", print, "new", is_new ? 1 : 0);
	if (o == NULL || json_object_set_new(o, "account",
	    json_text(fss_profile_account(app->profile))) < 0)
		return app_fail(app, FSS_ENOMEM, "cannot print");
	return json_line(o);
}

static int
forget(struct app *app, const char *address)
{
	int r;

	r = fss_profile_forget(app->profile, address);
	if (r < 0) {
		app_set_detail(app, fss_profile_errmsg(app->profile));
		return app_fail(app, r, "cannot forget '%s'", address);
	}
	if (opt_has(&app->opt, JSON))
		return json_ok("address", address);
	app_say(app, "forgot the key of %s", address);
	return 0;
}

/* Remembers @key and makes the hub the current one. */
static int
choose(struct app *app, const char *address, const uint8_t key[FSS_KEY_BYTES])
{
	char account[64];
	const char *hub = fss_profile_hub(app->profile);
	size_t n = strlen(address);
	int r, is_new;

	/* To connect again to the hub in use is no log-out. */
	account[0] = '\0';
	if (strncmp(hub, address, n) == 0 && hub[n] == '#')
		(void)snprintf(account, sizeof(account), "%s",
		    fss_profile_account(app->profile));
	is_new = fss_profile_trust(app->profile, address, key);
	if (is_new < 0) {
		app_set_detail(app, fss_profile_errmsg(app->profile));
		return app_fail(app, is_new, "cannot remember '%s'", address);
	}
	r = fss_profile_use(app->profile, address, account);
	if (r < 0) {
		app_set_detail(app, fss_profile_errmsg(app->profile));
		return app_fail(app, r, "cannot choose '%s'", address);
	}
	return show_hub(app, is_new == 1);
}

int
cmd_connect(struct app *app, int argc, char **argv)
{
	uint8_t key[FSS_KEY_BYTES], known[FSS_KEY_BYTES];
	char address[ADDRESS_BYTES];
	bool keyed, is_known;
	int r;

	r = app_profile(app);
	if (r < 0)
		return r;
	if (argc == 0)
		return show_hub(app, false);
	r = split_address(app, argv[0], address, key, &keyed);
	if (r < 0)
		return r;
	if (opt_has(&app->opt, FORGET))
		return forget(app, address);

	r = fss_profile_known(app->profile, address, known);
	if (r < 0 && r != FSS_ENOENT) {
		app_set_detail(app, fss_profile_errmsg(app->profile));
		return app_fail(app, r, "cannot connect to '%s'", address);
	}
	is_known = r == 0;
	if (!keyed) {
		r = fss_hub_key(address, wait_ms(app), key);
		if (r < 0)
			return app_fail(app, r, "cannot ask '%s' for its key",
			    address);
	}
	if (is_known && memcmp(known, key, FSS_KEY_BYTES) != 0)
		return refuse(app, keyed ? &given_other : &changed, address,
		    known, key);
	if (!keyed && !is_known) {
		r = ask_trust(app, address, key);
		if (r < 0)
			return r;
	}
	r = prove(app, address, key, is_known);
	if (r < 0)
		return r;
	return choose(app, address, key);
}

int
cmd_ping(struct app *app, int argc, char **argv)
{
	int64_t begun, spent;
	fss_op op = 0;
	json_t *o;
	int i, r;

	(void)argc;
	(void)argv;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	/* The first waits for the connection, the second measures. */
	for (i = 0; i < 2; i++) {
		begun = mono_us();
		r = fss_client_ping(app->client, NULL, &op);
		r = app_run(app, r, op, NULL, NULL);
		if (r < 0)
			return app_fail(app, r, "no answer from '%s'",
			    fss_profile_hub(app->profile));
	}
	spent = mono_us() - begun;
	if (!opt_has(&app->opt, JSON)) {
		app_say(app, "%s answers in %.2f ms",
		    fss_profile_hub(app->profile), (double)spent / 1e3);
		return 0;
	}
	o = json_pack("{s:b, s:s, s:s, s:I}", "ok", 1, "address",
	    fss_profile_hub(app->profile), "account",
	    fss_client_account(app->client), "rtt_us", (json_int_t)spent);
	return json_line(o);
}
