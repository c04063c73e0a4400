/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_manage.c: suspended, revoked, and found by others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kit.h"

enum {
	NOW = 1800000000
};

static struct kit_caller tipo = { "tipo", 0, NOW };
static struct kit_caller post = { "post", 0, NOW };
static struct kit_caller soft = { "soft", 0, NOW };

/* The account's password is no hash: none is right. */
static int open_all(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	tipo.account = kit_account("tipo", "t1", false);
	post.account = kit_account("post", "p1", false);
	soft.account = kit_account("soft", "s1", false);
	kit_certificate(&tipo, "a1", NOW);
	kit_certificate(&tipo, "a2", NOW - 1);
	kit_certificate(&post, "b1", NOW + 9);
	kit_certificate(&post, "b2", NOW + 9);
	return 0;
}

#define REVOKED(id)                                                                                \
	"SELECT coalesce(revoked || ':' || reason, '-') FROM certificate WHERE id='" id "'"

static void a_site_says_which_members_a_suspension_has(void **state)
{
	(void)state;
	kit_says(suspension_create, &tipo, NULL, "{}", "malformed-request");
	kit_says(
		suspension_create, &tipo, NULL, "{\"certificates\":[\"a1\"]}", "malformed-request");
	kit_says(
		suspension_create, &post, NULL, "{\"certificates\":[\"b1\"]}", "malformed-request");
	kit_says(suspension_create, &post, NULL, "{\"site_password\":\"x\"}", "malformed-request");
	kit_says(suspension_create, &tipo, NULL,
		"{\"site_password\":\"x\",\"certificates\":[\"a1\"]}", "wrong-password");
	kit_has(REVOKED("a1"), "-");
}

static void all_that_are_valid_are_suspended_or_revoked_once(void **state)
{
	(void)state;
	kit_says(suspension_create, &post, NULL, "{}", "");
	kit_has(REVOKED("b1"), "1800000000:6");
	kit_has(REVOKED("b2"), "1800000000:6");
	kit_has(REVOKED("a1"), "-"); /* another's */
	kit_says(suspension_create, &post, NULL, "{}", "nothing-to-do");
	kit_says(revocation_create, &post, NULL, "{\"all\":true}", "nothing-to-do");
	kit_sql("UPDATE certificate SET revoked=NULL, reason=0");
	kit_says(revocation_create, &post, NULL, "{\"all\":false}", "malformed-request");
	kit_says(revocation_create, &post, NULL, "{}", "malformed-request");
	kit_says(revocation_create, &post, NULL, "{\"all\":true}", "");
	kit_has(REVOKED("b1"), "1800000000:0");
	kit_sql("UPDATE certificate SET revoked=NULL");
}

static void what_has_expired_is_not_revoked(void **state)
{
	(void)state;
	struct kit_caller later = { "tipo", tipo.account, NOW + 1 };
	kit_says(revocation_create, &later, NULL, "{\"all\":true}", "nothing-to-do");
	kit_says(revocation_create, &tipo, NULL, "{\"all\":true}", ""); /* a1's last second */
	kit_has(REVOKED("a1"), "1800000000:0");
	kit_has(REVOKED("a2"), "-");
	kit_sql("UPDATE certificate SET revoked=NULL");
}

static size_t hits(const struct kit_caller *caller, const char *pattern, bool more)
{
	char body[100];
	snprintf(body, sizeof body, "{\"pattern\":\"%s\"}", pattern);
	struct reply reply = kit_call(certificate_query, caller, NULL, body);
	size_t count = json_array_size(json_object_get(reply.json, "certificates"));
	assert_int_equal(reply.status, 200);
	assert_int_equal(json_is_true(json_object_get(reply.json, "more")), more);
	kit_reply_clear(&reply);
	return count;
}

static void others_certificates_are_found_by_part_of_the_name(void **state)
{
	(void)state;
	char id[20];
	struct kit_caller other = { "soft", kit_account("soft", "s2", false), NOW };
	kit_says(certificate_query, &soft, NULL, "{}", "malformed-request");
	kit_says(certificate_query, &soft, NULL, "{\"pattern\":\"  \"}", "malformed-request");
	assert_int_equal(hits(&soft, "CN=", false), 0); /* none of another site */
	for (int i = 0; i < 50; i++) {
		snprintf(id, sizeof id, "c%02d", i);
		kit_certificate(&other, id, NOW + i);
	}
	assert_int_equal(hits(&soft, "c0", false), 10);
	assert_int_equal(hits(&soft, "%", false), 0); /* a letter like others */
	assert_int_equal(hits(&soft, "CN=c", false), 50);
	assert_int_equal(hits(&other, "CN=c", false), 0); /* one's own are listed elsewhere */
	kit_certificate(&soft, "d1", NOW);
	assert_int_equal(hits(&other, "CN=d", false), 1);
	kit_certificate(&other, "c50", NOW + 9);
	assert_int_equal(hits(&soft, "CN=c", true), 50);
	soft.now = NOW + 1;
	assert_int_equal(hits(&soft, "CN=c", false), 50); /* c00 has expired */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_site_says_which_members_a_suspension_has),
		cmocka_unit_test(all_that_are_valid_are_suspended_or_revoked_once),
		cmocka_unit_test(what_has_expired_is_not_revoked),
		cmocka_unit_test(others_certificates_are_found_by_part_of_the_name),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
