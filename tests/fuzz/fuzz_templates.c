/* SPDX-License-Identifier: Apache-2.0 */
/* Templates of any kind before the functions that take one. Whatever is asked: the answer is a code
 * that those functions have, a refusal makes nothing, and what was made tells its attributes by the
 * two-call rule, is found by them, and keeps what is secret. */
#include "fuzz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "p11.h"
#include "pkcs11/token.h"
#include "scope.h"

#define ATTRS_MAX 12
#define VALUE_MAX 4096
#define CALLS_MAX 16

/* The input, eaten byte by byte; zeros when it is over. */
struct input {
	const uint8_t *bytes;
	size_t len;
};

struct template
{
	CK_ATTRIBUTE attrs[ATTRS_MAX];
	CK_BYTE values[ATTRS_MAX][256];
	CK_ULONG count;
};

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE wrapping, agreed, agreeing, last;

static uint8_t eat(struct input *input)
{
	if (!input->len)
		return 0;
	input->len--;
	return *input->bytes++;
}

static const struct {
	const char *bytes;
	CK_ULONG len;
} good[] = {
	{ "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10 },
	{ "\x01\x00\x01", 3 },
	{ "0123456789abcdef", 16 },
	{ "20260102", 8 },
};

static void read_value(struct input *input, CK_BYTE *value, CK_ATTRIBUTE *attr)
{
	CK_ULONG number;
	size_t which;

	attr->pValue = value;
	switch (eat(input) % 8) {
	case 0:
		attr->ulValueLen = 0;
		return;
	case 1: /* no value, and a length */
		attr->pValue = NULL;
		attr->ulValueLen = eat(input) == 1 ? CK_UNAVAILABLE_INFORMATION : 3;
		return;
	case 2:
	case 3:
		*value = eat(input) & 1;
		attr->ulValueLen = 1;
		return;
	case 4:
	case 5:
		number = eat(input);
		number |= (CK_ULONG)eat(input) << 8;
		memcpy(value, &number, sizeof(number));
		attr->ulValueLen = sizeof(number);
		return;
	case 6:
		which = eat(input) % COUNT_OF(good);
		memcpy(value, good[which].bytes, good[which].len);
		attr->ulValueLen = good[which].len;
		return;
	default:
		attr->ulValueLen = eat(input);
		for (CK_ULONG i = 0; i < attr->ulValueLen; i++)
			value[i] = eat(input);
	}
}

static void read_template(struct input *input, struct template *template)
{
	template->count = eat(input) % (ATTRS_MAX + 1);
	for (CK_ULONG i = 0; i < template->count; i++) {
		uint8_t type = eat(input);

		template->attrs[i].type =
			type < attr_table_len ? attr_table[type].type : 0x7fff0000u | eat(input);
		read_value(input, template->values[i], &template->attrs[i]);
	}
}

static void check(bool good_so, const char *what, CK_RV rv)
{
	if (good_so)
		return;
	fprintf(stderr, "%s: %#lx\n", what, rv);
	abort();
}

/* Nothing went wrong inside. */
static void check_code(const char *what, CK_RV rv)
{
	check(rv != CKR_GENERAL_ERROR && rv != CKR_FUNCTION_FAILED && rv != CKR_HOST_MEMORY &&
			rv != CKR_DEVICE_ERROR && rv != CKR_FUNCTION_NOT_SUPPORTED,
		what, rv);
}

/* Every attribute of the table: its length, then its value in just that room. */
static void look(CK_OBJECT_HANDLE object)
{
	static CK_BYTE value[VALUE_MAX];
	CK_BBOOL sensitive = CK_FALSE;
	CK_ATTRIBUTE secret = { CKA_SENSITIVE, &sensitive, 1 };

	p11->C_GetAttributeValue(session, object, &secret, 1);
	for (size_t i = 0; i < attr_table_len; i++) {
		CK_ATTRIBUTE attr = { attr_table[i].type, NULL, 0 };
		CK_RV rv = p11->C_GetAttributeValue(session, object, &attr, 1);
		CK_ULONG len = attr.ulValueLen;

		check(rv == CKR_OK || len == CK_UNAVAILABLE_INFORMATION, "length", rv);
		check(!sensitive || attr.type != CKA_VALUE || rv != CKR_OK, "a secret", rv);
		if (rv != CKR_OK)
			continue;
		check(len <= VALUE_MAX, "a long value", len);
		attr.pValue = value;
		rv = p11->C_GetAttributeValue(session, object, &attr, 1);
		check(rv == CKR_OK && attr.ulValueLen == len, "value", rv);
		check(p11_find(session, &attr, 1, NULL) > 0, "found by what it shows", attr.type);
	}
}

static void made(const char *what, CK_RV rv, CK_OBJECT_HANDLE object)
{
	check_code(what, rv);
	check((rv == CKR_OK) == (object != 0), what, rv);
	if (rv != CKR_OK)
		return;
	look(object);
	if (last)
		p11->C_DestroyObject(session, last);
	last = object;
}

static void make_pair(struct input *input, struct template *template)
{
	static struct template private;
	CK_MECHANISM mech = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE public = 0, key = 0;
	CK_RV rv;

	read_template(input, &private);
	rv = p11->C_GenerateKeyPair(session, &mech, template->attrs, template->count, private.attrs,
		private.count, &public, &key);
	made("C_GenerateKeyPair", rv, public);
	if (rv == CKR_OK) {
		look(key);
		check(p11->C_DestroyObject(session, key) == CKR_OK, "destroy", rv);
	}
}

static void unwrap(struct template *template)
{
	static CK_BYTE bytes[40];
	CK_MECHANISM mech = { CKM_AES_KEY_WRAP, NULL, 0 };
	CK_ULONG len = sizeof(bytes);
	CK_OBJECT_HANDLE key = 0;
	CK_RV rv = p11->C_WrapKey(session, &mech, wrapping, wrapping, bytes, &len);

	check(rv == CKR_OK, "C_WrapKey", rv);
	rv = p11->C_UnwrapKey(
		session, &mech, wrapping, bytes, len, template->attrs, template->count, &key);
	made("C_UnwrapKey", rv, key);
}

static void derive(struct template *template)
{
	static CK_BYTE point[80];
	CK_ECDH1_DERIVE_PARAMS ecdh = { .kdf = CKD_NULL, .pPublicData = point };
	CK_MECHANISM mech = { CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh) };
	CK_ATTRIBUTE public = { CKA_EC_POINT, point, sizeof(point) };
	CK_OBJECT_HANDLE key = 0;
	CK_RV rv = p11->C_GetAttributeValue(session, agreed, &public, 1);

	check(rv == CKR_OK, "a point", rv);
	ecdh.ulPublicDataLen = public.ulValueLen;
	rv = p11->C_DeriveKey(session, &mech, agreeing, template->attrs, template->count, &key);
	made("C_DeriveKey", rv, key);
}

static void change(struct template *template)
{
	if (!last)
		return;
	check_code("C_SetAttributeValue",
		p11->C_SetAttributeValue(session, last, template->attrs, template->count));
	look(last);
}

static void find(struct template *template)
{
	CK_OBJECT_HANDLE found[4];
	CK_ULONG count;
	CK_RV rv = p11->C_FindObjectsInit(session, template->attrs, template->count);

	check_code("C_FindObjectsInit", rv);
	if (rv != CKR_OK)
		return;
	check_code("C_FindObjects", p11->C_FindObjects(session, found, 4, &count));
	p11->C_FindObjectsFinal(session);
}

static void one_call(struct input *input)
{
	static struct template template;
	CK_MECHANISM aes = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_OBJECT_HANDLE object = 0;
	uint8_t what = eat(input) % 8;
	CK_RV rv;

	read_template(input, &template);
	switch (what) {
	case 0:
		rv = p11->C_CreateObject(session, template.attrs, template.count, &object);
		made("C_CreateObject", rv, object);
		break;
	case 1:
		rv = p11->C_GenerateKey(session, &aes, template.attrs, template.count, &object);
		made("C_GenerateKey", rv, object);
		break;
	case 2:
		make_pair(input, &template);
		break;
	case 3:
		unwrap(&template);
		break;
	case 4:
		derive(&template);
		break;
	case 5:
		change(&template);
		break;
	case 6:
		rv = p11->C_CopyObject(session, last, template.attrs, template.count, &object);
		made("C_CopyObject", rv, object);
		break;
	default:
		find(&template);
	}
}

/* ---- the world: a token with an EC key pair, a session with an AES key ---- */

static void begin_world(void)
{
	static const CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE public[] = { p11_attr(CKA_EC_PARAMS, p256, sizeof(p256)) };
	CK_ATTRIBUTE private[] = { { CKA_DERIVE, &yes, 1 }, { CKA_TOKEN, &yes, 1 } };
	CK_MECHANISM mech = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_RV rv;

	p11_setup(NULL);
	fake_set_curves(0, TOKEN_P256);
	session = p11_user(0);
	rv = p11->C_GenerateKeyPair(session, &mech, public, 1, private, 2, &agreed, &agreeing);
	check(rv == CKR_OK, "the world", rv);
	p11->C_CloseSession(session);
}

static void begin_session(void)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_ATTRIBUTE key[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		p11_attr(CKA_VALUE, "0123456789abcdef", 16) };

	session = p11_user(0);
	last = 0;
	check(p11->C_CreateObject(session, key, 3, &wrapping) == CKR_OK, "the world", 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static bool begun;
	struct input input = { bytes, len };

	if (!begun)
		begin_world();
	begun = true;
	begin_session();
	for (int calls = 0; input.len && calls < CALLS_MAX; calls++)
		one_call(&input);
	if (last)
		p11->C_DestroyObject(session, last);
	p11->C_CloseAllSessions(0);
	return 0;
}
