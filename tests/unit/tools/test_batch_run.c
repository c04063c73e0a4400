/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a batch, each a run of the program, which is this test itself: more cards than there are
 * readers, one after the other, each once. */
#include "unit.h"

#include <jansson.h>
#include <time.h>

#include "lib/fail.h"
#include "lib/journal.h"
#include "lib/json.h"
#include "lib/p11.h"

#include "apply.h"
#include "batch.h"
#include "module.h"

#define CARDS (P11_READERS_MAX + 6)
#define TOKEN "--token=pkcs11:serial="

static struct apply apply;
static char *folder, *list;
static char serial[17];
static unsigned inserted, waits;

/* Whoever waits for the next card finds that the operator has exchanged it. */
int nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)time, (void)left;
	waits++;
	snprintf(serial, sizeof serial, "%016u", ++inserted);
	return 0;
}

/* The program of a line: says which card it was given; the one of the person "bad" fails. */
static int run_as_tool(char **argv)
{
	const char *card = "", *code = "ok";

	for (; *argv; argv++) {
		if (strncmp(*argv, TOKEN, strlen(TOKEN)) == 0)
			card = *argv + strlen(TOKEN);
		if (strcmp(*argv, "--account=bad") == 0)
			code = "pin-wrong";
	}
	printf("{\"code\": \"%s\", \"exit\": %d, \"card\": {\"serial\": \"%s\"}}\n", code,
		strcmp(code, "ok") == 0 ? 0 : 5, card);
	return 0;
}

static int set_up(void **state)
{
	static char words[][16] = { "twca-apply", "--site=fine", "--batch", "list.csv" };
	static char *argv[] = { words[0], words[1], words[2], words[3], NULL };

	(void)state;
	folder = fresh_folder();
	assert_int_equal(setenv("XDG_STATE_HOME", folder, 1), 0);
	module_reset();
	snprintf(serial, sizeof serial, "%016u", inserted = 1);
	waits = 0;
	module.slots[0].serial = serial;
	memset(&apply, 0, sizeof apply);
	apply.tool.term.quiet = true;
	apply.tool.p11 = module_open();
	apply.argv = argv;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(apply.report);
	tool_clear(&apply.tool);
	module_reset();
	free(list);
	list = NULL;
	remove_folder(folder);
	return 0;
}

static void begin(void)
{
	json_decref(apply.report);
	apply.report = NULL;
	apply.batch = list;
	free(apply.tool.account);
	apply.tool.account = NULL;
}

static enum fail_code run(void)
{
	struct fail fail = FAIL_INIT;

	begin();
	bool ok = batch_run(&apply, &fail);
	assert_int_equal(ok, fail.code == FAIL_NONE);
	apply.tool.journal = journal_close(apply.tool.journal);
	return fail.code;
}

static json_int_t number(const char *name)
{
	return json_integer_value(json_object_get(apply.report, name));
}

static void write_list(unsigned lines, const char *line)
{
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	assert_non_null(stream);
	fputs("account,reader\n", stream);
	for (unsigned i = 1; i <= lines; i++)
		fprintf(stream, "%s,next\n", line);
	fclose(stream);
	free(list);
	list = write_file(folder, "list.csv", text);
	free(text);
}

static void more_cards_than_readers_come_one_after_the_other(void **state)
{
	(void)state;
	write_list(CARDS, "P1");
	assert_int_equal(run(), FAIL_NONE);
	assert_int_equal(number("done"), CARDS);
	assert_int_equal(waits, CARDS - 1);
	for (unsigned i = 0; i < CARDS; i++) {
		char wanted[17];
		const json_t *row = json_array_get(json_object_get(apply.report, "rows"), i);
		snprintf(wanted, sizeof wanted, "%016u", i + 1);
		assert_string_equal(json_text(row, "card"), wanted);
	}
	assert_int_equal(run(), FAIL_NONE); /* all of it is recorded */
	assert_int_equal(number("not_needed"), CARDS);
	assert_int_equal(waits, CARDS - 1);
}

/* The first card comes back at the end: it was done. Those of lines that are done count, too. */
static void a_card_that_was_done_is_not_the_next(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	write_list(CARDS, "P1");
	assert_int_equal(run(), FAIL_NONE);
	write_list(CARDS + 1, "P1");
	snprintf(serial, sizeof serial, "%016u", 3);
	unsigned before = waits;
	assert_int_equal(run(), FAIL_NONE);
	assert_int_equal(number("done"), 1);
	assert_int_equal(waits, before + 1);
	write_list(CARDS + 2, "P1");
	apply.wait_s = -1; /* nobody comes */
	inserted = 0;      /* but with the first one */
	begin();
	assert_false(batch_run(&apply, &fail));
	assert_int_equal(fail.code, FAIL_NO_CARD);
}

static void a_line_that_fails_is_reported_and_tried_again(void **state)
{
	(void)state;
	write_list(2, "bad");
	assert_int_equal(run(), FAIL_BATCH);
	assert_int_equal(number("failed"), 2);
	assert_int_equal(run(), FAIL_BATCH);
	assert_int_equal(number("failed"), 2);
	assert_int_equal(number("not_needed"), 0);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(more_cards_than_readers_come_one_after_the_other),
		TEST(a_card_that_was_done_is_not_the_next),
		TEST(a_line_that_fails_is_reported_and_tried_again),
	};

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--json") == 0)
			return run_as_tool(argv);
	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
