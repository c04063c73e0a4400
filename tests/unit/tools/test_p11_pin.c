/* SPDX-License-Identifier: Apache-2.0 */
/* PINs beyond a login: what is known of them, whose failure it is, and what a card may say. */
#include "unit.h"

#include "fail.h"
#include "module.h"
#include "p11.h"
#include "p11_pin.h"
#include "pin.h"
#include "pkcs11/vendor.h"

static struct p11 *p11;
static struct p11_session *session;
static struct pin *old, *new;

static struct pin *secret(const char *text)
{
	struct pin *pin = pin_new();

	strcpy(pin_buffer(pin), text);
	pin_filled(pin, strlen(text));
	return pin;
}

static int set_up(void **state)
{
	(void)state;
	module_begin(&p11, &session);
	old = secret("1111");
	new = secret("2222");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	old = pin_free(old);
	new = pin_free(new);
	module_end(&p11, &session);
	return 0;
}

/* The object that tells of a PIN. */
static CK_OBJECT_HANDLE add_pin(CK_USER_TYPE user, CK_ULONG tries)
{
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_HW_FEATURE_TYPE feature = CKH_TWCA_PIN;
	CK_BBOOL locked = tries == 0;
	CK_ULONG min = 4, max = 8, tries_max = 3;
	const CK_ATTRIBUTE attributes[] = { { CKA_CLASS, &class, sizeof class },
		{ CKA_HW_FEATURE_TYPE, &feature, sizeof feature },
		{ CKA_TWCA_PIN_USER_TYPE, &user, sizeof user },
		{ CKA_TWCA_PIN_TRIES_LEFT, &tries, sizeof tries },
		{ CKA_TWCA_PIN_TRIES_MAX, &tries_max, sizeof tries_max },
		{ CKA_TWCA_PIN_MIN_LEN, &min, sizeof min },
		{ CKA_TWCA_PIN_MAX_LEN, &max, sizeof max },
		{ CKA_TWCA_PIN_LOCKED, &locked, sizeof locked } };

	return module_add(0, attributes, sizeof attributes / sizeof attributes[0]);
}

static void what_the_module_tells_is_read_without_a_try(void **state)
{
	struct p11_pin_state known;

	(void)state;
	assert_false(p11_pin_state(session, CKU_USER, &known));
	assert_int_equal(known.tries_left, -1);
	assert_int_equal(known.tries_max, -1);
	add_pin(CKU_USER, 2);
	add_pin(CKU_SO, 0);
	assert_true(p11_pin_state(session, CKU_USER, &known));
	assert_int_equal(known.tries_left, 2);
	assert_int_equal(known.tries_max, 3);
	assert_int_equal(known.min_len, 4);
	assert_int_equal(known.max_len, 8);
	assert_false(known.locked);
	assert_true(p11_pin_state(session, CKU_SO, &known));
	assert_int_equal(known.tries_left, 0);
	assert_true(known.locked);
	assert_int_equal(module.calls[MODULE_LOGIN], 0);
}

/* Numbers that no counter has, of a wrong length, or twice the same PIN: nothing is believed. */
static void impossible_numbers_are_unknown(void **state)
{
	static const struct {
		CK_ULONG value;
		size_t len;
		int tries_left;
	} rows[] = {
		{ 255, sizeof(CK_ULONG), 255 },
		{ 256, sizeof(CK_ULONG), -1 },
		{ CK_UNAVAILABLE_INFORMATION, sizeof(CK_ULONG), -1 },
		{ 2, 1, -1 },
		{ 2, 0, -1 },
	};
	CK_OBJECT_HANDLE object = add_pin(CKU_USER, 1);
	struct p11_pin_state known;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		module_give(object, CKA_TWCA_PIN_TRIES_LEFT, &rows[i].value, rows[i].len);
		assert_true(p11_pin_state(session, CKU_USER, &known));
		assert_int_equal(known.tries_left, rows[i].tries_left);
		assert_false(known.locked);
	}
	add_pin(CKU_USER, 1);
	assert_false(p11_pin_state(session, CKU_USER, &known));
	module.rv[MODULE_FIND] = CKR_DEVICE_REMOVED;
	assert_false(p11_pin_state(session, CKU_USER, &known));
}

/* One call is one try, and the failure is of the PIN that was presented. */
static void each_failure_is_of_the_right_pin(void **state)
{
	static const struct {
		CK_RV rv;
		CK_ULONG tries;
		enum fail_code pin, puk;
		int tries_left;
	} rows[] = {
		{ CKR_PIN_INCORRECT, 2, FAIL_PIN_WRONG, FAIL_PUK_WRONG, 2 },
		{ CKR_PIN_INCORRECT, CK_UNAVAILABLE_INFORMATION, FAIL_PIN_WRONG, FAIL_PUK_WRONG,
			-1 },
		{ CKR_PIN_INCORRECT, 0, FAIL_PIN_LOCKED, FAIL_PUK_LOCKED, 0 },
		{ CKR_PIN_LOCKED, 0, FAIL_PIN_LOCKED, FAIL_PUK_LOCKED, 0 },
		{ CKR_PIN_LEN_RANGE, 2, FAIL_PIN_LENGTH, FAIL_PIN_LENGTH, -1 },
		{ CKR_DEVICE_REMOVED, 2, FAIL_CARD_REMOVED, FAIL_CARD_REMOVED, -1 },
	};
	CK_OBJECT_HANDLE user = add_pin(CKU_USER, 1), so = add_pin(CKU_SO, 1);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		static struct fail fail, of_puk, of_login;
		const CK_BBOOL locked = rows[i].tries == 0;
		fail = of_puk = of_login = (struct fail)FAIL_INIT;
		module_give(user, CKA_TWCA_PIN_TRIES_LEFT, &rows[i].tries, sizeof(CK_ULONG));
		module_give(so, CKA_TWCA_PIN_TRIES_LEFT, &rows[i].tries, sizeof(CK_ULONG));
		module_give(user, CKA_TWCA_PIN_LOCKED, &locked, 1);
		module_give(so, CKA_TWCA_PIN_LOCKED, &locked, 1);
		module.rv[MODULE_SET_PIN] = module.rv[MODULE_LOGIN] = rows[i].rv;
		module.calls[MODULE_SET_PIN] = module.calls[MODULE_LOGIN] = 0;
		assert_false(p11_change_pin(session, old, new, &fail));
		assert_int_equal(fail.code, rows[i].pin);
		assert_int_equal(fail.tries_left, rows[i].tries_left);
		assert_false(p11_change_puk(session, old, new, &of_puk));
		assert_int_equal(of_puk.code, rows[i].puk);
		assert_int_equal(module.calls[MODULE_SET_PIN], 2);
		assert_false(p11_login_puk(session, old, &of_login));
		assert_int_equal(of_login.code, rows[i].puk);
		assert_int_equal(of_login.tries_left, rows[i].tries_left);
		assert_int_equal(module.calls[MODULE_LOGIN], 1);
	}
}

static void values_go_where_they_belong(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(p11_change_pin(session, old, new, &fail));
	assert_string_equal(module.pin, "1111");
	assert_string_equal(module.new_pin, "2222");
	assert_true(p11_login_puk(session, old, &fail));
	assert_int_equal(module.user, CKU_SO);
	assert_string_equal(module.pin, "1111");
	assert_true(p11_set_pin(session, new, &fail));
	assert_string_equal(module.new_pin, "2222");
	module.rv[MODULE_INIT_PIN] = CKR_PIN_LEN_RANGE;
	assert_false(p11_set_pin(session, new, &fail));
	assert_int_equal(fail.code, FAIL_PIN_LENGTH);
	module.rv[MODULE_LOGOUT] = CKR_USER_NOT_LOGGED_IN;
	p11_logout(session);
	assert_int_equal(module.calls[MODULE_LOGOUT], 1);
}

static void the_largest_key_is_asked_of_the_token(void **state)
{
	struct fail fail = FAIL_INIT;
	unsigned bits = 0;

	(void)state;
	module.rsa_bits = 1024;
	assert_true(p11_rsa_bits(session, 0, &bits, &fail));
	assert_int_equal(bits, 1024);
	module.rv[MODULE_MECHANISM] = CKR_MECHANISM_INVALID;
	assert_false(p11_rsa_bits(session, 0, &bits, &fail));
	assert_int_not_equal(fail.code, FAIL_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(what_the_module_tells_is_read_without_a_try),
		TEST(impossible_numbers_are_unknown),
		TEST(each_failure_is_of_the_right_pin),
		TEST(values_go_where_they_belong),
		TEST(the_largest_key_is_asked_of_the_token),
	};

	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
