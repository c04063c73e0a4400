/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a job survives, is private, is locked, and is never mixed up with another. */
#include "unit.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "journal.h"
#include "json.h"

static const struct journal_key wang = { "apply", "fine", "wang", "0102030405060708" };
static const struct journal_key other_card = { "apply", "fine", "wang", "1112131415161718" };
static const struct journal_key other_account = { "apply", "fine", "chen", "0102030405060708" };

static int set_up(void **state)
{
	*state = fresh_folder();
	return 0;
}

static int tear_down(void **state)
{
	remove_folder(*state);
	return 0;
}

static struct journal *open_ok(const char *folder, const struct journal_key *key)
{
	struct journal *journal = NULL;
	struct fail fail = FAIL_INIT;

	assert_true(journal_open(folder, key, &journal, &fail));
	return journal;
}

static void put(struct journal *journal, const char *name, const char *value)
{
	struct fail fail = FAIL_INIT;

	assert_true(journal_set(journal, name, value, &fail));
	assert_true(journal_save(journal, &fail));
}

static void values_come_back_in_the_next_run(void **state)
{
	struct journal *journal = open_ok(*state, &wang);
	struct fail fail = FAIL_INIT;
	struct stat st;

	assert_null(journal_get(journal, "key_id"));
	put(journal, "key_id", "abcd");
	put(journal, "gone", "x");
	put(journal, "gone", NULL);
	assert_int_equal(stat(journal_path(journal), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	journal_close(journal);
	journal = open_ok(*state, &wang);
	assert_string_equal(journal_get(journal, "key_id"), "abcd");
	assert_null(journal_get(journal, "gone"));
	assert_true(journal_forget(journal, &fail));
	assert_null(journal_get(journal, "key_id"));
	journal_close(journal);
	journal = open_ok(*state, &wang);
	assert_null(journal_get(journal, "key_id"));
	journal_close(journal);
}

static void accounts_and_cards_are_kept_apart(void **state)
{
	struct journal *a = open_ok(*state, &wang);
	struct journal *b = open_ok(*state, &other_card);
	struct journal *c = open_ok(*state, &other_account);

	put(a, "key_id", "a");
	put(b, "key_id", "b");
	assert_null(journal_get(c, "key_id"));
	assert_string_not_equal(journal_path(a), journal_path(b));
	assert_string_not_equal(journal_path(a), journal_path(c));
	assert_null(strstr(journal_path(a), "wang"));
	journal_close(a);
	journal_close(b);
	journal_close(c);
}

static void a_second_run_is_refused_while_one_runs(void **state)
{
	struct journal *first = open_ok(*state, &wang);
	struct journal *second = NULL;
	struct fail fail = FAIL_INIT;

	assert_false(journal_open(*state, &wang, &second, &fail));
	assert_int_equal(fail.code, FAIL_JOURNAL_BUSY);
	journal_close(first);
	second = open_ok(*state, &wang);
	journal_close(second);
}

static void refused(const char *folder, enum fail_code code)
{
	struct journal *journal = NULL;
	struct fail fail = FAIL_INIT;

	assert_false(journal_open(folder, &wang, &journal, &fail));
	assert_int_equal(fail.code, code);
	assert_null(journal);
}

static void files_of_others_damaged_files_and_links_are_refused(void **state)
{
	struct journal *journal = open_ok(*state, &wang);
	char path[300], target[320];

	put(journal, "key_id", "abcd");
	snprintf(path, sizeof path, "%s", journal_path(journal));
	journal_close(journal);
	assert_int_equal(chmod(path, 0644), 0);
	refused(*state, FAIL_JOURNAL);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 20), 0);
	refused(*state, FAIL_JOURNAL);
	FILE *file = fopen(path, "w");
	fputs("{\"job\":\"apply\",\"site\":\"fine\",\"account\":\"chen\",\"card\":"
	      "\"0102030405060708\"}",
		file);
	fclose(file);
	refused(*state, FAIL_JOURNAL);
	snprintf(target, sizeof target, "%s.real", path);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	refused(*state, FAIL_SYSTEM);
}

static void folders_are_made_for_the_owner_only(void **state)
{
	char deep[300];
	struct stat st;

	snprintf(deep, sizeof deep, "%s/a/b/twca", (const char *)*state);
	struct journal *journal = open_ok(deep, &wang);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	journal_close(journal);
}

static void a_look_reads_a_record_and_leaves_nothing_behind(void **state)
{
	struct journal *journal = NULL;
	struct fail fail = FAIL_INIT;
	char nowhere[300];

	snprintf(nowhere, sizeof nowhere, "%s/a", (const char *)*state);
	assert_true(journal_look(nowhere, &wang, &journal, &fail));
	assert_null(journal_get(journal, "key_id"));
	put(journal, "key_id", "only in memory");
	assert_string_equal(journal_get(journal, "key_id"), "only in memory");
	assert_int_not_equal(access(journal_path(journal), F_OK), 0);
	assert_int_not_equal(access(nowhere, F_OK), 0);
	journal = journal_close(journal);

	struct journal *running = open_ok(*state, &wang);
	put(running, "key_id", "abcd");
	assert_true(journal_look(*state, &wang, &journal, &fail));
	assert_string_equal(journal_get(journal, "key_id"), "abcd");
	assert_true(journal_forget(journal, &fail));
	assert_null(journal_get(journal, "key_id"));
	journal = journal_close(journal);
	journal_close(running);
	running = open_ok(*state, &wang);
	assert_string_equal(journal_get(running, "key_id"), "abcd");
	assert_int_equal(chmod(journal_path(running), 0644), 0);
	assert_false(journal_look(*state, &wang, &journal, &fail));
	assert_int_equal(fail.code, FAIL_JOURNAL);
	journal_close(running);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			values_come_back_in_the_next_run, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			accounts_and_cards_are_kept_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_second_run_is_refused_while_one_runs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			files_of_others_damaged_files_and_links_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			folders_are_made_for_the_owner_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_look_reads_a_record_and_leaves_nothing_behind, set_up, tear_down),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
