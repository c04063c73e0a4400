/* SPDX-License-Identifier: Apache-2.0 */
/* A software identity as its token shows it: settings, level, a new password. */
#include "unit.h"

#include "fail.h"
#include "module.h"
#include "p11.h"
#include "p11_identity.h"
#include "pin.h"
#include "pkcs11/vendor.h"

static struct p11 *p11;
static struct p11_session *session;

static int set_up(void **state)
{
	(void)state;
	module_begin(&p11, &session);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	module_end(&p11, &session);
	return 0;
}

static CK_OBJECT_HANDLE add_identity(const char *directory, size_t len)
{
	CK_OBJECT_CLASS class = CKO_HW_FEATURE;
	CK_HW_FEATURE_TYPE feature = CKH_TWCA_IDENTITY;
	CK_ULONG level = 2, now = 1;
	CK_BBOOL old = CK_TRUE;
	const CK_ATTRIBUTE attributes[] = { { CKA_CLASS, &class, sizeof class },
		{ CKA_HW_FEATURE_TYPE, &feature, sizeof feature },
		{ CKA_TWCA_PROMPT_LEVEL, &level, sizeof level },
		{ CKA_TWCA_PROMPT_LEVEL_NOW, &now, sizeof now },
		{ CKA_TWCA_OLD_CIPHER, &old, sizeof old } };
	CK_OBJECT_HANDLE object = module_add(0, attributes, 5);

	module_give(object, CKA_TWCA_DIRECTORY, directory, len);
	return object;
}

static void the_settings_are_read(void **state)
{
	struct p11_identity identity;
	struct fail fail = FAIL_INIT;

	(void)state;
	add_identity("/home/me/twca/A1", 16);
	assert_true(p11_identity(session, &identity, &fail));
	assert_string_equal(identity.directory, "/home/me/twca/A1");
	assert_int_equal(identity.level, 2);
	assert_int_equal(identity.level_now, 1);
	assert_true(identity.old_cipher);
}

static void a_card_is_no_identity(void **state)
{
	struct p11_identity identity;
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_false(p11_identity(session, &identity, &fail));
	assert_int_equal(fail.code, FAIL_KEY_ON_CARD);
	assert_false(p11_identity_set_level(session, 1, &fail));
	assert_int_equal(fail.code, FAIL_KEY_ON_CARD);
	assert_int_equal(module.calls[MODULE_SET], 0);
	/* two of them: whose settings would they be? */
	add_identity("/a", 2);
	add_identity("/b", 2);
	assert_false(p11_identity(session, &identity, &fail));
	assert_int_equal(fail.code, FAIL_KEY_ON_CARD);
}

/* The longest path that fits, and one byte more. */
static void a_path_too_long_is_an_error_and_not_cut(void **state)
{
	static char path[P11_DIRECTORY_MAX + 1];
	struct p11_identity identity;
	struct fail fail = FAIL_INIT;

	(void)state;
	memset(path, 'x', sizeof path);
	CK_OBJECT_HANDLE object = add_identity(path, P11_DIRECTORY_MAX - 1);
	assert_true(p11_identity(session, &identity, &fail));
	assert_int_equal(strlen(identity.directory), P11_DIRECTORY_MAX - 1);
	module_give(object, CKA_TWCA_DIRECTORY, path, P11_DIRECTORY_MAX);
	assert_false(p11_identity(session, &identity, &fail));
	assert_int_not_equal(fail.code, FAIL_NONE);
}

static void a_level_is_given_to_the_token(void **state)
{
	CK_OBJECT_HANDLE object = add_identity("/a", 2);
	struct p11_identity identity;
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(p11_identity_set_level(session, 3, &fail));
	assert_true(p11_identity(session, &identity, &fail));
	assert_int_equal(identity.level, 3);
	module.rv[MODULE_SET] = CKR_USER_NOT_LOGGED_IN;
	assert_false(p11_identity_set_level(session, 1, &fail));
	assert_int_not_equal(fail.code, FAIL_NONE);
	assert_int_equal(object, 1);
}

static void a_refused_password_is_a_files_and_no_pin(void **state)
{
	static const struct {
		CK_RV rv;
		enum fail_code code;
	} rows[] = { { CKR_OK, FAIL_NONE }, { CKR_PIN_INCORRECT, FAIL_FILE_PASSWORD },
		{ CKR_PIN_LEN_RANGE, FAIL_FILE_PASSWORD_RULE },
		{ CKR_DEVICE_ERROR, FAIL_CARD_ERROR } };
	struct pin *old = pin_new(), *new = pin_new();

	(void)state;
	strcpy(pin_buffer(old), "old-one");
	pin_filled(old, 7);
	strcpy(pin_buffer(new), "new-one");
	pin_filled(new, 7);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		module.rv[MODULE_SET_PIN] = rows[i].rv;
		assert_int_equal(p11_identity_set_password(session, old, new, &fail), i == 0);
		assert_int_equal(fail.code, rows[i].code);
		assert_string_equal(module.pin, "old-one");
		assert_string_equal(module.new_pin, "new-one");
	}
	pin_free(old);
	pin_free(new);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(the_settings_are_read),
		TEST(a_card_is_no_identity),
		TEST(a_path_too_long_is_an_error_and_not_cut),
		TEST(a_level_is_given_to_the_token),
		TEST(a_refused_password_is_a_files_and_no_pin),
	};

	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
