/* SPDX-License-Identifier: Apache-2.0 */
/* AES and HMAC with secret keys of a session, against the standards' examples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

#define MAX 256
#define AES_KEY "\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c"

static CK_BBOOL no = CK_FALSE;

/* ---- AES ---- */

struct crypt {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	CK_MECHANISM *mech;
	bool encipher;
};

static CK_RV init(const struct crypt *c)
{
	return c->encipher ? p11->C_EncryptInit(c->session, c->mech, c->key)
			   : p11->C_DecryptInit(c->session, c->mech, c->key);
}

static CK_RV single(const struct crypt *c, CK_BYTE *in, CK_ULONG len, CK_BYTE *out, CK_ULONG *got)
{
	return c->encipher ? p11->C_Encrypt(c->session, in, len, out, got)
			   : p11->C_Decrypt(c->session, in, len, out, got);
}

static CK_RV update(const struct crypt *c, CK_BYTE *in, CK_ULONG len, CK_BYTE *out, CK_ULONG *got)
{
	return c->encipher ? p11->C_EncryptUpdate(c->session, in, len, out, got)
			   : p11->C_DecryptUpdate(c->session, in, len, out, got);
}

static CK_RV final(const struct crypt *c, CK_BYTE *out, CK_ULONG *got)
{
	return c->encipher ? p11->C_EncryptFinal(c->session, out, got)
			   : p11->C_DecryptFinal(c->session, out, got);
}

/* Each way gives want: at once after asking and after too little room, and in pieces of step bytes,
 * each of them asked for and refused for lack of room first. */
static void all_ways(const struct crypt *c, const CK_BYTE *in, CK_ULONG len, const CK_BYTE *want,
	CK_ULONG want_len, CK_ULONG step)
{
	CK_BYTE data[MAX], out[MAX];
	CK_ULONG got = 0, done = 0;

	memcpy(data, in, len);
	assert_int_equal(init(c), CKR_OK);
	assert_int_equal(init(c), CKR_OPERATION_ACTIVE);
	assert_int_equal(single(c, data, len, NULL, &got), CKR_OK);
	assert_true(got >= want_len && got <= want_len + 16);
	if (want_len) {
		got = want_len - 1;
		assert_int_equal(single(c, data, len, out, &got), CKR_BUFFER_TOO_SMALL);
		assert_int_equal(got, want_len);
	}
	got = sizeof(out);
	assert_int_equal(single(c, data, len, out, &got), CKR_OK);
	assert_int_equal(got, want_len);
	assert_memory_equal(out, want, want_len);
	assert_int_equal(single(c, data, len, out, &got), CKR_OPERATION_NOT_INITIALIZED);

	assert_int_equal(init(c), CKR_OK);
	for (CK_ULONG at = 0; at < len; at += step) {
		CK_ULONG piece = len - at < step ? len - at : step;
		CK_ULONG need = 4711;

		assert_int_equal(update(c, data + at, piece, NULL, &need), CKR_OK);
		if (need) {
			got = need - 1;
			assert_int_equal(update(c, data + at, piece, out + done, &got),
				CKR_BUFFER_TOO_SMALL);
			assert_int_equal(got, need);
		}
		got = need;
		assert_int_equal(update(c, data + at, piece, out + done, &got), CKR_OK);
		assert_int_equal(got, need);
		done += got;
		assert_int_equal(single(c, data, len, out, &got), CKR_OPERATION_ACTIVE);
	}
	assert_int_equal(final(c, NULL, &got), CKR_OK);
	assert_true(done + got >= want_len);
	got = sizeof(out) - done;
	assert_int_equal(final(c, out + done, &got), CKR_OK);
	assert_int_equal(done + got, want_len);
	assert_memory_equal(out, want, want_len);
	assert_int_equal(final(c, out, &got), CKR_OPERATION_NOT_INITIALIZED);
}

static void both_directions(CK_OBJECT_HANDLE key, CK_SESSION_HANDLE session, CK_MECHANISM *mech,
	const void *plain, CK_ULONG plain_len, const void *cipher, CK_ULONG cipher_len)
{
	static const CK_ULONG steps[] = { 1, 7, 16, 33 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct crypt c = { session, key, mech, true };

		all_ways(&c, plain, plain_len, cipher, cipher_len, steps[i]);
		c.encipher = false;
		all_ways(&c, cipher, cipher_len, plain, plain_len, steps[i]);
	}
}

/* NIST SP 800-38A F.1.1, F.2.1: the first two blocks. */
#define PLAIN                                                                                      \
	"\x6b\xc1\xbe\xe2\x2e\x40\x9f\x96\xe9\x3d\x7e\x11\x73\x93\x17\x2a"                         \
	"\xae\x2d\x8a\x57\x1e\x03\xac\x9c\x9e\xb7\x6f\xac\x45\xaf\x8e\x51"
#define ECB                                                                                        \
	"\x3a\xd7\x7b\xb4\x0d\x7a\x36\x60\xa8\x9e\xca\xf3\x24\x66\xef\x97"                         \
	"\xf5\xd3\xd5\x85\x03\xb9\x69\x9d\xe7\x85\x89\x5a\x96\xfd\xba\xaf"
#define CBC                                                                                        \
	"\x76\x49\xab\xac\x81\x19\xb2\x46\xce\xe9\x8e\x9b\x12\xe9\x19\x7d"                         \
	"\x50\x86\xcb\x9b\x50\x72\x19\xee\x95\xdb\x11\x3a\x91\x76\x78\xb2"

static CK_BYTE iv[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void ecb_and_cbc_are_those_of_nist(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_AES, AES_KEY, 16);
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 };
	CK_MECHANISM cbc = { CKM_AES_CBC, iv, 16 };

	(void)state;
	both_directions(key, session, &ecb, PLAIN, 32, ECB, 32);
	both_directions(key, session, &cbc, PLAIN, 32, CBC, 32);
	both_directions(key, session, &cbc, PLAIN, 0, CBC, 0);
}

/* PKCS#7 padding by hand, enciphered without padding, is the same. */
static void cbc_with_padding_takes_any_length(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_AES, AES_KEY, 16);
	CK_MECHANISM pad = { CKM_AES_CBC_PAD, iv, 16 };
	CK_MECHANISM bare = { CKM_AES_CBC, iv, 16 };
	struct crypt c = { session, key, &bare, true };

	(void)state;
	for (CK_ULONG len = 0; len <= 33; len++) {
		CK_ULONG full = (len / 16 + 1) * 16;
		CK_BYTE plain[48], cipher[64];
		CK_ULONG got = sizeof(cipher);

		memset(plain, 0x40, len);
		memset(plain + len, (int)(full - len), full - len);
		assert_int_equal(init(&c), CKR_OK);
		assert_int_equal(single(&c, plain, full, cipher, &got), CKR_OK);
		both_directions(key, session, &pad, plain, len, cipher, got);
	}
}

static void wrong_padding_of_cbc_is_refused(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_AES, AES_KEY, 16);
	CK_MECHANISM bare = { CKM_AES_CBC, iv, 16 };
	CK_MECHANISM pad = { CKM_AES_CBC_PAD, iv, 16 };
	struct crypt c = { session, key, &bare, true };
	CK_BYTE plain[16] = { 0 }, cipher[16];
	CK_ULONG got = sizeof(cipher);

	(void)state;
	assert_int_equal(init(&c), CKR_OK);
	assert_int_equal(single(&c, plain, 16, cipher, &got), CKR_OK);
	c = (struct crypt){ session, key, &pad, false };
	assert_int_equal(init(&c), CKR_OK);
	assert_int_equal(single(&c, cipher, 16, plain, &got), CKR_ENCRYPTED_DATA_INVALID);
	assert_int_equal(final(&c, plain, &got), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(init(&c), CKR_OK);
	assert_int_equal(single(&c, cipher, 0, plain, &got), CKR_ENCRYPTED_DATA_LEN_RANGE);
}

static void lengths_that_are_no_blocks_are_refused(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_AES, AES_KEY, 16);
	CK_MECHANISM mechs[] = { { CKM_AES_ECB, NULL, 0 }, { CKM_AES_CBC, iv, 16 },
		{ CKM_AES_CBC_PAD, iv, 16 } };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct crypt c = { session, key, &mechs[i / 2], i % 2 };
		CK_RV want = c.encipher ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE;
		CK_BYTE data[64] = { 0 }, out[64];
		CK_ULONG got = sizeof(out);

		if (i / 2 == 2 && c.encipher)
			continue; /* takes any */
		assert_int_equal(init(&c), CKR_OK);
		assert_int_equal(single(&c, data, 17, out, &got), want);
		assert_int_equal(final(&c, out, &got), CKR_OPERATION_NOT_INITIALIZED);
		assert_int_equal(init(&c), CKR_OK);
		got = sizeof(out);
		assert_int_equal(update(&c, data, 17, out, &got), CKR_OK);
		got = sizeof(out);
		assert_int_equal(final(&c, out, &got), want);
		assert_int_equal(final(&c, out, &got), CKR_OPERATION_NOT_INITIALIZED);
	}
}

/* GCM: McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 1 and 2; 4 has
 * additional data. */
static void gcm_is_that_of_its_authors(void **state)
{
	static CK_BYTE zero[16];
	static CK_BYTE key4[] = { 0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f,
		0x94, 0x67, 0x30, 0x83, 0x08 };
	static CK_BYTE iv4[] = { 0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8,
		0x88 };
	static CK_BYTE aad4[] = { 0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed, 0xfa,
		0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2 };
	static const char plain4[] =
		"\xd9\x31\x32\x25\xf8\x84\x06\xe5\xa5\x59\x09\xc5\xaf\xf5\x26\x9a"
		"\x86\xa7\xa9\x53\x15\x34\xf7\xda\x2e\x4c\x30\x3d\x8a\x31\x8a\x72"
		"\x1c\x3c\x0c\x95\x95\x68\x09\x53\x2f\xcf\x0e\x24\x49\xa6\xb5\x25"
		"\xb1\x6a\xed\xf5\xaa\x0d\xe6\x57\xba\x63\x7b\x39";
	static const char cipher4[] =
		"\x42\x83\x1e\xc2\x21\x77\x74\x24\x4b\x72\x21\xb7\x84\xd0\xd4\x9c"
		"\xe3\xaa\x21\x2f\x2c\x02\xa4\xe0\x35\xc1\x7e\x23\x29\xac\xa1\x2e"
		"\x21\xd5\x14\xb2\x54\x66\x93\x1c\x7d\x8f\x6a\x5a\xac\x84\xaa\x05"
		"\x1b\xa3\x0b\x39\x6a\x0a\xac\x97\x3d\x58\xe0\x91"
		"\x5b\xc9\x4f\xbc\x32\x21\xa5\xdb\x94\xfa\xe9\x5a\xe7\x12\x1a\x47";
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_GCM_PARAMS params = { zero, 12, 96, NULL, 0, 128 };
	CK_MECHANISM mech = { CKM_AES_GCM, &params, sizeof(params) };
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_AES, zero, 16);

	(void)state;
	both_directions(key, session, &mech, "", 0,
		"\x58\xe2\xfc\xce\xfa\x7e\x30\x61\x36\x7f\x1d\x57\xa4\xe7\x45\x5a", 16);
	both_directions(key, session, &mech, zero, 16,
		"\x03\x88\xda\xce\x60\xb6\xa3\x92\xf3\x28\xc2\xb9\x71\xb2\xfe\x78"
		"\xab\x6e\x47\xd4\x2c\xec\x13\xbd\xf5\x3a\x67\xb2\x12\x57\xbd\xdf",
		32);
	key = p11_secret(session, CKK_AES, key4, 16);
	params = (CK_GCM_PARAMS){ iv4, 12, 96, aad4, sizeof(aad4), 128 };
	both_directions(key, session, &mech, plain4, 60, cipher4, 76);
	params.ulTagBits = 96;
	both_directions(key, session, &mech, plain4, 60, cipher4, 72);
}

static void a_wrong_tag_gives_nothing(void **state)
{
	static CK_BYTE zero[16];
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_GCM_PARAMS params = { zero, 12, 96, NULL, 0, 128 };
	CK_MECHANISM mech = { CKM_AES_GCM, &params, sizeof(params) };
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_AES, zero, 16);
	struct crypt c = { session, key, &mech, true };
	CK_BYTE data[32] = { 0 }, out[32], untouched[32];
	CK_ULONG got = sizeof(out);

	(void)state;
	assert_int_equal(init(&c), CKR_OK);
	assert_int_equal(single(&c, data, 16, out, &got), CKR_OK);
	memset(untouched, 0xee, sizeof(untouched));
	c.encipher = false;
	for (size_t bit = 0; bit < 32 * 8; bit += 5) {
		memcpy(data, out, 32);
		data[bit / 8] ^= (CK_BYTE)(1u << bit % 8);
		got = sizeof(untouched);
		assert_int_equal(init(&c), CKR_OK);
		assert_int_equal(single(&c, data, 32, untouched, &got), CKR_ENCRYPTED_DATA_INVALID);
		assert_int_equal(init(&c), CKR_OK);
		assert_int_equal(update(&c, data, 32, untouched, &got), CKR_OK);
		assert_int_equal(got, 0);
		got = sizeof(untouched);
		assert_int_equal(final(&c, untouched, &got), CKR_ENCRYPTED_DATA_INVALID);
		for (size_t i = 0; i < sizeof(untouched); i++)
			assert_int_equal(untouched[i], 0xee);
	}
	assert_int_equal(init(&c), CKR_OK);
	assert_int_equal(single(&c, data, 15, untouched, &got), CKR_ENCRYPTED_DATA_LEN_RANGE);
}

static void wrong_parameters_of_aes_are_refused(void **state)
{
	CK_GCM_PARAMS bad[5];
	CK_MECHANISM mechs[] = { { CKM_AES_CBC, NULL, 0 }, { CKM_AES_CBC, iv, 15 },
		{ CKM_AES_ECB, iv, 16 }, { CKM_AES_GCM, NULL, 0 }, { CKM_AES_GCM, bad, 3 } };
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_AES, AES_KEY, 16);
	CK_MECHANISM mech = { CKM_AES_GCM, NULL, sizeof(bad[0]) };

	(void)state;
	for (size_t i = 0; i < sizeof(mechs) / sizeof(mechs[0]); i++)
		assert_int_equal(
			p11->C_EncryptInit(session, &mechs[i], key), CKR_MECHANISM_PARAM_INVALID);
	for (size_t i = 0; i < 5; i++)
		bad[i] = (CK_GCM_PARAMS){ iv, 12, 96, NULL, 0, 128 };
	bad[0].ulIvLen = 0;
	bad[1].ulIvLen = 1000;
	bad[2].ulAADLen = 1;
	bad[3].ulTagBits = 129;
	bad[4].ulTagBits = 8;
	for (size_t i = 0; i < 5; i++) {
		mech.pParameter = &bad[i];
		assert_int_equal(
			p11->C_EncryptInit(session, &mech, key), CKR_MECHANISM_PARAM_INVALID);
	}
	mech = (CK_MECHANISM){ CKM_AES_ECB, NULL, 0 };
	key = p11_secret(session, CKK_GENERIC_SECRET, AES_KEY, 16);
	assert_int_equal(p11->C_EncryptInit(session, &mech, key), CKR_KEY_TYPE_INCONSISTENT);
	mech.mechanism = CKM_SHA256_HMAC;
	assert_int_equal(p11->C_EncryptInit(session, &mech, key), CKR_MECHANISM_INVALID);
}

static void a_key_does_what_its_template_says(void **state)
{
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_ATTRIBUTE never = { CKA_DECRYPT, &no, 1 };
	CK_MECHANISM mech = { CKM_AES_ECB, NULL, 0 };
	CK_OBJECT_HANDLE key = 0;

	(void)state;
	assert_int_equal(p11_try_secret(session, CKK_AES, AES_KEY, 16, &never, &key), CKR_OK);
	assert_int_equal(p11->C_DecryptInit(session, &mech, key), CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(p11->C_EncryptInit(session, &mech, key), CKR_OK);
	assert_int_equal(p11->C_EncryptUpdate(session, NULL, 1, NULL, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_EncryptFinal(session, NULL, NULL), CKR_OPERATION_NOT_INITIALIZED);
}

/* More than memory for secrets holds: whole disks are enciphered with such keys. */
static void megabytes_come_back(void **state)
{
	CK_GCM_PARAMS gcm = { iv, 12, 96, NULL, 0, 128 };
	CK_MECHANISM mechs[] = { { CKM_AES_GCM, &gcm, sizeof(gcm) }, { CKM_AES_CBC_PAD, iv, 16 },
		{ CKM_AES_ECB, NULL, 0 } };
	const CK_ULONG big = 3 << 20;
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_AES, AES_KEY, 16);
	CK_BYTE *plain = malloc(big), *sealed = malloc(big + 16), *back = malloc(big + 16);

	(void)state;
	assert_true(plain && sealed && back);
	for (CK_ULONG i = 0; i < big; i++)
		plain[i] = (CK_BYTE)(i * 31 >> 4);
	for (size_t i = 0; i < sizeof(mechs) / sizeof(mechs[0]); i++) {
		CK_ULONG len = big + 16, got = big + 16;

		assert_int_equal(p11->C_EncryptInit(session, &mechs[i], key), CKR_OK);
		assert_int_equal(p11->C_Encrypt(session, plain, big, sealed, &len), CKR_OK);
		assert_int_equal(p11->C_DecryptInit(session, &mechs[i], key), CKR_OK);
		assert_int_equal(p11->C_Decrypt(session, sealed, len, back, &got), CKR_OK);
		assert_int_equal(got, big);
		assert_memory_equal(back, plain, big);
	}
	free(plain);
	free(sealed);
	free(back);
}

/* ---- HMAC ---- */

/* RFC 4231 4.3; with SHA-1 RFC 2202 3, case 2; the last five by Python's hmac. */
static void hmac_is_that_of_the_rfcs(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_ULONG len;
		const char *code;
	} rows[] = {
		{ CKM_SHA_1_HMAC, 20, "\xef\xfc\xdf\x6a\xe5\xeb\x2f\xa2" },
		{ CKM_SHA224_HMAC, 28, "\xa3\x0e\x01\x09\x8b\xc6\xdb\xbf" },
		{ CKM_SHA256_HMAC, 32, "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e" },
		{ CKM_SHA384_HMAC, 48, "\xaf\x45\xd2\xe3\x76\x48\x40\x31" },
		{ CKM_SHA512_HMAC, 64, "\x16\x4b\x7a\x7b\xfc\xf8\x19\xe2" },
		{ CKM_SHA3_256_HMAC, 32, "\xc7\xd4\x07\x2e\x78\x88\x77\xae" },
		{ CKM_SHA512_224_HMAC, 28, "\x4a\x53\x0b\x31\xa7\x9e\xbc\xce" },
		{ CKM_SHA512_256_HMAC, 32, "\x6d\xf7\xb2\x46\x30\xd5\xcc\xb2" },
		{ CKM_SHA3_224_HMAC, 28, "\x7f\xdb\x8d\xd8\x8b\xd2\xf6\x0d" },
		{ CKM_SHA3_384_HMAC, 48, "\xf1\x10\x1f\x8c\xbf\x97\x66\xfd" },
		{ CKM_SHA3_512_HMAC, 64, "\x5a\x4b\xfe\xab\x61\x66\x42\x7c" },
	};
	static CK_BYTE text[] = "what do ya want for nothing?";
	CK_SESSION_HANDLE session = p11_open(0, 0);
	CK_OBJECT_HANDLE key = p11_secret(session, CKK_GENERIC_SECRET, "Jefe", 4);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CK_MECHANISM mech = { rows[i].type, NULL, 0 };
		CK_BYTE code[64];
		CK_ULONG len = 0;

		assert_int_equal(p11->C_SignInit(session, &mech, key), CKR_OK);
		assert_int_equal(p11->C_Sign(session, text, 28, NULL, &len), CKR_OK);
		assert_int_equal(len, rows[i].len);
		len--;
		assert_int_equal(p11->C_Sign(session, text, 28, code, &len), CKR_BUFFER_TOO_SMALL);
		assert_int_equal(p11->C_Sign(session, text, 28, code, &len), CKR_OK);
		assert_memory_equal(code, rows[i].code, 8);
		assert_int_equal(p11->C_VerifyInit(session, &mech, key), CKR_OK);
		assert_int_equal(p11->C_VerifyUpdate(session, text, 10), CKR_OK);
		assert_int_equal(p11->C_VerifyUpdate(session, text + 10, 18), CKR_OK);
		assert_int_equal(p11->C_VerifyFinal(session, code, len), CKR_OK);
		assert_int_equal(p11->C_VerifyInit(session, &mech, key), CKR_OK);
		assert_int_equal(
			p11->C_Verify(session, text, 28, code, len - 1), CKR_SIGNATURE_LEN_RANGE);
		code[len - 1] ^= 1;
		assert_int_equal(p11->C_VerifyInit(session, &mech, key), CKR_OK);
		assert_int_equal(
			p11->C_Verify(session, text, 28, code, len), CKR_SIGNATURE_INVALID);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ecb_and_cbc_are_those_of_nist),
		TEST(cbc_with_padding_takes_any_length),
		TEST(wrong_padding_of_cbc_is_refused),
		TEST(lengths_that_are_no_blocks_are_refused),
		TEST(gcm_is_that_of_its_authors),
		TEST(a_wrong_tag_gives_nothing),
		TEST(wrong_parameters_of_aes_are_refused),
		TEST(a_key_does_what_its_template_says),
		TEST(megabytes_come_back),
		TEST(hmac_is_that_of_the_rfcs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
