/* SPDX-License-Identifier: Apache-2.0 */
/* Site passwords: salted scrypt hashes, and random first passwords for slips. */
#ifndef RA_PASSWORD_H
#define RA_PASSWORD_H

#include <stdbool.h>

#define PASSWORD_HASH 98

/* "salt$hash" in hexadecimal. False: OpenSSL failed. */
bool password_hash(const char *password, char ret_hash[PASSWORD_HASH]);

/* Takes as long for a hash of "" (nobody) as for a real one. */
bool password_matches(const char *password, const char *hash);

/* Ten characters without 0 O 1 l I, at least one of lower, upper, digit. */
void password_random(char ret_password[11]);

#endif
