/* SPDX-License-Identifier: Apache-2.0 */
/* Registration by files: p11-kit's module file, Firefox's policies.json. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "browser.h"
#include "fail.h"
#include "i18n.h"
#include "json.h"
#include "scope.h"
#include "whole.h"

#define FILE_SIZE_MAX (1 << 20)

static bool refused(const char *path, struct fail *fail)
{
	if (errno == EACCES || errno == EPERM || errno == EROFS)
		return fail_set(fail, FAIL_RIGHTS_NEEDED, "%s", path);
	return fail_errno(fail, path);
}

bool browser_read(const char *path, char **ret, struct fail *fail)
{
	CLEANUP(free_p) char *text = NULL;
	CLEANUP(fclose_p) FILE *file = fopen(path, "re");

	*ret = NULL;
	if (!file)
		return errno == ENOENT || errno == ENOTDIR || refused(path, fail);
	text = malloc(FILE_SIZE_MAX + 1);
	if (!text)
		return fail_set(fail, FAIL_MEMORY, NULL);
	size_t len = fread(text, 1, FILE_SIZE_MAX + 1, file);
	if (ferror(file))
		return fail_errno(fail, path);
	if (len > FILE_SIZE_MAX)
		return fail_set(fail, FAIL_SYSTEM, _("%s: too large"), path);
	text[len] = '\0';
	*ret = TAKE(text);
	return true;
}

/* Every folder above path. */
static bool make_folders(const char *path, struct fail *fail)
{
	CLEANUP(free_p) char *folder = strdup(path);

	for (char *slash = folder ? strchr(folder + 1, '/') : NULL; slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0755) != 0 && errno != EEXIST)
			return refused(folder, fail);
		*slash = '/';
	}
	return folder || fail_set(fail, FAIL_MEMORY, NULL);
}

static bool put_text(const char *path, const char *text)
{
	CLEANUP(close_p) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	return fd >= 0 && whole_write(fd, text, strlen(text)) && fchmod(fd, 0644) == 0 &&
	       fsync(fd) == 0;
}

bool browser_write(const char *path, const char *text, struct fail *fail)
{
	CLEANUP(free_p) char *temporary = NULL;

	if (!make_folders(path, fail))
		return false;
	if (asprintf(&temporary, "%s.%ld.new", path, (long)getpid()) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (put_text(temporary, text) && rename(temporary, path) == 0)
		return true;
	bool ok = refused(path, fail);
	unlink(temporary);
	return ok;
}

static bool remove_file(const char *path, struct fail *fail)
{
	return unlink(path) == 0 || errno == ENOENT || refused(path, fail);
}

/* ---- p11-kit ---- */

const char browser_p11_folder[] = TWCA_PKCS11_FOLDER;

static bool is_module(const char *named, const char *module)
{
	const char *last = strrchr(module, '/');

	if (strchr(named, '/') || !last)
		return strcmp(named, module) == 0;
	return strlen(browser_p11_folder) == (size_t)(last - module) &&
	       strncmp(browser_p11_folder, module, (size_t)(last - module)) == 0 &&
	       strcmp(named, last + 1) == 0;
}

/* Does this module file name the module? *ret_there: there is such a file. */
static bool names_module(
	const char *path, const char *module, bool *ret_there, bool *ret, struct fail *fail)
{
	CLEANUP(free_p) char *text = NULL;

	*ret = false;
	if (!browser_read(path, &text, fail))
		return false;
	*ret_there = text != NULL;
	for (char *line = text; line;) {
		char *next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line += strspn(line, " \t");
		if (strncmp(line, "module:", 7) == 0) {
			line += 7;
			line += strspn(line, " \t");
			*ret = is_module(line, module);
		}
		line = next;
	}
	return true;
}

bool browser_p11_look(
	const char *path, const char *module, enum browser_state *ret, struct fail *fail)
{
	const char *const files[] = { path, "/etc/pkcs11/modules/" BROWSER_P11_FILE,
		TWCA_P11_CONFIG_FOLDER "/" BROWSER_P11_FILE };
	bool there[3], ours[3];

	for (size_t i = 0; i < 3; i++)
		if (!names_module(files[i], module, &there[i], &ours[i], fail))
			return false;
	if (there[0])
		*ret = ours[0] ? BROWSER_PRESENT : BROWSER_STALE;
	else
		*ret = ours[1] || ours[2] ? BROWSER_OTHERWISE : BROWSER_ABSENT;
	return true;
}

bool browser_p11_add(const char *path, const char *module, struct fail *fail)
{
	CLEANUP(free_p) char *text = NULL;

	if (asprintf(&text, "# Written by twca-export register.\nmodule: %s\n", module) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return browser_write(path, text, fail);
}

bool browser_p11_remove(const char *path, struct fail *fail)
{
	return remove_file(path, fail);
}

/* ---- Firefox's policy ---- */

/* A file that is no policy is left alone. *ret: the document, the caller decrefs. */
static bool load_policy(const char *path, json_t **ret, struct fail *fail)
{
	CLEANUP(free_p) char *text = NULL;
	json_error_t error;

	if (!browser_read(path, &text, fail))
		return false;
	*ret = json_loads(text && *text ? text : "{}", 0, &error);
	if (json_is_object(*ret))
		return true;
	json_decref(*ret);
	*ret = NULL;
	return fail_set(fail, FAIL_SETTINGS, _("%s, line %d: %s"), path, error.line, error.text);
}

/* Where the devices are: SecurityDevices itself in its old form, Add in the new one. */
static json_t *devices(json_t *policy)
{
	json_t *all = json_object_get(json_object_get(policy, "policies"), "SecurityDevices");

	if (json_object_get(all, "Add") || json_object_get(all, "Delete"))
		return json_object_get(all, "Add");
	return all;
}

bool browser_policy_look(
	const char *path, const char *module, enum browser_state *ret, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *policy = NULL;
	const char *name;
	json_t *value;

	if (!load_policy(path, &policy, fail))
		return false;
	*ret = BROWSER_ABSENT;
	json_object_foreach(devices(policy), name, value)
	{
		const char *file = json_string_value(value);
		if (file && strcmp(file, module) == 0)
			*ret = BROWSER_PRESENT;
		else if (*ret == BROWSER_ABSENT && strcmp(name, BROWSER_MODULE_NAME) == 0)
			*ret = BROWSER_STALE;
	}
	return true;
}

static json_t *member(json_t *object, const char *name)
{
	if (!json_object_get(object, name))
		json_object_set_new(object, name, json_object());
	return json_object_get(object, name);
}

static bool save_policy(const char *path, const json_t *policy, struct fail *fail)
{
	CLEANUP(json_text_free_p) char *text = json_dumps(policy, JSON_INDENT(2));
	CLEANUP(free_p) char *lines = NULL;

	if (!text || asprintf(&lines, "%s\n", text) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return browser_write(path, lines, fail);
}

bool browser_policy_add(const char *path, const char *module, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *policy = NULL;

	if (!load_policy(path, &policy, fail))
		return false;
	json_t *all = member(member(policy, "policies"), "SecurityDevices");
	json_t *into = json_object_get(all, "Delete") ? member(all, "Add") : devices(policy);
	if (json_object_set_new(into, BROWSER_MODULE_NAME, json_string(module)) != 0)
		return fail_set(fail, FAIL_SETTINGS, _("%s: no policy of Firefox"), path);
	return save_policy(path, policy, fail);
}

/* Drop a member that has become empty. */
static void drop_empty(json_t *object, const char *name)
{
	if (json_object_get(object, name) && json_object_size(json_object_get(object, name)) == 0)
		json_object_del(object, name);
}

bool browser_policy_remove(const char *path, const char *module, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *policy = NULL;
	enum browser_state state;

	if (!browser_policy_look(path, module, &state, fail) || !load_policy(path, &policy, fail))
		return false;
	if (state == BROWSER_ABSENT)
		return true;
	json_object_del(devices(policy), BROWSER_MODULE_NAME);
	json_t *policies = json_object_get(policy, "policies");
	drop_empty(json_object_get(policies, "SecurityDevices"), "Add");
	drop_empty(policies, "SecurityDevices");
	drop_empty(policy, "policies");
	if (json_object_size(policy) == 0)
		return remove_file(path, fail);
	return save_policy(path, policy, fail);
}
