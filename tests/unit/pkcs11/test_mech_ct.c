/* SPDX-License-Identifier: Apache-2.0 */
/* Takes paddings off under valgrind, to which each byte of the deciphered block is undefined: a
 * branch or an address that depends on one is an error that it reports.
 *
 * What the caller is told is made defined at the moment it is found, by a wrapper put around
 * ct_type2() and ct_oaep() at link time: of type 2 the message's length, of OAEP also whether the
 * block is right. Usage: test_mech_ct type2|lengths|oaep|leaky; the last one is a padding taken off
 * carelessly, which valgrind must find out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>
#include <valgrind/memcheck.h>

#include "pkcs11/blob.h"
#include "pkcs11/crypto.h"
#include "pkcs11/mech.h"
#include "pkcs11/mech_ct.h"
#include "pkcs11/mech_pad.h"
#include "pkcs11/scope.h"

#include "cardos/secret.h"

#define LEN 256
#define BLOCKS 24

void __real_ct_type2(const uint8_t *block, uint32_t len, uint32_t other_len,
	const struct pad_lengths *lengths, struct ct_message *ret);
void __wrap_ct_type2(const uint8_t *block, uint32_t len, uint32_t other_len,
	const struct pad_lengths *lengths, struct ct_message *ret);
void __real_ct_oaep(
	const uint8_t *em, uint32_t len, const uint8_t *label, uint32_t h, struct ct_message *ret);
void __wrap_ct_oaep(
	const uint8_t *em, uint32_t len, const uint8_t *label, uint32_t h, struct ct_message *ret);

static unsigned looked; /* blocks that came to a wrapper */

/* The length is told; whether it is the block's or the one of rejection stays unknown. */
void __wrap_ct_type2(const uint8_t *block, uint32_t len, uint32_t other_len,
	const struct pad_lengths *lengths, struct ct_message *ret)
{
	VALGRIND_MAKE_MEM_DEFINED(&other_len, sizeof(other_len));
	__real_ct_type2(block, len, other_len, lengths, ret);
	VALGRIND_MAKE_MEM_DEFINED(&ret->start, sizeof(ret->start));
	VALGRIND_MAKE_MEM_DEFINED(&ret->len, sizeof(ret->len));
	looked++;
}

void __wrap_ct_oaep(
	const uint8_t *em, uint32_t len, const uint8_t *label, uint32_t h, struct ct_message *ret)
{
	__real_ct_oaep(em, len, label, h, ret);
	VALGRIND_MAKE_MEM_DEFINED(ret, sizeof(*ret));
	looked++;
}

/* Right ones, and wrong in each way: first bytes, no zero, one too early. */
static void fill(uint8_t *block, unsigned number)
{
	RAND_bytes(block, LEN);
	for (size_t i = 0; i < LEN; i++)
		block[i] |= 1;
	block[0] = number % 4 == 1;
	block[1] = number % 4 == 2 ? 1 : 2;
	if (number % 4 != 3)
		block[number % 3 ? LEN - 10 * number % 200 - 1 : 5] = 0;
}

static CK_RV take_off(const struct crypto *crypto, const char *what, struct secret *block,
	struct secret **ret_message)
{
	struct pad_lengths lengths = { 2, { 16, 32 } };
	struct blob cryptogram = { 0 };
	struct pad_oaep oaep = { mech_hash_find(CKM_SHA256), mech_hash_find(CKM_SHA256),
		&cryptogram };
	CK_RV rv;

	if (strcmp(what, "oaep") == 0)
		return pad_oaep_decipher(crypto, &oaep, block, ret_message);
	if (!blob_set(&cryptogram, "cryptogram", 10))
		return CKR_HOST_MEMORY;
	rv = pad_pkcs1_decipher(crypto, block, &cryptogram,
		strcmp(what, "lengths") == 0 ? &lengths : NULL, ret_message);
	blob_clear(&cryptogram);
	return rv;
}

/* How not to do it. */
static CK_RV take_off_carelessly(struct secret *block, struct secret **ret_message)
{
	const uint8_t *bytes = secret_bytes(block);
	const uint8_t *end = memchr(bytes + 2, 0, LEN - 2);

	if (bytes[0] != 0 || bytes[1] != 2 || !end)
		return CKR_ENCRYPTED_DATA_INVALID;
	*ret_message = secret_new(end + 1, (size_t)(bytes + LEN - end - 1));
	return CKR_OK;
}

int main(int argc, char **argv)
{
	struct crypto *crypto = crypto_new();
	const char *what = argc > 1 ? argv[1] : "";
	bool leaky = strcmp(what, "leaky") == 0;

	if (!crypto || !RUNNING_ON_VALGRIND) {
		(void)fprintf(stderr, "run this under valgrind\n");
		return 2;
	}
	for (unsigned i = 0; i < BLOCKS; i++) {
		CLEANUP(secret_free_p) struct secret *block = secret_new_empty(LEN);
		CLEANUP(secret_free_p) struct secret *message = NULL;
		CK_RV rv;

		if (!block)
			return 2;
		fill(secret_bytes_mut(block), i);
		VALGRIND_MAKE_MEM_UNDEFINED(secret_bytes_mut(block), LEN);
		rv = leaky ? take_off_carelessly(block, &message)
			   : take_off(crypto, what, block, &message);
		if (rv != CKR_OK && rv != CKR_ENCRYPTED_DATA_INVALID)
			return 2;
	}
	crypto_free(crypto);
	(void)printf("%u of %d blocks\n", looked, BLOCKS);
	return leaky || looked == BLOCKS ? 0 : 2;
}
