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
#include "cos_public.h"
#include "cos_table.h"
#include "digest.h"
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
	struct digest digest;
};

/* What differs between the generations of CardOS. */
struct cos_ops {
	uint8_t key_first, key_last; /* references of keys */
	bool imports;                /* put_key takes values too */
	enum cardos_err (*put_pin)(struct cos_card *card, const struct cos_pin_new *pin);
	enum cardos_err (*put_key)(struct cos_card *card, const struct cos_key_new *key);
	enum cardos_err (*generate)(
		struct cos_card *card, const struct cos_key_new *key, uint16_t fid);
	void (*key_file)(const struct cos_card *card, const struct cos_key_new *key,
		struct cos_key_file *ret_file);
	/* The key begun, from the EF of a generation, which is selected. NULL: it does not tell. */
	enum cardos_err (*read_mark)(struct cos_card *card, struct cos_key_new *key);
	/* The public half: of the selected EF of that kind, or of the key. */
	enum cardos_err (*read_public)(struct cos_card *card, const struct cos_key_new *key,
		uint8_t kind, struct cos_public *ret_public);
	/* NULL: keys are not deleted but made useless. */
	enum cardos_err (*delete_key)(struct cos_card *card, const struct cos_key *key);
	enum cardos_err (*put_environment)(struct cos_card *card);
	size_t (*mse)(uint8_t *out, const struct cos_key *key); /* at most 16 bytes */
};

extern const struct cos_ops cos_ops_v4;
extern const struct cos_ops cos_ops_v5;

/* Send and translate the status word. */
enum cardos_err cos_send(struct cos_card *card, const struct iso_cmd *cmd, enum iso_sw_kind kind,
	struct card_reply *reply);

/* The same for a command or an answer that may be too long for the short form (cos_key.c). */
enum cardos_err cos_send_long(struct cos_card *card, const struct iso_cmd *cmd,
	enum iso_sw_kind kind, struct card_reply *reply);

enum cos_data {
	COS_DATA_ECD = 0x6C,  /* V5: a curve */
	COS_DATA_SECI = 0x6D, /* a security environment */
	COS_DATA_OCI = 0x6E,  /* a PIN or key */
};
/* PUT DATA into the current DF (cos_card.c). */
enum cardos_err cos_put_data(struct cos_card *card, enum cos_data kind, const struct buf *object);

/* cos_v5_key.c: */
enum cardos_err cos_v5_put_key(struct cos_card *card, const struct cos_key_new *key);
enum cardos_err cos_v5_generate(struct cos_card *card, const struct cos_key_new *key, uint16_t fid);
void cos_v5_key_file(
	const struct cos_card *card, const struct cos_key_new *key, struct cos_key_file *ret_file);
enum cardos_err cos_v5_read_mark(struct cos_card *card, struct cos_key_new *key);
enum cardos_err cos_v5_read_public(struct cos_card *card, const struct cos_key_new *key,
	uint8_t kind, struct cos_public *ret_public);
enum cardos_err cos_v5_delete_key(struct cos_card *card, const struct cos_key *key);

#endif
