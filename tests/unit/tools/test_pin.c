/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets come from files, descriptors and variables, and nowhere else. */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "fail.h"
#include "pin.h"

static void a_file_gives_its_first_line(void **state)
{
	struct fail fail = FAIL_INIT;
	struct pin *pin = NULL;
	char *folder = fresh_folder();
	char *path = write_file(folder, "pin", "1234 5\r\nsecond\n");
	char source[300];

	(void)state;
	snprintf(source, sizeof source, "file:%s", path);
	assert_true(pin_from_source(source, &pin, &fail));
	assert_string_equal(pin_text(pin), "1234 5");
	assert_int_equal(pin_len(pin), 6);
	pin_free(pin);
	free(path);
	remove_folder(folder);
}

static void links_directories_and_nothing_are_refused(void **state)
{
	struct fail fail = FAIL_INIT;
	struct pin *pin = NULL;
	char *folder = fresh_folder();
	char *path = write_file(folder, "pin", "1234\n");
	char *empty = write_file(folder, "empty", "\n");
	char link_path[300], source[320];

	(void)state;
	snprintf(link_path, sizeof link_path, "%s/link", folder);
	assert_int_equal(symlink(path, link_path), 0);
	snprintf(source, sizeof source, "file:%s", link_path);
	assert_false(pin_from_source(source, &pin, &fail));
	assert_int_equal(fail.code, FAIL_SYSTEM);
	snprintf(source, sizeof source, "file:%s", folder);
	assert_false(pin_from_source(source, &pin, &fail));
	snprintf(source, sizeof source, "file:%s", empty);
	assert_false(pin_from_source(source, &pin, &fail));
	assert_int_equal(fail.code, FAIL_INPUT_NEEDED);
	assert_null(pin);
	free(path);
	free(empty);
	remove_folder(folder);
}

static void a_variable_is_used_once_and_wiped(void **state)
{
	struct fail fail = FAIL_INIT;
	struct pin *pin = NULL;

	(void)state;
	setenv("TWCA_UNIT_PIN", "654321", 1);
	const char *raw = getenv("TWCA_UNIT_PIN");
	assert_true(pin_from_source("env:TWCA_UNIT_PIN", &pin, &fail));
	assert_string_equal(pin_text(pin), "654321");
	assert_null(getenv("TWCA_UNIT_PIN"));
	assert_string_equal(raw, "");
	pin = pin_free(pin);
	assert_null(pin);
	assert_false(pin_from_source("env:TWCA_UNIT_PIN", &pin, &fail));
	assert_int_equal(fail.code, FAIL_INPUT_NEEDED);
}

static void a_descriptor_is_not_read_beyond_its_line(void **state)
{
	struct fail fail = FAIL_INIT;
	struct pin *first = NULL, *second = NULL;
	int ends[2];
	char source[32];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "one\ntwo\n", 8), 8);
	snprintf(source, sizeof source, "fd:%d", ends[0]);
	assert_true(pin_from_source(source, &first, &fail));
	assert_true(pin_from_source(source, &second, &fail));
	assert_string_equal(pin_text(first), "one");
	assert_string_equal(pin_text(second), "two");
	assert_false(pin_equal(first, second));
	assert_true(pin_equal(first, first));
	pin_free(first);
	pin_free(second);
	close(ends[0]);
	close(ends[1]);
}

static void the_secret_itself_is_no_source_and_is_not_repeated(void **state)
{
	static const char *const bad[] = { "123456", "pass:123456", "fd:", "fd:x", "fd:-1", "" };
	struct pin *pin = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct fail fail = FAIL_INIT;
		assert_false(pin_from_source(bad[i], &pin, &fail));
		assert_int_equal(fail.code, FAIL_USAGE);
		assert_null(strstr(fail.detail, "123456"));
	}
}

static void too_long_is_refused(void **state)
{
	struct fail fail = FAIL_INIT;
	struct pin *pin = NULL;
	char long_pin[PIN_MAX + 2];

	(void)state;
	memset(long_pin, '1', sizeof long_pin - 1);
	long_pin[sizeof long_pin - 1] = '\0';
	setenv("TWCA_UNIT_PIN", long_pin, 1);
	assert_false(pin_from_source("env:TWCA_UNIT_PIN", &pin, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	setenv("TWCA_UNIT_PIN", long_pin + 1, 1);
	assert_true(pin_from_source("env:TWCA_UNIT_PIN", &pin, &fail));
	assert_int_equal(pin_len(pin), PIN_MAX);
	pin_free(pin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_gives_its_first_line),
		cmocka_unit_test(links_directories_and_nothing_are_refused),
		cmocka_unit_test(a_variable_is_used_once_and_wiped),
		cmocka_unit_test(a_descriptor_is_not_read_beyond_its_line),
		cmocka_unit_test(the_secret_itself_is_no_source_and_is_not_repeated),
		cmocka_unit_test(too_long_is_refused),
	};

	pin_memory_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
