/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual card as a transport. */
#include "vcard_link.h"

#include <string.h>

#include "still.h"

#define INS_VERIFY 0x20

static enum cardos_err transmit(struct transport *transport, const uint8_t *command,
	size_t command_len, uint8_t *reply, size_t reply_cap, size_t *ret_len)
{
	struct vcard_link *link = (struct vcard_link *)transport;
	struct vc_buf answer = { 0 };
	enum cardos_err err = CARDOS_E_REMOVED;
	link->count++;
	link->gone |= link->before && link->count == link->before;
	if (link->gone)
		return CARDOS_E_REMOVED;
	link->verifies += command_len > 5 && command[1] == INS_VERIFY;
	vcard_apdu(link->card, command, command_len, &answer);
	link->gone = answer.len < 2 || (link->after && link->count == link->after);
	if (!link->gone) {
		err = answer.len > reply_cap ? CARDOS_E_COMM : CARDOS_OK;
		if (err == CARDOS_OK)
			memcpy(reply, answer.data, answer.len);
		*ret_len = answer.len;
	}
	vc_buf_clear(&answer);
	return err;
}

static enum cardos_err begin(struct transport *transport, bool *ret_reset)
{
	*ret_reset = false;
	return ((struct vcard_link *)transport)->gone ? CARDOS_E_REMOVED : CARDOS_OK;
}

static const uint8_t *atr(struct transport *transport, size_t *ret_len)
{
	struct vcard_link *link = (struct vcard_link *)transport;
	*ret_len = link->atr_len;
	return link->atr;
}

static bool alive(struct transport *transport)
{
	return !((struct vcard_link *)transport)->gone;
}

static void free_nothing(struct transport *transport)
{
	(void)transport;
}

static const struct transport_ops ops = { .transmit = transmit,
	.begin = begin,
	.end = still_end,
	.control = still_control,
	.atr = atr,
	.alive = alive,
	.free = free_nothing };

struct transport *vcard_link_start(struct vcard_link *link, struct vcard *card)
{
	*link = (struct vcard_link){ .transport = { .ops = &ops }, .card = card };
	link->atr_len = vcard_atr(card, link->atr);
	return &link->transport;
}

void vcard_link_cut(struct vcard_link *link, enum vcard_cut how, size_t n)
{
	if (how == VCARD_TEAR)
		vcard_tear(link->card, (unsigned)n);
	else if (how == VCARD_BEFORE)
		link->before = link->count + n;
	else
		link->after = link->count + n;
}

void vcard_link_insert(struct vcard_link *link)
{
	vcard_tear(link->card, 0);
	vcard_reset(link->card);
	link->before = link->after = 0;
	link->gone = false;
}

void vcard_link_stop(struct vcard_link *link)
{
	link->card = vcard_free(link->card);
}
