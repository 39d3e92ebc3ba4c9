/*
 * fssd init, check-config, check, backup: everything but running a hub.
 */
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "fssd.h"

static int
print_json(json_t *o)
{
	int r;

	if (o == NULL)
		return complain(FSS_ENOMEM, "", "cannot print");
	r = json_dumpf(o, stdout, JSON_COMPACT);
	json_decref(o);
	if (r < 0 || putchar('\n') == EOF || fflush(stdout) != 0)
		return complain(FSS_EIO, "", "cannot print");
	return 0;
}

/*
 * Finds out the new hub's public key: a hub on any free port of loopback,
 * opened for a moment, says it in its address.
 */
static int
find_key(const char *data, char key[FSS_KEY_TEXT_BYTES])
{
	fss_server *s = NULL;
	const char *hash;
	int r;

	r = fss_server_new(&s);
	if (r < 0)
		return complain(r, "", "cannot open the new hub");
	r = fss_server_set_text(s, FSS_SERVER_DATA, data);
	if (r == 0)
		r = fss_server_set_text(s, FSS_SERVER_LISTEN,
		    "tcp://127.0.0.1:0");
	if (r == 0)
		r = fss_server_set_text(s, FSS_SERVER_INTRODUCE, "off");
	if (r == 0)
		r = fss_server_open(s);
	if (r < 0) {
		(void)complain(r, fss_server_errmsg(s),
		    "cannot open the new hub");
		goto out;
	}
	hash = strchr(fss_server_address(s), '#');
	(void)snprintf(key, FSS_KEY_TEXT_BYTES, "%s",
	    hash != NULL ? hash + 1 : "");
out:
	fss_server_free(s);
	return r;
}

/*
 * "tcp://HOST:PORT" and the key as people write them for fssctl.  A hub that
 * listens everywhere is reached by the machine's name.
 */
static int
public_address(const char *listen, const char *key, char *dst, size_t cap)
{
	const char *host = listen + strlen("tcp://"), *port = "";
	char name[256] = "";
	int n;

	if (host[0] == '*' || strncmp(host, "0.0.0.0:", 8) == 0 ||
	    strncmp(host, "[::]:", 5) == 0) {
		if (gethostname(name, sizeof(name)) < 0)
			return FSS_EIO;
		name[sizeof(name) - 1] = '\0';
		port = strrchr(host, ':');
		host = name;
	}
	n = snprintf(dst, cap, "fss://%s%s#%s", host, port, key);
	return n < 0 || (size_t)n >= cap ? FSS_ECONFIG : 0;
}

static int
show_new(const struct init_options *o, const struct config *cfg,
    const char *key_text, const char *invite)
{
	char address[VALUE_BYTES + 512], print[FSS_FINGERPRINT_BYTES];
	uint8_t key[FSS_KEY_BYTES];
	int r;

	r = public_address(cfg->text[SET_LISTEN], key_text, address,
	    sizeof(address));
	if (r < 0)
		return complain(r, "", "cannot write the hub's address");
	r = fss_key_parse(key_text, key);
	if (r == 0)
		r = fss_key_fingerprint(key, print);
	if (r < 0)
		return complain(r, "", "cannot read the hub's key");
	if (o->json)
		return print_json(json_pack("{s:s, s:s, s:s, s:s, s:s}",
		    "data", o->data, "address", address, "key", key_text,
		    "fingerprint", print, "invite", invite));
	printf("The hub in %s is made.\n\n"
	    "  address      %s\n"
	    "  fingerprint  %s\n"
	    "  invite       %s\n\n"
	    "Start it:       fssd run --data %s\n"
	    "Settings:       %s/fssd.conf\n"
	    "First account:  fssctl connect '%s'\n"
	    "                fssctl register NAME --invite %s\n"
	    "The invite makes an admin and can be used once.\n",
	    o->data, address, print, invite, o->data, o->data, address,
	    invite);
	return 0;
}

int
cmd_init(const struct init_options *o)
{
	char invite[FSS_INVITE_BYTES], key[FSS_KEY_TEXT_BYTES];
	struct config cfg;
	int r = 0;

	config_init(&cfg);
	if (o->listen != NULL)
		r = config_set(&cfg, SET_LISTEN, o->listen);
	if (r == 0)
		r = config_set(&cfg, SET_REGISTRATION,
		    o->registration != NULL ? o->registration : "invite");
	if (r == 0 && o->name != NULL)
		r = config_set(&cfg, SET_NAME, o->name);
	if (r < 0)
		return complain(r, cfg.problem, "cannot make a hub");
	r = fss_server_init(o->data, invite);
	if (r < 0)
		return complain(r, r == FSS_EEXIST ?
		    "there is something in that folder" : "",
		    "cannot make a hub in '%s'", o->data);
	r = config_write(&cfg, o->data);
	if (r < 0)
		return complain(r, "", "cannot write '%s/fssd.conf'", o->data);
	r = find_key(o->data, key);
	if (r < 0)
		return r;
	return show_new(o, &cfg, key, invite);
}

int
cmd_check_config(const char *data)
{
	struct config cfg;
	int r;

	config_init(&cfg);
	r = config_read(&cfg, data);
	if (r < 0)
		return complain(r, "", "%s", cfg.problem);
	printf("%s/fssd.conf is fine\n", data);
	return 0;
}

struct checking {
	bool		json;
	uint64_t	problems;
};

static void
show_problem(void *ctx, const char *problem)
{
	struct checking *c = ctx;

	c->problems++;
	if (c->json)
		/* A line lost to memory is still counted. */
		(void)print_json(json_pack("{s:s}", "problem", problem));
	else
		printf("%s\n", problem);
}

int
cmd_check(const char *data, bool json)
{
	struct checking c = { json, 0 };
	int r;

	r = fss_server_check(data, show_problem, &c);
	if (json) {
		int shown = print_json(json_pack("{s:s, s:I}", "status",
		    fss_err_name(r), "problems", (json_int_t)c.problems));

		if (r == 0)
			r = shown;
	}
	if (r < 0 && c.problems == 0)
		return complain(r, r == FSS_EBUSY ? "a hub is running on it: "
		    "stop it, or check a backup" : "",
		    "cannot check the store in '%s'", data);
	if (r < 0)
		return complain(r, "", "the store in '%s': %llu problems", data,
		    (unsigned long long)c.problems);
	if (!json)
		printf("the store in %s is whole\n", data);
	return 0;
}

int
cmd_backup(const char *data, const char *target, bool json)
{
	int r;

	r = fss_server_backup(data, target);
	if (r < 0)
		return complain(r, "", "cannot copy '%s' to '%s'", data,
		    target);
	if (json)
		return print_json(json_pack("{s:b, s:s}", "ok", 1, "target",
		    target));
	printf("copied %s to %s\n", data, target);
	return 0;
}
