/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a CardOS card. Bytes: cardos-facts 3. */
#include "cos_file.h"

#include "cleanup.h"
#include "cos_internal.h"
#include "cos_rule.h"
#include "iso_tlv.h"

#include <string.h>

#define MF_FID 0x3F00
#define CREATE_MAX 250
#define DIRECTORY_PAGES_MAX 8
#define LINEAR_VARIABLE 0x04 /* what V5 calls a linear TLV file when it is made */

bool cos_path_set(struct cos_path *path, const uint8_t *bytes, size_t len)
{
	if (len >= 2 && bytes[0] == 0x3F && bytes[1] == 0x00) {
		bytes += 2;
		len -= 2;
	}
	if (len > COS_PATH_MAX || len % 2 != 0)
		return false;
	struct cos_path set = { .len = len };
	if (len > 0)
		memcpy(set.bytes, bytes, len);
	*path = set;
	return true;
}

bool cos_path_equal(const struct cos_path *a, const struct cos_path *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

struct cos_path cos_path_child(const struct cos_path *df, uint16_t fid)
{
	struct cos_path path = *df;
	if (path.len + 2 <= COS_PATH_MAX) {
		path.bytes[path.len++] = (uint8_t)(fid >> 8);
		path.bytes[path.len++] = (uint8_t)fid;
	}
	return path;
}

uint16_t cos_path_fid(const struct cos_path *path)
{
	if (path->len < 2)
		return MF_FID;
	return (uint16_t)(path->bytes[path->len - 2] << 8 | path->bytes[path->len - 1]);
}

struct cos_path cos_path_parent(const struct cos_path *path)
{
	struct cos_path parent = *path;
	if (parent.len >= 2) {
		parent.bytes[parent.len - 1] = 0;
		parent.bytes[parent.len - 2] = 0;
		parent.len -= 2;
	}
	return parent;
}

static enum cardos_err select_path(
	struct cos_card *card, const struct cos_path *path, uint8_t p2, struct card_reply *reply)
{
	static const uint8_t mf[2] = { MF_FID >> 8, MF_FID & 0xFF };
	struct iso_cmd cmd = path->len == 0 ? iso_cmd_select(0x00, p2, mf, sizeof(mf))
					    : iso_cmd_select(0x08, p2, path->bytes, path->len);
	/* What a refused SELECT leaves selected is not known. SELECT also ends an MSE. */
	card->df_known = false;
	card->ef = 0;
	card->mse_known = false;
	return cos_send(card, &cmd, ISO_SW_FILE, reply);
}

static void selected(struct cos_card *card, const struct cos_path *df, uint16_t ef)
{
	card->df = *df;
	card->df_known = true;
	card->ef = ef;
}

enum cardos_err cos_select_df(struct cos_card *card, const struct cos_path *path)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	if (card->df_known && cos_path_equal(&card->df, path))
		return CARDOS_OK;
	enum cardos_err err = select_path(card, path, 0x0C, &reply);
	if (err == CARDOS_OK)
		selected(card, path, 0);
	return err;
}

enum cardos_err cos_select_ef(struct cos_card *card, const struct cos_path *path)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	const struct cos_path df = cos_path_parent(path);
	uint16_t fid = cos_path_fid(path);
	if (path->len < 2)
		return CARDOS_E_NOT_FOUND;
	if (card->df_known && card->ef == fid && cos_path_equal(&card->df, &df))
		return CARDOS_OK;
	enum cardos_err err = select_path(card, path, 0x0C, &reply);
	if (err == CARDOS_OK)
		selected(card, &df, fid);
	return err;
}

enum cardos_err cos_select_aid(struct cos_card *card, const uint8_t *aid, size_t len)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	const struct iso_cmd cmd = iso_cmd_select(0x04, 0x0C, aid, len);
	card->df_known = false;
	card->ef = 0;
	card->mse_known = false;
	return cos_send(card, &cmd, ISO_SW_FILE, &reply);
}

enum cardos_err cos_select_fcp(
	struct cos_card *card, const struct cos_path *path, struct iso_fcp *ret_fcp)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	struct iso_fcp fcp;
	enum cardos_err err = select_path(card, path, 0x00, &reply);
	if (err != CARDOS_OK)
		return err;
	if (!iso_fcp_parse(reply.bytes, reply.len, &fcp))
		return CARDOS_E_CORRUPT;
	if (path->len == 0 || fcp.descriptor == ISO_FILE_DF) {
		selected(card, path, 0);
	} else {
		const struct cos_path df = cos_path_parent(path);
		selected(card, &df, cos_path_fid(path));
	}
	*ret_fcp = fcp;
	return CARDOS_OK;
}

size_t cos_read_max(const struct cos_card *card)
{
	return card->io.recv_max;
}

/* The card or the reader refuses a long command although both announced extended length: the short
 * form from now on. True: worth sending again. */
static bool back_to_short(struct cos_card *card, const struct iso_cmd *cmd, enum cardos_err err,
	const struct card_reply *reply)
{
	if (err == CARDOS_OK || !card->io.extended || !iso_apdu_is_long(cmd))
		return false;
	if (err != CARDOS_E_LENGTH && !iso_sw_refuses_form(reply->sw))
		return false;
	card->io.extended = false;
	card->io.send_max = ISO_SHORT_SEND;
	card->io.recv_max = ISO_SHORT_RECV;
	return true;
}

enum cardos_err cos_read(
	struct cos_card *card, size_t offset, size_t len, struct buf *buf, size_t *ret_len)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	if (offset > ISO_OFFSET_MAX)
		return CARDOS_E_CORRUPT;
	if (len > card->io.recv_max)
		len = card->io.recv_max;
	const struct iso_cmd cmd = iso_cmd_read_binary(offset, len);
	enum cardos_err err = cos_send(card, &cmd, ISO_SW_FILE, &reply);
	if (back_to_short(card, &cmd, err, &reply))
		return cos_read(card, offset, len, buf, ret_len);
	if (err != CARDOS_OK)
		return err;
	size_t got = reply.len < len ? reply.len : len;
	buf_put(buf, reply.bytes, got);
	if (buf->bad)
		return CARDOS_E_MEMORY;
	*ret_len = got;
	return CARDOS_OK;
}

enum cardos_err cos_read_record(struct cos_card *card, uint8_t number, struct buf *buf)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	const struct iso_cmd cmd = iso_cmd_read_record(number);
	enum cardos_err err = cos_send(card, &cmd, ISO_SW_FILE, &reply);
	if (err != CARDOS_OK)
		return err;
	buf_put(buf, reply.bytes, reply.len);
	return buf->bad ? CARDOS_E_MEMORY : CARDOS_OK;
}

enum cardos_err cos_update(struct cos_card *card, size_t offset, const uint8_t *bytes, size_t len)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	while (len > 0) {
		size_t n = len < card->io.send_max ? len : card->io.send_max;
		if (offset > ISO_OFFSET_MAX)
			return CARDOS_E_FULL;
		const struct iso_cmd cmd = iso_cmd_update_binary(offset, bytes, n);
		enum cardos_err err = cos_send(card, &cmd, ISO_SW_FILE, &reply);
		if (back_to_short(card, &cmd, err, &reply))
			continue;
		if (err != CARDOS_OK)
			return err;
		offset += n;
		bytes += n;
		len -= n;
	}
	return CARDOS_OK;
}

/* V5: the order of its tags is that of cards seen. */
static void put_fcp_rules(struct buf *buf, const struct cos_file_new *file)
{
	const bool df = file->kind == ISO_FILE_DF;
	const uint8_t kind = file->kind == ISO_FILE_LINEAR_TLV ? LINEAR_VARIABLE : file->kind;
	const uint8_t size[2] = { (uint8_t)(file->size >> 8), (uint8_t)file->size };
	const uint8_t fid[2] = { (uint8_t)(file->fid >> 8), (uint8_t)file->fid };
	iso_tlv_put(buf, 0x82, &kind, 1);
	iso_tlv_put(buf, df ? 0xC1 : 0x80, size, sizeof(size));
	if (file->aid_len > 0)
		iso_tlv_put(buf, 0x84, file->aid, file->aid_len);
	if (!df)
		iso_tlv_put(buf, 0x88, NULL, 0);
	if (file->rules_len > 0)
		buf_put(buf, file->rules, file->rules_len);
	else
		cos_rule_put_file(buf, file->ac, df);
	iso_tlv_put(buf, 0x83, fid, sizeof(fid));
}

static void put_fcp(struct buf *buf, const struct cos_file_new *file, bool old)
{
	const bool df = file->kind == ISO_FILE_DF;
	const uint8_t size[2] = { (uint8_t)(file->size >> 8), (uint8_t)file->size };
	const uint8_t fid[2] = { (uint8_t)(file->fid >> 8), (uint8_t)file->fid };
	const uint8_t kind[3] = { file->kind,
		(uint8_t)(file->kind == ISO_FILE_LINEAR_TLV ? 0xFF : 0), 0 };
	const uint8_t state[3] = { (uint8_t)old, df ? size[0] : 0, df ? size[1] : 0 };
	iso_tlv_put(buf, old || df ? 0x81 : 0x80, size, sizeof(size));
	iso_tlv_put(buf, 0x82, kind, old ? 3 : 1);
	iso_tlv_put(buf, 0x83, fid, sizeof(fid));
	if (file->aid_len > 0)
		iso_tlv_put(buf, 0x84, file->aid, file->aid_len);
	iso_tlv_put(buf, 0x85, state, old ? 3 : 1);
	iso_tlv_put(buf, 0x86, file->ac, ISO_FCP_AC_MAX);
}

enum cardos_err cos_create(
	struct cos_card *card, const struct cos_path *parent, const struct cos_file_new *file)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	CLEANUP(buf_done) struct buf inner = { 0 }, outer = { 0 };
	bool old = (card->row->flags & COS_FCP_6F) != 0;
	buf_init(&inner, CREATE_MAX);
	buf_init(&outer, CREATE_MAX);
	if (card->row->flags & COS_RULES)
		put_fcp_rules(&inner, file);
	else
		put_fcp(&inner, file, old);
	iso_tlv_put(&outer, old ? 0x6F : 0x62, inner.bytes, inner.len);
	if (inner.bad || outer.bad)
		return CARDOS_E_ARGUMENT;
	enum cardos_err err = cos_card_administrate(card);
	if (err == CARDOS_OK)
		err = cos_select_df(card, parent);
	if (err != CARDOS_OK)
		return err;
	struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_CREATE_FILE, 0, 0);
	cmd.data = outer.bytes;
	cmd.data_len = outer.len;
	err = cos_send(card, &cmd, ISO_SW_FILE, &reply);
	card->ef = 0;
	if (file->kind == ISO_FILE_DF)
		card->df_known = false;
	return err;
}

enum cardos_err cos_delete(struct cos_card *card, const struct cos_path *path)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	const struct cos_path parent = cos_path_parent(path);
	if (path->len < 2)
		return CARDOS_E_ARGUMENT;
	enum cardos_err err = cos_card_administrate(card);
	if (err == CARDOS_OK)
		err = cos_select_df(card, &parent);
	if (err != CARDOS_OK)
		return err;
	struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_DELETE_FILE, 0, 0);
	cmd.data = path->bytes + path->len - 2;
	cmd.data_len = 2;
	err = cos_send(card, &cmd, ISO_SW_FILE, &reply);
	card->ef = 0;
	return err;
}

enum cardos_err cos_delete_df(struct cos_card *card, const struct cos_path *path)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	if (!(card->row->flags & COS_RULES))
		return cos_delete(card, path);
	/* Selecting its parent would forget the PIN: the current DF is deleted. An EF must not be
	 * current, and one that was created last may be. */
	enum cardos_err err = cos_card_administrate(card);
	card->df_known = false;
	if (err == CARDOS_OK)
		err = cos_select_df(card, path);
	if (err != CARDOS_OK)
		return err;
	const struct iso_cmd cmd = iso_cmd_simple(0, ISO_INS_DELETE_FILE, 0, 0);
	err = cos_send(card, &cmd, ISO_SW_FILE, &reply);
	cos_card_forget(card);
	return err;
}

/* One page: entries 6F { 86 02 fid, [8A 01 next] }. *ret_next 0: the last page. */
static bool take_page(
	const struct card_reply *reply, uint16_t *fids, size_t *count, uint8_t *ret_next)
{
	struct cursor cursor;
	struct iso_tlv entry, tlv;
	*ret_next = 0;
	cursor_init(&cursor, reply->bytes, reply->len);
	while (iso_tlv_next(&cursor, &entry)) {
		if (iso_tlv_find(entry.value, entry.len, 0x86, &tlv) && tlv.len == 2) {
			if (*count == COS_CHILDREN_MAX)
				return false;
			fids[(*count)++] = (uint16_t)(tlv.value[0] << 8 | tlv.value[1]);
		}
		if (iso_tlv_find(entry.value, entry.len, 0x8A, &tlv) && tlv.len == 1)
			*ret_next = tlv.value[0];
	}
	return !cursor.bad;
}

enum cardos_err cos_directory(
	struct cos_card *card, const struct cos_path *df, uint16_t *ret_fids, size_t *ret_count)
{
	CLEANUP(card_reply_wipe) struct card_reply reply;
	size_t count = 0;
	uint8_t offset = 0;
	enum cardos_err err = cos_select_df(card, df);
	for (int page = 0; err == CARDOS_OK && page < DIRECTORY_PAGES_MAX; page++) {
		uint8_t next = 0;
		struct iso_cmd cmd = iso_cmd_simple(0x80, 0x16, 0x02, offset);
		cmd.le = ISO_SHORT_RECV;
		err = cos_send(card, &cmd, ISO_SW_FILE, &reply);
		if (err == CARDOS_OK && !take_page(&reply, ret_fids, &count, &next))
			err = CARDOS_E_CORRUPT;
		if (next <= offset)
			break;
		offset = next;
	}
	if (err == CARDOS_OK)
		*ret_count = count;
	return err;
}
