/* SPDX-License-Identifier: Apache-2.0 */
/* Command APDUs in their short and extended forms. */
#ifndef VCARD_APDU_H
#define VCARD_APDU_H

#include "card.h"

/* false: the lengths do not fit together. ret_apdu borrows from bytes. */
bool vc_apdu_parse(const uint8_t *bytes, size_t len, struct vc_apdu *ret_apdu);

/* Collect a chained command. Returns SW_OK with *apdu complete; SW_MORE if this was a part that is
 * now kept (the card answers 9000); else the refusal. */
enum vc_sw vc_chain(struct vcard *card, struct vc_apdu *apdu);
void vc_chain_drop(struct vcard *card);

/* Find and run the command: class, instruction, case, phase. */
enum vc_sw vc_dispatch(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out);

#endif
