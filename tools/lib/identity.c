/* SPDX-License-Identifier: Apache-2.0 */
/* Makes and reads the directories of software identities; every change is whole or not there. */
#include "identity.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "fail.h"
#include "i18n.h"
#include "pin.h"
#include "scope.h"
#include "text.h"
#include "whole.h"

#define FILE_MAX (1L << 20)
#define CONF_NAME "identity.conf"
#define PASSWORD_NAME "password"
#define SITE_NAME "site"
#define LEVEL_KEY "level="
#define LABEL_KEY "label="
#define LABEL_SIZE 33 /* of a token, with the final NUL */
#define OLD_MARK " (old)"

void identity_name(char name[IDENTITY_NAME_MAX + 1], const char *prefix, const char *word)
{
	size_t used = 0;

	for (const char *c = prefix; *c && used < IDENTITY_NAME_MAX; c++)
		name[used++] = *c;
	for (const char *c = word; *c && used < IDENTITY_NAME_MAX; c++) {
		bool plain = isascii((unsigned char)*c) &&
			     (isalnum((unsigned char)*c) || (used && strchr("._-", *c)));
		name[used++] = plain ? *c : '_';
	}
	name[used] = '\0';
}

char *identity_path(const char *name)
{
	CLEANUP(free_p) char *root = conf_directory("XDG_DATA_HOME", ".local/share");
	char *path = NULL;

	return root && asprintf(&path, "%s/%s", root, name) >= 0 ? path : NULL;
}

static bool make_parents(char *path, struct fail *fail)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
		if (!made)
			fail_errno(fail, path);
		*slash = '/';
		if (!made)
			return false;
	}
	return true;
}

static int open_directory(const char *path, struct fail *fail)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (dir < 0)
		fail_errno(fail, path);
	return dir;
}

bool identity_make(const char *path, bool *ret_made, struct fail *fail)
{
	CLEANUP(free_p) char *copy = strdup(path);
	struct stat st;

	if (!copy)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!make_parents(copy, fail))
		return false;
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return fail_errno(fail, path);
	CLEANUP(close_p) int dir = open_directory(path, fail);
	if (dir < 0)
		return false;
	CLEANUP(close_p)
	int conf = openat(dir, CONF_NAME, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (conf < 0 || fstat(conf, &st) != 0)
		return fail_errno(fail, path);
	*ret_made = st.st_size == 0;
	return true;
}

static bool is_pfx(const char *name)
{
	const char *end = strrchr(name, '.');

	return name[0] != '.' && end && strcmp(end, ".pfx") == 0;
}

static bool has_keys(int dir)
{
	DIR *stream = fdopendir(dup(dir));
	const struct dirent *entry;
	bool found = false;

	while (stream && !found && (entry = readdir(stream)) != NULL)
		found = is_pfx(entry->d_name);
	if (stream)
		closedir(stream);
	return found;
}

bool identity_tidy(const char *path, bool *ret_whole, struct fail *fail)
{
	static const char *const leftovers[] = { "pin.p12", "so.escrow", "so.p12", PASSWORD_NAME,
		SITE_NAME, CONF_NAME };
	struct stat st;

	*ret_whole = false;
	CLEANUP(close_p)
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return errno == ENOENT || fail_errno(fail, path);
	*ret_whole = has_keys(dir) || fstatat(dir, "pin.p12", &st, AT_SYMLINK_NOFOLLOW) == 0;
	for (size_t i = 0; !*ret_whole && i < sizeof leftovers / sizeof leftovers[0]; i++)
		if (unlinkat(dir, leftovers[i], 0) != 0 && errno != ENOENT)
			return fail_errno(fail, path);
	return true;
}

/* Mode 0600, under a passing name first. */
static bool write_file(
	int dir, const char *name, const char *bytes, size_t len, bool replace, struct fail *fail)
{
	CLEANUP(free_p) char *next = NULL;

	if (asprintf(&next, ".%s.new", name) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (unlinkat(dir, next, 0) != 0 && errno != ENOENT)
		return fail_errno(fail, name);
	CLEANUP(close_p)
	int fd = openat(dir, next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && whole_write(fd, bytes, len) && fsync(fd) == 0 &&
		  (replace ? renameat(dir, next, dir, name) : linkat(dir, next, dir, name, 0)) == 0;
	if (!ok && errno == EEXIST && !replace)
		fail_set(fail, FAIL_FILE_EXISTS, "%s", name);
	else if (!ok)
		fail_errno(fail, name);
	if (!ok || !replace)
		unlinkat(dir, next, 0);
	return ok && (fsync(dir) == 0 || fail_errno(fail, name));
}

/* *ret has a NUL behind its len bytes. */
static bool read_file(int dir, const char *name, char **ret, size_t *ret_len, struct fail *fail)
{
	CLEANUP(close_p) int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	size_t len = 0;

	if (fd < 0 || fstat(fd, &st) != 0)
		return fail_errno(fail, name);
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		return fail_set(fail, FAIL_SYSTEM, _("%s: not a certificate file"), name);
	CLEANUP(free_p) char *bytes = malloc((size_t)st.st_size + 1);
	if (!bytes)
		return fail_set(fail, FAIL_MEMORY, NULL);
	while (len < (size_t)st.st_size) {
		ssize_t got = read(fd, bytes + len, (size_t)st.st_size - len);
		if (got <= 0)
			return fail_errno(fail, name);
		len += (size_t)got;
	}
	bytes[len] = '\0';
	*ret = TAKE(bytes);
	*ret_len = len;
	return true;
}

/* The settings with another value of one key ("level="); other lines stay. The caller frees; NULL:
 * no memory. */
static char *with_value(const char *text, const char *key, const char *value)
{
	char *out = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&out, &len);

	if (!stream)
		return NULL;
	for (const char *line = text; *line;) {
		size_t chars = strcspn(line, "\n");
		if (strncmp(line, key, strlen(key)) != 0 && chars)
			fprintf(stream, "%.*s\n", (int)chars, line);
		line += chars + (line[chars] == '\n');
	}
	fprintf(stream, "%s%s\n", key, value);
	if (fclose(stream) != 0) {
		free(out);
		return NULL;
	}
	return out;
}

bool identity_level(const char *path, unsigned *ret, struct fail *fail)
{
	CLEANUP(close_p) int dir = open_directory(path, fail);
	CLEANUP(free_p) char *text = NULL;
	size_t len;

	if (dir < 0 || !read_file(dir, CONF_NAME, &text, &len, fail))
		return false;
	*ret = 2;
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, LEVEL_KEY, strlen(LEVEL_KEY)) == 0 && line[6] >= '1' &&
			line[6] <= '3')
			*ret = (unsigned)(line[6] - '0');
	}
	return true;
}

bool identity_set_level(
	const char *path, unsigned level, const struct pin *password, struct fail *fail)
{
	CLEANUP(close_p) int dir = open_directory(path, fail);
	CLEANUP(free_p) char *text = NULL;
	const char digit[] = { (char)('0' + level), '\0' };
	size_t len;

	if (dir < 0 || !read_file(dir, CONF_NAME, &text, &len, fail))
		return false;
	CLEANUP(free_p) char *changed = with_value(text, LEVEL_KEY, digit);
	if (!changed)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (level == 3 && (!password || !write_file(dir, PASSWORD_NAME, pin_text(password),
						pin_len(password), true, fail)))
		return password ? false : fail_set(fail, FAIL_INTERNAL, NULL);
	if (!write_file(dir, CONF_NAME, changed, strlen(changed), true, fail))
		return false;
	if (level != 3 && unlinkat(dir, PASSWORD_NAME, 0) != 0 && errno != ENOENT)
		return fail_errno(fail, path);
	return true;
}

bool identity_set_label(const char *path, const char *label, struct fail *fail)
{
	CLEANUP(close_p) int dir = open_directory(path, fail);
	CLEANUP(free_p) char *text = NULL;
	size_t len;

	if (dir < 0 || !read_file(dir, CONF_NAME, &text, &len, fail))
		return false;
	CLEANUP(free_p) char *changed = with_value(text, LABEL_KEY, label);
	if (!changed)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return write_file(dir, CONF_NAME, changed, strlen(changed), true, fail);
}

bool identity_set_site(const char *path, const char *site, struct fail *fail)
{
	CLEANUP(close_p) int dir = open_directory(path, fail);

	return dir >= 0 && write_file(dir, SITE_NAME, site, strlen(site), true, fail);
}

void identity_site(const char *path, char ret[IDENTITY_SITE_MAX])
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dash = strchr(name, '-');
	struct fail ignored = FAIL_INIT;
	CLEANUP(close_p) int dir = open_directory(path, &ignored);
	CLEANUP(free_p) char *text = NULL;
	size_t len;

	ret[0] = '\0';
	if (dir >= 0 && read_file(dir, SITE_NAME, &text, &len, &ignored))
		snprintf(ret, IDENTITY_SITE_MAX, "%.*s", (int)strcspn(text, "\n"), text);
	else if (dash && dash - name < IDENTITY_SITE_MAX)
		snprintf(ret, IDENTITY_SITE_MAX, "%.*s", (int)(dash - name), name);
	if (strcmp(ret, IDENTITY_NO_SITE) != 0 && !conf_profile_find(ret))
		ret[0] = '\0';
}

/* "LABEL (old)" in the settings, where it is not so already. */
static bool mark_old(const char *path, struct fail *fail)
{
	CLEANUP(close_p) int dir = open_directory(path, fail);
	CLEANUP(free_p) char *text = NULL;
	char label[LABEL_SIZE] = "";
	size_t len;

	if (dir < 0 || !read_file(dir, CONF_NAME, &text, &len, fail))
		return false;
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, LABEL_KEY, strlen(LABEL_KEY)) == 0)
			snprintf(label, sizeof label - strlen(OLD_MARK), "%.*s",
				(int)strcspn(line + strlen(LABEL_KEY), "\n"),
				line + strlen(LABEL_KEY));
	}
	if (strstr(label, OLD_MARK))
		return true;
	text_end_whole(label);
	strcat(label, OLD_MARK);
	return identity_set_label(path, label, fail);
}

bool identity_set_aside(const char *path, char **ret, struct fail *fail)
{
	struct fail unmarked = FAIL_INIT;

	mark_old(path, &unmarked); /* one without settings has no label of its own */
	if (!identity_set_site(path, IDENTITY_NO_SITE, fail))
		return false;
	for (unsigned i = 1;; i++) {
		CLEANUP(free_p) char *name = NULL;
		char number[16] = "";
		if (i > 1)
			snprintf(number, sizeof number, "%u", i);
		if (asprintf(&name, "%s-old%s", path, number) < 0)
			return fail_set(fail, FAIL_MEMORY, NULL);
		if (rename(path, name) == 0) {
			*ret = TAKE(name);
			return true;
		}
		if (errno != ENOTEMPTY && errno != EEXIST)
			return fail_errno(fail, path);
	}
}

bool identity_file_of(
	const char *path, const uint8_t *der, size_t len, char **ret, struct fail *fail)
{
	DIR *stream = opendir(path);
	const struct dirent *entry;
	char *found = NULL;

	if (!stream)
		return fail_errno(fail, path);
	while (!found && (entry = readdir(stream)) != NULL) {
		CLEANUP(free_p) char *bytes = NULL;
		size_t bytes_len;
		struct fail ignored = FAIL_INIT;
		if (is_pfx(entry->d_name) &&
			read_file(dirfd(stream), entry->d_name, &bytes, &bytes_len, &ignored) &&
			memmem(bytes, bytes_len, der, len))
			found = strdup(entry->d_name);
	}
	closedir(stream);
	*ret = found;
	return found || fail_set(fail, FAIL_READ_BACK, "%s", path);
}

bool identity_replace(const char *path, const char *from, const char *to, struct fail *fail)
{
	CLEANUP(close_p) int dir = open_directory(path, fail);

	if (dir < 0)
		return false;
	if (renameat(dir, from, dir, to) != 0 || fsync(dir) != 0)
		return fail_errno(fail, to);
	return true;
}

bool identity_copy(
	const char *path, const char *name, const char *target, bool force, struct fail *fail)
{
	CLEANUP(close_p) int dir = open_directory(path, fail);
	CLEANUP(free_p) char *bytes = NULL;
	CLEANUP(free_p) char *folder = strdup(target);
	size_t len;

	if (!folder)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (dir < 0 || !read_file(dir, name, &bytes, &len, fail))
		return false;
	char *slash = strrchr(folder, '/');
	const char *last = slash ? slash + 1 : folder;
	CLEANUP(free_p) char *base = strdup(last);
	if (!base)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (slash)
		slash[slash == folder] = '\0';
	CLEANUP(close_p)
	int to = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to < 0)
		return fail_errno(fail, target);
	return write_file(to, base, bytes, len, force, fail);
}
