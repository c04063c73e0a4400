/* SPDX-License-Identifier: Apache-2.0 */
/* A PKCS#11 module in memory for the tests of tools/lib: slots, objects with any attributes, PINs,
 * and whatever answer a test wants of a call. */
#ifndef TWCA_TEST_MODULE_H
#define TWCA_TEST_MODULE_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODULE_SLOTS 4
#define MODULE_OBJECTS 40
#define MODULE_ATTRIBUTES 8

struct p11;
struct p11_session;

enum module_call {
	MODULE_SLOT_LIST,
	MODULE_SLOT_INFO,
	MODULE_TOKEN_INFO,
	MODULE_OPEN,
	MODULE_LOGIN,
	MODULE_LOGOUT,
	MODULE_FIND,
	MODULE_GET,
	MODULE_SET,
	MODULE_CREATE,
	MODULE_DESTROY,
	MODULE_SIGN,
	MODULE_INIT_TOKEN,
	MODULE_INIT_PIN,
	MODULE_SET_PIN,
	MODULE_MECHANISM,
	MODULE_CALLS
};

struct module_object {
	CK_SLOT_ID slot;
	struct {
		CK_ATTRIBUTE_TYPE type;
		uint8_t *value;
		size_t len;
	} attributes[MODULE_ATTRIBUTES];
	size_t count;
	bool gone;
};

extern struct module {
	struct module_slot {
		const char *reader, *label, *serial;
		CK_FLAGS slot_flags, token_flags;
		CK_RV token_rv; /* of C_GetTokenInfo(), of this slot */
	} slots[MODULE_SLOTS];
	size_t slot_count;
	struct module_object objects[MODULE_OBJECTS];
	size_t object_count;
	CK_RV rv[MODULE_CALLS];          /* not CKR_OK: the call says only this */
	unsigned rvs_left[MODULE_CALLS]; /* so often, then it succeeds; 0: always */
	unsigned calls[MODULE_CALLS];    /* how often it was made */
	CK_ULONG rsa_bits;
	/* what the last such call was given, as text */
	CK_USER_TYPE user;
	char pin[64], new_pin[64], label[33], signed_bytes[256];
	CK_SLOT_ID opened;
} module;

/* Forget everything; one card "0102030405060708", label "Card", in slot 0, "Reader A". */
void module_reset(void);

/* One more slot: a reader with a card. Returns its number. */
CK_SLOT_ID module_add_slot(const char *reader, const char *label, const char *serial);

/* An object; the attributes are copied. Returns its handle. */
CK_OBJECT_HANDLE module_add(CK_SLOT_ID slot, const CK_ATTRIBUTE *attributes, size_t count);
/* A class and one attribute of bytes beside it, or more by module_give(). */
CK_OBJECT_HANDLE module_add_class(CK_SLOT_ID slot, CK_OBJECT_CLASS class);
void module_give(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, const void *value, size_t len);

/* How many objects there are that were not destroyed. */
size_t module_left(void);

/* The module, opened; a session in a slot. Closed by the test. */
struct p11 *module_open(void);
struct p11_session *module_session(struct p11 *p11, CK_SLOT_ID slot);

/* What most tests begin and end with: all forgotten, the module opened, a session in slot 0. */
void module_begin(struct p11 **ret_p11, struct p11_session **ret_session);
void module_end(struct p11 **p11, struct p11_session **session);

#endif
