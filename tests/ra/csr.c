/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a certificate request: form, proof of possession, key policy. Knows no account. */
#include "csr.h"

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <string.h>

#include "cleanup.h"
#include "text.h"

enum {
	MIN_BITS = 2048,
	MAX_BITS = 4096
};

/* The fingerprint of keys made by the flawed library of CVE-2017-15361: modulo each small prime,
 * their modulus is a power of 65537. */
static bool roca(const BIGNUM *n)
{
	static const unsigned char primes[] = { 11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103,
		107, 109, 127, 151, 157 };
	for (size_t i = 0; i < sizeof primes; i++) {
		unsigned p = primes[i];
		unsigned long want = BN_mod_word(n, p);
		unsigned power = 1;
		unsigned steps = 0;
		while (power != want && steps++ < p)
			power = power * (65537 % p) % p;
		if (power != want)
			return false;
	}
	return true;
}

static bool small_factor(const BIGNUM *n)
{
	static const unsigned char primes[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43,
		47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97 };
	for (size_t i = 0; i < sizeof primes; i++)
		if (BN_mod_word(n, primes[i]) == 0)
			return true;
	return false;
}

/* NULL: fine; else what is wrong. */
static const char *key_fault(EVP_PKEY *key)
{
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		return "The key must be an RSA key.";
	int bits = EVP_PKEY_get_bits(key);
	if (bits < MIN_BITS || bits > MAX_BITS)
		return "The RSA modulus must have 2048 to 4096 bits.";
	BIGNUM *n = NULL;
	BIGNUM *e = NULL;
	const char *fault = NULL;
	if (!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) ||
		!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e))
		fault = "The RSA key cannot be read.";
	else if (!BN_is_odd(e) || BN_num_bits(e) < 17 || BN_num_bits(e) > 256)
		fault = "The public exponent must be odd and at least 65537.";
	else if (small_factor(n) || roca(n))
		fault = "This is a known weak key.";
	BN_free(n);
	BN_free(e);
	return fault;
}

static bool digest_allowed(const X509_REQ *csr)
{
	int md = NID_undef;
	return OBJ_find_sigid_algs(X509_REQ_get_signature_nid(csr), &md, NULL) &&
	       (md == NID_sha256 || md == NID_sha384 || md == NID_sha512);
}

X509_REQ *csr_check(const unsigned char *der, size_t len, struct reply *reply)
{
	const unsigned char *end = der;
	X509_REQ *csr = d2i_X509_REQ(NULL, &end, (long)len);
	EVP_PKEY *key = csr && end == der + len ? X509_REQ_get0_pubkey(csr) : NULL;
	if (!key) {
		problem(reply, PROBLEM_CSR_MALFORMED,
			"The bytes are not one PKCS#10 request in DER.");
		X509_REQ_free(csr);
		return NULL;
	}
	const char *fault = key_fault(key);
	if (fault)
		problem(reply, PROBLEM_KEY_POLICY, fault);
	else if (!digest_allowed(csr))
		problem(reply, PROBLEM_CSR_SIGNATURE,
			"The signature must use SHA-256, SHA-384 or SHA-512.");
	else if (X509_REQ_verify(csr, key) != 1)
		problem(reply, PROBLEM_CSR_SIGNATURE, "The request is not signed by its own key.");
	else
		return csr;
	X509_REQ_free(csr);
	return NULL;
}

void csr_key_sha256(X509_REQ *csr, char ret_hex[65])
{
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(csr), &der);
	text_sha256(der, len > 0 ? (size_t)len : 0, ret_hex);
	OPENSSL_free(der);
}
