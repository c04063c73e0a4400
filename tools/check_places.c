/* SPDX-License-Identifier: Apache-2.0 */
/* The items of the environment check that are files: registration at p11-kit and in browsers, the
 * folder of software identities and the names in it. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "lib/conf.h"
#include "lib/i18n.h"
#include "lib/local.h"
#include "lib/scope.h"

#define FOLDER_MODE 0700

static void closedir_p(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool is_registered(enum browser_state state)
{
	return state == BROWSER_PRESENT || state == BROWSER_OTHERWISE;
}

struct survey {
	size_t places, registered;
	char missing[128]; /* names of the others */
	struct fail fail;
};

/* One kind of place (p11-kit, or all browsers), of this person and of all users. */
static void survey(struct check *check, bool p11kit, struct survey *ret)
{
	bool (*const finders[])(
		struct browser_places *, struct fail *) = { browser_find, browser_find_system };
	const char *module = check_module_path(check);

	*ret = (struct survey){ .fail = FAIL_INIT };
	for (size_t f = 0; f < (p11kit ? 2U : 1U); f++) {
		CLEANUP(browser_places_clear) struct browser_places places = { 0 };
		if (!finders[f](&places, &ret->fail))
			return;
		for (size_t i = 0; i < places.count; i++) {
			const struct browser_place *place = &places.places[i];
			enum browser_state state;
			if ((place->kind == BROWSER_P11KIT) != p11kit ||
				place->kind == BROWSER_POLICY)
				continue;
			ret->places++;
			if (browser_look(place, module, &state, &ret->fail) &&
				is_registered(state)) {
				ret->registered++;
				continue;
			}
			size_t used = strlen(ret->missing);
			snprintf(ret->missing + used, sizeof ret->missing - used, "%s%s%s%s%s",
				used ? ", " : "", place->name,
				place->cage == BROWSER_SNAP      ? " (snap)"
				: place->cage == BROWSER_FLATPAK ? " (flatpak)"
								 : "",
				*place->profile ? " " : "", place->profile);
		}
	}
}

void check_look_p11kit(struct check *check, struct check_result *ret)
{
	struct survey found;

	survey(check, true, &found);
	ret->state = found.registered ? CHECK_PASS : CHECK_FAIL;
	snprintf(ret->current, sizeof ret->current, "%s",
		found.registered ? _("registered") : _("not registered"));
}

/* What a person can do without this program. */
static const char *browsers_by_hand(struct check *check)
{
	snprintf(check->by_hand, sizeof check->by_hand,
		_("Firefox: Settings, Privacy & Security, Security Devices, Load: %s"),
		check_module_path(check));
	return check->by_hand;
}

void check_look_browsers(struct check *check, struct check_result *ret)
{
	struct survey found;

	survey(check, false, &found);
	if (!found.places) {
		ret->state = CHECK_PASS;
		snprintf(ret->current, sizeof ret->current, "%s", _("no browser profile here"));
		return;
	}
	ret->state = found.registered == found.places ? CHECK_PASS : CHECK_WARN;
	if (ret->state == CHECK_PASS)
		snprintf(ret->current, sizeof ret->current, "%s", _("registered"));
	else
		snprintf(ret->current, sizeof ret->current, _("not registered: %s"), found.missing);
	if (ret->state == CHECK_WARN)
		ret->remedy = browsers_by_hand(check);
}

static bool add(struct check *check, const struct browser_place *place, struct fail *fail)
{
	CLEANUP(free_p) char *who = NULL;

	if (!browser_in_use(place, &who, fail))
		return false;
	if (who)
		return fail_set(fail, FAIL_SYSTEM, _("%s is running; close it first"), who);
	return browser_add(place, check_module_path(check), fail);
}

static bool fix(struct check *check, bool p11kit, struct fail *fail)
{
	CLEANUP(browser_places_clear) struct browser_places places = { 0 };

	if (!browser_find(&places, fail))
		return false;
	for (size_t i = 0; i < places.count; i++) {
		const struct browser_place *place = &places.places[i];
		enum browser_state state;
		if ((place->kind == BROWSER_P11KIT) != p11kit || place->kind == BROWSER_POLICY)
			continue;
		if (!browser_look(place, check_module_path(check), &state, fail) ||
			(!is_registered(state) && !add(check, place, fail)))
			return false;
	}
	return true;
}

bool check_fix_p11kit(struct check *check, struct fail *fail)
{
	return fix(check, true, fail);
}

bool check_fix_browsers(struct check *check, struct fail *fail)
{
	return fix(check, false, fail);
}

static bool wants_files(const struct check *check)
{
	const struct conf_profile *profile = check->tool.profile;

	return profile && (!profile->card || strcmp(profile->site, "post") == 0);
}

static bool is_hidden(const char *path)
{
	const char *last = strrchr(path, '/');

	return last && last[1] == '.';
}

void check_look_folder(struct check *check, struct check_result *ret)
{
	CLEANUP(free_p) char *path = conf_directory("XDG_DATA_HOME", ".local/share");
	struct stat status;

	if (!wants_files(check)) {
		ret->state = CHECK_SKIP;
		return;
	}
	ret->state = CHECK_FAIL;
	const char *why = NULL;
	if (!path || stat(path, &status) != 0)
		why = _("is not there");
	else if (!S_ISDIR(status.st_mode))
		why = _("is no folder");
	else if (!(status.st_mode & S_IWUSR) || access(path, W_OK) != 0)
		why = _("is read-only");
	else if (is_hidden(path))
		why = _("is hidden");
	else if (status.st_mode & 077)
		why = _("is open to other users");
	if (!why)
		ret->state = CHECK_PASS;
	snprintf(ret->current, sizeof ret->current, "%.180s%s%s", path ? path : "", why ? " " : "",
		why ? why : "");
}

bool check_fix_folder(struct check *check, struct fail *fail)
{
	CLEANUP(free_p) char *path = conf_directory("XDG_DATA_HOME", ".local/share");
	struct stat status;

	(void)check;
	if (!path)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST)
			return fail_errno(fail, path);
		*at = '/';
	}
	if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST)
		return fail_errno(fail, path);
	if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
		return fail_set(fail, FAIL_SYSTEM, "%s", path);
	return chmod(path, FOLDER_MODE) == 0 || fail_errno(fail, path);
}

/* A .pfx file in folder whose name is not the one that its certificate's owner has. */
static bool find_renamed(const char *folder, const char *cn, char *name, size_t cap)
{
	CLEANUP(closedir_p) DIR *dir = opendir(folder);
	bool right = false;
	struct dirent *entry;

	*name = '\0';
	while (dir && (entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);
		if (len < 5 || strcmp(entry->d_name + len - 4, ".pfx") != 0)
			continue;
		if (strncmp(entry->d_name, cn, len - 4) == 0 && strlen(cn) == len - 4)
			right = true;
		else
			snprintf(name, cap, "%.120s", entry->d_name);
	}
	return !right && *name;
}

/* Directories of the other sites begin with the site's name. */
static bool is_of_another_site(const struct check *check, const char *directory)
{
	const char *name = strrchr(directory, '/');
	const char *dash = name ? strchr(name, '-') : NULL;
	char site[16] = "";

	if (dash && (size_t)(dash - name) <= sizeof site)
		snprintf(site, sizeof site, "%.*s", (int)(dash - name) - 1, name + 1);
	return *site && strcmp(site, check->tool.profile->site) != 0 && conf_profile_find(site);
}

/* Of bts: the file is called after its owner's number, and must not be renamed. */
void check_look_names(struct check *check, struct check_result *ret)
{
	CLEANUP(local_clear) struct local_certs certs = { 0 };
	struct fail ignored = FAIL_INIT;
	char name[128];

	if (!check->tool.profile || strcmp(check->tool.profile->site, "bts") != 0) {
		ret->state = CHECK_SKIP;
		return;
	}
	ret->state = CHECK_PASS;
	snprintf(ret->current, sizeof ret->current, "%s", _("as they were made"));
	if (!local_find(&check->tool, &certs, &ignored))
		return;
	for (size_t i = 0; i < certs.count; i++) {
		const struct local_cert *cert = &certs.items[i];
		if (!cert->directory[0] || is_of_another_site(check, cert->directory) ||
			!find_renamed(cert->directory, cert->cn, name, sizeof name))
			continue;
		ret->state = CHECK_FAIL;
		snprintf(ret->current, sizeof ret->current, _("%s should be %s.pfx"), name,
			cert->cn);
		ret->remedy = _("Give the file its old name again.");
		return;
	}
}
