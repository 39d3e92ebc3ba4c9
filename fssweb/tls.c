/*
 * TLS of the worker: certificate and key, handshakes, records.
 *
 * Kore 4.1 keeps the key in a process of its own and signs there, by means
 * OpenSSL 3 no longer calls: as shipped every handshake fails.  So a worker
 * has a context of its own, with the key in it.  It is made anew when Kore's
 * key process says that certificates were reread; a pair that does not fit
 * leaves the old one in place.
 *
 * TLS 1.2 with forward secrecy and AEAD, and 1.3.  No renegotiation, no
 * compression, no session cache: resumption is by tickets of this worker.
 */
#include <limits.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include "host.h"

#define CIPHERS_12	"ECDHE+AESGCM:ECDHE+CHACHA20"
#define GROUPS		"X25519:P-256:P-384"

static SSL_CTX *context;

/* Nobody is asked for a passphrase: there is no terminal. */
static int
no_passphrase(char *dst, int cap, int writing, void *arg)
{
	(void)dst;
	(void)cap;
	(void)writing;
	(void)arg;
	return -1;
}

static int
choose_protocol(SSL *ssl, const unsigned char **ret, unsigned char *ret_len,
    const unsigned char *in, unsigned int len, void *arg)
{
	static const unsigned char http[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, ret_len, http, sizeof(http) - 1, in,
	    len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*ret = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static void
complain(const char *what, const char *file)
{
	char quoted[512], reason[512], text[256];

	ERR_error_string_n(ERR_peek_last_error(), text, sizeof(text));
	web_log(FSS_LOG_ERROR, what, "file=%s reason=%s", web_quote(file,
	    quoted, sizeof(quoted)), web_quote(text, reason, sizeof(reason)));
	ERR_clear_error();
}

int
tls_load(const char *certificate, const char *key)
{
	SSL_CTX *fresh;

	ERR_clear_error();
	fresh = SSL_CTX_new(TLS_server_method());
	if (fresh == NULL)
		return FSS_ENOMEM;
	SSL_CTX_set_default_passwd_cb(fresh, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(fresh, certificate) != 1) {
		complain("cannot use the certificate", certificate);
		goto fail;
	}
	if (SSL_CTX_use_PrivateKey_file(fresh, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(fresh) != 1) {
		complain("cannot use the key of the certificate", key);
		goto fail;
	}
	if (SSL_CTX_set_min_proto_version(fresh, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(fresh, CIPHERS_12) != 1 ||
	    SSL_CTX_set1_groups_list(fresh, GROUPS) != 1) {
		complain("cannot set up TLS", certificate);
		goto fail;
	}
	(void)SSL_CTX_set_options(fresh, SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
	    SSL_OP_PRIORITIZE_CHACHA);
	/* Idle connections keep no buffers: there are thousands of them. */
	(void)SSL_CTX_set_mode(fresh, SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	(void)SSL_CTX_set_session_cache_mode(fresh, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_session_id_context(fresh,
	    (const unsigned char *)"fssweb", 6);
	(void)SSL_CTX_set_num_tickets(fresh, 1);
	SSL_CTX_set_alpn_select_cb(fresh, choose_protocol, NULL);
	SSL_CTX_free(context);	/* sessions keep a reference of their own */
	context = fresh;
	return 0;
fail:
	SSL_CTX_free(fresh);
	return FSS_ECONFIG;
}

bool
tls_ready(void)
{
	return context != NULL;
}

struct ssl_st *
tls_session(int fd)
{
	SSL *ssl;

	if (context == NULL)
		return NULL;
	ssl = SSL_new(context);
	if (ssl == NULL)
		return NULL;
	if (SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		return NULL;
	}
	SSL_set_accept_state(ssl);
	return ssl;
}

static int
outcome(SSL *ssl, int r)
{
	int err;

	if (r > 0)
		return r;
	err = SSL_get_error(ssl, r);
	if (err == SSL_ERROR_WANT_READ || err == SSL_ERROR_WANT_WRITE)
		return 0;
	if (err == SSL_ERROR_SSL || err == SSL_ERROR_SYSCALL) {
		/* No good-bye on a session that broke. */
		SSL_set_quiet_shutdown(ssl, 1);
		ERR_clear_error();
	}
	return -1;
}

int
tls_accept(struct ssl_st *ssl)
{
	ERR_clear_error();
	return outcome(ssl, SSL_accept(ssl));
}

int
tls_read(struct ssl_st *ssl, void *dst, size_t cap)
{
	ERR_clear_error();
	return outcome(ssl, SSL_read(ssl, dst, cap > INT_MAX ? INT_MAX :
	    (int)cap));
}

int
tls_write(struct ssl_st *ssl, const void *src, size_t len)
{
	ERR_clear_error();
	return outcome(ssl, SSL_write(ssl, src, len > INT_MAX ? INT_MAX :
	    (int)len));
}

void
tls_accept_key(const char *key, char dst[29])
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	unsigned char digest[EVP_MAX_MD_SIZE];
	char text[128];
	unsigned len = 0;
	int n;

	n = snprintf(text, sizeof(text), "%.64s%s", key, guid);
	if (n < 0 || EVP_Digest(text, (size_t)n, digest, &len, EVP_sha1(),
	    NULL) != 1 || len != 20) {
		dst[0] = '\0';
		return;
	}
	(void)EVP_EncodeBlock((unsigned char *)dst, digest, (int)len);
}
