/* SPDX-License-Identifier: Apache-2.0 */
/* Is a program at work in a place? A lock or an open file says so, and whose it is. */
#include "unit.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "browser.h"
#include "fail.h"

static char *folder;
static char path[128];

static int set_up(void **state)
{
	(void)state;
	folder = fresh_folder();
	snprintf(path, sizeof path, "%s", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

/* A child that has a file open, and a lock on it if lock; *ret_go ends it when it is closed. */
static pid_t hold(const char *name, bool lock, int *ret_go)
{
	int ready[2], go[2];
	char c, file[200];

	snprintf(file, sizeof file, "%s/%s", folder, name);
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	pid_t child = fork();
	if (child == 0) {
		struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		int fd = open(file, O_RDWR | O_CREAT, 0600);
		close(go[1]);
		if (fd < 0 || (lock && fcntl(fd, F_SETLK, &all) != 0) ||
			write(ready[1], "r", 1) != 1)
			_exit(1);
		while (read(go[0], &c, 1) > 0)
			;
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	close(go[0]);
	*ret_go = go[1];
	return child;
}

static void release(pid_t child, int go)
{
	int status;

	close(go);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* "" : nobody. Valid until the next call. */
static const char *user_of(enum browser_kind kind)
{
	static char who[128];
	const struct browser_place place = { .kind = kind, .name = path, .path = path };
	struct fail fail = FAIL_INIT;
	char *text = NULL;

	assert_true(browser_in_use(&place, &text, &fail));
	snprintf(who, sizeof who, "%s", text ? text : "");
	free(text);
	return who;
}

static void a_lock_names_its_process(void **state)
{
	char number[32];
	int go;

	(void)state;
	assert_string_equal(user_of(BROWSER_FIREFOX), "");
	pid_t child = hold(".parentlock", true, &go);
	snprintf(number, sizeof number, "%ld", (long)child);
	assert_non_null(strstr(user_of(BROWSER_FIREFOX), number));
	assert_string_equal(user_of(BROWSER_P11KIT), ""); /* a file is replaced as a whole */
	release(child, go);
	assert_string_equal(user_of(BROWSER_FIREFOX), ""); /* what is left of it is no lock */
}

static void an_open_database_names_its_process(void **state)
{
	char number[32];
	int go;

	(void)state;
	pid_t child = hold("cert9.db", false, &go);
	snprintf(number, sizeof number, "%ld", (long)child);
	assert_non_null(strstr(user_of(BROWSER_CHROMIUM), number));
	release(child, go);
	assert_string_equal(user_of(BROWSER_CHROMIUM), "");
	char file[160];
	snprintf(file, sizeof file, "%s/cert9.db", folder);
	int own = open(file, O_RDONLY); /* we ourselves do not count */
	assert_true(own >= 0);
	assert_string_equal(user_of(BROWSER_CHROMIUM), "");
	close(own);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_lock_names_its_process),
		TEST(an_open_database_names_its_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
