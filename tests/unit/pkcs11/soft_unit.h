/* SPDX-License-Identifier: Apache-2.0 */
/* A directory, keys, PFX files and faults for tests of single files of the software token. What the
 * code under test writes gets few rounds, and RSA keys are made once (the linker wraps
 * soft_pfx_write() and soft_key_rsa()). */
#ifndef TEST_SOFT_UNIT_H
#define TEST_SOFT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ck.h"
#include "soft_pfx.h"
#include "soft_tmp.h"

#include "cardos/secret.h"

struct crypto;
struct soft_store;

#define UNIT_KEYS 4
#define UNIT_PIN "soft-1234"

extern struct crypto *unit_crypto;

/* cmocka set-up and tear-down; *state is a struct soft_tmp. */
int unit_setup(void **state);
int unit_teardown(void **state);

struct secret *unit_secret(const char *text);

/* A P-256 key, the same for the same number (below UNIT_KEYS) as long as the program runs; one
 * reference is the caller's. */
EVP_PKEY *unit_key(unsigned number);
/* Items with id (one byte; 0: none) and a label. Borrowed from pfx until the next one. */
struct soft_item *unit_add_key(struct soft_pfx *pfx, unsigned number, uint8_t id);
struct soft_item *unit_add_certificate(struct soft_pfx *pfx, unsigned number, uint8_t id);

/* Files of the directory. */
void unit_put(const struct soft_tmp *tmp, const char *name, const void *bytes, size_t len);
bool unit_holds(const struct soft_tmp *tmp, const char *name, const void *bytes, size_t len);
bool unit_exists(const struct soft_tmp *tmp, const char *name);
/* A PFX file with this key, under this password, and its certificate. */
void unit_put_pfx(const struct soft_tmp *tmp, const char *name, unsigned number, uint8_t id,
	const char *password);
void unit_copy(const struct soft_tmp *tmp, const char *from, const char *to);

/* No file of this process grows beyond this many bytes; 0: they may again. */
void unit_limit(size_t bytes);

/* work() in a child that has no rights but those of the files' modes, also where the tests run as
 * root. What it returns. */
CK_RV unit_without_rights(const struct soft_tmp *tmp, CK_RV (*work)(const struct soft_tmp *tmp));

/* The directory as an identity: opened, and logged in with UNIT_PIN. */
struct soft_store *unit_store(const struct soft_tmp *tmp);
struct soft_store *unit_store_open(const struct soft_tmp *tmp, const char *password);

#define UNIT_TEST(name) cmocka_unit_test_setup_teardown(name, unit_setup, unit_teardown)

#endif
