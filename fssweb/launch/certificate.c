/*
 * A certificate of one's own, for a front end that has none from elsewhere.
 *
 * Made by openssl(1): P-256, signed by itself, good for the names and the
 * address it listens on.  Browsers ask before they believe it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "launch.h"

extern char **environ;

/* Adds ",DNS:x" or ",IP:x"; false where there is no room. */
static bool
add_name(char *san, size_t cap, const char *name, size_t n)
{
	char one[256];
	uint8_t addr[16];
	size_t had = strlen(san);
	bool ip;
	int r;

	if (n >= sizeof(one))
		return false;
	memcpy(one, name, n);
	one[n] = '\0';
	ip = inet_pton(AF_INET, one, addr) == 1 ||
	    inet_pton(AF_INET6, one, addr) == 1;
	r = snprintf(san + had, cap - had, "%s%s:%s", had > 0 &&
	    san[had - 1] != '=' ? "," : "", ip ? "IP" : "DNS", one);
	return r > 0 && (size_t)r < cap - had;
}

static int
alternatives(const char *names, const char *listen, char *san, size_t cap)
{
	char host[64], port[8];
	size_t n;
	int r;

	r = snprintf(san, cap, "subjectAltName=");
	if (r < 0 || (size_t)r >= cap)
		return FSS_EINVAL;
	for (; *names != '\0'; names += n) {
		names += strspn(names, " \t");
		n = strcspn(names, " \t");
		if (n > 0 && !add_name(san, cap, names, n))
			return FSS_EINVAL;
	}
	/* "Everywhere" is no address to reach it by. */
	if (settings_address(listen, host, sizeof(host), port, sizeof(port)) &&
	    strcmp(host, "0.0.0.0") != 0 && strcmp(host, "::") != 0 &&
	    !add_name(san, cap, host, strlen(host)))
		return FSS_EINVAL;
	return 0;
}

static int
run_openssl(char *const *argv)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int r, status;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return FSS_ENOMEM;
	/* It tells its progress in dots. */
	r = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
	if (r == 0)
		r = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r != 0)
		return complain(FSS_EIO, strerror(r),
		    "cannot run openssl (package openssl)");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return FSS_EIO;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return complain(FSS_EIO, "", "openssl made no certificate");
	return 0;
}

int
make_certificate(const char *data, const char *names, const char *listen)
{
	char certificate[PATH_BYTES], key[PATH_BYTES], san[2048];
	char subject[300];
	size_t n = strcspn(names, " \t");
	/* posix_spawn() wants them so and changes none. */
	char words[][48] = { "openssl", "req", "-x509", "-newkey", "ec",
		"-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-sha256",
		"-days", "3650", "-addext",
		"basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth", "-subj", "-addext",
		"-keyout", "-out" };
	char *argv[24];
	size_t i, k = 0;
	int r;

	r = path_in(data, "cert.pem", certificate, sizeof(certificate));
	if (r == 0)
		r = path_in(data, "key.pem", key, sizeof(key));
	if (r == 0)
		r = alternatives(names, listen, san, sizeof(san));
	if (r < 0)
		return complain(r, "", "cannot make a certificate");
	/* A common name has 64 letters at most; the names count anyway. */
	(void)snprintf(subject, sizeof(subject), "/CN=%.*s",
	    n > 64 ? 64 : (int)n, names);
	for (i = 0; i < 16; i++)
		argv[k++] = words[i];
	argv[k++] = subject;
	argv[k++] = words[16];
	argv[k++] = san;
	argv[k++] = words[17];
	argv[k++] = key;
	argv[k++] = words[18];
	argv[k++] = certificate;
	argv[k] = NULL;
	return run_openssl(argv);
}
