/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that a description of a card may have, each with what it may say. */
#include "layout_key.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define HEX 16
#define DECIMAL 10

/* A setter says what is wrong, or NULL. */
typedef const char *setter(struct layout_reading *reading, const char *value);

const char *layout_take_text(char *to, size_t max, const char *value)
{
	size_t len = strlen(value);
	if (len == 0 || len > max)
		return "empty or too long";
	memcpy(to, value, len + 1);
	return NULL;
}

static const char *take_hex(uint8_t *to, size_t max, const char *value, size_t *ret_len)
{
	size_t len = 0;
	for (; value[0]; value += 2) {
		if (!isxdigit((unsigned char)value[0]) || !isxdigit((unsigned char)value[1]))
			return "not hexadecimal";
		if (len == max)
			return "too long";
		const char two[3] = { value[0], value[1], 0 };
		to[len++] = (uint8_t)strtoul(two, NULL, HEX);
	}
	*ret_len = len;
	return len > 0 ? NULL : "empty";
}

static const char *take_byte(uint8_t *to, const char *value)
{
	size_t len = 0;
	return take_hex(to, 1, value, &len);
}

static const char *take_number(unsigned *to, unsigned max, const char *value)
{
	char *end = NULL;
	unsigned long number = isdigit((unsigned char)*value) ? strtoul(value, &end, DECIMAL) : 0;
	if (!end || *end || number > max)
		return "not a number, or too large";
	*to = (unsigned)number;
	return NULL;
}

static const char *take_path(struct cos_path *to, const char *value)
{
	uint8_t bytes[COS_PATH_MAX + 2];
	size_t len = 0;
	const char *why = take_hex(bytes, sizeof(bytes), value, &len);
	if (!why && !cos_path_set(to, bytes, len))
		why = "not a path of file ids";
	return why;
}

/* ---- [card] -------------------------------------------------------------------------------- */

static const char *card_atr(struct layout_reading *reading, const char *value)
{
	char *to = reading->layout->atr;
	size_t len = strlen(value);
	if (len == 0 || len % 2 != 0 || len >= sizeof(reading->layout->atr))
		return "not an ATR";
	for (size_t i = 0; i < len; i++) {
		if (!isxdigit((unsigned char)value[i]) && value[i] != 'x')
			return "neither a hexadecimal digit nor x";
		to[i] = value[i] == 'x' ? 'x' : (char)toupper((unsigned char)value[i]);
	}
	to[len] = 0;
	return NULL;
}

static const char *card_label(struct layout_reading *reading, const char *value)
{
	return layout_take_text(reading->layout->label, CARDOS_LABEL_MAX, value);
}

static const char *card_manufacturer(struct layout_reading *reading, const char *value)
{
	return layout_take_text(reading->layout->manufacturer, CARDOS_LABEL_MAX, value);
}

static const char *card_path(struct layout_reading *reading, const char *value)
{
	return take_path(&reading->layout->path, value);
}

static const char *card_aid(struct layout_reading *reading, const char *value)
{
	return take_hex(reading->layout->aid, LAYOUT_AID_MAX, value, &reading->layout->aid_len);
}

/* ---- [pin NAME] ---------------------------------------------------------------------------- */

static const char *pin_role(struct layout_reading *reading, const char *value)
{
	struct p15_pin *pin = &reading->pin->pin;
	reading->pin->user = strcmp(value, "user") == 0;
	if (strcmp(value, "puk") == 0)
		pin->flags |= P15_PIN_UNBLOCKING;
	else if (!reading->pin->user && strcmp(value, "key") != 0)
		return "neither user, puk nor key";
	return NULL;
}

static const char *pin_label(struct layout_reading *reading, const char *value)
{
	return layout_take_text(reading->pin->pin.label, CARDOS_LABEL_MAX, value);
}

static const char *pin_reference(struct layout_reading *reading, const char *value)
{
	return take_byte(&reading->pin->pin.reference, value);
}

static const char *pin_path(struct layout_reading *reading, const char *value)
{
	return take_path(&reading->pin->pin.path, value);
}

static const char *pin_min(struct layout_reading *reading, const char *value)
{
	return take_number(&reading->pin->pin.min_len, UINT8_MAX, value);
}

static const char *pin_max(struct layout_reading *reading, const char *value)
{
	return take_number(&reading->pin->pin.max_len, UINT8_MAX, value);
}

static const char *pin_stored(struct layout_reading *reading, const char *value)
{
	return take_number(&reading->pin->pin.stored_len, INT8_MAX, value);
}

static const char *pin_pad(struct layout_reading *reading, const char *value)
{
	return take_byte(&reading->pin->pin.pad, value);
}

/* ---- [key NAME], [certificate NAME], [data NAME] ------------------------------------------- */

static const char *object_label(struct layout_reading *reading, const char *value)
{
	return layout_take_text(reading->object->entry.object.label, CARDOS_LABEL_MAX, value);
}

static const char *object_id(struct layout_reading *reading, const char *value)
{
	struct cardos_object *object = &reading->object->entry.object;
	return take_hex(object->id, CARDOS_ID_MAX, value, &object->id_len);
}

static const char *object_path(struct layout_reading *reading, const char *value)
{
	return take_path(&reading->object->entry.path, value);
}

static const char *object_pin(struct layout_reading *reading, const char *value)
{
	return layout_take_text(reading->object->pin, LAYOUT_NAME_MAX, value);
}

static const char *key_type(struct layout_reading *reading, const char *value)
{
	struct cardos_object *object = &reading->object->entry.object;
	object->key_type = strcmp(value, "rsa") == 0  ? CARDOS_KEY_RSA
			   : strcmp(value, "ec") == 0 ? CARDOS_KEY_EC
						      : CARDOS_KEY_NONE;
	return object->key_type == CARDOS_KEY_NONE ? "neither rsa nor ec" : NULL;
}

static const char *key_bits(struct layout_reading *reading, const char *value)
{
	return take_number(&reading->object->entry.object.bits, CARDOS_RSA_MAX * 8, value);
}

static const char *key_reference(struct layout_reading *reading, const char *value)
{
	reading->object->entry.has_reference = true;
	return take_byte(&reading->object->entry.reference, value);
}

static const char *key_consent(struct layout_reading *reading, const char *value)
{
	return take_number(&reading->object->entry.object.user_consent, UINT8_MAX, value);
}

static const char *key_padding(struct layout_reading *reading, const char *value)
{
	reading->object->pads = strcmp(value, "card") == 0;
	return reading->object->pads || strcmp(value, "host") == 0 ? NULL : "neither card nor host";
}

/* Words with blanks between. */
static const char *key_usage(struct layout_reading *reading, const char *value)
{
	static const struct {
		const char *word;
		unsigned usage;
	} words[] = {
		{ "decrypt", CARDOS_USE_DECRYPT | CARDOS_USE_UNWRAP },
		{ "derive", CARDOS_USE_DERIVE },
		{ "non-repudiation", CARDOS_USE_NON_REPUDIATION },
		{ "sign", CARDOS_USE_SIGN },
	};
	unsigned usage = 0;
	while (*value) {
		size_t len = strcspn(value, " \t"), i = 0;
		while (i < sizeof(words) / sizeof(words[0]) &&
			(strlen(words[i].word) != len || strncmp(words[i].word, value, len) != 0))
			i++;
		if (i == sizeof(words) / sizeof(words[0]))
			return "not a use of a key";
		usage |= words[i].usage;
		value += len;
		value += strspn(value, " \t");
	}
	reading->object->entry.object.usage = usage;
	return usage ? NULL : "empty";
}

static const char *certificate_authority(struct layout_reading *reading, const char *value)
{
	reading->object->entry.object.authority = strcmp(value, "yes") == 0;
	return reading->object->entry.object.authority || strcmp(value, "no") == 0
		       ? NULL
		       : "neither yes nor no";
}

static const char *data_application(struct layout_reading *reading, const char *value)
{
	return layout_take_text(reading->object->entry.object.application, CARDOS_LABEL_MAX, value);
}

/* ---- sections and keys --------------------------------------------------------------------- */

// clang-format off
static const struct key_row {
	const char *section, *key;
	setter *set;
} rows[] = {
	{ "card", "aid", card_aid },
	{ "card", "atr", card_atr },
	{ "card", "label", card_label },
	{ "card", "manufacturer", card_manufacturer },
	{ "card", "path", card_path },
	{ "certificate", "authority", certificate_authority },
	{ "certificate", "id", object_id },
	{ "certificate", "label", object_label },
	{ "certificate", "path", object_path },
	{ "certificate", "pin", object_pin },
	{ "data", "application", data_application },
	{ "data", "label", object_label },
	{ "data", "path", object_path },
	{ "data", "pin", object_pin },
	{ "key", "bits", key_bits },
	{ "key", "consent", key_consent },
	{ "key", "id", object_id },
	{ "key", "label", object_label },
	{ "key", "padding", key_padding },
	{ "key", "path", object_path },
	{ "key", "pin", object_pin },
	{ "key", "reference", key_reference },
	{ "key", "type", key_type },
	{ "key", "usage", key_usage },
	{ "pin", "label", pin_label },
	{ "pin", "max", pin_max },
	{ "pin", "min", pin_min },
	{ "pin", "pad", pin_pad },
	{ "pin", "path", pin_path },
	{ "pin", "reference", pin_reference },
	{ "pin", "role", pin_role },
	{ "pin", "stored", pin_stored },
};
// clang-format on

const char *layout_key(struct layout_reading *reading, const char *key, const char *value)
{
	const size_t len = strcspn(reading->section, " ");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strncmp(rows[i].section, reading->section, len) == 0 &&
			rows[i].section[len] == 0 && strcmp(rows[i].key, key) == 0)
			return rows[i].set(reading, value);
	}
	return "an unknown key";
}
