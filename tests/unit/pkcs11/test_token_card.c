/* SPDX-License-Identifier: Apache-2.0 */
/* A card as a token: what cardos/ tells becomes what PKCS#11 shows, and back; every error too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/token_card.h"

#include "cardos/secret.h"
#include "door.h"

static struct token *token;

static int set_up(void **state)
{
	(void)state;
	setenv("TWCA_CARD_LAYOUT", "", 1);
	setenv("TWCA_CARD_CACHE", "no", 1);
	door_reset();
	assert_int_equal(token_card_open("Reader 1", &token), CKR_OK);
	assert_string_equal(door.reader, "Reader 1");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	token->ops->close(token);
	assert_int_equal(door.opened, door.closed);
	return 0;
}

static void a_card_that_is_not_there_is_no_token(void **state)
{
	struct token *none = NULL;

	(void)state;
	door_reset();
	door.err = CARDOS_E_NO_CARD;
	assert_int_equal(token_card_open("Reader 1", &none), CKR_TOKEN_NOT_PRESENT);
	door.err = CARDOS_E_NOT_OURS;
	assert_int_equal(token_card_open("Reader 1", &none), CKR_TOKEN_NOT_RECOGNIZED);
	assert_null(none);
	assert_int_equal(door.opened, 0);
}

static void a_card_is_given_the_folder_that_keeps_what_is_public(void **state)
{
	struct token *other = NULL;

	(void)state;
	assert_string_equal(door.cache, "");
	setenv("TWCA_CARD_CACHE", "/unit/cache", 1);
	assert_int_equal(token_card_open("Reader 1", &other), CKR_OK);
	assert_string_equal(door.cache, "/unit/cache");
	other->ops->close(other);
}

/* The 16 characters of a serial number: of a longer one the end, where cards differ. */
static void the_serial_number_is_its_end(void **state)
{
	static const struct {
		size_t len;
		const char *shown;
	} rows[] = { { 0, "" }, { 1, "01" }, { 8, "0102030405060708" }, { 9, "0203040506070809" },
		{ 32, "191a1b1c1d1e1f20" } };
	struct token_info info;

	(void)state;
	for (size_t i = 0; i < 32; i++)
		door.token.serial[i] = (uint8_t)(i + 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		door.token.serial_len = rows[i].len;
		assert_int_equal(token->ops->info(token, &info), CKR_OK);
		assert_string_equal(info.serial, rows[i].shown);
	}
}

static void what_a_card_can_is_told(void **state)
{
	struct token_info info;

	(void)state;
	door.token.blank = true;
	door.token.pinpad = true;
	assert_int_equal(token->ops->info(token, &info), CKR_OK);
	assert_true(info.hardware && info.pinpad);
	assert_false(info.initialised || info.login_required || info.derive);
	assert_int_equal(info.curves, 0);
	door.token.blank = false;
	door.token.ec = true;
	door.token.read_only = true;
	setenv("TWCA_PINPAD", "no", 1);
	assert_int_equal(token->ops->info(token, &info), CKR_OK);
	assert_true(info.initialised && info.login_required && info.derive && info.write_protected);
	assert_int_equal(info.curves, TOKEN_P256 | TOKEN_P384 | TOKEN_P521);
	assert_false(info.pinpad);
	setenv("TWCA_PINPAD", "yes", 1);
	assert_int_equal(token->ops->info(token, &info), CKR_OK);
	assert_true(info.pinpad);
	door.err = CARDOS_E_REMOVED;
	memset(&info, 0x55, sizeof(info));
	assert_int_equal(token->ops->info(token, &info), CKR_DEVICE_REMOVED);
	assert_int_equal(info.label[0], 0x55); /* untouched on failure */
}

/* Which PINs there are is known without asking for those that are not. */
static void a_pin_exists_when_the_card_says_so(void **state)
{
	static const struct {
		bool blank, user, puk, so;
		enum token_role role;
		enum cardos_pin_role asked;
		enum cardos_err err;
		bool exists;
	} rows[] = {
		{ false, true, false, false, TOKEN_USER, CARDOS_PIN_USER, CARDOS_OK, true },
		{ false, true, true, false, TOKEN_SO, CARDOS_PIN_PUK, CARDOS_OK, true },
		{ false, true, true, true, TOKEN_CARD_SO, CARDOS_PIN_SO, CARDOS_OK, true },
		{ false, false, true, true, TOKEN_USER, 99, CARDOS_OK, false },
		{ false, true, false, true, TOKEN_SO, 99, CARDOS_OK, false },
		{ false, true, true, false, TOKEN_CARD_SO, 99, CARDOS_OK, false },
		{ true, true, true, true, TOKEN_USER, 99, CARDOS_OK, false },
		{ false, true, true, true, TOKEN_SO, CARDOS_PIN_PUK, CARDOS_E_NOT_FOUND, false },
	};

	(void)state;
	door.pin = (struct cardos_pin){ 4, 8, 2, 3, false, false };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct token_pin pin;
		door.token.blank = rows[i].blank;
		door.token.user_pin_set = rows[i].user;
		door.token.puk_known = rows[i].puk;
		door.token.so_pin = rows[i].so;
		door.pin_err = rows[i].err;
		door.role = 99;
		assert_int_equal(token->ops->pin(token, rows[i].role, &pin), CKR_OK);
		assert_int_equal(door.role, rows[i].asked);
		assert_int_equal(pin.exists, rows[i].exists);
		assert_int_equal(pin.tries_left, rows[i].exists ? 2 : -1);
		assert_int_equal(pin.max_len, rows[i].exists ? 8 : 0);
	}
	door.pin_err = CARDOS_E_COMM;
	struct token_pin pin = { .min_len = 77 };
	assert_int_equal(token->ops->pin(token, TOKEN_USER, &pin), CKR_DEVICE_ERROR);
	assert_int_equal(pin.min_len, 77);
}

static void pins_go_to_their_role_with_the_tries_that_are_left(void **state)
{
	struct secret *pin = secret_new("12345678", 8);
	int tries = 9;

	(void)state;
	door.tries_left = 1;
	door.err = CARDOS_E_PIN_WRONG;
	assert_int_equal(token->ops->login(token, TOKEN_SO, pin, &tries), CKR_PIN_INCORRECT);
	assert_int_equal(door.role, CARDOS_PIN_PUK);
	assert_int_equal(door.len, 8);
	assert_int_equal(tries, 1);
	assert_int_equal(token->ops->login(token, TOKEN_CARD_SO, NULL, &tries), CKR_PIN_INCORRECT);
	assert_int_equal(door.role, CARDOS_PIN_SO);
	assert_int_equal(door.len, 0);
	door.err = CARDOS_E_PIN_LOCKED;
	assert_int_equal(
		token->ops->pin_change(token, TOKEN_USER, pin, pin, &tries), CKR_PIN_LOCKED);
	assert_int_equal(door.role, CARDOS_PIN_USER);
	assert_int_equal(token->ops->pin_set(token, pin, pin, &tries), CKR_PIN_LOCKED);
	assert_int_equal(token->ops->key_login(token, 5, pin, &tries), CKR_PIN_LOCKED);
	assert_int_equal(door.number, 5);
	door.err = CARDOS_OK;
	assert_int_equal(token->ops->init(token, "my card", pin, &tries), CKR_OK);
	assert_string_equal(door.label, "my card");
	token->ops->logout(token);
	secret_free(pin);
}

static void objects_keep_what_the_card_knows_of_them(void **state)
{
	const struct token_object *objects = NULL;
	size_t count = 0;

	(void)state;
	door.objects[0] = (struct cardos_object){ .class = CARDOS_PRIVATE_KEY,
		.number = 3,
		.id = { 0x45 },
		.id_len = 1,
		.label = "key",
		.private = true,
		.key_type = CARDOS_KEY_RSA,
		.bits = 2048,
		.usage = CARDOS_USE_SIGN,
		.access = CARDOS_ACCESS_ALWAYS_SENSITIVE | CARDOS_ACCESS_LOCAL,
		.own_pin = true };
	door.objects[1] = (struct cardos_object){
		.class = CARDOS_PUBLIC_KEY, .key_type = CARDOS_KEY_EC, .user_consent = 1
	};
	door.objects[2] = (struct cardos_object){ .class = CARDOS_CERTIFICATE, .authority = true };
	door.objects[3] = (struct cardos_object){ .class = CARDOS_DATA, .application = "mine" };
	door.object_count = 4;
	assert_int_equal(token->ops->objects(token, &objects, &count), CKR_OK);
	assert_int_equal(count, 4);
	assert_int_equal(objects[0].class, CKO_PRIVATE_KEY);
	assert_int_equal(objects[0].number, 3);
	assert_string_equal(objects[0].label, "key");
	assert_true(objects[0].sensitive && objects[0].always_sensitive && objects[0].local);
	assert_false(objects[0].extractable || objects[0].never_extractable);
	assert_true(objects[0].always_authenticate); /* a PIN of its own */
	assert_int_equal(objects[1].key_type, CKK_EC);
	assert_false(objects[1].always_authenticate || objects[1].sensitive);
	/* bits of use protect nothing on a public key: without any it may do all */
	assert_int_equal(objects[1].usage, TOKEN_USE_ENCRYPT | TOKEN_USE_VERIFY);
	assert_int_equal(objects[2].class, CKO_CERTIFICATE);
	assert_true(objects[2].authority);
	assert_true(objects[2].key_type == CK_UNAVAILABLE_INFORMATION);
	assert_string_equal(objects[3].application, "mine");
	/* the list is replaced, also by an empty one */
	door.objects[0].access = CARDOS_ACCESS_EXTRACTABLE;
	door.objects[0].own_pin = false;
	assert_int_equal(token->ops->objects(token, &objects, &count), CKR_OK);
	assert_true(objects[0].extractable);
	assert_false(objects[0].sensitive || objects[0].always_authenticate);
	door.object_count = 0;
	assert_int_equal(token->ops->objects(token, &objects, &count), CKR_OK);
	assert_int_equal(count, 0);
	door.err = CARDOS_E_CORRUPT;
	assert_int_equal(token->ops->objects(token, &objects, &count), CKR_DEVICE_ERROR);
}

static void new_objects_are_described_to_the_card(void **state)
{
	struct secret *key = secret_new("PKCS8", 5);
	const struct token_generate generate = { .key_type = CKK_EC,
		.bits = 384,
		.usage = TOKEN_USE_SIGN,
		.id = (const uint8_t *)"i",
		.id_len = 1,
		.label = "new",
		.public_object = true };
	const struct token_import import = {
		.key_type = CKK_RSA, .bits = 1024, .label = "in", .key = key
	};
	static const struct {
		CK_OBJECT_CLASS class;
		enum cardos_class card;
	} rows[] = { { CKO_CERTIFICATE, CARDOS_CERTIFICATE }, { CKO_PUBLIC_KEY, CARDOS_PUBLIC_KEY },
		{ CKO_DATA, CARDOS_DATA } };
	uint32_t private = 0, public = 0;

	(void)state;
	assert_int_equal(token->ops->generate(token, &generate, &private, &public), CKR_OK);
	assert_int_equal(private, 8);
	assert_int_equal(public, 9);
	assert_int_equal(door.key.type, CARDOS_KEY_EC);
	assert_int_equal(door.key.bits, 384);
	assert_int_equal(door.key.usage, CARDOS_USE_SIGN);
	assert_true(door.key.public_object);
	assert_int_equal(token->ops->import(token, &import, &private), CKR_OK);
	assert_int_equal(door.key.type, CARDOS_KEY_RSA);
	assert_int_equal(door.len, 5);
	assert_false(door.key.public_object);
	for (size_t i = 0; i < 3; i++) {
		const struct token_store store = { .class = rows[i].class,
			.value = (const uint8_t *)"v",
			.value_len = 1,
			.label = "l",
			.private = true,
			.application = "a" };
		assert_int_equal(token->ops->store(token, &store, &private), CKR_OK);
		assert_int_equal(door.store.class, rows[i].card);
		assert_string_equal(door.store.application, "a");
		assert_true(door.store.private);
	}
	door.err = CARDOS_E_FULL;
	assert_int_equal(
		token->ops->generate(token, &generate, &private, &public), CKR_DEVICE_MEMORY);
	secret_free(key);
}

static void work_with_an_object_goes_to_its_number(void **state)
{
	const struct token_block block = { (const uint8_t *)"block", 5 };
	const struct token_block id = { (const uint8_t *)"id", 2 };
	const struct token_dates dates = { "20260101", "" };
	struct token_block value;
	struct secret *plain = NULL;
	uint8_t out[TOKEN_RSA_MAX];
	size_t len = 0;
	bool flag = false;

	(void)state;
	assert_int_equal(token->ops->value(token, 3, &value), CKR_OK);
	assert_int_equal(value.len, 5);
	assert_int_equal(token->ops->sign(token, 4, block, out, &len), CKR_OK);
	assert_int_equal(door.number, 4);
	assert_int_equal(door.len, 5);
	assert_int_equal(len, 9);
	assert_int_equal(
		token->ops->change(token, 6, &(struct token_change){ NULL, &id, &dates }), CKR_OK);
	assert_string_equal(door.label, "(kept)");
	assert_string_equal(door.dates.start, "20260101");
	assert_string_equal(door.dates.end, "");
	assert_int_equal(door.len, 2);
	assert_int_equal(
		token->ops->change(token, 6, &(struct token_change){ .label = "l" }), CKR_OK);
	assert_int_equal(door.len, 0);
	assert_int_equal(token->ops->begin(token, &flag), CKR_OK);
	assert_true(flag);
	token->ops->end(token);
	assert_true(token->ops->alive(token));
	assert_false(token->ops->was_reset(token));
	assert_int_equal(token->ops->changed(token, &flag), CKR_OK);
	assert_int_equal(token->ops->random(token, out, 4), CKR_OK);
	assert_int_equal(out[3], 7);
	door.err = CARDOS_E_AUTH_REQUIRED;
	assert_int_equal(token->ops->decipher(token, 5, block, &plain), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(token->ops->derive(token, 5, block, &plain), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(token->ops->destroy(token, 5), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(token->ops->begin(token, &flag), CKR_USER_NOT_LOGGED_IN);
	assert_null(plain);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_that_is_not_there_is_no_token),
		TEST(a_card_is_given_the_folder_that_keeps_what_is_public),
		TEST(the_serial_number_is_its_end),
		TEST(what_a_card_can_is_told),
		TEST(a_pin_exists_when_the_card_says_so),
		TEST(pins_go_to_their_role_with_the_tries_that_are_left),
		TEST(objects_keep_what_the_card_knows_of_them),
		TEST(new_objects_are_described_to_the_card),
		TEST(work_with_an_object_goes_to_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
