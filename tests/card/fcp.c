/* SPDX-License-Identifier: Apache-2.0 */
/* File control parameters: what CREATE FILE brings, what SELECT answers (cardos-facts 3.1, 3.4). */
#include "card.h"
#include "personality.h"

#include <string.h>

#define SHAREABLE 0x40
#define DESCRIPTOR_DF 0x38

/* What the template said so far. */
struct fcp {
	const uint8_t *descriptor, *name, *ac;
	size_t descriptor_len, name_len, ac_len;
	long df_size, ef_size, fid;
};

static bool collect(struct fcp *fcp, const struct vc_tlv *tlv)
{
	switch (tlv->tag) {
	case 0x80:
		fcp->ef_size = tlv->len == 2 ? (long)vc_u16(tlv->value) : -1;
		return tlv->len == 2;
	case 0x81:
		fcp->df_size = tlv->len == 2 ? (long)vc_u16(tlv->value) : -1;
		return tlv->len == 2;
	case 0x82:
		fcp->descriptor = tlv->value;
		fcp->descriptor_len = tlv->len;
		return tlv->len == 1 || tlv->len == 5 || tlv->len == 6;
	case 0x83:
		fcp->fid = tlv->len == 2 ? (long)vc_u16(tlv->value) : -1;
		return tlv->len == 2;
	case 0x84:
		fcp->name = tlv->value;
		fcp->name_len = tlv->len;
		return tlv->len && tlv->len <= VC_NAME_MAX;
	case 0x85:
		return tlv->len >= 1 && tlv->len <= 3;
	case 0x86:
		fcp->ac = tlv->value;
		fcp->ac_len = tlv->len;
		return tlv->len <= VC_AC_COUNT + 1;
	default:
		return false;
	}
}

static bool descriptor_is_known(const struct fcp *fcp)
{
	if (fcp->descriptor[0] == DESCRIPTOR_DF)
		return fcp->df_size >= 0 && fcp->ef_size < 0;
	if (fcp->ef_size < 0 || fcp->name_len)
		return false;
	switch (fcp->descriptor[0] & ~SHAREABLE) {
	case VC_TRANSPARENT:
	case VC_LINEAR_TLV:
		return fcp->descriptor_len == 1;
	case VC_LINEAR_FIXED:
	case VC_CYCLIC:
		return fcp->descriptor_len == 5 && fcp->descriptor[3] && fcp->descriptor[4] &&
		       fcp->descriptor[3] * fcp->descriptor[4] <= fcp->ef_size;
	default:
		return false;
	}
}

static struct vc_file *build(const struct fcp *fcp)
{
	bool df = fcp->descriptor[0] == DESCRIPTOR_DF;
	struct vc_file *file =
		vc_file_new(df ? VC_DF : (enum vc_structure)(fcp->descriptor[0] & ~SHAREABLE),
			(unsigned)fcp->fid, (size_t)(df ? fcp->df_size : fcp->ef_size));

	file->shareable = !df && fcp->descriptor[0] & SHAREABLE;
	if (fcp->descriptor_len == 5) {
		file->record_len = fcp->descriptor[3];
		file->record_max = fcp->descriptor[4];
	}
	if (fcp->name_len)
		memcpy(file->name, fcp->name, fcp->name_len);
	file->name_len = fcp->name_len;
	memset(file->ac, VC_AC_NEVER, sizeof(file->ac));
	if (fcp->ac_len)
		memcpy(file->ac, fcp->ac, fcp->ac_len < VC_AC_COUNT ? fcp->ac_len : VC_AC_COUNT);
	return file;
}

struct vc_file *vc_fcp_parse(const uint8_t *data, size_t len, enum vc_sw *ret_sw)
{
	struct fcp fcp = { .df_size = -1, .ef_size = -1, .fid = -1 };
	struct vc_tlv tlv;

	vc_tlv_start(&tlv, data, len);
	while (vc_tlv_next(&tlv)) {
		if (!collect(&fcp, &tlv)) {
			*ret_sw = SW_DATA;
			return NULL;
		}
	}
	if (tlv.broken) {
		*ret_sw = SW_TLV;
		return NULL;
	}
	*ret_sw = SW_DATA;
	if (!fcp.descriptor || fcp.fid < 0 || !descriptor_is_known(&fcp))
		return NULL;
	if (fcp.fid == 0x0000 || fcp.fid == 0x3F00 || fcp.fid == 0x3FFF || fcp.fid == 0xFFFF)
		return NULL;
	*ret_sw = SW_OK;
	return build(&fcp);
}

static void print_descriptor(
	const struct vcard *card, const struct vc_file *file, struct vc_buf *out)
{
	bool df = file->structure == VC_DF;
	bool records = file->structure == VC_LINEAR_FIXED || file->structure == VC_CYCLIC;
	uint8_t descriptor[6] = { df ? DESCRIPTOR_DF : (uint8_t)file->structure };
	size_t len = 1;

	if (file->shareable)
		descriptor[0] |= SHAREABLE;
	if (records) {
		descriptor[1] = 0x21;
		descriptor[3] = (uint8_t)file->record_len;
		descriptor[4] = (uint8_t)file->record_max;
		len = 5;
	}
	if (df && card->switches.value[VC_S_FCI] == 1) {
		memcpy(descriptor + 1, "\xB5\x00\xFE\x00\x07", 5);
		len = 6;
	}
	vc_buf_tlv(out, 0x82, descriptor, len);
}

void vc_fci_print(const struct vcard *card, const struct vc_file *file, struct vc_buf *out)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 };
	bool df = file->structure == VC_DF;
	uint8_t size[2] = { (uint8_t)(file->size >> 8), (uint8_t)file->size };
	uint8_t fid[2] = { (uint8_t)(file->fid >> 8), (uint8_t)file->fid };
	uint8_t properties[3] = { 0 };
	size_t properties_len = 1;

	if (card->personality->v5) {
		vc_fci5_print(file, out);
		return;
	}
	if (df && card->switches.value[VC_S_FCI] == 1) {
		size_t rest = vc_free_in_df(card, file);

		properties[1] = (uint8_t)(rest >> 8);
		properties[2] = (uint8_t)rest;
		properties_len = 3;
	}
	vc_buf_tlv(&body, df ? 0x81 : 0x80, size, sizeof(size));
	print_descriptor(card, file, &body);
	vc_buf_tlv(&body, 0x83, fid, sizeof(fid));
	if (file->name_len)
		vc_buf_tlv(&body, 0x84, file->name, file->name_len);
	vc_buf_tlv(&body, 0x85, properties, properties_len);
	vc_buf_tlv(&body, 0x86, file->ac,
		card->switches.value[VC_S_FCI_AC] == 1 ? VC_AC_COUNT - 1 : VC_AC_COUNT);
	vc_buf_tlv(out, 0x6F, body.data, body.len);
}
