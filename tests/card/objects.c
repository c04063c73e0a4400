/* SPDX-License-Identifier: Apache-2.0 */
/* The basic security objects and security environments a DF holds. */
#include "card.h"

#include <stdlib.h>

#define OBJECT_HEADER 16 /* EEPROM bytes of a component beside its body */

struct vc_object *vc_object_find(const struct vc_file *df, unsigned class_byte, unsigned id)
{
	for (struct vc_object *object = df->objects; object; object = object->next) {
		if (object->class_byte == class_byte && object->id == id)
			return object;
	}
	return NULL;
}

struct vc_object *vc_object_search(const struct vc_file *df, unsigned class_byte, unsigned id)
{
	for (; df; df = df->parent) {
		struct vc_object *object = vc_object_find(df, class_byte, id);

		if (object)
			return object;
	}
	return NULL;
}

struct vc_object *vc_object_add(struct vc_file *df, unsigned class_byte, unsigned id)
{
	struct vc_object *object = vc_alloc(sizeof(*object)), **end = &df->objects;

	object->class_byte = (uint8_t)class_byte;
	object->id = (uint8_t)id;
	while (*end)
		end = &(*end)->next;
	*end = object;
	return object;
}

void vc_object_trim(struct vc_file *df, unsigned class_nibble, unsigned id, unsigned last)
{
	for (struct vc_object **link = &df->objects; *link;) {
		struct vc_object *object = *link;

		if ((object->class_byte & 0xF0U) != class_nibble || object->id != id ||
			(object->class_byte & 0x0FU) <= last) {
			link = &object->next;
			continue;
		}
		*link = object->next;
		vc_bytes_clear(&object->body);
		free(object);
	}
}

uint8_t *vc_param(struct vc_object *object, enum vc_param which)
{
	size_t extra = which != VC_P_OPTIONS && object->param_len == VC_PARAM_MAX;

	return &object->param[which + extra];
}

uint8_t vc_object_ac(const struct vc_object *object, enum vc_object_ac which)
{
	return which < object->ac_len ? object->ac[which] : VC_AC_NEVER;
}

size_t vc_object_cost(const struct vc_object *object)
{
	return OBJECT_HEADER + object->body.len;
}

struct vc_se *vc_se_find(const struct vc_file *df, unsigned id)
{
	for (struct vc_se *se = df->ses; se; se = se->next) {
		if (se->id == id)
			return se;
	}
	return NULL;
}

struct vc_se *vc_se_add(struct vc_file *df, unsigned id)
{
	struct vc_se *se = vc_alloc(sizeof(*se)), **end = &df->ses;

	se->id = (uint8_t)id;
	while (*end)
		end = &(*end)->next;
	*end = se;
	return se;
}

void vc_objects_free(struct vc_file *df)
{
	while (df->objects) {
		struct vc_object *object = df->objects;

		df->objects = object->next;
		vc_bytes_clear(&object->body);
		free(object);
	}
	while (df->ses) {
		struct vc_se *se = df->ses;

		df->ses = se->next;
		free(se);
	}
}

void vc_forget_verified(struct vc_file *df)
{
	for (struct vc_object *object = df->objects; object; object = object->next)
		object->verified = false;
	for (struct vc_file *file = df->children; file; file = file->next)
		vc_forget_verified(file);
}
