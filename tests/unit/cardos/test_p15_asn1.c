/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#15 structures against bytes OpenSC wrote. Samples: cardos-facts 7.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "p15_asn1.h"
#include "script.h"

#define ID20 "000102030405060708090A0B0C0D0E0F10111213"
#define PRKEY                                                                                      \
	"3043 300E 0C054B32303438 030206C0 040101 3021 0414" ID20 "03020274 030203B8 020110"       \
	"A10E 300C 3006 04043F005015 02020800"
#define PUKEY                                                                                      \
	"3041 300B 0C054B32303438 03020640 3020 0414" ID20 "0302008B 010100 020100"                \
	"A110 300E 3008 04063F0050153003 02020800"
#define CERT "301F 300A 0C0463657274 03020640 3003 040147 A10C 300A 3008 04063F0050153104"
#define DATA                                                                                       \
	"3027 300E 0C056461746131 030206C0 040101 3009 0C03617070 06022A03"                        \
	"A10A 3008 04063F0050153403"
#define PIN                                                                                        \
	"3037 300E 0C08557365722050494E 030206C0 3003 040101 A120 301E 0302024C 0A0101 020104"     \
	"020108 020108 800103 040100 3006 04043F005015"

static struct p15_entry decode(enum p15_df df, const char *hex)
{
	struct p15_entry entry;
	unsigned char der[256];
	size_t len = script_hex(hex, der, sizeof(der));
	assert_int_equal(p15_entry_decode(df, der, len, &entry), CARDOS_OK);
	return entry;
}

static void entries_of_OpenSC_are_read_and_written_alike(void **state)
{
	static const struct {
		enum p15_df df;
		const char *hex;
	} cases[] = { { P15_PRKDF, PRKEY }, { P15_PUKDF, PUKEY }, { P15_CDF, CERT } };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		unsigned char der[256];
		struct buf buf;
		size_t len = script_hex(cases[i].hex, der, sizeof(der));
		struct p15_entry entry = decode(cases[i].df, cases[i].hex);
		buf_init(&buf, 1024);
		assert_int_equal(p15_entry_encode(cases[i].df, &entry, &buf), CARDOS_OK);
		assert_int_equal(buf.len, len);
		assert_memory_equal(buf.bytes, der, len);
		buf_done(&buf);
	}
}

static void a_private_key_has_its_fields(void **state)
{
	struct p15_entry entry = decode(P15_PRKDF, PRKEY);
	(void)state;
	assert_string_equal(entry.object.label, "K2048");
	assert_int_equal(entry.object.bits, 2048);
	assert_int_equal(entry.reference, 0x10);
	assert_int_equal(entry.object.usage,
		CARDOS_USE_DECRYPT | CARDOS_USE_SIGN | CARDOS_USE_SIGN_RECOVER | CARDOS_USE_UNWRAP);
	assert_true(entry.object.private);
	assert_int_equal(entry.path.len, 2);
}

static void dates_of_keys_come_and_go(void **state)
{
	struct p15_entry key = { .object = { .class = CARDOS_PRIVATE_KEY,
					 .id = { 1 },
					 .id_len = 1,
					 .key_type = CARDOS_KEY_RSA,
					 .bits = 2048,
					 .usage = 4,
					 .dates = { "20260101", "20271231" } } };
	const struct cardos_dates later = { "", "20281231" };
	struct p15_entry read;
	struct buf der, changed;

	(void)state;
	buf_init(&der, 1024);
	buf_init(&changed, 1024);
	assert_int_equal(p15_entry_encode(P15_PRKDF, &key, &der), CARDOS_OK);
	/* GeneralizedTime, and [0] with one: from the first second to the last */
	assert_non_null(memmem(der.bytes, der.len,
		"\x18\x0f"
		"20260101000000Z",
		17));
	assert_non_null(memmem(der.bytes, der.len,
		"\x80\x0f"
		"20271231235959Z",
		17));
	assert_int_equal(p15_entry_decode(P15_PRKDF, der.bytes, der.len, &read), CARDOS_OK);
	assert_string_equal(read.object.dates.start, "20260101");
	assert_string_equal(read.object.dates.end, "20271231");
	assert_int_equal(p15_entry_rename(P15_PRKDF, der.bytes, der.len,
				 &(struct cardos_change){ .dates = &later }, &changed),
		CARDOS_OK);
	assert_int_equal(p15_entry_decode(P15_PRKDF, changed.bytes, changed.len, &read), CARDOS_OK);
	assert_string_equal(read.object.dates.start, "");
	assert_string_equal(read.object.dates.end, "20281231");
	buf_done(&der);
	buf_done(&changed);
}

static void a_data_object_keeps_its_oid_when_renamed(void **state)
{
	unsigned char der[256];
	struct buf buf;
	(void)state;
	size_t len = script_hex(DATA, der, sizeof(der));
	assert_string_equal(decode(P15_DODF, DATA).object.application, "app");
	buf_init(&buf, 1024);
	assert_int_equal(p15_entry_rename(P15_DODF, der, len,
				 &(struct cardos_change){ .label = "data2" }, &buf),
		CARDOS_OK);
	der[10] = '2';
	assert_int_equal(buf.len, len);
	assert_memory_equal(buf.bytes, der, len);
	buf_done(&buf);
}

static void a_pin_is_read_and_written_alike(void **state)
{
	unsigned char der[128];
	struct p15_pin pin;
	struct buf buf;
	(void)state;
	size_t len = script_hex(PIN, der, sizeof(der));
	assert_int_equal(p15_pin_decode(der, len, &pin), CARDOS_OK);
	assert_int_equal(pin.reference, 3);
	assert_int_equal(pin.min_len, 4);
	assert_int_equal(pin.flags, P15_PIN_LOCAL | P15_PIN_INITIALIZED | P15_PIN_NEEDS_PADDING);
	buf_init(&buf, 1024);
	assert_int_equal(p15_pin_encode(&pin, &buf), CARDOS_OK);
	assert_int_equal(buf.len, len);
	assert_memory_equal(buf.bytes, der, len);
	buf_done(&buf);
}

static void every_cut_and_every_changed_byte_is_survived(void **state)
{
	static const char *const cases[] = { PRKEY, PUKEY, CERT, DATA, PIN };
	(void)state;
	for (size_t i = 0; i < 5; i++) {
		unsigned char der[256];
		struct p15_entry entry;
		struct p15_pin pin;
		size_t len = script_hex(cases[i], der, sizeof(der));
		for (int df = 0; df < P15_DF_COUNT; df++) {
			for (size_t cut = 0; cut < len; cut++)
				assert_int_not_equal(
					p15_entry_decode((enum p15_df)df, der, cut, &entry),
					CARDOS_OK);
			for (size_t at = 0; at < len; at++) {
				der[at] ^= 0x81;
				(void)p15_entry_decode((enum p15_df)df, der, len, &entry);
				(void)p15_pin_decode(der, len, &pin);
				der[at] ^= 0x81;
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_OpenSC_are_read_and_written_alike),
		cmocka_unit_test(a_private_key_has_its_fields),
		cmocka_unit_test(dates_of_keys_come_and_go),
		cmocka_unit_test(a_data_object_keeps_its_oid_when_renamed),
		cmocka_unit_test(a_pin_is_read_and_written_alike),
		cmocka_unit_test(every_cut_and_every_changed_byte_is_survived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
