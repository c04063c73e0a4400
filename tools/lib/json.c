/* SPDX-License-Identifier: Apache-2.0 */
/* Reads members of JSON objects with their types checked. */
#include "json.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "i18n.h"
#include "text.h"

/* In front of each block: its size, so that it can be wiped. */
union header {
	size_t size;
	max_align_t align;
};

static void *wiping_malloc(size_t size)
{
	union header *block = size > SIZE_MAX - sizeof *block ? NULL : malloc(sizeof *block + size);

	if (!block)
		return NULL;
	block->size = size;
	return block + 1;
}

static void wiping_free(void *memory)
{
	if (!memory)
		return;
	union header *block = (union header *)memory - 1;
	OPENSSL_cleanse(memory, block->size);
	free(block);
}

void json_init(void)
{
	json_set_alloc_funcs(wiping_malloc, wiping_free);
}

void json_text_free_p(char **text)
{
	wiping_free(*text);
	*text = NULL;
}

bool json_parse(const void *bytes, size_t len, json_t **ret, struct fail *fail)
{
	json_error_t error;
	json_t *json = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);

	if (!json)
		return fail_set(fail, FAIL_RA_REPLY, _("no JSON at byte %d"), error.position);
	if (!json_is_object(json)) {
		json_decref(json);
		return fail_set(fail, FAIL_RA_REPLY, _("no JSON object"));
	}
	*ret = json;
	return true;
}

static bool get(
	const json_t *object, const char *name, json_type type, json_t **ret, struct fail *fail)
{
	json_t *member = json_object_get(object, name);

	if (!member)
		return fail_set(fail, FAIL_RA_REPLY, _("the member \"%s\" is missing"), name);
	if (json_typeof(member) != type)
		return fail_set(
			fail, FAIL_RA_REPLY, _("the member \"%s\" is of a wrong type"), name);
	*ret = member;
	return true;
}

bool json_get_text(const json_t *object, const char *name, const char **ret, struct fail *fail)
{
	json_t *member;

	if (!get(object, name, JSON_STRING, &member, fail))
		return false;
	*ret = json_string_value(member);
	return true;
}

bool json_get_object(const json_t *object, const char *name, json_t **ret, struct fail *fail)
{
	return get(object, name, JSON_OBJECT, ret, fail);
}

bool json_get_array(const json_t *object, const char *name, json_t **ret, struct fail *fail)
{
	return get(object, name, JSON_ARRAY, ret, fail);
}

bool json_get_number(const json_t *object, const char *name, json_int_t *ret, struct fail *fail)
{
	json_t *member;

	if (!get(object, name, JSON_INTEGER, &member, fail))
		return false;
	*ret = json_integer_value(member);
	return true;
}

bool json_get_bytes(
	const json_t *object, const char *name, uint8_t **ret, size_t *ret_len, struct fail *fail)
{
	const char *text;

	if (!json_get_text(object, name, &text, fail))
		return false;
	if (!text_unbase64(text, ret, ret_len))
		return fail_set(fail, FAIL_RA_REPLY, _("the member \"%s\" is no base64"), name);
	return true;
}

const char *json_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

bool json_flag(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

unsigned json_count(const json_t *object, const char *name, unsigned max)
{
	json_int_t number = json_integer_value(json_object_get(object, name));

	return number > 0 && number <= (json_int_t)max ? (unsigned)number : 0;
}

bool json_has_word(const json_t *list, const char *word)
{
	size_t i;
	json_t *entry;

	json_array_foreach(list, i, entry)
	{
		const char *text = json_string_value(entry);
		if (text && strcmp(text, word) == 0)
			return true;
	}
	return false;
}
