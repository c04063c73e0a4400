/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates as PEM files in the RA's folder. */
#ifndef RA_KEYFILE_H
#define RA_KEYFILE_H

#include <openssl/x509.h>
#include <stdbool.h>

/* Whole file as text; NULL: cannot be read. The caller frees. */
char *keyfile_text(const char *dir, const char *name);

EVP_PKEY *keyfile_read_key(const char *dir, const char *name);
X509 *keyfile_read_cert(const char *dir, const char *name);

/* Written whole or not at all (temporary file, fsync, rename); keys are 0600. */
bool keyfile_write_key(const char *dir, const char *name, EVP_PKEY *key);
bool keyfile_write_cert(const char *dir, const char *name, X509 *cert);

#endif
