/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to which: record and certificate, order and key, certificate and its time. */
#include "apply_match.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "lib/fail.h"
#include "lib/ra_renewal.h"
#include "lib/scope.h"
#include "lib/text.h"

const char *apply_name(char buf[APPLY_NAME_MAX], const char *name, size_t index)
{
	if (!index)
		return name;
	snprintf(buf, APPLY_NAME_MAX, "%s%zu", name, index + 1);
	return buf;
}

static void der_free_p(unsigned char **der)
{
	OPENSSL_free(*der);
}

bool apply_sha256(const uint8_t *bytes, size_t len, char **ret)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned digest_len;

	if (EVP_Digest(bytes, len, digest, &digest_len, EVP_sha256(), NULL) != 1)
		return false;
	*ret = text_hex(digest, digest_len);
	return *ret != NULL;
}

bool apply_order_of_key(const struct ra_order *order, size_t index, EVP_PKEY *public)
{
	CLEANUP(der_free_p) unsigned char *der = NULL;
	CLEANUP(free_p) char *hex = NULL;

	int len = i2d_PUBKEY(public, &der);
	return len > 0 && apply_sha256(der, (size_t)len, &hex) && order->key_sha256[index] &&
	       strcasecmp(order->key_sha256[index], hex) == 0;
}

bool apply_is_over(struct apply *apply, const uint8_t *der, size_t len)
{
	CLEANUP(free_p) char *sha256 = NULL;
	struct ra_renewal_info info = { 0 };
	struct fail ignored = FAIL_INIT;

	if (!apply_sha256(der, len, &sha256) ||
		!ra_renewal_info(apply->tool.ra, sha256, &info, &ignored))
		return false;
	bool over = info.window == RA_EXPIRED_CERT || info.window == RA_REVOKED;
	ra_release(&info.owner);
	return over;
}
