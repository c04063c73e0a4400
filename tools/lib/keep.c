/* SPDX-License-Identifier: Apache-2.0 */
/* Stores, finds and removes the file with the session. */
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "i18n.h"
#include "json.h"
#include "ra_session.h"
#include "scope.h"
#include "tool.h"

#define FILE_MAX 2048

/* *ret NULL: this system has no such directory. */
static bool path_of(const struct tool *tool, bool make, char **ret, struct fail *fail)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	CLEANUP(free_p) char *directory = NULL;

	*ret = NULL;
	if (!runtime || runtime[0] != '/')
		return true;
	if (asprintf(&directory, "%s/twca", runtime) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (make && mkdir(directory, 0700) != 0 && errno != EEXIST)
		return fail_errno(fail, directory);
	if (asprintf(ret, "%s/session-%s.json", directory, tool->profile->site) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return true;
}

/* A file of ours that nobody else may read; *ret NULL: there is none that counts. */
static bool read_kept(const char *path, json_t **ret, struct fail *fail)
{
	CLEANUP(close_p) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char text[FILE_MAX];
	struct stat status;

	*ret = NULL;
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || fail_errno(fail, path);
	if (fstat(fd, &status) != 0)
		return fail_errno(fail, path);
	if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077))
		return true;
	ssize_t len = read(fd, text, sizeof text);
	struct fail ignored = FAIL_INIT;
	if (len > 0 && !json_parse(text, (size_t)len, ret, &ignored))
		*ret = NULL;
	explicit_bzero(text, sizeof text);
	return true;
}

static bool is_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool keep_resume(struct tool *tool, bool *ret_resumed, struct fail *fail)
{
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(json_decref_p) json_t *kept = NULL;
	const char *account = tool->account ? tool->account : conf_get(&tool->conf, CONF_ACCOUNT);

	*ret_resumed = false;
	if (!path_of(tool, false, &path, fail) || (path && !read_kept(path, &kept, fail)))
		return false;
	const char *token = json_text(kept, "token");
	const char *whose = json_text(kept, "account");
	if (!token || !whose || !is_same(json_text(kept, "url"), conf_get(&tool->conf, CONF_URL)) ||
		(account && strcmp(account, whose) != 0))
		return true;
	if (!ra_session_resume(tool->ra, token, &tool->must_change, fail)) {
		if (fail->code != FAIL_SESSION_ENDED)
			return false;
		*fail = (struct fail)FAIL_INIT;
		unlink(path);
		return true;
	}
	if (!tool->account && !(tool->account = strdup(whose)))
		return fail_set(fail, FAIL_MEMORY, NULL);
	tool->kept = true;
	*ret_resumed = true;
	return true;
}

static bool write_text(const char *path, const char *text, struct fail *fail)
{
	CLEANUP(free_p) char *fresh = NULL;

	if (asprintf(&fresh, "%s.new", path) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	unlink(fresh);
	CLEANUP(close_p)
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t len = strlen(text);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len || rename(fresh, path) != 0) {
		fail_errno(fail, path);
		unlink(fresh);
		return false;
	}
	return true;
}

bool keep_store(struct tool *tool, struct fail *fail)
{
	CLEANUP(free_p) char *path = NULL;

	if (!path_of(tool, true, &path, fail))
		return false;
	if (!path)
		return fail_set(fail, FAIL_SYSTEM,
			_("XDG_RUNTIME_DIR is not set; there is no place to keep the session"));
	CLEANUP(json_decref_p)
	json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "site", tool->profile->site, "account",
		tool->account, "url", conf_get(&tool->conf, CONF_URL), "token",
		ra_session_token(tool->ra));
	CLEANUP(json_text_free_p) char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	if (!text)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!write_text(path, text, fail))
		return false;
	tool->kept = true;
	return true;
}

bool keep_forget(struct tool *tool, bool *ret_forgotten, struct fail *fail)
{
	CLEANUP(free_p) char *path = NULL;

	if (!path_of(tool, false, &path, fail))
		return false;
	bool gone = path && unlink(path) == 0;
	if (path && !gone && errno != ENOENT && errno != ENOTDIR)
		return fail_errno(fail, path);
	if (ret_forgotten)
		*ret_forgotten = gone;
	tool->kept = false;
	return true;
}
