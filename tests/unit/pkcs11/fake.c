/* SPDX-License-Identifier: Apache-2.0 */
/* A token source in memory for the unit tests. */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "fake_internal.h"

struct fake_card fake_cards[FAKE_READERS];
int fake_reader_count = FAKE_READERS;
bool fake_running = true;
atomic_int fake_open;
static EVP_PKEY *shared_key;

void fake_forget_objects(struct fake_card *card)
{
	for (size_t i = 0; i < card->count; i++) {
		free(card->values[i]);
		EVP_PKEY_free(card->keys[i]);
	}
	card->count = 0;
}

void fake_reset_world(void)
{
	for (int i = 0; i < FAKE_READERS; i++) {
		fake_forget_objects(&fake_cards[i]);
		memset(&fake_cards[i], 0, sizeof(fake_cards[i]));
	}
	fake_reader_count = FAKE_READERS;
	fake_running = true;
	EVP_PKEY_free(shared_key);
	shared_key = NULL;
}

size_t fake_add(
	struct fake_card *card, const struct token_object *object, const void *value, size_t len)
{
	size_t at = card->count++;

	card->objects[at] = *object;
	card->objects[at].number = ++card->last_number;
	card->objects[at].modifiable = true;
	card->values[at] = malloc(len ? len : 1);
	if (len)
		memcpy(card->values[at], value, len);
	card->lens[at] = len;
	card->keys[at] = NULL;
	return at;
}

void fake_add_pair(struct fake_card *card, EVP_PKEY *pkey, const struct token_generate *params)
{
	struct token_object key = {
		.class = CKO_PRIVATE_KEY,
		.private = true,
		.key_type = EVP_PKEY_is_a(pkey, "EC") ? CKK_EC : CKK_RSA,
		.bits = (unsigned)EVP_PKEY_get_bits(pkey),
		.dates = params->dates,
		.usage = params->usage,
		.sensitive = true,
		.always_sensitive = true,
		.never_extractable = true,
		.local = true,
		.always_authenticate = card->consent,
		.raw = card->raw,
	};
	unsigned char *der = NULL;
	int len = EVP_PKEY_is_a(pkey, "EC") ? i2d_PUBKEY(pkey, &der) : i2d_PublicKey(pkey, &der);
	size_t at;

	if (params->id_len)
		memcpy(key.id, params->id, params->id_len);
	key.id_len = params->id_len;
	snprintf(key.label, sizeof(key.label), "%s", params->label);
	at = fake_add(card, &key, NULL, 0);
	EVP_PKEY_up_ref(pkey);
	card->keys[at] = pkey;
	key.class = CKO_PUBLIC_KEY;
	key.private = false;
	key.dates = params->public_dates;
	key.usage = key.key_type == CKK_EC ? TOKEN_USE_VERIFY | TOKEN_USE_DERIVE
					   : TOKEN_USE_ENCRYPT | TOKEN_USE_VERIFY;
	if (params->usage & TOKEN_USE_UNWRAP)
		key.usage |= TOKEN_USE_WRAP;
	if (params->usage & TOKEN_USE_SIGN_RECOVER)
		key.usage |= TOKEN_USE_VERIFY_RECOVER;
	fake_add(card, &key, der, (size_t)len);
	OPENSSL_free(der);
}

static void add_certificate(
	struct fake_card *card, EVP_PKEY *pkey, const uint8_t *id, size_t id_len)
{
	struct token_object object = {
		.class = CKO_CERTIFICATE, .key_type = CK_UNAVAILABLE_INFORMATION, .id_len = id_len
	};
	X509 *x509 = X509_new();
	unsigned char *der = NULL;
	int len;

	X509_set_version(x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 0x1234);
	X509_gmtime_adj(X509_getm_notBefore(x509), 0);
	X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
		(const unsigned char *)"Somebody", -1, -1, 0);
	X509_set_issuer_name(x509, X509_get_subject_name(x509));
	X509_set_pubkey(x509, pkey);
	X509_sign(x509, pkey, EVP_sha256());
	len = i2d_X509(x509, &der);
	memcpy(object.id, id, id_len);
	strcpy(object.label, "certificate");
	fake_add(card, &object, der, (size_t)len);
	OPENSSL_free(der);
	X509_free(x509);
}

static void personalise(struct fake_card *card)
{
	card->pins[TOKEN_USER] = (struct fake_pin){ FAKE_PIN, true, FAKE_TRIES, false };
	card->pins[TOKEN_SO] = (struct fake_pin){ FAKE_PUK, true, FAKE_TRIES, false };
	strcpy(card->label, "fake card");
}

static struct fake_card *insert(int reader)
{
	struct fake_card *card = &fake_cards[reader];

	card->present = true;
	card->raw = true;
	card->tells = true;
	card->blank = card->foreign = false;
	card->event++;
	for (int i = 0; i < TOKEN_ROLES; i++)
		card->pins[i].verified = false;
	return card;
}

void fake_insert(int reader)
{
	static const uint8_t id[] = { 0x45 };
	struct fake_card *card = insert(reader);
	const struct token_generate params = {
		.key_type = CKK_RSA,
		.usage = TOKEN_USE_SIGN | TOKEN_USE_DECRYPT,
		.id = id,
		.id_len = 1,
		.label = "key",
	};

	if (!shared_key)
		shared_key = EVP_RSA_gen(2048);
	personalise(card);
	fake_forget_objects(card);
	fake_add_pair(card, shared_key, &params);
	add_certificate(card, shared_key, id, 1);
}

void fake_insert_blank(int reader)
{
	struct fake_card *card = insert(reader);

	fake_forget_objects(card);
	memset(card->pins, 0, sizeof(card->pins));
	card->blank = true;
}

void fake_insert_foreign(int reader)
{
	insert(reader)->foreign = true;
}

void fake_remove(int reader)
{
	fake_cards[reader].present = false;
	fake_cards[reader].event++;
}

void fake_reset(int reader)
{
	fake_cards[reader].reset++;
	for (int i = 0; i < TOKEN_ROLES; i++)
		fake_cards[reader].pins[i].verified = false;
}

void fake_set_curves(int reader, unsigned curves)
{
	fake_cards[reader].curves = curves;
}

void fake_foreign_write(int reader, const char *label)
{
	struct fake_card *card = &fake_cards[reader];
	struct token_object object = { .class = CKO_DATA, .key_type = CK_UNAVAILABLE_INFORMATION };

	snprintf(object.label, sizeof(object.label), "%s", label);
	fake_add(card, &object, "value", 5);
	card->writes++;
}

void fake_fault(int reader, int n, bool reset)
{
	fake_cards[reader].fault_at = n;
	fake_cards[reader].fault_resets = reset;
}

void fake_renumber(int reader)
{
	struct fake_card *card = &fake_cards[reader];

	for (size_t i = 0; i < card->count; i++)
		card->objects[i].number = ++card->last_number;
}

void fake_claim_bits(int reader, unsigned bits)
{
	struct fake_card *card = &fake_cards[reader];

	for (size_t i = 0; i < card->count; i++)
		if (card->objects[i].class == CKO_PRIVATE_KEY)
			card->objects[i].bits = bits;
	card->writes++;
}

int fake_questions(int reader)
{
	return fake_cards[reader].questions;
}

void fake_readers(int count)
{
	fake_reader_count = count;
}

void fake_service(bool running)
{
	fake_running = running;
}

void fake_set_tells_tries(int reader, bool tells)
{
	fake_cards[reader].tells = tells;
}

void fake_set_user_consent(int reader, bool each_time)
{
	fake_cards[reader].consent = each_time;
	for (size_t i = 0; i < fake_cards[reader].count; i++)
		fake_cards[reader].objects[i].always_authenticate = each_time;
}

void fake_set_delay_ms(int reader, int ms)
{
	fake_cards[reader].delay_ms = ms;
}

void fake_set_card_so(int reader, bool has)
{
	fake_cards[reader].pins[TOKEN_CARD_SO] =
		(struct fake_pin){ FAKE_CARD_SO, has, FAKE_TRIES, false };
}

void fake_set_raw(int reader, bool raw)
{
	fake_cards[reader].raw = raw;
	for (size_t i = 0; i < fake_cards[reader].count; i++)
		fake_cards[reader].objects[i].raw = raw;
}

int fake_connects(int reader)
{
	return fake_cards[reader].connects;
}

int fake_transactions(int reader)
{
	return fake_cards[reader].transactions;
}

int fake_logins(int reader)
{
	return fake_cards[reader].logins;
}

int fake_open_cards(void)
{
	return fake_open;
}

int fake_tries_left(int reader)
{
	return fake_cards[reader].pins[TOKEN_USER].tries;
}

bool fake_logged_in(int reader)
{
	return fake_cards[reader].pins[TOKEN_USER].verified;
}
