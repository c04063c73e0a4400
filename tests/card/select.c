/* SPDX-License-Identifier: Apache-2.0 */
/* SELECT. */
#include "commands.h"

#define FID_MF 0x3F00
#define P2_FCI 0x00
#define P2_NOTHING 0x0C

static struct vc_file *by_fid(const struct vcard *card, unsigned fid)
{
	struct vc_file *found = NULL;

	if (fid == FID_MF)
		return card->mf;
	found = vc_file_child(card->df, fid);
	if (!found && card->df->parent)
		found = vc_file_child(card->df->parent, fid);
	if (!found && card->df->parent && card->df->parent->fid == fid)
		found = card->df->parent;
	return found;
}

static struct vc_file *by_path(struct vc_file *from, const uint8_t *path, size_t len)
{
	struct vc_file *file = from;

	for (size_t i = 0; file && i < len; i += 2)
		file = file->structure == VC_DF ? vc_file_child(file, vc_u16(path + i)) : NULL;
	return file;
}

static enum vc_sw find(struct vcard *card, const struct vc_apdu *apdu, struct vc_file **ret_file)
{
	switch (apdu->p1) {
	case 0x00:
		if (apdu->lc && apdu->lc != 2)
			return SW_LENGTH;
		*ret_file = apdu->lc ? by_fid(card, vc_u16(apdu->data)) : card->mf;
		break;
	case 0x03:
		if (apdu->lc)
			return SW_LC_P1P2;
		*ret_file = card->df->parent;
		break;
	case 0x04:
		if (!apdu->lc || apdu->lc > VC_NAME_MAX)
			return SW_LENGTH;
		*ret_file = vc_file_named(card->mf, apdu->data, apdu->lc);
		break;
	case 0x08:
	case 0x09:
		if (!apdu->lc || apdu->lc % 2)
			return SW_LENGTH;
		*ret_file = by_path(apdu->p1 == 0x08 ? card->mf : card->df, apdu->data, apdu->lc);
		break;
	default:
		return SW_P1P2;
	}
	return *ret_file ? SW_OK : SW_NO_FILE;
}

/* Security environment 1 of a DF is loaded when the DF becomes current. */
static void load_se(struct vcard *card)
{
	const struct vc_se *se = vc_se_find(card->df, 1);

	if (!se)
		return;
	card->sign_key = (struct vc_key_choice){ se->component[0] != 0, se->component[0], 0 };
	card->decipher_key = (struct vc_key_choice){ se->component[2] != 0, se->component[2], 0 };
}

enum vc_sw vc_cmd_select(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	struct vc_file *file = NULL;

	if (apdu->p2 != P2_FCI && apdu->p2 != P2_NOTHING)
		return SW_P1P2;
	enum vc_sw sw = find(card, apdu, &file);

	if (sw != SW_OK)
		return sw;
	vc_make_current(card, file);
	if (file->structure == VC_DF)
		load_se(card);
	if (apdu->p2 == P2_FCI && apdu->ne)
		vc_fci_print(card, file, out);
	return file->deactivated ? SW_DEACTIVATED : SW_OK;
}
