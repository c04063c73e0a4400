/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and what everybody may read: what is told is cleaned, what is wrong is refused. */
#include "unit.h"

#include "fail.h"
#include "json.h"
#include "pin.h"
#include "ra.h"
#include "ra_cert.h"
#include "ra_info.h"
#include "wire.h"

#define JSON "application/json"
#define CERT                                                                                       \
	"{\"id\":\"a1\",\"url\":\"https://ra/"                                                     \
	"x\",\"serial_number\":\"a1\",\"subject\":\"CN=\\u001b[31mA\","                            \
	"\"issuer\":\"CN=I\",\"not_before\":\"2026-01-01T00:00:00Z\","                             \
	"\"not_after\":\"2027-01-01T00:00:00Z\",\"status\":\"valid\",\"role\":\"both\","           \
	"\"sha256\":\"00\",\"host_status\":{\"code\":31,\"text\":\"soon\\u202e\"}}"
#define LIST "{\"certificates\":[" CERT "],\"more\":true}"

/* The directory with the resources that these operations need. */
static struct ra *open_ra(void)
{
	static const char whole[] =
		"{\"id\":\"fine\",\"name\":\"FINE\",\"login\":{\"password_policy\":{\"min_length\":"
		"8,"
		"\"max_length\":16}},\"profiles\":[{\"id\":\"sign\",\"validity\":\"P1Y\",\"keys\":"
		"[{\"type\":\"RSA\",\"preferred_bits\":2048}]}],\"rules\":{\"suspension\":"
		"{\"what\":\"selected\",\"password\":true}},\"resources\":{"
		"\"certificates\":\"https://ra/certs\",\"certificate_queries\":\"https://ra/q\","
		"\"suspensions\":\"https://ra/s\",\"revocations\":\"https://ra/r\","
		"\"proof\":\"https://ra/p\",\"notices\":\"https://ra/n\",\"forms\":\"https://ra/"
		"f\"}}";
	char *ruled = wire_change(wire_directory(), "sites", "[]");
	char *at = strstr(ruled, "[]");
	char *directory = NULL;
	assert_true(
		asprintf(&directory, "%.*s[%s]%s", (int)(at - ruled), ruled, whole, at + 2) > 0);
	const struct wire_answer answer = { 200, JSON, directory, 0 };
	struct ra_options options = { .url = "https://ra/" };
	struct fail fail = FAIL_INIT;
	struct ra_site site;
	struct ra *ra = NULL;

	assert_true(ra_json_open(&options, &ra, &fail));
	wire_begin(&answer, 1);
	assert_true(ra->ops->site(ra, "fine", &site, &fail));
	free(directory);
	free(ruled);
	return ra;
}

static void answer(long status, const char *type, const char *body)
{
	const struct wire_answer answer = { status, type, body, 0 };

	wire_begin(&answer, 1);
}

static void a_list_is_cleaned_for_the_terminal(void **state)
{
	struct ra *ra = open_ra();
	struct ra_certs certs = { 0 };
	struct fail fail = FAIL_INIT;

	(void)state;
	answer(200, JSON, LIST);
	assert_true(ra_cert_list(ra, &certs, &fail));
	assert_string_equal(wire.url, "https://ra/certs");
	assert_int_equal(certs.count, 1);
	assert_true(certs.more);
	assert_string_equal(certs.items[0].subject, "CN=[31mA");
	assert_string_equal(certs.items[0].host_text, "soon");
	assert_int_equal(certs.items[0].host_code, 31);
	assert_null(certs.items[0].card_serial);
	ra_certs_clear(&certs);
	ra_close(ra);
}

static struct ra *breaking;

static bool try_list(const char *document, struct fail *fail)
{
	struct ra_certs certs = { 0 };

	answer(200, JSON, document);
	bool ok = ra_cert_list(breaking, &certs, fail);
	for (size_t i = 0; ok && i < certs.count; i++) /* what every certificate must have */
		assert_true(certs.items[i].subject && certs.items[i].issuer &&
			    certs.items[i].serial && certs.items[i].not_before &&
			    certs.items[i].not_after && certs.items[i].sha256);
	ra_certs_clear(&certs);
	return ok;
}

static void a_list_that_is_broken_anywhere_is_refused_or_whole(void **state)
{
	unsigned tried = 0;

	(void)state;
	breaking = open_ra();
	unsigned good = wire_break_all(LIST, try_list, &tried);
	assert_true(good < tried);
	assert_true(tried > 50);
	ra_close(breaking);
}

static void changes_name_what_is_meant(void **state)
{
	static const char *const ids[] = { "a1", "b2" };
	struct ra *ra = open_ra();
	struct ra_suspension manner;
	struct ra_certs certs = { 0 };
	struct fail fail = FAIL_INIT;
	struct pin *password = pin_new();

	(void)state;
	strcpy(pin_buffer(password), "Secret1");
	pin_filled(password, 7);
	assert_true(ra_cert_can_suspend(ra, &manner) && manner.selected && manner.password);
	assert_true(ra_cert_can_revoke(ra));
	answer(200, JSON, LIST);
	assert_true(ra_cert_suspend(ra, ids, 2, password, &certs, &fail));
	assert_string_equal(wire.url, "https://ra/s");
	assert_string_equal(
		wire.body, "{\"certificates\":[\"a1\",\"b2\"],\"site_password\":\"Secret1\"}");
	assert_int_not_equal(wire.key[0], 0);
	ra_certs_clear(&certs);
	assert_true(ra_cert_suspend(ra, NULL, 0, NULL, &certs, &fail));
	assert_string_equal(wire.body, "{}");
	ra_certs_clear(&certs);
	assert_true(ra_cert_revoke(ra, &certs, &fail));
	assert_string_equal(wire.body, "{\"all\":true}");
	ra_certs_clear(&certs);
	assert_true(ra_cert_query(ra, "\"x\\", &certs, &fail));
	assert_string_equal(wire.body, "{\"pattern\":\"\\\"x\\\\\"}");
	ra_certs_clear(&certs);
	answer(409, "application/problem+json",
		"{\"type\":\"urn:twca:problem:nothing-to-do\",\"detail\":\"none\"}");
	assert_false(ra_cert_revoke(ra, &certs, &fail));
	assert_int_equal(fail.code, FAIL_NOTHING_TO_DO);
	pin_free(password);
	ra_close(ra);
}

static void a_proof_is_text_without_tricks(void **state)
{
	struct ra *ra = open_ra();
	struct fail fail = FAIL_INIT;
	char *page = NULL;

	(void)state;
	answer(200, "text/plain", "one\033[2Jtwo\n");
	assert_true(ra_cert_proof(ra, false, &page, &fail));
	assert_string_equal(page, "one[2Jtwo\n");
	free(page);
	answer(200, "text/html", "<p>\n");
	assert_true(ra_cert_proof(ra, true, &page, &fail));
	assert_string_equal(page, "<p>\n");
	free(page);
	assert_false(ra_cert_proof(ra, false, &page, &fail)); /* HTML where text was asked for */
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	ra_close(ra);
}

static void entries_are_strings_and_clean(void **state)
{
	struct ra *ra = open_ra();
	struct fail fail = FAIL_INIT;
	json_t *list = NULL, *form = NULL;
	uint8_t *bytes = NULL;
	size_t len;

	(void)state;
	answer(200, JSON, "{\"entries\":[{\"id\":\"1\",\"title\":\"a\\u0007b\",\"n\":7},[],null]}");
	assert_true(ra_info(ra, "notices", &list, &fail));
	assert_int_equal(json_array_size(list), 3);
	assert_string_equal(json_text(json_array_get(list, 0), "title"), "ab");
	assert_null(json_object_get(json_array_get(list, 0), "n"));
	assert_false(ra_info_file(ra, json_array_get(list, 0), &bytes, &len, &fail));
	assert_int_equal(fail.code, FAIL_USAGE);
	json_decref(list);
	answer(200, JSON, "{\"entries\":{}}");
	assert_false(ra_info(ra, "notices", &list, &fail));
	assert_int_equal(fail.code, FAIL_RA_REPLY);
	assert_false(ra_info(ra, "faq", &list, &fail));
	assert_int_equal(fail.code, FAIL_RA_REFUSED);
	answer(200, JSON,
		"{\"entries\":[{\"purpose\":\"resume\"},{\"purpose\":\"revoke\",\"title\":\"F\"}]"
		"}");
	assert_true(ra_info_form(ra, "revoke", &form, &fail));
	assert_string_equal(json_text(form, "title"), "F");
	json_decref(form);
	assert_true(ra_info_form(ra, "slip", &form, &fail));
	assert_null(form);
	ra_close(ra);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_cleaned_for_the_terminal),
		cmocka_unit_test(a_list_that_is_broken_anywhere_is_refused_or_whole),
		cmocka_unit_test(changes_name_what_is_meant),
		cmocka_unit_test(a_proof_is_text_without_tricks),
		cmocka_unit_test(entries_are_strings_and_clean),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
