/* SPDX-License-Identifier: Apache-2.0 */
/* The trace shows no PIN, no key, no block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "trace.h"

#define LINE_MAX_LEN 512

/* What one exchange leaves in the trace. */
static void traced(
	const uint8_t *command, size_t len, const uint8_t *reply, size_t reply_len, char *out)
{
	char name[] = "/tmp/twca-trace-XXXXXX";
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	(void)unlink(name);
	trace_exchange(fd, command, len, reply, reply_len);
	ssize_t got = pread(fd, out, LINE_MAX_LEN - 1, 0);
	assert_true(got >= 0);
	out[got] = 0;
	(void)close(fd);
}

static void contents_are_shown_by_a_short_list_only(void **state)
{
	static const uint8_t hidden[] = { 0x20, 0x24, 0x2C, 0x2A, 0xDA, 0xD6, 0xB0, 0xB2, 0x84,
		0xC0, 0x47, 0xE2 };
	static const uint8_t reply[] = { 0xDE, 0xAD, 0x90, 0x00 };
	char line[LINE_MAX_LEN];
	(void)state;
	for (size_t i = 0; i < sizeof(hidden); i++) {
		const uint8_t command[] = { 0x00, hidden[i], 0x00, 0x81, 0x03, 0x31, 0x32, 0x33 };
		traced(command, sizeof(command), reply, sizeof(reply), line);
		assert_null(strstr(line, "313233"));
		assert_null(strstr(line, "DEAD"));
		assert_non_null(strstr(line, "9000"));
		assert_non_null(strstr(line, "[8]"));
	}
	/* a file may be seen in its making; a key that is gathered has the same INS */
	uint8_t gather[] = { 0x80, 0xE0, 0x01, 0x00, 0x03, 0x31, 0x32, 0x33 };
	traced(gather, sizeof(gather), reply, sizeof(reply), line);
	assert_null(strstr(line, "313233"));
	gather[0] = 0x00;
	traced(gather, sizeof(gather), reply, sizeof(reply), line);
	assert_non_null(strstr(line, "313233"));
	const uint8_t select[] = { 0x00, 0xA4, 0x08, 0x0C, 0x02, 0x50, 0x15 };
	traced(select, sizeof(select), reply, sizeof(reply), line);
	assert_non_null(strstr(line, "025015"));
	assert_non_null(strstr(line, "DEAD"));
}

static void no_variable_no_trace(void **state)
{
	static const uint8_t short_command[] = { 0x00, 0xA4 };
	char line[LINE_MAX_LEN];
	(void)state;
	(void)unsetenv("TWCA_TRACE");
	assert_int_equal(trace_open(), -1);
	trace_exchange(-1, short_command, sizeof(short_command), short_command, 2);
	traced(short_command, sizeof(short_command), short_command, 2, line);
	assert_string_equal(line, "");
	trace_close(-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents_are_shown_by_a_short_list_only),
		cmocka_unit_test(no_variable_no_trace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
