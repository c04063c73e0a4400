/* SPDX-License-Identifier: Apache-2.0 */
/* The layouts of personalised V5 cards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct vcard_personalise params = { "123456", "12345678", "Anna", "20261121084930Z",
	"778899" };

#define PIN12 "313233343536000000000000"
#define SIGN12 "373738383939000000000000"

static struct vcard *made(const char *switches)
{
	struct vcard *card = kit_card("v5.3", switches);
	const char *why;

	assert_true(vcard_personalise(card, &params, &why));
	return card;
}

static void the_maker_s_card_has_two_pins(void **state)
{
	struct vcard *card = made(NULL);

	(void)state;
	kit_expect(card, "00CA018300", "10 9000");
	kit_expect(card, "00A4000C023F00", "9000");
	kit_expect(card, "00200081", "63C3");
	kit_expect(card, "00A4080C0650155073 4B03", "9000");
	kit_expect(card, "002241B609 840103 950140 800110", "6982");
	kit_expect(card, "002000810C" PIN12, "9000");
	kit_expect(card, "002241B609 840103 950140 800110", "6982");
	kit_expect(card, "002000850C" SIGN12, "9000");
	kit_expect(card, "002241B609 840103 950140 800110", "9000");
	kit_expect(card, "002A9E9A20 [33*32] 00", "* 9000");
	/* One verification, one signature. */
	kit_expect(card, "002A9E9A20 [33*32] 00", "6982");
	kit_expect(card, "002241B609 840103 950140 800110", "6982");
	kit_expect(card, "00A4080C06501550724B02", "9000");
	kit_expect(card, "002241B609 840102 950140 800130", "9000");
	kit_expect(card, "002A9E9A20 [33*32] 00", "* 9000");
	kit_expect(card, "002A9E9A20 [33*32] 00", "* 9000");
	vcard_free(card);
}

static void its_files_are_guarded(void **state)
{
	struct vcard *card = made(NULL);

	(void)state;
	kit_expect(card, "00A4080C045015C004", "9000");
	kit_expect(card, "00B0000004", "6982");
	kit_expect(card, "002000810C" PIN12, "9000");
	kit_expect(card, "00B0000004", "3082.... 9000");
	kit_expect(card, "00A4080C0450150D02", "9000");
	kit_expect(card, "00B0000004", "6982");
	kit_expect(card, "00A4080C0650155072C001", "9000");
	kit_expect(card, "00D6000001AA", "6982");
	kit_expect(card, "00A4040C0FE828BD080FA000000167455349474E", "6A82");
	kit_expect(card, "00A4040C09E80704007F00070302", "6A82");
	kit_expect(card, "00A4040C07D2760001448000", "6A82");
	vcard_free(card);
}

static void rules_may_be_references(void **state)
{
	struct vcard *card = made("arr=yes");

	(void)state;
	kit_expect(card, "00A408000450155031 00", "6F81* 8B032F1202 9000");
	kit_expect(card, "00A4080C022F12", "9000");
	kit_expect(card, "00B2010400", "8001019000 9000");
	kit_expect(card, "00A4080C045015C004", "9000");
	kit_expect(card, "00B0000004", "6982");
	vcard_free(card);
}

static void directories_may_be_records(void **state)
{
	struct vcard *card = made("df-files=all");

	(void)state;
	kit_expect(card, "00A408000450155031 00", "6F81* 820105 * 9000");
	kit_expect(card, "00B2010400", "000C A80A 3008 0406 3F0050154401 9000");
	kit_expect(card, "00B2060400", "6A83");
	vcard_free(card);
}

static void the_foreign_card_is_known_by_its_name(void **state)
{
	struct vcard *card = made("layout=foreign");

	(void)state;
	kit_expect(card, "00A4080C022F00", "6A82");
	kit_expect(card, "00A4080C025015", "6A82");
	kit_expect(card, "00A4040C06D27600006601", "9000");
	kit_expect(card, "00200087", "63C3");
	kit_expect(card, "002000870C" PIN12, "9000");
	kit_expect(card, "002241B609 840105 950140 800130", "9000");
	kit_expect(card, "002A9E9A20 [33*32] 00", "* 9000");
	kit_expect(card, "00A4090C02C101", "9000");
	kit_expect(card, "00B0000002", "3082 9000");
	vcard_free(card);
}

static void the_plain_card_takes_keys_with_the_pin(void **state)
{
	struct vcard *card = made("layout=plain");

	(void)state;
	kit_expect(card, "00CA018300", "20 9000");
	kit_expect(card, "00A4080C025015", "9000");
	kit_expect(card, "80E0010006 80020010 5300 00", "6A80");
	kit_expect(card, "80E0010007 80020010 5301AF 00", "CF20 * 9000");
	kit_expect(card, "00E0000016 6214 820101 80020010 8800 AB05 8001019000 83024402", "6982");
	kit_expect(card, "0020008108" PIN8, "9000");
	kit_expect(card, "00E0000016 6214 820101 80020010 8800 AB05 8001019000 83024402", "9000");
	vcard_free(card);
}

static void a_state_file_keeps_all_of_it(void **state)
{
	struct vcard *card = made("arr=yes");
	char path[] = "/tmp/twca-vcard-layout-XXXXXX", error[VC_ERROR_MAX];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_true(vcard_keep(card, path));
	vcard_free(card);
	card = vcard_load(path, error);
	unlink(path);
	assert_non_null(card);
	kit_expect(card, "00A408000450155031 00", "6F81* 8B032F1202 9000");
	kit_expect(card, "002000810C" PIN12, "9000");
	kit_expect(card, "00A4080C06501550724B01", "9000");
	kit_expect(card, "002241B609 840101 950140 800110", "9000");
	kit_expect(card, "002A9E9A20 [33*32] 00", "* 9000");
	vcard_free(card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_maker_s_card_has_two_pins),
		cmocka_unit_test(its_files_are_guarded),
		cmocka_unit_test(rules_may_be_references),
		cmocka_unit_test(directories_may_be_records),
		cmocka_unit_test(the_foreign_card_is_known_by_its_name),
		cmocka_unit_test(the_plain_card_takes_keys_with_the_pin),
		cmocka_unit_test(a_state_file_keeps_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
