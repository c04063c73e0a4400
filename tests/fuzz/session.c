/* SPDX-License-Identifier: Apache-2.0 */
/* A whole session of an application with the module. */
#include "session.h"

#include <stdint.h>
#include <string.h>

#define OBJECTS_MAX 40
#define VALUE_MAX 20000

struct run {
	CK_FUNCTION_LIST *p11;
	const struct session_plan *plan;
	struct session_log *log;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE objects[OBJECTS_MAX];
	CK_ULONG count;
};

static CK_RV note(struct run *run, const char *name, CK_RV rv)
{
	if (run->log && run->log->count < SESSION_STEPS_MAX)
		run->log->steps[run->log->count++] =
			(struct session_step){ .name = name, .rv = rv };
	return rv;
}

static CK_UTF8CHAR *text(const char *words)
{
	static CK_UTF8CHAR copies[4][40];
	static unsigned at;
	CK_UTF8CHAR *copy = copies[at++ % 4];

	memcpy(copy, words, strlen(words) + 1);
	return copy;
}

static void find(struct run *run)
{
	run->count = 0;
	if (note(run, "C_FindObjectsInit", run->p11->C_FindObjectsInit(run->session, NULL, 0)) !=
		CKR_OK)
		return;
	note(run, "C_FindObjects",
		run->p11->C_FindObjects(run->session, run->objects, OBJECTS_MAX, &run->count));
	note(run, "C_FindObjectsFinal", run->p11->C_FindObjectsFinal(run->session));
}

static CK_RV get(
	struct run *run, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, void *out, CK_ULONG *len)
{
	CK_ATTRIBUTE row = { type, out, *len };
	CK_RV rv = run->p11->C_GetAttributeValue(run->session, object, &row, 1);

	*len = row.ulValueLen;
	return rv;
}

static void read_one(struct run *run, CK_OBJECT_HANDLE object)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_CLASS, CKA_LABEL, CKA_ID, CKA_VALUE,
		CKA_SUBJECT, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_MODULUS, CKA_MODULUS_BITS,
		CKA_PUBLIC_EXPONENT, CKA_EC_PARAMS, CKA_EC_POINT, CKA_APPLICATION, CKA_START_DATE,
		CKA_ALLOWED_MECHANISMS, CKA_SIGN, CKA_ALWAYS_AUTHENTICATE };
	static uint8_t value[VALUE_MAX];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		CK_ULONG len = sizeof(value);

		(void)get(run, object, types[i], value, &len);
	}
	note(run, "C_GetAttributeValue", CKR_OK);
}

static void use_one(struct run *run, CK_OBJECT_HANDLE key)
{
	static const CK_MECHANISM_TYPE types[] = { CKM_SHA256_RSA_PKCS, CKM_ECDSA, CKM_RSA_X_509 };
	CK_BYTE data[32] = { 1 }, out[1024];
	CK_BYTE cryptogram[256] = { 0, 2 };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		CK_MECHANISM mechanism = { types[i], NULL, 0 };
		CK_ULONG len = sizeof(out);

		if (note(run, "C_SignInit", run->p11->C_SignInit(run->session, &mechanism, key)) !=
			CKR_OK)
			continue;
		(void)run->p11->C_Login(
			run->session, CKU_CONTEXT_SPECIFIC, text(SESSION_PIN), strlen(SESSION_PIN));
		note(run, "C_Sign", run->p11->C_Sign(run->session, data, sizeof(data), out, &len));
	}
	for (CK_ULONG size = 64; size <= sizeof(cryptogram); size *= 2) {
		CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
		CK_ULONG len = sizeof(out);

		if (note(run, "C_DecryptInit",
			    run->p11->C_DecryptInit(run->session, &mechanism, key)) == CKR_OK)
			note(run, "C_Decrypt",
				run->p11->C_Decrypt(run->session, cryptogram, size, out, &len));
	}
}

static CK_OBJECT_CLASS class_of(struct run *run, CK_OBJECT_HANDLE object)
{
	CK_OBJECT_CLASS class = CK_UNAVAILABLE_INFORMATION;
	CK_ULONG len = sizeof(class);

	(void)get(run, object, CKA_CLASS, &class, &len);
	return class;
}

static void visit_all(struct run *run)
{
	find(run);
	for (CK_ULONG i = 0; i < run->count; i++) {
		if (run->plan->reads)
			read_one(run, run->objects[i]);
		if (run->plan->uses && class_of(run, run->objects[i]) == CKO_PRIVATE_KEY)
			use_one(run, run->objects[i]);
	}
}

static void generate(struct run *run)
{
	CK_MECHANISM mechanism = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG bits = 512;
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE public[] = { { CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_MODULUS_BITS, &bits, sizeof(bits) }, { CKA_VERIFY, &yes, sizeof(yes) } };
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_PRIVATE, &yes, sizeof(yes) }, { CKA_SIGN, &yes, sizeof(yes) } };
	CK_OBJECT_HANDLE handles[2] = { 0 };

	note(run, "C_GenerateKeyPair",
		run->p11->C_GenerateKeyPair(
			run->session, &mechanism, public, 3, private, 3, &handles[0], &handles[1]));
}

static void store(struct run *run)
{
	static CK_BYTE content[300];
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_TOKEN, &yes, sizeof(yes) }, { CKA_LABEL, text("note"), 4 },
		{ CKA_VALUE, content, sizeof(content) } };
	CK_ATTRIBUTE name = { CKA_LABEL, text("longer note"), 11 };
	CK_OBJECT_HANDLE object = 0;

	if (note(run, "C_CreateObject",
		    run->p11->C_CreateObject(run->session, template, 4, &object)) != CKR_OK)
		return;
	note(run, "C_SetAttributeValue",
		run->p11->C_SetAttributeValue(run->session, object, &name, 1));
	note(run, "C_DestroyObject", run->p11->C_DestroyObject(run->session, object));
}

static CK_RV login(struct run *run, CK_USER_TYPE who, const char *pin)
{
	CK_UTF8CHAR *typed = run->plan->keypad ? NULL : text(pin);

	return note(run, "C_Login",
		run->p11->C_Login(run->session, who, typed, typed ? strlen(pin) : 0));
}

static void change_pins(struct run *run)
{
	const bool keypad = run->plan->keypad;
	CK_UTF8CHAR *pin = keypad ? NULL : text(SESSION_PIN);
	CK_ULONG len = keypad ? 0 : strlen(SESSION_PIN);

	note(run, "C_SetPIN", run->p11->C_SetPIN(run->session, pin, len, pin, len));
	note(run, "C_Logout", run->p11->C_Logout(run->session));
	if (login(run, CKU_SO, SESSION_PUK) == CKR_OK)
		note(run, "C_InitPIN", run->p11->C_InitPIN(run->session, pin, len));
	note(run, "C_CloseAllSessions", run->p11->C_CloseAllSessions(run->slot));
	note(run, "C_InitToken",
		run->p11->C_InitToken(run->slot, text(SESSION_PUK), strlen(SESSION_PUK),
			text("anew                            ")));
}

static void with_session(struct run *run)
{
	CK_BYTE random[16];

	visit_all(run);
	(void)login(run, CKU_USER, SESSION_PIN);
	visit_all(run);
	note(run, "C_GenerateRandom",
		run->p11->C_GenerateRandom(run->session, random, sizeof(random)));
	if (run->plan->writes) {
		generate(run);
		store(run);
		visit_all(run);
	}
	if (run->plan->pins)
		change_pins(run);
}

static void open_and_use(struct run *run)
{
	CK_TOKEN_INFO token;

	note(run, "C_GetTokenInfo", run->p11->C_GetTokenInfo(run->slot, &token));
	if (note(run, "C_OpenSession",
		    run->p11->C_OpenSession(run->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
			    NULL, &run->session)) != CKR_OK)
		return;
	with_session(run);
	note(run, "C_CloseAllSessions", run->p11->C_CloseAllSessions(run->slot));
}

void session_run(const struct session_plan *plan, struct session_log *log)
{
	struct run run = { .plan = plan, .log = log };
	CK_SLOT_INFO slot;
	CK_ULONG count = 1;

	if (C_GetFunctionList(&run.p11) != CKR_OK ||
		note(&run, "C_Initialize", run.p11->C_Initialize(NULL)) != CKR_OK)
		return;
	if (note(&run, "C_GetSlotList", run.p11->C_GetSlotList(CK_TRUE, &run.slot, &count)) ==
			CKR_OK &&
		count == 1) {
		note(&run, "C_GetSlotInfo", run.p11->C_GetSlotInfo(run.slot, &slot));
		open_and_use(&run);
		if (plan->again) {
			note(&run, SESSION_AGAIN, CKR_OK);
			open_and_use(&run);
		}
	}
	note(&run, "C_Finalize", run.p11->C_Finalize(NULL));
}
