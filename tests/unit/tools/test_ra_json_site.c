/* SPDX-License-Identifier: Apache-2.0 */
/* What the directory says about a site beyond its name: profiles, delivery, rules. */
#include "site.h"

#include "json.h"

/* The site with these members in place of the default ones. */
static struct ra_site read_site(const char *path, const char *value)
{
	struct ra_options options = { .url = "https://ra/" };
	struct fail fail = FAIL_INIT;
	struct ra_site site;
	static struct ra *ra; /* the site's strings are the RA's */
	char *text = path ? wire_change(wire_directory(), path, value) : strdup(wire_directory());
	const struct wire_answer answer = { 200, SITE_JSON, text, 0 };

	ra = ra_close(ra);
	if (value) {
		assert_true(ra_json_open(&options, &ra, &fail));
		wire_begin(&answer, 1);
		assert_true(ra->ops->site(ra, "fine", &site, &fail));
	} else {
		memset(&site, 0, sizeof site);
	}
	free(text);
	return site;
}

static void profiles_tell_carrier_role_and_size(void **state)
{
	(void)state;
	struct ra_site site = read_site("sites/1/profiles",
		"[{\"id\":\"s\",\"validity\":\"P1Y\",\"role\":\"signing\",\"key_origin\":\"file\","
		"\"keys\":[{\"type\":\"RSA\",\"min_bits\":2048}]},"
		"{\"id\":\"e\",\"role\":\"encryption\",\"key_origin\":\"card\","
		"\"keys\":[{\"type\":\"RSA\",\"preferred_bits\":1024,\"min_bits\":512}]},"
		"{\"id\":\"b\",\"role\":7,\"key_origin\":\"card\","
		"\"keys\":[{\"type\":\"RSA\",\"preferred_bits\":8192}]},"
		"{\"id\":\"none\",\"key_origin\":\"card\",\"keys\":[{\"type\":\"EC\"}]},"
		"{\"key_origin\":\"card\",\"keys\":[{\"type\":\"RSA\",\"preferred_bits\":2048}]},"
		"{\"id\":\"x\",\"keys\":[{\"type\":\"RSA\",\"preferred_bits\":2048}]},7]");
	assert_int_equal(site.profile_count, 3);
	assert_int_equal(site.profiles[0].carrier, RA_FILE);
	assert_int_equal(site.profiles[0].role, RA_SIGNING);
	assert_int_equal(site.profiles[0].key_bits, 2048);
	assert_int_equal(site.profiles[1].carrier, RA_CARD);
	assert_int_equal(site.profiles[1].role, RA_ENCRYPTION);
	assert_int_equal(site.profiles[1].key_bits, 1024);
	assert_int_equal(site.profiles[2].role, RA_BOTH);
	assert_int_equal(site.profiles[2].key_bits, 8192);
}

static void there_are_never_more_profiles_than_room(void **state)
{
	static const char one[] = "{\"id\":\"s\",\"validity\":\"P1Y\",\"key_origin\":\"card\","
				  "\"keys\":[{\"type\":\"RSA\",\"preferred_bits\":2048}]}";
	static char text[4096] = "[";

	(void)state;
	for (int i = 0; i < RA_PROFILES_MAX + 3; i++) {
		strcat(text, i ? "," : "");
		strcat(text, one);
	}
	strcat(text, "]");
	struct ra_site site = read_site("sites/1/profiles", text);
	assert_int_equal(site.profile_count, RA_PROFILES_MAX);
}

static void what_is_not_told_is_as_at_the_simplest_site(void **state)
{
	(void)state;
	struct ra_site site = read_site("sites/1/login",
		"{\"password_policy\":{},\"factors\":[7,\"captcha\"],\"ra_units\":[\"bank\"],"
		"\"account_is\":\"certificate_identifier\"}");
	assert_true(site.captcha && site.account_is_identifier);
	assert_string_equal(site.ra_unit, "bank");
	site = read_site("sites/1/login", "{\"password_policy\":{},\"factors\":\"captcha\","
					  "\"ra_units\":{\"a\":1},\"account_is\":[]}");
	assert_false(site.captcha || site.account_is_identifier);
	assert_null(site.ra_unit);
	assert_int_equal(site.delivery, RA_DIRECT);
	assert_false(site.slip || site.card_login);
	assert_null(site.phone);
}

static void delivery_and_rules_are_read(void **state)
{
	static const struct {
		const char *rules;
		enum ra_delivery delivery;
		bool password, counter;
	} rows[] = {
		{ "{\"delivery\":\"download\",\"card_management_password\":true}", RA_DOWNLOAD,
			true, false },
		{ "{\"delivery\":\"activation\",\"card_management_counter\":true}", RA_ACTIVATION,
			false, true },
		{ "{\"delivery\":\"pigeon\",\"card_management_counter\":\"true\"}", RA_DIRECT,
			false, false },
		{ "[]", RA_DIRECT, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char members[256];
		snprintf(members, sizeof members,
			"\"login\":{\"password_policy\":{}},\"resources\":{\"eligibility\":"
			"\"https://ra/e\",\"card_challenges\":\"https://ra/c\"},\"rules\":%s",
			rows[i].rules);
		struct ra *ra = site_open(members);
		assert_int_equal(site_read.delivery, rows[i].delivery);
		assert_int_equal(site_read.card_management_password, rows[i].password);
		assert_int_equal(site_read.card_management_counter, rows[i].counter);
		assert_true(site_read.slip && site_read.card_login);
		ra_close(ra);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(profiles_tell_carrier_role_and_size),
		cmocka_unit_test(there_are_never_more_profiles_than_room),
		cmocka_unit_test(what_is_not_told_is_as_at_the_simplest_site),
		cmocka_unit_test(delivery_and_rules_are_read),
	};

	json_init();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	read_site(NULL, NULL); /* closes the last one */
	return failed;
}
