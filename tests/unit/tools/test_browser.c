/* SPDX-License-Identifier: Apache-2.0 */
/* A place of any kind: its own copy of what it is, and which file a caged browser is given. */
#include "unit.h"

#include "browser.h"
#include "fail.h"
#include "json.h"

static void places_have_their_own_strings(void **state)
{
	struct browser_places places = { 0 };
	struct fail fail = FAIL_INIT;
	char name[] = "Firefox", path[] = "/p";

	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct browser_place place = { .kind = BROWSER_FIREFOX,
			.name = name,
			.profile = i ? name : NULL,
			.path = path,
			.app = "org.x" };
		assert_true(browser_append(&places, &place, &fail));
	}
	name[0] = path[0] = 'X';
	assert_int_equal(places.count, 3);
	assert_string_equal(places.places[0].name, "Firefox");
	assert_string_equal(places.places[0].profile, "");
	assert_string_equal(places.places[2].profile, "Firefox");
	assert_string_equal(places.places[2].path, "/p");
	browser_places_clear(&places);
	assert_int_equal(places.count, 0);
	browser_places_clear(&places);
}

static void out_of_a_cage_p11_kits_client_is_named(void **state)
{
	const struct browser_place free_place = { .cage = BROWSER_FREE };
	const struct browser_place snap = { .cage = BROWSER_SNAP };
	const struct browser_place flatpak = { .cage = BROWSER_FLATPAK };

	(void)state;
	assert_string_equal(browser_module(&free_place, "/m.so"), "/m.so");
	assert_non_null(strstr(browser_module(&snap, "/m.so"), "/p11-kit-client.so"));
	assert_string_equal(browser_module(&flatpak, "/m.so"), browser_module(&snap, "/m.so"));
}

static void the_home_is_known_without_a_variable(void **state)
{
	(void)state;
	assert_int_equal(setenv("HOME", "/home/x", 1), 0);
	char *home = browser_home();
	assert_string_equal(home, "/home/x");
	free(home);
	assert_int_equal(setenv("HOME", "relative", 1), 0);
	home = browser_home();
	assert_true(!home || home[0] == '/'); /* of the user, if the system knows one */
	free(home);
}

/* Look, add, look, remove, look: the same for each kind that is a file. */
static void each_kind_goes_to_its_own(void **state)
{
	static const enum browser_kind kinds[] = { BROWSER_P11KIT, BROWSER_POLICY };
	char *folder = fresh_folder();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fail fail = FAIL_INIT;
		enum browser_state seen;
		char path[128];
		snprintf(path, sizeof path, "%s/sub%zu/file", folder, i);
		const struct browser_place place = { .kind = kinds[i], .name = path, .path = path };
		assert_true(browser_look(&place, "/unit/m.so", &seen, &fail));
		assert_int_equal(seen, BROWSER_ABSENT);
		assert_true(browser_add(&place, "/unit/m.so", &fail));
		assert_true(browser_look(&place, "/unit/m.so", &seen, &fail));
		assert_int_equal(seen, BROWSER_PRESENT);
		assert_true(browser_look(&place, "/unit/other.so", &seen, &fail));
		assert_int_equal(seen, BROWSER_STALE);
		assert_true(browser_remove(&place, "/unit/m.so", &fail));
		assert_true(browser_look(&place, "/unit/m.so", &seen, &fail));
		assert_int_equal(seen, BROWSER_ABSENT);
	}
	remove_folder(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_have_their_own_strings),
		cmocka_unit_test(out_of_a_cage_p11_kits_client_is_named),
		cmocka_unit_test(the_home_is_known_without_a_variable),
		cmocka_unit_test(each_kind_goes_to_its_own),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
