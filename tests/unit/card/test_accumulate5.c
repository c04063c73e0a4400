/* SPDX-License-Identifier: Apache-2.0 */
/* ACCUMULATE OBJECT DATA: parts, their sum, its hash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kit5.h"

static void the_answer_is_the_hash_so_far(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);

	(void)state;
	/* SHA-256 of 01 02, then of 01 02 03 */
	kit5_send(card, "80E00100", "80020003 53020102", true,
		"CF20 A12871FEE210FB8619291EAEA194581CBD2531E4B23759D225F6806923F63222 9000");
	kit5_send(card, "80E00000", "530103", true,
		"CF20 039058C6F2C0CB492C533B0A4D14EF77CC0F78ABCCCED5287D84A1A2011CFB81 9000");
	/* a new first part forgets what was there */
	kit5_send(card, "80E00100", "80020002 53020102", true, "CF20 A12871FE * 9000");
	vcard_free(card);
}

static void parts_have_their_form(void **state)
{
	static const struct {
		const char *header, *data, *sw;
	} rows[] = {
		{ "80E00200", "80020001 530101", "6A86" },
		{ "80E00101", "80020001 530101", "6A86" },
		{ "80E00100", "530101", "6A80" },                /* how much will it be? */
		{ "80E00100", "80020001", "6A80" },              /* no part */
		{ "80E00100", "80020001 5300", "6A80" },         /* an empty one */
		{ "80E00100", "80020080 5341 [00*65]", "6A80" }, /* more than 64 bytes */
		{ "80E00100", "80021001 530101", "6A80" },       /* more than the buffer */
		{ "80E00100", "80020001 53020102", "6A80" },     /* more than announced */
		{ "80E00100", "80020040 5340 [00*64]", "CF20 * 9000" },
		{ "80E00000", "530101", "6A80" }, /* now it is complete */
	};
	struct vcard *card = kit5_card("v5.3", NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		kit5_send(card, rows[i].header, rows[i].data, true, rows[i].sw);
	vcard_free(card);
}

static void the_buffer_does_not_survive_the_power(void **state)
{
	struct vcard *card = kit5_card("v5.3", NULL);

	(void)state;
	kit5_send(card, "80E00100", "80020003 53020102", true, "CF20 * 9000");
	vcard_reset(card);
	kit_expect(card, "00A4080C 02 5015", "9000");
	kit5_send(card, "80E00000", "530103", true, "6A80");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_is_the_hash_so_far),
		cmocka_unit_test(parts_have_their_form),
		cmocka_unit_test(the_buffer_does_not_survive_the_power),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
