/* SPDX-License-Identifier: Apache-2.0 */
/* One login is one try; readers, cards and objects are seen as the module shows them. */
#include "unit.h"

#include <openssl/evp.h>
#include <p11-kit/pkcs11.h>

#include "fail.h"
#include "p11.h"
#include "pin.h"
#include "pkcs11/vendor.h"

#define OBJECTS_MAX 8

/* A module in memory: two slots, one card, a few objects. */
static struct {
	const char *first_reader;
	CK_FLAGS token_flags;
	CK_RV token_rv, login_rv, object_rv;
	CK_ULONG tries_left;
	bool has_pin_object;
	unsigned logins, destroyed;
	char pin_seen[64];
	struct {
		bool used;
		CK_OBJECT_CLASS class;
		uint8_t id[32], value[64];
		size_t id_len, value_len;
	} objects[OBJECTS_MAX];
	CK_OBJECT_HANDLE found[OBJECTS_MAX];
	CK_ULONG found_count;
	CK_ATTRIBUTE generated[16];
	CK_ULONG generated_count;
} fake;

static CK_RV initialize(void *args)
{
	(void)args;
	return CKR_OK;
}

static CK_RV slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	(void)present;
	if (list) {
		list[0] = 10;
		list[1] = 11;
	}
	*count = 2;
	return CKR_OK;
}

static void pad(unsigned char *field, size_t size, const char *text)
{
	memset(field, ' ', size);
	memcpy(field, text, strlen(text));
}

static CK_RV slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	memset(info, 0, sizeof *info);
	pad(info->slotDescription, sizeof info->slotDescription,
		slot == 10 ? fake.first_reader : "Empty reader");
	info->flags = slot == 10 ? CKF_TOKEN_PRESENT : 0;
	return CKR_OK;
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	(void)slot;
	if (fake.token_rv != CKR_OK)
		return fake.token_rv;
	memset(info, 0, sizeof *info);
	pad(info->label, sizeof info->label, "FINE\033card");
	pad(info->serialNumber, sizeof info->serialNumber, "0102030405060708");
	info->flags = fake.token_flags;
	return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,
	CK_SESSION_HANDLE *session)
{
	(void)slot, (void)application, (void)notify;
	assert_int_equal(flags, CKF_SERIAL_SESSION | CKF_RW_SESSION);
	*session = 5;
	return CKR_OK;
}

static CK_RV close_session(CK_SESSION_HANDLE session)
{
	(void)session;
	return CKR_OK;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
	(void)session;
	assert_int_equal(user, CKU_USER);
	snprintf(fake.pin_seen, sizeof fake.pin_seen, "%.*s", (int)len, (const char *)pin);
	fake.logins++;
	return fake.login_rv;
}

static const CK_ATTRIBUTE *attribute(
	const CK_ATTRIBUTE *list, CK_ULONG count, CK_ATTRIBUTE_TYPE type)
{
	for (CK_ULONG i = 0; i < count; i++)
		if (list[i].type == type)
			return &list[i];
	return NULL;
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
	const CK_ATTRIBUTE *class = attribute(template, count, CKA_CLASS);
	const CK_ATTRIBUTE *id = attribute(template, count, CKA_ID);

	(void)session;
	fake.found_count = 0;
	if (class && *(const CK_OBJECT_CLASS *)class->pValue == CKO_HW_FEATURE) {
		if (fake.has_pin_object)
			fake.found[fake.found_count++] = 100;
		return CKR_OK;
	}
	for (size_t i = 0; i < OBJECTS_MAX; i++) {
		if (!fake.objects[i].used || (class && memcmp(class->pValue, &fake.objects[i].class,
							       sizeof fake.objects[i].class) != 0))
			continue;
		if (id && (id->ulValueLen != fake.objects[i].id_len ||
				  memcmp(id->pValue, fake.objects[i].id, id->ulValueLen) != 0))
			continue;
		fake.found[fake.found_count++] = i + 1;
	}
	return CKR_OK;
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *list, CK_ULONG max, CK_ULONG *count)
{
	(void)session;
	assert_true(fake.found_count <= max);
	memcpy(list, fake.found, fake.found_count * sizeof *list);
	*count = fake.found_count;
	return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE session)
{
	(void)session;
	return CKR_OK;
}

static CK_RV get_attribute(
	CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count)
{
	(void)session;
	assert_int_equal(count, 1);
	if (object == 100) {
		assert_int_equal(template->type, CKA_TWCA_PIN_TRIES_LEFT);
		memcpy(template->pValue, &fake.tries_left, sizeof fake.tries_left);
		template->ulValueLen = sizeof fake.tries_left;
		return CKR_OK;
	}
	if (fake.object_rv != CKR_OK)
		return fake.object_rv;
	const uint8_t *value = fake.objects[object - 1].value;
	size_t len = fake.objects[object - 1].value_len;
	if (template->pValue)
		memcpy(template->pValue, value, len);
	template->ulValueLen = len;
	return CKR_OK;
}

static CK_RV destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
	(void)session;
	fake.objects[object - 1].used = false;
	fake.destroyed++;
	return CKR_OK;
}

static CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public,
	CK_ULONG public_count, CK_ATTRIBUTE *private, CK_ULONG private_count, CK_OBJECT_HANDLE *a,
	CK_OBJECT_HANDLE *b)
{
	(void)session;
	assert_int_equal(mechanism->mechanism, CKM_RSA_PKCS_KEY_PAIR_GEN);
	CK_ULONG bits;
	memcpy(&bits, attribute(public, public_count, CKA_MODULUS_BITS)->pValue, sizeof bits);
	assert_int_equal(bits, 2048);
	for (CK_ULONG i = 0; i < private_count; i++)
		fake.generated[i] = (CK_ATTRIBUTE){ private[i].type, NULL,
			private[i].ulValueLen == 1 ? *(const CK_BBOOL *)private[i].pValue : 99 };
	fake.generated_count = private_count;
	*a = 1;
	*b = 2;
	return fake.login_rv;
}

static CK_FUNCTION_LIST functions = {
	.C_Initialize = initialize,
	.C_Finalize = initialize,
	.C_GetSlotList = slot_list,
	.C_GetSlotInfo = slot_info,
	.C_GetTokenInfo = token_info,
	.C_OpenSession = open_session,
	.C_CloseSession = close_session,
	.C_Login = login,
	.C_FindObjectsInit = find_init,
	.C_FindObjects = find,
	.C_FindObjectsFinal = find_final,
	.C_GetAttributeValue = get_attribute,
	.C_DestroyObject = destroy,
	.C_GenerateKeyPair = generate,
};

static struct p11 *p11;
static struct p11_session *session;

static int set_up(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	memset(&fake, 0, sizeof fake);
	fake.first_reader = "A reader";
	assert_true(p11_open_functions(&functions, &p11, &fail));
	assert_true(p11_session_open(p11, 10, &session, &fail));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	session = p11_session_close(session);
	p11 = p11_close(p11);
	return 0;
}

static void readers_and_cards_are_listed_clean(void **state)
{
	static struct p11_token tokens[P11_READERS_MAX];
	struct fail fail = FAIL_INIT;
	size_t count;

	(void)state;
	assert_true(p11_tokens(p11, tokens, &count, &fail));
	assert_int_equal(count, 2);
	assert_string_equal(tokens[0].reader, "A reader");
	assert_string_equal(tokens[0].label, "FINEcard");
	assert_string_equal(tokens[0].serial, "0102030405060708");
	assert_true(tokens[0].recognised);
	assert_false(tokens[1].present);
	assert_false(p11_token(p11, 11, &tokens[0], &fail));
	assert_int_equal(fail.code, FAIL_NO_CARD);
	fake.token_rv = CKR_TOKEN_NOT_RECOGNIZED;
	assert_false(p11_token(p11, 10, &tokens[0], &fail));
	assert_int_equal(fail.code, FAIL_CARD_UNKNOWN);
}

static void a_missing_service_is_told(void **state)
{
	static struct p11_token tokens[P11_READERS_MAX];
	struct fail fail = FAIL_INIT;
	size_t count;

	(void)state;
	fake.first_reader = TWCA_SLOT_NO_SERVICE;
	assert_false(p11_tokens(p11, tokens, &count, &fail));
	assert_int_equal(fail.code, FAIL_NO_SERVICE);
	fake.first_reader = TWCA_SLOT_ACCESS_DENIED;
	assert_false(p11_tokens(p11, tokens, &count, &fail));
	assert_int_equal(fail.code, FAIL_NO_ACCESS);
	assert_string_equal(fail.detail, TWCA_SLOT_ACCESS_DENIED);
}

/* Valid until the next try. */
static const struct fail *try_pin(CK_RV rv)
{
	static struct fail fail;
	struct pin *pin = pin_new();

	memcpy(pin_buffer(pin), "123456", 6);
	pin_filled(pin, 6);
	fail = (struct fail)FAIL_INIT;
	fake.login_rv = rv;
	fake.logins = 0;
	bool ok = p11_login(session, pin, &fail);
	assert_int_equal(ok, fail.code == FAIL_NONE);
	assert_int_equal(fake.logins, 1);
	assert_string_equal(fake.pin_seen, "123456");
	pin_free(pin);
	return &fail;
}

static void one_login_is_one_try_and_tells_what_is_left(void **state)
{
	(void)state;
	assert_int_equal(try_pin(CKR_OK)->code, FAIL_NONE);
	fake.has_pin_object = true;
	fake.tries_left = 2;
	const struct fail *fail = try_pin(CKR_PIN_INCORRECT);
	assert_int_equal(fail->code, FAIL_PIN_WRONG);
	assert_int_equal(fail->tries_left, 2);
	fake.tries_left = 0;
	assert_int_equal(try_pin(CKR_PIN_INCORRECT)->code, FAIL_PIN_LOCKED);
	fail = try_pin(CKR_PIN_LOCKED);
	assert_int_equal(fail->code, FAIL_PIN_LOCKED);
	assert_int_equal(fail->tries_left, 0);
	assert_int_equal(try_pin(CKR_PIN_LEN_RANGE)->code, FAIL_PIN_LENGTH);
	assert_int_equal(try_pin(CKR_DEVICE_REMOVED)->code, FAIL_CARD_REMOVED);
}

static void a_card_that_does_not_tell_is_no_error(void **state)
{
	(void)state;
	fake.has_pin_object = true;
	fake.tries_left = CK_UNAVAILABLE_INFORMATION;
	const struct fail *fail = try_pin(CKR_PIN_INCORRECT);
	assert_int_equal(fail->code, FAIL_PIN_WRONG);
	assert_int_equal(fail->tries_left, -1);
	assert_true(strlen(fail->detail) > 0);
	fake.token_flags = CKF_USER_PIN_FINAL_TRY;
	assert_int_equal(try_pin(CKR_PIN_INCORRECT)->tries_left, 1);
	fake.has_pin_object = false;
	fake.token_flags = CKF_USER_PIN_LOCKED;
	assert_int_equal(try_pin(CKR_PIN_INCORRECT)->code, FAIL_PIN_LOCKED);
}

static void generated_keys_stay_on_the_card(void **state)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		CK_BBOOL value;
	} rows[] = { { CKA_TOKEN, CK_TRUE }, { CKA_PRIVATE, CK_TRUE }, { CKA_SENSITIVE, CK_TRUE },
		{ CKA_EXTRACTABLE, CK_FALSE }, { CKA_SIGN, CK_TRUE } };
	uint8_t id[P11_ID_LEN] = { 1 };
	struct fail fail = FAIL_INIT;

	(void)state;
	const struct p11_key_wish wish = { .id = id, .label = "label", .bits = 2048 };
	assert_true(p11_key_generate(session, &wish, &fail));
	assert_null(attribute(fake.generated, fake.generated_count, CKA_DECRYPT));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const CK_ATTRIBUTE *found =
			attribute(fake.generated, fake.generated_count, rows[i].type);
		assert_non_null(found);
		assert_int_equal(found->ulValueLen, rows[i].value);
	}
}

static void put(size_t at, CK_OBJECT_CLASS class, uint8_t id, const char *value)
{
	fake.objects[at].used = true;
	fake.objects[at].class = class;
	memset(fake.objects[at].id, id, P11_ID_LEN);
	fake.objects[at].id_len = P11_ID_LEN;
	fake.objects[at].value_len = strlen(value);
	memcpy(fake.objects[at].value, value, strlen(value));
}

static void half_a_key_is_not_found_and_can_be_removed(void **state)
{
	uint8_t id[P11_ID_LEN];
	struct p11_key key = { 0 };
	struct fail fail = FAIL_INIT;
	bool found = true;

	(void)state;
	memset(id, 7, sizeof id);
	put(0, CKO_PRIVATE_KEY, 7, "");
	put(1, CKO_PUBLIC_KEY, 8, "another");
	assert_true(p11_key_find(session, id, &key, &found, &fail));
	assert_false(found);
	assert_true(p11_key_destroy(session, id, &fail));
	assert_int_equal(fake.destroyed, 1);
	assert_false(fake.objects[0].used);
	assert_true(fake.objects[1].used);
	put(0, CKO_PRIVATE_KEY, 7, "");
	put(2, CKO_PUBLIC_KEY, 7, "\xC1\x01\x01");
	assert_true(p11_key_find(session, id, &key, &found, &fail));
	assert_true(found);
	assert_int_equal(key.private, 1);
	EVP_PKEY_free(key.public);
}

static void only_the_same_bytes_are_the_same_certificate(void **state)
{
	uint8_t id[P11_ID_LEN];
	struct p11_cert cert = {
		.der = (const uint8_t *)"certificate", .der_len = 11, .id = id, .id_len = sizeof id
	};
	struct fail fail = FAIL_INIT;
	bool present;

	(void)state;
	memset(id, 7, sizeof id);
	put(0, CKO_CERTIFICATE, 7, "certificatf");
	put(1, CKO_CERTIFICATE, 9, "certificate");
	assert_true(p11_cert_present(session, &cert, &present, &fail));
	assert_false(present);
	assert_true(p11_cert_clear_others(session, &cert, &fail));
	assert_false(fake.objects[0].used);
	assert_true(fake.objects[1].used);
	put(0, CKO_CERTIFICATE, 7, "certificate");
	assert_true(p11_cert_present(session, &cert, &present, &fail));
	assert_true(present);
	assert_true(p11_cert_clear_others(session, &cert, &fail));
	assert_true(fake.objects[0].used);
	fake.object_rv = CKR_DEVICE_REMOVED;
	assert_false(p11_cert_present(session, &cert, &present, &fail));
	assert_int_equal(fail.code, FAIL_CARD_REMOVED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(readers_and_cards_are_listed_clean),
		TEST(a_missing_service_is_told),
		TEST(one_login_is_one_try_and_tells_what_is_left),
		TEST(a_card_that_does_not_tell_is_no_error),
		TEST(generated_keys_stay_on_the_card),
		TEST(half_a_key_is_not_found_and_can_be_removed),
		TEST(only_the_same_bytes_are_the_same_certificate),
	};

	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
