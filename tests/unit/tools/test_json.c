/* SPDX-License-Identifier: Apache-2.0 */
/* JSON from outside is taken only as it was described. */
#include "unit.h"

#include "fail.h"
#include "json.h"

static json_t *parse(const char *text)
{
	struct fail fail = FAIL_INIT;
	json_t *json = NULL;

	assert_true(json_parse(text, strlen(text), &json, &fail));
	return json;
}

static void only_one_whole_object_is_parsed(void **state)
{
	static const char *const bad[] = { "", "{", "[]", "1", "{} x", "{\"a\":1,\"a\":2}",
		"{\"a\":\"\xFF\"}" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct fail fail = FAIL_INIT;
		json_t *json = NULL;
		assert_false(json_parse(bad[i], strlen(bad[i]), &json, &fail));
		assert_int_equal(fail.code, FAIL_RA_REPLY);
		assert_null(json);
	}
}

static void members_have_their_types(void **state)
{
	json_t *json = parse(
		"{\"t\":\"x\",\"n\":7,\"o\":{},\"a\":[],\"f\":true,\"b\":\"AAE=\",\"z\":\"?\"}");
	struct fail fail = FAIL_INIT;
	const char *text = NULL;
	json_int_t number = 0;
	json_t *inner = NULL;
	uint8_t *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_true(json_get_text(json, "t", &text, &fail));
	assert_string_equal(text, "x");
	assert_true(json_get_number(json, "n", &number, &fail));
	assert_int_equal(number, 7);
	assert_true(json_get_object(json, "o", &inner, &fail));
	assert_true(json_get_array(json, "a", &inner, &fail));
	assert_true(json_flag(json, "f"));
	assert_false(json_flag(json, "t"));
	assert_null(json_text(json, "n"));
	assert_true(json_get_bytes(json, "b", &bytes, &len, &fail));
	assert_int_equal(len, 2);
	free(bytes);
	bytes = NULL;
	assert_false(json_get_bytes(json, "z", &bytes, &len, &fail));
	assert_false(json_get_text(json, "n", &text, &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	assert_non_null(strstr(fail.detail, "\"n\""));
	assert_false(json_get_object(json, "missing", &inner, &fail));
	assert_non_null(strstr(fail.detail, "\"missing\""));
	json_decref(json);
}

static void counts_and_words_are_in_their_range_or_not_there(void **state)
{
	static const char text[] = "{\"a\":1,\"b\":16,\"c\":17,\"d\":0,\"e\":-1,\"f\":"
				   "9223372036854775807,\"g\":\"7\",\"h\":7.0,\"i\":[\"x\",7,"
				   "null,\"why\"]}";
	static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "z" };
	static const unsigned counts[] = { 1, 16, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct fail fail = FAIL_INIT;
	json_t *json = NULL;

	(void)state;
	assert_true(json_parse(text, strlen(text), &json, &fail));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_int_equal(json_count(json, names[i], 16), counts[i]);
	assert_int_equal(json_count(NULL, "a", 16), 0);
	assert_true(json_has_word(json_object_get(json, "i"), "why"));
	assert_false(json_has_word(json_object_get(json, "i"), "wh"));
	assert_false(json_has_word(json, "a"));
	assert_false(json_has_word(NULL, "a"));
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_one_whole_object_is_parsed),
		cmocka_unit_test(members_have_their_types),
		cmocka_unit_test(counts_and_words_are_in_their_range_or_not_there),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
