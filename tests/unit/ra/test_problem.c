/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/problem.c: the table is complete, and documents have their members. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cleanup.h"
#include "problem.h"

static const char *member(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

static void every_type_is_in_the_table_once(void **state)
{
	(void)state;
	CLEANUP(json_p) json_t *seen = json_object();
	for (int type = 0; type < PROBLEM_COUNT; type++) {
		CLEANUP(json_p) json_t *json = problem_json((enum problem_type)type, NULL);
		assert_non_null(json);
		assert_in_range(json_integer_value(json_object_get(json, "status")), 400, 599);
		assert_null(json_object_get(seen, member(json, "type")));
		assert_null(json_object_get(seen, member(json, "title")));
		json_object_set_new(seen, member(json, "type"), json_true());
		json_object_set_new(seen, member(json, "title"), json_true());
	}
}

static void an_internal_error_undoes_the_request(void **state)
{
	(void)state;
	struct reply reply = { 0 };
	problem(&reply, PROBLEM_NOT_FOUND, "Nothing there.");
	assert_false(reply.rollback);
	assert_string_equal(member(reply.json, "detail"), "Nothing there.");
	problem(&reply, PROBLEM_INTERNAL_ERROR, NULL);
	assert_true(reply.rollback);
	assert_true(json_is_true(json_object_get(reply.json, "retryable")));
	assert_false(reply.keep);
	json_decref(reply.json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_in_the_table_once),
		cmocka_unit_test(an_internal_error_undoes_the_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
