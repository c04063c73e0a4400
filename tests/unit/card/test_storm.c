/* SPDX-License-Identifier: Apache-2.0 */
/* A storm of half-sensible commands: whatever comes, the card answers, and its file can be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit5.h"

#include <stdio.h>
#include <unistd.h>

#define COMMANDS 60000
#define STATE_EVERY 1000

static uint32_t random_state;

/* Marsaglia's xorshift: the same storm each time. */
static uint32_t next_random(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % below;
}

static const char *const openings[] = { "00A40000023F00", "00A4080C025015", "00A40800045015440100",
	"00A40400", "00B00000", "00B20104", "00B0", "00D60000", "00D0", "00DC0104", "00E20000",
	"00E00000 1B 6219 80020010 8201", "00E00000 1B 6219 81020010 820138 8302",
	"00E00000 1F 621D 80020004 8205 02210002", "00E40000", "00E4000002 44", "80160200",
	"80160201", "80100000", "00DA016E 1D 8302", "00DA016E 99 83022010 8508", "00DA016D 0F 8301",
	"00460000", "0046000008 2010 4401 0010 0020", "002241B603 8301", "002241B803 8301",
	"00220301", "002A9E9A", "102A9E9A", "002A8086", "00200081", VERIFY, "0024008110",
	"002C008110", "002C02", "00840000", "0082008708", "80860000", "80EA0000", "00040000",
	"00440000", "84060000 10", "84400001 20", "00C00000", "00CA018200", "00CA01", "00A4030C",
	"0084000010", "8016020000", "00E000001B 6219 80020010 820105 83024401 850100 8609[00*9]",
	"00E000001B 6219 80020010 820101 83024401 850100 8609[00*9]", "00A4080C0450154401",
	"00E2000004 1002AABB", "00B2010400", "00B0000000", "00D6000404 AABBCCDD",
	"00DA016E1D 83020003 8508020387 03FFFF0004 8603000304 8F08" PIN8, "0020008308" PIN8,
	"002C008110" PUK8 PIN8, "00E4000002 4401", "00220301", "00", "" };

static const char *const openings5[] = { "00A40000023F00", "00A4080C025015", "00A40800045015440100",
	"00A4090C02", "00B00000", "00B2010400", "00D60000", "00DC0104", "00E20000",
	"00E2000004 1002AABB", "00E0000016 6214 820101 80020010 8800 AB05 81009000 8302440188",
	"00E0000015 6213 820101 80020010 8800 AB04 81009000 83024401",
	"00E0000015 6213 820104 80020010 8800 AB04 81009000 83024402",
	"00E0000011 6216 820138 C1020010 AB04", "00E40000024401", "00E4000002", "8016020000",
	"80100000", "00DA016E 30 8301", "00DA016E 30 830101 8503200000 C201", "00DA016D03830101",
	"00DA016C 20 8301", "00478200 17 B615 8301", "0047830017 B615 830101 8503200000",
	"90E45881", "90E458", "80E0010007 80020010 5301AF 00", "80E00100",
	"80E0000005 5303FFFFFF 00", "801802", "002241B606 840101 950140",
	"002241B609 840101 950140 8001", "002241B8", "0022F301", "002A9E9A", "102A9E9A", "002A8086",
	"002A80A6 20 9C", "00200081", VERIFY, "0024008110", "002C008110", "00840000", "80EA0000",
	"00CA018B00", "00CA01", "84060000", "00C00000", "" };

static void random_command(struct vc_buf *apdu, bool v5)
{
	size_t count = v5 ? sizeof(openings5) / sizeof(openings5[0])
			  : sizeof(openings) / sizeof(openings[0]);
	const char *const *list = v5 ? openings5 : openings;
	uint32_t tail = next_random(4) ? next_random(24) : next_random(400);

	kit_hex(list[next_random((uint32_t)count)], apdu);
	if (next_random(2))
		while (tail--)
			vc_buf_byte(apdu, next_random(3) ? next_random(256) : next_random(4));
	if (apdu->len > 5 && !next_random(3) && apdu->len - 5 < 256)
		apdu->data[4] = (uint8_t)(apdu->len - 5);
	if (apdu->len && !next_random(8))
		apdu->data[next_random((uint32_t)apdu->len)] = (uint8_t)next_random(256);
}

static void check_state_file(struct vcard *card, const char *path)
{
	char error[VC_ERROR_MAX] = "";

	assert_true(vcard_keep(card, path));
	struct vcard *copy = vcard_load(path, error);

	if (!copy)
		fail_msg("%s", error);
	vcard_free(copy);
}

static struct vcard *fresh_card(bool v5, const char *switches)
{
	return v5 ? kit5_card("v5.3", switches) : kit_pin_card("v4.4", switches);
}

static void storm(bool v5, const char *switches, uint32_t seed)
{
	CLEANUP(vc_buf_clear) struct vc_buf apdu = { 0 }, answer = { 0 };
	char path[64];
	unsigned done = 0;
	struct vcard *card = fresh_card(v5, switches), *fresh;

	random_state = seed;
	snprintf(path, sizeof(path), "twca-vcard-storm-%d", (int)getpid());
	for (unsigned i = 1; i <= COMMANDS; i++) {
		random_command(&apdu, v5);
		if (apdu.len > 1 && apdu.data[1] == 0x46 && next_random(50))
			continue; /* key generation takes too long to come often */
		vcard_apdu(card, apdu.data, apdu.len, &answer);
		assert_in_range(answer.len, 2, 65538);
		assert_true(answer.data[answer.len - 2] >= 0x61);
		done += answer.data[answer.len - 2] == 0x90;
		if (i % STATE_EVERY == 0) {
			fresh = fresh_card(v5, switches);
			check_state_file(card, path);
			vcard_free(card);
			card = fresh;
		}
		if (!next_random(200))
			vcard_reset(card);
	}
	/* A storm of refusals alone would reach nothing. */
	print_message("%u of %u done\n", done, COMMANDS);
	assert_true(done > COMMANDS / 10);
	vcard_free(card);
	unlink(path);
}

static void every_command_is_answered(void **state)
{
	(void)state;
	storm(false, NULL, 2463534242U);
}

static void every_command_is_answered_with_other_switches(void **state)
{
	(void)state;
	storm(false,
		"answer=get-response directory=full fci=long short-le=cut chain-break=6884 "
		"oci-existing=keep key-search=up admin-only=none read-end=empty",
		88172645U);
}

static void every_command_is_answered_by_v5(void **state)
{
	(void)state;
	storm(true, NULL, 521288629U);
	storm(true, "curves=known no-pin=pso key-search=up delete-rule=both", 362436069U);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_answered),
		cmocka_unit_test(every_command_is_answered_with_other_switches),
		cmocka_unit_test(every_command_is_answered_by_v5),
	};

	return cmocka_run_group_tests_name("storm", tests, NULL, NULL);
}
