/* SPDX-License-Identifier: Apache-2.0 */
/* Replays files of commands and expected answers against a card: test_replay FILE... */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct vcard *start(char *words)
{
	char *name = strtok(words, " ");

	return kit_card(name, strtok(NULL, ""));
}

/* "APDU > PATTERN", "reset", "count N": so many commands since the last count. */
static void play_line(struct vcard *card, char *line, unsigned *sent, const char *path, int number)
{
	char *arrow = strstr(line, " > ");

	if (!strcmp(line, "reset")) {
		vcard_reset(card);
	} else if (!strncmp(line, "count ", 6)) {
		if (*sent != strtoul(line + 6, NULL, 10))
			fail_msg("%s:%d: %u commands", path, number, *sent);
		*sent = 0;
	} else if (arrow) {
		*arrow = 0;
		kit_expect_at(card, line, arrow + 3, path, number);
		++*sent;
	} else {
		fail_msg("%s:%d: %s", path, number, line);
	}
}

static void every_line_is_answered_as_the_file_says(void **state)
{
	const char *path = *state;
	FILE *in = fopen(path, "re");
	char line[2048];
	struct vcard *card = NULL;
	unsigned sent = 0;
	int number = 0;

	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = 0;
		number++;
		if (!*line || *line == '#')
			continue;
		if (!strncmp(line, "card ", 5)) {
			vcard_free(card);
			card = start(line + 5);
			sent = 0;
		} else {
			play_line(card, line, &sent, path, number);
		}
	}
	assert_true(number > 0);
	vcard_free(card);
	fclose(in);
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		struct CMUnitTest tests[] = { cmocka_unit_test_prestate(
			every_line_is_answered_as_the_file_says, argv[i]) };

		failed += cmocka_run_group_tests_name(argv[i], tests, NULL, NULL);
	}
	return failed || argc < 2;
}
