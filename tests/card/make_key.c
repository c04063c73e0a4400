/* SPDX-License-Identifier: Apache-2.0 */
/* twca-make-key BITS: a fresh RSA key in PEM, for tests that need many. */
#include "rsa_make.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	EVP_PKEY *key = argc == 2 ? vc_rsa_make((unsigned)strtoul(argv[1], NULL, 10)) : NULL;
	int made = key && PEM_write_PKCS8PrivateKey(stdout, key, NULL, NULL, 0, NULL, NULL) == 1;

	EVP_PKEY_free(key);
	if (!made)
		fprintf(stderr, "usage: twca-make-key BITS\n");
	return made ? 0 : 2;
}
