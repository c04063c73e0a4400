/* SPDX-License-Identifier: Apache-2.0 */
/* Files and life: CREATE, DELETE, ACTIVATE, DEACTIVATE, PHASE CONTROL. */
#include "commands.h"
#include "personality.h"

enum vc_sw vc_wrong_phase(const struct vcard *card)
{
	return card->switches.value[VC_S_PHASE_SW] == 1 ? SW_NO_CHALLENGE : SW_SECURITY;
}

static bool phase_allows_writes(const struct vcard *card)
{
	return card->phase == VC_ADMINISTRATION ||
	       card->switches.value[VC_S_ADMIN_ONLY] != VC_ADMIN_WRITES;
}

/* The template 62 around the parameters, its length in BER. */
static enum vc_sw unwrap(const struct vc_apdu *apdu, const uint8_t **ret_body, size_t *ret_len)
{
	size_t skip = 2;

	if (apdu->lc < 2 || apdu->data[0] != 0x62)
		return SW_DATA;
	if (apdu->data[1] == 0x81 || apdu->data[1] == 0x82)
		skip = apdu->data[1] & 0x7FU ? (apdu->data[1] & 0x7FU) + 2 : 2;
	if (apdu->lc < skip)
		return SW_TLV;
	if ((skip == 4 ? vc_u16(apdu->data + 2) : apdu->data[skip - 1]) != apdu->lc - skip)
		return SW_TLV;
	*ret_body = apdu->data + skip;
	*ret_len = apdu->lc - skip;
	return SW_OK;
}

static enum vc_sw may_create(struct vcard *card, const struct vc_file *file)
{
	if (vc_file_child(card->df, file->fid) ||
		vc_file_named(card->mf, file->name, file->name_len))
		return card->switches.value[VC_S_CREATE_EXISTING] == 1 ? SW_DATA : SW_EXISTS;
	bool df = card->personality->v5 && file->structure == VC_DF;

	if (!vc_file_allowed(card, card->df, df ? VC_DF_CREATE_DF : VC_DF_CREATE))
		return SW_SECURITY;
	if (vc_file_depth(card->df) + 1 >= VC_DEPTH_MAX)
		return SW_NO_MEMORY;
	return vc_has_room(card, card->df, vc_file_cost(file)) ? SW_OK : SW_NO_MEMORY;
}

enum vc_sw vc_cmd_create(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	const uint8_t *body = NULL;
	size_t len = 0;
	enum vc_sw sw;

	(void)out;
	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	if (!phase_allows_writes(card))
		return vc_wrong_phase(card);
	sw = unwrap(apdu, &body, &len);
	if (sw != SW_OK)
		return sw;
	struct vc_file *file = card->personality->v5 ? vc_fcp5_parse(card->mf, body, len, &sw)
						     : vc_fcp_parse(body, len, &sw);

	if (!file)
		return sw;
	sw = may_create(card, file);
	if (sw != SW_OK || vc_eeprom(card, 1) == 0) {
		vc_file_free(file);
		return sw == SW_OK ? SW_NONE : sw;
	}
	vc_file_add(card->df, file);
	if (card->switches.value[VC_S_CREATE_SELECTS] == 0)
		vc_make_current(card, file);
	return SW_OK;
}

/* The file DELETE means: a child of the current DF by id, or the current file. */
static enum vc_sw find_victim(
	const struct vcard *card, const struct vc_apdu *apdu, struct vc_file **ret_file)
{
	if (!apdu->lc)
		*ret_file = card->ef ? card->ef : card->df;
	else if (apdu->lc == 2)
		*ret_file = vc_file_child(card->df, vc_u16(apdu->data));
	else
		return SW_LENGTH;
	return *ret_file ? SW_OK : SW_NO_FILE;
}

/* V5 names the right with the file and with its DF: which of them counts is a switch. */
static bool may_delete(struct vcard *card, struct vc_file *victim)
{
	unsigned form = card->switches.value[VC_S_DELETE_RULE];
	struct vc_file *df = victim->parent;

	if (!card->personality->v5 || form != VC_DELETE_CHILD) {
		if (!vc_file_allowed(card, victim, VC_DF_DELETE))
			return false;
	}
	return !card->personality->v5 || form == VC_DELETE_SELF ||
	       vc_allowed(card, df, vc_rules_condition(df->rules.data, df->rules.len, 0x01, NULL));
}

enum vc_sw vc_cmd_delete(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	struct vc_file *victim = NULL;
	enum vc_sw sw = find_victim(card, apdu, &victim);

	(void)out;
	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	if (!phase_allows_writes(card))
		return vc_wrong_phase(card);
	if (sw != SW_OK)
		return sw;
	if (!victim->parent)
		return SW_SECURITY; /* the MF goes by ERASE FILES only */
	if (!may_delete(card, victim))
		return SW_SECURITY;
	if (victim->children && card->switches.value[VC_S_DELETE_DF] == 1)
		return SW_NO_CHALLENGE;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	if (vc_file_is_below(card->df, victim))
		vc_make_current(card, victim->parent);
	if (card->ef == victim)
		card->ef = NULL;
	vc_file_remove(victim);
	return SW_OK;
}

static enum vc_sw set_active(struct vcard *card, const struct vc_apdu *apdu, bool active)
{
	struct vc_file *file = card->ef ? card->ef : card->df;

	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	if (!vc_file_allowed(card, file, active ? VC_DF_ACTIVATE : VC_DF_DEACTIVATE))
		return SW_SECURITY;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	file->deactivated = !active;
	return SW_OK;
}

enum vc_sw vc_cmd_activate(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	(void)out;
	return set_active(card, apdu, true);
}

enum vc_sw vc_cmd_deactivate(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	(void)out;
	return set_active(card, apdu, false);
}

enum vc_sw vc_cmd_phase_control(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out)
{
	(void)out;
	if (apdu->p1 || apdu->p2)
		return SW_P1P2;
	if (card->switches.value[VC_S_PHASE_AC] == 0 &&
		!vc_file_allowed(card, card->personality->v5 ? card->df : card->mf, VC_DF_LCYCLE))
		return SW_SECURITY;
	if (vc_eeprom(card, 1) == 0)
		return SW_NONE;
	card->phase = card->phase == VC_OPERATIONAL ? VC_ADMINISTRATION : VC_OPERATIONAL;
	if (card->switches.value[VC_S_PHASE_CLEARS] == 1)
		vc_forget_verified(card->mf);
	return SW_OK;
}
