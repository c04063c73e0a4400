/* SPDX-License-Identifier: Apache-2.0 */
/* The sites' manners: each site is there once for what its people carry, with what every run says.
 */
#include "unit.h"

#include "lib/conf.h"

#include "manner.h"

static void every_site_has_a_manner_for_what_its_people_carry(void **state)
{
	static const struct {
		const char *site;
		bool card, file;
	} rows[] = { { "soft", false, true }, { "fine", true, false }, { "tipo", true, false },
		{ "post", true, true }, { "bts", false, true } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct conf_profile *profile = conf_profile_find(rows[i].site);
		assert_non_null(profile);
		assert_int_equal(apply_manner_find(rows[i].site, RA_CARD) != NULL, rows[i].card);
		assert_int_equal(apply_manner_find(rows[i].site, RA_FILE) != NULL, rows[i].file);
		assert_int_equal(profile->card, rows[i].card);
	}
	assert_null(apply_manner_find("nowhere", RA_CARD));
	assert_null(apply_manner_find("", RA_FILE));
}

static void what_every_run_says_is_there(void **state)
{
	static const char *const sites[] = { "soft", "fine", "tipo", "post", "bts" };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (int carrier = RA_CARD; carrier <= RA_FILE; carrier++) {
			const struct apply_manner *manner =
				apply_manner_find(sites[i], (enum ra_carrier)carrier);
			if (!manner)
				continue;
			assert_string_equal(manner->site, sites[i]);
			for (int role = 0; role < 3; role++)
				assert_non_null(manner->key_labels[role]);
			assert_non_null(manner->trust_question);
			assert_non_null(manner->done);
			assert_non_null(manner->fetched);
			assert_non_null(manner->fetched_again);
			assert_non_null(manner->renewed[0]);
			assert_non_null(manner->expired);
			/* files have a password and a level, cards a PIN */
			assert_int_equal(manner->secret != NULL, carrier == RA_FILE);
			assert_int_equal(manner->level != 0, carrier == RA_FILE);
			assert_true(manner->level <= 3);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_site_has_a_manner_for_what_its_people_carry),
		cmocka_unit_test(what_every_run_says_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
