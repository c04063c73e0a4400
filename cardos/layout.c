/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the description of a card: its sections, then what belongs together. Keys: layout_key.c.
 */
#include "layout.h"

#include "cleanup.h"
#include "layout_key.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 65536

static const char *open_pin(struct layout_reading *reading, const char *name)
{
	struct layout *layout = reading->layout;
	if (layout->pin_count == LAYOUT_PINS_MAX)
		return "too many PINs";
	reading->pin = &layout->pins[layout->pin_count++];
	reading->pin->pin.flags = P15_PIN_INITIALIZED | P15_PIN_NEEDS_PADDING;
	return layout_take_text(reading->pin->name, LAYOUT_NAME_MAX, name);
}

static const char *open_object(
	struct layout_reading *reading, enum cardos_class class, const char *name)
{
	struct layout *layout = reading->layout;
	if (layout->object_count == LAYOUT_OBJECTS_MAX)
		return "too many objects";
	reading->object = &layout->objects[layout->object_count++];
	reading->object->entry.object.class = class;
	reading->object->entry.object.private = class == CARDOS_PRIVATE_KEY;
	return layout_take_text(reading->object->name, LAYOUT_NAME_MAX, name);
}

/* "key NAME" and so on. */
static const char *open_section(struct layout_reading *reading, const char *section)
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
	struct layout_reading *reading = user;
	const char *why = NULL;
	if (reading->why) /* what the section is that a line is in may not be known */
		return 0;
	if (strlen(section) >= sizeof(reading->section))
		why = "a long name of a section";
	else if (strcmp(reading->section, section) != 0)
		why = open_section(reading, section);
	if (!why)
		why = layout_key(reading, key, value);
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
	struct layout_reading reading = { .layout = layout };
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
