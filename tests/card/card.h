/* SPDX-License-Identifier: Apache-2.0 */
/* What a virtual card is made of: shared by the files of this folder, seen by nobody else.
 *
 * Everything below "volatile" is lost with the power; the rest is the EEPROM and is in the state
 * file before an answer leaves. */
#ifndef VCARD_CARD_H
#define VCARD_CARD_H

#include "bytes.h"
#include "sw.h"
#include "switches.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VC_AC_COUNT 9
#define VC_AC_ALWAYS 0x00
#define VC_AC_NEVER 0xFF
#define VC_NAME_MAX 16
#define VC_SERIAL_LEN 6
#define VC_OBJECT_AC_MAX 7
#define VC_PARAM_MAX 9
#define VC_COMPONENTS 5
#define VC_DEPTH_MAX 8
#define VC_ANSWER_MAX 0x10000

enum vc_phase {
	VC_OPERATIONAL = 0x10,
	VC_ADMINISTRATION = 0x20,
	VC_MANUFACTURING = 0x34
};

enum vc_structure {
	VC_DF = 0,
	VC_TRANSPARENT = 1,
	VC_LINEAR_FIXED = 2,
	VC_LINEAR_TLV = 5,
	VC_CYCLIC = 6,
};

/* Indices of the nine access bytes. */
enum vc_df_ac {
	VC_DF_LCYCLE,
	VC_DF_UPDATE,
	VC_DF_APPEND,
	VC_DF_DEACTIVATE,
	VC_DF_ACTIVATE,
	VC_DF_DELETE,
	VC_DF_ADMIN,
	VC_DF_CREATE,
	VC_DF_CREATE_DF, /* V5 only */
};
enum vc_ef_ac {
	VC_EF_READ,
	VC_EF_UPDATE,
	VC_EF_APPEND,
	VC_EF_DEACTIVATE,
	VC_EF_ACTIVATE,
	VC_EF_DELETE,
};
enum vc_object_ac {
	VC_OBJECT_USE,
	VC_OBJECT_CHANGE,
	VC_OBJECT_UNBLOCK,
	VC_KEY5_UPDATE = 2,
	VC_KEY5_DELETE,
	VC_KEY5_EXPORT,
	VC_KEY5_AC_COUNT
};

/* High nibble of an object's class byte. */
enum vc_class {
	VC_TEST = 0x00,
	VC_SM = 0x10,
	VC_PSO = 0x20
};

/* The eight parameter bytes of an object, by name; see vc_param(). */
enum vc_param {
	VC_P_OPTIONS,
	VC_P_FLAGS,
	VC_P_ALGORITHM,
	VC_P_ERRORS,
	VC_P_USES,
	VC_P_DEK,
	VC_P_VALIDITY,
	VC_P_MINIMUM,
};
#define VC_OPTION_MORE 0x20   /* another component follows */
#define VC_OPTION2_TRIES 0x04 /* tell the tries left */
#define VC_ALGORITHM_PIN 0x87
#define VC_ALGORITHM_3DES 0x82
#define VC_ALGORITHM_LOGIC 0x7F

/* One component of a basic security object; a PIN has one. */
struct vc_object {
	struct vc_object *next;
	uint8_t class_byte, id;
	uint8_t param[VC_PARAM_MAX];
	size_t param_len; /* 8, or 9 with the second options byte */
	uint8_t ac[VC_OBJECT_AC_MAX];
	size_t ac_len;
	struct vc_bytes body;
	/* volatile */
	bool verified;
	unsigned uses_left; /* 0: not counted */
};

struct vc_se {
	struct vc_se *next;
	uint8_t id;
	uint8_t ac[2];
	uint8_t component[6];
};

struct vc_file {
	struct vc_file *parent, *next, *children;
	enum vc_structure structure;
	bool shareable, deactivated;
	unsigned fid;
	size_t size;
	uint8_t name[VC_NAME_MAX];
	size_t name_len;
	uint8_t ac[VC_AC_COUNT];
	struct vc_bytes rules; /* V5: the value of AB, from which ac was made */
	uint8_t arr;           /* V5: not 0: they came from this record of EF.ARR */
	/* EF */
	uint8_t *data; /* transparent: size bytes */
	size_t record_len, record_max;
	struct vc_bytes *records;
	size_t record_count;
	/* DF */
	struct vc_object *objects;
	struct vc_se *ses;
};

struct vc_personality;

struct vc_key_choice {
	bool set;
	uint8_t id;
	uint8_t algorithm; /* V5: tag 80 of MSE; 0: none */
};

struct vcard {
	const struct vc_personality *personality;
	struct vc_switches switches;
	uint8_t serial[VC_SERIAL_LEN];
	enum vc_phase phase;
	uint8_t start_key[16];
	uint8_t start_key_tries;
	struct vc_file *mf; /* NULL in manufacturing */
	/* volatile */
	struct vc_file *df, *ef;
	struct vc_key_choice sign_key, decipher_key;
	uint8_t challenge[256];
	size_t challenge_len;
	struct vc_buf chain;
	uint8_t chain_header[4];
	bool chaining;
	struct vc_buf response;          /* what GET RESPONSE may fetch */
	struct vc_buf accumulated;       /* V5: ACCUMULATE OBJECT DATA */
	size_t accumulate_total;         /* as announced */
	unsigned data_field_until_reset; /* V5; 0: what the switch says */
	/* the device around the chip */
	char *state_path; /* NULL: kept in memory only */
	bool dirty;       /* EEPROM differs from the state file */
	bool no_power;    /* torn in the middle of a write; until vcard_reset() */
	unsigned tear;    /* 0: never; else the write at which the power goes */
	unsigned long eeprom_writes;
};

struct vc_apdu {
	uint8_t cla, ins, p1, p2;
	const uint8_t *data;
	size_t lc; /* 0: none */
	size_t ne; /* 0: none; else how much the reader takes */
	bool extended;
};

/* ---- EEPROM -------------------------------------------------------------------------------- */

/* One write of len bytes is about to happen. Returns how many of them will be written: len, or less
 * (0 of 1) when the power goes now; the caller writes so many and then returns SW_NONE if
 * card->no_power. Nothing else may change the EEPROM's content. */
size_t vc_eeprom(struct vcard *card, size_t len);

/* Make what was written so far durable (state.c). false: the state file cannot be written. */
bool vc_commit(struct vcard *card);

/* Bytes a data field may have now (accumulate5.c). */
size_t vc_data_field(const struct vcard *card);

/* ---- files (fs.c) -------------------------------------------------------------------------- */

struct vc_file *vc_file_new(enum vc_structure structure, unsigned fid, size_t size);
struct vc_file *vc_file_free(struct vc_file *file);
void vc_file_add(struct vc_file *df, struct vc_file *file);
/* Take file out of its parent and free it with all below. */
void vc_file_remove(struct vc_file *file);
struct vc_file *vc_file_child(const struct vc_file *df, unsigned fid);
struct vc_file *vc_file_named(struct vc_file *df, const uint8_t *name, size_t len);
unsigned vc_file_depth(const struct vc_file *file);
bool vc_file_is_below(const struct vc_file *file, const struct vc_file *df);
/* Bytes held by the records of a record file. */
size_t vc_file_record_bytes(const struct vc_file *file);
/* Put a record before the one at index at, or behind the last. */
void vc_file_insert(struct vc_file *ef, size_t at, const uint8_t *data, size_t len);
void vc_file_append(struct vc_file *ef, const uint8_t *data, size_t len);
/* EEPROM bytes a DF's content takes, and those the DF itself takes. */
size_t vc_df_content(const struct vc_file *df);
size_t vc_file_cost(const struct vc_file *file);
size_t vc_free_eeprom(const struct vcard *card);
size_t vc_free_in_df(const struct vcard *card, const struct vc_file *df);
/* Is there room for extra bytes more in df? */
bool vc_has_room(const struct vcard *card, const struct vc_file *df, size_t extra);
/* Make file current (its DF too); what was verified in DFs that are left is forgotten. */
void vc_make_current(struct vcard *card, struct vc_file *file);

/* ---- objects (objects.c) ------------------------------------------------------------------- */

struct vc_object *vc_object_find(const struct vc_file *df, unsigned class_byte, unsigned id);
/* From df upward. */
struct vc_object *vc_object_search(const struct vc_file *df, unsigned class_byte, unsigned id);
struct vc_object *vc_object_add(struct vc_file *df, unsigned class_byte, unsigned id);
/* Drop the components above last. */
void vc_object_trim(struct vc_file *df, unsigned class_nibble, unsigned id, unsigned last);
uint8_t *vc_param(struct vc_object *object, enum vc_param which);
uint8_t vc_object_ac(const struct vc_object *object, enum vc_object_ac which);
size_t vc_object_cost(const struct vc_object *object);
struct vc_se *vc_se_find(const struct vc_file *df, unsigned id);
struct vc_se *vc_se_add(struct vc_file *df, unsigned id);
void vc_objects_free(struct vc_file *df);
/* Forget every verified object below and in df. */
void vc_forget_verified(struct vc_file *df);

/* ---- access (acl.c) ------------------------------------------------------------------------ */

/* Is the condition met, seen from df? Counts down validity counters. */
bool vc_allowed(struct vcard *card, struct vc_file *df, uint8_t condition);
/* The condition number which of a file. A file's DF is itself or its parent. */
bool vc_file_allowed(struct vcard *card, struct vc_file *file, unsigned which);
bool vc_object_allowed(
	struct vcard *card, struct vc_file *df, struct vc_object *object, enum vc_object_ac which);
/* As vc_allowed() for a plain PIN, but counting nothing. */
bool vc_would_allow(const struct vc_file *df, uint8_t condition);

/* ---- access rules of V5 (rules.c) ---------------------------------------------------------- */

/* Are these bytes pairs of what and who? */
bool vc_rules_valid(const uint8_t *rules, size_t len);
/* What the first fitting rule asks for, as a V4 access byte; never without one. am: mode bits, 0
 * for none; header: CLA INS P1 P2 of the command, NULL for none. */
uint8_t vc_rules_condition(const uint8_t *rules, size_t len, unsigned am, const uint8_t *header);
/* Fill file->ac from file->rules. */
void vc_rules_apply(struct vc_file *file);

/* ---- FCP and FCI (fcp.c) ------------------------------------------------------------------- */

/* A new file made from the value of a template 62, or NULL and the reason. */
struct vc_file *vc_fcp_parse(const uint8_t *data, size_t len, enum vc_sw *ret_sw);
void vc_fci_print(const struct vcard *card, const struct vc_file *file, struct vc_buf *out);
/* The same in V5's way (fcp5.c). mf: where EF.ARR is looked for. */
struct vc_file *vc_fcp5_parse(
	const struct vc_file *mf, const uint8_t *data, size_t len, enum vc_sw *ret_sw);
void vc_fci5_print(const struct vc_file *file, struct vc_buf *out);

#endif
