/* SPDX-License-Identifier: Apache-2.0 */
/* What was read of a PKCS#15 card: its objects by number, its PINs and files by what they are. */
#include "p15_state.h"

#include "p15_asn1.h"
#include "p15_cache.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 16384

static void object_free(struct p15_object *object)
{
	free(object->der);
	buf_done(&object->value);
	free(object);
}

void p15_init_state(struct p15 *p15, struct cos_card *cos)
{
	*p15 = (struct p15){ .cos = cos };
	buf_init(&p15->token_raw, P15_DIR_MAX);
	buf_init(&p15->odf_raw, P15_DIR_MAX);
}

void p15_done(struct p15 *p15)
{
	struct cos_card *cos = p15->cos;
	const struct layout *layouts = p15->layouts;
	struct p15_cache *cache = p15->cache;
	const bool *verified = p15->verified;
	uint32_t last_number = p15->last_number;
	unsigned generation = p15->generation;
	for (unsigned i = 0; i < p15->object_count; i++)
		object_free(p15->objects[i]);
	buf_done(&p15->token_raw);
	buf_done(&p15->odf_raw);
	p15_cache_close(cache);
	p15_init_state(p15, cos);
	p15->layouts = layouts;
	p15->cache = cache;
	p15->verified = verified;
	p15->last_number = last_number;
	p15->generation = generation + 1;
}

/* Behind the last of its file. */
static void insert(struct p15 *p15, struct p15_object *object)
{
	unsigned at = p15->object_count;
	while (at > 0 && p15->objects[at - 1]->file > object->file) {
		p15->objects[at] = p15->objects[at - 1];
		at--;
	}
	p15->objects[at] = object;
	p15->object_count++;
	p15->generation++;
}

enum cardos_err p15_add_entry(struct p15 *p15, unsigned file, const struct p15_entry *entry)
{
	struct p15_object *object = calloc(1, sizeof(*object));
	if (!object || p15->object_count == P15_OBJECTS_MAX) {
		free(object);
		return object ? CARDOS_E_FULL : CARDOS_E_MEMORY;
	}
	*object = (struct p15_object){
		.file = file, .number = ++p15->last_number, .shown = true, .entry = *entry
	};
	object->entry.object.number = object->number;
	buf_init(&object->value, VALUE_MAX);
	insert(p15, object);
	return CARDOS_OK;
}

enum cardos_err p15_add_object(
	struct p15 *p15, unsigned file, const uint8_t *der, size_t len, uint32_t number)
{
	struct p15_object *object = calloc(1, sizeof(*object));
	uint8_t *copy = malloc(len ? len : 1);
	if (!object || !copy || p15->object_count == P15_OBJECTS_MAX) {
		free(object);
		free(copy);
		return object && copy ? CARDOS_E_FULL : CARDOS_E_MEMORY;
	}
	memcpy(copy, der, len);
	*object = (struct p15_object){ .file = file, .der = copy, .der_len = len };
	buf_init(&object->value, VALUE_MAX);
	object->number = number ? number : ++p15->last_number;
	object->shown =
		p15_entry_decode(p15->files[file].df, copy, len, &object->entry) == CARDOS_OK;
	object->entry.object.number = object->number;
	insert(p15, object);
	return CARDOS_OK;
}

struct p15_object *p15_find(struct p15 *p15, uint32_t number)
{
	for (unsigned i = 0; i < p15->object_count; i++) {
		if (p15->objects[i]->shown && p15->objects[i]->number == number)
			return p15->objects[i];
	}
	return NULL;
}

struct p15_file *p15_file_of(struct p15 *p15, enum p15_df df)
{
	for (unsigned i = 0; i < p15->file_count; i++) {
		if (p15->files[i].df == df)
			return &p15->files[i];
	}
	return NULL;
}

const struct p15_pin *p15_find_pin(const struct p15 *p15, enum cardos_pin_role role)
{
	for (unsigned i = 0; i < p15->pin_count; i++) {
		const struct p15_pin *pin = &p15->pins[i];
		bool so = (pin->flags & P15_PIN_SO) != 0;
		bool puk = (pin->flags & P15_PIN_UNBLOCKING) != 0;
		if ((role == CARDOS_PIN_USER && !so && !puk) || (role == CARDOS_PIN_PUK && puk) ||
			(role == CARDOS_PIN_SO && so && !puk && p15->pin_count > 1))
			return pin;
	}
	/* One PIN alone is the user's, whatever it is called. */
	return role == CARDOS_PIN_USER && p15->pin_count == 1 ? &p15->pins[0] : NULL;
}

const struct p15_pin *p15_pin_of(const struct p15 *p15, const struct p15_entry *entry)
{
	for (unsigned i = 0; entry->auth_id_len > 0 && i < p15->pin_count; i++) {
		const struct p15_pin *pin = &p15->pins[i];
		if (pin->auth_id_len == entry->auth_id_len &&
			memcmp(pin->auth_id, entry->auth_id, pin->auth_id_len) == 0)
			return pin;
	}
	return NULL;
}
