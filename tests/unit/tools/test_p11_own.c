/* SPDX-License-Identifier: Apache-2.0 */
/* A person's own certificates on a token: found without a login, with their keys, and removed. */
#include "unit.h"

#include "cert.h"
#include "fail.h"
#include "module.h"
#include "p11_own.h"

static struct p11 *p11;
static struct p11_session *session;
static struct p11_own own[P11_FIND_MAX];

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

static CK_OBJECT_HANDLE add(CK_OBJECT_CLASS class, const char *id, const void *value, size_t len)
{
	CK_OBJECT_HANDLE object = module_add_class(0, class);

	module_give(object, CKA_ID, id, strlen(id));
	if (value)
		module_give(object, CKA_VALUE, value, len);
	return object;
}

static CK_OBJECT_HANDLE add_cert(const char *id, const char *usage, int authority)
{
	struct chain_cert cert = cert_make("Somebody", usage, authority);
	CK_OBJECT_HANDLE object = add(CKO_CERTIFICATE, id, cert.der, cert.len);

	free(cert.der);
	return object;
}

/* A CA's, one without id, one with an id of another make, and bytes that are none: left out. */
static void only_a_persons_certificates_are_own(void **state)
{
	static char long_id[P11_ID_MAX + 2];
	struct fail fail = FAIL_INIT;
	size_t count;

	(void)state;
	memset(long_id, 'i', P11_ID_MAX + 1);
	add_cert("one", "digitalSignature", 0);
	add_cert("ca", "keyCertSign", 1);
	add_cert("", "digitalSignature", 0);
	add_cert(long_id, "digitalSignature", 0);
	add(CKO_CERTIFICATE, "bytes", "\x30\x03\x02\x01\x05", 5);
	add(CKO_CERTIFICATE, "empty", "", 0);
	long_id[P11_ID_MAX] = '\0';
	add_cert(long_id, "keyEncipherment", 0);
	assert_true(p11_own_certs(session, own, &count, &fail));
	assert_int_equal(count, 2);
	assert_int_equal(own[0].id_len, 3);
	assert_memory_equal(own[0].id, "one", 3);
	assert_int_equal(own[1].id_len, P11_ID_MAX);
	p11_own_clear(own, count);
	assert_null(own[0].der);
	assert_int_equal(module.calls[MODULE_LOGIN], 0);
}

static void a_read_that_fails_leaves_nothing(void **state)
{
	struct fail fail = FAIL_INIT;
	size_t count = 99;

	(void)state;
	add_cert("one", "digitalSignature", 0);
	module_add_class(0, CKO_CERTIFICATE); /* without CKA_ID */
	assert_false(p11_own_certs(session, own, &count, &fail));
	assert_int_equal(count, 0);
	assert_null(own[0].der);
	module.rv[MODULE_FIND] = CKR_DEVICE_REMOVED;
	fail = (struct fail)FAIL_INIT;
	assert_false(p11_own_certs(session, own, &count, &fail));
	assert_int_equal(fail.code, FAIL_CARD_REMOVED);
}

static void the_one_for_signatures_is_told_by_its_usage(void **state)
{
	static const struct {
		const char *usage;
		bool signs;
	} rows[] = { { "digitalSignature", true }, { "digitalSignature,nonRepudiation", true },
		{ "keyEncipherment", false }, { "nonRepudiation", false }, { NULL, true } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct chain_cert cert = cert_make("Somebody", rows[i].usage, 0);
		struct p11_own one = { .der = cert.der, .der_len = cert.len };
		time_t until = 0;
		assert_int_equal(p11_own_signs(&one, &until), rows[i].signs);
		if (rows[i].signs)
			assert_in_range(until, time(NULL) + 31535000, time(NULL) + 31537000);
		one.der_len--;
		assert_false(p11_own_signs(&one, &until));
		free(cert.der);
	}
}

static void the_key_is_the_one_with_the_same_id(void **state)
{
	struct p11_own one = { .id = "one", .id_len = 3 };
	struct p11_key key = { 0 };
	struct fail fail = FAIL_INIT;
	bool found = true;

	(void)state;
	assert_true(p11_own_key(session, &one, &key, &found, &fail));
	assert_false(found);
	add(CKO_PRIVATE_KEY, "on", NULL, 0);
	CK_OBJECT_HANDLE right = add(CKO_PRIVATE_KEY, "one", NULL, 0);
	add(CKO_PUBLIC_KEY, "one", NULL, 0);
	assert_true(p11_own_key(session, &one, &key, &found, &fail));
	assert_true(found);
	assert_int_equal(key.private, right);
	add(CKO_PRIVATE_KEY, "one", NULL, 0); /* which one? */
	assert_true(p11_own_key(session, &one, &key, &found, &fail));
	assert_false(found);
}

/* Certificate of the same bytes, both halves of the key; a renewed certificate of that id stays. */
static void only_the_old_certificate_and_its_keys_are_removed(void **state)
{
	struct fail fail = FAIL_INIT;
	size_t count;

	(void)state;
	CK_OBJECT_HANDLE old = add_cert("one", "digitalSignature", 0);
	assert_true(p11_own_certs(session, own, &count, &fail));
	CK_OBJECT_HANDLE renewed = add_cert("one", "digitalSignature", 0);
	CK_OBJECT_HANDLE other = add(CKO_PRIVATE_KEY, "two", NULL, 0);
	add(CKO_PRIVATE_KEY, "one", NULL, 0);
	add(CKO_PUBLIC_KEY, "one", NULL, 0);
	assert_true(p11_own_destroy(session, &own[0], &fail));
	assert_int_equal(module_left(), 2);
	assert_true(module.objects[old - 1].gone);
	assert_false(module.objects[renewed - 1].gone);
	assert_false(module.objects[other - 1].gone);
	module.objects[old - 1].gone = false;
	module.rv[MODULE_DESTROY] = CKR_OBJECT_HANDLE_INVALID; /* gone already */
	assert_true(p11_own_destroy(session, &own[0], &fail));
	module.rv[MODULE_DESTROY] = CKR_DEVICE_REMOVED;
	assert_false(p11_own_destroy(session, &own[0], &fail));
	assert_int_equal(fail.code, FAIL_CARD_REMOVED);
	p11_own_clear(own, count);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(only_a_persons_certificates_are_own),
		TEST(a_read_that_fails_leaves_nothing),
		TEST(the_one_for_signatures_is_told_by_its_usage),
		TEST(the_key_is_the_one_with_the_same_id),
		TEST(only_the_old_certificate_and_its_keys_are_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
