/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the picture with digits to a person or a command and takes the digits. */
#include "captcha.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "scope.h"
#include "tool.h"
#include "whole.h"

#define ANSWER_MAX 16

/* Mode 0600, at --captcha-file or in a place of this user. */
static bool store_picture(
	struct tool *tool, const struct ra_captcha *captcha, char **ret, struct fail *fail)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *temporary = getenv("TMPDIR");
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(close_p) int fd = -1;

	if (!runtime || runtime[0] != '/' || access(runtime, W_OK) != 0)
		runtime = temporary && temporary[0] == '/' ? temporary : "/tmp";
	if (tool->captcha_file) {
		path = strdup(tool->captcha_file);
		if (path)
			fd = open(
				path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd >= 0 && fchmod(fd, 0600) != 0)
			return fail_errno(fail, path);
	} else if (asprintf(&path, "%s/twca-captcha-XXXXXX.png", runtime) >= 0) {
		fd = mkostemps(path, 4, O_CLOEXEC);
	}
	if (!path)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (fd < 0 || !whole_write(fd, captcha->image, captcha->image_len))
		return fail_errno(fail, path);
	*ret = TAKE(path);
	return true;
}

/* The child: the command as the shell understands it, the path behind it as $1. */
static _Noreturn void run_command(const char *command, const char *path, int output)
{
	char *script = NULL;

	signal(SIGPIPE, SIG_DFL);
	if (dup2(output, STDOUT_FILENO) < 0 || asprintf(&script, "%s \"$1\"", command) < 0)
		_exit(127);
	execl("/bin/sh", "sh", "-c", script, "sh", path, (char *)NULL);
	_exit(127);
}

static size_t read_answer(int fd, char *answer)
{
	size_t len = 0;
	char c;
	ssize_t got;

	while ((got = read(fd, &c, 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		if (len < ANSWER_MAX && !isspace((unsigned char)c))
			answer[len++] = c;
	}
	answer[len] = '\0';
	return len;
}

static bool ask_command(const char *command, const char *path, char **ret, struct fail *fail)
{
	CLEANUP(free_p) char *answer = malloc(ANSWER_MAX + 1);
	int ends[2];
	int status = 0;

	if (!answer || pipe2(ends, O_CLOEXEC) != 0)
		return answer ? fail_errno(fail, "pipe") : fail_set(fail, FAIL_MEMORY, NULL);
	pid_t child = fork();
	if (child == 0)
		run_command(command, path, ends[1]);
	close(ends[1]);
	size_t len = child > 0 ? read_answer(ends[0], answer) : 0;
	close(ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || !len)
		return fail_set(fail, FAIL_INPUT_NEEDED,
			_("the captcha command gave no digits: %s"), command);
	*ret = TAKE(answer);
	return true;
}

/* An empty line cancels; the RA would only refuse it. */
static bool ask_person(struct tool *tool, const char *prompt, char **ret, struct fail *fail)
{
	CLEANUP(free_p) char *answer = NULL;

	if (!term_ask(&tool->term, prompt, "--captcha-command", &answer, fail))
		return false;
	if (!answer[0])
		return fail_set(fail, FAIL_CANCELLED, NULL);
	*ret = TAKE(answer);
	return true;
}

bool captcha_read(
	struct tool *tool, const struct ra_captcha *captcha, char **ret, struct fail *fail)
{
	const char *command = conf_get(&tool->conf, CONF_CAPTCHA_COMMAND);
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(free_p) char *prompt = NULL;
	bool ok;

	if (!store_picture(tool, captcha, &path, fail))
		return false;
	if (command) {
		ok = ask_command(command, path, ret, fail);
	} else {
		if (asprintf(&prompt, _("Digits in the picture %s: "), path) < 0)
			return fail_set(fail, FAIL_MEMORY, NULL);
		ok = ask_person(tool, prompt, ret, fail);
	}
	unlink(path);
	return ok;
}
