/* SPDX-License-Identifier: Apache-2.0 */
/* Where browsers keep their databases: every profile once, whatever profiles.ini says. */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "browser.h"
#include "fail.h"

static char *home;
static struct browser_places places;

static int set_up(void **state)
{
	(void)state;
	home = fresh_folder();
	assert_int_equal(setenv("HOME", home, 1), 0);
	assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
	assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	browser_places_clear(&places);
	remove_folder(home);
	return 0;
}

__attribute__((noinline)) static void make(const char *folder)
{
	char command[300];

	snprintf(command, sizeof command, "mkdir -p '%s/%s'", home, folder);
	assert_int_equal(system(command), 0);
}

static size_t find(void)
{
	struct fail fail = FAIL_INIT;

	browser_places_clear(&places);
	assert_true(browser_find(&places, &fail));
	assert_true(places.count >= 1);
	assert_int_equal(places.places[0].kind, BROWSER_P11KIT);
	return places.count - 1;
}

static const struct browser_place *place(const char *below)
{
	for (size_t i = 0; i < places.count; i++)
		if (strstr(places.places[i].path, below))
			return &places.places[i];
	return NULL;
}

static void an_empty_home_has_p11_kits_file_only(void **state)
{
	char path[128];

	(void)state;
	assert_int_equal(find(), 0);
	snprintf(path, sizeof path, "%s/.config/pkcs11/modules/twca-pkcs11.module", home);
	assert_string_equal(places.places[0].path, path);
	assert_int_equal(setenv("XDG_CONFIG_HOME", "/x", 1), 0);
	find();
	assert_string_equal(places.places[0].path, "/x/pkcs11/modules/twca-pkcs11.module");
}

static void every_profile_is_found_once(void **state)
{
	char ini[512], outside[128];

	(void)state;
	make(".mozilla/firefox/a.default");
	make(".mozilla/firefox/unlisted");
	make(".mozilla/firefox/no-database");
	make("outside");
	snprintf(outside, sizeof outside, "%s/outside", home);
	free(write_file(home, ".mozilla/firefox/a.default/cert9.db", ""));
	free(write_file(home, ".mozilla/firefox/unlisted/cert9.db", ""));
	snprintf(ini, sizeof ini,
		"[General]\nStartWithLastProfile=1\n[Profile0]\nName=default\nIsRelative=1\n"
		"Path=a.default\n[Profile1]\nName=other\nIsRelative=0\nPath=%s\n"
		"[Profile2]\nName=again\nPath=a.default\n[Profile3]\nName=gone\nPath=gone\n"
		"[Profile4]\nName=nopath\n",
		outside);
	free(write_file(home, ".mozilla/firefox/profiles.ini", ini));
	assert_int_equal(find(), 3);
	assert_string_equal(place("a.default")->profile, "default");
	assert_string_equal(place("/outside")->profile, "other");
	assert_string_equal(place("unlisted")->profile, "unlisted");
	assert_string_equal(place("unlisted")->name, "Firefox");
	assert_int_equal(place("unlisted")->cage, BROWSER_FREE);
}

static void cages_have_their_own(void **state)
{
	(void)state;
	make("snap/firefox/common/.mozilla/firefox/s.default");
	free(write_file(home, "snap/firefox/common/.mozilla/firefox/s.default/cert9.db", ""));
	make(".var/app/org.chromium.Chromium/.pki/nssdb");
	/* Firefox 147 and later, in either folder that a snap may have as its own */
	make("snap/firefox/common/.config/mozilla/firefox/n.default");
	free(write_file(
		home, "snap/firefox/common/.config/mozilla/firefox/n.default/cert9.db", ""));
	make("snap/firefox/current/.config/mozilla/firefox/r.default");
	free(write_file(
		home, "snap/firefox/current/.config/mozilla/firefox/r.default/cert9.db", ""));
	make(".var/app/org.mozilla.firefox/config/mozilla/firefox/f.default");
	free(write_file(home,
		".var/app/org.mozilla.firefox/config/mozilla/firefox/f.default/cert9.db", ""));
	assert_int_equal(find(), 5);
	assert_int_equal(place("n.default")->cage, BROWSER_SNAP);
	assert_int_equal(place("r.default")->cage, BROWSER_SNAP);
	assert_int_equal(place("f.default")->cage, BROWSER_FLATPAK);
	assert_int_equal(place("s.default")->cage, BROWSER_SNAP);
	assert_string_equal(place("s.default")->app, "firefox");
	assert_int_equal(place("org.chromium")->cage, BROWSER_FLATPAK);
	assert_int_equal(place("org.chromium")->kind, BROWSER_CHROMIUM);
	assert_string_equal(place("org.chromium")->app, "org.chromium.Chromium");
}

/* Chromium makes its database when it needs one: the browser being there is enough. */
static void chromium_is_found_by_its_signs(void **state)
{
	(void)state;
	make(".config/google-chrome");
	assert_int_equal(find(), 1);
	assert_non_null(place("/.pki/nssdb"));
	make(".pki/nssdb");
	make(".local/share/pki");
	char link[200], target[200];
	snprintf(target, sizeof target, "%s/.pki/nssdb", home);
	snprintf(link, sizeof link, "%s/.local/share/pki/nssdb", home);
	assert_int_equal(symlink(target, link), 0); /* one database by two names */
	assert_int_equal(find(), 1);
}

static void rubbish_in_profiles_ini_is_survived(void **state)
{
	static char lengthy[4000];
	static const char *const texts[] = { "", "[Profile0", "Path=a.default\n", "\xFF\xFE[\n=\n",
		"[Profile0]\nPath=\n", "[Profile0]\nPath=../../../../etc\nIsRelative=7\n",
		lengthy };

	(void)state;
	make(".mozilla/firefox/a.default");
	snprintf(lengthy, sizeof lengthy, "[Profile0]\nPath=%0*d\n", 3000, 0);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		free(write_file(home, ".mozilla/firefox/profiles.ini", texts[i]));
		find();
		assert_null(place("a.default"));
	}
}

static void all_users_places_are_two_files(void **state)
{
	struct fail fail = FAIL_INIT;

	(void)state;
	browser_places_clear(&places);
	assert_true(browser_find_system(&places, &fail));
	assert_int_equal(places.count, 2);
	assert_int_equal(places.places[1].kind, BROWSER_POLICY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(an_empty_home_has_p11_kits_file_only),
		TEST(every_profile_is_found_once),
		TEST(cages_have_their_own),
		TEST(chromium_is_found_by_its_signs),
		TEST(rubbish_in_profiles_ini_is_survived),
		TEST(all_users_places_are_two_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
