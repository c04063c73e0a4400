/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of soft_conf.c. */
#include "soft_conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scope.h"

static struct soft_conf parse(const char *text)
{
	CLEANUP(blob_clear) struct blob blob = { 0 };
	struct soft_conf conf;

	assert_true(blob_set(&blob, text, strlen(text)));
	soft_conf_parse(&blob, &conf);
	return conf;
}

static void what_is_written_is_read(void **state)
{
	const struct soft_conf wanted = { "王小明's", "0011", SOFT_LEVEL_ALWAYS, true };
	CLEANUP(blob_clear) struct blob text = { 0 };
	struct soft_conf conf;

	(void)state;
	assert_true(soft_conf_format(&wanted, &text));
	soft_conf_parse(&text, &conf);
	assert_string_equal(conf.label, wanted.label);
	assert_string_equal(conf.serial, wanted.serial);
	assert_int_equal(conf.level, SOFT_LEVEL_ALWAYS);
	assert_true(conf.old_ciphers);
}

static void nothing_means_the_strict_defaults(void **state)
{
	struct soft_conf conf = parse("");

	(void)state;
	assert_int_equal(conf.level, SOFT_LEVEL_ONCE);
	assert_false(conf.old_ciphers);
	assert_string_equal(conf.label, "");
}

static void wrong_values_are_passed_over(void **state)
{
	struct soft_conf conf = parse("level=4\nold-ciphers=maybe\n#level=3\nlevel=33\nlevel\n=\n");

	(void)state;
	assert_int_equal(conf.level, SOFT_LEVEL_ONCE);
	assert_false(conf.old_ciphers);
	conf = parse("x=y\nlevel=3"); /* the last line without its end */
	assert_int_equal(conf.level, SOFT_LEVEL_NEVER);
}

static void long_lines_and_labels_are_passed_over(void **state)
{
	char text[1000] = "label=";
	struct soft_conf conf;

	(void)state;
	memset(text + 6, 'x', sizeof(text) - 7);
	conf = parse(text);
	assert_string_equal(conf.label, "");
	text[6 + SOFT_CONF_TEXT_MAX + 1] = '\0';
	conf = parse(text);
	assert_string_equal(conf.label, "");
	text[6 + SOFT_CONF_TEXT_MAX] = '\0';
	conf = parse(text);
	assert_int_equal(strlen(conf.label), SOFT_CONF_TEXT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(nothing_means_the_strict_defaults),
		cmocka_unit_test(wrong_values_are_passed_over),
		cmocka_unit_test(long_lines_and_labels_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
