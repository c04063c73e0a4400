/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates on a module that answers badly: refused with a code, nothing is believed.
 */
#include "unit.h"

#include <openssl/evp.h>
#include <p11-kit/pkcs11.h>

#include "fail.h"
#include "p11.h"
#include "pin.h"

static const uint8_t id[P11_ID_LEN] = { 1, 2, 3 };

/* What the module answers. Objects of each class have handles from 1 on. */
static struct {
	CK_RV find_rv, get_rv, destroy_rv, sign_rv;
	CK_ULONG privates, publics;
	CK_ULONG length; /* of each attribute */
	uint8_t byte;    /* that fills each attribute */
	unsigned destroyed, searches;
	CK_OBJECT_CLASS class;
	bool ec;
	CK_RV login_rv;
	unsigned logins, signs;
	char pin[32]; /* that was presented; "(keypad)" for none */
} fake;

static CK_RV initialize(void *args)
{
	(void)args;
	return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,
	CK_SESSION_HANDLE *session)
{
	(void)slot, (void)flags, (void)application, (void)notify;
	*session = 5;
	return CKR_OK;
}

static CK_RV one_session(CK_SESSION_HANDLE session)
{
	assert_int_equal(session, 5);
	return CKR_OK;
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
	(void)session;
	assert_true(count >= 1 && template[0].type == CKA_CLASS);
	memcpy(&fake.class, template[0].pValue, sizeof fake.class);
	if (fake.find_rv == CKR_OK)
		fake.searches++;
	return fake.find_rv;
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *list, CK_ULONG max, CK_ULONG *count)
{
	CK_ULONG there = fake.class == CKO_PRIVATE_KEY ? fake.privates : fake.publics;

	(void)session;
	*count = there < max ? there : max;
	for (CK_ULONG i = 0; i < *count; i++)
		list[i] = i + 1;
	return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE session)
{
	(void)session;
	assert_true(fake.searches-- > 0);
	return CKR_OK;
}

static CK_RV get(
	CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG count)
{
	(void)session, (void)object;
	assert_int_equal(count, 1);
	if (fake.get_rv != CKR_OK)
		return fake.get_rv;
	if (template->pValue)
		memset(template->pValue, fake.byte, fake.length);
	template->ulValueLen = fake.length;
	return CKR_OK;
}

static CK_RV destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
	(void)session, (void)object;
	fake.destroyed++;
	return fake.destroy_rv;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	(void)session, (void)key;
	assert_int_equal(mechanism->mechanism, fake.ec ? CKM_ECDSA_SHA256 : CKM_SHA256_RSA_PKCS);
	return fake.sign_rv;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
	(void)session;
	assert_int_equal(user, CKU_CONTEXT_SPECIFIC);
	assert_int_equal(fake.signs, 0); /* between C_SignInit() and C_Sign() */
	fake.logins++;
	snprintf(fake.pin, sizeof fake.pin, "%.*s", pin ? (int)len : 8,
		pin ? (const char *)pin : "(keypad)");
	return fake.login_rv;
}

static CK_RV sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len,
	unsigned char *signature, CK_ULONG *signature_len)
{
	(void)session, (void)data;
	fake.signs++;
	assert_true(*signature_len >= 512);
	*signature_len = fake.ec ? 64 : 256;
	memset(signature, (int)len, *signature_len);
	return CKR_OK;
}

static struct p11 *p11;
static struct p11_session *session;

static int set_up(void **state)
{
	static CK_FUNCTION_LIST functions = {
		.version = { 2, 40 },
		.C_Initialize = initialize,
		.C_Finalize = initialize,
		.C_OpenSession = open_session,
		.C_CloseSession = one_session,
		.C_Logout = one_session,
		.C_FindObjectsInit = find_init,
		.C_FindObjects = find,
		.C_FindObjectsFinal = find_final,
		.C_GetAttributeValue = get,
		.C_DestroyObject = destroy,
		.C_Login = login,
		.C_SignInit = sign_init,
		.C_Sign = sign,
	};
	struct fail fail = FAIL_INIT;

	(void)state;
	memset(&fake, 0, sizeof fake);
	fake.privates = fake.publics = 1;
	fake.length = 129;
	fake.byte = 0x81;
	assert_true(p11_open_functions(&functions, &p11, &fail));
	assert_true(p11_session_open(p11, 10, &session, &fail));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	session = p11_session_close(session);
	p11 = p11_close(p11);
	assert_int_equal(fake.searches, 0);
	return 0;
}

static void a_key_is_one_of_each_half(void **state)
{
	static const struct {
		CK_ULONG privates, publics;
		bool found;
	} rows[] = { { 1, 1, true }, { 0, 1, false }, { 1, 0, false }, { 2, 1, false },
		{ 1, 2, false }, { 99, 1, false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct p11_key key = { 0 };
		struct fail fail = FAIL_INIT;
		bool found = !rows[i].found;
		fake.privates = rows[i].privates;
		fake.publics = rows[i].publics;
		assert_true(p11_key_find(session, id, &key, &found, &fail));
		assert_int_equal(found, rows[i].found);
		assert_int_equal(key.public != NULL, rows[i].found);
		EVP_PKEY_free(key.public);
	}
}

static void an_attribute_of_impossible_length_is_refused(void **state)
{
	static const CK_ULONG lengths[] = { CK_UNAVAILABLE_INFORMATION, 64 * 1024 + 1 };
	struct p11_key key = { 0 };
	uint8_t ids[P11_FIND_MAX][P11_ID_LEN];
	size_t count;
	bool found;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fail fail = FAIL_INIT;
		fake.length = lengths[i];
		assert_false(p11_key_find(session, id, &key, &found, &fail));
		assert_int_equal(fail.code, FAIL_CARD_ERROR);
		assert_false(p11_key_ids(session, ids, &count, &fail));
	}
	struct fail fail = FAIL_INIT;
	fake.length = 0;
	assert_true(p11_key_find(session, id, &key, &found, &fail));
	assert_false(found);
}

static void only_ids_made_here_are_listed(void **state)
{
	uint8_t ids[P11_FIND_MAX][P11_ID_LEN];
	struct fail fail = FAIL_INIT;
	size_t count;

	(void)state;
	fake.privates = 99;
	assert_true(p11_key_ids(session, ids, &count, &fail));
	assert_int_equal(count, 0);
	fake.length = P11_ID_LEN;
	assert_true(p11_key_ids(session, ids, &count, &fail));
	assert_int_equal(count, P11_FIND_MAX);
	assert_int_equal(ids[P11_FIND_MAX - 1][P11_ID_LEN - 1], 0x81);
}

static void what_is_gone_already_counts_as_removed(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	assert_true(p11_key_destroy(session, id, &fail));
	assert_int_equal(fake.destroyed, 2);
	fake.destroy_rv = CKR_OBJECT_HANDLE_INVALID;
	assert_true(p11_key_destroy(session, id, &fail));
	fake.destroy_rv = CKR_DEVICE_REMOVED;
	assert_false(p11_key_destroy(session, id, &fail));
	assert_int_equal(fail.code, FAIL_CARD_REMOVED);
}

/* Two numbers of 32 bytes become SEQUENCE { INTEGER, INTEGER }; the high bit asks for one more
 * byte. */
static void a_signature_of_a_curve_is_der(void **state)
{
	struct p11_key key = { .ec = true };
	struct fail fail = FAIL_INIT;
	uint8_t *signature = NULL;
	uint8_t message[0x81] = { 0 };
	size_t len;

	(void)state;
	fake.ec = true;
	assert_true(p11_key_sign(session, &key, message, sizeof message, &signature, &len, &fail));
	assert_int_equal(len, 2 + 2 * (2 + 33));
	assert_memory_equal(signature, "\x30\x46\x02\x21\x00\x81", 6);
	free(signature);
	fake.ec = false;
}

static void a_module_that_refuses_is_told(void **state)
{
	struct p11_key key = { 0 };
	struct fail fail = FAIL_INIT;
	uint8_t *signature = NULL;
	size_t len;
	bool found;

	(void)state;
	assert_true(p11_key_sign(session, &key, id, sizeof id, &signature, &len, &fail));
	assert_int_equal(len, 256);
	free(signature);
	signature = NULL;
	fake.sign_rv = CKR_DEVICE_REMOVED;
	assert_false(p11_key_sign(session, &key, id, sizeof id, &signature, &len, &fail));
	assert_int_equal(fail.code, FAIL_CARD_REMOVED);
	assert_null(signature);
	fake.get_rv = CKR_DEVICE_ERROR;
	assert_false(p11_key_find(session, id, &key, &found, &fail));
	assert_int_equal(fail.code, FAIL_CARD_ERROR);
	fake.find_rv = CKR_TOKEN_NOT_PRESENT;
	assert_false(p11_key_find(session, id, &key, &found, &fail));
	assert_int_equal(fail.code, FAIL_NO_CARD);
	assert_false(p11_key_destroy(session, id, &fail));
}

static void a_certificate_is_present_only_byte_for_byte(void **state)
{
	static const struct {
		CK_RV get_rv;
		CK_ULONG length;
		uint8_t byte;
		bool ok, present;
		unsigned destroyed;
	} rows[] = {
		{ CKR_OK, 4, 0x30, true, true, 0 },
		{ CKR_OK, 4, 0x31, true, false, 1 },
		{ CKR_OK, 3, 0x30, true, false, 1 },
		{ CKR_OK, 5, 0x30, true, false, 1 },
		{ CKR_DEVICE_ERROR, 4, 0x30, true, false, 1 },
		{ CKR_DEVICE_REMOVED, 4, 0x30, false, false, 1 },
	};
	struct p11_cert cert = { .der = (const uint8_t *)"0000",
		.der_len = 4,
		.id = id,
		.id_len = sizeof id,
		.label = "x" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fail fail = FAIL_INIT;
		bool present = false;
		fake.get_rv = rows[i].get_rv;
		fake.length = rows[i].length;
		fake.byte = rows[i].byte;
		fake.destroyed = 0;
		assert_int_equal(p11_cert_present(session, &cert, &present, &fail), rows[i].ok);
		assert_int_equal(present, rows[i].present);
		if (!rows[i].ok)
			continue;
		assert_true(p11_cert_clear_others(session, &cert, &fail));
		assert_int_equal(fake.destroyed, rows[i].destroyed);
	}
	struct fail fail = FAIL_INIT;
	assert_false(p11_cert_store(session, &cert, &fail));
	assert_int_equal(fail.code, FAIL_INTERNAL);
}

static struct {
	const char *pin; /* NULL: at the reader */
	bool refuses;
	unsigned asked;
} person;

static bool ask(void *context, struct pin **ret, struct fail *fail)
{
	assert_ptr_equal(context, &person);
	person.asked++;
	*ret = NULL;
	if (person.refuses)
		return fail_set(fail, FAIL_CANCELLED, NULL);
	if (person.pin) {
		*ret = pin_new();
		strcpy(pin_buffer(*ret), person.pin);
		pin_filled(*ret, strlen(person.pin));
	}
	return true;
}

/* One signature; the code it ends with. */
static enum fail_code signs(const struct p11_key *key)
{
	struct fail fail = FAIL_INIT;
	uint8_t *signature = NULL;
	size_t len;

	fake.logins = fake.signs = person.asked = 0;
	strcpy(fake.pin, "");
	bool ok = p11_key_sign(session, key, (const uint8_t *)"x", 1, &signature, &len, &fail);
	assert_int_equal(ok, fail.code == FAIL_NONE);
	assert_int_equal(fake.signs, ok);
	free(signature);
	return fail.code;
}

/* A key that wants its PIN at each use: the known one, the person's, or the reader's own keys. */
static void a_key_gets_its_pin_at_each_use(void **state)
{
	struct pin *known = pin_new();
	struct p11_key key = { .private = 1, .ask = ask, .context = &person };

	(void)state;
	strcpy(pin_buffer(known), "file");
	pin_filled(known, 4);
	fake.length = sizeof(CK_BBOOL);
	fake.byte = CK_FALSE;
	assert_int_equal(signs(&key), FAIL_NONE); /* it wants none */
	assert_int_equal(fake.logins + person.asked, 0);
	fake.byte = CK_TRUE;
	assert_int_equal(signs(&key), FAIL_NONE);
	assert_string_equal(fake.pin, "(keypad)");
	person.pin = "246810";
	assert_int_equal(signs(&key), FAIL_NONE);
	assert_string_equal(fake.pin, "246810");
	assert_int_equal(person.asked, 1);
	fake.login_rv = CKR_PIN_INCORRECT;
	assert_int_equal(signs(&key), FAIL_PIN_WRONG);
	assert_int_equal(fake.logins, 1); /* never twice */
	fake.login_rv = CKR_FUNCTION_CANCELED;
	assert_int_equal(signs(&key), FAIL_CANCELLED);
	person.refuses = true;
	assert_int_equal(signs(&key), FAIL_CANCELLED);
	assert_int_equal(fake.logins, 0);
	fake.login_rv = CKR_OK;
	key.pin = known;
	assert_int_equal(signs(&key), FAIL_NONE);
	assert_string_equal(fake.pin, "file");
	assert_int_equal(person.asked, 0);
	pin_free(known);
}

#define WITH_CARD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_CARD(a_key_is_one_of_each_half),
		WITH_CARD(an_attribute_of_impossible_length_is_refused),
		WITH_CARD(only_ids_made_here_are_listed),
		WITH_CARD(what_is_gone_already_counts_as_removed),
		WITH_CARD(a_signature_of_a_curve_is_der),
		WITH_CARD(a_module_that_refuses_is_told),
		WITH_CARD(a_key_gets_its_pin_at_each_use),
		WITH_CARD(a_certificate_is_present_only_byte_for_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
