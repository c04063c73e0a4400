/* SPDX-License-Identifier: Apache-2.0 */
/* Use and generation of keys on a CardOS card. Bytes: cardos-facts 4.2 to 4.5 and 6.1. */
#include "cos_key.h"

#include "cleanup.h"
#include "cos_internal.h"
#include "iso_tlv.h"

#include <string.h>

#define MSE_MAX 16
#define RSA_TWO_PART_MAX 1024 /* keys up to here are stored as modulus and exponent */

static enum cardos_err set_environment(
	struct cos_card *card, const struct cos_key *key, enum cos_key_mode mode)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	uint8_t data[MSE_MAX];
	enum cardos_err err = cos_select_df(card, &key->path);
	if (err != CARDOS_OK)
		return err;
	if (card->mse_known && card->mse_mode == mode && card->mse.reference == key->reference &&
		card->mse.algorithm == key->algorithm &&
		cos_path_equal(&card->mse.path, &key->path))
		return CARDOS_OK;
	struct iso_cmd cmd =
		iso_cmd_simple(0, ISO_INS_MSE, 0x41, mode == COS_KEY_SIGN ? 0xB6 : 0xB8);
	cmd.data = data;
	cmd.data_len = card->row->ops->mse(data, key);
	card->mse_known = false;
	err = cos_send(card, &cmd, ISO_SW_KEY, &reply);
	if (err != CARDOS_OK)
		return err;
	card->mse = *key;
	card->mse_mode = mode;
	card->mse_known = true;
	return CARDOS_OK;
}

/* The form a long PSO tries first. Where the reader says nothing of extended length, PSO CDS is
 * chained; PSO DECIPHER goes extended on V4, as no V4 card is known to chain it. */
static enum card_form first_form(
	const struct cos_card *card, enum cos_key_mode mode, const struct iso_cmd *cmd)
{
	const unsigned flags = card->row->flags;
	bool long_answer = cmd->le > ISO_SHORT_RECV;
	if (card->pso_form_known)
		return card->pso_form;
	if (card->io.extended || ((flags & COS_EXTENDED) && long_answer))
		return CARD_FORM_EXTENDED;
	if (mode == COS_KEY_DECIPHER && (flags & COS_EXTENDED) && !(flags & COS_CHAINING))
		return CARD_FORM_EXTENDED;
	return CARD_FORM_CHAINED;
}

/* A refusal of the form, by the reader or by the card, is worth the other form. */
static bool other_form_may_help(enum cardos_err err, const struct card_reply *reply)
{
	if (err == CARDOS_OK)
		return iso_sw_refuses_form(reply->sw);
	return err == CARDOS_E_LENGTH;
}

static enum cardos_err send_pso(struct cos_card *card, const struct iso_cmd *cmd,
	enum cos_key_mode mode, struct card_reply *reply)
{
	if (!iso_apdu_is_long(cmd))
		return card_io_send(&card->io, cmd, CARD_FORM_SHORT, reply);
	enum card_form form = first_form(card, mode, cmd);
	enum cardos_err err = card_io_send(&card->io, cmd, form, reply);
	if (other_form_may_help(err, reply) && !card->pso_form_known) {
		form = form == CARD_FORM_CHAINED ? CARD_FORM_EXTENDED : CARD_FORM_CHAINED;
		err = card_io_send(&card->io, cmd, form, reply);
		if (err == CARDOS_OK && iso_sw_error(reply->sw, ISO_SW_KEY) == CARDOS_OK) {
			card->pso_form = form;
			card->pso_form_known = true;
		}
	}
	return err;
}

/* What goes before the data of a mode: the padding indicator that says nothing, or the tag of the
 * other side's point. */
static void put_prefix(struct buf *data, enum cos_key_mode mode, size_t len)
{
	if (mode == COS_KEY_DECIPHER)
		buf_u8(data, 0x00);
	if (mode == COS_KEY_AGREE)
		iso_tlv_put_header(data, 0x9C, len);
}

static struct iso_cmd pso(enum cos_key_mode mode)
{
	if (mode == COS_KEY_SIGN)
		return iso_cmd_simple(0, ISO_INS_PSO, 0x9E, 0x9A);
	return iso_cmd_simple(0, ISO_INS_PSO, 0x80, mode == COS_KEY_DECIPHER ? 0x86 : 0xA6);
}

enum cardos_err cos_key_use(struct cos_card *card, const struct cos_key *key,
	enum cos_key_mode mode, const struct buf *in, struct buf *out)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	CLEANUP(buf_done) struct buf data = { 0 };
	buf_init(&data, ISO_APDU_MAX);
	enum cardos_err err = set_environment(card, key, mode);
	if (err != CARDOS_OK)
		return err;
	put_prefix(&data, mode, in->len);
	buf_put(&data, in->bytes, in->len);
	if (data.bad)
		return CARDOS_E_LENGTH;
	struct iso_cmd cmd = pso(mode);
	cmd.data = data.bytes;
	cmd.data_len = data.len;
	cmd.le = key->answer_len > ISO_SHORT_RECV ? key->answer_len : ISO_SHORT_RECV;
	err = send_pso(card, &cmd, mode, &reply);
	if (err == CARDOS_OK)
		err = iso_sw_error(reply.sw, ISO_SW_KEY);
	if (err != CARDOS_OK) {
		card->mse_known = false;
		return err;
	}
	buf_put(out, reply.bytes, reply.len);
	return out->bad ? CARDOS_E_CORRUPT : CARDOS_OK;
}

enum cardos_err cos_key_put_dummy(struct cos_card *card, const struct cos_key_new *key)
{
	if (!card->row->ops->put_key)
		return CARDOS_E_NOT_SUPPORTED;
	if (key->bits < card->row->rsa_min || key->bits > card->row->rsa_max ||
		key->bits % 256 != 0)
		return CARDOS_E_NOT_SUPPORTED;
	enum cardos_err err = cos_card_administrate(card);
	if (err == CARDOS_OK)
		err = cos_select_df(card, &key->key.path);
	return err == CARDOS_OK ? card->row->ops->put_key(card, key) : err;
}

enum cardos_err cos_key_generate(struct cos_card *card, const struct cos_key_new *key, uint16_t fid)
{
	enum cardos_err err = cos_select_df(card, &key->key.path);
	return err == CARDOS_OK ? card->row->ops->generate(card, key, fid) : err;
}

uint8_t cos_key_public_kind(const struct cos_card *card, unsigned bits)
{
	bool records = bits <= RSA_TWO_PART_MAX || (card->row->flags & COS_TWO_PART_RSA);
	return records ? ISO_FILE_LINEAR_TLV : ISO_FILE_TRANSPARENT;
}

enum cardos_err cos_key_put_environment(struct cos_card *card, const struct cos_path *df)
{
	enum cardos_err err = cos_card_administrate(card);
	if (err == CARDOS_OK)
		err = cos_select_df(card, df);
	return err == CARDOS_OK ? card->row->ops->put_environment(card) : err;
}
