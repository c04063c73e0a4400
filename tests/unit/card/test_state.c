/* SPDX-License-Identifier: Apache-2.0 */
/* The state file: kept before each answer, refused when damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];

static void new_path(void)
{
	static unsigned number;

	snprintf(path, sizeof(path), "twca-vcard-test-%d-%u", (int)getpid(), number++);
}

static struct vcard *load(void)
{
	char error[VC_ERROR_MAX] = "";
	struct vcard *card = vcard_load(path, error);

	if (!card)
		fail_msg("%s", error);
	return card;
}

static void expect_refusal(const char *text, size_t len, const char *why)
{
	char error[VC_ERROR_MAX] = "";
	FILE *out = fopen(path, "we");

	assert_int_equal(fwrite(text, 1, len, out), len);
	fclose(out);
	assert_null(vcard_load(path, error));
	assert_non_null(strstr(error, why));
	assert_non_null(strstr(error, path));
}

static size_t read_back(char *text, size_t size)
{
	FILE *in = fopen(path, "re");
	size_t len = fread(text, 1, size, in);

	fclose(in);
	return len;
}

static void everything_in_the_eeprom_survives(void **state)
{
	struct vcard *card = kit_pin_card("v4.3b", "fci=long data-field=400 text=A_B");
	uint8_t modulus[128];

	(void)state;
	new_path();
	assert_true(vcard_keep(card, path));
	kit_key(card, 0x11, 0x8C, modulus);
	kit_expect(card, "00DA016D0F 830101 86020000 8F06000000000000", "9000");
	kit_expect(card, "00E000001B 6219 80020010 820145 83024401 850100 8609 000102030405060708",
		"9000");
	kit_expect(card, "00E000001B 6219 80020002 820141 83024402 850100 8609[00*9]", "9000");
	kit_expect(card, "00D6000002 ABCD", "9000");
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, "80100000", "9000");
	vcard_free(card);
	card = load();
	kit_expect(card, "00CA018300", "10 9000");
	kit_expect(card, "00CA018400", "9000");
	kit_expect(card, "00CA018000", "415F42 00 9000");
	kit_expect(card, "00CA018D00", "0190 9000");
	kit_expect(card, "00A4080004501544 01 00",
		"6F* 80020010 820145 83024401 850100 8609 000102030405060708 9000");
	kit_expect(card, "00A4080C0450154402", "9000");
	kit_expect(card, "00B0000000", "ABCD 9000");
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, "0020008108" WRONG8, "6300");
	kit_expect(card, VERIFY, "6983");
	kit_expect(card, "002C008110" PUK8 PIN8, "9000");
	kit_expect(card, VERIFY, "9000");
	kit_expect(card, "00A4080C025015", "9000");
	kit_expect(card, "002241B603 830111", "9000");
	kit_expect(card, "002A9E9A80 0001[FF*125]00 00", "* 9000");
	vcard_free(card);
	unlink(path);
}

static void the_counter_is_in_the_file_before_the_answer(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", "wrong-pin=63cx"), *other;

	(void)state;
	new_path();
	assert_true(vcard_keep(card, path));
	kit_expect(card, "0020008108" WRONG8, "63C2");
	other = load();
	kit_expect(other, "0020008108" WRONG8, "63C1");
	vcard_free(other);
	vcard_free(card);
	unlink(path);
}

static void a_torn_write_is_in_the_file_as_it_was_torn(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	new_path();
	assert_true(vcard_keep(card, path));
	kit_expect(card, "00E000001B 6219 80020004 820101 83024401 850100 8609[00*9]", "9000");
	vcard_tear(card, 1);
	kit_expect(card, "00D6000004 AABBCCDD", "");
	vcard_free(card);
	card = load();
	kit_expect(card, "00A4080C0450154401", "9000");
	kit_expect(card, "00B0000000", "AABB0000 9000");
	vcard_free(card);
	unlink(path);
}

static void a_file_that_cannot_be_written_is_a_memory_failure(void **state)
{
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	new_path();
	assert_int_equal(mkdir(path, 0700), 0);
	char inside[80];

	snprintf(inside, sizeof(inside), "%s/state", path);
	assert_true(vcard_keep(card, inside));
	unlink(inside);
	rmdir(path);
	/* The try could not be spent durably, so nothing was compared and nothing is verified. */
	kit_expect(card, VERIFY, "6581");
	assert_false(vcard_keep(card, inside));
	assert_int_equal(mkdir(path, 0700), 0);
	kit_expect(card, "00CA018400", "9000");
	unlink(inside);
	rmdir(path);
	vcard_free(card);
}

static void damage_is_refused_with_a_reason(void **state)
{
	static char text[65536], copy[65536];
	struct vcard *card = kit_pin_card("v4.4", NULL);

	(void)state;
	new_path();
	assert_true(vcard_keep(card, path));
	vcard_free(card);
	size_t len = read_back(text, sizeof(text));

	expect_refusal(text, 0, "not a state file");
	expect_refusal("twca-vcard 1\n", 13, "damaged");
	expect_refusal(text, len - 1, "damaged");
	expect_refusal(text, len / 2, "damaged");
	for (size_t at = 13; at < len - 1; at += 7) {
		memcpy(copy, text, len);
		copy[at] = copy[at] == '0' ? '1' : '0';
		expect_refusal(copy, len, "damaged");
	}
	unlink(path);
	char error[VC_ERROR_MAX];

	assert_null(vcard_load(path, error));
	assert_non_null(strstr(error, "No such file"));
}

/* With a right hash around wrong lines the parser itself is asked. */
static void senseless_lines_are_refused_with_their_number(void **state)
{
	static const struct {
		const char *body, *why;
	} rows[] = {
		{ "card v9.9\n", "line 2" },
		{ "card v4.4\ncard v4.4\n", "line 3" },
		{ "phase 20\n", "line 2" },
		{ "card v4.4\nphase 21\n", "line 3" },
		{ "card v4.4\nserial 00\n", "line 3" },
		{ "card v4.4\nswitch nothing=1\n", "line 3" },
		{ "card v4.4\nfile 1 3F00 0 0 0 128 0 0 000000000000000000 -\n", "line 3" },
		{ "card v4.4\nfile 0 3F00 1 0 0 128 0 0 000000000000000000 -\n", "line 3" },
		{ "card v4.4\nfile 0 3F00 0 0 0 99999 0 0 000000000000000000 -\n", "line 3" },
		{ "card v4.4\nobject 00 01 0203870300000004 00 31\n", "line 3" },
		{ "card v4.4\ndata 00\n", "line 3" },
		{ "card v4.4\nrecord 00\n", "line 3" },
		{ "card v4.4\nnothing\n", "line 3" },
		{ "card v4.4\nphase 20\n", "no card" },
		{ "", "no card" },
	};

	(void)state;
	new_path();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		int len = snprintf(text, sizeof(text), "twca-vcard 1\n%s", rows[i].body);
		uint8_t hash[32];

		assert_true(EVP_Q_digest(NULL, "SHA256", NULL, text, (size_t)len, hash, NULL));
		len += snprintf(text + len, sizeof(text) - (size_t)len, "sha256 ");
		for (size_t k = 0; k < sizeof(hash); k++)
			len += snprintf(text + len, sizeof(text) - (size_t)len, "%02X", hash[k]);
		text[len++] = '\n';
		expect_refusal(text, (size_t)len, rows[i].why);
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_in_the_eeprom_survives),
		cmocka_unit_test(the_counter_is_in_the_file_before_the_answer),
		cmocka_unit_test(a_torn_write_is_in_the_file_as_it_was_torn),
		cmocka_unit_test(a_file_that_cannot_be_written_is_a_memory_failure),
		cmocka_unit_test(damage_is_refused_with_a_reason),
		cmocka_unit_test(senseless_lines_are_refused_with_their_number),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
