/* SPDX-License-Identifier: Apache-2.0 */
/* Checked getters for JSON from outside, and JSON memory that is wiped when freed. */
#ifndef TWCA_TOOLS_JSON_H
#define TWCA_TOOLS_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fail;

/* Make jansson wipe what it frees (passwords and session tokens pass through it). Once, before any
 * other use of JSON. */
void json_init(void);

static inline void json_decref_p(json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

/* Wipes and frees a string of json_dumps(). */
void json_text_free_p(char **text);

/* One JSON object. Refuses duplicate names, depth beyond jansson's limit and anything behind it. */
bool json_parse(const void *bytes, size_t len, json_t **ret, struct fail *fail);

/* Members by name; borrowed from object. Errors: RA_REPLY naming the member. */
bool json_get_text(const json_t *object, const char *name, const char **ret, struct fail *fail);
bool json_get_object(const json_t *object, const char *name, json_t **ret, struct fail *fail);
bool json_get_array(const json_t *object, const char *name, json_t **ret, struct fail *fail);
bool json_get_number(const json_t *object, const char *name, json_int_t *ret, struct fail *fail);

/* Base64 of a member. The caller frees *ret. */
bool json_get_bytes(
	const json_t *object, const char *name, uint8_t **ret, size_t *ret_len, struct fail *fail);

/* NULL or false when the member is missing or of another type. */
const char *json_text(const json_t *object, const char *name);
bool json_flag(const json_t *object, const char *name);

/* A member between 1 and max; 0: not told, or no integer of this range. */
unsigned json_count(const json_t *object, const char *name, unsigned max);

/* Is it one of the strings of this array? false also for what is no array. */
bool json_has_word(const json_t *list, const char *word);

#endif
