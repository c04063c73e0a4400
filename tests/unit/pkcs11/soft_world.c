/* SPDX-License-Identifier: Apache-2.0 */
/* The module over software identities of a test's own. */
#include "soft_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto.h"
#include "scope.h"
#include "soft_cert.h"
#include "soft_door.h"
#include "soft_key.h"
#include "soft_pfx.h"
#include "token_soft.h"

#include "cardos/secret.h"

#define ROUNDS 1000

const struct token_source_ops *const token_sources[] = { &token_soft_source, NULL };

CK_FUNCTION_LIST *world;

CK_RV __real_soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_bytes);
CK_RV __wrap_soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_bytes);

#pragma weak soft_door_pass /* a test with soft_door.c has a door here */

/* The linker puts this in the way of the module: half a second a write is a minute for all. */
CK_RV __wrap_soft_pfx_write(const struct crypto *crypto, const struct soft_pfx *pfx,
	const struct secret *password, int rounds, struct blob *ret_bytes)
{
	assert_int_equal(rounds, SOFT_ROUNDS);
	if (soft_door_pass)
		soft_door_pass(WRITING);
	return __real_soft_pfx_write(crypto, pfx, password, ROUNDS, ret_bytes);
}

const char *world_path(const struct soft_tmp *tmp, const char *identity, const char *file)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/twca/%s/%s", tmp->path, identity, file);
	return path;
}

static void put_id(struct soft_item *item, unsigned number, unsigned count)
{
	if (count == 1) {
		item->id[0] = 1;
		item->id_len = 1;
		return;
	}
	for (int i = 0; i < 4; i++)
		item->id[i] = (uint8_t)(number >> (24 - 8 * i));
	item->id_len = 4;
}

static void put_certificate(struct soft_pfx *pfx, EVP_PKEY *key, const char *label)
{
	struct soft_item *item = soft_pfx_add(pfx, SOFT_CERTIFICATE);

	assert_non_null(item);
	soft_cert(key, &item->value);
	put_id(item, 1, 1);
	snprintf(item->label, sizeof(item->label), "%s", label);
}

static void write_file(const char *path, const struct blob *bytes)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes->bytes, 1, bytes->len, file), bytes->len);
	assert_int_equal(fclose(file), 0);
}

void world_add(const struct soft_tmp *tmp, const char *name, const char *file, const char *label)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	CLEANUP(secret_free_p)
	struct secret *pin = secret_new(WORLD_PIN, strlen(WORLD_PIN));
	struct crypto *crypto = crypto_new();
	struct soft_item *item = soft_pfx_add(&pfx, SOFT_KEY);
	EVP_PKEY *key;

	assert_int_equal(soft_key_ec(crypto, 256, &item->key), CKR_OK);
	assert_int_equal(soft_key_public(item->key, &item->value), CKR_OK);
	item->usage = TOKEN_USE_SIGN;
	item->public_object = true;
	put_id(item, 1, 1);
	snprintf(item->label, sizeof(item->label), "%s", label);
	key = item->key;
	put_certificate(&pfx, key, label);
	assert_int_equal(__real_soft_pfx_write(crypto, &pfx, pin, ROUNDS, &bytes), CKR_OK);
	write_file(world_path(tmp, name, file), &bytes);
	crypto_free(crypto);
}

static void write_key(const struct crypto *crypto, const struct secret *pin, const char *path,
	unsigned number, unsigned count)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(blob_clear) struct blob bytes = { 0 };
	struct soft_item *item = soft_pfx_add(&pfx, SOFT_KEY);

	assert_non_null(item);
	assert_int_equal(soft_key_ec(crypto, 256, &item->key), CKR_OK);
	assert_int_equal(soft_key_public(item->key, &item->value), CKR_OK);
	item->usage = TOKEN_USE_SIGN | TOKEN_USE_DERIVE;
	item->public_object = item->local = true;
	put_id(item, number, count);
	snprintf(item->label, sizeof(item->label), "key %u", number);
	/* many keys: what is measured is not the key derivation */
	assert_int_equal(
		__real_soft_pfx_write(crypto, &pfx, pin, count == 1 ? ROUNDS : 1, &bytes), CKR_OK);
	write_file(path, &bytes);
}

void world_make(const struct soft_tmp *tmp, const char *name, unsigned count)
{
	CLEANUP(secret_free_p)
	struct secret *pin = secret_new(WORLD_PIN, strlen(WORLD_PIN));
	struct crypto *crypto = crypto_new();
	char file[64];

	assert_non_null(crypto);
	(void)mkdirat(tmp->fd, "twca", 0700);
	assert_int_equal(mkdir(world_path(tmp, name, ""), 0700), 0);
	for (unsigned i = 1; i <= count; i++) {
		snprintf(file, sizeof(file), i == 1 ? "%s.pfx" : "%s-%u.pfx", name, i);
		write_key(crypto, pin, world_path(tmp, name, file), i, count);
	}
	crypto_free(crypto);
}

int world_setup(void **state)
{
	const struct soft_tmp *tmp;

	if (soft_tmp_setup(state) != 0 || C_GetFunctionList(&world) != CKR_OK)
		return -1;
	tmp = *state;
	setenv("XDG_DATA_HOME", tmp->path, 1);
	world_make(tmp, WORLD_NAME, 1);
	return world->C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

int world_teardown(void **state)
{
	(void)world->C_Finalize(NULL);
	return soft_tmp_teardown(state);
}

void world_again(void)
{
	assert_int_equal(world->C_Finalize(NULL), CKR_OK);
	assert_int_equal(world->C_Initialize(NULL), CKR_OK);
}

CK_SESSION_HANDLE world_open(CK_SLOT_ID slot, CK_FLAGS flags)
{
	CK_SESSION_HANDLE session = 0;

	assert_int_equal(
		world->C_OpenSession(slot, CKF_SERIAL_SESSION | flags, NULL, NULL, &session),
		CKR_OK);
	return session;
}

CK_RV world_login(CK_SESSION_HANDLE session, CK_USER_TYPE type, const char *pin)
{
	CK_UTF8CHAR copy[64];
	size_t len = strlen(pin);

	assert_true(len < sizeof(copy));
	memcpy(copy, pin, len);
	return world->C_Login(session, type, copy, len);
}

static CK_OBJECT_HANDLE find(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
	CK_OBJECT_HANDLE object = 0;
	CK_ULONG found = 0;

	assert_int_equal(world->C_FindObjectsInit(session, template, count), CKR_OK);
	assert_int_equal(world->C_FindObjects(session, &object, 1, &found), CKR_OK);
	assert_int_equal(world->C_FindObjectsFinal(session), CKR_OK);
	return found ? object : 0;
}

CK_OBJECT_HANDLE world_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class)
{
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };

	return find(session, template, 1);
}

CK_OBJECT_HANDLE world_feature(CK_SESSION_HANDLE session, CK_HW_FEATURE_TYPE feature)
{
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_HW_FEATURE_TYPE, &feature, sizeof(feature) } };

	return find(session, template, 2);
}

CK_ULONG world_number(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
	CK_ULONG number = 0;
	CK_ATTRIBUTE template = { type, &number, sizeof(number) };

	if (world->C_GetAttributeValue(session, object, &template, 1) != CKR_OK)
		return CK_UNAVAILABLE_INFORMATION;
	return number;
}

CK_RV world_set_number(
	CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, CK_ULONG number)
{
	CK_ATTRIBUTE template = { type, &number, sizeof(number) };

	return world->C_SetAttributeValue(session, object, &template, 1);
}

CK_RV world_sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 1, 2, 3 };
	CK_BYTE signature[64];
	CK_ULONG len = sizeof(signature);
	CK_RV rv = world->C_SignInit(session, &mechanism, key);

	return rv == CKR_OK ? world->C_Sign(session, digest, sizeof(digest), signature, &len) : rv;
}
