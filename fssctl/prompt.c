/*
 * Questions to the person: passwords without echo, yes or no.
 *
 * Passwords come from /dev/tty or, with --password-stdin, from stdin byte by
 * byte, so that nothing stays behind in a stdio buffer; never from the command
 * line, which other people on the machine can read.
 *
 * Echo is off before the prompt shows, and what was typed ahead is kept.
 * Whatever ends or stops the program while it asks turns the echo on again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "fssctl.h"

void
secret_zero(void *p, size_t n)
{
	volatile unsigned char *b = p;

	/* Volatile, so that the compiler does not leave it out. */
	while (n-- > 0)
		*b++ = 0;
}

/* Reads a line without its newline. FSS_ECANCELED at a signal. */
static int
read_line(int fd, char *dst, size_t cap, bool *ret_end)
{
	size_t n = 0;
	ssize_t got;
	char c;
	int r;

	*ret_end = false;
	for (;;) {
		r = wait_readable(fd);
		if (r < 0)
			return r;
		got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return FSS_EIO;
		if (got == 0) {
			*ret_end = n == 0;
			break;
		}
		if (c == '\n')
			break;
		if (n + 1 == cap)
			return FSS_EPASSWORD;
		dst[n++] = c;
	}
	if (n > 0 && dst[n - 1] == '\r')
		n--;
	dst[n] = '\0';
	return 0;
}

static int
put_tty(int fd, const char *text)
{
	size_t n = strlen(text);

	return write(fd, text, n) == (ssize_t)n ? 0 : FSS_EIO;
}

/* ---- echo ------------------------------------------------------------- */

/* SIGINT and SIGTERM are session.c's: they end the reading instead. */
static const int fatal_signals[] = { SIGHUP, SIGQUIT, SIGTSTP };
#define FATALS	(sizeof(fatal_signals) / sizeof(fatal_signals[0]))

/* What a handler needs, set before it is. */
static struct {
	int	fd;
	struct termios before, quiet;
	struct sigaction old[FATALS];
} echo;

/* Echo on, and then what the signal does by default. */
static void
on_signal(int sig)
{
	struct sigaction dfl, here;
	sigset_t only;
	int saved = errno;

	/* Failures could not be told of, and none is to be expected. */
	(void)tcsetattr(echo.fd, TCSADRAIN, &echo.before);
	memset(&dfl, 0, sizeof(dfl));
	dfl.sa_handler = SIG_DFL;
	(void)sigemptyset(&dfl.sa_mask);
	(void)sigemptyset(&only);
	(void)sigaddset(&only, sig);
	(void)sigaction(sig, &dfl, &here);
	(void)raise(sig);
	(void)sigprocmask(SIG_UNBLOCK, &only, NULL);
	/* Stopped, and now continued. */
	(void)sigaction(sig, &here, NULL);
	(void)tcsetattr(echo.fd, TCSADRAIN, &echo.quiet);
	errno = saved;
}

static int
echo_off(int fd)
{
	struct sigaction sa;
	size_t i;

	if (tcgetattr(fd, &echo.before) < 0)
		return FSS_EIO;
	echo.fd = fd;
	echo.quiet = echo.before;
	echo.quiet.c_lflag &= ~(tcflag_t)ECHO;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	if (sigemptyset(&sa.sa_mask) < 0)
		return FSS_EIO;
	for (i = 0; i < FATALS; i++) {
		if (sigaction(fatal_signals[i], NULL, &echo.old[i]) < 0)
			return FSS_EIO;
		/* One that is ignored, as under nohup, stays so. */
		if (echo.old[i].sa_handler == SIG_DFL &&
		    sigaction(fatal_signals[i], &sa, NULL) < 0)
			return FSS_EIO;
	}
	return tcsetattr(fd, TCSADRAIN, &echo.quiet) < 0 ? FSS_EIO : 0;
}

static int
echo_on(void)
{
	int r = tcsetattr(echo.fd, TCSADRAIN, &echo.before);
	size_t i;

	for (i = 0; i < FATALS; i++)
		/* Cannot fail: it was so before. */
		(void)sigaction(fatal_signals[i], &echo.old[i], NULL);
	return r < 0 ? FSS_EIO : 0;
}

/* Asks on the terminal @fd, echo off. */
static int
ask_hidden(int fd, const char *what, char *dst)
{
	bool end = false;
	int r, back;

	r = echo_off(fd);
	if (r == 0)
		r = put_tty(fd, what);
	if (r == 0)
		r = read_line(fd, dst, PASSWORD_BYTES, &end);
	back = echo_on();
	if (r == 0)
		r = back;
	/* The newline typed was not echoed. */
	(void)put_tty(fd, "\n");
	if (r == 0 && end)
		r = FSS_ECANCELED;
	return r;
}

static int
ask_terminal(struct app *app, const char *what, bool twice,
    char password[PASSWORD_BYTES])
{
	char again[PASSWORD_BYTES], prompt[128];
	int fd, r;

	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		app_set_detail(app, "there is no terminal to ask on; use "
		    "--password-stdin");
		return app_fail(app, FSS_EINVAL, "no password");
	}
	(void)snprintf(prompt, sizeof(prompt), "%s: ", what);
	r = ask_hidden(fd, prompt, password);
	if (r == 0 && twice) {
		(void)snprintf(prompt, sizeof(prompt), "%s again: ", what);
		r = ask_hidden(fd, prompt, again);
		if (r == 0 && strcmp(password, again) != 0) {
			r = FSS_EPASSWORD;
			app_set_detail(app, "the two were not the same");
		}
		secret_zero(again, sizeof(again));
	}
	(void)close(fd);
	if (r < 0)
		return app_fail(app, r, "no password");
	return 0;
}

int
ask_password(struct app *app, const char *what, bool twice,
    char password[PASSWORD_BYTES])
{
	bool end = false;
	int r;

	app->detail[0] = '\0';
	if (opt_has(&app->opt, PASSWORD_STDIN)) {
		r = read_line(STDIN_FILENO, password, PASSWORD_BYTES, &end);
		if (r == 0 && end) {
			app_set_detail(app, "stdin has no line for it");
			r = FSS_EPASSWORD;
		}
		if (r < 0)
			(void)app_fail(app, r, "cannot read a password");
	} else {
		r = ask_terminal(app, what, twice, password);
	}
	/* On failure half of it may be there. */
	if (r < 0)
		secret_zero(password, PASSWORD_BYTES);
	return r;
}

int
ask_yes(const char *question)
{
	char answer[16];
	bool end;
	int fd, r;

	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return FSS_EINVAL;
	r = put_tty(fd, question);
	if (r == 0)
		r = put_tty(fd, " [y/N] ");
	if (r == 0)
		r = read_line(fd, answer, sizeof(answer), &end);
	(void)close(fd);
	if (r == FSS_EPASSWORD)
		return 0;
	if (r < 0)
		return r;
	return answer[0] == 'y' || answer[0] == 'Y';
}
