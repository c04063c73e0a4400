/* SPDX-License-Identifier: Apache-2.0 */
/* A key made elsewhere on its way onto a V4.4 card: the power cut in every write and before and
 * after every command. What was on the card stays and works; the new key is there and works, or it
 * is not listed and goes in the next time. It is the last command that lists it: a call that failed
 * has left a key only if this command reached the card and its answer did not come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "vcard_link.h"

#include "cardos/cardos.h"
#include "v5_kit.h"

#define CUTS_MAX 400
#define OLD_BITS 1024

static char base[] = "/tmp/twca-v4-XXXXXX";

static int begin(void **state)
{
	struct vcard_link link;
	int fd = mkstemp(base);
	if (fd < 0 || v5_begin(state) != 0)
		return -1;
	close(fd);
	v5_make(&link, "v4.4", V5_OWN, NULL);
	struct cardos_card *card = v5_open(&link);
	assert_int_equal(v5_generate(card, "old", CARDOS_KEY_RSA, OLD_BITS), CARDOS_OK);
	cardos_card_close(card);
	assert_true(vcard_keep(link.card, base));
	vcard_link_stop(&link);
	return 0;
}

static int end(void **state)
{
	(void)unlink(base);
	return v5_end(state);
}

static void start(struct vcard_link *link)
{
	char error[VC_ERROR_MAX] = "";
	struct vcard *card = vcard_load(base, error);
	if (!card)
		fail_msg("%s", error);
	assert_true(vcard_keep(card, NULL));
	(void)vcard_link_start(link, card);
}

/* After the cut. true: the key was listed. */
static bool all_is_well(struct vcard_link *link, unsigned bits)
{
	vcard_link_insert(link);
	struct cardos_card *card = v5_open(link);
	assert_int_equal(v5_login(card), CARDOS_OK);
	assert_true(v5_signs(card, "old"));
	const bool listed = v5_count(card, CARDOS_PRIVATE_KEY, "new") > 0;
	if (!listed)
		assert_int_equal(v5_import(card, "new", CARDOS_KEY_RSA, bits), CARDOS_OK);
	assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "new"), 1);
	assert_true(v5_signs_as_imported(card, "new", CARDOS_KEY_RSA, bits));
	assert_true(v5_signs(card, "old"));
	cardos_card_close(card);
	return listed;
}

struct outcome {
	bool done;   /* before the cut */
	bool failed; /* the call */
	bool listed; /* the key, before it was tried again */
};

static struct outcome cut_once(unsigned bits, enum vcard_cut how, size_t n)
{
	struct outcome outcome = { 0 };
	struct vcard_link link;
	start(&link);
	vcard_link_cut(&link, how, n);
	struct cardos_card *card = v5_open(&link);
	enum cardos_err err = v5_import(card, "new", CARDOS_KEY_RSA, bits);
	cardos_card_close(card);
	outcome.failed = err != CARDOS_OK;
	outcome.done = !link.gone && !outcome.failed;
	if (!outcome.done && err != CARDOS_E_REMOVED && err != CARDOS_OK)
		fail_msg("%u bits: cut %d at %zu gave error %d", bits, (int)how, n, (int)err);
	outcome.listed = all_is_well(&link, bits);
	vcard_link_stop(&link);
	return outcome;
}

static void every_cut(unsigned bits)
{
	for (int how = 0; how < VCARD_CUTS; how++) {
		unsigned unheard = 0; /* it failed, and the key is there */
		size_t n = 1;
		for (;; n++) {
			const struct outcome outcome = cut_once(bits, (enum vcard_cut)how, n);
			if (outcome.done)
				break;
			assert_true(n < CUTS_MAX);
			/* after the command that lists it none is left that may fail */
			assert_false(unheard > 0 && outcome.failed);
			assert_true(outcome.failed || outcome.listed);
			unheard += outcome.failed && outcome.listed;
		}
		assert_true(n > 1);
		assert_int_equal(unheard, how == VCARD_AFTER);
	}
}

static void modulus_and_exponent_survive_every_cut(void **state)
{
	(void)state;
	every_cut(1024);
}

static void the_five_numbers_survive_every_cut(void **state)
{
	(void)state;
	every_cut(2048);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modulus_and_exponent_survive_every_cut),
		cmocka_unit_test(the_five_numbers_survive_every_cut),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
