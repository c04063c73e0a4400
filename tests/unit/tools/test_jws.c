/* SPDX-License-Identifier: Apache-2.0 */
/* Signed requests: header and payload as they were signed, nothing added, nothing lost. */
#include "unit.h"

#include "fail.h"
#include "json.h"
#include "jws.h"
#include "text.h"

static char signed_text[1024];
static bool sign_fails;
static char key[] = "key";

static bool sign(void *arg, const uint8_t *bytes, size_t len, uint8_t **ret, size_t *ret_len,
	struct fail *fail)
{
	assert_string_equal(arg, "key");
	snprintf(signed_text, sizeof signed_text, "%.*s", (int)len, (const char *)bytes);
	if (sign_fails)
		return fail_set(fail, FAIL_CARD_REMOVED, NULL);
	*ret = (uint8_t *)strdup("\xFB\xFF\x01");
	*ret_len = 3;
	return true;
}

/* A member of the flattened form, decoded. The caller frees. */
static char *decoded(const json_t *object, const char *name)
{
	char padded[1024];
	uint8_t *bytes;
	size_t len;

	assert_non_null(json_text(object, name));
	snprintf(padded, sizeof padded - 4, "%s", json_text(object, name));
	assert_null(strpbrk(padded, "+/="));
	for (char *c = padded; *c; c++)
		*c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
	while (strlen(padded) % 4)
		strcat(padded, "=");
	assert_true(text_unbase64(padded, &bytes, &len));
	char *text = strndup((const char *)bytes, len);
	free(bytes);
	return text;
}

static void what_is_sent_is_what_was_signed(void **state)
{
	struct jws_header header = { .nonce = "n\"1", .url = "https://ra/renewals" };
	struct fail fail = FAIL_INIT;
	json_t *flat = NULL, *protected = NULL;
	char *text = NULL, *input = NULL;

	(void)state;
	memset(header.certificate, 0xFF, sizeof header.certificate);
	assert_true(jws_make(&header, "{\"a\":\"\xE8\x87\xBA\"}", sign, key, &text, &fail));
	assert_true(json_parse(text, strlen(text), &flat, &fail));
	assert_int_equal(json_object_size(flat), 3);
	assert_string_equal(json_text(flat, "signature"), "-_8B");
	assert_true(asprintf(&input, "%s.%s", json_text(flat, "protected"),
			    json_text(flat, "payload")) > 0);
	assert_string_equal(signed_text, input);
	free(input);
	char *payload = decoded(flat, "payload");
	assert_string_equal(payload, "{\"a\":\"\xE8\x87\xBA\"}");
	free(payload);
	char *head = decoded(flat, "protected");
	assert_true(json_parse(head, strlen(head), &protected, &fail));
	assert_int_equal(json_object_size(protected), 4);
	assert_string_equal(json_text(protected, "alg"), "RS256");
	assert_string_equal(json_text(protected, "nonce"), "n\"1");
	assert_string_equal(json_text(protected, "url"), "https://ra/renewals");
	assert_int_equal(strlen(json_text(protected, "x5t#S256")), 43);
	free(head);
	free(text);
	json_decref(flat);
	json_decref(protected);
}

static void an_empty_payload_is_a_payload(void **state)
{
	struct jws_header header = { .nonce = "n", .url = "u" };
	struct fail fail = FAIL_INIT;
	json_t *flat = NULL;
	char *text = NULL;

	(void)state;
	assert_true(jws_make(&header, "", sign, key, &text, &fail));
	assert_true(json_parse(text, strlen(text), &flat, &fail));
	assert_string_equal(json_text(flat, "payload"), "");
	assert_int_equal(signed_text[strlen(signed_text) - 1], '.');
	json_decref(flat);
	free(text);
}

static void without_a_signature_there_is_nothing_to_send(void **state)
{
	struct jws_header header = { .nonce = "n", .url = "u" };
	struct fail fail = FAIL_INIT;
	char *text = NULL;

	(void)state;
	sign_fails = true;
	assert_false(jws_make(&header, "{}", sign, key, &text, &fail));
	assert_int_equal(fail.code, FAIL_CARD_REMOVED);
	assert_null(text);
	sign_fails = false;
	header.nonce = "\xFF"; /* no UTF-8 */
	assert_false(jws_make(&header, "{}", sign, key, &text, &fail));
	assert_null(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sent_is_what_was_signed),
		cmocka_unit_test(an_empty_payload_is_a_payload),
		cmocka_unit_test(without_a_signature_there_is_nothing_to_send),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
