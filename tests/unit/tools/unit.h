/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with the headers it wants in front of it, and what several tests of tools/lib share. */
#ifndef TWCA_TEST_UNIT_H
#define TWCA_TEST_UNIT_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A fresh folder below the system's temporary one; the caller frees the name. */
static inline char *fresh_folder(void)
{
	char *path = strdup("/tmp/twca-unit-XXXXXX");

	assert_non_null(path);
	assert_non_null(mkdtemp(path));
	return path;
}

static inline void remove_folder(char *path)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
	free(path);
}

/* folder/name with this content; the caller frees the name. */
__attribute__((noinline, unused)) static char *write_file(
	const char *folder, const char *name, const char *content)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return strdup(path);
}

#endif
