/* SPDX-License-Identifier: Apache-2.0 */
/* A PKCS#15 card in memory, made by the code under test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "memcard.h"
#include "p15_state.h"
#include "p15_write.h"
#include "secret.h"

void memcard_personalise(struct memcard *card, struct cos_card **ret_device, struct p15 *p15)
{
	struct secret *puk = secret_new("12345678", 8), *pin = secret_new("123456", 6);
	const struct cos_pin puk_pin = { .reference = P15_PUK_REFERENCE,
		.stored_len = P15_PIN_STORED };
	int tries = 0;
	assert_int_equal(cos_card_new(memcard_start(card), ret_device), CARDOS_OK);
	p15_init_state(p15, *ret_device);
	assert_int_equal(p15_format(p15, "Unit", puk, &tries), CARDOS_OK);
	assert_int_equal(p15_create_user_pin(p15, &puk_pin, puk, pin, &tries), CARDOS_OK);
	assert_int_equal(card->verifies, 2); /* the PUK once, the new PIN once */
	secret_free(puk);
	secret_free(pin);
}
