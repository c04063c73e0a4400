/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of files, what it costs in EEPROM, and which file is current. */
#include "card.h"

#include <stdlib.h>
#include <string.h>

#define FILE_HEADER 32 /* EEPROM bytes of a file beside its content */

struct vc_file *vc_file_new(enum vc_structure structure, unsigned fid, size_t size)
{
	struct vc_file *file = vc_alloc(sizeof(*file));

	file->structure = structure;
	file->fid = fid;
	file->size = size;
	if (structure == VC_TRANSPARENT)
		file->data = vc_alloc(size);
	return file;
}

struct vc_file *vc_file_free(struct vc_file *file)
{
	if (!file)
		return NULL;
	while (file->children) {
		struct vc_file *child = file->children;

		file->children = child->next;
		vc_file_free(child);
	}
	for (size_t i = 0; i < file->record_count; i++)
		vc_bytes_clear(&file->records[i]);
	free(file->records);
	free(file->data);
	vc_bytes_clear(&file->rules);
	vc_objects_free(file);
	free(file);
	return NULL;
}

void vc_file_add(struct vc_file *df, struct vc_file *file)
{
	struct vc_file **end = &df->children;

	while (*end)
		end = &(*end)->next;
	*end = file;
	file->parent = df;
}

void vc_file_remove(struct vc_file *file)
{
	struct vc_file **link = &file->parent->children;

	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	vc_file_free(file);
}

struct vc_file *vc_file_child(const struct vc_file *df, unsigned fid)
{
	for (struct vc_file *file = df->children; file; file = file->next) {
		if (file->fid == fid)
			return file;
	}
	return NULL;
}

struct vc_file *vc_file_named(struct vc_file *df, const uint8_t *name, size_t len)
{
	if (len && df->name_len == len && !memcmp(df->name, name, len))
		return df;
	for (struct vc_file *file = df->children; file; file = file->next) {
		struct vc_file *found =
			file->structure == VC_DF ? vc_file_named(file, name, len) : NULL;

		if (found)
			return found;
	}
	return NULL;
}

unsigned vc_file_depth(const struct vc_file *file)
{
	unsigned depth = 0;

	for (; file->parent; file = file->parent)
		depth++;
	return depth;
}

bool vc_file_is_below(const struct vc_file *file, const struct vc_file *df)
{
	while (file && file != df)
		file = file->parent;
	return file;
}

size_t vc_file_record_bytes(const struct vc_file *file)
{
	size_t sum = 0;

	for (size_t i = 0; i < file->record_count; i++)
		sum += file->records[i].len;
	return sum;
}

void vc_file_insert(struct vc_file *ef, size_t at, const uint8_t *data, size_t len)
{
	ef->records = reallocarray(ef->records, ef->record_count + 1, sizeof(*ef->records));
	if (!ef->records)
		abort();
	memmove(ef->records + at + 1, ef->records + at,
		(ef->record_count - at) * sizeof(*ef->records));
	ef->records[at] = (struct vc_bytes){ 0 };
	vc_bytes_set(&ef->records[at], data, len);
	ef->record_count++;
}

void vc_file_append(struct vc_file *ef, const uint8_t *data, size_t len)
{
	vc_file_insert(ef, ef->record_count, data, len);
}

size_t vc_df_content(const struct vc_file *df)
{
	size_t sum = 0;

	for (const struct vc_file *file = df->children; file; file = file->next)
		sum += vc_file_cost(file);
	for (const struct vc_object *object = df->objects; object; object = object->next)
		sum += vc_object_cost(object);
	for (const struct vc_se *se = df->ses; se; se = se->next)
		sum += sizeof(se->component) + 4;
	return sum;
}

size_t vc_file_cost(const struct vc_file *file)
{
	size_t content = file->structure == VC_DF ? vc_df_content(file) : 0;

	return FILE_HEADER + (content > file->size ? content : file->size);
}

size_t vc_free_eeprom(const struct vcard *card)
{
	size_t total = card->switches.value[VC_S_EEPROM];
	size_t used = card->mf ? vc_file_cost(card->mf) : 0;

	return used < total ? total - used : 0;
}

size_t vc_free_in_df(const struct vcard *card, const struct vc_file *df)
{
	size_t content = vc_df_content(df), rest = content < df->size ? df->size - content : 0;

	if (card->switches.value[VC_S_DF_MEMORY] == 1 || rest)
		return rest;
	return vc_free_eeprom(card);
}

bool vc_has_room(const struct vcard *card, const struct vc_file *df, size_t extra)
{
	size_t content = vc_df_content(df), rest = content < df->size ? df->size - content : 0;
	size_t beyond = extra > rest ? extra - rest : 0;

	/* The MF's 128 bytes hold the PINs and DFs of every card OpenSC makes, so its size is never
	 * a limit. */
	if (beyond && df->parent && card->switches.value[VC_S_DF_MEMORY] == 1)
		return false;
	return beyond <= vc_free_eeprom(card);
}

/* What was verified in a DF that is no longer on the way to the current one is forgotten. */
static void forget_left_branch(struct vc_file *df, const struct vc_file *current)
{
	for (struct vc_file *file = df->children; file; file = file->next) {
		if (file->structure != VC_DF)
			continue;
		if (vc_file_is_below(current, file))
			forget_left_branch(file, current);
		else
			vc_forget_verified(file);
	}
}

void vc_make_current(struct vcard *card, struct vc_file *file)
{
	struct vc_file *df = file->structure == VC_DF ? file : file->parent;

	card->ef = file->structure == VC_DF ? NULL : file;
	if (file->structure == VC_DF || df != card->df) {
		card->sign_key = (struct vc_key_choice){ 0 };
		card->decipher_key = (struct vc_key_choice){ 0 };
	}
	card->df = df;
	forget_left_branch(card->mf, df);
}
