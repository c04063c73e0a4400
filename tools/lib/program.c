/* SPDX-License-Identifier: Apache-2.0 */
/* Runs another program and collects its output. */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "scope.h"

/* Everything, so that the program never waits for us; kept up to the limit. */
static void collect(int fd, char *output)
{
	char rest[512];
	size_t len = 0;

	for (;;) {
		bool full = len == PROGRAM_OUTPUT_MAX;
		ssize_t got = read(fd, full ? rest : output + len,
			full ? sizeof rest : PROGRAM_OUTPUT_MAX - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		if (!full)
			len += (size_t)got;
	}
	output[len] = '\0';
}

static int start(const char *const words[], const char *folder, int output, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	/* the strings are only read; the prototype of posix_spawnp() is older than const */
	union {
		const char *const *words;
		char *const *argv;
	} arguments = { .words = words };

	int error = posix_spawn_file_actions_init(&actions);
	if (error)
		return error;
	error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
	if (!error && folder)
		error = posix_spawn_file_actions_addchdir_np(&actions, folder);
	if (!error)
		error = posix_spawnp(ret, words[0], &actions, NULL, arguments.argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

bool program_run(const char *const words[], const char *folder, char **ret_output, int *ret_status,
	struct fail *fail)
{
	CLEANUP(free_p) char *output = malloc(PROGRAM_OUTPUT_MAX + 1);
	CLEANUP(close_p) int reader = -1;
	CLEANUP(close_p) int writer = -1;
	int ends[2];
	int status = 0;
	pid_t child = 0;

	if (!output)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return fail_errno(fail, "pipe");
	reader = ends[0];
	writer = ends[1];
	errno = start(words, folder, writer, &child);
	if (errno)
		return fail_errno(fail, words[0]);
	close_p(&writer);
	collect(reader, output);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return fail_errno(fail, words[0]);
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	*ret_output = TAKE(output);
	return true;
}

bool program_exists(const char *name)
{
	const char *path = getenv("PATH");

	while (path && *path) {
		size_t len = strcspn(path, ":");
		CLEANUP(free_p) char *file = NULL;
		if (len && asprintf(&file, "%.*s/%s", (int)len, path, name) > 0 &&
			access(file, X_OK) == 0)
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}
