/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of this computer: every token is looked through, what cannot be read is left
 * out. */
#include "unit.h"

#include "cert.h"
#include "fail.h"
#include "local.h"
#include "module.h"
#include "pkcs11/vendor.h"
#include "tool.h"

static struct tool tool;

static int set_up(void **state)
{
	(void)state;
	module_reset();
	memset(&tool, 0, sizeof tool);
	tool.p11 = module_open();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tool_clear(&tool);
	module_reset();
	return 0;
}

static void add_cert(CK_SLOT_ID slot, const char *cn, int authority)
{
	struct chain_cert cert = cert_make(cn, NULL, authority);
	CK_OBJECT_HANDLE object = module_add_class(slot, CKO_CERTIFICATE);

	module_give(object, CKA_ID, "\x45", 1);
	module_give(object, CKA_VALUE, cert.der, cert.len);
	free(cert.der);
}

static CK_OBJECT_HANDLE add_identity(CK_SLOT_ID slot, const char *directory, size_t len)
{
	CK_HW_FEATURE_TYPE feature = CKH_TWCA_IDENTITY;
	CK_ULONG level = 2;
	CK_OBJECT_HANDLE object = module_add_class(slot, CKO_HW_FEATURE);

	module_give(object, CKA_HW_FEATURE_TYPE, &feature, sizeof feature);
	module_give(object, CKA_TWCA_PROMPT_LEVEL, &level, sizeof level);
	module_give(object, CKA_TWCA_DIRECTORY, directory, len);
	return object;
}

static void cards_and_identities_are_looked_through(void **state)
{
	struct local_certs certs = { 0 };
	struct fail fail = FAIL_INIT;

	(void)state;
	CK_SLOT_ID soft = module_add_slot("Software identity A1", "A1", "22");
	module.slots[soft].slot_flags = CKF_TOKEN_PRESENT;
	module.slots[module_add_slot("Empty", "", "")].slot_flags = CKF_REMOVABLE_DEVICE;
	module.slots[module_add_slot("Strange", "", "")].token_rv = CKR_TOKEN_NOT_RECOGNIZED;
	add_cert(0, "On a card", 0);
	add_cert(0, "Authority", 1);
	add_cert(soft, "In a file", 0);
	add_identity(soft, "/home/me/A1", 11);
	assert_true(local_find(&tool, &certs, &fail));
	assert_int_equal(certs.count, 2);
	assert_string_equal(certs.items[0].cn, "On a card");
	assert_string_equal(certs.items[0].token.reader, "Reader A");
	assert_string_equal(certs.items[0].directory, "");
	assert_int_equal(certs.items[0].level, 0);
	assert_int_equal(certs.items[0].id_len, 1);
	assert_string_equal(certs.items[1].directory, "/home/me/A1");
	assert_int_equal(certs.items[1].level, 2);
	char hash[80];
	snprintf(hash, sizeof hash, "%s", certs.items[1].text.sha256);
	for (char *c = hash; *c; c++)
		*c = *c >= 'a' ? (char)(*c - 'a' + 'A') : *c;
	assert_ptr_equal(local_by_hash(&certs, hash), &certs.items[1]);
	assert_null(local_by_hash(&certs, "00"));
	local_clear(&certs);
	assert_int_equal(certs.count, 0);
	local_clear(&certs);
}

static void what_cannot_be_read_is_left_out(void **state)
{
	static const char path[300] = "/x";
	struct local_certs certs = { 0 };
	struct fail fail = FAIL_INIT;

	(void)state;
	module_add_class(0, CKO_CERTIFICATE); /* without a value */
	CK_OBJECT_HANDLE bytes = module_add_class(0, CKO_CERTIFICATE);
	module_give(bytes, CKA_VALUE, "\x30\x80\x30", 3);
	add_cert(0, "", 0); /* a name without characters */
	module_give(module.object_count, CKA_ID, path, LOCAL_ID_MAX + 1);
	CK_OBJECT_HANDLE identity = add_identity(0, path, 256);
	module_give(identity, CKA_TWCA_PROMPT_LEVEL, "\x02", 1);
	assert_true(local_find(&tool, &certs, &fail));
	assert_int_equal(certs.count, 1);
	assert_string_equal(certs.items[0].cn, "");
	assert_int_equal(certs.items[0].id_len, 0);
	assert_string_equal(certs.items[0].directory, "");
	assert_int_equal(certs.items[0].level, 0);
	local_clear(&certs);
	module.rv[MODULE_OPEN] = CKR_DEVICE_REMOVED;
	assert_true(local_find(&tool, &certs, &fail));
	assert_int_equal(certs.count, 0);
	local_clear(&certs);
}

static void files_are_found_without_a_smart_card_service(void **state)
{
	struct local_certs certs = { 0 };
	struct fail fail = FAIL_INIT;

	(void)state;
	module.slots[0].reader = TWCA_SLOT_NO_SERVICE;
	module.slots[0].slot_flags = CKF_REMOVABLE_DEVICE;
	assert_false(local_find(&tool, &certs, &fail));
	assert_int_equal(fail.code, FAIL_NO_SERVICE);
	CK_SLOT_ID soft = module_add_slot("Software identity A1", "A1", "22");
	module.slots[soft].slot_flags = CKF_TOKEN_PRESENT;
	add_cert(soft, "In a file", 0);
	fail = (struct fail)FAIL_INIT;
	assert_true(local_find(&tool, &certs, &fail));
	assert_int_equal(fail.code, FAIL_NONE);
	assert_int_equal(certs.count, 1);
	local_clear(&certs);
	module.rv[MODULE_SLOT_LIST] = CKR_DEVICE_ERROR;
	assert_false(local_find(&tool, &certs, &fail));
	assert_int_equal(fail.code, FAIL_CARD_ERROR);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(cards_and_identities_are_looked_through),
		TEST(what_cannot_be_read_is_left_out),
		TEST(files_are_found_without_a_smart_card_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
