/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of scope do the freeing: CLEANUP(function) before a declaration. */
#ifndef RA_CLEANUP_H
#define RA_CLEANUP_H

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sqlite3.h>
#include <stdlib.h>

#define CLEANUP(f) __attribute__((cleanup(f)))

#define RA_CLEANUP_FN(name, type, release)                                                         \
	__attribute__((unused)) static inline void name(type *p)                                   \
	{                                                                                          \
		release(*p);                                                                       \
		*p = NULL;                                                                         \
	}

RA_CLEANUP_FN(free_p, char *, free)
RA_CLEANUP_FN(bytes_p, unsigned char *, free)
RA_CLEANUP_FN(json_p, json_t *, json_decref)
RA_CLEANUP_FN(stmt_p, sqlite3_stmt *, (void)sqlite3_finalize)
RA_CLEANUP_FN(x509_p, X509 *, X509_free)
RA_CLEANUP_FN(pkey_p, EVP_PKEY *, EVP_PKEY_free)
RA_CLEANUP_FN(name_p, X509_NAME *, X509_NAME_free)
RA_CLEANUP_FN(bio_p, BIO *, BIO_free_all)

#endif
