/* SPDX-License-Identifier: Apache-2.0 */
/* Two operations on the same data give what each gives alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p11.h"

#define LEN 100 /* of the plain text: not whole blocks */
#define FULL 112

struct world {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE aes, generic;
	CK_BYTE plain[LEN], cipher[FULL];
	CK_BYTE digest[32], code[32]; /* of the plain text */
};

static CK_BYTE iv[16] = { 9 };
static CK_MECHANISM cbc = { CKM_AES_CBC_PAD, iv, 16 };
static CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
static CK_MECHANISM hmac = { CKM_SHA256_HMAC, NULL, 0 };

static CK_OBJECT_HANDLE create(CK_SESSION_HANDLE session, CK_KEY_TYPE type)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_BYTE value[16] = { 7 };
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) }, { CKA_VALUE, value, 16 } };
	CK_OBJECT_HANDLE key = 0;

	assert_int_equal(p11->C_CreateObject(session, template, 3, &key), CKR_OK);
	return key;
}

/* Each operation alone. */
static void make(struct world *w)
{
	CK_ULONG len = FULL;

	w->session = p11_open(0, 0);
	w->aes = create(w->session, CKK_AES);
	w->generic = create(w->session, CKK_GENERIC_SECRET);
	memset(w->plain, 0x5c, LEN);
	assert_int_equal(p11->C_EncryptInit(w->session, &cbc, w->aes), CKR_OK);
	assert_int_equal(p11->C_Encrypt(w->session, w->plain, LEN, w->cipher, &len), CKR_OK);
	len = 32;
	assert_int_equal(p11->C_DigestInit(w->session, &sha256), CKR_OK);
	assert_int_equal(p11->C_Digest(w->session, w->plain, LEN, w->digest, &len), CKR_OK);
	assert_int_equal(p11->C_SignInit(w->session, &hmac, w->generic), CKR_OK);
	assert_int_equal(p11->C_Sign(w->session, w->plain, LEN, w->code, &len), CKR_OK);
}

typedef CK_RV (*step_function)(
	CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len);

/* In pieces of 33 bytes, each asked for and refused for lack of room before it is taken. */
static CK_ULONG feed(
	const struct world *w, step_function step, const CK_BYTE *in, CK_ULONG len, CK_BYTE *out)
{
	CK_ULONG done = 0;

	for (CK_ULONG at = 0; at < len; at += 33) {
		CK_BYTE piece[33];
		CK_ULONG piece_len = len - at < 33 ? len - at : 33;
		CK_ULONG need = 4711, got;

		memcpy(piece, in + at, piece_len);
		assert_int_equal(step(w->session, piece, piece_len, NULL, &need), CKR_OK);
		got = need - 1;
		if (need)
			assert_int_equal(step(w->session, piece, piece_len, out + done, &got),
				CKR_BUFFER_TOO_SMALL);
		got = need;
		assert_int_equal(step(w->session, piece, piece_len, out + done, &got), CKR_OK);
		assert_int_equal(got, need);
		done += got;
	}
	return done;
}

static void enciphered_and_digested_or_signed(void **state)
{
	struct world w;
	CK_BYTE out[FULL], code[32];
	CK_ULONG done, len;

	(void)state;
	make(&w);
	for (int sign = 0; sign < 2; sign++) {
		assert_int_equal(p11->C_EncryptInit(w.session, &cbc, w.aes), CKR_OK);
		assert_int_equal(sign ? p11->C_SignInit(w.session, &hmac, w.generic)
				      : p11->C_DigestInit(w.session, &sha256),
			CKR_OK);
		done = feed(&w, sign ? p11->C_SignEncryptUpdate : p11->C_DigestEncryptUpdate,
			w.plain, LEN, out);
		len = FULL - done;
		assert_int_equal(p11->C_EncryptFinal(w.session, out + done, &len), CKR_OK);
		assert_int_equal(done + len, FULL);
		assert_memory_equal(out, w.cipher, FULL);
		len = 32;
		assert_int_equal(sign ? p11->C_SignFinal(w.session, code, &len)
				      : p11->C_DigestFinal(w.session, code, &len),
			CKR_OK);
		assert_memory_equal(code, sign ? w.code : w.digest, 32);
	}
}

static void deciphered_and_digested(void **state)
{
	struct world w;
	CK_BYTE out[FULL], digest[32];
	CK_ULONG done, len = FULL;

	(void)state;
	make(&w);
	assert_int_equal(p11->C_DecryptInit(w.session, &cbc, w.aes), CKR_OK);
	assert_int_equal(p11->C_DigestInit(w.session, &sha256), CKR_OK);
	done = feed(&w, p11->C_DecryptDigestUpdate, w.cipher, FULL, out);
	/* the last block comes at the end, and is the caller's to digest */
	assert_int_equal(p11->C_DecryptFinal(w.session, out + done, &len), CKR_OK);
	assert_int_equal(p11->C_DigestUpdate(w.session, out + done, len), CKR_OK);
	assert_int_equal(done + len, LEN);
	assert_memory_equal(out, w.plain, LEN);
	len = 32;
	assert_int_equal(p11->C_DigestFinal(w.session, digest, &len), CKR_OK);
	assert_memory_equal(digest, w.digest, 32);
}

static void deciphered_and_verified(void **state)
{
	struct world w;
	CK_BYTE out[FULL];
	CK_ULONG done, len = FULL;

	(void)state;
	make(&w);
	for (int wrong = 0; wrong < 2; wrong++) {
		assert_int_equal(p11->C_DecryptInit(w.session, &cbc, w.aes), CKR_OK);
		assert_int_equal(p11->C_VerifyInit(w.session, &hmac, w.generic), CKR_OK);
		done = feed(&w, p11->C_DecryptVerifyUpdate, w.cipher, FULL, out);
		len = FULL;
		assert_int_equal(p11->C_DecryptFinal(w.session, out + done, &len), CKR_OK);
		out[done] ^= (CK_BYTE)wrong;
		assert_int_equal(p11->C_VerifyUpdate(w.session, out + done, len), CKR_OK);
		assert_int_equal(p11->C_VerifyFinal(w.session, w.code, 32),
			wrong ? CKR_SIGNATURE_INVALID : CKR_OK);
	}
}

static void both_operations_must_be_there_and_end_together(void **state)
{
	struct world w;
	CK_BYTE out[FULL];
	CK_ULONG len = FULL;

	(void)state;
	make(&w);
	assert_int_equal(p11->C_DigestEncryptUpdate(w.session, w.plain, 1, out, &len),
		CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p11->C_DigestInit(w.session, &sha256), CKR_OK);
	assert_int_equal(p11->C_DigestEncryptUpdate(w.session, w.plain, 1, out, &len),
		CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p11->C_EncryptInit(w.session, &cbc, w.aes), CKR_OK);
	assert_int_equal(
		p11->C_DigestEncryptUpdate(w.session, NULL, 1, out, &len), CKR_ARGUMENTS_BAD);
	assert_int_equal(p11->C_DigestFinal(w.session, out, &len), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p11->C_EncryptFinal(w.session, out, &len), CKR_OPERATION_NOT_INITIALIZED);
}

static void the_value_of_a_key_is_digested(void **state)
{
	struct world w;
	CK_BYTE value[16] = { 7 }, want[32], got[32];
	CK_ULONG len = 32;

	(void)state;
	make(&w);
	assert_int_equal(p11->C_DigestInit(w.session, &sha256), CKR_OK);
	assert_int_equal(p11->C_Digest(w.session, value, 16, want, &len), CKR_OK);
	assert_int_equal(p11->C_DigestKey(w.session, w.aes), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(p11->C_DigestInit(w.session, &sha256), CKR_OK);
	assert_int_equal(p11->C_DigestKey(w.session, w.aes), CKR_OK);
	assert_int_equal(p11->C_Digest(w.session, value, 16, got, &len), CKR_OPERATION_ACTIVE);
	assert_int_equal(p11->C_DigestFinal(w.session, got, &len), CKR_OK);
	assert_memory_equal(got, want, 32);
	assert_int_equal(p11->C_DigestInit(w.session, &sha256), CKR_OK);
	assert_int_equal(p11->C_DigestKey(w.session, 4711), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(p11->C_DigestInit(w.session, &sha256), CKR_OK);
	assert_int_equal(p11->C_DigestKey(w.session, p11_object(w.session, CKO_PUBLIC_KEY)),
		CKR_KEY_INDIGESTIBLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, p11_setup, p11_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(enciphered_and_digested_or_signed),
		TEST(deciphered_and_digested),
		TEST(deciphered_and_verified),
		TEST(both_operations_must_be_there_and_end_together),
		TEST(the_value_of_a_key_is_digested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
