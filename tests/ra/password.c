/* SPDX-License-Identifier: Apache-2.0 */
/* Site passwords: salted scrypt hashes, and random first passwords for slips. They are quick ones
 * (1 MiB, some milliseconds): nobody's password is kept here, and tests log in thousands of times.
 */
#include "password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static bool derive(const char *password, const char *salt, char ret_hex[65])
{
	unsigned char key[32];
	if (EVP_PBE_scrypt(password, strlen(password), (const unsigned char *)salt, 32, 1 << 10, 8,
		    1, 64UL << 20, key, sizeof key) != 1)
		return false;
	text_hex(key, sizeof key, ret_hex);
	return true;
}

bool password_hash(const char *password, char ret_hash[PASSWORD_HASH])
{
	text_random_id(ret_hash);
	ret_hash[32] = '$';
	return derive(password, ret_hash, ret_hash + 33);
}

bool password_matches(const char *password, const char *hash)
{
	static const char nobody[] = "00000000000000000000000000000000";
	bool known = strlen(hash) == PASSWORD_HASH - 1;
	char hex[65];
	if (!derive(password, known ? hash : nobody, hex))
		return false;
	return known && CRYPTO_memcmp(hex, hash + 33, 64) == 0;
}

void password_random(char ret_password[11])
{
	static const char set[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	do {
		unsigned char bytes[10];
		if (RAND_bytes(bytes, sizeof bytes) != 1)
			abort();
		for (size_t i = 0; i < sizeof bytes; i++)
			ret_password[i] = set[bytes[i] % (sizeof set - 1)];
		ret_password[10] = 0;
	} while (!strpbrk(ret_password, "23456789") ||
		 !strpbrk(ret_password, "ABCDEFGHJKLMNPQRSTUVWXYZ") ||
		 !strpbrk(ret_password, "abcdefghijkmnpqrstuvwxyz"));
}
