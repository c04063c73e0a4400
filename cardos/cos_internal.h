/* SPDX-License-Identifier: Apache-2.0 */
/* What the cos_*.c files share: the card's structure, the one way to send, the operations that
 * differ between generations. */
#ifndef CARDOS_COS_INTERNAL_H
#define CARDOS_COS_INTERNAL_H

#include "card_io.h"
#include "cos_card.h"
#include "cos_file.h"
#include "cos_key.h"
#include "cos_pin.h"
#include "cos_table.h"
#include "iso_sw.h"

struct cos_card {
	struct card_io io;
	const struct cos_row *row;
	bool io_ready;      /* the limits of io are known */
	bool df_known;      /* df is what the card has selected */
	struct cos_path df; /* path of the current DF */
	uint16_t ef;        /* current EF; 0: none or not known */
	bool admin;         /* in administration, seen in this transaction */
	bool packages_known, counts_tries;
	bool mse_known; /* MSE was set for mse since the DF was selected */
	struct cos_key mse;
	enum cos_key_mode mse_mode;
	enum card_form pso_form; /* the form this card and reader took for long PSO */
	bool pso_form_known;
};

/* What differs between the generations of CardOS. Rows without COS_WRITES have only mse. */
struct cos_ops {
	enum cardos_err (*put_pin)(struct cos_card *card, const struct cos_pin_new *pin);
	enum cardos_err (*put_key)(struct cos_card *card, const struct cos_key_new *key);
	enum cardos_err (*generate)(
		struct cos_card *card, const struct cos_key_new *key, uint16_t fid);
	enum cardos_err (*put_environment)(struct cos_card *card);
	size_t (*mse)(uint8_t *out, const struct cos_key *key); /* at most 16 bytes */
};

extern const struct cos_ops cos_ops_v4;
extern const struct cos_ops cos_ops_v5;

/* Send and translate the status word. */
enum cardos_err cos_send(struct cos_card *card, const struct iso_cmd *cmd, enum iso_sw_kind kind,
	struct card_reply *reply);

#endif
