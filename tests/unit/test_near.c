/*
 * Words near a misspelt one: how far words are apart, which of the names in
 * the index are found, and what is offered to whom.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model_fixture.h"
#include "store/search_near.h"
#include "store/search_near_choose.h"

/* ---- words ------------------------------------------------------------- */

static unsigned
distance(const char *a, const char *b)
{
	struct fss__near_word w;

	assert_true(fss__near_set(mf_s(a), &w));
	return fss__near_distance(&w, mf_s(b));
}

static void
test_distance(void **state)
{
	(void)state;
	assert_int_equal(distance("config", "config"), 0);
	assert_int_equal(distance("confg", "config"), 1);	/* left out */
	assert_int_equal(distance("connfig", "config"), 1);	/* put in */
	assert_int_equal(distance("konfig", "config"), 1);	/* replaced */
	assert_int_equal(distance("cofnig", "config"), 1);	/* swapped */
	assert_int_equal(distance("onfig", "config"), 1);
	assert_int_equal(distance("confi", "config"), 1);
	assert_int_equal(distance("configs", "config"), 1);
	assert_int_equal(distance("ocnfig", "config"), 1);
	assert_int_equal(distance("confgi", "config"), 1);
	/* Two edits are too many for a short word, and three for any. */
	assert_true(distance("kofnig", "config") > 1);
	assert_int_equal(distance("documentsaion", "documentation"), 2);
	assert_int_equal(distance("dokumantation", "documentation"), 2);
	assert_true(distance("dokumamtation", "documentation") > 2);
	assert_int_equal(distance("librairies", "libraries"), 1);
	assert_true(distance("configuration", "config") > 2);
	/* Characters count, not bytes. */
	assert_int_equal(distance("\320\264\320\276\320\274\320\265",
	    "\320\264\320\276\320\274\320\260"), 1);
	assert_int_equal(distance("\346\227\245\346\234\254\350\252\236\345\255"
	    "\227", "\346\227\245\346\234\254\345\255\227"), 1);
}

/* The same by the whole table. */
static size_t
slow_distance(const char *a, const char *b)
{
	size_t t[FSS__NEAR_MOST + 3][FSS__NEAR_MOST + 3], i, j, d;

	for (i = 0; i <= strlen(a); i++) {
		for (j = 0; j <= strlen(b); j++) {
			d = i + j;
			if (i > 0 && j > 0) {
				d = t[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
				d = t[i - 1][j] + 1 < d ? t[i - 1][j] + 1 : d;
				d = t[i][j - 1] + 1 < d ? t[i][j - 1] + 1 : d;
			}
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && t[i - 2][j - 2] + 1 < d)
				d = t[i - 2][j - 2] + 1;
			t[i][j] = d;
		}
	}
	return t[strlen(a)][strlen(b)];
}

static void
random_word(uint64_t *seed, size_t n, char *dst)
{
	size_t i;

	for (i = 0; i < n; i++)
		dst[i] = (char)('a' + mf_random(seed, 3));
	dst[n] = '\0';
}

/* Some edits away from @a, which need not be as many. */
static void
edited(uint64_t *seed, const char *a, char *dst)
{
	uint32_t edits = mf_random(seed, 5), at;
	size_t n = strlen(a);
	char c;

	memcpy(dst, a, n + 1);
	while (edits-- > 0 && n > 2) {
		at = mf_random(seed, (uint32_t)n - 1);
		c = (char)('a' + mf_random(seed, 3));
		switch (mf_random(seed, 4)) {
		case 0:
			dst[at] = c;
			break;
		case 1:
			memmove(dst + at, dst + at + 1, n-- - at);
			break;
		case 2:
			memmove(dst + at + 1, dst + at, ++n - at);
			dst[at] = c;
			break;
		default:
			c = dst[at];
			dst[at] = dst[at + 1];
			dst[at + 1] = c;
		}
	}
}

static void
test_distance_of_any(void **state)
{
	char a[FSS__NEAR_MOST + 1], b[FSS__NEAR_MOST + 8];
	uint64_t seed = 4711;
	size_t most, d, i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		random_word(&seed, 4 + mf_random(&seed, FSS__NEAR_MOST - 3),
		    a);
		edited(&seed, a, b);
		if (strlen(b) > FSS__NEAR_MOST + 2)
			continue;
		most = strlen(a) >= 8 ? 2 : 1;
		d = slow_distance(a, b);
		if (d <= most)
			assert_int_equal(distance(a, b), d);
		else
			assert_true(distance(a, b) > most);
	}
}

static void
test_words(void **state)
{
	struct fss__search_name name;
	struct fss__slice rest, word;
	struct fss__near_word w;
	char text[FSS__NEAR_MOST + 2];
	uint64_t number;

	(void)state;
	assert_true(fss__near_set(mf_s("abcd"), &w));
	assert_int_equal(w.n, 4);
	assert_int_equal(w.most, 1);
	assert_false(fss__near_set(mf_s("abc"), &w));
	assert_false(fss__near_set(mf_s(""), &w));
	assert_true(fss__near_set(mf_s("abcdefgh"), &w));
	assert_int_equal(w.most, 2);
	/* A number is what it is, a word with one may be wrong. */
	assert_false(fss__near_set(mf_s("20260"), &w));
	assert_true(fss__near_set(mf_s("2026a"), &w));
	/* As names have it, and one word only. */
	assert_true(fss__near_set(mf_s("\303\211t\303\251S"), &w));
	assert_int_equal(w.len, 4);
	assert_memory_equal(w.text, "etes", 4);
	assert_false(fss__near_set(mf_s("abc.def"), &w));
	memset(text, 'a', sizeof(text));
	text[FSS__NEAR_MOST + 1] = '\0';
	assert_false(fss__near_set(mf_s(text), &w));
	text[FSS__NEAR_MOST] = '\0';
	assert_true(fss__near_set(mf_s(text), &w));
	/* Bounds: the same again, others for other words and questions. */
	number = fss__near_number(&w, "abcd", 4);
	assert_true(fss__near_number(&w, "abcd", 4) == number);
	assert_true(fss__near_number(&w, "abce", 4) != number);
	w.secret = 1;
	assert_true(fss__near_number(&w, "abcd", 4) != number);

	assert_int_equal(fss__search_encode(mf_s("-my_Photo(2).JPG"), &name),
	    0);
	rest.p = name.text;
	rest.n = name.len;
	assert_true(fss__near_next_word(&rest, &word));
	assert_true(fss__slice_eq(word, mf_s("my")));
	assert_true(fss__near_next_word(&rest, &word));
	assert_true(fss__slice_eq(word, mf_s("photo")));
	assert_true(fss__near_next_word(&rest, &word));
	assert_true(fss__slice_eq(word, mf_s("2")));
	assert_true(fss__near_next_word(&rest, &word));
	assert_true(fss__slice_eq(word, mf_s("jpg")));
	assert_false(fss__near_next_word(&rest, &word));
}

/* Names that are long are read like many short ones, and no longer. */
static void
test_long_names(void **state)
{
	struct mf_people *p = *state;
	const struct fss__actor *alice = &p->alice;
	struct mf *f = p->f;
	struct fss__near_word w;
	struct fss__near_hit hit;
	struct fss__near *n;
	char path[256];
	unsigned i;

	assert_int_equal(mf_folder(f, alice, NULL, "/config"), 0);
	assert_true(fss__near_set(mf_s("confg"), &w));
	for (i = 0; i < 20; i++) {
		(void)snprintf(path, sizeof(path), "/%0200u", i);
		assert_int_equal(mf_folder(f, alice, NULL, path), 0);
	}
	assert_int_equal(fss__near_open(f->ctx.db, &w, 64, &n), 0);
	assert_int_equal(fss__near_next(n, &hit), 1);
	fss__near_close(n);
	assert_int_equal(fss__near_open(f->ctx.db, &w, 1, &n), 0);
	assert_int_equal(fss__near_next(n, &hit), 0);
	fss__near_close(n);
}

/* ---- offers ------------------------------------------------------------ */

struct texts {
	size_t	n, count;
	char	all[1024];
};

static int
take(void *arg, const void *record)
{
	const struct fss__m_near *m = record;
	struct texts *t = arg;

	assert_int_equal(m->has, FSS__K_near_text);
	assert_true(++t->count <= FSS__MAX_NEAR);
	t->n += (size_t)snprintf(t->all + t->n, sizeof(t->all) - t->n,
	    "%s%.*s", t->n > 0 ? "|" : "", (int)m->text.n,
	    (const char *)m->text.p);
	return 0;
}

static void
offers_of(struct mf *f, const struct fss__actor *who, struct fss__m_find m,
    const char *texts)
{
	struct texts t = { 0, 0, "" };
	int r;

	assert_int_equal(fss__db_begin(f->ctx.db), 0);
	r = fss__entry_near(&f->ctx, who, &m, take, &t);
	fss__db_abort(f->ctx.db);
	assert_int_equal(r, 0);
	assert_string_equal(t.all, texts);
}

static void
offers(struct mf *f, const struct fss__actor *who, const char *text,
    const char *texts)
{
	offers_of(f, who, mf_question(text), texts);
}

__attribute__((format(printf, 3, 4))) static void
make(struct mf *f, const struct fss__actor *who, const char *format, ...)
{
	char path[FSS_LIMIT_PATH + 1];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(path, sizeof(path), format, ap);
	va_end(ap);
	if (mf_file(f, who, NULL, path, NULL) != 0)
		fail_msg("%s cannot be made", path);
}

/* All names into blocks. */
static void
post(struct mf *f)
{
	int r;

	mf_begin(f);
	r = fss__search_post(f->ctx.db, 1, 1000000);
	assert_true(r >= 0);
	(void)mf_end(f, 0);
}

static void
ask_kinds(struct mf *f, const struct fss__actor *who)
{
	/* short words, each kind of error at each place */
	offers(f, who, "raedme", "readme");
	offers(f, who, "eradme", "readme");
	offers(f, who, "readem", "readme");
	offers(f, who, "eadme", "readme");
	offers(f, who, "reame", "readme");
	offers(f, who, "readm", "readme");
	offers(f, who, "xreadme", "readme");
	offers(f, who, "reeadme", "readme");
	offers(f, who, "readmee", "readme");
	offers(f, who, "teadme", "readme");
	offers(f, who, "rewdme", "readme");
	offers(f, who, "readmr", "readme");
	offers(f, who, "naem", "name");
	offers(f, who, "nime", "name");
	offers(f, who, "nname", "name");
	offers(f, who, "nmae", "name");
	/* long ones, once and twice */
	offers(f, who, "documantation", "documentation");
	offers(f, who, "documenttaion", "documentation");
	offers(f, who, "ducomentation", "documentation");
	offers(f, who, "documentaton", "documentation");
	offers(f, who, "docummentation", "documentation");
	offers(f, who, "dokumantation", "documentation");
	offers(f, who, "ocumentatin", "documentation");
	offers(f, who, "Documantation", "documentation");
	/* digits, and what is none of ASCII, as the name spells it */
	offers(f, who, "pyhton3", "python3");
	offers(f, who, "python4", "python3");
	offers(f, who, "2027", "");
	offers(f, who, "cafee", "cafe");
	offers(f, who, "\320\276\321\202\321\207\320\265\321\202\321\213\320\271",
	    "\320\236\321\202\321\207\321\221\321\202\320\275\321\213\320\271");
	/* within a text: what is right stays as it is */
	offers(f, who, "raedme.TXT", "readme.TXT");
	offers(f, who, "  Documantation   html", "  documentation   html");
	offers(f, who, "documantation raedme", "documentation readme");
	offers(f, who, "html html-documantation", "html html-documentation");
	offers(f, who, "html documantation/raedme.txt", "");
	/* right words that are not together, and nothing near */
	offers(f, who, "python3 html", "");
	offers(f, who, "zzzzzzzz", "");
	offers(f, who, "qwxz", "");
	offers(f, who, "documantation zzzzzzzz", "");
	offers(f, who, "kofnjg", "");
	offers(f, who, "rea", "");
	offers_of(f, who, mf_question(NULL), "");
}

static void
test_kinds(void **state)
{
	struct mf_people *p = *state;
	const struct fss__actor *alice = &p->alice;
	struct mf *f = p->f;

	make(f, alice, "/documentation/html/readme.txt");
	make(f, alice, "/html-documentation");
	make(f, alice, "/name");
	make(f, alice, "/usr/python3");
	make(f, alice, "/2026");
	make(f, alice, "/Caf\303\251");
	make(f, alice, "/\320\236\321\202\321\207\321\221\321\202\320\275\321"
	    "\213\320\271 1");
	ask_kinds(f, alice);
	post(f);
	ask_kinds(f, alice);
}

/* Fewer edits, then what is frequent, then the same first letter. */
static void
test_order(void **state)
{
	struct mf_people *p = *state;
	const struct fss__actor *alice = &p->alice;
	struct mf *f = p->f;
	unsigned i, round;

	make(f, alice, "/a/lime");
	for (i = 0; i < 3; i++)
		make(f, alice, "/b%u/mime", i);
	make(f, alice, "/a/nice");
	make(f, alice, "/a/nine");
	make(f, alice, "/a/libraries");
	make(f, alice, "/a/libaaries");
	for (i = 0; i < 3; i++)
		make(f, alice, "/b%u/librarian", i);
	for (round = 0; round < 2; round++) {
		offers(f, alice, "nime", "mime|nice|nine");
		offers(f, alice, "librariez", "libraries|librarian|libaaries");
		post(f);
	}
}

/* What somebody may not see is offered by nothing, nor does it count. */
static void
ask_hidden(struct mf *f, const struct fss__actor *alice,
    const struct fss__actor *bob)
{
	offers(f, alice, "secert", "secret");
	offers(f, bob, "secert", "");
	offers(f, alice, "nime", "mime|nice|nine");
	offers(f, bob, "nime", "nice|nine");
	/* The word is seen, but not beside the other one. */
	offers(f, alice, "hidden raedme", "hidden readme");
	offers(f, bob, "hidden raedme", "");
	offers(f, bob, "raedme", "readme");
	offers(f, bob, "alice raedme", "alice readme");
}

static void
test_hidden(void **state)
{
	struct mf_people *p = *state;
	const struct fss__actor *alice = &p->alice, *bob = &p->bob;
	struct mf *f = p->f;
	unsigned i;

	make(f, alice, "/open/readme");
	make(f, alice, "/open/nice");
	make(f, alice, "/open/secret");
	make(f, alice, "/hidden/readme");
	for (i = 0; i < 40; i++)
		make(f, alice, "/hidden/mime-%u", i);
	assert_int_equal(mf_access(f, alice, NULL, "/", FSS_ACCESS_OPEN), 0);
	assert_int_equal(mf_access(f, alice, NULL, "/hidden",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(mf_access(f, alice, NULL, "/open/secret",
	    FSS_ACCESS_PRIVATE), 0);
	make(f, bob, "/nine");
	assert_int_equal(mf_access(f, bob, NULL, "/", FSS_ACCESS_OPEN), 0);
	ask_hidden(f, alice, bob);
	post(f);
	ask_hidden(f, alice, bob);
	/* What was removed is offered to nobody. */
	assert_int_equal(mf_remove(f, alice, NULL, "/open/secret", false), 0);
	offers(f, alice, "secert", "");
}

/* However many hidden words are near, one that may be seen has room. */
static void
test_many_hidden(void **state)
{
	struct mf_people *p = *state;
	const struct fss__actor *alice = &p->alice, *bob = &p->bob;
	struct mf *f = p->f;
	unsigned i;

	make(f, alice, "/confidential");
	for (i = 0; i < 100; i++)
		make(f, bob, "/confident%c%ca", 'b' + i / 10, 'b' + i % 10);
	offers(f, alice, "confidentia", "confidential");
	post(f);
	offers(f, alice, "confidentia", "confidential");
}

static void
test_filters(void **state)
{
	struct mf_people *p = *state;
	const struct fss__actor *alice = &p->alice, *bob = &p->bob;
	struct mf *f = p->f;
	struct fss__m_find m;

	make(f, alice, "/photos/letter");
	make(f, bob, "/photon");
	assert_int_equal(mf_access(f, bob, NULL, "/", FSS_ACCESS_OPEN), 0);
	post(f);
	offers(f, alice, "phoots", "photos");
	offers(f, alice, "photox", "photon|photos");
	m = mf_question("photox");
	m.has |= FSS__K_find_kind;
	m.kind = FSS_KIND_DIR;
	offers_of(f, alice, m, "photos");
	m.kind = FSS_KIND_FILE;
	offers_of(f, alice, m, "photon");
	m = mf_question("photox");
	m.has |= FSS__K_find_owner;
	m.owner = mf_s("alice");
	offers_of(f, alice, m, "photos");
	m.has |= FSS__K_find_under;
	m.under = mf_s("/photos");
	offers_of(f, alice, m, "");
	/* Of several words, filters are for what is found in the end. */
	m = mf_question("phoots letter");
	m.has |= FSS__K_find_kind;
	m.kind = FSS_KIND_FILE;
	offers_of(f, alice, m, "photos letter");
	m.kind = FSS_KIND_DIR;
	offers_of(f, alice, m, "");
}

/* At the limits: words of a text, wrong ones among them, its length. */
static void
test_limits(void **state)
{
	struct mf_people *p = *state;
	const struct fss__actor *alice = &p->alice;
	struct mf *f = p->f;
	char text[FSS__MAX_QUERY + 1];

	make(f, alice, "/alpha bravo charlie delta eight foxes golfs hotel");
	make(f, alice, "/alpha.beta.gamma");
	offers(f, alice, "alhpa bravo charlie delta eight foxes golfs hotel",
	    "alpha bravo charlie delta eight foxes golfs hotel");
	offers(f, alice,
	    "alhpa bravo charlie delta eight foxes golfs hotel-a", "");
	offers(f, alice, "alhpa.beta.gamma", "alpha.beta.gamma");
	offers(f, alice, "alhpa.bata.gamma", "alpha.beta.gamma");
	offers(f, alice, "alhpa.bata.gama", "");
	/* A longer word has to fit into the text. */
	memset(text, '.', sizeof(text));
	memcpy(text, "alha", 4);
	text[FSS__MAX_QUERY] = '\0';
	offers(f, alice, text, "");
}

/* ---- blocks ------------------------------------------------------------ */

/* Among many names, the blocks with the word are chosen, and not too many. */
static void
test_blocks(void **state)
{
	static const char *const wrong[] = {
		"wintersonne", "winetrsonnen", "wintersonnnen", "witnersonnen",
		"zebra", "zbera", "zebar", "zebta", "zebrra",
	};
	struct mf_people *p = *state;
	const struct fss__actor *alice = &p->alice;
	struct mf *f = p->f;
	struct fss__near_list list;
	struct fss__near_word w;
	unsigned i, k;
	int64_t last;

	for (i = 0; i < 4000; i++) {
		if (i == 1234)
			make(f, alice, "/some/wintersonnen");
		if (i == 2345)
			make(f, alice, "/some/zebras of the zoo");
		make(f, alice, "/d%u/picture %u.jpg", i % 7,
		    i * 2654435761u % 100000);
	}
	post(f);
	assert_int_equal(fss__step_i64(fss__db_query(f->ctx.db,
	    "SELECT max(id) FROM search_block"), &last), 1);
	assert_true(last > 100);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_true(fss__near_set(mf_s(wrong[i]), &w));
		assert_int_equal(fss__near_choose(f->ctx.db, &w,
		    (uint32_t)last, 8, &list), 0);
		assert_true(list.count <= 8);
		for (k = 0; k < list.count; k++)
			assert_true(list.block[k] <= last);
		assert_int_equal(fss__near_choose(f->ctx.db, &w,
		    (uint32_t)last, 0, &list), 0);
		assert_int_equal(list.count, 0);
	}
	offers(f, alice, "winetrsonnen", "wintersonnen");
	offers(f, alice, "witnerzonnen", "wintersonnen");
	offers(f, alice, "zbera", "");
	offers(f, alice, "zebrsa", "zebras");
	offers(f, alice, "zebrqs", "zebras");
	offers(f, alice, "pictrue", "picture");
}

/* Whichever allocation fails, that is said and nothing is left behind. */
static void
test_memory(void **state)
{
	struct mf_people *p = *state;
	const struct fss__actor *alice = &p->alice;
	struct mf *f = p->f;
	struct fss__m_find m = mf_question("documantation raedme");
	struct texts t;
	uint64_t nth = 0;
	int r;

	make(f, alice, "/documentation/readme");
	post(f);
	offers(f, alice, "documantation raedme", "documentation readme");
	do {
		memset(&t, 0, sizeof(t));
		assert_int_equal(fss__db_begin(f->ctx.db), 0);
		(void)fss__alloc_fail_at(++nth);
		r = fss__entry_near(&f->ctx, alice, &m, take, &t);
		(void)fss__alloc_fail_at(0);
		fss__db_abort(f->ctx.db);
		if (r != 0)
			assert_int_equal(r, FSS_ENOMEM);
		else
			assert_string_equal(t.all, "documentation readme");
	} while (r != 0);
	assert_true(nth > 10);
}

int
main(void)
{
#define TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, mf_people_setup, mf_people_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_distance_of_any),
		cmocka_unit_test(test_words),
		TEST(test_long_names),
		TEST(test_kinds),
		TEST(test_order),
		TEST(test_hidden),
		TEST(test_many_hidden),
		TEST(test_filters),
		TEST(test_limits),
		TEST(test_blocks),
		TEST(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
