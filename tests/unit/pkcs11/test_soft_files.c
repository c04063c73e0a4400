/* SPDX-License-Identifier: Apache-2.0 */
/* What others do to the files of a software identity: several keys with one id, files replaced,
 * written in place and removed, old ciphers; and data that only the user may see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include "pkcs11/vendor.h"
#include "soft_world.h"

#define FIRST WORLD_NAME ".pfx"
#define SECOND WORLD_NAME "-2.pfx"
#define THIRD WORLD_NAME "-3.pfx"

struct seen {
	CK_OBJECT_HANDLE handle;
	CK_BYTE id[32];
	CK_ULONG id_len;
	char label[32];
	CK_BYTE spki[128];
	CK_ULONG spki_len;
};

static void look(CK_SESSION_HANDLE session, struct seen *seen)
{
	CK_ATTRIBUTE template[] = { { CKA_ID, seen->id, sizeof(seen->id) },
		{ CKA_LABEL, seen->label, sizeof(seen->label) - 1 },
		{ CKA_PUBLIC_KEY_INFO, seen->spki, sizeof(seen->spki) } };

	memset(seen->label, 0, sizeof(seen->label));
	assert_int_equal(world->C_GetAttributeValue(session, seen->handle, template, 3), CKR_OK);
	seen->id_len = template[0].ulValueLen;
	seen->spki_len = template[2].ulValueLen;
}

static CK_ULONG all(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, struct seen *seen)
{
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };
	CK_OBJECT_HANDLE found[8];
	CK_ULONG count = 0;

	assert_int_equal(world->C_FindObjectsInit(session, template, 1), CKR_OK);
	assert_int_equal(world->C_FindObjects(session, found, 8, &count), CKR_OK);
	assert_int_equal(world->C_FindObjectsFinal(session), CKR_OK);
	for (CK_ULONG i = 0; i < count; i++) {
		seen[i].handle = found[i];
		look(session, &seen[i]);
	}
	return count;
}

static CK_SESSION_HANDLE log_in(void)
{
	CK_SESSION_HANDLE session = world_open(0, CKF_RW_SESSION);

	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	return session;
}

static const struct seen *labelled(const struct seen *seen, CK_ULONG count, const char *label)
{
	for (CK_ULONG i = 0; i < count; i++)
		if (strcmp(seen[i].label, label) == 0)
			return &seen[i];
	fail_msg("nothing called %s", label);
	return NULL;
}

static bool same_id(const struct seen *a, const struct seen *b)
{
	return a->id_len == b->id_len && memcmp(a->id, b->id, a->id_len) == 0;
}

/* ---- ids ---- */

static void keys_with_one_id_are_told_apart(void **state)
{
	static const char *const labels[] = { "second", "third" };
	static struct seen keys[8];
	static struct seen certs[8];
	CK_SESSION_HANDLE session;
	CK_ULONG key_count;
	CK_ULONG cert_count;

	world_add(*state, WORLD_NAME, SECOND, labels[0]);
	world_add(*state, WORLD_NAME, THIRD, labels[1]);
	session = log_in();
	key_count = all(session, CKO_PRIVATE_KEY, keys);
	cert_count = all(session, CKO_CERTIFICATE, certs);
	assert_int_equal(key_count, 3);
	assert_int_equal(cert_count, 2);
	for (CK_ULONG i = 0; i < key_count; i++)
		for (CK_ULONG j = 0; j < i; j++)
			assert_false(same_id(&keys[i], &keys[j]));
	/* each certificate has its key's id, and its key */
	for (size_t i = 0; i < 2; i++) {
		const struct seen *key = labelled(keys, key_count, labels[i]);
		const struct seen *cert = labelled(certs, cert_count, labels[i]);

		assert_true(same_id(key, cert));
		assert_int_equal(key->spki_len, cert->spki_len);
		assert_memory_equal(key->spki, cert->spki, key->spki_len);
		assert_int_equal(world_sign(session, key->handle), CKR_OK);
	}
	/* the first by name keeps its own, and another gets it back when it is free */
	assert_int_equal(labelled(keys, key_count, "second")->id_len, 1);
	assert_int_equal(labelled(keys, key_count, "key 1")->id_len, 20);
	assert_int_equal(unlink(world_path(*state, WORLD_NAME, SECOND)), 0);
	assert_int_equal(unlink(world_path(*state, WORLD_NAME, THIRD)), 0);
	assert_int_equal(all(session, CKO_PRIVATE_KEY, keys), 1);
	assert_string_equal(keys[0].label, "key 1");
	assert_int_equal(keys[0].id_len, 1);
}

/* ---- files of others ---- */

static void a_file_replaced_or_removed_is_noticed(void **state)
{
	const struct soft_tmp *tmp = *state;
	CK_SESSION_HANDLE session = log_in();
	struct seen keys[8];

	assert_int_equal(all(session, CKO_PRIVATE_KEY, keys), 1);
	world_add(tmp, WORLD_NAME, "other", "replaced");
	assert_int_equal(renameat(tmp->fd, "twca/" WORLD_NAME "/other", tmp->fd,
				 "twca/" WORLD_NAME "/" FIRST),
		0);
	assert_int_equal(all(session, CKO_PRIVATE_KEY, keys), 1);
	assert_string_equal(keys[0].label, "replaced");
	assert_int_equal(world_sign(session, keys[0].handle), CKR_OK);
	/* in place: the directory itself does not change */
	world_add(tmp, WORLD_NAME, FIRST, "overwritten");
	assert_int_equal(all(session, CKO_PRIVATE_KEY, keys), 1);
	assert_string_equal(keys[0].label, "overwritten");
	assert_int_equal(world_sign(session, keys[0].handle), CKR_OK);
	world_add(tmp, WORLD_NAME, SECOND, "more");
	assert_int_equal(all(session, CKO_PRIVATE_KEY, keys), 2);
	assert_int_equal(unlink(world_path(tmp, WORLD_NAME, FIRST)), 0);
	assert_int_equal(all(session, CKO_PRIVATE_KEY, keys), 1);
	assert_int_equal(world_sign(session, keys[0].handle), CKR_OK);
	assert_int_equal(unlink(world_path(tmp, WORLD_NAME, SECOND)), 0);
	assert_int_equal(world->C_GetSlotList(CK_TRUE, NULL, &(CK_ULONG){ 0 }), CKR_OK);
	assert_int_equal(world_sign(session, keys[0].handle), CKR_SESSION_HANDLE_INVALID);
}

/* As Windows wrote it: 3DES, the certificate hidden too. */
static void write_old(const struct soft_tmp *tmp)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	X509 *cert = X509_new();
	PKCS12 *p12;
	FILE *file = fopen(world_path(tmp, WORLD_NAME, FIRST), "wb");

	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_set_pubkey(cert, key);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	p12 = PKCS12_create(WORLD_PIN, "old", key, cert, NULL,
		NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
		2000, 1, 0);
	assert_non_null(p12);
	assert_int_equal(i2d_PKCS12_fp(file, p12), 1);
	fclose(file);
	PKCS12_free(p12);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static void old_ciphers_need_a_yes_and_end_with_a_new_password(void **state)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE identity;
	CK_BBOOL value = CK_FALSE;
	CK_ATTRIBUTE weak = { CKA_TWCA_OLD_CIPHER, &value, 1 };
	CK_ATTRIBUTE allow = { CKA_TWCA_OLD_CIPHERS_ALLOWED, &value, 1 };
	CK_UTF8CHAR old[] = WORLD_PIN;
	CK_UTF8CHAR new[] = "soft-5678";
	struct seen certs[8];

	write_old(*state);
	session = log_in();
	identity = world_feature(session, CKH_TWCA_IDENTITY);
	assert_int_equal(world->C_GetAttributeValue(session, identity, &weak, 1), CKR_OK);
	assert_true(value);
	assert_int_equal(all(session, CKO_CERTIFICATE, certs), 0);
	assert_int_equal(world->C_GetAttributeValue(session, identity, &allow, 1), CKR_OK);
	assert_false(value);
	assert_int_equal(
		world_sign(session, world_find(session, CKO_PRIVATE_KEY)), CKR_ACTION_PROHIBITED);
	value = CK_TRUE;
	assert_int_equal(world->C_SetAttributeValue(session, identity, &allow, 1), CKR_OK);
	assert_int_equal(all(session, CKO_CERTIFICATE, certs), 1);
	assert_int_equal(world_sign(session, world_find(session, CKO_PRIVATE_KEY)), CKR_OK);
	assert_int_equal(
		world->C_SetPIN(session, old, sizeof(old) - 1, new, sizeof(new) - 1), CKR_OK);
	assert_int_equal(world_sign(session, world_find(session, CKO_PRIVATE_KEY)), CKR_OK);
	identity = world_feature(session, CKH_TWCA_IDENTITY);
	assert_int_equal(world->C_GetAttributeValue(session, identity, &weak, 1), CKR_OK);
	assert_false(value);
	/* now the certificate shows without login */
	world_again();
	assert_int_equal(all(world_open(0, 0), CKO_CERTIFICATE, certs), 1);
}

/* ---- data ---- */

static CK_RV store_data(CK_SESSION_HANDLE session, const char *label, bool private)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL yes = CK_TRUE;
	CK_BBOOL hidden = private ? CK_TRUE : CK_FALSE;
	CK_BYTE value[] = "not for everybody";
	CK_UTF8CHAR name[32];
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_TOKEN, &yes, sizeof(yes) }, { CKA_PRIVATE, &hidden, sizeof(hidden) },
		{ CKA_LABEL, name, strlen(label) }, { CKA_VALUE, value, sizeof(value) - 1 } };
	CK_OBJECT_HANDLE object = 0;

	memcpy(name, label, strlen(label));
	return world->C_CreateObject(session, template, 5, &object);
}

static void assert_data(CK_SESSION_HANDLE session, CK_ULONG expected)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };
	CK_OBJECT_HANDLE found[4];
	CK_ULONG count = 0;

	assert_int_equal(world->C_FindObjectsInit(session, template, 1), CKR_OK);
	assert_int_equal(world->C_FindObjects(session, found, 4, &count), CKR_OK);
	assert_int_equal(world->C_FindObjectsFinal(session), CKR_OK);
	assert_int_equal(count, expected);
	for (CK_ULONG i = 0; i < count; i++) {
		CK_BYTE bytes[32];
		CK_ATTRIBUTE value = { CKA_VALUE, bytes, sizeof(bytes) };

		assert_int_equal(world->C_GetAttributeValue(session, found[i], &value, 1), CKR_OK);
		assert_int_equal(value.ulValueLen, 17);
		assert_memory_equal(bytes, "not for everybody", 17);
	}
}

static void private_data_are_for_the_user(void **state)
{
	CK_SESSION_HANDLE session = log_in();
	CK_UTF8CHAR old[] = WORLD_PIN;
	CK_UTF8CHAR new[] = "soft-5678";
	char path[512];
	static char bytes[65536];
	size_t len;
	FILE *file;

	assert_int_equal(store_data(session, "open", false), CKR_OK);
	assert_int_equal(store_data(session, "secret", true), CKR_OK);
	assert_data(session, 2);
	assert_int_equal(world->C_Logout(session), CKR_OK);
	assert_data(session, 1);
	assert_int_equal(world_login(session, CKU_USER, WORLD_PIN), CKR_OK);
	assert_data(session, 2);
	assert_int_equal(
		world->C_SetPIN(session, old, sizeof(old) - 1, new, sizeof(new) - 1), CKR_OK);
	world_again();
	session = world_open(0, 0);
	assert_data(session, 1);
	assert_int_equal(world_login(session, CKU_USER, "soft-5678"), CKR_OK);
	assert_data(session, 2);
	/* and not in the file as it lies there */
	snprintf(path, sizeof(path), "%s", world_path(*state, WORLD_NAME, THIRD));
	file = fopen(path, "rb");
	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	assert_true(len > 100);
	assert_null(memmem(bytes, len, "not for", 7));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_with_one_id_are_told_apart),
		TEST(a_file_replaced_or_removed_is_noticed),
		TEST(old_ciphers_need_a_yes_and_end_with_a_new_password),
		TEST(private_data_are_for_the_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
