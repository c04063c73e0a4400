/* SPDX-License-Identifier: Apache-2.0 */
/* Writing to V5 cards: the virtual card under the driver, and the power cut in every write and
 * before and after every command of every errand. What was on the card stays and works, and the
 * errand succeeds when it is done again and leaves what it would have left at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "vcard_link.h"

#include "cardos/cardos.h"
#include "cardos/secret.h"
#include "v5_kit.h"

#define CUTS_MAX 600
#define TELL_MAX 160

struct errand {
	const char *name;
	enum cardos_err (*run)(struct cardos_card *card);
	void (*finished)(struct cardos_card *card);
	size_t verifies; /* at most, in one run */
};

static enum cardos_err generate_rsa(struct cardos_card *card)
{
	return v5_generate(card, "new", CARDOS_KEY_RSA, V5_RSA_BITS);
}

static enum cardos_err generate_ec(struct cardos_card *card)
{
	return v5_generate(card, "new", CARDOS_KEY_EC, 256);
}

static void one_new_pair(struct cardos_card *card)
{
	assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "new"), 1);
	assert_int_equal(v5_count(card, CARDOS_PUBLIC_KEY, "new"), 1);
	assert_true(v5_signs(card, "new"));
}

static enum cardos_err import_rsa(struct cardos_card *card)
{
	return v5_import(card, "new", CARDOS_KEY_RSA, V5_RSA_BITS);
}

static void one_foreign_rsa(struct cardos_card *card)
{
	assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "new"), 1);
	assert_true(v5_signs_as_imported(card, "new", CARDOS_KEY_RSA, V5_RSA_BITS));
}

static enum cardos_err import_ec(struct cardos_card *card)
{
	return v5_import(card, "new", CARDOS_KEY_EC, 256);
}

static void one_foreign_ec(struct cardos_card *card)
{
	assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "new"), 1);
	assert_true(v5_signs_as_imported(card, "new", CARDOS_KEY_EC, 256));
}

static enum cardos_err store(struct cardos_card *card)
{
	return v5_store(card, "new");
}

static void one_new_certificate(struct cardos_card *card)
{
	assert_int_equal(v5_count(card, CARDOS_CERTIFICATE, "new"), 1);
}

/* As somebody who saw the first attempt fail does it: what is gone need not be deleted again. */
static enum cardos_err delete_spare(struct cardos_card *card)
{
	static const enum cardos_class classes[] = { CARDOS_CERTIFICATE, CARDOS_PUBLIC_KEY,
		CARDOS_PRIVATE_KEY };
	enum cardos_err err = v5_login(card);
	for (size_t i = 0; err == CARDOS_OK && i < sizeof(classes) / sizeof(classes[0]); i++) {
		uint32_t number = v5_number(card, classes[i], "spare");
		if (number != 0)
			err = cardos_object_delete(card, number);
	}
	return err == CARDOS_OK && !cardos_card_alive(card) ? CARDOS_E_REMOVED : err;
}

static void no_spare(struct cardos_card *card)
{
	assert_int_equal(v5_count(card, CARDOS_CERTIFICATE, "spare"), 0);
	assert_int_equal(v5_count(card, CARDOS_PUBLIC_KEY, "spare"), 0);
	assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "spare"), 0);
}

static enum cardos_err rename_spare(struct cardos_card *card)
{
	enum cardos_err err = v5_login(card);
	uint32_t number = v5_number(card, CARDOS_PRIVATE_KEY, "spare");
	if (err == CARDOS_OK && number != 0)
		err = cardos_object_change(card, number,
			&(struct cardos_change){ "new", (const uint8_t *)"new", 3, NULL });
	return err == CARDOS_OK && !cardos_card_alive(card) ? CARDOS_E_REMOVED : err;
}

static void spare_is_new(struct cardos_card *card)
{
	assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "new"), 1);
	assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "spare"), 0);
}

/* An interrupted change may have been done: then the new PIN is the old one. */
static enum cardos_err change_pin(struct cardos_card *card)
{
	int tries = -1;
	enum cardos_err err = cardos_pin_change(card, CARDOS_PIN_USER, v5_pin, v5_new_pin, &tries);
	if (err == CARDOS_E_PIN_WRONG)
		err = cardos_login(card, CARDOS_PIN_USER, v5_new_pin, &tries);
	return err == CARDOS_OK ? cardos_pin_set(card, v5_puk, v5_pin, &tries) : err;
}

static enum cardos_err unblock_pin(struct cardos_card *card)
{
	int tries = -1;
	return cardos_pin_set(card, v5_puk, v5_pin, &tries);
}

static void the_pin_is_good(struct cardos_card *card)
{
	assert_int_equal(v5_login(card), CARDOS_OK);
}

static const struct errand errands[] = {
	{ "generate RSA", generate_rsa, one_new_pair, 1 },
	{ "generate EC", generate_ec, one_new_pair, 1 },
	{ "import RSA", import_rsa, one_foreign_rsa, 1 },
	{ "import EC", import_ec, one_foreign_ec, 1 },
	{ "store", store, one_new_certificate, 1 },
	{ "delete", delete_spare, no_spare, 1 },
	{ "rename", rename_spare, spare_is_new, 1 },
	{ "change PIN", change_pin, the_pin_is_good, 1 },
	{ "unblock PIN", unblock_pin, the_pin_is_good, 0 },
};

/* The old key and certificate, with the right PIN. In the middle of a change of the PIN only the
 * PUK is sure. */
static void old_things_work(struct vcard_link *link, const struct errand *errand)
{
	struct cardos_card *card = v5_open(link);
	int tries = -1;
	if (errand->run == change_pin || errand->run == unblock_pin)
		assert_int_equal(cardos_pin_set(card, v5_puk, v5_pin, &tries), CARDOS_OK);
	assert_int_equal(v5_login(card), CARDOS_OK);
	assert_int_equal(v5_count(card, CARDOS_CERTIFICATE, "old"), 1);
	assert_true(v5_signs(card, "old"));
	cardos_card_close(card);
}

/* One cut. true: the errand was done before it. */
static bool cut_once(const char *base, const struct errand *errand, enum vcard_cut how, size_t n,
	const char *expected)
{
	struct vcard_link link;
	char told[TELL_MAX];
	v5_start(&link, base);
	vcard_link_cut(&link, how, n);
	struct cardos_card *card = v5_open(&link);
	size_t verifies = link.verifies;
	enum cardos_err err = errand->run(card);
	assert_true(link.verifies - verifies <= errand->verifies);
	cardos_card_close(card); /* logs out: a cut may strike there too */
	bool done = !link.gone && err == CARDOS_OK;
	if (!done && err != CARDOS_E_REMOVED && err != CARDOS_OK)
		fail_msg("%s: cut %d at %zu gave error %d", errand->name, (int)how, n, (int)err);
	vcard_link_insert(&link);
	old_things_work(&link, errand);
	card = v5_open(&link);
	if (err != CARDOS_OK)
		assert_int_equal(errand->run(card), CARDOS_OK);
	cardos_card_close(card);
	vcard_link_insert(&link);
	card = v5_open(&link);
	assert_int_equal(v5_login(card), CARDOS_OK);
	errand->finished(card);
	cardos_card_close(card);
	vcard_describe(link.card, told, sizeof(told));
	if (!done && expected[0] && strcmp(told, expected) != 0)
		fail_msg("%s: cut %d at %zu leaves %s, not %s", errand->name, (int)how, n, told,
			expected);
	vcard_link_stop(&link);
	return done;
}

/* What the errand leaves when nothing happens. */
static void without_a_cut(const char *base, const struct errand *errand, char *told)
{
	struct vcard_link link;
	v5_start(&link, base);
	struct cardos_card *card = v5_open(&link);
	assert_int_equal(errand->run(card), CARDOS_OK);
	errand->finished(card);
	cardos_card_close(card);
	vcard_describe(link.card, told, TELL_MAX);
	vcard_link_stop(&link);
}

static void every_cut(const char *base)
{
	char told[TELL_MAX];
	for (size_t i = 0; i < sizeof(errands) / sizeof(errands[0]); i++) {
		without_a_cut(base, &errands[i], told);
		for (int how = 0; how < VCARD_CUTS; how++) {
			size_t n = 1;
			while (!cut_once(base, &errands[i], (enum vcard_cut)how, n, told)) {
				n++;
				assert_true(n < CUTS_MAX);
			}
			assert_true(n > 1);
		}
	}
}

static void a_makers_empty_card_survives_every_cut(void **state)
{
	(void)state;
	every_cut(V5_PLAIN);
}

static void our_own_card_survives_every_cut(void **state)
{
	(void)state;
	every_cut(V5_OWN);
}

static void a_makers_card_survives_every_cut(void **state)
{
	(void)state;
	every_cut(V5_MAKER);
}

static enum cardos_err initialise(struct cardos_card *card)
{
	const struct cardos_initialise params = { .label = "V5", .puk = v5_puk };
	int tries = -1;
	enum cardos_err err = cardos_initialise(card, &params, &tries);
	return err == CARDOS_OK ? cardos_pin_set(card, v5_puk, v5_pin, &tries) : err;
}

/* The making of a card, from a blank one or from one that is in use. */
static void every_cut_of_a_making(const char *base)
{
	struct errand making = { .name = "initialise", .run = initialise };
	for (int how = 0; how < VCARD_CUTS; how++) {
		bool done = false;
		for (size_t n = 1; !done; n++) {
			struct vcard_link link;
			assert_true(n < CUTS_MAX);
			v5_start(&link, base);
			vcard_link_cut(&link, (enum vcard_cut)how, n);
			struct cardos_card *card = v5_open(&link);
			enum cardos_err err = making.run(card);
			cardos_card_close(card);
			done = !link.gone && err == CARDOS_OK;
			assert_true(err == CARDOS_OK || err == CARDOS_E_REMOVED);
			vcard_link_insert(&link);
			card = v5_open(&link);
			assert_int_equal(making.run(card), CARDOS_OK);
			assert_int_equal(v5_generate(card, "new", CARDOS_KEY_EC, 256), CARDOS_OK);
			one_new_pair(card);
			assert_int_equal(v5_count(card, CARDOS_PRIVATE_KEY, "old"), 0);
			cardos_card_close(card);
			vcard_link_stop(&link);
		}
	}
}

static void the_making_survives_every_cut(void **state)
{
	(void)state;
	every_cut_of_a_making(V5_BLANK);
}

static void the_making_anew_survives_every_cut(void **state)
{
	(void)state;
	every_cut_of_a_making(V5_OWN);
}

/* Keys of all sizes, by their factors too, and what a card does not take. */
static void keys_made_elsewhere_come_in(void **state)
{
	static const struct {
		enum cardos_key_type type;
		unsigned bits;
	} keys[] = { { CARDOS_KEY_RSA, 1024 }, { CARDOS_KEY_RSA, 2048 }, { CARDOS_KEY_RSA, 3072 },
		{ CARDOS_KEY_EC, 256 }, { CARDOS_KEY_EC, 384 } };
	struct vcard_link link;
	(void)state;
	v5_start(&link, V5_PLAIN);
	struct cardos_card *card = v5_open(&link);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char label[16];
		(void)snprintf(label, sizeof(label), "key %zu", i);
		assert_int_equal(v5_import(card, label, keys[i].type, keys[i].bits), CARDOS_OK);
		assert_true(v5_signs_as_imported(card, label, keys[i].type, keys[i].bits));
	}
	cardos_card_close(card);
	vcard_link_stop(&link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_made_elsewhere_come_in),
		cmocka_unit_test(a_makers_empty_card_survives_every_cut),
		cmocka_unit_test(our_own_card_survives_every_cut),
		cmocka_unit_test(a_makers_card_survives_every_cut),
		cmocka_unit_test(the_making_survives_every_cut),
		cmocka_unit_test(the_making_anew_survives_every_cut),
	};
	return cmocka_run_group_tests(tests, v5_begin, v5_end);
}
