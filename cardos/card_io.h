/* SPDX-License-Identifier: Apache-2.0 */
/* One exchange with a card: length forms, command chaining, GET RESPONSE and wrong Le. Knows
 * nothing of what the command is for. */
#ifndef CARDOS_CARD_IO_H
#define CARDOS_CARD_IO_H

#include "error.h"
#include "iso_apdu.h"

struct transport;

/* How a command that does not fit the short form goes out. */
enum card_form {
	CARD_FORM_SHORT,    /* it must fit */
	CARD_FORM_EXTENDED, /* extended length */
	CARD_FORM_CHAINED,  /* parts of 255 bytes, CLA 10 */
	CARD_FORM_MIXED,    /* the same, the last with an extended Le: more than 256 bytes come */
};

struct card_io {
	struct transport *transport; /* borrowed */
	int trace_fd;
	bool extended;   /* card and reader both take extended length */
	size_t send_max; /* bytes of a data field; 255 without extended length */
	size_t recv_max; /* bytes of an answer; 256 without */
};

struct card_reply {
	uint8_t bytes[ISO_REPLY_MAX]; /* wiped by card_reply_wipe() */
	size_t len;                   /* without the status word */
	uint16_t sw;
};

/* Send cmd once; 61xx and 6Cxx are followed. Errors: those of the line only; the card's opinion is
 * in ret_reply->sw. ret_reply is wiped first. ARGUMENT: cmd does not fit the form. */
enum cardos_err card_io_send(struct card_io *io, const struct iso_cmd *cmd, enum card_form form,
	struct card_reply *ret_reply);

void card_reply_wipe(struct card_reply *reply); /* for CLEANUP too */

#endif
