/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of der.c: what it takes out of sound DER, and that hostile DER changes nothing. */
#include "pkcs11/der.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "pkcs11/crypto.h"
#include "pkcs11/scope.h"

static struct {
	struct crypto *crypto;
	EVP_PKEY *rsa, *ec;
	struct blob rsa_cert, ec_cert;
	struct blob rsa_spki, ec_spki;
	struct blob rsa_pkcs1;
} world;

static void take(struct blob *blob, unsigned char *der, int len)
{
	assert_true(len > 0);
	assert_true(blob_set(blob, der, (size_t)len));
	OPENSSL_free(der);
}

static void certify(EVP_PKEY *key, bool authority, struct blob *out)
{
	X509 *x509 = X509_new();
	X509_NAME *name = X509_get_subject_name(x509);
	unsigned char *der = NULL;
	int len;

	X509_set_version(x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 0x1234);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"n", -1, -1, 0);
	X509_set_issuer_name(x509, name);
	ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), "20260102030405Z");
	ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), "20520708091011Z");
	X509_set_pubkey(x509, key);
	if (authority) {
		X509_EXTENSION *ca =
			X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

		X509_add_ext(x509, ca, -1);
		X509_EXTENSION_free(ca);
	}
	assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
	len = i2d_X509(x509, &der);
	take(out, der, len);
	X509_free(x509);
}

static int make_world(void **state)
{
	unsigned char *der = NULL;
	int len;

	(void)state;
	world.crypto = crypto_new();
	world.rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	world.ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	if (!world.crypto || !world.rsa || !world.ec)
		return -1;
	certify(world.rsa, true, &world.rsa_cert);
	certify(world.ec, false, &world.ec_cert);
	len = i2d_PUBKEY(world.rsa, &der);
	take(&world.rsa_spki, TAKE(der), len);
	len = i2d_PUBKEY(world.ec, &der);
	take(&world.ec_spki, TAKE(der), len);
	len = i2d_PublicKey(world.rsa, &der);
	take(&world.rsa_pkcs1, TAKE(der), len);
	return 0;
}

static int end_world(void **state)
{
	(void)state;
	blob_clear(&world.rsa_cert);
	blob_clear(&world.ec_cert);
	blob_clear(&world.rsa_spki);
	blob_clear(&world.ec_spki);
	blob_clear(&world.rsa_pkcs1);
	EVP_PKEY_free(world.rsa);
	EVP_PKEY_free(world.ec);
	crypto_free(world.crypto);
	return 0;
}

typedef bool (*reader)(const struct crypto *, const struct blob *, struct der_parts *);

static const struct input {
	reader read;
	const struct blob *der;
} inputs[] = {
	{ der_certificate, &world.rsa_cert },
	{ der_certificate, &world.ec_cert },
	{ der_rsa_key, &world.rsa_spki },
	{ der_rsa_key, &world.rsa_pkcs1 },
	{ der_ec_key, &world.ec_spki },
};

/* Read exactly len bytes from a place of their own (a read beyond them shows under a sanitizer). */
static bool read_copy(reader read, const uint8_t *bytes, size_t len, struct der_parts *parts)
{
	struct blob copy = { 0 };
	bool ok;

	assert_true(blob_set(&copy, bytes, len));
	ok = read(world.crypto, &copy, parts);
	blob_clear(&copy);
	return ok;
}

/* Refused, and what the parts held before is there still. */
static void refused(reader read, const uint8_t *bytes, size_t len)
{
	struct der_parts parts = { .ec_bits = 77, .authority = true };

	assert_true(blob_set(&parts.subject, "before", 6));
	assert_false(read_copy(read, bytes, len, &parts));
	assert_true(blob_equal(&parts.subject, "before", 6));
	assert_int_equal(parts.ec_bits, 77);
	assert_true(parts.authority);
	assert_null(parts.spki.bytes);
	der_parts_clear(&parts);
}

static void a_certificate_gives_its_parts(void **state)
{
	static const uint8_t serial[] = { 2, 2, 0x12, 0x34 };
	static const uint8_t name[] = { 0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 6, 3, 0x55, 4, 3, 0x0c,
		1, 'n' };
	struct der_parts parts = { 0 };

	(void)state;
	assert_true(der_certificate(world.crypto, &world.rsa_cert, &parts));
	assert_true(blob_equal(&parts.serial, serial, sizeof(serial)));
	assert_true(blob_equal(&parts.subject, name, sizeof(name)));
	assert_true(blob_equal(&parts.issuer, name, sizeof(name)));
	assert_true(blob_equal(&parts.start, "20260102", 8));
	assert_true(blob_equal(&parts.end, "20520708", 8));
	assert_true(blob_equal(&parts.spki, world.rsa_spki.bytes, world.rsa_spki.len));
	assert_int_equal(parts.modulus.len, 128);
	assert_int_equal(der_rsa_bits(&parts), 1024);
	assert_true(blob_equal(&parts.exponent, "\1\0\1", 3));
	assert_true(parts.authority);
	assert_null(parts.ec_point.bytes);
	/* another one over it replaces all */
	assert_true(der_certificate(world.crypto, &world.ec_cert, &parts));
	assert_false(parts.authority);
	assert_null(parts.modulus.bytes);
	assert_int_equal(der_rsa_bits(&parts), 0);
	assert_int_equal(parts.ec_bits, 256);
	assert_true(blob_equal(&parts.ec_params, "\6\10\x2a\x86\x48\xce\x3d\3\1\7", 10));
	assert_int_equal(parts.ec_point.len, 67);
	assert_memory_equal(parts.ec_point.bytes, "\4\x41\4", 3);
	der_parts_clear(&parts);
	assert_null(parts.spki.bytes);
}

static void keys_are_the_same_in_each_shape(void **state)
{
	struct der_parts spki = { 0 };
	struct der_parts pkcs1 = { 0 };
	struct der_parts numbers = { 0 };
	struct blob key = { 0 };

	(void)state;
	assert_true(der_rsa_key(world.crypto, &world.rsa_spki, &spki));
	assert_true(der_rsa_key(world.crypto, &world.rsa_pkcs1, &pkcs1));
	assert_true(der_rsa_numbers(world.crypto, &spki.modulus, &spki.exponent, &numbers));
	assert_true(blob_equal(&pkcs1.modulus, spki.modulus.bytes, spki.modulus.len));
	assert_true(blob_equal(&pkcs1.spki, world.rsa_spki.bytes, world.rsa_spki.len));
	assert_true(blob_equal(&numbers.spki, world.rsa_spki.bytes, world.rsa_spki.len));
	assert_true(der_rsa_public_key(&world.rsa_spki, &key));
	assert_true(blob_equal(&key, world.rsa_pkcs1.bytes, world.rsa_pkcs1.len));
	blob_clear(&key);
	der_parts_clear(&spki);
	der_parts_clear(&pkcs1);
	der_parts_clear(&numbers);
}

static void bits_are_counted_from_the_first_one(void **state)
{
	static const struct {
		const char *modulus;
		size_t len;
		unsigned bits;
	} cases[] = { { "\x80", 1, 8 }, { "\1", 1, 1 }, { "\x7f\xff", 2, 15 }, { "\0\xff", 2, 8 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct der_parts parts = { 0 };

		assert_true(blob_set(&parts.modulus, cases[i].modulus, cases[i].len));
		assert_int_equal(der_rsa_bits(&parts), cases[i].bits);
		der_parts_clear(&parts);
	}
}

static void truncated_at_every_byte_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(inputs); i++) {
		struct der_parts parts = { 0 };

		assert_true(inputs[i].read(world.crypto, inputs[i].der, &parts));
		der_parts_clear(&parts);
		for (size_t len = 0; len < inputs[i].der->len; len++)
			refused(inputs[i].read, inputs[i].der->bytes, len);
	}
}

static void a_byte_more_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(inputs); i++)
		for (int extra = 0; extra < 256; extra += 5) {
			struct blob longer = { 0 };
			uint8_t byte = (uint8_t)extra;

			assert_true(blob_set(&longer, inputs[i].der->bytes, inputs[i].der->len));
			assert_true(blob_add(&longer, &byte, 1));
			refused(inputs[i].read, longer.bytes, longer.len);
			blob_clear(&longer);
		}
}

static void another_outer_tag_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(inputs); i++)
		for (unsigned tag = 0; tag < 256; tag++) {
			struct blob wrong = { 0 };

			assert_true(blob_set(&wrong, inputs[i].der->bytes, inputs[i].der->len));
			if (tag == wrong.bytes[0]) {
				blob_clear(&wrong);
				continue;
			}
			wrong.bytes[0] = (uint8_t)tag;
			refused(inputs[i].read, wrong.bytes, wrong.len);
			blob_clear(&wrong);
		}
}

/* Whole or nothing: what is taken has all its parts, within the bounds that callers rely on. */
static void sound(reader read, const struct der_parts *parts)
{
	assert_true(parts->spki.len > 0);
	assert_true(parts->modulus.len <= 1024);
	assert_true(parts->ec_point.len <= 256 + 4);
	assert_int_equal(parts->ec_params.len > 0, parts->ec_point.len > 0);
	assert_int_equal(parts->ec_bits > 0, parts->ec_point.len > 0);
	if (read == der_certificate) {
		assert_true(parts->subject.len && parts->issuer.len && parts->serial.len);
		assert_int_equal(parts->start.len, 8);
		assert_int_equal(parts->end.len, 8);
	} else {
		assert_true(parts->modulus.len || parts->ec_point.len);
	}
}

static void each_byte_changed_is_refused_or_sound(void **state)
{
	static const uint8_t flips[] = { 0x01, 0x20, 0x80, 0xff };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(inputs); i++)
		for (size_t at = 0; at < inputs[i].der->len; at++)
			for (size_t f = 0; f < COUNT_OF(flips); f++) {
				struct der_parts parts = { 0 };
				struct blob bad = { 0 };

				assert_true(
					blob_set(&bad, inputs[i].der->bytes, inputs[i].der->len));
				bad.bytes[at] ^= flips[f];
				if (read_copy(inputs[i].read, bad.bytes, bad.len, &parts))
					sound(inputs[i].read, &parts);
				else
					assert_null(parts.spki.bytes);
				blob_clear(&bad);
				der_parts_clear(&parts);
			}
}

static void lying_lengths_are_refused(void **state)
{
	static const struct {
		size_t len;
		const char *der;
	} lies[] = {
		{ 2, "\x30\x00" },
		{ 2, "\x30\x80" },
		{ 4, "\x30\x80\x00\x00" },
		{ 6, "\x30\x84\xff\xff\xff\xff" },
		{ 10, "\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff" },
		{ 8, "\x30\x06\x02\x01\x00\x02\x01\x00" },     /* modulus and exponent 0 */
		{ 6, "\x30\x04\x02\x00\x02\x00" },             /* of no bytes */
		{ 8, "\x30\x06\x02\x84\x7f\xff\xff\xff" },     /* inside */
		{ 9, "\x30\x82\x00\x05\x30\x80\x30\x80\x30" }, /* nested without end */
		{ 8, "\x30\x06\x03\x02\x00\x00\x05\x00" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lies); i++) {
		const uint8_t *bytes = (const uint8_t *)lies[i].der;

		refused(der_certificate, bytes, lies[i].len);
		refused(der_rsa_key, bytes, lies[i].len);
		refused(der_ec_key, bytes, lies[i].len);
	}
}

static void each_kind_reads_its_own_only(void **state)
{
	(void)state;
	refused(der_rsa_key, world.ec_spki.bytes, world.ec_spki.len);
	refused(der_ec_key, world.rsa_spki.bytes, world.rsa_spki.len);
	refused(der_ec_key, world.rsa_pkcs1.bytes, world.rsa_pkcs1.len);
	refused(der_certificate, world.rsa_spki.bytes, world.rsa_spki.len);
	refused(der_rsa_key, world.rsa_cert.bytes, world.rsa_cert.len);
}

static void what_is_too_long_is_not_looked_at(void **state)
{
	struct blob big = { 0 };
	struct blob key = { 0 };
	struct der_parts parts = { 0 };
	const struct blob one = { (uint8_t[]){ 1 }, 1, 1 };

	(void)state;
	assert_true(blob_set(&big, world.rsa_spki.bytes, world.rsa_spki.len));
	while (big.len <= 65536)
		assert_true(blob_add(&big, world.rsa_spki.bytes, world.rsa_spki.len));
	refused(der_certificate, big.bytes, big.len);
	refused(der_rsa_key, big.bytes, big.len);
	refused(der_ec_key, big.bytes, big.len);
	assert_false(der_rsa_public_key(&big, &key));
	assert_false(der_rsa_public_key(&(struct blob){ 0 }, &key));
	assert_false(der_rsa_numbers(world.crypto, &big, &one, &parts));
	assert_false(der_rsa_numbers(world.crypto, &one, &big, &parts));
	assert_false(der_rsa_numbers(world.crypto, &one, &(struct blob){ 0 }, &parts));
	assert_false(der_rsa_numbers(world.crypto, &(struct blob){ 0 }, &one, &parts));
	blob_clear(&big);
}

/* A point that came compressed is shown whole: 04 X Y. */
static void a_compressed_point_is_shown_whole(void **state)
{
	struct der_parts parts = { 0 };
	struct der_parts whole = { 0 };
	struct blob spki = { 0 };
	unsigned char *der = NULL;
	int len;

	(void)state;
	assert_true(der_ec_key(world.crypto, &world.ec_spki, &whole));
	assert_int_equal(EVP_PKEY_set_utf8_string_param(world.ec,
				 OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"),
		1);
	len = i2d_PUBKEY(world.ec, &der);
	take(&spki, der, len);
	EVP_PKEY_set_utf8_string_param(
		world.ec, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed");
	assert_true(spki.len < world.ec_spki.len);
	assert_true(der_ec_key(world.crypto, &spki, &parts));
	assert_true(blob_equal(&parts.ec_point, whole.ec_point.bytes, whole.ec_point.len));
	der_parts_clear(&parts);
	der_parts_clear(&whole);
	blob_clear(&spki);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_gives_its_parts),
		cmocka_unit_test(keys_are_the_same_in_each_shape),
		cmocka_unit_test(bits_are_counted_from_the_first_one),
		cmocka_unit_test(truncated_at_every_byte_is_refused),
		cmocka_unit_test(a_byte_more_is_refused),
		cmocka_unit_test(another_outer_tag_is_refused),
		cmocka_unit_test(each_byte_changed_is_refused_or_sound),
		cmocka_unit_test(lying_lengths_are_refused),
		cmocka_unit_test(each_kind_reads_its_own_only),
		cmocka_unit_test(what_is_too_long_is_not_looked_at),
		cmocka_unit_test(a_compressed_point_is_shown_whole),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
