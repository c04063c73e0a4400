/* SPDX-License-Identifier: Apache-2.0 */
/* Use and generation of keys on a CardOS card. Bytes: cardos-facts 4.2 to 4.5 and 6.1. */
#include "cos_key.h"

#include "cleanup.h"
#include "cos_curve.h"
#include "cos_internal.h"
#include "iso_tlv.h"
#include "transport.h"

#include <string.h>

#define MSE_MAX 16

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
	if (card->io.transport->short_only)
		return CARD_FORM_CHAINED;
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

static enum cardos_err send_long(struct cos_card *card, const struct iso_cmd *cmd,
	enum cos_key_mode mode, struct card_reply *reply)
{
	if (!iso_apdu_is_long(cmd))
		return card_io_send(&card->io, cmd, CARD_FORM_SHORT, reply);
	const enum card_form first = first_form(card, mode, cmd);
	const enum card_form forms[] = { first,
		first == CARD_FORM_CHAINED ? CARD_FORM_EXTENDED : CARD_FORM_CHAINED,
		CARD_FORM_MIXED };
	size_t count = cmd->le > ISO_SHORT_RECV ? 3 : 2, i = 0;
	if (card->pso_form_known || card->io.transport->short_only)
		count = 1;
	enum cardos_err err = card_io_send(&card->io, cmd, first, reply);
	while (other_form_may_help(err, reply) && ++i < count)
		err = card_io_send(&card->io, cmd, forms[i], reply);
	if (i > 0 && i < count && err == CARDOS_OK &&
		iso_sw_error(reply->sw, ISO_SW_KEY) == CARDOS_OK) {
		card->pso_form = forms[i];
		card->pso_form_known = true;
	}
	return err;
}

enum cardos_err cos_send_long(struct cos_card *card, const struct iso_cmd *cmd,
	enum iso_sw_kind kind, struct card_reply *reply)
{
	enum cardos_err err = send_long(card, cmd, COS_KEY_SIGN, reply);
	if (err == CARDOS_E_RESET || err == CARDOS_E_REMOVED)
		cos_card_forget(card);
	return err == CARDOS_OK ? iso_sw_error(reply->sw, kind) : err;
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
	err = send_long(card, &cmd, mode, &reply);
	if (err == CARDOS_OK)
		err = iso_sw_error(reply.sw, ISO_SW_KEY);
	if (err != CARDOS_OK) {
		card->mse_known = false;
		return err;
	}
	buf_put(out, reply.bytes, reply.len);
	return out->bad ? CARDOS_E_CORRUPT : CARDOS_OK;
}

static bool size_fits(const struct cos_card *card, const struct cos_key_new *key)
{
	if (key->type == CARDOS_KEY_EC)
		return (card->row->flags & COS_EC) && cos_curve_of_bits(key->bits);
	return key->bits >= card->row->rsa_min && key->bits <= card->row->rsa_max &&
	       key->bits % 256 == 0;
}

static enum cardos_err put_key(struct cos_card *card, const struct cos_key_new *key)
{
	if (!size_fits(card, key))
		return CARDOS_E_NOT_SUPPORTED;
	enum cardos_err err = cos_card_administrate(card);
	if (err == CARDOS_OK)
		err = cos_select_df(card, &key->key.path);
	return err == CARDOS_OK ? card->row->ops->put_key(card, key) : err;
}

enum cardos_err cos_key_put_dummy(struct cos_card *card, const struct cos_key_new *key)
{
	struct cos_key_new dummy = *key;
	dummy.value = NULL;
	dummy.ec_value = NULL;
	return put_key(card, &dummy);
}

bool cos_key_imports(const struct cos_card *card)
{
	return card->row->ops->imports;
}

enum cardos_err cos_key_put(struct cos_card *card, const struct cos_key_new *key)
{
	if ((!key->value && !key->ec_value) || !cos_key_imports(card))
		return CARDOS_E_NOT_SUPPORTED;
	return put_key(card, key);
}

enum cardos_err cos_key_generate(struct cos_card *card, const struct cos_key_new *key, uint16_t fid)
{
	enum cardos_err err = cos_select_df(card, &key->key.path);
	return err == CARDOS_OK ? card->row->ops->generate(card, key, fid) : err;
}

void cos_key_file(
	const struct cos_card *card, const struct cos_key_new *key, struct cos_key_file *ret_file)
{
	card->row->ops->key_file(card, key, ret_file);
}

enum cardos_err cos_key_begun(
	struct cos_card *card, const struct cos_path *file, struct cos_key_new *key)
{
	key->key.reference = 0;
	if (!card->row->ops->read_mark)
		return CARDOS_OK;
	enum cardos_err err = cos_select_ef(card, file);
	return err == CARDOS_OK ? card->row->ops->read_mark(card, key) : err;
}

enum cardos_err cos_key_public(struct cos_card *card, const struct cos_key_new *key,
	const struct cos_path *file, uint8_t kind, struct cos_public *ret_public)
{
	enum cardos_err err = CARDOS_OK;
	if (!card->row->ops->read_mark)
		err = cos_select_ef(card, file);
	return err == CARDOS_OK ? card->row->ops->read_public(card, key, kind, ret_public) : err;
}

void cos_key_references(const struct cos_card *card, uint8_t *ret_first, uint8_t *ret_last)
{
	*ret_first = card->row->ops->key_first;
	*ret_last = card->row->ops->key_last;
}

enum cardos_err cos_key_exists(
	struct cos_card *card, const struct cos_key_new *key, bool *ret_exists)
{
	struct cos_public ignored;
	*ret_exists = false;
	if (!cos_key_deletes(card))
		return CARDOS_OK;
	enum cardos_err err =
		card->row->ops->read_public(card, key, ISO_FILE_TRANSPARENT, &ignored);
	if (err == CARDOS_E_REMOVED || err == CARDOS_E_RESET || err == CARDOS_E_COMM ||
		err == CARDOS_E_NO_SERVICE || err == CARDOS_E_MUTE || err == CARDOS_E_MEMORY)
		return err;
	*ret_exists = err != CARDOS_E_NOT_FOUND && err != CARDOS_E_NOT_SUPPORTED;
	return CARDOS_OK;
}

bool cos_key_deletes(const struct cos_card *card)
{
	return card->row->ops->delete_key != NULL;
}

enum cardos_err cos_key_delete(struct cos_card *card, const struct cos_key *key)
{
	enum cardos_err err = cos_card_administrate(card);
	if (err == CARDOS_OK)
		err = cos_select_df(card, &key->path);
	if (err == CARDOS_OK)
		err = card->row->ops->delete_key(card, key);
	return err == CARDOS_E_NOT_FOUND ? CARDOS_OK : err;
}

enum cardos_err cos_key_put_environment(struct cos_card *card, const struct cos_path *df)
{
	enum cardos_err err = cos_card_administrate(card);
	if (err == CARDOS_OK)
		err = cos_select_df(card, df);
	return err == CARDOS_OK ? card->row->ops->put_environment(card) : err;
}
