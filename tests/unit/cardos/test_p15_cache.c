/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a card between processes: how few commands the second bind takes, what is never
 * kept, and that nothing is shown which the card does not have any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "card.h"
#include "digest.h"
#include "memcard.h"
#include "memstore.h"
#include "p15_cache.h"
#include "p15_state.h"
#include "secret.h"

#define CERTIFICATE_LEN 700
#define APP 0x5015

static struct memcard memcard;
static struct memstore store;
static struct cardos_card *card;
static uint8_t certificate[CERTIFICATE_LEN];

/* A DER value of that length; what is in it nobody here looks at. */
static void make_certificate(uint8_t fill)
{
	memset(certificate, fill, sizeof(certificate));
	certificate[0] = 0x30;
	certificate[1] = 0x82;
	certificate[2] = (CERTIFICATE_LEN - 4) >> 8;
	certificate[3] = (CERTIFICATE_LEN - 4) & 0xFF;
}

/* A new process. */
static void open_card(void)
{
	const struct cardos_cache cache = memstore_cache(&store);
	bool reset = false;
	assert_int_equal(cardos_card_open_on(memcard_insert(&memcard), &card), CARDOS_OK);
	cardos_card_cache(card, &cache);
	assert_int_equal(cardos_begin(card, &reset), CARDOS_OK);
	memcard.count = 0;
}

static void close_card(void)
{
	card = cardos_card_close(card);
}

static void login(void)
{
	struct secret *pin = secret_new("123456", 6);
	int tries = -1;
	assert_int_equal(cardos_login(card, CARDOS_PIN_USER, pin, &tries), CARDOS_OK);
	secret_free(pin);
}

static uint32_t store_value(enum cardos_class class, const char *label, bool private)
{
	const struct cardos_store params = { .class = class,
		.value = certificate,
		.value_len = sizeof(certificate),
		.id = (const uint8_t *)"E",
		.id_len = 1,
		.label = label,
		.application = "unit",
		.private = private };
	uint32_t number = 0;
	assert_int_equal(cardos_object_store(card, &params, &number), CARDOS_OK);
	return number;
}

/* How many objects there are; every value is read. */
static size_t look(void)
{
	const struct cardos_object *list = NULL;
	const uint8_t *value = NULL;
	size_t count = 0, len = 0;
	assert_int_equal(cardos_objects(card, &list, &count), CARDOS_OK);
	for (size_t i = 0; i < count; i++) {
		if (list[i].class != CARDOS_CERTIFICATE)
			continue;
		assert_int_equal(
			cardos_object_value(card, list[i].number, &value, &len), CARDOS_OK);
		assert_int_equal(len, sizeof(certificate));
		assert_memory_equal(value, certificate, len);
	}
	return count;
}

/* A process that looks at all of the card; the commands it took. */
static size_t visit(size_t expected)
{
	open_card();
	assert_int_equal(look(), expected);
	const size_t commands = memcard.count;
	close_card();
	return commands;
}

/* A card with one certificate, whose last write was long ago. */
static int start(void **state)
{
	struct cos_card *device = NULL;
	static struct p15 p15;
	(void)state;
	memset(&store, 0, sizeof(store));
	make_certificate(0x11);
	memcard_personalise(&memcard, &device, &p15);
	p15_done(&p15);
	cos_card_free(device);
	open_card();
	login();
	(void)store_value(CARDOS_CERTIFICATE, "one", false);
	close_card();
	memcard_age(&memcard);
	return 0;
}

static struct memcard_file *token_file(void)
{
	return memcard_file(&memcard, APP, 0x5032);
}

/* The file with the certificate: the only one that begins like it. */
static struct memcard_file *certificate_file(void)
{
	struct memcard_file *file = memcard_file(&memcard, APP, 0x3100);
	assert_non_null(file);
	return file;
}

static void the_second_process_reads_token_info_alone(void **state)
{
	(void)state;
	const size_t cold = visit(1);
	assert_int_equal(store.saves, 1);
	assert_memory_equal(store.name, "card-", 5);
	assert_true(cold > 10);
	assert_int_equal(visit(1), 2); /* SELECT and READ of TokenInfo */
	assert_int_equal(store.saves, 1);
}

static void a_card_that_was_just_written_to_is_not_kept(void **state)
{
	(void)state;
	open_card();
	login();
	(void)store_value(CARDOS_DATA, "now", false);
	close_card();
	const size_t cold = visit(2);
	assert_int_equal(store.saves, 0);
	assert_int_equal(visit(2), cold);
}

static void a_write_makes_what_was_kept_old(void **state)
{
	(void)state;
	(void)visit(1);
	open_card();
	login();
	(void)store_value(CARDOS_DATA, "two", false);
	close_card();
	assert_true(visit(2) > 2);
	memcard_age(&memcard);
	memcpy(token_file()->bytes + token_file()->size - 3, "01Z", 3); /* another second */
	(void)visit(2);
	assert_int_equal(visit(2), 2);
}

/* As a program leaves it that was interrupted before it moved the mark. */
static void a_write_is_never_made_from_what_was_kept(void **state)
{
	struct memcard_file mark;
	uint32_t number = 0;
	const struct cardos_object *list = NULL;
	size_t count = 0;
	(void)state;
	(void)visit(1);
	mark = *token_file();
	open_card();
	login();
	(void)store_value(CARDOS_CERTIFICATE, "two", false);
	close_card();
	*token_file() = mark;
	assert_int_equal(visit(1), 2); /* the old picture */
	open_card();
	login();
	assert_int_equal(cardos_objects(card, &list, &count), CARDOS_OK);
	assert_int_equal(count, 1);
	number = list[0].number;
	(void)store_value(CARDOS_CERTIFICATE, "three", false);
	assert_int_equal(look(), 3); /* ... has cost nothing */
	assert_int_equal(cardos_objects(card, &list, &count), CARDOS_OK);
	assert_int_equal(list[0].number, number);
	assert_string_equal(list[0].label, "one");
	close_card();
	(void)visit(3);
}

static void private_things_are_never_kept(void **state)
{
	static const uint8_t secret_bytes[8] = { 0x5E, 0xC2, 0xE7, 0x5E, 0xC2, 0xE7, 0x11, 0x22 };
	const uint8_t *value = NULL;
	size_t len = 0;
	(void)state;
	open_card();
	login();
	memcpy(certificate + 100, secret_bytes, sizeof(secret_bytes));
	(void)store_value(CARDOS_DATA, "mine", true);
	make_certificate(0x11);
	close_card();
	memcard_age(&memcard);
	open_card();
	assert_int_equal(look(), 2);
	cardos_end(card);
	close_card();
	const size_t saves = store.saves;
	assert_true(store.len > sizeof(certificate));
	open_card();
	login();
	const struct cardos_object *list = NULL;
	size_t count = 0;
	assert_int_equal(cardos_objects(card, &list, &count), CARDOS_OK);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(
			cardos_object_value(card, list[i].number, &value, &len), CARDOS_OK);
	close_card();
	assert_int_equal(store.saves, saves);
	assert_false(memstore_holds(&store, secret_bytes, sizeof(secret_bytes)));
	assert_false(memstore_holds(&store, "123456", 6));
	assert_true(memstore_holds(&store, certificate, sizeof(certificate)));
}

/* What only a login shows is not taken for public. */
static void directories_read_after_a_login_are_not_kept(void **state)
{
	(void)state;
	open_card();
	login();
	assert_int_equal(look(), 1);
	close_card();
	assert_true(memstore_holds(&store, certificate, sizeof(certificate)));
	const size_t cold = visit(1);
	assert_true(cold > 2);
	assert_int_equal(visit(1), 2);
}

/* Every byte wrong, and every end: the card is read, and what it says is shown. */
static void what_is_broken_counts_as_nothing(void **state)
{
	static struct memstore whole;
	(void)state;
	(void)visit(1);
	whole = store;
	for (size_t at = 0; at < whole.len; at++) {
		store = whole;
		store.bytes[at] ^= 0x40;
		assert_true(visit(1) > 2);
	}
	for (size_t len = 0; len < whole.len; len++) {
		store = whole;
		store.len = len;
		assert_true(visit(1) > 2);
	}
}

/* The same, under a digest that is right: bytes of whoever may write the user's files. */
static void what_is_forged_harms_nothing(void **state)
{
	static struct memstore whole;
	(void)state;
	(void)visit(1);
	whole = store;
	for (size_t at = 48; at < whole.len; at++) {
		const struct cardos_object *list = NULL;
		const uint8_t *value = NULL;
		size_t count = 0, len = 0;
		store = whole;
		store.bytes[at] ^= 0x81;
		memstore_seal(&store);
		open_card();
		if (cardos_objects(card, &list, &count) == CARDOS_OK) {
			for (size_t i = 0; i < count; i++)
				(void)cardos_object_value(card, list[i].number, &value, &len);
		}
		close_card();
	}
}

/* lastUpdate of another maker proves nothing: directories are read, certificates confirmed. */
static void another_makers_mark_is_not_believed(void **state)
{
	(void)state;
	uint8_t *maker = memmem(token_file()->bytes, token_file()->size, "twca-pkcs11", 11);
	assert_non_null(maker);
	memcpy(maker, "Some Maker!", 11);
	const size_t cold = visit(1), warm = visit(1);
	assert_true(warm < cold && warm > 2);
	/* overwritten in place, no mark moved: seen at once */
	make_certificate(0x22);
	memcpy(certificate_file()->bytes, certificate, sizeof(certificate));
	assert_true(visit(1) > warm);
	assert_int_equal(visit(1), warm);
	/* gone */
	certificate_file()->used = false;
	const struct cardos_object *list = NULL;
	const uint8_t *value = NULL;
	size_t count = 0, len = 0;
	open_card();
	assert_int_equal(cardos_objects(card, &list, &count), CARDOS_OK);
	assert_int_equal(
		cardos_object_value(card, list[0].number, &value, &len), CARDOS_E_NOT_FOUND);
	close_card();
}

static void a_file_that_is_not_there_is_not_looked_for_again(void **state)
{
	const struct cardos_object *list = NULL;
	const uint8_t *value = NULL;
	size_t count = 0, len = 0;
	(void)state;
	certificate_file()->used = false;
	for (int round = 0; round < 2; round++) {
		open_card();
		assert_int_equal(cardos_objects(card, &list, &count), CARDOS_OK);
		for (int again = 0; again < 3; again++)
			assert_int_equal(cardos_object_value(card, list[0].number, &value, &len),
				CARDOS_E_NOT_FOUND);
		if (round == 1)
			assert_int_equal(memcard.count, 2);
		close_card();
	}
}

static void another_card_has_its_own(void **state)
{
	(void)state;
	(void)visit(1);
	uint8_t *serial = token_file()->bytes + 7; /* 30 L 02 01 00 04 L serial */
	serial[0] ^= 0xFF;
	assert_true(visit(1) > 2);
}

static void what_does_not_fit_is_not_kept(void **state)
{
	static uint8_t large[P15_CACHE_VALUE_MAX + 1];
	const struct cardos_cache at = memstore_cache(&store);
	struct p15_token token = { .serial = { 1 }, .serial_len = 1 };
	struct p15_cache_key key = { .kind = P15_CACHE_VALUE };
	struct p15_cache_value value = { .bytes = large, .len = sizeof(large) };
	struct digest digest = { NULL };
	struct p15_cache *cache = p15_cache_new(&at, &digest);
	(void)state;
	assert_non_null(cache);
	p15_cache_open(cache, &token, certificate, 10, 0);
	assert_int_equal(p15_cache_belief(cache), P15_BELIEVE_CONFIRMED);
	p15_cache_put(cache, &key, &value);
	assert_false(p15_cache_find(cache, &key, &value));
	value = (struct p15_cache_value){ .bytes = large, .len = 100 };
	for (key.offset = 0; key.offset < 2 * P15_CACHE_ENTRIES_MAX; key.offset++)
		p15_cache_put(cache, &key, &value);
	key.offset = 0;
	assert_true(p15_cache_find(cache, &key, &value));
	key.offset = P15_CACHE_ENTRIES_MAX;
	assert_false(p15_cache_find(cache, &key, &value));
	p15_cache_close(cache);
	value = (struct p15_cache_value){ .bytes = large, .len = P15_CACHE_VALUE_MAX };
	p15_cache_open(cache, &token, certificate, 10, 0);
	for (key.offset = 0; key.offset < 100; key.offset++)
		p15_cache_put(cache, &key, &value);
	key.offset = 99;
	assert_false(p15_cache_find(cache, &key, &value));
	(void)p15_cache_free(cache);
	digest_done(&digest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_second_process_reads_token_info_alone, start),
		cmocka_unit_test_setup(a_card_that_was_just_written_to_is_not_kept, start),
		cmocka_unit_test_setup(a_write_makes_what_was_kept_old, start),
		cmocka_unit_test_setup(a_write_is_never_made_from_what_was_kept, start),
		cmocka_unit_test_setup(private_things_are_never_kept, start),
		cmocka_unit_test_setup(directories_read_after_a_login_are_not_kept, start),
		cmocka_unit_test_setup(what_is_broken_counts_as_nothing, start),
		cmocka_unit_test_setup(what_is_forged_harms_nothing, start),
		cmocka_unit_test_setup(another_makers_mark_is_not_believed, start),
		cmocka_unit_test_setup(a_file_that_is_not_there_is_not_looked_for_again, start),
		cmocka_unit_test_setup(another_card_has_its_own, start),
		cmocka_unit_test_setup(what_does_not_fit_is_not_kept, start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
