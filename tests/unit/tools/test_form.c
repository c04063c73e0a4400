/* SPDX-License-Identifier: Apache-2.0 */
/* Paper forms on stdout: each line a field, known words translated, others shown as they are. */
#include "unit.h"

#include <jansson.h>
#include <unistd.h>

#include "form.h"

static char said[4096];

static void captured(void (*show)(const json_t *), const char *document)
{
	json_t *object = json_loads(document, 0, NULL);
	FILE *file = tmpfile();

	assert_non_null(object);
	fflush(stdout);
	int before = dup(STDOUT_FILENO);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	show(object);
	fflush(stdout);
	assert_true(dup2(before, STDOUT_FILENO) >= 0);
	close(before);
	rewind(file);
	said[fread(said, 1, sizeof said - 1, file)] = '\0';
	fclose(file);
	json_decref(object);
}

static void a_form_is_shown_by_its_members(void **state)
{
	(void)state;
	captured(form_print,
		"{\"title\":\"not here\",\"purpose\":\"revoke\",\"channels\":\"counter  mail fax\","
		"\"papers\":\"one\\n\\ntwo\\n\",\"note\":\"\",\"other\":\"never\"}");
	assert_null(strstr(said, "not here"));
	assert_null(strstr(said, "never"));
	assert_null(strstr(said, "Note"));
	assert_non_null(strstr(said, "revocation"));
	assert_non_null(strstr(said, "in person at the counter, by mail, fax"));
	const char *first = strstr(said, "Papers");
	assert_non_null(first);
	assert_non_null(strstr(first + 1, "Papers"));
	assert_non_null(strstr(said, "two"));
}

static void members_of_wrong_types_are_not_shown(void **state)
{
	(void)state;
	captured(form_print,
		"{\"purpose\":7,\"papers\":[\"a\"],\"channels\":null,\"delivered\":{},\"note\":\" "
		"\"}");
	assert_null(strstr(said, "Papers"));
	assert_null(strstr(said, "Purpose"));
	captured(form_print, "[]");
	assert_string_equal(said, "");
}

static void a_list_of_words_without_end_is_cut(void **state)
{
	static char document[20000] = "{\"channels\":\"";

	(void)state;
	for (size_t at = strlen(document); at < 19900; at += 5)
		memcpy(document + at, "mail ", 5);
	strcat(document, "\"}");
	captured(form_print, document);
	assert_true(strlen(said) < 400);
	assert_non_null(strstr(said, "by mail, by mail"));
}

static void at_the_end_it_says_whom_to_ask(void **state)
{
	(void)state;
	captured(form_print_end, "{\"name\":\"Help desk\",\"hours\":\"9\\n10\"}");
	assert_non_null(strstr(said, "Help desk"));
	assert_null(strstr(said, "Telephone"));
	assert_non_null(strstr(said, "Nothing was changed"));
	captured(form_print_end, "{}");
	assert_null(strstr(said, "Contact"));
	assert_non_null(strstr(said, "Nothing was changed"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_is_shown_by_its_members),
		cmocka_unit_test(members_of_wrong_types_are_not_shown),
		cmocka_unit_test(a_list_of_words_without_end_is_cut),
		cmocka_unit_test(at_the_end_it_says_whom_to_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
