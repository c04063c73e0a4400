/* SPDX-License-Identifier: Apache-2.0 */
/* The door over a scripted V5 card as its maker leaves it: two PINs, supportedAlgorithms, keys in a
 * DF of their own, a directory of records, a certificate inside its entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "card.h"
#include "script.h"
#include "secret.h"

// clang-format off
#define ODF \
	"A80A300804063F0050154401A00A300804063F0050154402A40A300804063F005015440400"
#define TOKEN \
	"304202010004060102030405060C014180014203020500A22B300C020101020103050003020640300C02" \
	"0102020101050003020640300D0201040202104105000302064000"
#define TOKEN_PLAIN \
	"301502010004060102030405060C01418001420302041000"
#define AODF_1 \
	"3031300A0C0455736572030206C03003040101A11E301C0302024C0A0101020104020108020108800101" \
	"040100300404023F00303030090C03514553030206C03003040102A11E301C0302024C0A0101"
#define AODF_2 \
	"020104020108020108800102040100300404023F0000"
#define RECORD_RAW \
	"00373035300C0C0372617703020780040101301304013103020520030203B8020101A103020101A11030" \
	"0E300804063F0050154B0202020200"
#define RECORD_PAD \
	"3038300F0C03706164030207800401020201013013040132030206C0030203B8020102A103020102A110" \
	"300E300804063F0050154B0202020200"
#define RECORD_EC \
	"5431A02F300B0C02656303020780040101300E04013303020520030203B8020103A110300E300804063F" \
	"0050154B0202020100"
#define CDF \
	"302030070C0163030207803003040131A110300EA00C300A300302010530030101FF00"
#define CERTIFICATE \
	"300A300302010530030101FF"
#define BIND(token) \
	{ "00A4080C 04 50155031", "9000" }, { "00B00000 40", ODF "9000" }, \
	{ "00A4080C 04 50155032", "9000" }, { "00B00000 60", token "9000" }, \
	{ "00A4080C 04 50154401", "9000" }, { "00B00000 50", AODF_1 "9000" }, \
	{ "00B00050 50", AODF_2 "9000" }
#define OBJECTS \
	{ "00A4080C 04 50154402", "9000" }, { "00B00000 80", "6981" }, \
	{ "00B2010400", RECORD_RAW "9000" }, { "00B2020400", RECORD_PAD "9000" }, \
	{ "00B2030400", RECORD_EC "9000" }, { "00B2040400", "0004 00000000 9000" }, { "00B2050400", "6A83" }, \
	{ "00A4080C 04 50154404", "9000" }, { "00B00000 80", CDF "9000" }
#define KEYS { "00A4080C 04 50154B02", "9000" }
#define LOGOUT { "00A4000C 02 3F00", "9000" }, { "80EA0000", "9000" }
#define FF8 "FFFFFFFFFFFFFFFF"
#define INFO "300D0102030405060708090A0B0C0D"
#define BLOCK "0001" FF8 FF8 FF8 FF8 FF8 "FFFFFFFFFFFF" "00" INFO
#define HASH "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
// clang-format on

static struct script script;

static struct cardos_card *start(const char *atr, const struct exchange *steps)
{
	struct cardos_card *card = NULL;
	bool reset = true;
	assert_int_equal(cardos_card_open_on(script_start(&script, atr, steps), &card), CARDOS_OK);
	assert_int_equal(cardos_begin(card, &reset), CARDOS_OK);
	return card;
}

static void stop(struct cardos_card *card)
{
	assert_null(cardos_card_close(card));
	script_done(&script);
}

static const struct cardos_object *named(struct cardos_card *card, const char *label)
{
	const struct cardos_object *list = NULL;
	size_t count = 0;
	assert_int_equal(cardos_objects(card, &list, &count), CARDOS_OK);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].label, label) == 0)
			return &list[i];
	}
	fail_msg("no object %s among %zu", label, count);
	return NULL;
}

static void the_makers_layout_is_read(void **state)
{
	static const struct exchange steps[] = { BIND(TOKEN), OBJECTS, { NULL, NULL } };
	struct cardos_card *card = start(SCRIPT_V53, steps);
	const struct cardos_token *token = NULL;
	const uint8_t *value = NULL;
	uint8_t expected[64];
	size_t len = 0;
	(void)state;
	assert_int_equal(cardos_token(card, &token), CARDOS_OK);
	assert_string_equal(token->model, "CardOS V5.3");
	assert_true(token->ec && !token->read_only && token->writeable);
	const struct cardos_object *raw = named(card, "raw"), *pad = named(card, "pad");
	const struct cardos_object *ec = named(card, "ec");
	assert_true(raw->raw && !raw->digest_info && !raw->own_pin);
	assert_true(pad->digest_info && !pad->raw && pad->own_pin);
	assert_int_equal(pad->user_consent, 1);
	assert_int_equal(ec->key_type, CARDOS_KEY_EC);
	assert_int_equal(ec->bits, 256);
	assert_int_equal(
		cardos_object_value(card, named(card, "c")->number, &value, &len), CARDOS_OK);
	assert_int_equal(len, script_hex(CERTIFICATE, expected, sizeof(expected)));
	assert_memory_equal(value, expected, len);
	stop(card);
}

static void asking_for_tries_costs_none(void **state)
{
	static const struct exchange steps[] = { BIND(TOKEN), { "00200081", "63C2" },
		{ "00200081", "6983" }, { "00200081", "9000" }, { NULL, NULL } };
	struct cardos_card *card = start(SCRIPT_V53, steps);
	struct cardos_pin pin;
	(void)state;
	assert_int_equal(cardos_pin_status(card, CARDOS_PIN_USER, &pin), CARDOS_OK);
	assert_int_equal(pin.tries_left, 2);
	assert_false(pin.locked);
	assert_int_equal(cardos_pin_status(card, CARDOS_PIN_USER, &pin), CARDOS_OK);
	assert_true(pin.locked);
	assert_int_equal(cardos_pin_status(card, CARDOS_PIN_USER, &pin), CARDOS_OK);
	assert_int_equal(pin.tries_left, -1);
	assert_false(pin.logged_in); /* another program's login is not ours */
	stop(card);
}

static void a_raw_key_gets_the_block(void **state)
{
	static const struct exchange steps[] = { BIND(TOKEN), OBJECTS, KEYS,
		{ "002241B6 06 840101 950140", "9000" }, { "002A9E9A 40" BLOCK "00", BLOCK "9000" },
		{ NULL, NULL } };
	uint8_t block[64], out[CARDOS_RSA_MAX];
	size_t len = 0;
	struct cardos_card *card = start(SCRIPT_V53, steps);
	(void)state;
	(void)script_hex(BLOCK, block, sizeof(block));
	assert_int_equal(
		cardos_key_sign(card, named(card, "raw")->number, block, sizeof(block), out, &len),
		CARDOS_OK);
	assert_int_equal(len, 64);
	stop(card);
}

static void a_padding_key_gets_the_digest_info(void **state)
{
	static const struct exchange steps[] = { BIND(TOKEN), OBJECTS,
		{ "00200082 08 3132333435360000", "9000" }, KEYS,
		{ "002241B6 09 840102 950140 800110", "9000" },
		{ "002A9E9A 0F" INFO "00", BLOCK "9000" }, LOGOUT, { NULL, NULL } };
	uint8_t block[64], out[CARDOS_RSA_MAX];
	size_t len = 0;
	int tries = 0;
	struct secret *pin = secret_new("123456", 6);
	struct cardos_card *card = start(SCRIPT_V53, steps);
	(void)state;
	uint32_t number = named(card, "pad")->number;
	assert_int_equal(cardos_key_login(card, number, pin, &tries), CARDOS_OK);
	assert_false(cardos_logged_in(card, CARDOS_PIN_USER));
	(void)script_hex(BLOCK, block, sizeof(block));
	assert_int_equal(cardos_key_sign(card, number, block, sizeof(block), out, &len), CARDOS_OK);
	block[1] = 0x02; /* no block of type 1: such a key cannot */
	assert_int_equal(cardos_key_sign(card, number, block, sizeof(block), out, &len),
		CARDOS_E_NOT_SUPPORTED);
	(void)secret_free(pin);
	stop(card);
}

static void a_padding_key_gives_a_block_again(void **state)
{
	static const struct exchange steps[] = { BIND(TOKEN), OBJECTS, KEYS,
		{ "002241B8 09 840102 950140 800110", "9000" },
		{ "002A8086 41 00" BLOCK "00", "AABB"
					       "9000" },
		{ "002A8086 41 00" BLOCK "00", "6A80" }, { NULL, NULL } };
	uint8_t block[64];
	struct secret *plain = NULL;
	struct cardos_card *card = start(SCRIPT_V53, steps);
	(void)state;
	(void)script_hex(BLOCK, block, sizeof(block));
	uint32_t number = named(card, "pad")->number;
	assert_int_equal(
		cardos_key_decipher(card, number, block, sizeof(block), &plain), CARDOS_OK);
	assert_int_equal(secret_len(plain), 64);
	assert_int_equal(secret_bytes(plain)[1], 0x02);
	assert_int_equal(secret_bytes(plain)[61], 0x00);
	assert_int_equal(secret_bytes(plain)[62], 0xAA);
	plain = secret_free(plain);
	/* wrong padding looks like a block without any */
	assert_int_equal(
		cardos_key_decipher(card, number, block, sizeof(block), &plain), CARDOS_OK);
	assert_int_equal(secret_bytes(plain)[1], 0x00);
	(void)secret_free(plain);
	stop(card);
}

static void ecdsa_and_ecdh(void **state)
{
	static const struct exchange steps[] = { BIND(TOKEN), OBJECTS, KEYS,
		{ "002241B6 09 840103 950140 800130", "9000" },
		{ "002A9E9A 20" HASH "00", HASH HASH "9000" },
		{ "002A9E9A 20" HASH "00", HASH "0000" HASH "0000"
						"9000" },
		{ "002A9E9A 20" HASH "00", HASH "9000" }, /* half a signature */
		{ "002241B8 06 840103 950140", "9000" },
		{ "002A80A6 42 9C40" HASH HASH "00", HASH "9000" }, { NULL, NULL } };
	uint8_t hash[32], out[CARDOS_RSA_MAX], point[65] = { 0x04 };
	size_t len = 0;
	struct secret *shared = NULL;
	struct cardos_card *card = start(SCRIPT_V50, steps);
	(void)state;
	(void)script_hex(HASH, hash, sizeof(hash));
	uint32_t number = named(card, "ec")->number;
	for (int i = 0; i < 2; i++) {
		memset(out, 0, sizeof(out));
		assert_int_equal(
			cardos_key_sign(card, number, hash, sizeof(hash), out, &len), CARDOS_OK);
		assert_int_equal(len, 64);
		assert_memory_equal(out + 32, hash, 32);
	}
	assert_int_equal(
		cardos_key_sign(card, number, hash, sizeof(hash), out, &len), CARDOS_E_CORRUPT);
	memcpy(point + 1, hash, 32);
	memcpy(point + 33, hash, 32);
	assert_int_equal(cardos_key_derive(card, number, point, 64, &shared), CARDOS_E_INPUT);
	assert_int_equal(cardos_key_derive(card, number, point, sizeof(point), &shared), CARDOS_OK);
	assert_int_equal(secret_len(shared), 32);
	assert_memory_equal(secret_bytes(shared), hash, 32);
	(void)secret_free(shared);
	stop(card);
}

static void without_a_list_the_version_decides(void **state)
{
	static const struct exchange steps[] = { BIND(TOKEN_PLAIN), OBJECTS, { NULL, NULL } };
	(void)state;
	/* eidCompliant: the card pads, whatever the version */
	struct cardos_card *card = start(SCRIPT_V53, steps);
	assert_false(named(card, "raw")->raw);
	stop(card);
}

static void a_makers_card_is_not_erased(void **state)
{
	static const struct exchange steps[] = { BIND(TOKEN), OBJECTS, { NULL, NULL } };
	const struct cardos_initialise params = { .label = "x" };
	struct secret *puk = secret_new("12345678", 8);
	struct cardos_initialise with_puk = params;
	uint32_t number = 0;
	int tries = 0;
	struct cardos_card *card = start(SCRIPT_V53, steps);
	(void)state;
	with_puk.puk = puk;
	assert_int_equal(cardos_initialise(card, &with_puk, &tries), CARDOS_E_NOT_SUPPORTED);
	const struct cardos_store store = {
		.class = CARDOS_DATA, .value = (const uint8_t *)"x", .value_len = 1
	};
	assert_int_equal(cardos_object_store(card, &store, &number), CARDOS_E_AUTH_REQUIRED);
	(void)secret_free(puk);
	stop(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_makers_layout_is_read),
		cmocka_unit_test(asking_for_tries_costs_none),
		cmocka_unit_test(a_raw_key_gets_the_block),
		cmocka_unit_test(a_padding_key_gets_the_digest_info),
		cmocka_unit_test(a_padding_key_gives_a_block_again),
		cmocka_unit_test(ecdsa_and_ecdh),
		cmocka_unit_test(without_a_list_the_version_decides),
		cmocka_unit_test(a_makers_card_is_not_erased),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
