/* SPDX-License-Identifier: Apache-2.0 */
/* The making of a card in memory cut at each command: blank until its last byte, and made again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "memcard.h"
#include "p15_read.h"
#include "p15_state.h"
#include "p15_write.h"
#include "secret.h"

static struct memcard memcard;
static struct cos_card *device;
static struct p15 p15;

static void a_cut_making_begins_anew(void **state)
{
	struct secret *puk = secret_new("12345678", 8);
	enum cardos_err err = CARDOS_E_REMOVED;
	int tries = -1;
	(void)state;
	for (size_t cut = 1; err != CARDOS_OK && cut < 100; cut++) {
		assert_int_equal(cos_card_new(memcard_start(&memcard), &device), CARDOS_OK);
		p15_init_state(&p15, device);
		memcard.cut_at = cut;
		err = p15_format(&p15, "Unit", puk, &tries);
		memcard.cut_at = 0;
		if (err != CARDOS_OK) {
			assert_int_equal(err, CARDOS_E_REMOVED);
			(void)memcard_insert(&memcard);
			cos_card_forget(device);
			assert_int_equal(p15_bind(&p15), CARDOS_OK);
			assert_int_equal(p15.state, P15_BLANK);
			assert_int_equal(p15_format(&p15, "Unit", puk, &tries), CARDOS_OK);
		}
		assert_int_equal(p15_bind(&p15), CARDOS_OK);
		assert_int_equal(p15.state, P15_READY);
		assert_string_equal(p15.token.label, "Unit");
		assert_non_null(memcard_file(&memcard, 0x5015, 0x4946));
		p15_done(&p15);
		device = cos_card_free(device);
	}
	assert_int_equal(err, CARDOS_OK);
	secret_free(puk);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_cut_making_begins_anew) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
