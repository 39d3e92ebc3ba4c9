/*
 * fssweb init: a front end's folder; and reading it again.
 *
 * web.key is the key the front end shows to the hub, web.pub what fssd.conf
 * has to name under front_ends for the hub to believe it about addresses.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launch.h"

int
path_in(const char *data, const char *name, char *dst, size_t cap)
{
	int n;

	if (name[0] == '/')
		n = snprintf(dst, cap, "%s", name);
	else
		n = snprintf(dst, cap, "%s/%s", data, name);
	return n < 0 || (size_t)n >= cap ? FSS_EINVAL : 0;
}

int
check_secret(const char *file, bool group)
{
	struct stat st;

	if (stat(file, &st) < 0)
		return complain(errno == ENOENT ? FSS_ENOENT : FSS_EIO,
		    strerror(errno), "cannot use '%s'", file);
	/* Lent: by root, and not to root's own group, which says nothing. */
	group = group && st.st_uid == 0 && st.st_gid != 0;
	if ((st.st_mode & (group ? 037 : 077)) != 0)
		return complain(FSS_EKEYPERM, "chmod 600 mends it",
		    "cannot use '%s'", file);
	return 0;
}

/* Writes a line to a file that must not be there yet. */
static int
write_new(const char *data, const char *name, const char *text, mode_t mode)
{
	char file[PATH_BYTES];
	size_t len = strlen(text);
	int fd, r;

	r = path_in(data, name, file, sizeof(file));
	if (r < 0)
		return r;
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return complain(errno == EEXIST ? FSS_EEXIST : FSS_EIO,
		    strerror(errno), "cannot write '%s'", file);
	r = write(fd, text, len) == (ssize_t)len && write(fd, "\n", 1) == 1 &&
	    fsync(fd) == 0;
	if (close(fd) < 0 || r == 0)
		return complain(FSS_EIO, strerror(errno), "cannot write '%s'",
		    file);
	return 0;
}

int
public_key(const char *data, char text[64])
{
	char file[PATH_BYTES];
	FILE *f;
	int r;

	r = path_in(data, "web.pub", file, sizeof(file));
	if (r < 0)
		return r;
	f = fopen(file, "re");
	if (f == NULL || fgets(text, 64, f) == NULL)
		r = FSS_EIO;
	else
		text[strcspn(text, "\r\n")] = '\0';
	if (f != NULL)
		(void)fclose(f);	/* it was only read */
	return r == 0 ? 0 : complain(r, "", "cannot read '%s'", file);
}

static int
make_keys(const char *data)
{
	char pub[FSS_KEY_TEXT_BYTES], sec[FSS_KEY_TEXT_BYTES];
	uint8_t key[FSS_KEY_BYTES], secret[FSS_KEY_BYTES];
	int r;

	r = fss_key_generate(key, secret);
	if (r == 0)
		r = fss_key_format(key, pub);
	if (r == 0)
		r = fss_key_format(secret, sec);
	if (r < 0)
		return complain(r, "", "cannot make a key");
	r = write_new(data, "web.key", sec, 0600);
	if (r == 0)
		r = write_new(data, "web.pub", pub, 0644);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(sec, sizeof(sec));
	return r;
}

/* What stands in the new file. */
static int
choose(const struct launch_options *o, struct settings *s)
{
	static const struct {
		enum setting which;
		size_t	 offset;
	} given[] = {
		{ SET_HUB, offsetof(struct launch_options, hub) },
		{ SET_LISTEN, offsetof(struct launch_options, listen) },
		{ SET_NAME, offsetof(struct launch_options, name) },
		{ SET_CERTIFICATE, offsetof(struct launch_options,
		    certificate) },
		{ SET_KEY, offsetof(struct launch_options, key) },
		{ SET_UI, offsetof(struct launch_options, ui) }
	};
	char ui[PATH_BYTES];
	const char *value;
	size_t i;
	int r;

	settings_init(s);
	for (i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		memcpy(&value, (const char *)o + given[i].offset,
		    sizeof(value));
		if (value == NULL)
			continue;
		r = settings_set(s, given[i].which, value);
		if (r < 0)
			return complain(r, s->problem,
			    "cannot make a front end");
	}
	if (o->ui == NULL && beside_program(FSSWEB_UI, ui) == 0 &&
	    settings_set(s, SET_UI, ui) < 0)
		return complain(FSS_ECONFIG, s->problem,
		    "cannot make a front end");
	/* What people most often want to see or change. */
	s->set[SET_LISTEN] = s->set[SET_NAME] = true;
	return 0;
}

static void
show_new(const char *data, const struct settings *s, const char *key)
{
	static const char local[] = "fss+unix://";
	const char *name = s->text[SET_NAME], *hub = s->text[SET_HUB];
	const char *port = strrchr(s->text[SET_LISTEN], ':');

	printf("The front end in %s is made.\n\n"
	    "  address  https://%.*s%s/\n"
	    "  key      %s\n\n",
	    data, (int)strcspn(name, " \t"), name,
	    port != NULL && strcmp(port, ":443") != 0 ? port : "", key);
	if (strncmp(hub, local, strlen(local)) == 0)
		printf("Tell the hub:  local = %s\n"
		    "               local_users = USER (who runs fssweb)\n"
		    "               in section [hub] of its fssd.conf\n",
		    hub + strlen(local));
	else
		printf("Tell the hub:  front_ends = %s\n"
		    "               in section [limits] of its fssd.conf\n",
		    key);
	printf("Start it:      fssweb run --data %s\n"
	    "Settings:      %s/fssweb.conf\n", data, data);
}

int
cmd_init(const struct launch_options *o)
{
	struct settings s;
	char key[64];
	int r;

	if (o->hub == NULL)
		return complain(FSS_EINVAL, "the hub's own start prints it",
		    "--hub fss://HOST:PORT#KEY (or fss+unix:///PATH) is "
		    "missing");
	if ((o->certificate == NULL) != (o->key == NULL))
		return complain(FSS_EINVAL, "", "--certificate and --key go "
		    "together");
	r = choose(o, &s);
	if (r < 0)
		return r;
	if (mkdir(o->data, 0700) < 0 && errno != EEXIST)
		return complain(FSS_EIO, strerror(errno),
		    "cannot make the folder '%s'", o->data);
	/* First: it refuses where there is a front end already. */
	r = settings_write(&s, o->data);
	if (r < 0)
		return complain(r, "", "cannot write '%s/fssweb.conf'",
		    o->data);
	r = make_keys(o->data);
	if (r == 0 && o->certificate == NULL)
		r = make_certificate(o->data, s.text[SET_NAME],
		    s.text[SET_LISTEN]);
	if (r == 0)
		r = public_key(o->data, key);
	if (r < 0)
		return r;
	show_new(o->data, &s, key);
	return 0;
}
