/* SPDX-License-Identifier: Apache-2.0 */
/* Uses every key of a V5 card over the real pcscd, with OpenSSL as the judge, for
 * test_drive_v5.sh. TWCA_SANDBOX_PIN is the user's, TWCA_SANDBOX_PUK that of keys with a PIN of
 * their own. Exit status: 0 all is well, 1 something is not. */
#include "cardos/cardos.h"
#include "cardos/secret.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST_LEN 32
#define MESSAGE "a secret message"
#define POINT_MAX (1 + 2 * CARDOS_EC_MAX)

static const uint8_t digest[DIGEST_LEN] = { 1, 2, 3 };
static const uint8_t info_sha256[] = { 0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };

struct trial {
	struct cardos_card *card;
	struct cardos_object key;
	EVP_PKEY *public;
	struct secret *pin, *own_pin;
};

static void say(const struct trial *trial, const char *what, bool good)
{
	printf("%s %s %s\n", good ? "good" : "bad", what, trial->key.label);
}

static bool verifies(const struct trial *trial, const uint8_t *signature, size_t len, int padding)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(trial->public, NULL);
	bool good = EVP_PKEY_verify_init(context) == 1 &&
		    (!padding || EVP_PKEY_CTX_set_rsa_padding(context, padding) == 1) &&
		    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
		    EVP_PKEY_verify(context, signature, len, digest, sizeof(digest)) == 1;
	EVP_PKEY_CTX_free(context);
	return good;
}

static void block_type_1(uint8_t *block, size_t len)
{
	size_t at = len - sizeof(info_sha256) - sizeof(digest);
	memset(block, 0xFF, len);
	block[0] = 0x00;
	block[1] = 0x01;
	block[at - 1] = 0x00;
	memcpy(block + at, info_sha256, sizeof(info_sha256));
	memcpy(block + len - sizeof(digest), digest, sizeof(digest));
}

static enum cardos_err authenticate(struct trial *trial)
{
	int tries = -1;
	if (!trial->key.own_pin && !trial->key.user_consent)
		return CARDOS_OK;
	return cardos_key_login(trial->card, trial->key.number,
		trial->key.own_pin ? trial->own_pin : trial->pin, &tries);
}

static enum cardos_err sign_rsa(struct trial *trial)
{
	uint8_t block[CARDOS_RSA_MAX], out[CARDOS_RSA_MAX];
	size_t len = (size_t)EVP_PKEY_get_size(trial->public), out_len = 0;
	block_type_1(block, len);
	enum cardos_err err = authenticate(trial);
	if (err == CARDOS_OK)
		err = cardos_key_sign(trial->card, trial->key.number, block, len, out, &out_len);
	say(trial, "signature",
		err == CARDOS_OK && verifies(trial, out, out_len, RSA_PKCS1_PADDING));
	return err;
}

static enum cardos_err sign_ec(struct trial *trial)
{
	uint8_t out[CARDOS_RSA_MAX], *der = NULL;
	size_t len = 0;
	enum cardos_err err = authenticate(trial);
	if (err == CARDOS_OK)
		err = cardos_key_sign(
			trial->card, trial->key.number, digest, sizeof(digest), out, &len);
	ECDSA_SIG *signature = ECDSA_SIG_new();
	int half = (int)len / 2;
	(void)ECDSA_SIG_set0(
		signature, BN_bin2bn(out, half, NULL), BN_bin2bn(out + half, half, NULL));
	int der_len = i2d_ECDSA_SIG(signature, &der);
	say(trial, "signature",
		err == CARDOS_OK && der_len > 0 && verifies(trial, der, (size_t)der_len, 0));
	OPENSSL_free(der);
	ECDSA_SIG_free(signature);
	return err;
}

static enum cardos_err decipher(struct trial *trial)
{
	uint8_t cryptogram[CARDOS_RSA_MAX];
	size_t len = sizeof(cryptogram), message = sizeof(MESSAGE);
	struct secret *plain = NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(trial->public, NULL);
	bool made =
		EVP_PKEY_encrypt_init(context) == 1 &&
		EVP_PKEY_encrypt(context, cryptogram, &len, (const uint8_t *)MESSAGE, message) == 1;
	EVP_PKEY_CTX_free(context);
	enum cardos_err err =
		made ? cardos_key_decipher(trial->card, trial->key.number, cryptogram, len, &plain)
		     : CARDOS_E_ARGUMENT;
	const uint8_t *bytes = plain ? secret_bytes(plain) : NULL;
	say(trial, "decipherment",
		bytes && secret_len(plain) == len && bytes[0] == 0 && bytes[1] == 2 &&
			memcmp(bytes + len - message, MESSAGE, message) == 0);
	(void)secret_free(plain);
	return err;
}

static enum cardos_err derive(struct trial *trial)
{
	uint8_t point[POINT_MAX], expected[CARDOS_EC_MAX];
	size_t point_len = 0, len = sizeof(expected);
	struct secret *shared = NULL;
	EVP_PKEY *other = EVP_EC_gen("P-256");
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(other, NULL);
	bool made = EVP_PKEY_derive_init(context) == 1 &&
		    EVP_PKEY_derive_set_peer(context, trial->public) == 1 &&
		    EVP_PKEY_derive(context, expected, &len) == 1 &&
		    EVP_PKEY_get_octet_string_param(
			    other, "encoded-pub-key", point, sizeof(point), &point_len) == 1;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(other);
	enum cardos_err err =
		made ? cardos_key_derive(trial->card, trial->key.number, point, point_len, &shared)
		     : CARDOS_E_ARGUMENT;
	say(trial, "agreement",
		shared && secret_len(shared) == len &&
			memcmp(secret_bytes(shared), expected, len) == 0);
	(void)secret_free(shared);
	return err;
}

/* The public key in the certificate of the same id. */
static EVP_PKEY *public_of(struct cardos_card *card, const struct cardos_object *list, size_t count,
	const struct cardos_object *key)
{
	const uint8_t *der = NULL;
	size_t len = 0;
	for (size_t i = 0; i < count; i++) {
		if (list[i].class != CARDOS_CERTIFICATE || list[i].id_len != key->id_len ||
			memcmp(list[i].id, key->id, key->id_len) != 0 ||
			cardos_object_value(card, list[i].number, &der, &len) != CARDOS_OK)
			continue;
		X509 *cert = d2i_X509(NULL, &der, (long)len);
		EVP_PKEY *public = cert ? X509_get_pubkey(cert) : NULL;
		X509_free(cert);
		return public;
	}
	return NULL;
}

static enum cardos_err try_key(struct trial *trial)
{
	bool rsa = trial->key.key_type == CARDOS_KEY_RSA;
	enum cardos_err err = rsa ? sign_rsa(trial) : sign_ec(trial);
	if (err == CARDOS_OK && rsa && (trial->key.usage & CARDOS_USE_DECRYPT))
		err = decipher(trial);
	if (err == CARDOS_OK && !rsa && (trial->key.usage & CARDOS_USE_DERIVE))
		err = derive(trial);
	return err;
}

static enum cardos_err try_all(struct trial *trial)
{
	const struct cardos_object *list = NULL;
	struct cardos_pin pin;
	size_t count = 0;
	int tries = -1;
	enum cardos_err err = cardos_pin_status(trial->card, CARDOS_PIN_USER, &pin);
	if (err == CARDOS_OK)
		printf("%d tries\n", pin.tries_left);
	if (err == CARDOS_OK)
		err = cardos_login(trial->card, CARDOS_PIN_USER, trial->pin, &tries);
	if (err == CARDOS_OK)
		err = cardos_objects(trial->card, &list, &count);
	for (size_t i = 0; err == CARDOS_OK && i < count; i++) {
		printf("class %d %s%s\n", (int)list[i].class, list[i].label,
			list[i].raw           ? " raw"
			: list[i].digest_info ? " padding"
					      : "");
		if (list[i].class != CARDOS_PRIVATE_KEY)
			continue;
		trial->key = list[i];
		trial->public = public_of(trial->card, list, count, &list[i]);
		err = trial->public ? try_key(trial) : CARDOS_E_NOT_FOUND;
		EVP_PKEY_free(trial->public);
	}
	return err;
}

int main(void)
{
	const char *pin = getenv("TWCA_SANDBOX_PIN"), *puk = getenv("TWCA_SANDBOX_PUK");
	const char *reader = getenv("TWCA_TEST_READER");
	struct trial trial = { .card = NULL };
	bool reset = false;
	enum cardos_err err = pin && puk ? CARDOS_OK : CARDOS_E_ARGUMENT;
	if (err == CARDOS_OK)
		err = cardos_card_open(reader ? reader : "Virtual PCD 00 00", &trial.card);
	if (err == CARDOS_OK)
		err = cardos_begin(trial.card, &reset);
	if (err == CARDOS_OK) {
		trial.pin = secret_new(pin, strlen(pin));
		trial.own_pin = secret_new(puk, strlen(puk));
		err = try_all(&trial);
	}
	(void)cardos_card_close(trial.card);
	(void)secret_free(trial.pin);
	(void)secret_free(trial.own_pin);
	if (err != CARDOS_OK)
		(void)fprintf(stderr, "%s\n", cardos_err_text(err));
	return err != CARDOS_OK;
}
