/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of what is public on cards: whose files are believed, how they are written, and that
 * trouble is no error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "soft_tmp.h"
#include "token_card_cache.h"

#include "cardos/cardos.h"

#define LEN 5000
#define WRITERS 4
#define ROUNDS 200

static struct cardos_cache given;
static unsigned gifts;

/* The door's half, which only takes. */
void cardos_card_cache(struct cardos_card *card, const struct cardos_cache *cache)
{
	(void)card;
	given = *cache;
	gifts++;
}

static char folder[300];

static int setup(void **state)
{
	int failed = soft_tmp_setup(state);
	const struct soft_tmp *tmp = *state;

	if (!failed)
		snprintf(folder, sizeof(folder), "%s/a/b/cards", tmp->path);
	gifts = 0;
	return failed;
}

static bool kept(const char *name, const char *expected)
{
	size_t len = 0;
	uint8_t *bytes = card_cache_load(folder, name, &len);
	bool same = bytes && len == strlen(expected) && memcmp(bytes, expected, len) == 0;

	free(bytes);
	return same;
}

static void keep(const char *name, const char *bytes)
{
	card_cache_save(folder, name, (const uint8_t *)bytes, strlen(bytes));
}

static mode_t mode_of(const char *name)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static void in_folder(const char *name, char *out)
{
	snprintf(out, 512, "%s/%s", folder, name);
}

static size_t files(void)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));)
		count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(dir);
	return count;
}

static void what_is_saved_is_loaded_and_is_the_users_alone(void **state)
{
	(void)state;
	assert_false(kept("card-1", "one"));
	umask(0);
	keep("card-1", "one");
	assert_true(kept("card-1", "one"));
	assert_int_equal(mode_of("card-1"), 0600);
	assert_int_equal(mode_of("."), 0700);
	assert_int_equal(mode_of(".."), 0700);
	keep("card-1", "two");
	assert_true(kept("card-1", "two"));
	assert_int_equal(files(), 1);
}

static void what_others_may_write_or_read_is_not_believed(void **state)
{
	static const mode_t open_modes[] = { 0640, 0604, 0660, 0602, 0601 };
	char path[512];

	(void)state;
	keep("card-1", "one");
	in_folder("card-1", path);
	for (size_t i = 0; i < sizeof(open_modes) / sizeof(open_modes[0]); i++) {
		assert_int_equal(chmod(path, open_modes[i]), 0);
		assert_false(kept("card-1", "one"));
	}
	assert_int_equal(chmod(path, 0600), 0);
	assert_true(kept("card-1", "one"));
	assert_int_equal(chmod(folder, 0770), 0);
	assert_false(kept("card-1", "one"));
	keep("card-2", "two");
	assert_int_equal(files(), 1);
	assert_int_equal(chmod(folder, 0700), 0);
	if (geteuid() == 0) { /* only root can give files away */
		assert_int_equal(chown(path, 12345, 12345), 0);
		assert_false(kept("card-1", "one"));
		keep("card-1", "mine");
		assert_true(kept("card-1", "mine"));
		assert_int_equal(chown(folder, 12345, 12345), 0);
		assert_false(kept("card-1", "mine"));
	}
}

static void links_folders_and_pipes_are_no_files(void **state)
{
	char path[512], other[512];

	(void)state;
	keep("card-1", "one");
	in_folder("card-1", path);
	in_folder("card-2", other);
	assert_int_equal(symlink(path, other), 0);
	assert_false(kept("card-2", "one"));
	keep("card-2", "two"); /* takes the link's place, and leaves what it led to */
	assert_true(kept("card-2", "two"));
	assert_true(kept("card-1", "one"));
	assert_int_equal(unlink(other), 0);
	assert_int_equal(link(path, other), 0);
	assert_false(kept("card-2", "one"));
	assert_int_equal(unlink(other), 0);
	assert_true(kept("card-1", "one"));
	assert_int_equal(mkdir(other, 0700), 0);
	assert_false(kept("card-2", "one"));
	keep("card-2", "two");
	assert_int_equal(rmdir(other), 0);
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_false(kept("card-2", "one")); /* does not wait for a writer */
	assert_int_equal(unlink(other), 0);
	assert_int_equal(files(), 1);
}

static void a_folder_that_is_a_link_is_not_entered(void **state)
{
	const struct soft_tmp *tmp = *state;
	char path[512], elsewhere[512];

	keep("card-1", "one");
	snprintf(path, sizeof(path), "%s", folder);
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", tmp->path);
	assert_int_equal(rename(folder, elsewhere), 0);
	assert_int_equal(symlink(elsewhere, path), 0);
	assert_false(kept("card-1", "one"));
	keep("card-2", "two");
	assert_false(kept("card-2", "two"));
}

static void too_much_is_neither_saved_nor_loaded(void **state)
{
	static uint8_t large[CARD_CACHE_FILE_MAX + 1];
	char path[512];
	size_t len = 0;

	(void)state;
	keep("card-1", "one");
	card_cache_save(folder, "card-1", large, sizeof(large));
	assert_true(kept("card-1", "one"));
	in_folder("card-1", path);
	assert_int_equal(truncate(path, CARD_CACHE_FILE_MAX + 1), 0);
	assert_null(card_cache_load(folder, "card-1", &len));
	assert_int_equal(truncate(path, 0), 0);
	assert_null(card_cache_load(folder, "card-1", &len));
}

static void age(const char *name, time_t seconds)
{
	struct timespec times[2] = { { .tv_sec = time(NULL) - seconds },
		{ .tv_sec = time(NULL) - seconds } };
	char path[512];

	in_folder(name, path);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void the_folder_does_not_grow_for_ever(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < CARD_CACHE_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "card-%d", i);
		keep(name, "x");
		age(name, 1000 - i);
	}
	keep(".card-7.left", "by a crash");
	age(".card-7.left", 7200);
	keep(".card-8.0123", "under way");
	keep("card-new", "x");
	assert_int_equal(files(), CARD_CACHE_FILES_MAX + 1);
	assert_false(kept("card-0", "x"));
	assert_true(kept("card-1", "x"));
	assert_true(kept("card-new", "x"));
	assert_true(kept(".card-8.0123", "under way"));
	assert_false(kept(".card-7.left", "by a crash"));
}

/* A reader never sees a half, whoever writes. */
static void many_processes_write_at_once(void **state)
{
	static uint8_t bytes[LEN];
	size_t seen = 0;

	(void)state;
	for (int writer = 0; writer < WRITERS; writer++) {
		if (fork() != 0)
			continue;
		memset(bytes, 'a' + writer, sizeof(bytes));
		for (int i = 0; i < ROUNDS; i++)
			card_cache_save(folder, "card-1", bytes, sizeof(bytes) - (size_t)writer);
		_exit(0);
	}
	for (int i = 0; i < ROUNDS * WRITERS; i++) {
		size_t len = 0;
		uint8_t *now = card_cache_load(folder, "card-1", &len);

		if (!now)
			continue;
		seen++;
		assert_int_equal(len, sizeof(bytes) - (size_t)(now[0] - 'a'));
		for (size_t at = 0; at < len; at++)
			assert_int_equal(now[at], now[0]);
		free(now);
	}
	for (int writer = 0; writer < WRITERS; writer++) {
		int status = 1;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	(void)seen;
	assert_int_equal(files(), 1);
}

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void the_environment_says_where(void **state)
{
	static const struct {
		const char *setting, *cache, *home, *expected; /* NULL: nowhere */
	} rows[] = {
		{ NULL, "/c", "/h", "/c/twca/cards" },
		{ NULL, NULL, "/h", "/h/.cache/twca/cards" },
		{ NULL, "", "/h", "/h/.cache/twca/cards" },
		{ NULL, "relative", "/h", "/h/.cache/twca/cards" },
		{ NULL, NULL, NULL, NULL },
		{ NULL, NULL, "", NULL },
		{ NULL, NULL, "relative", NULL },
		{ "no", "/c", "/h", NULL },
		{ "", "/c", "/h", "/c/twca/cards" },
		{ "/elsewhere", "/c", "/h", "/elsewhere" },
		{ "elsewhere", "/c", "/h", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *at;

		gifts = 0;
		set("TWCA_CARD_CACHE", rows[i].setting);
		set("XDG_CACHE_HOME", rows[i].cache);
		set("HOME", rows[i].home);
		at = token_card_cache(NULL);
		assert_int_equal(gifts, rows[i].expected != NULL);
		assert_int_equal(at != NULL, rows[i].expected != NULL);
		if (at) {
			assert_string_equal(at, rows[i].expected);
			assert_ptr_equal(given.at, at);
		}
		free(at);
	}
}

static void what_cannot_be_written_is_let_be(void **state)
{
	size_t len = 0;

	(void)state;
	snprintf(folder, sizeof(folder), "/proc/self/nowhere/cards");
	keep("card-1", "one");
	assert_null(card_cache_load(folder, "card-1", &len));
	snprintf(folder, sizeof(folder), "/dev/null/cards");
	keep("card-1", "one");
	assert_null(card_cache_load(folder, "card-1", &len));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, soft_tmp_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_saved_is_loaded_and_is_the_users_alone),
		TEST(what_others_may_write_or_read_is_not_believed),
		TEST(links_folders_and_pipes_are_no_files),
		TEST(a_folder_that_is_a_link_is_not_entered),
		TEST(too_much_is_neither_saved_nor_loaded),
		TEST(the_folder_does_not_grow_for_ever),
		TEST(many_processes_write_at_once),
		TEST(what_cannot_be_written_is_let_be),
		TEST(the_environment_says_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
