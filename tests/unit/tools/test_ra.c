/* SPDX-License-Identifier: Apache-2.0 */
/* Releasing twice is harmless, and every state has its own name. */
#include "unit.h"

#include <jansson.h>

#include "ra.h"

static unsigned closed;

static void count_close(struct ra *ra)
{
	assert_non_null(ra);
	closed++;
}

static void an_ra_is_closed_once(void **state)
{
	static const struct ra_ops ops = { .close = count_close };
	struct ra ra = { .ops = &ops };

	(void)state;
	closed = 0;
	assert_null(ra_close(&ra));
	assert_null(ra_close(NULL));
	assert_int_equal(closed, 1);
}

static void what_was_received_is_released_once(void **state)
{
	struct ra_captcha captcha = { .id = "x", .image = malloc(4), .image_len = 4 };
	struct ra_registration registration = { .name = "x", .subject_der = malloc(4) };
	void *owner = json_object();

	(void)state;
	captcha.owner = json_object();
	registration.owner = json_object();
	for (int i = 0; i < 2; i++) {
		ra_release(&owner);
		ra_captcha_clear(&captcha);
		ra_registration_clear(&registration);
	}
	assert_null(owner);
	assert_true(!captcha.owner && !captcha.image && !captcha.id && !captcha.image_len);
	assert_true(!registration.owner && !registration.subject_der && !registration.name);
}

static void every_state_has_its_own_name(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RA_STATES; i++) {
		assert_true(*ra_state_name((enum ra_state)i) != '\0');
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(
				ra_state_name((enum ra_state)i), ra_state_name((enum ra_state)j));
	}
	assert_string_equal(ra_state_name(RA_STATES), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ra_is_closed_once),
		cmocka_unit_test(what_was_received_is_released_once),
		cmocka_unit_test(every_state_has_its_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
