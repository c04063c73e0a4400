/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/settings.c, site.c and site_read.c: good, partial and hostile settings files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "db.h"
#include "kit.h"
#include "settings.h"

#define RULES                                                                                      \
	"[s]\nname=N\nname_en=E\ncarrier=card\nfunctions=renewal\nlogin_by=account\n"              \
	"first_login=never\nmax_attempts=3\npassword_min=6\npassword_max=9\n"                      \
	"password_then=ended\nslip=S\norganization=O\nunit=U\nterms_id=t1\ndelivery=direct\n"      \
	"redownload=always\nrenewal_window=30d\ncontact_name=C\n"
#define TERMS                                                                                      \
	"[s.terms.zh-TW]\ntitle=T\ntext=one\n  two\naccept_label=A\n"                              \
	"[s.terms.en]\ntitle=T\ntext=x\naccept_label=A\n"
#define PROFILE                                                                                    \
	"[s.profile.sign]\nrole=signing\ncarrier=card\nkey_usage=digitalSignature\n"               \
	"ext_key_usage=clientAuth\nyears=2\n"
#define WHOLE RULES TERMS PROFILE

static void a_small_file_makes_a_site(void **state)
{
	(void)state;
	size_t count = 0;
	assert_true(site_load(WHOLE "[s.status]\nvalid=7 fine\n[s.faq.a]\nquestion=q\nanswer=1\n"
				    "[s.faq.b]\nquestion=r\n"));
	const struct site *site = site_all(&count);
	assert_int_equal(count, 1);
	assert_ptr_equal(site_find("s", 1), site);
	assert_null(site_find("sx", 2));
	assert_null(site_find("", 0));
	assert_string_equal(site->terms[0].text, "one\ntwo\n");
	assert_string_equal(site->terms[1].language, "en");
	assert_int_equal(site->max_attempts, 3);
	assert_true(site_can(site, "renewal"));
	assert_false(site_can(site, "renew"));
	assert_false(site_can(site, ""));
	assert_int_equal(site_profile(site, "sign")->years, 2);
	assert_null(site_profile(site, "nosuch"));
	json_t *valid = json_object_get(site->status, "valid");
	assert_int_equal(json_integer_value(json_object_get(valid, "code")), 7);
	assert_int_equal(json_array_size(site->info[INFO_FAQ]), 2);
}

static void words_are_whole_words(void **state)
{
	(void)state;
	assert_true(site_word("a bc  d", "bc"));
	assert_true(site_word("a bc  d ", "d"));
	assert_false(site_word("a bc", "b"));
	assert_false(site_word("a  bc", ""));
	assert_false(site_word(NULL, "a"));
	CLEANUP(json_p) json_t *list = site_words_json("  a bc ");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_string_value(json_array_get(list, 1)), "bc");
	CLEANUP(json_p) json_t *none = site_words_json(NULL);
	assert_int_equal(json_array_size(none), 0);
}

static void hostile_settings_are_refused(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"",
		"nonsense",
		"name=x\n",
		"[]\nname=x\n",
		"[.terms.en]\ntitle=x\n",
		"[s]\nname=N\n",
		RULES TERMS,
		RULES PROFILE,
		WHOLE "nosuch=1\n",
		WHOLE "[s]\nnosuch=1\n",
		WHOLE "[s]\nfunctions=renewal fly\n",
		WHOLE "[s]\ndelivery=pigeon\n",
		WHOLE "[s]\nmax_attempts=-1\n",
		WHOLE "[s]\nmax_attempts=3x\n",
		WHOLE "[s]\nmax_attempts=\n",
		WHOLE "[s]\nmax_attempts=0\n",
		WHOLE "[s]\nmax_attempts=1000001\n",
		WHOLE "[s]\nmax_attempts=99999999999999999999999\n",
		WHOLE "[s.status]\nvalid=x\n",
		WHOLE "[s.status]\nvalid=7\n",
		WHOLE "[s.status]\nunknown=7 x\n",
		WHOLE "[s.terms.fr]\ntitle=x\n",
		WHOLE "[s.nosuch.a]\ntitle=x\n",
		WHOLE "[s.faq.a]\nnosuch=x\n",
		WHOLE "[s.faq]\nquestion=x\n",
		WHOLE "[s.!]\ntitle=x\n",
		WHOLE "[s.profile.sign]\nrole=spying\n",
		WHOLE "[s.profile.two]\nrole=both\n",
		WHOLE "[t]\nname=another one without the rest\n",
		WHOLE "[s.faq.a]\nquestion=\xff\xfe\n",
		WHOLE "[s.status]\nvalid=7 \xff\n",
		WHOLE "[s]\ncontact_phone=\xc0\x80\n",
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (site_load(rows[i]))
			fail_msg("row %zu was taken: %s", i,
				strlen(rows[i]) > sizeof WHOLE ? rows[i] + sizeof WHOLE - 1
							       : rows[i]);
}

static void there_is_room_for_eight_sites_and_four_profiles(void **state)
{
	(void)state;
	char text[2048] = WHOLE;
	for (int i = 2; i <= SITE_PROFILES + 1; i++) {
		assert_true(site_load(text));
		snprintf(text + strlen(text), sizeof text - strlen(text),
			"[s.profile.p%d]\nrole=both\ncarrier=card\nkey_usage=digitalSignature\n"
			"ext_key_usage=clientAuth\n"
			"years=1\n",
			i);
	}
	assert_false(site_load(text));
	char many[512] = "";
	for (int i = 0; i <= SITE_MAX; i++)
		snprintf(many + strlen(many), sizeof many - strlen(many), "[s%d]\nname=x\n", i);
	assert_false(site_load(many));
}

static void a_line_has_at_most_198_bytes(void **state)
{
	(void)state;
	char text[2048];
	for (int len = 198; len <= 199; len++) {
		snprintf(text, sizeof text, WHOLE "[s.faq.a]\nquestion=%0*d\n",
			len - (int)strlen("question="), 0);
		assert_int_equal(site_load(text), len == 198);
	}
}

/* A file of len bytes (NULL: of blanks) as settings. */
static bool load_file(const char *bytes, size_t len)
{
	CLEANUP(free_p) char *path = NULL;
	CLEANUP(free_p) char *blanks = NULL;
	assert_true(asprintf(&path, "%s/sites", kit_folder) > 0);
	if (!bytes) {
		blanks = malloc(len);
		assert_non_null(blanks);
		memset(blanks, '\n', len);
		memcpy(blanks, WHOLE, sizeof WHOLE - 1);
	}
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes ? bytes : blanks, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	return settings_load(kit_ra.db, path);
}

static void the_last_good_file_is_remembered(void **state)
{
	(void)state;
	assert_true(settings_load(kit_ra.db, NULL));
	assert_non_null(site_find("fine", 4));
	assert_true(load_file(WHOLE, sizeof WHOLE - 1));
	assert_null(site_find("fine", 4));
	assert_false(load_file("nonsense", 8));
	assert_false(settings_load(kit_ra.db, "/nonexistent/sites"));
	assert_false(settings_load(kit_ra.db, kit_folder));
	assert_true(settings_load(kit_ra.db, NULL));
	assert_non_null(site_find("s", 1));
	assert_null(site_find("fine", 4));
}

/* A file that would be cut is refused instead of half of its rules being in force. */
static void no_file_is_cut_in_silence(void **state)
{
	(void)state;
	static const char zero[] = WHOLE "\0[t]\nname=behind a zero byte\n";
	assert_true(load_file(NULL, 1 << 20));
	assert_false(load_file(NULL, (1 << 20) + 1));
	assert_false(load_file(zero, sizeof zero - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_file_makes_a_site),
		cmocka_unit_test(words_are_whole_words),
		cmocka_unit_test(hostile_settings_are_refused),
		cmocka_unit_test(there_is_room_for_eight_sites_and_four_profiles),
		cmocka_unit_test(a_line_has_at_most_198_bytes),
		cmocka_unit_test(the_last_good_file_is_remembered),
		cmocka_unit_test(no_file_is_cut_in_silence),
	};
	return cmocka_run_group_tests(tests, kit_open, kit_close);
}
