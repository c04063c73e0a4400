/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the places where browsers and p11-kit look for modules. */
#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "browser.h"
#include "fail.h"
#include "scope.h"

#define POLICY_FILE "/etc/firefox/policies/policies.json"
#define P11_SYSTEM_FOLDER "/etc/pkcs11/modules"
#define PROFILES_MAX 256

// clang-format off
/* Below home; with a variable: below its directory, if it is set. */
static const struct root {
	enum browser_cage cage;
	const char *variable;
	const char *below, *below_home;
	const char *name, *app;
} firefox_roots[] = {
	{ BROWSER_FREE, NULL, NULL, ".mozilla/firefox", "Firefox", NULL },
	{ BROWSER_FREE, "XDG_CONFIG_HOME", "mozilla/firefox", ".config/mozilla/firefox", "Firefox", NULL },
	{ BROWSER_SNAP, NULL, NULL, "snap/firefox/common/.mozilla/firefox", "Firefox", "firefox" },
	{ BROWSER_SNAP, NULL, NULL, "snap/firefox/common/.config/mozilla/firefox", "Firefox", "firefox" },
	{ BROWSER_SNAP, NULL, NULL, "snap/firefox/current/.config/mozilla/firefox", "Firefox", "firefox" },
	{ BROWSER_FLATPAK, NULL, NULL, ".var/app/org.mozilla.firefox/.mozilla/firefox", "Firefox",
	  "org.mozilla.firefox" },
	{ BROWSER_FLATPAK, NULL, NULL, ".var/app/org.mozilla.firefox/config/mozilla/firefox", "Firefox",
	  "org.mozilla.firefox" },
}, chromium_roots[] = {
	{ BROWSER_FREE, NULL, NULL, ".pki/nssdb", "Chromium", NULL },
	{ BROWSER_FREE, "XDG_DATA_HOME", "pki/nssdb", ".local/share/pki/nssdb", "Chromium", NULL },
	{ BROWSER_SNAP, NULL, NULL, "snap/chromium/current/.pki/nssdb", "Chromium", "chromium" },
	{ BROWSER_FLATPAK, NULL, NULL, ".var/app/org.chromium.Chromium/.pki/nssdb", "Chromium",
	  "org.chromium.Chromium" },
	{ BROWSER_FLATPAK, NULL, NULL, ".var/app/com.google.Chrome/.pki/nssdb", "Google Chrome",
	  "com.google.Chrome" },
	{ BROWSER_FLATPAK, NULL, NULL, ".var/app/com.brave.Browser/.pki/nssdb", "Brave",
	  "com.brave.Browser" },
	{ BROWSER_FLATPAK, NULL, NULL, ".var/app/com.microsoft.Edge/.pki/nssdb", "Edge",
	  "com.microsoft.Edge" },
};

/* Who of these is there will look for ~/.pki/nssdb. */
static const char *const chromium_signs[] = { ".config/chromium", ".config/google-chrome",
	".config/BraveSoftware", ".config/microsoft-edge", ".config/vivaldi", ".config/opera" };
// clang-format on

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The caller frees; NULL: no memory. */
static char *root_path(const struct root *root, const char *home)
{
	const char *base = root->variable ? getenv(root->variable) : NULL;
	char *path = NULL;

	if (base && base[0] == '/')
		return asprintf(&path, "%s/%s", base, root->below) < 0 ? NULL : path;
	return asprintf(&path, "%s/%s", home, root->below_home) < 0 ? NULL : path;
}

/* ---- Firefox ---- */

struct profile {
	char name[128], path[1024];
	bool absolute;
};

struct profiles {
	struct profile list[PROFILES_MAX];
	size_t count;
	char section[64];
};

/* Called by libinih for each line of profiles.ini. */
static int take_line(void *arg, const char *section, const char *name, const char *value)
{
	struct profiles *profiles = arg;

	if (strncmp(section, "Profile", 7) != 0)
		return 1;
	if (strcmp(section, profiles->section) != 0) {
		if (profiles->count == PROFILES_MAX)
			return 1;
		snprintf(profiles->section, sizeof profiles->section, "%s", section);
		profiles->count++;
	}
	struct profile *profile = &profiles->list[profiles->count - 1];
	if (strcmp(name, "Name") == 0)
		snprintf(profile->name, sizeof profile->name, "%s", value);
	else if (strcmp(name, "Path") == 0)
		snprintf(profile->path, sizeof profile->path, "%s", value);
	else if (strcmp(name, "IsRelative") == 0)
		profile->absolute = strcmp(value, "0") == 0;
	return 1;
}

static bool known(const struct browser_places *places, const char *path)
{
	struct stat a, b;

	if (stat(path, &a) != 0)
		return false;
	for (size_t i = 0; i < places->count; i++)
		if (stat(places->places[i].path, &b) == 0 && a.st_dev == b.st_dev &&
			a.st_ino == b.st_ino)
			return true;
	return false;
}

static bool add_profile(struct browser_places *places, const struct root *root, char *name,
	char *path, struct fail *fail)
{
	char title[32];

	if (!is_folder(path) || known(places, path))
		return true;
	snprintf(title, sizeof title, "%s", root->name);
	const struct browser_place place = { .kind = BROWSER_FIREFOX,
		.cage = root->cage,
		.name = title,
		.profile = name,
		.path = path,
		.app = root->app };
	return browser_append(places, &place, fail);
}

static bool add_listed(struct browser_places *places, const struct root *root, const char *folder,
	struct fail *fail)
{
	CLEANUP(free_p) char *file = NULL;
	CLEANUP(free_p) struct profiles *profiles = calloc(1, sizeof *profiles);

	if (!profiles || asprintf(&file, "%s/profiles.ini", folder) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	ini_parse(file, take_line, profiles);
	for (size_t i = 0; i < profiles->count; i++) {
		struct profile *profile = &profiles->list[i];
		CLEANUP(free_p) char *path = NULL;
		if (!profile->path[0])
			continue;
		if (asprintf(&path, "%s%s%s", profile->absolute ? "" : folder,
			    profile->absolute ? "" : "/", profile->path) < 0)
			return fail_set(fail, FAIL_MEMORY, NULL);
		if (!add_profile(places, root, profile->name, path, fail))
			return false;
	}
	return true;
}

/* Folders with a database that no profiles.ini lists: firefox --profile makes such. */
static bool add_unlisted(struct browser_places *places, const struct root *root, const char *folder,
	struct fail *fail)
{
	DIR *dir = opendir(folder);
	bool ok = true;

	for (struct dirent *entry; dir && ok && (entry = readdir(dir));) {
		CLEANUP(free_p) char *path = NULL;
		CLEANUP(free_p) char *database = NULL;
		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0 ||
			asprintf(&database, "%s/cert9.db", path) < 0)
			ok = fail_set(fail, FAIL_MEMORY, NULL);
		else if (access(database, F_OK) == 0)
			ok = add_profile(places, root, entry->d_name, path, fail);
	}
	if (dir)
		closedir(dir);
	return ok;
}

static bool find_firefox(struct browser_places *places, const char *home, struct fail *fail)
{
	for (size_t i = 0; i < sizeof firefox_roots / sizeof firefox_roots[0]; i++) {
		const struct root *root = &firefox_roots[i];
		CLEANUP(free_p) char *folder = root_path(root, home);
		if (!folder)
			return fail_set(fail, FAIL_MEMORY, NULL);
		if (is_folder(folder) && (!add_listed(places, root, folder, fail) ||
						 !add_unlisted(places, root, folder, fail)))
			return false;
	}
	return true;
}

/* ---- Chromium and its relatives ---- */

static bool chromium_is_here(const char *home)
{
	for (size_t i = 0; i < sizeof chromium_signs / sizeof chromium_signs[0]; i++) {
		CLEANUP(free_p) char *path = NULL;
		if (asprintf(&path, "%s/%s", home, chromium_signs[i]) > 0 && is_folder(path))
			return true;
	}
	return false;
}

static bool find_chromium(struct browser_places *places, const char *home, struct fail *fail)
{
	for (size_t i = 0; i < sizeof chromium_roots / sizeof chromium_roots[0]; i++) {
		const struct root *root = &chromium_roots[i];
		CLEANUP(free_p) char *folder = root_path(root, home);
		char name[32];
		if (!folder)
			return fail_set(fail, FAIL_MEMORY, NULL);
		if (!is_folder(folder) && !(i == 0 && chromium_is_here(home)))
			continue;
		if (known(places, folder))
			continue;
		snprintf(name, sizeof name, "%s", root->name);
		const struct browser_place place = { .kind = BROWSER_CHROMIUM,
			.cage = root->cage,
			.name = name,
			.path = folder,
			.app = root->app };
		if (!browser_append(places, &place, fail))
			return false;
	}
	return true;
}

static bool add_file(struct browser_places *places, enum browser_kind kind, const char *name,
	char *path, struct fail *fail)
{
	char title[32];

	snprintf(title, sizeof title, "%s", name);
	const struct browser_place place = { .kind = kind, .name = title, .path = path };
	return browser_append(places, &place, fail);
}

bool browser_find(struct browser_places *ret, struct fail *fail)
{
	CLEANUP(free_p) char *home = browser_home();
	CLEANUP(free_p) char *file = NULL;
	const char *config = getenv("XDG_CONFIG_HOME");
	bool own = config && config[0] == '/';

	if (!home)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (asprintf(&file, "%s%s/pkcs11/modules/%s", own ? config : home, own ? "" : "/.config",
		    BROWSER_P11_FILE) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return add_file(ret, BROWSER_P11KIT, "p11-kit", file, fail) &&
	       find_firefox(ret, home, fail) && find_chromium(ret, home, fail);
}

bool browser_find_system(struct browser_places *ret, struct fail *fail)
{
	char p11_file[] = P11_SYSTEM_FOLDER "/" BROWSER_P11_FILE;
	char policy[] = POLICY_FILE;

	return add_file(ret, BROWSER_P11KIT, "p11-kit", p11_file, fail) &&
	       add_file(ret, BROWSER_POLICY, "Firefox", policy, fail);
}
