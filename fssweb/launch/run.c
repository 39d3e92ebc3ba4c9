/*
 * fssweb run: writes Kore's configuration and becomes Kore.
 *
 * Kore's file is made anew each time from fssweb.conf; nobody edits it.
 * Whoever starts it as root is turned into the folder's owner first.  From
 * then on Kore is this process: SIGTERM ends it, SIGHUP has certificates
 * reread (module.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launch.h"

#define SPARE_FILES	256	/* descriptors beside the connections */

int
beside_program(const char *name, char dst[PATH_BYTES])
{
	char self[PATH_BYTES], path[2 * PATH_BYTES], *slash, *real;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int r = FSS_ENOENT;

	if (n <= 0)
		return FSS_EIO;
	self[n] = '\0';
	slash = strrchr(self, '/');
	*slash = '\0';
	(void)snprintf(path, sizeof(path), "%s/%s", self, name);
	real = realpath(path, NULL);
	if (real != NULL && strlen(real) < PATH_BYTES &&
	    access(real, R_OK) == 0) {
		memcpy(dst, real, strlen(real) + 1);
		r = 0;
	}
	free(real);
	return r;
}

/* Where it was built it lies beside the launcher. */
static int
find_module(char dst[PATH_BYTES])
{
	if (beside_program("fssweb.so", dst) == 0 ||
	    beside_program(FSSWEB_MODULE, dst) == 0)
		return 0;
	return complain(FSS_ENOENT, "it is built where Debian's package kore "
	    "is", "cannot find the module fssweb.so");
}

/* As many as descriptors allow: accept() without one would spin. */
static uint64_t
connections(const struct settings *s)
{
	uint64_t want = s->num[SET_CONNECTIONS];
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0 || rl.rlim_max == RLIM_INFINITY ||
	    rl.rlim_max >= want + SPARE_FILES)
		return want;
	fprintf(stderr, "fssweb: only %llu files may be open, so %llu "
	    "connections are taken (LimitNOFILE)\n",
	    (unsigned long long)rl.rlim_max,
	    (unsigned long long)rl.rlim_max - SPARE_FILES);
	return rl.rlim_max > 2 * SPARE_FILES ? rl.rlim_max - SPARE_FILES :
	    SPARE_FILES;
}

static int
write_kore(const struct settings *s, const char *data, const char *module,
    const char *file)
{
	char host[64], port[8], certificate[PATH_BYTES], key[PATH_BYTES];
	uint64_t n = connections(s);
	FILE *f;
	int fd, r;

	(void)settings_address(s->text[SET_LISTEN], host, sizeof(host), port,
	    sizeof(port));
	r = path_in(data, s->text[SET_CERTIFICATE], certificate,
	    sizeof(certificate));
	if (r == 0)
		r = path_in(data, s->text[SET_KEY], key, sizeof(key));
	if (r < 0)
		return r;
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (f == NULL)
		return complain(FSS_EIO, strerror(errno), "cannot write '%s'",
		    file);
	fprintf(f, "# Made by fssweb run of fssweb.conf; not to be edited.\n"
	    "load\t%s\n"
	    "server web {\n\tbind %s %s fssweb_connect\n\ttls %s\n}\n"
	    "root\t%s\nkeymgr_root\t%s\npidfile\t%s/kore.pid\n"
	    "workers\t%s\nworker_max_connections\t%llu\n"
	    "worker_rlimit_nofiles\t%llu\nworker_set_affinity\t0\n"
	    "socket_backlog\t4096\nhttp_request_limit\t16\n"
	    "domain * {\n\tattach web\n",
	    module, host, port, s->num[SET_TLS] != 0 ? "yes" : "no", data,
	    data, data, s->text[SET_WORKERS], (unsigned long long)n,
	    (unsigned long long)n + SPARE_FILES);
	if (s->num[SET_TLS] != 0)
		fprintf(f, "\tcertfile %s\n\tcertkey %s\n", certificate, key);
	fprintf(f, "}\n");
	r = ferror(f) != 0;
	if (fclose(f) != 0 || r != 0)
		return complain(FSS_EIO, strerror(errno), "cannot write '%s'",
		    file);
	return 0;
}

/* Settings, and the secrets they name. */
static int
read_all(const char *data, struct settings *s)
{
	char file[PATH_BYTES];
	int r;

	settings_init(s);
	r = settings_read(s, data);
	if (r < 0)
		return complain(r, "", "%s", s->problem);
	r = path_in(data, "web.key", file, sizeof(file));
	if (r == 0)
		r = check_secret(file, false);
	if (r == 0 && s->num[SET_TLS] != 0) {
		r = path_in(data, s->text[SET_KEY], file, sizeof(file));
		if (r == 0)
			r = check_secret(file, true);
	}
	return r;
}

/* Kore's file knows no quoting. */
static int
real_folder(const char *data, char dst[PATH_BYTES])
{
	char *real = realpath(data, NULL);
	int r = FSS_EINVAL;

	if (real == NULL)
		return complain(errno == ENOENT ? FSS_ENOENT : FSS_EIO,
		    strerror(errno), "cannot use the folder '%s'", data);
	if (strpbrk(real, " \t\"'") == NULL && strlen(real) < PATH_BYTES / 2) {
		memcpy(dst, real, strlen(real) + 1);
		r = 0;
	}
	free(real);
	return r == 0 ? 0 : complain(r, "its path has spaces or quotes, or "
	    "is too long", "cannot use the folder '%s'", data);
}

/* root becomes the owner of the folder. */
static int
drop_root(const char *data)
{
	struct passwd *pw;
	struct stat st;

	if (geteuid() != 0)
		return 0;
	if (stat(data, &st) < 0)
		return complain(FSS_EIO, strerror(errno), "cannot use '%s'",
		    data);
	if (st.st_uid == 0) {
		fprintf(stderr, "fssweb: runs as root, whose '%s' is; that "
		    "will do to try it out, else give it to an account of its "
		    "own (chown -R)\n", data);
		return 0;
	}
	pw = getpwuid(st.st_uid);
	if (setgroups(0, NULL) < 0 || setgid(pw != NULL ? pw->pw_gid :
	    st.st_gid) < 0 || setuid(st.st_uid) < 0)
		return complain(FSS_EIO, strerror(errno),
		    "cannot become the owner of '%s'", data);
	return 0;
}

static void
show_address(const struct settings *s, const char *data)
{
	const char *name = s->text[SET_NAME];
	const char *port = strrchr(s->text[SET_LISTEN], ':');
	char key[64];

	if (public_key(data, key) < 0)
		return;
	fprintf(stderr, "fssweb: https://%.*s%s/, key %s\n",
	    (int)strcspn(name, " \t"), name, port != NULL &&
	    strcmp(port, ":443") != 0 ? port : "", key);
}

int
cmd_check_config(const struct launch_options *o)
{
	char data[PATH_BYTES];
	struct settings s;
	int r;

	r = real_folder(o->data, data);
	if (r == 0)
		r = read_all(data, &s);
	if (r == 0)
		printf("%s/fssweb.conf is fine\n", o->data);
	return r;
}

int
cmd_run(const struct launch_options *o)
{
	char data[PATH_BYTES], file[PATH_BYTES], module[PATH_BYTES], fd[16];
	char kore[] = "kore", how[] = "-fnrq", from[] = "-c";
	char *argv[] = { kore, how, from, file, NULL };
	struct settings s;
	int r;

	r = real_folder(o->data, data);
	if (r == 0)
		r = drop_root(data);
	if (r == 0)
		r = read_all(data, &s);
	if (r == 0)
		r = find_module(module);
	if (r == 0)
		r = path_in(data, "kore.conf", file, sizeof(file));
	if (r == 0)
		r = write_kore(&s, data, module, file);
	if (r < 0)
		return r;
	(void)snprintf(fd, sizeof(fd), "%d", o->ready_fd);
	if (o->ready_fd >= 0)
		r = setenv("FSSWEB_READY_FD", fd, 1);
	else
		r = unsetenv("FSSWEB_READY_FD");
	/* One stream for all lines. */
	if (r < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return complain(FSS_EIO, strerror(errno), "cannot start");
	show_address(&s, data);
	(void)execvp(argv[0], argv);
	return complain(FSS_EIO, strerror(errno),
	    "cannot run kore (Debian's package kore)");
}
