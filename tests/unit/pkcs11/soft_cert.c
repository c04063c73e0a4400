/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate for tests of the software token. */
#include "soft_cert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "blob.h"

void soft_cert(EVP_PKEY *key, struct blob *ret_der)
{
	X509 *cert = X509_new();
	unsigned char *der = NULL;
	int len;

	assert_non_null(cert);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_set_pubkey(cert, key);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	len = i2d_X509(cert, &der);
	assert_true(len > 0 && blob_set(ret_der, der, (size_t)len));
	OPENSSL_free(der);
	X509_free(cert);
}
