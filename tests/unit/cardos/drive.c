/* SPDX-License-Identifier: Apache-2.0 */
/* Drives the door over the real pcscd, one errand a call, for test_drive.sh. PIN and PUK come from
 * the environment. Exit status: 0 done, 1 the card refused or went. */
#include "cardos/cardos.h"
#include "cardos/secret.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CERT_MAX 8192
#define DIGEST_LEN 20
#define KEY_BITS 1024

struct errand {
	struct cardos_card *card;
	struct secret *pin, *puk;
	char **args;
};

static enum cardos_err initialise(struct errand *errand)
{
	const struct cardos_initialise params = { .label = "Ours", .puk = errand->puk };
	int tries = -1;
	enum cardos_err err = cardos_initialise(errand->card, &params, &tries);
	return err == CARDOS_OK ? cardos_pin_set(errand->card, errand->puk, errand->pin, &tries)
				: err;
}

static enum cardos_err login(struct errand *errand)
{
	int tries = -1;
	return cardos_login(errand->card, CARDOS_PIN_USER, errand->pin, &tries);
}

static enum cardos_err generate(struct errand *errand)
{
	const struct cardos_key_params params = { .bits = KEY_BITS,
		.usage = CARDOS_USE_SIGN,
		.label = errand->args[0],
		.public_object = true };
	uint32_t private = 0, public = 0;
	enum cardos_err err = login(errand);
	return err == CARDOS_OK ? cardos_key_generate(errand->card, &params, &private, &public)
				: err;
}

static enum cardos_err store(struct errand *errand)
{
	static uint8_t der[CERT_MAX];
	FILE *file = fopen(errand->args[1], "rb");
	uint32_t number = 0;
	if (!file)
		return CARDOS_E_ARGUMENT;
	struct cardos_store params = { .class = CARDOS_CERTIFICATE,
		.value = der,
		.value_len = fread(der, 1, sizeof(der), file),
		.id = (const uint8_t *)errand->args[0],
		.id_len = strlen(errand->args[0]),
		.label = errand->args[0] };
	(void)fclose(file);
	enum cardos_err err = login(errand);
	return err == CARDOS_OK ? cardos_object_store(errand->card, &params, &number) : err;
}

/* Is out the signature of block under the RSAPublicKey? */
static bool verifies(const uint8_t *der, size_t len, const uint8_t *out, size_t out_len)
{
	uint8_t recovered[CARDOS_RSA_MAX];
	size_t recovered_len = sizeof(recovered);
	EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &der, (long)len);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	bool good =
		EVP_PKEY_verify_recover_init(context) == 1 &&
		EVP_PKEY_verify_recover(context, recovered, &recovered_len, out, out_len) == 1 &&
		recovered_len == DIGEST_LEN;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(key);
	return good;
}

static enum cardos_err sign_one(struct errand *errand, const struct cardos_object *private,
	const struct cardos_object *public)
{
	uint8_t block[CARDOS_RSA_MAX], out[CARDOS_RSA_MAX];
	size_t len = private->bits / 8, out_len = 0, value_len = 0;
	const uint8_t *value = NULL;
	memset(block, 0xFF, len);
	block[0] = 0x00;
	block[1] = 0x01;
	block[len - DIGEST_LEN - 1] = 0x00;
	enum cardos_err err =
		cardos_key_sign(errand->card, private->number, block, len, out, &out_len);
	if (err == CARDOS_OK)
		err = cardos_object_value(errand->card, public->number, &value, &value_len);
	if (err == CARDOS_OK)
		printf("%s %s\n", verifies(value, value_len, out, out_len) ? "signs" : "wrong",
			private->label);
	return err;
}

/* Every private key with its public key. */
static enum cardos_err sign(struct errand *errand)
{
	const struct cardos_object *list = NULL;
	size_t count = 0;
	enum cardos_err err = login(errand);
	if (err == CARDOS_OK)
		err = cardos_objects(errand->card, &list, &count);
	for (size_t i = 0; err == CARDOS_OK && i < count; i++) {
		for (size_t j = 0; list[i].class == CARDOS_PRIVATE_KEY && j < count; j++) {
			if (list[j].class == CARDOS_PUBLIC_KEY &&
				list[i].id_len == list[j].id_len &&
				memcmp(list[i].id, list[j].id, list[i].id_len) == 0)
				err = sign_one(errand, &list[i], &list[j]);
		}
	}
	return err;
}

static enum cardos_err list(struct errand *errand)
{
	const struct cardos_object *objects = NULL;
	size_t count = 0;
	enum cardos_err err = cardos_objects(errand->card, &objects, &count);
	for (size_t i = 0; err == CARDOS_OK && i < count; i++)
		printf("%d %s\n", (int)objects[i].class, objects[i].label);
	return err;
}

static const struct {
	const char *name;
	enum cardos_err (*run)(struct errand *errand);
} errands[] = {
	{ "init", initialise },
	{ "generate", generate },
	{ "store", store },
	{ "sign", sign },
	{ "list", list },
};

static enum cardos_err open_card(struct cardos_card **ret_card)
{
	struct cardos_context *context = NULL;
	struct cardos_reader readers[CARDOS_READERS_MAX];
	size_t count = 0;
	bool reset = false;
	enum cardos_err err = cardos_context_new(&context);
	if (err == CARDOS_OK)
		err = cardos_readers(context, readers, &count);
	(void)cardos_context_free(context);
	if (err != CARDOS_OK)
		return err;
	for (size_t i = 0; i < count; i++) {
		if (readers[i].present) {
			err = cardos_card_open(readers[i].name, ret_card);
			return err == CARDOS_OK ? cardos_begin(*ret_card, &reset) : err;
		}
	}
	return CARDOS_E_NO_CARD;
}

int main(int argc, char **argv)
{
	const char *pin = getenv("TWCA_SANDBOX_PIN"), *puk = getenv("TWCA_SANDBOX_PUK");
	struct errand errand = { .card = NULL, .args = argv + 2 };
	enum cardos_err err = argc >= 2 && pin && puk ? CARDOS_OK : CARDOS_E_ARGUMENT;
	if (err == CARDOS_OK) {
		errand.pin = secret_new(pin, strlen(pin));
		errand.puk = secret_new(puk, strlen(puk));
		err = open_card(&errand.card);
	}
	for (size_t i = 0; err == CARDOS_OK && i < sizeof(errands) / sizeof(errands[0]); i++) {
		if (strcmp(errands[i].name, argv[1]) == 0)
			err = errands[i].run(&errand);
	}
	(void)cardos_card_close(errand.card);
	(void)secret_free(errand.pin);
	(void)secret_free(errand.puk);
	if (err != CARDOS_OK)
		(void)fprintf(stderr, "%s\n", cardos_err_text(err));
	return err != CARDOS_OK;
}
