/* SPDX-License-Identifier: Apache-2.0 */
/* GENERATE KEY PAIR: replaces the dummy values of a stored key, writes the public key file. */
#include "commands.h"
#include "personality.h"
#include "rsa.h"

#include <string.h>

#define DATA_LEN 8
#define EXPONENT "\x01\x00\x01"

struct generation {
	unsigned id, bits, count;
	struct vc_file *ef;
	struct vc_bytes component[VC_COMPONENTS], modulus;
};

static void generation_clear(struct generation *generation)
{
	for (unsigned i = 0; i < VC_COMPONENTS; i++)
		vc_bytes_clear(&generation->component[i]);
	vc_bytes_clear(&generation->modulus);
}

static enum vc_sw check(
	struct vcard *card, const struct vc_apdu *apdu, struct generation *generation)
{
	const uint8_t *data = apdu->data;
	size_t len;

	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	if (apdu->lc != DATA_LEN)
		return SW_LENGTH;
	if (data[0] != VC_PSO || vc_u16(data + 6) != 32)
		return SW_DATA;
	generation->id = data[1];
	struct vc_object *key = vc_object_find(card->df, VC_PSO, generation->id);

	if (!key)
		return SW_NO_OBJECT;
	generation->ef = vc_file_child(card->df, vc_u16(data + 2));
	if (!generation->ef || generation->ef->structure == VC_DF)
		return SW_NO_FILE;
	len = vc_rsa_len(card->df, generation->id);
	generation->bits = (unsigned)len * 8;
	if (generation->bits < card->personality->rsa_min ||
		generation->bits > card->personality->rsa_max)
		return SW_OBJECT_INVALID;
	generation->count = key->body.len * 2 == len ? VC_COMPONENTS : 2;
	if (!vc_object_allowed(card, card->df, key, VC_OBJECT_USE) ||
		!vc_file_allowed(card, generation->ef, VC_EF_UPDATE))
		return SW_SECURITY;
	return SW_OK;
}

/* The larger sizes: 7F49 in a transparent file. */
static enum vc_sw write_template(struct vcard *card, const struct generation *generation)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 }, whole = { 0 };
	struct vc_file *ef = generation->ef;

	vc_buf_tlv(&body, 0x81, generation->modulus.data, generation->modulus.len);
	vc_buf_tlv(&body, 0x82, EXPONENT, 3);
	vc_buf_tlv(&whole, 0x7F49, body.data, body.len);
	if (ef->structure != VC_TRANSPARENT)
		return SW_STRUCTURE;
	if (whole.len > ef->size)
		return SW_NO_MEMORY;
	size_t written = vc_eeprom(card, ef->size);

	while (whole.len < ef->size)
		vc_buf_byte(&whole, 0);
	memcpy(ef->data, whole.data, written);
	return card->no_power ? SW_NONE : SW_OK;
}

static void record_print(unsigned tag, const uint8_t *value, size_t len, struct vc_buf *out)
{
	vc_buf_byte(out, tag);
	vc_buf_byte(out, (unsigned)(len + 2) & 0xFF);
	vc_buf_byte(out, (unsigned)(len + 1) & 0xFF);
	vc_buf_byte(out, 0);
	vc_buf_add(out, value, len);
}

/* The sizes up to 1024: two records, modulus and exponent. */
static enum vc_sw write_records(struct vcard *card, const struct generation *generation)
{
	CLEANUP(vc_buf_clear) struct vc_buf first = { 0 }, second = { 0 };
	struct vc_file *ef = generation->ef;

	record_print(0x10, generation->modulus.data, generation->modulus.len, &first);
	record_print(0x11, (const uint8_t *)EXPONENT, 3, &second);
	if (ef->structure != VC_LINEAR_TLV)
		return SW_STRUCTURE;
	if (first.len + second.len > ef->size)
		return SW_NO_MEMORY;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	for (size_t i = 0; i < ef->record_count; i++)
		vc_bytes_clear(&ef->records[i]);
	ef->record_count = 0;
	vc_file_append(ef, first.data, first.len);
	vc_file_append(ef, second.data, second.len);
	return SW_OK;
}

enum vc_sw vc_cmd_generate(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	CLEANUP(generation_clear) struct generation generation = { 0 };
	enum vc_sw sw = check(card, apdu, &generation);

	(void)out;
	if (sw != SW_OK)
		return sw;
	bool records = generation.bits <= card->personality->rsa_plain_max;

	if (generation.ef->structure != (records ? VC_LINEAR_TLV : VC_TRANSPARENT))
		return SW_STRUCTURE;
	if (generation.bits / 8 + 16 > generation.ef->size)
		return SW_NO_MEMORY;
	if (!vc_rsa_generate(
		    generation.bits, generation.count, generation.component, &generation.modulus))
		return SW_TECHNICAL;
	/* Power lost here leaves the components below the cut new and those above it old. */
	size_t written = vc_eeprom(card, generation.count);

	for (unsigned i = 0; i < written; i++) {
		struct vc_object *part = vc_object_find(card->df, VC_PSO | i, generation.id);

		vc_bytes_set(
			&part->body, generation.component[i].data, generation.component[i].len);
	}
	if (card->no_power)
		return SW_NONE;
	return records ? write_records(card, &generation) : write_template(card, &generation);
}
