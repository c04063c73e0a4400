/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers that twca-pkcs11 adds to PKCS#11, for programs that talk to it. Public header.
 *
 * Include the PKCS#11 header of your choice first.
 *
 * How many tries a PIN has left
 *
 * PKCS#11 only has flags (CKF_USER_PIN_COUNT_LOW, _FINAL_TRY, _LOCKED). Each PIN of a token is also
 * shown as a hardware feature object; by the standard's rule such an object is found only by a
 * template that has CKA_CLASS = CKO_HW_FEATURE. Reading it needs no login and sends no card
 * command:
 *
 *     CKA_CLASS                 CKO_HW_FEATURE
 *     CKA_HW_FEATURE_TYPE       CKH_TWCA_PIN
 *     CKA_TWCA_PIN_USER_TYPE    CK_USER_TYPE: CKU_USER, CKU_SO or CKU_TWCA_CARD_SO
 *     CKA_TWCA_PIN_TRIES_LEFT   CK_ULONG; CK_UNAVAILABLE_INFORMATION: the card does not tell, or
 *                               has not told yet (CardOS V4 tells only after a wrong PIN)
 *     CKA_TWCA_PIN_TRIES_MAX    CK_ULONG; CK_UNAVAILABLE_INFORMATION: unknown
 *     CKA_TWCA_PIN_MIN_LEN      CK_ULONG, bytes
 *     CKA_TWCA_PIN_MAX_LEN      CK_ULONG, bytes
 *     CKA_TWCA_PIN_LOCKED       CK_BBOOL; known to be locked
 *
 * After C_Login(), C_SetPIN() or C_InitPIN() answered CKR_PIN_INCORRECT, the object of that user
 * type (of CKU_SO after C_InitPIN(): the PUK) holds what the card just said.
 *
 * How a software identity asks for its password
 *
 * A token that is a directory of PFX files has one more hardware feature object, found likewise:
 *
 *     CKA_CLASS                   CKO_HW_FEATURE
 *     CKA_HW_FEATURE_TYPE         CKH_TWCA_IDENTITY
 *     CKA_TWCA_PROMPT_LEVEL       CK_ULONG, can be set: 1 the password at every use of a key,
 *                                 2 once after each start of a program (the default), 3 never
 *     CKA_TWCA_PROMPT_LEVEL_NOW   CK_ULONG; what this process does. A level that was set counts
 *                                 for processes that call C_Initialize() afterwards; those that
 *                                 run keep theirs, the one that set it too.
 *     CKA_TWCA_OLD_CIPHER         CK_BBOOL; a file of it is encrypted with RC2 or 3DES: who has a
 *                                 copy can try passwords quickly. C_SetPIN() writes it anew.
 *     CKA_TWCA_OLD_CIPHERS_ALLOWED  CK_BBOOL, can be set: keys in files under RC2 or 3DES may be
 *                                 used; without it they answer CKR_ACTION_PROHIBITED
 *     CKA_TWCA_DIRECTORY          bytes of the directory's path, without a final NUL
 *
 * Setting one: C_Login(CKU_USER) in a read-write session, which checks the password, then
 * C_SetAttributeValue() on this object. Errors: CKR_USER_NOT_LOGGED_IN, CKR_SESSION_READ_ONLY,
 * CKR_TOKEN_WRITE_PROTECTED, CKR_ATTRIBUTE_VALUE_INVALID, CKR_ATTRIBUTE_READ_ONLY.
 *
 * Level 3 keeps the password in the file "password" beside the PFX files, mode 0600: who can read
 * that file, a backup for example, has the key. A program that offers level 3 must say so first.
 * Setting level 1 or 2 erases the file in the same step; C_SetPIN() writes the new password into
 * it. */
#ifndef TWCA_VENDOR_H
#define TWCA_VENDOR_H

/* All our numbers: CKx_VENDOR_DEFINED | "TW" | small number. */
#define TWCA_VENDOR_BASE (0x80000000UL | 0x54570000UL)

/* The administrator PIN of a card that OpenSC (or its issuer) gave one, besides PIN and PUK.
 * C_Login() with it is allowed beside a CKU_USER login, in the same session or another one, in any
 * order; the session state does not change by it. It opens the directory files for writing on such
 * cards; without it a write there answers CKR_USER_NOT_LOGGED_IN. C_Logout() ends it too.
 * CKR_USER_TYPE_INVALID: this card has no such PIN, and needs none. */
#define CKU_TWCA_CARD_SO (TWCA_VENDOR_BASE | 1UL)

#define CKH_TWCA_PIN (TWCA_VENDOR_BASE | 1UL)
#define CKH_TWCA_IDENTITY (TWCA_VENDOR_BASE | 2UL)

#define CKA_TWCA_PIN_USER_TYPE (TWCA_VENDOR_BASE | 1UL)
#define CKA_TWCA_PIN_TRIES_LEFT (TWCA_VENDOR_BASE | 2UL)
#define CKA_TWCA_PIN_TRIES_MAX (TWCA_VENDOR_BASE | 3UL)
#define CKA_TWCA_PIN_MIN_LEN (TWCA_VENDOR_BASE | 4UL)
#define CKA_TWCA_PIN_MAX_LEN (TWCA_VENDOR_BASE | 5UL)
#define CKA_TWCA_PIN_LOCKED (TWCA_VENDOR_BASE | 6UL)

#define CKA_TWCA_PROMPT_LEVEL (TWCA_VENDOR_BASE | 7UL)
#define CKA_TWCA_PROMPT_LEVEL_NOW (TWCA_VENDOR_BASE | 8UL)
#define CKA_TWCA_OLD_CIPHER (TWCA_VENDOR_BASE | 9UL)
#define CKA_TWCA_OLD_CIPHERS_ALLOWED (TWCA_VENDOR_BASE | 10UL)
#define CKA_TWCA_DIRECTORY (TWCA_VENDOR_BASE | 11UL)

/* When the smart card service cannot be reached there is one empty slot with one of these as its
 * slotDescription (padded with spaces as usual), so that a program can tell why it sees no reader.
 */
#define TWCA_SLOT_NO_SERVICE "No smart card service: pcscd is not running"
#define TWCA_SLOT_ACCESS_DENIED "The smart card service refuses this user (polkit)"

#endif
