/* SPDX-License-Identifier: Apache-2.0 */
/* DIRECTORY: the children of the current DF (cardos-facts 3.5). */
#include "commands.h"

#define LIST_MAX 256

static void print_short(const struct vc_file *file, struct vc_buf *out)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 };
	uint8_t type = file->structure == VC_DF ? 0x38 : (uint8_t)file->structure;
	uint8_t fid[2] = { (uint8_t)(file->fid >> 8), (uint8_t)file->fid };

	vc_buf_tlv(&body, 0x82, &type, 1);
	vc_buf_tlv(&body, 0x86, fid, sizeof(fid));
	vc_buf_tlv(out, 0x6F, body.data, body.len);
}

/* As short, with size and access bytes beside it. The access bytes go under 8C here: 86 is the id.
 */
static void print_full(const struct vc_file *file, struct vc_buf *out)
{
	CLEANUP(vc_buf_clear) struct vc_buf body = { 0 };
	bool df = file->structure == VC_DF;
	uint8_t type = df ? 0x38 : (uint8_t)file->structure;
	uint8_t fid[2] = { (uint8_t)(file->fid >> 8), (uint8_t)file->fid };
	uint8_t size[2] = { (uint8_t)(file->size >> 8), (uint8_t)file->size };

	vc_buf_tlv(&body, df ? 0x81 : 0x80, size, sizeof(size));
	vc_buf_tlv(&body, 0x82, &type, 1);
	vc_buf_tlv(&body, 0x86, fid, sizeof(fid));
	vc_buf_tlv(&body, 0x8C, file->ac, VC_AC_COUNT);
	vc_buf_tlv(out, 0x6F, body.data, body.len);
}

/* Two pages: the first child alone with 8A 01 01, then the others. */
static void print_paged(const struct vcard *card, unsigned page, struct vc_buf *out)
{
	const struct vc_file *file = card->df->children;

	if (page == 0 && file && file->next) {
		CLEANUP(vc_buf_clear) struct vc_buf first = { 0 };

		print_short(file, &first);
		vc_buf_hex(&first, "8A0101");
		first.data[1] = (uint8_t)(first.len - 2);
		vc_buf_add(out, first.data, first.len);
		return;
	}
	for (file = page && file ? file->next : file; file; file = file->next)
		print_short(file, out);
}

enum vc_sw vc_cmd_directory(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	unsigned form = card->switches.value[VC_S_DIRECTORY];
	unsigned skip = apdu->p2;

	if (apdu->p1 > 0x02)
		return SW_P1P2;
	if (form == VC_DIRECTORY_PAGED) {
		print_paged(card, apdu->p2, out);
	} else {
		for (const struct vc_file *file = card->df->children; file; file = file->next) {
			if (skip) {
				skip--;
				continue;
			}
			size_t before = out->len;

			if (form == VC_DIRECTORY_FULL)
				print_full(file, out);
			else
				print_short(file, out);
			if (out->len > LIST_MAX) {
				out->len = before;
				break;
			}
		}
	}
	if (!out->len)
		vc_buf_hex(out, "6F00");
	return SW_OK;
}
