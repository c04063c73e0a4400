/* SPDX-License-Identifier: Apache-2.0 */
/* Accepts one TLS connection at a time and plays its script. */
#include "server.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUESTS_MAX 16
#define REQUEST_MAX 4096

struct server {
	int listener;
	SSL_CTX *tls;
	pthread_t thread;
	const char *const *script;
	char url[64];
	atomic_size_t count;
	char requests[REQUESTS_MAX][REQUEST_MAX];
};

static X509 *certificate(EVP_PKEY *key)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_EXTENSION *alt = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
	X509_add_ext(cert, alt, -1);
	X509_EXTENSION_free(alt);
	X509_sign(cert, key, EVP_sha256());
	return cert;
}

static void make_tls(struct server *server, const char *folder)
{
	char path[300];
	EVP_PKEY *key = EVP_RSA_gen(2048);
	X509 *cert = certificate(key);

	snprintf(path, sizeof path, "%s/ca.pem", folder);
	FILE *file = fopen(path, "w");
	PEM_write_X509(file, cert);
	fclose(file);
	server->tls = SSL_CTX_new(TLS_server_method());
	SSL_CTX_use_certificate(server->tls, cert);
	SSL_CTX_use_PrivateKey(server->tls, key);
	X509_free(cert);
	EVP_PKEY_free(key);
}

/* A request with its body; 0: the connection is at its end. */
static size_t read_request(SSL *ssl, char *buf)
{
	size_t len = 0;

	for (;;) {
		int got = SSL_read(ssl, buf + len, (int)(REQUEST_MAX - 1 - len));
		if (got <= 0)
			return 0;
		len += (size_t)got;
		buf[len] = '\0';
		const char *end = strstr(buf, "\r\n\r\n");
		const char *length = strcasestr(buf, "\r\nContent-Length: ");
		size_t body = length && end && length < end ? strtoul(length + 18, NULL, 10) : 0;
		if (end && len >= (size_t)(end - buf) + 4 + body)
			return len;
	}
}

static const char *answer(struct server *server, size_t number)
{
	size_t at = 0;

	while (at < number && server->script[at + 1])
		at++;
	return server->script[at];
}

static void serve(struct server *server, SSL *ssl)
{
	while (server->count < REQUESTS_MAX) {
		size_t number = server->count;
		if (!read_request(ssl, server->requests[number]))
			return;
		server->count = number + 1;
		const char *text = answer(server, number);
		if (!*text || SSL_write(ssl, text, (int)strlen(text)) <= 0)
			return;
	}
}

static void *run(void *arg)
{
	struct server *server = arg;

	for (;;) {
		int fd = accept(server->listener, NULL, NULL);
		if (fd < 0)
			return NULL;
		SSL *ssl = SSL_new(server->tls);
		SSL_set_fd(ssl, fd);
		if (SSL_accept(ssl) == 1)
			serve(server, ssl);
		SSL_free(ssl);
		close(fd);
	}
}

struct server *server_start(const char *folder, const char *const *script)
{
	struct server *server = calloc(1, sizeof *server);
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;

	server->script = script;
	make_tls(server, folder);
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bind(server->listener, (struct sockaddr *)&address, len);
	listen(server->listener, 8);
	getsockname(server->listener, (struct sockaddr *)&address, &len);
	snprintf(server->url, sizeof server->url, "https://127.0.0.1:%d/", ntohs(address.sin_port));
	pthread_create(&server->thread, NULL, run, server);
	return server;
}

const char *server_url(const struct server *server)
{
	return server->url;
}

size_t server_requests(const struct server *server)
{
	return server->count;
}

const char *server_request(const struct server *server, size_t at)
{
	return server->requests[at];
}

void server_stop(struct server *server)
{
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listener);
	SSL_CTX_free(server->tls);
	free(server);
}
