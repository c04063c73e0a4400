/* SPDX-License-Identifier: Apache-2.0 */
/* V5 cards to write to, and what is done with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "cardos/card.h"
#include "cardos/secret.h"
#include "v5_kit.h"
#include "vcard_link.h"

#define PATH_LEN 64
#define CERT_LEN 300
#define DIGEST_LEN 32

struct secret *v5_pin, *v5_new_pin, *v5_puk;

static const char *const names[] = { V5_PLAIN, V5_MAKER, V5_OWN, V5_BLANK };
static char folder[] = "/tmp/twca-v5-XXXXXX";
static uint8_t certificate[CERT_LEN];

static void path_of(const char *name, char *path)
{
	(void)snprintf(path, PATH_LEN, "%s/%s", folder, name);
}

struct cardos_card *v5_open(struct vcard_link *link)
{
	struct cardos_card *card = NULL;
	bool reset = false;
	assert_int_equal(cardos_card_open_on(&link->transport, &card), CARDOS_OK);
	assert_int_equal(cardos_begin(card, &reset), CARDOS_OK);
	return card;
}

enum cardos_err v5_login(struct cardos_card *card)
{
	int tries = -1;
	return cardos_login(card, CARDOS_PIN_USER, v5_pin, &tries);
}

enum cardos_err v5_generate(
	struct cardos_card *card, const char *label, enum cardos_key_type type, unsigned bits)
{
	const struct cardos_key_params params = { .type = type,
		.bits = bits,
		.usage = CARDOS_USE_SIGN,
		.label = label,
		.public_object = true };
	uint32_t private = 0, public = 0;
	enum cardos_err err = v5_login(card);
	if (err == CARDOS_OK)
		err = cardos_key_generate(card, &params, &private, &public);
	if (err == CARDOS_OK)
		assert_true(private != 0 && public != 0);
	return err;
}

enum cardos_err v5_store(struct cardos_card *card, const char *label)
{
	const struct cardos_store params = { .class = CARDOS_CERTIFICATE,
		.value = certificate,
		.value_len = sizeof(certificate),
		.id = (const uint8_t *)label,
		.id_len = strlen(label),
		.label = label };
	uint32_t number = 0;
	enum cardos_err err = v5_login(card);
	return err == CARDOS_OK ? cardos_object_store(card, &params, &number) : err;
}

static const struct cardos_object *find(
	struct cardos_card *card, enum cardos_class class, const char *label, size_t *ret_count)
{
	const struct cardos_object *list = NULL, *found = NULL;
	size_t count = 0;
	*ret_count = 0;
	if (cardos_objects(card, &list, &count) != CARDOS_OK)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (list[i].class == class && strcmp(list[i].label, label) == 0) {
			found = &list[i];
			(*ret_count)++;
		}
	}
	return found;
}

uint32_t v5_number(struct cardos_card *card, enum cardos_class class, const char *label)
{
	size_t count = 0;
	const struct cardos_object *object = find(card, class, label, &count);
	return object ? object->number : 0;
}

size_t v5_count(struct cardos_card *card, enum cardos_class class, const char *label)
{
	size_t count = 0;
	(void)find(card, class, label, &count);
	return count;
}

static bool verifies(EVP_PKEY *key, const uint8_t *digest, const uint8_t *signature, size_t len)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	bool good = EVP_PKEY_verify_init(context) == 1 &&
		    EVP_PKEY_verify(context, signature, len, digest, DIGEST_LEN) == 1;
	EVP_PKEY_CTX_free(context);
	return good;
}

static bool verifies_ec(
	const uint8_t *der, size_t der_len, const uint8_t *digest, const uint8_t *raw, size_t len)
{
	EVP_PKEY *key = d2i_PUBKEY(NULL, &der, (long)der_len);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	unsigned char *signature = NULL;
	int half = (int)len / 2;
	(void)ECDSA_SIG_set0(pair, BN_bin2bn(raw, half, NULL), BN_bin2bn(raw + half, half, NULL));
	int signature_len = i2d_ECDSA_SIG(pair, &signature);
	bool good = key && verifies(key, digest, signature, (size_t)signature_len);
	OPENSSL_free(signature);
	ECDSA_SIG_free(pair);
	EVP_PKEY_free(key);
	return good;
}

static bool verifies_rsa(const uint8_t *der, size_t der_len, const uint8_t *digest,
	const uint8_t *signature, size_t len)
{
	EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &der, (long)der_len);
	bool good = key && verifies(key, digest, signature, len);
	EVP_PKEY_free(key);
	return good;
}

/* PKCS#1 type 1 around the bare digest, as verifies() without a digest's name wants it. */
static size_t block_of(const struct cardos_object *key, const uint8_t *digest, uint8_t *block)
{
	size_t len = key->bits / 8;
	if (key->key_type == CARDOS_KEY_EC) {
		memcpy(block, digest, DIGEST_LEN);
		return DIGEST_LEN;
	}
	memset(block, 0xFF, len);
	block[0] = 0x00;
	block[1] = 0x01;
	block[len - DIGEST_LEN - 1] = 0x00;
	memcpy(block + len - DIGEST_LEN, digest, DIGEST_LEN);
	return len;
}

/* With the public key in this DER: RSAPublicKey, or SubjectPublicKeyInfo of EC. */
static bool signs(struct cardos_card *card, const char *label, const uint8_t *der, size_t der_len)
{
	static const uint8_t digest[DIGEST_LEN] = { 1, 2, 3 };
	uint8_t block[CARDOS_RSA_MAX], out[CARDOS_RSA_MAX];
	size_t count = 0, len = 0;
	const struct cardos_object *key = find(card, CARDOS_PRIVATE_KEY, label, &count);
	if (!key || count != 1 ||
		cardos_key_sign(card, key->number, block, block_of(key, digest, block), out,
			&len) != CARDOS_OK)
		return false;
	return key->key_type == CARDOS_KEY_EC ? verifies_ec(der, der_len, digest, out, len)
					      : verifies_rsa(der, der_len, digest, out, len);
}

bool v5_signs(struct cardos_card *card, const char *label)
{
	const uint8_t *der = NULL;
	size_t der_len = 0;
	uint32_t public = v5_number(card, CARDOS_PUBLIC_KEY, label);
	return public != 0 && cardos_object_value(card, public, &der, &der_len) == CARDOS_OK &&
	       signs(card, label, der, der_len);
}

/* ---- keys made elsewhere ---- */

static EVP_PKEY *foreign_key(enum cardos_key_type type, unsigned bits)
{
	static EVP_PKEY *keys[8];
	size_t i = 0;
	for (; keys[i]; i++)
		if (EVP_PKEY_get_bits(keys[i]) == (int)bits)
			return keys[i];
	assert_true(i < 7);
	keys[i] = type == CARDOS_KEY_RSA ? EVP_RSA_gen(bits)
					 : EVP_EC_gen(bits == 256 ? "P-256" : "P-384");
	assert_non_null(keys[i]);
	return keys[i];
}

enum cardos_err v5_import(
	struct cardos_card *card, const char *label, enum cardos_key_type type, unsigned bits)
{
	const struct cardos_key_params params = {
		.type = type, .bits = bits, .usage = CARDOS_USE_SIGN, .label = label
	};
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(foreign_key(type, bits));
	unsigned char *der = NULL;
	int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	struct secret *key = secret_new(der, (size_t)len);
	uint32_t private = 0;
	enum cardos_err err = v5_login(card);
	if (err == CARDOS_OK)
		err = cardos_key_import(card, &params, key, &private);
	assert_true(err != CARDOS_OK || private != 0);
	secret_free(key);
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(info);
	return err;
}

bool v5_signs_as_imported(
	struct cardos_card *card, const char *label, enum cardos_key_type type, unsigned bits)
{
	EVP_PKEY *key = foreign_key(type, bits);
	unsigned char *der = NULL;
	int len = type == CARDOS_KEY_RSA ? i2d_PublicKey(key, &der) : i2d_PUBKEY(key, &der);
	bool good = len > 0 && signs(card, label, der, (size_t)len);
	OPENSSL_free(der);
	return good;
}

void v5_make(struct vcard_link *link, const char *version, const char *name, const char *assignment)
{
	const struct vcard_personalise params = {
		.pin = "123456", .puk = "87654321", .label = "V5", .time = "20261121084930Z"
	};
	const bool blank = strcmp(name, V5_BLANK) == 0 || strcmp(name, V5_OWN) == 0;
	char layout[PATH_LEN];
	const char *why = NULL;
	struct vcard *vcard = vcard_new(version, (const uint8_t *)"\x01\x02\x03\x04\x05\x06");
	assert_non_null(vcard);
	(void)snprintf(layout, sizeof(layout), "layout=%s", name);
	if (assignment)
		assert_true(vcard_switch(vcard, assignment, &why));
	assert_true(blank ||
		    (vcard_switch(vcard, layout, &why) && vcard_personalise(vcard, &params, &why)));
	(void)vcard_link_start(link, vcard);
	if (strcmp(name, V5_OWN) == 0) {
		const struct cardos_initialise initialise = { .label = "V5", .puk = v5_puk };
		struct cardos_card *card = v5_open(link);
		int tries = -1;
		assert_int_equal(cardos_initialise(card, &initialise, &tries), CARDOS_OK);
		assert_int_equal(cardos_pin_set(card, v5_puk, v5_pin, &tries), CARDOS_OK);
		cardos_card_close(card);
	}
}

static void make_base(const char *name)
{
	struct vcard_link link;
	char path[PATH_LEN];
	path_of(name, path);
	v5_make(&link, "v5.3", name, NULL);
	if (strcmp(name, V5_BLANK) != 0) {
		struct cardos_card *card = v5_open(&link);
		assert_int_equal(v5_generate(card, "old", CARDOS_KEY_RSA, V5_RSA_BITS), CARDOS_OK);
		assert_int_equal(v5_generate(card, "spare", CARDOS_KEY_EC, 256), CARDOS_OK);
		assert_int_equal(v5_store(card, "old"), CARDOS_OK);
		assert_int_equal(v5_store(card, "spare"), CARDOS_OK);
		cardos_card_close(card);
	}
	assert_true(vcard_keep(link.card, path));
	vcard_link_stop(&link);
}

void v5_start(struct vcard_link *link, const char *name)
{
	char path[PATH_LEN], error[VC_ERROR_MAX] = "";
	path_of(name, path);
	struct vcard *card = vcard_load(path, error);
	if (!card)
		fail_msg("%s", error);
	assert_true(vcard_keep(card, NULL));
	(void)vcard_link_start(link, card);
}

int v5_begin(void **state)
{
	(void)state;
	memset(certificate, 0x5A, sizeof(certificate));
	memcpy(certificate, "\x30\x82\x01\x28", 4); /* DER: 296 bytes follow */
	v5_pin = secret_new("123456", 6);
	v5_new_pin = secret_new("654321", 6);
	v5_puk = secret_new("87654321", 8);
	if (!mkdtemp(folder))
		return -1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		make_base(names[i]);
	return 0;
}

int v5_end(void **state)
{
	char path[PATH_LEN];
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(names[i], path);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	v5_pin = secret_free(v5_pin);
	v5_new_pin = secret_free(v5_new_pin);
	v5_puk = secret_free(v5_puk);
	return 0;
}
