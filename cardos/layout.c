/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the description of a card: sections and keys by tables, then what belongs together. */
#include "layout.h"

#include "cleanup.h"

#include <ctype.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 65536
#define HEX 16
#define DECIMAL 10

struct reading {
	struct layout *layout;
	struct layout_pin *pin; /* of the section that is open */
	struct layout_object *object;
	char section[LAYOUT_NAME_MAX + 16];
	const char *why; /* of the first wrong line */
};

/* A setter says what is wrong, or NULL. */
typedef const char *setter(struct reading *reading, const char *value);

static const char *take_text(char *to, size_t max, const char *value)
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

static const char *card_atr(struct reading *reading, const char *value)
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

static const char *card_label(struct reading *reading, const char *value)
{
	return take_text(reading->layout->label, CARDOS_LABEL_MAX, value);
}

static const char *card_manufacturer(struct reading *reading, const char *value)
{
	return take_text(reading->layout->manufacturer, CARDOS_LABEL_MAX, value);
}

static const char *card_path(struct reading *reading, const char *value)
{
	return take_path(&reading->layout->path, value);
}

static const char *card_aid(struct reading *reading, const char *value)
{
	return take_hex(reading->layout->aid, LAYOUT_AID_MAX, value, &reading->layout->aid_len);
}

/* ---- [pin NAME] ---------------------------------------------------------------------------- */

static const char *pin_role(struct reading *reading, const char *value)
{
	struct p15_pin *pin = &reading->pin->pin;
	reading->pin->user = strcmp(value, "user") == 0;
	if (strcmp(value, "puk") == 0)
		pin->flags |= P15_PIN_UNBLOCKING;
	else if (!reading->pin->user && strcmp(value, "key") != 0)
		return "neither user, puk nor key";
	return NULL;
}

static const char *pin_label(struct reading *reading, const char *value)
{
	return take_text(reading->pin->pin.label, CARDOS_LABEL_MAX, value);
}

static const char *pin_reference(struct reading *reading, const char *value)
{
	return take_byte(&reading->pin->pin.reference, value);
}

static const char *pin_path(struct reading *reading, const char *value)
{
	return take_path(&reading->pin->pin.path, value);
}

static const char *pin_min(struct reading *reading, const char *value)
{
	return take_number(&reading->pin->pin.min_len, UINT8_MAX, value);
}

static const char *pin_max(struct reading *reading, const char *value)
{
	return take_number(&reading->pin->pin.max_len, UINT8_MAX, value);
}

static const char *pin_stored(struct reading *reading, const char *value)
{
	return take_number(&reading->pin->pin.stored_len, INT8_MAX, value);
}

static const char *pin_pad(struct reading *reading, const char *value)
{
	return take_byte(&reading->pin->pin.pad, value);
}

/* ---- [key NAME], [certificate NAME], [data NAME] ------------------------------------------- */

static const char *object_label(struct reading *reading, const char *value)
{
	return take_text(reading->object->entry.object.label, CARDOS_LABEL_MAX, value);
}

static const char *object_id(struct reading *reading, const char *value)
{
	struct cardos_object *object = &reading->object->entry.object;
	return take_hex(object->id, CARDOS_ID_MAX, value, &object->id_len);
}

static const char *object_path(struct reading *reading, const char *value)
{
	return take_path(&reading->object->entry.path, value);
}

static const char *object_pin(struct reading *reading, const char *value)
{
	return take_text(reading->object->pin, LAYOUT_NAME_MAX, value);
}

static const char *key_type(struct reading *reading, const char *value)
{
	struct cardos_object *object = &reading->object->entry.object;
	object->key_type = strcmp(value, "rsa") == 0  ? CARDOS_KEY_RSA
			   : strcmp(value, "ec") == 0 ? CARDOS_KEY_EC
						      : CARDOS_KEY_NONE;
	return object->key_type == CARDOS_KEY_NONE ? "neither rsa nor ec" : NULL;
}

static const char *key_bits(struct reading *reading, const char *value)
{
	return take_number(&reading->object->entry.object.bits, CARDOS_RSA_MAX * 8, value);
}

static const char *key_reference(struct reading *reading, const char *value)
{
	reading->object->entry.has_reference = true;
	return take_byte(&reading->object->entry.reference, value);
}

static const char *key_consent(struct reading *reading, const char *value)
{
	return take_number(&reading->object->entry.object.user_consent, UINT8_MAX, value);
}

static const char *key_padding(struct reading *reading, const char *value)
{
	reading->object->pads = strcmp(value, "card") == 0;
	return reading->object->pads || strcmp(value, "host") == 0 ? NULL : "neither card nor host";
}

/* Words with blanks between. */
static const char *key_usage(struct reading *reading, const char *value)
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

static const char *certificate_authority(struct reading *reading, const char *value)
{
	reading->object->entry.object.authority = strcmp(value, "yes") == 0;
	return reading->object->entry.object.authority || strcmp(value, "no") == 0
		       ? NULL
		       : "neither yes nor no";
}

static const char *data_application(struct reading *reading, const char *value)
{
	return take_text(reading->object->entry.object.application, CARDOS_LABEL_MAX, value);
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

static const char *open_pin(struct reading *reading, const char *name)
{
	struct layout *layout = reading->layout;
	if (layout->pin_count == LAYOUT_PINS_MAX)
		return "too many PINs";
	reading->pin = &layout->pins[layout->pin_count++];
	reading->pin->pin.flags = P15_PIN_INITIALIZED | P15_PIN_NEEDS_PADDING;
	return take_text(reading->pin->name, LAYOUT_NAME_MAX, name);
}

static const char *open_object(struct reading *reading, enum cardos_class class, const char *name)
{
	struct layout *layout = reading->layout;
	if (layout->object_count == LAYOUT_OBJECTS_MAX)
		return "too many objects";
	reading->object = &layout->objects[layout->object_count++];
	reading->object->entry.object.class = class;
	reading->object->entry.object.private = class == CARDOS_PRIVATE_KEY;
	return take_text(reading->object->name, LAYOUT_NAME_MAX, name);
}

/* "key NAME" and so on. */
static const char *open_section(struct reading *reading, const char *section)
{
	const char *name = strchr(section, ' ');
	const size_t len = name ? (size_t)(name - section) : strlen(section);
	(void)snprintf(reading->section, sizeof(reading->section), "%s", section);
	reading->pin = NULL;
	reading->object = NULL;
	if (!name)
		return strcmp(section, "card") == 0 ? NULL : "an unknown section, or no name in it";
	name++;
	if (strncmp(section, "pin", len) == 0)
		return open_pin(reading, name);
	if (strncmp(section, "key", len) == 0)
		return open_object(reading, CARDOS_PRIVATE_KEY, name);
	if (strncmp(section, "certificate", len) == 0)
		return open_object(reading, CARDOS_CERTIFICATE, name);
	if (strncmp(section, "data", len) == 0)
		return open_object(reading, CARDOS_DATA, name);
	return "an unknown section";
}

static int take_line(void *user, const char *section, const char *key, const char *value)
{
	struct reading *reading = user;
	const char *why = NULL;
	if (strlen(section) >= sizeof(reading->section))
		why = "a long name of a section";
	else if (strcmp(reading->section, section) != 0)
		why = open_section(reading, section);
	for (size_t i = 0; !why && i <= sizeof(rows) / sizeof(rows[0]); i++) {
		if (i == sizeof(rows) / sizeof(rows[0])) {
			why = "an unknown key";
		} else if (strncmp(rows[i].section, section, strcspn(section, " ")) == 0 &&
			   rows[i].section[strcspn(section, " ")] == 0 &&
			   strcmp(rows[i].key, key) == 0) {
			why = rows[i].set(reading, value);
			break;
		}
	}
	if (why && !reading->why)
		reading->why = why;
	return why == NULL;
}

/* ---- what belongs together ----------------------------------------------------------------- */

static const char *settle_pins(struct layout *layout)
{
	size_t user = layout->pin_count;
	for (size_t i = 0; i < layout->pin_count; i++) {
		struct p15_pin *pin = &layout->pins[i].pin;
		if (pin->reference == 0)
			return "a PIN without a reference";
		if (layout->pins[i].user && user < layout->pin_count)
			return "two PINs of the user";
		if (layout->pins[i].user)
			user = i;
		if (pin->path.len == 0)
			pin->path = layout->path;
		pin->auth_id[0] = (uint8_t)(i + 1);
		pin->auth_id_len = 1;
	}
	if (user == layout->pin_count)
		return layout->pin_count > 0 ? "no PIN with the role user" : NULL;
	const struct layout_pin first = layout->pins[0];
	layout->pins[0] = layout->pins[user];
	layout->pins[user] = first;
	return NULL;
}

static const char *settle_object(const struct layout *layout, struct layout_object *object)
{
	struct p15_entry *entry = &object->entry;
	const bool key = entry->object.class == CARDOS_PRIVATE_KEY;
	if (key && (entry->object.key_type == CARDOS_KEY_NONE || entry->object.bits == 0 ||
			   !entry->has_reference || entry->object.usage == 0))
		return "a key needs type, bits, reference and usage";
	if (!key && entry->path.len == 0)
		return "an object without a path";
	if (key && entry->path.len == 0)
		entry->path = layout->path;
	if (key)
		entry->object.access = CARDOS_ACCESS_SENSITIVE;
	if (!entry->object.label[0])
		memcpy(entry->object.label, object->name, strlen(object->name) + 1);
	for (size_t i = 0; object->pin[0] && i < layout->pin_count; i++) {
		const struct p15_pin *pin = &layout->pins[i].pin;
		if (strcmp(layout->pins[i].name, object->pin) != 0)
			continue;
		memcpy(entry->auth_id, pin->auth_id, pin->auth_id_len);
		entry->auth_id_len = pin->auth_id_len;
		entry->object.private = true;
	}
	return object->pin[0] && entry->auth_id_len == 0 ? "a PIN that is not described" : NULL;
}

static enum cardos_err settle(struct layout *layout, char *ret_why)
{
	const char *why = NULL;
	if (!layout->atr[0])
		why = "[card] needs an atr";
	else if (layout->path.len == 0)
		why = "[card] needs a path";
	if (!why)
		why = settle_pins(layout);
	if (why)
		(void)snprintf(ret_why, CARDOS_WHY_MAX, "%s", why);
	for (size_t i = 0; !why && i < layout->object_count; i++) {
		why = settle_object(layout, &layout->objects[i]);
		if (why)
			(void)snprintf(ret_why, CARDOS_WHY_MAX, "\"%s\": %s",
				layout->objects[i].name, why);
	}
	return why ? CARDOS_E_INPUT : CARDOS_OK;
}

static void layout_free_p(struct layout **layout)
{
	*layout = layout_free(*layout);
}

enum cardos_err layout_parse(
	const char *text, size_t len, struct layout **ret_layout, char *ret_why)
{
	CLEANUP(layout_free_p) struct layout *layout = calloc(1, sizeof(*layout));
	CLEANUP(free_p) char *copy = len <= TEXT_MAX ? strndup(text, len) : NULL;
	struct reading reading = { .layout = layout };
	if (len > TEXT_MAX || (copy && strlen(copy) != len)) {
		(void)snprintf(ret_why, CARDOS_WHY_MAX, "%s", "not a settings file");
		return CARDOS_E_INPUT;
	}
	if (!layout || !copy)
		return CARDOS_E_MEMORY;
	int line = ini_parse_string(copy, take_line, &reading);
	if (line < 0)
		return CARDOS_E_MEMORY;
	if (line > 0) {
		(void)snprintf(ret_why, CARDOS_WHY_MAX, "line %d: %s", line,
			reading.why ? reading.why : "neither a section nor key = value");
		return CARDOS_E_INPUT;
	}
	enum cardos_err err = settle(layout, ret_why);
	if (err == CARDOS_OK)
		*ret_layout = TAKE(layout);
	return err;
}

struct layout *layout_free(struct layout *layout)
{
	while (layout) {
		struct layout *next = layout->next;
		free(layout);
		layout = next;
	}
	return NULL;
}

bool layout_fits(const struct layout *layout, const uint8_t *atr, size_t len)
{
	if (strlen(layout->atr) != 2 * len)
		return false;
	for (size_t i = 0; i < 2 * len; i++) {
		const unsigned digit = i % 2 ? atr[i / 2] & 0x0Fu : atr[i / 2] >> 4;
		if (layout->atr[i] != 'x' && layout->atr[i] != "0123456789ABCDEF"[digit])
			return false;
	}
	return true;
}
