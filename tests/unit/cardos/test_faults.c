/* SPDX-License-Identifier: Apache-2.0 */
/* A card that goes at any command, of any errand: the answer is a defined code, no PIN is sent
 * twice, what was on the card stays, and the errand succeeds when it is done again. Walks through
 * p15_read.c, p15_write.c, p15_store.c and p15_init.c, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "card.h"
#include "memcard.h"
#include "memstore.h"
#include "secret.h"

#define BITS 1024
#define VALUE_LEN 300
#define COMMANDS_MAX 200

struct errand {
	enum cardos_err (*run)(struct cardos_card *card);
	void (*finished)(struct cardos_card *card); /* what must be true when it said OK */
	size_t verifies;                            /* at most, in one run */
};

static struct memcard blank, ready, memcard;
static struct memstore empty, known, kept; /* between processes: of ready, and of now */
static struct secret *pin, *puk;
static uint8_t value[VALUE_LEN];

static struct cardos_card *open_card(void)
{
	struct cardos_card *card = NULL;
	const struct cardos_cache cache = memstore_cache(&kept);
	bool reset = false;
	assert_int_equal(cardos_card_open_on(&memcard.transport, &card), CARDOS_OK);
	cardos_card_cache(card, &cache);
	assert_int_equal(cardos_begin(card, &reset), CARDOS_OK);
	return card;
}

static enum cardos_err login(struct cardos_card *card)
{
	int tries = -1;
	return cardos_login(card, CARDOS_PIN_USER, pin, &tries);
}

static enum cardos_err initialise(struct cardos_card *card)
{
	const struct cardos_initialise params = { .label = "Mem", .puk = puk };
	int tries = -1;
	return cardos_initialise(card, &params, &tries);
}

static enum cardos_err set_pin(struct cardos_card *card)
{
	int tries = -1;
	return cardos_pin_set(card, puk, pin, &tries);
}

static enum cardos_err change_pin(struct cardos_card *card)
{
	int tries = -1;
	return cardos_pin_change(card, CARDOS_PIN_USER, pin, pin, &tries);
}

static enum cardos_err generate_as(struct cardos_card *card, const char *label)
{
	const struct cardos_key_params params = {
		.bits = BITS, .usage = CARDOS_USE_SIGN, .label = label, .public_object = true
	};
	uint32_t numbers[2];
	enum cardos_err err = login(card);
	return err == CARDOS_OK ? cardos_key_generate(card, &params, &numbers[0], &numbers[1])
				: err;
}

static enum cardos_err generate(struct cardos_card *card)
{
	return generate_as(card, "new");
}

static enum cardos_err store_as(struct cardos_card *card, const char *label)
{
	const struct cardos_store params = { .class = CARDOS_CERTIFICATE,
		.value = value,
		.value_len = sizeof(value),
		.id = (const uint8_t *)label,
		.id_len = 3,
		.label = label };
	uint32_t number = 0;
	enum cardos_err err = login(card);
	return err == CARDOS_OK ? cardos_object_store(card, &params, &number) : err;
}

static enum cardos_err store(struct cardos_card *card)
{
	return store_as(card, "new");
}

static size_t count_of(
	struct cardos_card *card, enum cardos_class class, const char *label, uint32_t *ret_number)
{
	const struct cardos_object *list = NULL;
	size_t count = 0, found = 0;
	assert_int_equal(cardos_objects(card, &list, &count), CARDOS_OK);
	for (size_t i = 0; i < count; i++) {
		if (list[i].class == class && strcmp(list[i].label, label) == 0) {
			*ret_number = list[i].number;
			found++;
		}
	}
	return found;
}

static enum cardos_err delete (struct cardos_card *card) {
	const struct cardos_object *list = NULL; size_t count = 0;
		enum cardos_err err = login(card);
		if (err == CARDOS_OK) err = cardos_objects(card, &list, &count);
		for (size_t i = 0; err == CARDOS_OK && i < count; i++){
			if (list[i].class == CARDOS_CERTIFICATE &&
				strcmp(list[i].label, "del") == 0) return cardos_object_delete(card,
				list[i].number);
}
return err; /* gone already */
}

static enum cardos_err rename_certificate(struct cardos_card *card)
{
	const struct cardos_object *list = NULL;
	size_t count = 0;
	enum cardos_err err = login(card);
	if (err == CARDOS_OK)
		err = cardos_objects(card, &list, &count);
	for (size_t i = 0; err == CARDOS_OK && i < count; i++) {
		if (list[i].class == CARDOS_CERTIFICATE && strcmp(list[i].label, "del") == 0)
			return cardos_object_change(card, list[i].number,
				&(struct cardos_change){ .label = "a longer name" });
	}
	return err;
}

static enum cardos_err sign(struct cardos_card *card)
{
	uint8_t block[BITS / 8] = { 0, 1 }, out[CARDOS_RSA_MAX];
	const struct cardos_object *list = NULL;
	size_t count = 0, len = 0;
	enum cardos_err err = login(card);
	if (err == CARDOS_OK)
		err = cardos_objects(card, &list, &count);
	for (size_t i = 0; err == CARDOS_OK && i < count; i++) {
		if (list[i].class == CARDOS_PRIVATE_KEY && strcmp(list[i].label, "old") == 0)
			return cardos_key_sign(
				card, list[i].number, block, sizeof(block), out, &len);
	}
	return err == CARDOS_OK ? CARDOS_E_NOT_FOUND : err;
}

static void one_new_pair(struct cardos_card *card)
{
	uint32_t number = 0;
	assert_int_equal(count_of(card, CARDOS_PRIVATE_KEY, "new", &number), 1);
	assert_int_equal(count_of(card, CARDOS_PUBLIC_KEY, "new", &number), 1);
}

static void one_new_certificate(struct cardos_card *card)
{
	uint32_t number = 0;
	const uint8_t *bytes = NULL;
	size_t len = 0;
	assert_int_equal(count_of(card, CARDOS_CERTIFICATE, "new", &number), 1);
	assert_int_equal(cardos_object_value(card, number, &bytes, &len), CARDOS_OK);
	assert_int_equal(len, sizeof(value));
	assert_memory_equal(bytes, value, sizeof(value));
}

static void certificate_is_gone(struct cardos_card *card)
{
	uint32_t number = 0;
	assert_int_equal(count_of(card, CARDOS_CERTIFICATE, "del", &number), 0);
}

static void certificate_is_renamed(struct cardos_card *card)
{
	uint32_t number = 0;
	certificate_is_gone(card);
	assert_int_equal(count_of(card, CARDOS_CERTIFICATE, "a longer name", &number), 1);
}

static void pin_works(struct cardos_card *card)
{
	assert_int_equal(login(card), CARDOS_OK);
}

static void nothing(struct cardos_card *card)
{
	(void)card;
}

/* The key and the certificate that were there before any errand. */
static void old_things_work(void)
{
	uint32_t number = 0;
	struct cardos_card *card = open_card();
	assert_int_equal(sign(card), CARDOS_OK);
	assert_int_equal(count_of(card, CARDOS_PUBLIC_KEY, "old", &number), 1);
	assert_int_equal(count_of(card, CARDOS_CERTIFICATE, "old", &number), 1);
	assert_null(cardos_card_close(card));
}

static void run_again(const struct errand *errand)
{
	struct cardos_card *card = open_card();
	assert_int_equal(errand->run(card), CARDOS_OK);
	assert_null(cardos_card_close(card));
	card = open_card();
	errand->finished(card);
	assert_null(cardos_card_close(card));
}

/* Cut at command n, with what was kept of the card before. false: the errand ended before. */
static bool cut_at(
	const struct memcard *from, const struct errand *errand, size_t n, bool after, bool old)
{
	memcard = *from;
	kept = old ? known : empty;
	(void)memcard_insert(&memcard);
	memcard.cut_at = n;
	memcard.cut_after = after;
	struct cardos_card *card = open_card();
	enum cardos_err err = errand->run(card);
	bool cut = memcard.gone;
	if (memcard.verifies > errand->verifies)
		fail_msg("%zu VERIFYs in one run cut at %zu", memcard.verifies, n);
	if (err != (cut ? CARDOS_E_REMOVED : CARDOS_OK) && err != CARDOS_OK)
		fail_msg("cut at %zu: %s", n, cardos_err_text(err));
	if (cut && err != CARDOS_OK)
		assert_false(cardos_logged_in(card, CARDOS_PIN_USER));
	assert_null(cardos_card_close(card));
	(void)memcard_insert(&memcard);
	if (old)
		old_things_work();
	if (err != CARDOS_OK) {
		run_again(errand);
	} else {
		card = open_card();
		errand->finished(card);
		assert_null(cardos_card_close(card));
	}
	return cut;
}

static void cut_everywhere(const struct memcard *from, const struct errand *errand, bool old)
{
	for (int after = 0; after < 2; after++) {
		size_t n = 1;
		while (cut_at(from, errand, n, after, old))
			assert_true(++n < COMMANDS_MAX);
		assert_true(n > 2);
	}
}

static void login_and_signature(void **state)
{
	static const struct errand errand = { sign, nothing, 1 };
	(void)state;
	cut_everywhere(&ready, &errand, true);
}

static void storing_a_certificate(void **state)
{
	static const struct errand errand = { store, one_new_certificate, 1 };
	(void)state;
	cut_everywhere(&ready, &errand, true);
}

static void deleting_a_certificate(void **state)
{
	static const struct errand errand = { delete, certificate_is_gone, 1 };
	(void)state;
	cut_everywhere(&ready, &errand, true);
}

static void renaming_a_certificate(void **state)
{
	static const struct errand errand = { rename_certificate, certificate_is_renamed, 1 };
	(void)state;
	cut_everywhere(&ready, &errand, true);
}

static void generating_leaves_one_key_or_none(void **state)
{
	static const struct errand errand = { generate, one_new_pair, 1 };
	(void)state;
	cut_everywhere(&ready, &errand, true);
}

static void changing_the_pin(void **state)
{
	static const struct errand errand = { change_pin, pin_works, 0 };
	(void)state;
	cut_everywhere(&ready, &errand, true);
}

static void making_a_blank_card(void **state)
{
	static const struct errand errand = { initialise, nothing, 2 };
	(void)state;
	cut_everywhere(&blank, &errand, false);
}

static void making_a_used_card(void **state)
{
	static const struct errand errand = { initialise, nothing, 2 };
	(void)state;
	cut_everywhere(&ready, &errand, false);
}

static void making_the_first_pin(void **state)
{
	/* PUK, then the new PIN for the directory */
	static const struct errand errand = { set_pin, pin_works, 2 };
	static struct memcard without;
	(void)state;
	memcard = blank;
	struct cardos_card *card = open_card();
	assert_int_equal(initialise(card), CARDOS_OK);
	assert_null(cardos_card_close(card));
	without = memcard;
	cut_everywhere(&without, &errand, false);
	cut_everywhere(&ready, &errand, true);
}

static void a_full_card_says_so_and_keeps_what_it_had(void **state)
{
	(void)state;
	memcard = ready;
	(void)memcard_insert(&memcard);
	memcard.room = VALUE_LEN - 1;
	struct cardos_card *card = open_card();
	assert_int_equal(store(card), CARDOS_E_FULL);
	assert_int_equal(generate(card), CARDOS_E_FULL);
	assert_null(cardos_card_close(card));
	old_things_work();
}

static int prepare(void **state)
{
	(void)state;
	pin = secret_new("123456", 6);
	puk = secret_new("87654321", 8);
	value[0] = 0x30;
	value[1] = 0x82;
	value[2] = (VALUE_LEN - 4) >> 8;
	value[3] = (VALUE_LEN - 4) & 0xFF;
	(void)memcard_start(&blank);
	memcard = blank;
	struct cardos_card *card = open_card();
	bool good = initialise(card) == CARDOS_OK && set_pin(card) == CARDOS_OK &&
		    generate_as(card, "old") == CARDOS_OK && store_as(card, "del") == CARDOS_OK &&
		    store_as(card, "old") == CARDOS_OK;
	(void)cardos_card_close(card);
	memcard_age(&memcard);
	ready = memcard;
	card = open_card();
	uint32_t number = 0;
	good = good && count_of(card, CARDOS_CERTIFICATE, "old", &number) == 1;
	(void)cardos_card_close(card);
	known = kept;
	return good && known.len > 0 ? 0 : -1;
}

static int clear(void **state)
{
	(void)state;
	pin = secret_free(pin);
	puk = secret_free(puk);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(login_and_signature),
		cmocka_unit_test(storing_a_certificate),
		cmocka_unit_test(deleting_a_certificate),
		cmocka_unit_test(renaming_a_certificate),
		cmocka_unit_test(generating_leaves_one_key_or_none),
		cmocka_unit_test(changing_the_pin),
		cmocka_unit_test(making_a_blank_card),
		cmocka_unit_test(making_a_used_card),
		cmocka_unit_test(making_the_first_pin),
		cmocka_unit_test(a_full_card_says_so_and_keeps_what_it_had),
	};
	return cmocka_run_group_tests(tests, prepare, clear);
}
