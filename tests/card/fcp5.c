/* SPDX-License-Identifier: Apache-2.0 */
/* File control parameters of V5: BER lengths, access rules in AB or by EF.ARR. */
#include "card.h"

#include <string.h>

#define DESCRIPTOR_DF 0x38
#define LINEAR_VARIABLE 0x04 /* what CREATE FILE calls a linear TLV file */
#define FID_ARR 0x2F12

struct fcp5 {
	const uint8_t *name, *rules;
	size_t name_len, rules_len;
	unsigned descriptor, arr;
	long df_size, ef_size, fid;
};

static bool collect(struct fcp5 *fcp, const struct vc_tlv *tlv)
{
	switch (tlv->tag) {
	case 0x80:
		fcp->ef_size = tlv->len == 2 ? (long)vc_u16(tlv->value) : -1;
		return tlv->len == 2;
	case 0xC1:
		fcp->df_size = tlv->len == 2 ? (long)vc_u16(tlv->value) : -1;
		return tlv->len == 2;
	case 0x82:
		fcp->descriptor = tlv->len ? tlv->value[0] : 0;
		return tlv->len == 1;
	case 0x83:
		fcp->fid = tlv->len == 2 ? (long)vc_u16(tlv->value) : -1;
		return tlv->len == 2;
	case 0x84:
		fcp->name = tlv->value;
		fcp->name_len = tlv->len;
		return tlv->len && tlv->len <= VC_NAME_MAX;
	case 0x85:
	case 0x88:
	case 0x8A:
		return tlv->len <= 1;
	case 0x8B:
		fcp->arr = tlv->len == 3 && vc_u16(tlv->value) == FID_ARR ? tlv->value[2] : 0;
		return fcp->arr;
	case 0xAB:
		fcp->rules = tlv->value;
		fcp->rules_len = tlv->len;
		return vc_rules_valid(tlv->value, tlv->len);
	default:
		return false;
	}
}

/* The rules themselves, or those the record of EF.ARR holds. */
static bool set_rules(const struct vc_file *mf, const struct fcp5 *fcp, struct vc_file *file)
{
	const struct vc_file *list = vc_file_child(mf, FID_ARR);

	if (!fcp->arr) {
		vc_bytes_set(&file->rules, fcp->rules, fcp->rules_len);
	} else {
		if (!list || fcp->arr > list->record_count)
			return false;
		const struct vc_bytes *record = &list->records[fcp->arr - 1];

		vc_bytes_set(&file->rules, record->data, record->len);
		file->arr = (uint8_t)fcp->arr;
	}
	vc_rules_apply(file);
	return true;
}

static struct vc_file *build(const struct vc_file *mf, const struct fcp5 *fcp)
{
	bool df = fcp->descriptor == DESCRIPTOR_DF;
	bool records = fcp->descriptor == LINEAR_VARIABLE || fcp->descriptor == VC_LINEAR_TLV;
	struct vc_file *file = vc_file_new(df        ? VC_DF
					   : records ? VC_LINEAR_TLV
						     : VC_TRANSPARENT,
		(unsigned)fcp->fid, (size_t)(df ? fcp->df_size : fcp->ef_size));

	if (fcp->name_len)
		memcpy(file->name, fcp->name, fcp->name_len);
	file->name_len = fcp->name_len;
	return set_rules(mf, fcp, file) ? file : vc_file_free(file);
}

static bool descriptor_is_known(const struct fcp5 *fcp)
{
	if (fcp->descriptor == DESCRIPTOR_DF)
		return fcp->df_size >= 0 && fcp->ef_size < 0;
	return fcp->ef_size >= 0 && fcp->df_size < 0 && !fcp->name_len &&
	       (fcp->descriptor == VC_TRANSPARENT || fcp->descriptor == LINEAR_VARIABLE ||
		       fcp->descriptor == VC_LINEAR_TLV);
}

struct vc_file *vc_fcp5_parse(
	const struct vc_file *mf, const uint8_t *data, size_t len, enum vc_sw *ret_sw)
{
	struct fcp5 fcp = { .df_size = -1, .ef_size = -1, .fid = -1 };
	struct vc_tlv tlv;

	*ret_sw = SW_DATA;
	vc_ber_start(&tlv, data, len);
	while (vc_tlv_next(&tlv)) {
		if (!collect(&fcp, &tlv))
			return NULL;
	}
	if (tlv.broken) {
		*ret_sw = SW_TLV;
		return NULL;
	}
	if (fcp.fid < 0 || !descriptor_is_known(&fcp) || (!fcp.rules && !fcp.arr))
		return NULL;
	if (fcp.fid == 0x0000 || fcp.fid == 0x3F00 || fcp.fid == 0x3FFF || fcp.fid == 0xFFFF)
		return NULL;
	struct vc_file *file = build(mf, &fcp);

	if (file)
		*ret_sw = SW_OK;
	return file;
}

void vc_fci5_print(const struct vc_file *file, struct vc_buf *out)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 };
	bool df = file->structure == VC_DF;
	uint8_t size[2] = { (uint8_t)(file->size >> 8), (uint8_t)file->size };
	uint8_t fid[2] = { (uint8_t)(file->fid >> 8), (uint8_t)file->fid };
	uint8_t descriptor = df ? DESCRIPTOR_DF : (uint8_t)file->structure;
	uint8_t reference[3] = { FID_ARR >> 8, FID_ARR & 0xFF, file->arr };

	vc_buf_tlv(&body, 0x83, fid, sizeof(fid));
	vc_buf_tlv(&body, 0x82, &descriptor, 1);
	vc_buf_tlv(&body, df ? 0xC1 : 0x80, size, sizeof(size));
	if (file->name_len)
		vc_buf_tlv(&body, 0x84, file->name, file->name_len);
	vc_buf_hex(&body, "8800 850100 8A0105");
	if (file->arr)
		vc_buf_tlv(&body, 0x8B, reference, sizeof(reference));
	else
		vc_buf_tlv(&body, 0xAB, file->rules.data, file->rules.len);
	/* Seen on the real card: the long form of the length, even where the short one would do. */
	vc_buf_byte(out, 0x6F);
	vc_buf_byte(out, body.len > 0xFF ? 0x82 : 0x81);
	if (body.len > 0xFF)
		vc_buf_byte(out, (unsigned)(body.len >> 8));
	vc_buf_byte(out, body.len & 0xFF);
	vc_buf_add(out, body.data, body.len);
}
