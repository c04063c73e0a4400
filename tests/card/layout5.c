/* SPDX-License-Identifier: Apache-2.0 */
/* V5 cards as they come to their users: files, PINs and keys put in place, then a layout. */
#include "layout5.h"

#include "key5.h"
#include "personality.h"

#include <string.h>

#define FID_ARR 0x2F12
#define FID_ODF 0x5031
#define LABEL_MAX 32

#define ALWAYS "9000"
#define NEVER "9700"
#define WITH_PIN "A406830101950108"

static const char *const rules_hex[VC_L5_RULES_COUNT] = {
	[VC_L5_FIXED] = "800101" ALWAYS,
	[VC_L5_PUBLIC] = "800101" ALWAYS "800106" WITH_PIN "800140" WITH_PIN,
	[VC_L5_PRIVATE] = "800147" WITH_PIN,
	[VC_L5_SECRET] = "8100" NEVER,
	[VC_L5_MF] = "8F0480100000" ALWAYS "8100" NEVER,
	[VC_L5_DF] = "8F0480100000" ALWAYS "8F0480E00100" ALWAYS "8F0480E00000" ALWAYS
		     "8F0400DA016C" WITH_PIN "8001C0" WITH_PIN "8001A0" WITH_PIN "800147" WITH_PIN,
	[VC_L5_KEYS] = "8F0480100000" ALWAYS "8100" NEVER,
};

void vc_l5_rule(struct vc_layout5 *layout, struct vc_file *file, enum vc_l5_rules rules)
{
	CLEANUP(vc_buf_clear) struct vc_buf bytes = { 0 };

	vc_buf_hex(&bytes, rules_hex[rules]);
	vc_bytes_set(&file->rules, bytes.data, bytes.len);
	file->arr = layout->card->switches.value[VC_S_ARR] == 1 ? (uint8_t)(rules + 1) : 0;
	vc_rules_apply(file);
}

void vc_l5_arr(struct vc_layout5 *layout)
{
	struct vc_file *file;

	if (layout->card->switches.value[VC_S_ARR] == 0)
		return;
	file = vc_file_new(VC_LINEAR_TLV, FID_ARR, 512);
	for (unsigned i = 0; i < VC_L5_RULES_COUNT; i++) {
		CLEANUP(vc_buf_clear) struct vc_buf record = { 0 };

		vc_buf_hex(&record, rules_hex[i]);
		vc_file_append(file, record.data, record.len);
	}
	vc_l5_rule(layout, file, VC_L5_FIXED);
	vc_file_add(layout->card->mf, file);
}

struct vc_file *vc_l5_df(struct vc_file *parent, unsigned fid, size_t size, const char *name)
{
	struct vc_file *df = vc_file_new(VC_DF, fid, size);

	if (name)
		df->name_len = (size_t)vc_hex_decode(name, df->name, sizeof(df->name));
	vc_file_add(parent, df);
	return df;
}

struct vc_file *vc_l5_ef(struct vc_layout5 *layout, struct vc_file *parent, unsigned fid,
	size_t size, enum vc_l5_rules rules, const struct vc_buf *content)
{
	struct vc_file *file = vc_file_new(VC_TRANSPARENT, fid, size ? size : content->len);

	if (content->len > file->size)
		layout->failed = true;
	else if (content->len)
		memcpy(file->data, content->data, content->len);
	vc_l5_rule(layout, file, rules);
	vc_file_add(parent, file);
	return file;
}

void vc_l5_directory(struct vc_layout5 *layout, struct vc_file *parent, unsigned fid, size_t size,
	const struct vc_buf *entries)
{
	unsigned form = layout->card->switches.value[VC_S_DF_FILES];
	struct vc_tlv tlv;
	const uint8_t *start = entries->data;

	if (form == VC_DF_FILES_TRANSPARENT || (form == VC_DF_FILES_RECORDS && fid == FID_ODF)) {
		vc_l5_ef(layout, parent, fid, size, VC_L5_PUBLIC, entries);
		return;
	}
	struct vc_file *file = vc_file_new(VC_LINEAR_TLV, fid, size);

	vc_ber_start(&tlv, entries->data, entries->len);
	for (; vc_tlv_next(&tlv); start = tlv.next) {
		CLEANUP(vc_buf_clear) struct vc_buf record = { 0 };

		vc_buf_tlv(&record, 0x00, start, (size_t)(tlv.next - start));
		vc_file_append(file, record.data, record.len);
	}
	vc_l5_rule(layout, file, VC_L5_PUBLIC);
	vc_file_add(parent, file);
}

void vc_l5_pin(struct vc_file *df, const struct vc_l5_pin *pin)
{
	struct vc_object *object = vc_object_add(df, VC_TEST, pin->id);
	uint8_t padded[64] = { 0 };
	const uint8_t param[VC_PARAM_MAX] = { 0x02, VC_OPTION2_TRIES, (uint8_t)pin->tries,
		VC_ALGORITHM_PIN, (uint8_t)pin->tries, 0xFF, 0xFF, (uint8_t)pin->uses, 0x00 };

	memcpy(padded, pin->value, strlen(pin->value));
	memcpy(object->param, param, sizeof(param));
	object->param_len = sizeof(param);
	object->ac[VC_OBJECT_USE] = VC_AC_ALWAYS;
	object->ac[VC_OBJECT_CHANGE] = (uint8_t)pin->id;
	object->ac[VC_OBJECT_UNBLOCK] = pin->unblock ? (uint8_t)pin->unblock : VC_AC_NEVER;
	object->ac_len = 3;
	vc_bytes_set(&object->body, padded, pin->padded);
	explicit_bzero(padded, sizeof(padded));
}

static struct vc_object *add_key(
	struct vc_file *df, const struct vc_l5_key *key, unsigned class_byte, uint8_t use)
{
	struct vc_object *object = vc_object_add(df, class_byte, key->id);
	unsigned algorithm = key->bits ? VC_KEY5_RSA : VC_KEY5_EC;
	const uint8_t param[VC_PARAM_MAX] = { 0x20, 0, 0, 0x03, use, (uint8_t)(algorithm >> 8),
		(uint8_t)algorithm, VC_KEY5_OPERATIONAL, 0 };

	memcpy(object->param, param, sizeof(param));
	object->param_len = sizeof(param);
	memset(object->ac, VC_AC_NEVER, sizeof(object->ac));
	object->ac[VC_OBJECT_USE] = use == VC_KEY5_USE_PRIVATE ? key->pin : VC_AC_ALWAYS;
	object->ac[VC_KEY5_EXPORT] = VC_AC_ALWAYS;
	object->ac_len = VC_KEY5_AC_COUNT;
	return object;
}

void vc_l5_key(struct vc_layout5 *layout, struct vc_file *df, const struct vc_l5_key *key,
	struct vc_buf *ret_certificate)
{
	CLEANUP(vc_buf_clear) struct vc_buf dummy = { 0 }, curve = { 0 };
	struct vc_object *private = add_key(df, key, VC_KEY5_PRIVATE, VC_KEY5_USE_PRIVATE);
	struct vc_object *public = add_key(df, key, VC_KEY5_PUBLIC, VC_KEY5_USE_PUBLIC);
	uint8_t filler[VC_KEY5_MAX];

	memset(filler, 0xFF, sizeof(filler));
	if (key->bits) {
		vc_buf_tlv(&dummy, 0x81, filler, key->bits / 8);
	} else if (vc_key5_curve_print(key->nid, &curve)) {
		vc_buf_add(&dummy, curve.data, 2 + (size_t)curve.data[1]);
		struct vc_object *stored = vc_object_add(df, VC_KEY5_CURVE, key->id);

		stored->param_len = VC_PARAM_MAX;
		vc_bytes_set(&stored->body, curve.data, curve.len);
	}
	vc_bytes_set(&private->body, dummy.data, dummy.len);
	if (vc_key5_generate(private, &private->body, &public->body) != SW_OK ||
		!vc_l5_certify(layout, public, key, ret_certificate))
		layout->failed = true;
}

static bool pin_fits(const char *pin, size_t min, size_t max)
{
	return pin && strlen(pin) >= min && strlen(pin) <= max;
}

bool vcard_personalise5(
	struct vcard *card, const struct vcard_personalise *params, const char **ret_why)
{
	static void (*const layouts[])(struct vc_layout5 *) = { [VC_LAYOUT_MAKER] = vc_layout_maker,
		[VC_LAYOUT_PLAIN] = vc_layout_plain,
		[VC_LAYOUT_FOREIGN] = vc_layout_foreign };
	struct vc_layout5 layout = { .card = card, .params = params };

	*ret_why = "PIN and PUK have 4 to 8 characters";
	if (!pin_fits(params->pin, 4, 8) || !pin_fits(params->puk, 4, 8))
		return false;
	*ret_why = "the label has 1 to 32 bytes";
	if (!*params->label || strlen(params->label) > LABEL_MAX)
		return false;
	*ret_why = "the card refused (is it blank?)";
	if (card->mf->children)
		return false;
	vc_l5_arr(&layout);
	layouts[card->switches.value[VC_S_LAYOUT]](&layout);
	vc_l5_ca_free(&layout);
	card->dirty = true;
	vcard_reset(card);
	return !layout.failed && vc_commit(card);
}
