/* SPDX-License-Identifier: Apache-2.0 */
/* The switches: what public sources leave open about a card, each with a name and a choice.
 *
 * The first value of a choice is the default. Values are kept in the state file. */
#ifndef VCARD_SWITCHES_H
#define VCARD_SWITCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum vc_switch {
	VC_S_ADMIN_ONLY,
	VC_S_ANSWER,
	VC_S_ARR,
	VC_S_BAD_BLOCK,
	VC_S_CHAIN_BREAK,
	VC_S_CHAINING,
	VC_S_CHALLENGE,
	VC_S_CREATE_EXISTING,
	VC_S_CREATE_SELECTS,
	VC_S_CURVES,
	VC_S_DATA_FIELD,
	VC_S_DECIPHER_RAW,
	VC_S_DELETE_DF,
	VC_S_DELETE_RULE,
	VC_S_DF_FILES,
	VC_S_DF_MEMORY,
	VC_S_DIRECTORY,
	VC_S_EEPROM,
	VC_S_EMPTY_VERIFY,
	VC_S_EXTENDED,
	VC_S_FCI,
	VC_S_FCI_AC,
	VC_S_GENERATE_MS,
	VC_S_ID_1F,
	VC_S_KEY_SEARCH,
	VC_S_LAST_TRY,
	VC_S_LAYOUT,
	VC_S_LOCAL_REF,
	VC_S_MISSING_KEY,
	VC_S_NO_PIN,
	VC_S_NO_SE,
	VC_S_OCI_EXISTING,
	VC_S_PHASE_AC,
	VC_S_PHASE_CLEARS,
	VC_S_PHASE_SW,
	VC_S_PIN_LENGTH,
	VC_S_PIN_STATUS,
	VC_S_READ_ACROSS_END,
	VC_S_READ_END,
	VC_S_SHORT_LE,
	VC_S_SHORT_PIN,
	VC_S_SM_ERROR,
	VC_S_TEXT,
	VC_S_TOKEN_INFO,
	VC_S_UNKNOWN,
	VC_S_UPDATE_PAST_END,
	VC_S_VALIDITY,
	VC_S_VERIFYRC,
	VC_S_WRITE_MS,
	VC_S_WRONG_ALGORITHM,
	VC_S_WRONG_PIN,
	VC_S_COUNT
};

/* Positions of the choices with more than two values; for two, 0 and 1 read well enough. */
enum {
	VC_ADMIN_PUT_DATA,
	VC_ADMIN_WRITES,
	VC_ADMIN_NONE
};
enum {
	VC_CHAINING_ALL,
	VC_CHAINING_CDS,
	VC_CHAINING_NONE
};
enum {
	VC_DELETE_SELF,
	VC_DELETE_CHILD,
	VC_DELETE_BOTH
};
enum {
	VC_DF_FILES_TRANSPARENT,
	VC_DF_FILES_RECORDS,
	VC_DF_FILES_ALL
};
enum {
	VC_LAYOUT_MAKER,
	VC_LAYOUT_PLAIN,
	VC_LAYOUT_FOREIGN
};
enum {
	VC_TOKEN_INFO_LISTED,
	VC_TOKEN_INFO_BARE,
	VC_TOKEN_INFO_EID
};
enum {
	VC_DIRECTORY_SHORT,
	VC_DIRECTORY_FULL,
	VC_DIRECTORY_PAGED
};
enum {
	VC_MISSING_PSO_6A88,
	VC_MISSING_PSO_6F86,
	VC_MISSING_MSE
};
enum {
	VC_SHORT_LE_6C,
	VC_SHORT_LE_6700,
	VC_SHORT_LE_CUT
};
enum {
	VC_SHORT_PIN_6A80,
	VC_SHORT_PIN_6700,
	VC_SHORT_PIN_TAKE
};
enum {
	VC_WRONG_PIN_OBJECT,
	VC_WRONG_PIN_6300,
	VC_WRONG_PIN_63CX
};

#define VC_TEXT_MAX 64

struct vc_switches {
	unsigned value[VC_S_COUNT]; /* position of the choice, or the number */
	char text[VC_TEXT_MAX];     /* the one switch that is a text */
};

/* Every switch at its default. text: the personality's product text. */
void vc_switches_default(struct vc_switches *switches, const char *text);

/* "NAME=VALUE". false: unknown name or value; *ret_why then says so (constant text). */
bool vc_switches_set(struct vc_switches *switches, const char *assignment, const char **ret_why);

/* One line a switch: name, value, choices, meaning. */
void vc_switches_list(const struct vc_switches *switches, FILE *out);

/* Name and value of one as they go into the state file. value: VC_TEXT_MAX bytes. */
const char *vc_switch_show(const struct vc_switches *switches, enum vc_switch which, char *value);

#endif
