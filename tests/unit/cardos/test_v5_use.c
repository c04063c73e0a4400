/* SPDX-License-Identifier: Apache-2.0 */
/* What can be made on V5 cards of every version and with every habit of the virtual card, and who
 * may make it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "vcard_link.h"

#include "cardos/cardos.h"
#include "cardos/secret.h"
#include "v5_kit.h"

#define KEYS_MAX 15 /* references 1 to F */

struct kind {
	const char *version, *layout, *assignment;
};

static void generate_and_sign(struct vcard_link *link, enum cardos_key_type type, unsigned bits)
{
	char label[16];
	struct cardos_card *card = v5_open(link);
	(void)snprintf(label, sizeof(label), "%u", bits);
	assert_int_equal(v5_generate(card, label, type, bits), CARDOS_OK);
	cardos_card_close(card);
	/* seen anew */
	card = v5_open(link);
	assert_int_equal(v5_login(card), CARDOS_OK);
	assert_true(v5_signs(card, label));
	cardos_card_close(card);
}

static void pairs_are_made_whatever_the_cards_habits(void **state)
{
	static const struct kind kinds[] = {
		{ "v5.0", V5_PLAIN, NULL },
		{ "v5.0", V5_OWN, NULL },
		{ "v5.3", V5_PLAIN, "arr=yes" },
		{ "v5.3", V5_PLAIN, "curves=known" },
		{ "v5.3", V5_PLAIN, "df-files=records" },
		{ "v5.3", V5_PLAIN, "delete-rule=both" },
		{ "v5.3", V5_OWN, "delete-rule=child" },
		{ "v5.3", V5_OWN, "create-selects=no" },
		{ "v5.3", V5_OWN, "missing-key=6f86" },
		{ "v5.3", V5_OWN, "no-pin=pso" },
		{ "v5.3", V5_OWN, "directory=paged" },
		{ "v5.3", V5_OWN, "phase-clears=yes" },
		{ "v5.3", V5_MAKER, "df-files=records" },
		{ "v5.4", V5_OWN, "admin-only=writes" },
		{ "v5.4", V5_MAKER, "answer=get-response" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct vcard_link link;
		print_message("%s %s %s\n", kinds[i].version, kinds[i].layout,
			kinds[i].assignment ? kinds[i].assignment : "");
		v5_make(&link, kinds[i].version, kinds[i].layout, kinds[i].assignment);
		generate_and_sign(&link, CARDOS_KEY_RSA, 1024);
		generate_and_sign(&link, CARDOS_KEY_EC, 256);
		struct cardos_card *card = v5_open(&link);
		assert_int_equal(v5_store(card, "1024"), CARDOS_OK);
		assert_int_equal(
			cardos_object_change(card, v5_number(card, CARDOS_PRIVATE_KEY, "1024"),
				&(struct cardos_change){ .label = "other" }),
			CARDOS_OK);
		assert_int_equal(
			cardos_object_delete(card, v5_number(card, CARDOS_PRIVATE_KEY, "256")),
			CARDOS_OK);
		cardos_card_close(card);
		card = v5_open(&link);
		assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "other"), 1);
		assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "256"), 0);
		assert_int_equal(v5_count(card, CARDOS_CERTIFICATE, "1024"), 1);
		cardos_card_close(card);
		vcard_link_stop(&link);
	}
}

static void every_size_and_curve(void **state)
{
	struct vcard_link link;
	(void)state;
	v5_make(&link, "v5.3", V5_OWN, NULL);
	generate_and_sign(&link, CARDOS_KEY_RSA, 2048);
	generate_and_sign(&link, CARDOS_KEY_RSA, 2560); /* by its factors */
	generate_and_sign(&link, CARDOS_KEY_EC, 256);
	generate_and_sign(&link, CARDOS_KEY_EC, 384);
	generate_and_sign(&link, CARDOS_KEY_EC, 521);
	struct cardos_card *card = v5_open(&link);
	assert_int_equal(v5_generate(card, "no", CARDOS_KEY_EC, 224), CARDOS_E_NOT_SUPPORTED);
	assert_int_equal(v5_generate(card, "no", CARDOS_KEY_RSA, 4352), CARDOS_E_NOT_SUPPORTED);
	cardos_card_close(card);
	vcard_link_stop(&link);
}

/* The block is longer than the card takes in one command, and the answer than a short one holds: as
 * RSA 4096 is on V5.4. */
static void a_key_longer_than_the_cards_data_field(void **state)
{
	struct vcard_link link;
	(void)state;
	v5_make(&link, "v5.4", V5_OWN, NULL);
	generate_and_sign(&link, CARDOS_KEY_RSA, 3584);
	vcard_link_stop(&link);
}

/* Deleting frees a reference, and a curve stored for one key serves the others. */
static void references_are_used_again(void **state)
{
	struct vcard_link link;
	char label[16];
	(void)state;
	v5_make(&link, "v5.3", V5_OWN, NULL);
	struct cardos_card *card = v5_open(&link);
	for (unsigned i = 0; i < KEYS_MAX; i++) {
		(void)snprintf(label, sizeof(label), "key %u", i);
		assert_int_equal(
			v5_generate(card, label, CARDOS_KEY_EC, i % 2 ? 384 : 256), CARDOS_OK);
	}
	assert_int_equal(v5_generate(card, "no", CARDOS_KEY_EC, 256), CARDOS_E_FULL);
	uint32_t third = v5_number(card, CARDOS_PRIVATE_KEY, "key 2");
	assert_int_equal(cardos_object_delete(card, third), CARDOS_OK);
	assert_int_equal(v5_generate(card, "again", CARDOS_KEY_EC, 384), CARDOS_OK);
	assert_true(v5_signs(card, "again"));
	assert_true(v5_signs(card, "key 0"));
	assert_true(v5_signs(card, "key 14"));
	cardos_card_close(card);
	vcard_link_stop(&link);
}

static void a_makers_keys_cannot_be_deleted(void **state)
{
	struct vcard_link link;
	(void)state;
	v5_make(&link, "v5.3", V5_MAKER, NULL);
	struct cardos_card *card = v5_open(&link);
	assert_int_equal(v5_login(card), CARDOS_OK);
	uint32_t number = v5_number(card, CARDOS_PRIVATE_KEY, "RSA");
	assert_int_not_equal(cardos_object_delete(card, number), CARDOS_OK);
	assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "RSA"), 1);
	cardos_card_close(card);
	vcard_link_stop(&link);
}

static void a_makers_card_is_not_made_anew(void **state)
{
	const struct cardos_initialise params = { .label = "x", .puk = v5_puk };
	struct vcard_link link;
	int tries = -1;
	(void)state;
	v5_make(&link, "v5.3", V5_MAKER, NULL);
	unsigned long writes = vcard_writes(link.card);
	struct cardos_card *card = v5_open(&link);
	assert_int_equal(cardos_initialise(card, &params, &tries), CARDOS_E_NOT_SUPPORTED);
	assert_int_equal(vcard_writes(link.card), writes);
	cardos_card_close(card);
	vcard_link_stop(&link);
}

/* The PUK of what is there is asked for; a wrong one costs a try and changes nothing. */
static void a_card_is_made_anew_with_its_puk(void **state)
{
	static const char *const layouts[] = { V5_PLAIN, V5_OWN };
	struct cardos_initialise params = { .label = "Anew", .puk = v5_new_pin };
	const struct cardos_token *token = NULL;
	int tries = -1;
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct vcard_link link;
		v5_make(&link, "v5.3", layouts[i], NULL);
		generate_and_sign(&link, CARDOS_KEY_EC, 256);
		struct cardos_card *card = v5_open(&link);
		params.puk = v5_new_pin;
		assert_int_equal(cardos_initialise(card, &params, &tries), CARDOS_E_PIN_WRONG);
		assert_int_equal(tries, 9);
		assert_int_equal(v5_login(card), CARDOS_OK);
		assert_true(v5_signs(card, "256"));
		params.puk = v5_puk;
		assert_int_equal(cardos_initialise(card, &params, &tries), CARDOS_OK);
		assert_int_equal(cardos_token(card, &token), CARDOS_OK);
		assert_string_equal(token->label, "Anew");
		assert_false(token->user_pin_set);
		assert_int_equal(cardos_pin_set(card, v5_puk, v5_pin, &tries), CARDOS_OK);
		assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "256"), 0);
		assert_int_equal(v5_generate(card, "new", CARDOS_KEY_EC, 256), CARDOS_OK);
		cardos_card_close(card);
		vcard_link_stop(&link);
	}
}

/* What the card itself lets nobody do without the user's PIN. */
static void without_the_pin_nothing_is_written(void **state)
{
	static const char *const commands[] = {
		"\x00\xE4\x00\x00\x02\x50\x31", /* DELETE the ODF */
		"\x00\xE4\x00\x00",             /* DELETE the application */
		"\x90\xE4\x58\x81",             /* DELETE KEY 1 */
		("\x00\xE0\x00\x00\x15\x62\x13\x82\x01\x01\x80\x02\x00\x04\x88\x00\xAB\x04\x81\x00"
		 "\x90\x00\x83\x02\x44\x44"), /* CREATE */
	};
	static const size_t lengths[] = { 7, 4, 4, 26 };
	static const uint8_t select[] = { 0x00, 0xA4, 0x08, 0x0C, 0x02, 0x50, 0x15 };
	struct vcard_link link;
	(void)state;
	v5_make(&link, "v5.3", V5_OWN, NULL);
	generate_and_sign(&link, CARDOS_KEY_EC, 256);
	vcard_reset(link.card);
	for (size_t i = 0; i < 4; i++) {
		struct vc_buf answer = { 0 };
		vcard_apdu(link.card, select, sizeof(select), &answer);
		assert_int_equal(answer.data[0], 0x90);
		vcard_apdu(link.card, (const uint8_t *)commands[i], lengths[i], &answer);
		assert_int_equal(answer.len, 2);
		assert_int_equal(answer.data[0] << 8 | answer.data[1], 0x6982);
		vc_buf_clear(&answer);
	}
	vcard_link_stop(&link);
}

static void pins_of_v5(void **state)
{
	static const char *const layouts[] = { V5_PLAIN, V5_OWN, V5_MAKER };
	int tries = -1;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct vcard_link link;
		v5_make(&link, "v5.3", layouts[i], NULL);
		struct cardos_card *card = v5_open(&link);
		assert_int_equal(
			cardos_pin_change(card, CARDOS_PIN_USER, v5_new_pin, v5_pin, &tries),
			CARDOS_E_PIN_WRONG);
		assert_int_equal(tries, 2);
		assert_int_equal(
			cardos_pin_change(card, CARDOS_PIN_USER, v5_pin, v5_new_pin, &tries),
			CARDOS_OK);
		for (int left = 2; left >= 0; left--)
			assert_int_not_equal(v5_login(card), CARDOS_OK);
		assert_int_equal(v5_login(card), CARDOS_E_PIN_LOCKED);
		assert_int_equal(
			cardos_pin_set(card, v5_new_pin, v5_pin, &tries), CARDOS_E_PIN_WRONG);
		assert_int_equal(tries, 9);
		assert_int_equal(cardos_pin_set(card, v5_puk, v5_pin, &tries), CARDOS_OK);
		assert_int_equal(v5_login(card), CARDOS_OK);
		cardos_card_close(card);
		vcard_link_stop(&link);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_are_made_whatever_the_cards_habits),
		cmocka_unit_test(every_size_and_curve),
		cmocka_unit_test(a_key_longer_than_the_cards_data_field),
		cmocka_unit_test(references_are_used_again),
		cmocka_unit_test(a_makers_keys_cannot_be_deleted),
		cmocka_unit_test(a_makers_card_is_not_made_anew),
		cmocka_unit_test(a_card_is_made_anew_with_its_puk),
		cmocka_unit_test(without_the_pin_nothing_is_written),
		cmocka_unit_test(pins_of_v5),
	};
	return cmocka_run_group_tests(tests, v5_begin, v5_end);
}
