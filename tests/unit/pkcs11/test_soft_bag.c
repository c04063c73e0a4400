/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of bags: what we write is read, what others write or forge does no harm. */
#include "soft_bag.h"

#include "scope.h"
#include "soft_unit.h"

static void bag_p(PKCS12_SAFEBAG **bag)
{
	PKCS12_SAFEBAG_free(*bag);
}

static PKCS12_SAFEBAG *bag_new(void)
{
	unsigned char content[] = "content";
	PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create_secret(
		NID_pkcs7_data, V_ASN1_OCTET_STRING, content, sizeof(content));

	assert_non_null(bag);
	return bag;
}

static void put_ours(PKCS12_SAFEBAG *bag, int type, const char *bytes, int len)
{
	assert_int_equal(
		PKCS12_add1_attr_by_txt(bag, SOFT_BAG_OID, type, (const unsigned char *)bytes, len),
		1);
}

static bool read_bag(const PKCS12_SAFEBAG *bag, enum soft_kind kind, struct soft_item *ret_item)
{
	bool ours = true;

	*ret_item = (struct soft_item){ .kind = kind };
	soft_bag_read(bag, ret_item, &ours);
	return ours;
}

static void what_is_written_is_read(void **state)
{
	static const struct soft_item items[] = {
		{ .kind = SOFT_KEY,
			.label = "\xE7\x8E\x8B key",
			.id = { 1, 0, 2 },
			.id_len = 3,
			.usage = TOKEN_USE_SIGN | TOKEN_USE_DERIVE | TOKEN_USE_NON_REPUDIATION,
			.dates = { .start = "20260102", .end = "20270102" },
			.public_object = true,
			.local = true },
		{ .kind = SOFT_CERTIFICATE, .label = "ca", .authority = true },
		{ .kind = SOFT_PUBLIC,
			.id = { 9 },
			.id_len = 1,
			.usage = TOKEN_USE_VERIFY,
			.dates = { .end = "20270102" } },
		{ .kind = SOFT_DATA, .label = "note", .application = "an application" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(items); i++) {
		CLEANUP(bag_p) PKCS12_SAFEBAG *bag = bag_new();
		struct soft_item read, item = items[i];
		/* public keys lie in bags of data */
		enum soft_kind kind = item.kind == SOFT_PUBLIC ? SOFT_DATA : item.kind;

		if (item.kind == SOFT_KEY)
			assert_true(blob_set(&item.value, "spki", 4));
		assert_true(soft_bag_write(bag, &item));
		assert_true(read_bag(bag, kind, &read));
		assert_int_equal(read.kind, item.kind);
		assert_string_equal(read.label, item.label);
		assert_string_equal(read.application, item.application);
		assert_int_equal(read.id_len, item.id_len);
		assert_memory_equal(read.id, item.id, sizeof(item.id));
		assert_int_equal(read.usage, item.usage);
		assert_string_equal(read.dates.start, item.dates.start);
		assert_string_equal(read.dates.end, item.dates.end);
		assert_int_equal(read.public_object, item.public_object);
		assert_int_equal(read.local, item.local);
		assert_int_equal(read.authority, item.authority);
		if (item.kind == SOFT_KEY)
			assert_true(blob_equal(&read.value, "spki", 4));
		blob_clear(&read.value);
		blob_clear(&item.value);
	}
}

static void a_bag_without_attributes_is_nobodys(void **state)
{
	CLEANUP(bag_p) PKCS12_SAFEBAG *bag = bag_new();
	struct soft_item read;

	(void)state;
	assert_false(read_bag(bag, SOFT_KEY, &read));
	assert_string_equal(read.label, "");
	assert_int_equal(read.id_len, 0);
	assert_int_equal(read.value.len, 0);
}

/* The longest that fit, and one more. */
static void what_is_too_long_is_passed_over(void **state)
{
	static unsigned char id[TOKEN_ID_MAX + 1];
	static char label[TOKEN_LABEL_MAX + 2];

	(void)state;
	memset(label, 'x', TOKEN_LABEL_MAX + 1);
	for (int more = 0; more <= 1; more++) {
		CLEANUP(bag_p) PKCS12_SAFEBAG *bag = bag_new();
		struct soft_item read;

		assert_int_equal(
			PKCS12_add_friendlyname_utf8(bag, label, TOKEN_LABEL_MAX + more), 1);
		assert_int_equal(PKCS12_add_localkeyid(bag, id, TOKEN_ID_MAX + more), 1);
		assert_false(read_bag(bag, SOFT_CERTIFICATE, &read));
		assert_int_equal(strlen(read.label), more ? 0 : TOKEN_LABEL_MAX);
		assert_int_equal(read.id_len, more ? 0 : TOKEN_ID_MAX);
	}
}

static void a_name_with_a_nul_is_none(void **state)
{
	static const unsigned char name[] = { 0, 'a', 0, 0, 0, 'b' }; /* BMPString */
	CLEANUP(bag_p) PKCS12_SAFEBAG *bag = bag_new();
	struct soft_item read;

	(void)state;
	assert_int_equal(PKCS12_add1_attr_by_NID(
				 bag, NID_friendlyName, V_ASN1_BMPSTRING, name, sizeof(name)),
		1);
	assert_false(read_bag(bag, SOFT_KEY, &read));
	assert_string_equal(read.label, "");
}

static void attributes_of_another_type_are_passed_over(void **state)
{
	static const unsigned char text[] = "text";
	CLEANUP(bag_p) PKCS12_SAFEBAG *bag = bag_new();
	struct soft_item read;

	(void)state;
	assert_int_equal(
		PKCS12_add1_attr_by_NID(bag, NID_friendlyName, V_ASN1_UTF8STRING, text, 4), 1);
	assert_int_equal(
		PKCS12_add1_attr_by_NID(bag, NID_localKeyID, V_ASN1_UTF8STRING, text, 4), 1);
	put_ours(bag, V_ASN1_UTF8STRING, "\1\7\1\1text", 8);
	assert_false(read_bag(bag, SOFT_KEY, &read));
	assert_string_equal(read.label, "");
	assert_int_equal(read.id_len, 0);
	assert_int_equal(read.usage, 0);
}

static void ours_cut_or_of_another_version_is_not_ours(void **state)
{
	static const struct {
		const char *bytes;
		int len;
	} rows[] = { { "", 0 }, { "\1", 1 }, { "\1\7\1", 3 }, { "\2\7\1\1", 4 },
		{ "\0\7\1\1", 4 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CLEANUP(bag_p) PKCS12_SAFEBAG *bag = bag_new();
		struct soft_item read;

		put_ours(bag, V_ASN1_OCTET_STRING, rows[i].bytes, rows[i].len);
		assert_false(read_bag(bag, SOFT_KEY, &read));
		assert_false(read.local);
		assert_int_equal(read.value.len, 0);
	}
}

/* Flags of one kind change nothing of another; an application is a text. */
static void ours_says_nothing_beyond_its_kind(void **state)
{
	CLEANUP(bag_p) PKCS12_SAFEBAG *key = bag_new();
	CLEANUP(bag_p) PKCS12_SAFEBAG *data = bag_new();
	struct soft_item read;

	(void)state;
	put_ours(key, V_ASN1_OCTET_STRING, "\1\x0F\0\0", 4);
	assert_true(read_bag(key, SOFT_KEY, &read));
	assert_int_equal(read.kind, SOFT_KEY);
	assert_int_equal(read.value.len, 0);
	blob_clear(&read.value);
	assert_true(read_bag(key, SOFT_CERTIFICATE, &read));
	assert_int_equal(read.kind, SOFT_CERTIFICATE);
	put_ours(data, V_ASN1_OCTET_STRING, "\1\0\0\0a\0b", 7);
	assert_true(read_bag(data, SOFT_DATA, &read));
	assert_string_equal(read.application, "");
}

/* privateKeyUsagePeriod: cut, with letters, too short, of another type; and the longest form. */
static void dates_are_eight_digits(void **state)
{
	static const struct {
		int type;
		const char *der;
		int len;
		const char *start, *end;
	} rows[] = {
		{ V_ASN1_SEQUENCE,
			"\x30\x11\x80\x0f"
			"20260102000000Z",
			19, "20260102", "" },
		{ V_ASN1_SEQUENCE,
			"\x30\x14\x81\x12"
			"20270102000000.5Z+",
			22, "", "20270102" },
		{ V_ASN1_SEQUENCE,
			"\x30\x0a\x80\x08"
			"2026x102",
			12, "", "" },
		{ V_ASN1_SEQUENCE,
			"\x30\x09\x81\x07"
			"2026010",
			11, "", "" },
		{ V_ASN1_SEQUENCE, "\x30\x02\x80\x00", 4, "", "" },
		{ V_ASN1_SEQUENCE, "\x30\x00", 2, "", "" },
		{ V_ASN1_SEQUENCE,
			"\x30\x11\x80\x7f"
			"20260102000000Z",
			19, "", "" },
		{ V_ASN1_OCTET_STRING,
			"\x30\x11\x80\x0f"
			"20260102000000Z",
			19, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CLEANUP(bag_p) PKCS12_SAFEBAG *bag = bag_new();
		struct soft_item read;

		assert_int_equal(
			PKCS12_add1_attr_by_NID(bag, NID_private_key_usage_period, rows[i].type,
				(const unsigned char *)rows[i].der, rows[i].len),
			1);
		assert_false(read_bag(bag, SOFT_KEY, &read));
		assert_string_equal(read.dates.start, rows[i].start);
		assert_string_equal(read.dates.end, rows[i].end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_bag_without_attributes_is_nobodys),
		cmocka_unit_test(what_is_too_long_is_passed_over),
		cmocka_unit_test(a_name_with_a_nul_is_none),
		cmocka_unit_test(attributes_of_another_type_are_passed_over),
		cmocka_unit_test(ours_cut_or_of_another_version_is_not_ours),
		cmocka_unit_test(ours_says_nothing_beyond_its_kind),
		cmocka_unit_test(dates_are_eight_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
