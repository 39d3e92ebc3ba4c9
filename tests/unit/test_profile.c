/*
 * Profiles: keys and hubs on disk.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fss/profile.h>

#include "client/address.h"
#include "client/internal.h"

#define HUB	"fss://hub.example:4700"
#define OTHER	"fss://[::1]:4700"

struct place {
	char	base[64];
	char	dir[96];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const char *tmp = getenv("TMPDIR");

	assert_non_null(p);
	(void)snprintf(p->base, sizeof(p->base), "%s/fss-profile-XXXXXX",
	    tmp != NULL && strlen(tmp) < 30 ? tmp : "/tmp");
	assert_non_null(mkdtemp(p->base));
	(void)snprintf(p->dir, sizeof(p->dir), "%s/a/b", p->base);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;
	char cmd[128];
	FILE *rm;

	(void)snprintf(cmd, sizeof(cmd), "rm -rf '%s'", p->base);
	rm = popen(cmd, "r");
	if (rm != NULL)
		(void)pclose(rm);
	free(p);
	return 0;
}

static void
path_of(const struct place *p, const char *name, char path[256])
{
	(void)snprintf(path, 256, "%s/%s", p->dir, name);
}

static unsigned
mode_of(const struct place *p, const char *name)
{
	char path[256];
	struct stat st;

	path_of(p, name, path);
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void
write_file(const struct place *p, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	path_of(p, name, path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
test_address(void **state)
{
	static const char *const good[] = { "fss://h:1", "fss://10.0.0.1:65535",
	    "fss://[::1]:4700", "fss://a-b.c_d:7",
	    "fss://h:1#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
	static const char *const bad[] = { "", "fss://", "h:1", "tcp://h:1",
	    "fss://h", "fss://h:", "fss://h:0", "fss://h:65536", "fss://:1",
	    "fss://h:1#", "fss://h:1#short", "fss://h:1/", "fss://h:1x",
	    "fss://h h:1", "fss://[::1:1", "fss://[]:1", "fss://h:999999",
	    "fss://a/b:1", "fss://user@h:1" };
	char text[FSS__ADDRESS_TEXT];
	struct fss__address a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(fss__address_parse(good[i], &a), 0);
		fss__address_format(&a, true, text);
		assert_string_equal(text, good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(fss__address_parse(bad[i], &a), FSS_EINVAL);
	assert_int_equal(fss__address_parse(NULL, &a), FSS_EINVAL);
	assert_int_equal(fss__address_parse("fss://HUB:9", &a), 0);
	assert_string_equal(a.host, "hub");
	assert_int_equal(fss__address_endpoint(&a, 1, text), 0);
	assert_string_equal(text, "tcp://hub:10");
	a.port = 65535;
	assert_int_equal(fss__address_endpoint(&a, 1, text), FSS_EINVAL);
}

static void
test_keys(void **state)
{
	uint8_t pub[FSS_KEY_BYTES], sec[FSS_KEY_BYTES], back[FSS_KEY_BYTES];
	char text[FSS_KEY_TEXT_BYTES], print[FSS_FINGERPRINT_BYTES];

	(void)state;
	assert_int_equal(fss_key_generate(pub, sec), 0);
	assert_memory_not_equal(pub, sec, sizeof(pub));
	assert_int_equal(fss_key_format(pub, text), 0);
	assert_int_equal(strlen(text), FSS_KEY_TEXT_BYTES - 1);
	assert_int_equal(fss_key_parse(text, back), 0);
	assert_memory_equal(pub, back, sizeof(pub));
	text[5] = '!';
	assert_int_equal(fss_key_parse(text, back), FSS_EINVAL);
	assert_int_equal(fss_key_parse(NULL, back), FSS_EINVAL);
	assert_int_equal(fss_key_fingerprint(pub, print), 0);
	assert_int_equal(strncmp(print, "SHA256:", 7), 0);
	assert_int_equal(fss_hub_key("nonsense", 10, back), FSS_EINVAL);
}

static void
test_trust(void **state)
{
	struct place *at = *state;
	uint8_t one[FSS_KEY_BYTES], two[FSS_KEY_BYTES], key[FSS_KEY_BYTES];
	fss_profile *p;

	memset(one, 1, sizeof(one));
	memset(two, 2, sizeof(two));
	assert_int_equal(fss_profile_open(at->dir, &p), 0);
	assert_int_equal(mode_of(at, "."), 0700);
	assert_int_equal(fss_profile_known(p, HUB, key), FSS_ENOENT);
	assert_int_equal(fss_profile_trust(p, HUB, one), 1);
	assert_int_equal(fss_profile_trust(p, HUB, one), 0);
	assert_int_equal(fss_profile_trust(p, HUB, two), FSS_EHOSTKEY);
	assert_true(fss_profile_errmsg(p)[0] != '\0');
	assert_int_equal(fss_profile_trust(p, OTHER, two), 1);
	assert_int_equal(fss_profile_trust(p, "x", two), FSS_EINVAL);
	fss_profile_free(p);
	/* It is all there the next time. */
	assert_int_equal(fss_profile_open(at->dir, &p), 0);
	assert_int_equal(fss_profile_known(p, "fss://HUB.example:4700", key),
	    0);
	assert_memory_equal(key, one, sizeof(key));
	assert_int_equal(fss_profile_known(p, OTHER, key), 0);
	assert_int_equal(fss_profile_forget(p, HUB), 0);
	assert_int_equal(fss_profile_forget(p, HUB), FSS_ENOENT);
	assert_int_equal(fss_profile_known(p, HUB, key), FSS_ENOENT);
	assert_int_equal(fss_profile_trust(p, HUB, two), 1);
	fss_profile_free(p);
}

/* Many processes that each add a hub: none is lost. */
static void
test_trust_at_once(void **state)
{
	struct place *at = *state;
	uint8_t one[FSS_KEY_BYTES];
	char address[64];
	fss_profile *p;
	pid_t pid[8];
	int i, status;

	memset(one, 1, sizeof(one));
	for (i = 0; i < 8; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] > 0)
			continue;
		(void)snprintf(address, sizeof(address), "fss://h%d:1", i);
		if (fss_profile_open(at->dir, &p) != 0 ||
		    fss_profile_trust(p, address, one) != 1)
			_exit(1);
		_exit(0);
	}
	for (i = 0; i < 8; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(fss_profile_open(at->dir, &p), 0);
	for (i = 0; i < 8; i++) {
		(void)snprintf(address, sizeof(address), "fss://h%d:1", i);
		assert_int_equal(fss_profile_known(p, address, one), 0);
	}
	fss_profile_free(p);
}

static void
test_current(void **state)
{
	struct place *at = *state;
	uint8_t key[FSS_KEY_BYTES] = { 9 };
	char expect[FSS__ADDRESS_TEXT], text[FSS_KEY_TEXT_BYTES];
	fss_profile *p;

	assert_int_equal(fss_profile_open(at->dir, &p), 0);
	assert_string_equal(fss_profile_hub(p), "");
	assert_string_equal(fss_profile_account(p), "");
	assert_int_equal(fss_profile_use(p, HUB, "alice"), FSS_ENOENT);
	assert_int_equal(fss_profile_trust(p, HUB, key), 1);
	assert_int_equal(fss_profile_use(p, HUB, "No Name"), FSS_EINVAL);
	assert_int_equal(fss_profile_use(p, HUB, "alice"), 0);
	fss_profile_free(p);
	assert_int_equal(fss_profile_open(at->dir, &p), 0);
	assert_int_equal(fss_key_format(key, text), 0);
	(void)snprintf(expect, sizeof(expect), "%s#%s", HUB, text);
	assert_string_equal(fss_profile_hub(p), expect);
	assert_string_equal(fss_profile_account(p), "alice");
	assert_int_equal(fss_profile_use(p, HUB, NULL), 0);
	assert_string_equal(fss_profile_account(p), "");
	assert_int_equal(fss_profile_forget(p, HUB), 0);
	assert_string_equal(fss_profile_hub(p), "");
	fss_profile_free(p);
}

#define KEYS	"keys/hub.example:4700/"

static void
test_device_key(void **state)
{
	struct place *at = *state;
	uint8_t key[FSS_KEY_BYTES] = { 9 }, first[FSS_KEY_BYTES];
	char path[256];
	fss_profile *p;
	fss_client *c;

	assert_int_equal(fss_profile_open(at->dir, &p), 0);
	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_profile_apply(p, NULL, c), FSS_ENOENT);
	assert_int_equal(fss_profile_trust(p, HUB, key), 1);
	assert_int_equal(fss_profile_use(p, HUB, NULL), 0);
	assert_int_equal(fss_profile_apply(p, "../x", c), FSS_ENAME);
	assert_int_equal(fss_profile_apply(p, "alice", c), 0);
	assert_int_equal(mode_of(at, KEYS "alice"), 0600);
	assert_int_equal(mode_of(at, "keys"), 0700);
	memcpy(first, c->secret, sizeof(first));
	assert_memory_equal(c->address.key, key, sizeof(key));
	/* The same the next time, another for somebody else. */
	assert_int_equal(fss_profile_apply(p, "bob", c), 0);
	assert_memory_not_equal(first, c->secret, sizeof(first));
	assert_int_equal(fss_profile_apply(p, "alice", c), 0);
	assert_memory_equal(first, c->secret, sizeof(first));
	/* Refused when others can read it. */
	path_of(at, KEYS "alice", path);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(fss_profile_apply(p, "alice", c), FSS_EKEYPERM);
	assert_non_null(strstr(fss_profile_errmsg(p), "alice"));
	assert_int_equal(chmod(path, 0600), 0);
	write_file(at, KEYS "alice", "rubbish\n");
	assert_int_equal(fss_profile_apply(p, "alice", c), FSS_ECONFIG);
	assert_int_equal(fss_profile_drop_key(p, "alice"), 0);
	assert_int_equal(fss_profile_drop_key(p, "alice"), FSS_ENOENT);
	assert_int_equal(fss_profile_apply(p, "alice", c), 0);
	assert_memory_not_equal(first, c->secret, sizeof(first));
	fss_client_free(c);
	fss_profile_free(p);
}

static void
test_refused(void **state)
{
	struct place *at = *state;
	fss_profile *p = NULL;

	assert_int_equal(fss_profile_open("", &p), FSS_EINVAL);
	assert_int_equal(fss_profile_open(NULL, &p), FSS_EINVAL);
	assert_null(p);
	assert_int_equal(fss_profile_open(at->dir, &p), 0);
	fss_profile_free(p);
	assert_int_equal(chmod(at->dir, 0777), 0);
	assert_int_equal(fss_profile_open(at->dir, &p), FSS_EKEYPERM);
	assert_non_null(strstr(fss_profile_errmsg(p), "written by others"));
	assert_string_equal(fss_profile_hub(p), "");
	fss_profile_free(p);
	assert_int_equal(chmod(at->dir, 0700), 0);
	write_file(at, "known_hubs", "# fine\n\nfss://h:1 nokey\n");
	assert_int_equal(fss_profile_open(at->dir, &p), FSS_ECONFIG);
	assert_non_null(strstr(fss_profile_errmsg(p), "/known_hubs"));
	fss_profile_free(p);
	write_file(at, "known_hubs", "# fine\n");
	write_file(at, "current", "something else\n");
	assert_int_equal(fss_profile_open(at->dir, &p), FSS_ECONFIG);
	assert_non_null(strstr(fss_profile_errmsg(p), "/current"));
	fss_profile_free(p);
	fss_profile_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_keys),
		cmocka_unit_test_setup_teardown(test_trust, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trust_at_once, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_current, setup, teardown),
		cmocka_unit_test_setup_teardown(test_device_key, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
