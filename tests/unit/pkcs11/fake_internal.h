/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the fake source share: its cards. */
#ifndef TESTS_PKCS11_FAKE_INTERNAL_H
#define TESTS_PKCS11_FAKE_INTERNAL_H

#include <stdatomic.h>
#include <stdint.h>

#include <openssl/types.h>

#include "fake.h"

#include "pkcs11/token.h"

#define FAKE_OBJECTS_MAX 32

struct fake_pin {
	char value[64];
	bool exists;
	int tries;
	bool verified;
};

struct fake_card {
	bool present, blank, foreign;
	bool tells, raw, consent;
	unsigned curves;
	int delay_ms;
	int fault_at; /* in that exchange from now; 0: never */
	bool fault_resets;
	uint64_t event;
	uint64_t reset;
	uint64_t writes; /* by somebody else */
	struct fake_pin pins[TOKEN_ROLES];
	bool told[TOKEN_ROLES];
	struct token_object objects[FAKE_OBJECTS_MAX];
	uint8_t *values[FAKE_OBJECTS_MAX];
	size_t lens[FAKE_OBJECTS_MAX];
	EVP_PKEY *keys[FAKE_OBJECTS_MAX];
	size_t count;
	uint32_t last_number;
	char label[33];
	int connects, logins, questions;
	atomic_int transactions;
};

extern struct fake_card fake_cards[FAKE_READERS];
extern int fake_reader_count;
extern bool fake_running;
extern atomic_int fake_open;

size_t fake_add(
	struct fake_card *card, const struct token_object *object, const void *value, size_t len);
void fake_add_pair(struct fake_card *card, EVP_PKEY *pkey, const struct token_generate *params);
CK_RV fake_exchange(struct fake_card *card);

/* Index of an object; -1: none. */
int fake_index_of(struct fake_card *card, uint32_t number);

/* As struct token_ops has them. fake_key.c */
CK_RV fake_sign(struct fake_card *card, uint32_t number, struct token_block in, uint8_t *out,
	size_t *ret_len);
CK_RV fake_decipher(struct fake_card *card, uint32_t number, struct token_block block,
	struct secret **ret_plain);
CK_RV fake_derive(struct fake_card *card, uint32_t number, struct token_block point,
	struct secret **ret_secret);

void fake_forget_objects(struct fake_card *card);

#endif
