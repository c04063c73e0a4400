/* SPDX-License-Identifier: Apache-2.0 */
/* The document for machines and the lines for people. */
#include "unit.h"

#include <unistd.h>

#include "fail.h"
#include "json.h"
#include "out.h"

static void success_has_no_error_and_keeps_members(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	json_t *document = out_document("twca-x", &fail,
		json_pack("{s:s, s:s}", "site", "fine", "result", "not the tool's to say"));
	assert_string_equal(json_text(document, "result"), "ok");
	assert_string_equal(json_text(document, "code"), "ok");
	assert_string_equal(json_text(document, "tool"), "twca-x");
	assert_string_equal(json_text(document, "site"), "fine");
	assert_int_equal(json_integer_value(json_object_get(document, "exit")), 0);
	assert_null(json_object_get(document, "error"));
	json_decref(document);
}

static void failure_tells_what_is_known(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	fail_set(&fail, FAIL_PIN_WRONG, "card %d", 7);
	json_t *document = out_document("twca-x", &fail, NULL);
	json_t *error = json_object_get(document, "error");
	assert_string_equal(json_text(document, "result"), "error");
	assert_int_equal(json_integer_value(json_object_get(document, "exit")), 5);
	assert_string_equal(json_text(error, "detail"), "card 7");
	assert_null(json_object_get(error, "tries_left"));
	assert_null(json_object_get(error, "retry_after"));
	json_decref(document);
	fail.tries_left = 0;
	fail.retry_after = 9;
	document = out_document("twca-x", &fail, NULL);
	error = json_object_get(document, "error");
	assert_int_equal(json_integer_value(json_object_get(error, "tries_left")), 0);
	assert_true(json_is_integer(json_object_get(error, "tries_left")));
	assert_int_equal(json_integer_value(json_object_get(error, "retry_after")), 9);
	json_decref(document);
}

static void people_get_message_tries_and_advice(void **state)
{
	struct fail fail = FAIL_INIT;
	char text[512] = "";
	FILE *file = tmpfile();

	(void)state;
	fail_set(&fail, FAIL_PIN_WRONG, NULL);
	fail.tries_left = 2;
	int before = dup(STDERR_FILENO);
	assert_true(file && before >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	out_failure("twca-x", &fail);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(before);
	rewind(file);
	assert_true(fread(text, 1, sizeof text - 1, file) > 0);
	fclose(file);
	assert_string_equal(text, "twca-x: the card PIN is wrong\n"
				  "twca-x: tries left: 2\n"
				  "twca-x: More than three wrong entries lock the card.\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(success_has_no_error_and_keeps_members),
		cmocka_unit_test(failure_tells_what_is_known),
		cmocka_unit_test(people_get_message_tries_and_advice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
