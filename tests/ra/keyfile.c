/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates as PEM files, written whole or not at all. */
#include "keyfile.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

enum {
	MAX_PEM = 64 * 1024
};

char *keyfile_text(const char *dir, const char *name)
{
	CLEANUP(free_p) char *path = NULL;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return NULL;
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	char *text = calloc(1, MAX_PEM + 1);
	size_t len = text ? fread(text, 1, MAX_PEM, file) : 0;
	fclose(file);
	if (len)
		return text;
	free(text);
	return NULL;
}

static BIO *text_bio(char *text)
{
	return text ? BIO_new_mem_buf(text, -1) : NULL;
}

EVP_PKEY *keyfile_read_key(const char *dir, const char *name)
{
	CLEANUP(free_p) char *text = keyfile_text(dir, name);
	CLEANUP(bio_p) BIO *bio = text_bio(text);
	return bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
}

X509 *keyfile_read_cert(const char *dir, const char *name)
{
	CLEANUP(free_p) char *text = keyfile_text(dir, name);
	CLEANUP(bio_p) BIO *bio = text_bio(text);
	return bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
}

static bool write_whole(const char *dir, const char *name, mode_t mode, BIO *content)
{
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(free_p) char *tmp = NULL;
	char *bytes = NULL;
	long len = BIO_get_mem_data(content, &bytes);
	if (asprintf(&path, "%s/%s", dir, name) < 0 || asprintf(&tmp, "%s/.%s.new", dir, name) < 0)
		return false;
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return false;
	bool ok = len > 0 && write(fd, bytes, (size_t)len) == len && fsync(fd) == 0;
	return (close(fd) == 0) && ok && rename(tmp, path) == 0;
}

bool keyfile_write_key(const char *dir, const char *name, EVP_PKEY *key)
{
	CLEANUP(bio_p) BIO *bio = BIO_new(BIO_s_mem());
	return bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) &&
	       write_whole(dir, name, 0600, bio);
}

bool keyfile_write_cert(const char *dir, const char *name, X509 *cert)
{
	CLEANUP(bio_p) BIO *bio = BIO_new(BIO_s_mem());
	return bio && PEM_write_bio_X509(bio, cert) && write_whole(dir, name, 0644, bio);
}
