/* SPDX-License-Identifier: Apache-2.0 */
/* A site of an RA with any resources, for the tests of ra_json_*.c. Needs wire.c. */
#ifndef TWCA_TEST_SITE_H
#define TWCA_TEST_SITE_H

#include "unit.h"

#include "fail.h"
#include "ra.h"
#include "wire.h"

#define SITE_JSON "application/json"

static struct ra_site site_read; /* by the last site_open() */

/* An RA whose site has exactly these members beside id: JSON of "resources", "login", "rules",
 * "contact" as one text ("\"resources\":{...},\"login\":{...}"). */
__attribute__((noinline, unused)) static struct ra *site_open(const char *members)
{
	struct ra_options options = { .url = "https://ra/" };
	struct fail fail = FAIL_INIT;
	struct ra *ra = NULL;
	char *text = NULL;

	assert_true(asprintf(&text,
			    "{\"server_time\":\"2026-01-31T10:20:30Z\","
			    "\"limits\":{\"max_clock_skew_s\":300},\"sites\":[{\"id\":\"fine\","
			    "\"name\":\"FINE\",\"profiles\":[{\"id\":\"sign\",\"validity\":\"P1Y\","
			    "\"keys\":[{\"type\":\"RSA\",\"preferred_bits\":2048}]}],%s}]}",
			    members) > 0);
	const struct wire_answer answer = { 200, SITE_JSON, text, 0 };
	assert_true(ra_json_open(&options, &ra, &fail));
	wire_begin(&answer, 1);
	assert_true(ra->ops->site(ra, "fine", &site_read, &fail));
	free(text);
	return ra;
}

/* What the RA answers from now on. */
__attribute__((unused)) static void site_answers(long status, const char *type, const char *body)
{
	const struct wire_answer answer = { status, type, body, 0 };

	wire_begin(&answer, 1);
}

/* Of tests whose set-up makes the RA their state. The end of a session, if there is one, is heard.
 */
__attribute__((unused)) static int site_tear_down(void **state)
{
	site_answers(204, "", "");
	*state = ra_close(*state);
	return 0;
}

#endif
