/* SPDX-License-Identifier: Apache-2.0 */
/* A blank card becomes a PKCS#15 card (the layout of OpenSC's one-PIN profile, cardos-facts 7), and
 * back. TokenInfo is written last and its first byte last of all: a card without it counts as
 * blank, so that an interrupted making begins anew. */
#include "cleanup.h"
#include "cos_pin.h"
#include "cos_table.h"
#include "iso_tlv.h"
#include "p15_state.h"
#include "p15_write.h"
#include "secret.h"

#include <openssl/rand.h>
#include <string.h>

#define APP_SIZE 8192
#define ODF_SIZE 256
#define PROFILE_SIZE 128
#define DIR_SIZE 128
#define TOKEN_MAX 512
#define MANUFACTURER "twca-pkcs11"
#define FLAG_PRN_GENERATION (1u << 2)
#define FLAG_EID_COMPLIANT (1u << 3)
#define NEVER 0xFF
#define DIGITS 10

static const uint8_t aid[] = { 0xA0, 0x00, 0x00, 0x00, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5' };
static const uint8_t always[ISO_FCP_AC_MAX] = { 0 };
#define USER P15_USER_REFERENCE
/* Of files inside: read by all. Of the DF: objects are added by all, for PUK and PIN must be, but
 * replaced by nobody. */
static const uint8_t guarded[ISO_FCP_AC_MAX] = { 0, USER, USER, USER, USER, USER, USER, 0, 0 };
static const uint8_t guarded_df[ISO_FCP_AC_MAX] = { 0, NEVER, 0, NEVER, NEVER, USER, NEVER, USER,
	0 };

static enum cardos_err exists_at(struct p15 *p15, const struct cos_path *path, bool *ret_exists)
{
	struct iso_fcp fcp;
	enum cardos_err err = cos_select_fcp(p15->cos, path, &fcp);
	*ret_exists = err == CARDOS_OK || err == CARDOS_E_CORRUPT;
	return err == CARDOS_E_NOT_FOUND || err == CARDOS_E_CORRUPT ? CARDOS_OK : err;
}

/* Children from the last to the first, so that ODF, made first, goes last. */
enum cardos_err p15_erase(struct p15 *p15)
{
	uint16_t fids[COS_CHILDREN_MAX];
	size_t count = 0;
	bool exists = false;
	const struct cos_path app = p15->app;
	enum cardos_err err = exists_at(p15, &app, &exists);
	if (err != CARDOS_OK || !exists)
		return err;
	err = cos_directory(p15->cos, &app, fids, &count);
	if (err == CARDOS_E_REMOVED || err == CARDOS_E_RESET)
		return err;
	for (size_t i = count; err == CARDOS_OK && i > 0; i--) {
		const struct cos_path path = cos_path_child(&app, fids[i - 1]);
		err = cos_delete(p15->cos, &path);
		if (err == CARDOS_E_AUTH_REQUIRED)
			break; /* perhaps the DF may go as a whole */
	}
	if (err != CARDOS_OK && err != CARDOS_E_AUTH_REQUIRED && err != CARDOS_E_NOT_SUPPORTED)
		return err;
	return cos_delete_df(p15->cos, &app);
}

/* What guards the files of a card that we make: on V4 nothing, as OpenSC makes them. */
static const uint8_t *file_rights(const struct p15 *p15)
{
	return cos_pin_inside(p15->cos) ? guarded : always;
}

/* A PIN of the layout we make. */
static struct cos_pin own_pin(const struct p15 *p15, uint8_t reference)
{
	struct cos_pin pin = { .reference = reference,
		.stored_len = P15_PIN_STORED,
		.pad = 0x00,
		.min_len = P15_PIN_MIN };
	if (cos_pin_inside(p15->cos))
		pin.path = p15->app;
	return pin;
}

/* On a card whose keys take what TokenInfo says, it must say so; OpenSC uses EC keys only then. On
 * others a flag tells OpenSC to leave the padding to the card. */
static void list_algorithms(const struct p15 *p15, struct p15_token *token)
{
	const unsigned flags = cos_card_row(p15->cos)->flags;
	token->flags = FLAG_PRN_GENERATION;
	if (!(flags & COS_BY_TOKEN)) {
		token->flags |= FLAG_EID_COMPLIANT;
		return;
	}
	token->algorithms[token->algorithm_count++] = (struct p15_algorithm){ 1,
		flags & COS_RSA_RAW ? P15_MECHANISM_RAW : P15_MECHANISM_PKCS1 };
	if (flags & COS_EC)
		token->algorithms[token->algorithm_count++] =
			(struct p15_algorithm){ 2, P15_MECHANISM_ECDSA };
}

/* TokenInfo behind its first byte, then that byte. */
static enum cardos_err create_token(struct p15 *p15, const char *label)
{
	CLEANUP(buf_done) struct buf der = { 0 };
	struct p15_token token = { .label = "" };
	size_t len = strnlen(label, CARDOS_LABEL_MAX);
	static const uint8_t zero = 0x00;
	buf_init(&der, TOKEN_MAX);
	memcpy(token.label, label, len);
	memcpy(token.manufacturer, MANUFACTURER, sizeof(MANUFACTURER));
	p15_now(token.last_update);
	list_algorithms(p15, &token);
	enum cardos_err err = cos_card_serial(p15->cos, token.serial, &token.serial_len);
	if (err == CARDOS_OK)
		err = p15_token_encode(&token, &der);
	if (err != CARDOS_OK)
		return err;
	const struct cos_file_new file = { .fid = P15_FID_TOKEN,
		.size = (uint16_t)der.len,
		.kind = ISO_FILE_TRANSPARENT,
		.ac = file_rights(p15) };
	const struct cos_path path = cos_path_child(&p15->app, P15_FID_TOKEN);
	err = p15_create_child(p15, &file, &zero, 1);
	if (err == CARDOS_OK)
		err = cos_select_ef(p15->cos, &path);
	if (err == CARDOS_OK)
		err = cos_update(p15->cos, 1, der.bytes + 1, der.len - 1);
	return err == CARDOS_OK ? cos_update(p15->cos, 0, der.bytes, 1) : err;
}

static void put_dir_entry(const struct p15 *p15, struct buf *buf)
{
	CLEANUP(buf_done) struct buf inner = { 0 };
	static const char name[] = "PKCS#15";
	const uint8_t path[4] = { 0x3F, 0x00, p15->app.bytes[0], p15->app.bytes[1] };
	buf_init(&inner, DIR_SIZE);
	iso_tlv_put(&inner, 0x4F, aid, sizeof(aid));
	iso_tlv_put(&inner, 0x50, name, sizeof(name) - 1);
	iso_tlv_put(&inner, 0x51, path, sizeof(path));
	iso_tlv_put(buf, 0x61, inner.bytes, inner.len);
}

/* EF(DIR) gets our entry unless it has one; others' entries stay. */
static enum cardos_err put_dir(struct p15 *p15)
{
	CLEANUP(buf_done) struct buf old = { 0 }, entry = { 0 };
	const struct cos_path mf = { .len = 0 };
	const struct cos_path path = cos_path_child(&mf, P15_FID_DIR);
	struct iso_fcp fcp;
	size_t got = 0, used = 0;
	bool bad = false;
	buf_init(&old, P15_DIR_MAX);
	buf_init(&entry, DIR_SIZE);
	put_dir_entry(p15, &entry);
	enum cardos_err err = cos_select_fcp(p15->cos, &path, &fcp);
	if (err == CARDOS_E_NOT_FOUND) {
		const struct cos_file_new file = { .fid = P15_FID_DIR,
			.size = DIR_SIZE,
			.kind = ISO_FILE_TRANSPARENT,
			.ac = always };
		buf_fill(&entry, 0x00, DIR_SIZE - entry.len);
		err = cos_create(p15->cos, &mf, &file);
		if (err == CARDOS_OK)
			err = cos_select_ef(p15->cos, &path);
		return err == CARDOS_OK ? cos_update(p15->cos, 0, entry.bytes, entry.len) : err;
	}
	if (err == CARDOS_OK)
		err = cos_read(p15->cos, 0, fcp.size ? fcp.size : DIR_SIZE, &old, &got);
	if (err != CARDOS_OK)
		return err;
	if (old.len && memmem(old.bytes, old.len, aid, sizeof(aid)))
		return CARDOS_OK;
	while (used < old.len && old.bytes[used] != 0x00 && old.bytes[used] != 0xFF) {
		size_t whole = iso_tlv_peek(old.bytes + used, old.len - used, &bad);
		if (bad || whole == 0)
			return CARDOS_OK; /* not ours to repair; the application is found without it
					   */
		used += whole;
	}
	if (used + entry.len > old.len)
		return CARDOS_OK;
	err = cos_update(p15->cos, used + 1, entry.bytes + 1, entry.len - 1);
	return err == CARDOS_OK ? cos_update(p15->cos, used, entry.bytes, 1) : err;
}

static enum cardos_err put_puk(struct p15 *p15, const struct secret *puk)
{
	const struct cos_pin_new pin = { .reference = P15_PUK_REFERENCE,
		.tries = P15_PUK_TRIES,
		.min_len = P15_PUK_MIN,
		.stored_len = P15_PIN_STORED,
		.ac_change = P15_PUK_REFERENCE,
		.ac_unblock = NEVER,
		.value = puk,
		.df = p15->app };
	return cos_pin_put(p15->cos, &pin);
}

static enum cardos_err create_app(struct p15 *p15)
{
	const struct cos_path mf = { .len = 0 };
	const struct cos_file_new df = { .fid = P15_FID_APP,
		.size = APP_SIZE,
		.kind = ISO_FILE_DF,
		.aid = aid,
		.aid_len = sizeof(aid),
		.ac = cos_pin_inside(p15->cos) ? guarded_df : always };
	enum cardos_err err = cos_create(p15->cos, &mf, &df);
	return err == CARDOS_OK ? cos_key_put_environment(p15->cos, &p15->app) : err;
}

static enum cardos_err create_files(struct p15 *p15)
{
	static const uint8_t zeros[2] = { 0 };
	CLEANUP(buf_done) struct buf profile = { 0 };
	const struct cos_file_new odf = { .fid = P15_FID_ODF,
		.size = ODF_SIZE,
		.kind = ISO_FILE_TRANSPARENT,
		.ac = file_rights(p15) };
	const struct cos_file_new names = { .fid = P15_FID_PROFILE,
		.size = PROFILE_SIZE,
		.kind = ISO_FILE_TRANSPARENT,
		.ac = file_rights(p15) };
	buf_init(&profile, PROFILE_SIZE);
	iso_tlv_put(&profile, 0x01, "pkcs15", 6);
	iso_tlv_put(&profile, 0x02, "onepin", 6);
	buf_fill(&profile, 0x00, PROFILE_SIZE - profile.len);
	enum cardos_err err = p15_create_child(p15, &odf, zeros, sizeof(zeros));
	if (err == CARDOS_OK)
		err = p15_create_child(p15, &names, profile.bytes, profile.len);
	return err;
}

static enum cardos_err put_user_pin(struct p15 *p15, const struct secret *value)
{
	const struct cos_pin_new pin = { .reference = P15_USER_REFERENCE,
		.tries = P15_USER_TRIES,
		.min_len = P15_PIN_MIN,
		.stored_len = P15_PIN_STORED,
		.ac_change = P15_USER_REFERENCE,
		.ac_unblock = P15_PUK_REFERENCE,
		.value = value,
		.df = p15->app };
	return cos_pin_put(p15->cos, &pin);
}

enum cardos_err p15_random_pin(size_t len, struct secret **ret_value)
{
	CLEANUP(secret_free_p) struct secret *value = secret_new_empty(len);
	if (!value || RAND_bytes(secret_bytes_mut(value), (int)len) != 1)
		return CARDOS_E_MEMORY;
	for (size_t i = 0; i < len; i++)
		secret_bytes_mut(value)[i] = (uint8_t)('0' + secret_bytes(value)[i] % DIGITS);
	*ret_value = TAKE(value);
	return CARDOS_OK;
}

/* Inside the DF only the user PIN lets anything be made: it is given a value nobody knows, until
 * p15_create_user_pin() gives it the user's. The PUK has been presented, or is made. */
static enum cardos_err seize(struct p15 *p15, const struct secret *puk, int *ret_tries_left)
{
	CLEANUP(secret_free_p) struct secret *value = NULL;
	const struct cos_pin user = own_pin(p15, P15_USER_REFERENCE);
	const struct cos_pin unblocking = own_pin(p15, P15_PUK_REFERENCE);
	int ignored = -1;
	enum cardos_err err = p15_random_pin(P15_PIN_STORED, &value);
	if (err == CARDOS_OK)
		err = cos_pin_verify(p15->cos, &unblocking, puk, ret_tries_left);
	if (err == CARDOS_E_NOT_FOUND)
		err = put_puk(p15, puk);
	if (err == CARDOS_OK)
		err = cos_pin_unblock(p15->cos, &user, puk, value, &ignored);
	if (err == CARDOS_E_NOT_FOUND)
		err = put_user_pin(p15, value);
	return err == CARDOS_OK ? cos_pin_verify(p15->cos, &user, value, &ignored) : err;
}

/* What is there of the application goes. */
static enum cardos_err clear_app(struct p15 *p15, const struct secret *puk, int *ret_tries_left)
{
	bool exists = false;
	enum cardos_err err = CARDOS_OK;
	if (cos_pin_inside(p15->cos)) {
		err = exists_at(p15, &p15->app, &exists);
		if (err == CARDOS_OK && exists)
			err = seize(p15, puk, ret_tries_left);
	}
	return err == CARDOS_OK ? p15_erase(p15) : err;
}

enum cardos_err p15_format(
	struct p15 *p15, const char *label, const struct secret *puk, int *ret_tries_left)
{
	static const uint8_t usual[2] = { P15_FID_APP >> 8, P15_FID_APP & 0xFF };
	p15_done(p15);
	(void)cos_path_set(&p15->app, usual, sizeof(usual));
	enum cardos_err err = clear_app(p15, puk, ret_tries_left);
	if (err != CARDOS_OK)
		return err;
	/* An empty DF has no children, and all of them are known. */
	p15->children_known = true;
	const bool inside = cos_pin_inside(p15->cos);
	err = create_app(p15);
	/* EF(DIR) lies outside, and going there shuts again what a PIN inside has opened. */
	if (err == CARDOS_OK && inside)
		err = put_dir(p15);
	if (err == CARDOS_OK)
		err = inside ? seize(p15, puk, ret_tries_left) : put_puk(p15, puk);
	if (err == CARDOS_OK)
		err = create_files(p15);
	if (err == CARDOS_OK && !inside)
		err = put_dir(p15);
	if (err == CARDOS_OK)
		err = create_token(p15, label);
	p15_done(p15);
	return err;
}

static enum cardos_err append_user_entry(struct p15 *p15)
{
	CLEANUP(buf_done) struct buf der = { 0 };
	uint32_t number = 0;
	struct p15_pin pin = { .label = "User PIN",
		.auth_id = { 0x01 },
		.auth_id_len = 1,
		.flags = P15_PIN_LOCAL | P15_PIN_INITIALIZED | P15_PIN_NEEDS_PADDING,
		.min_len = P15_PIN_MIN,
		.stored_len = P15_PIN_STORED,
		.max_len = P15_PIN_STORED,
		.reference = P15_USER_REFERENCE,
		.path = p15->app };
	buf_init(&der, TOKEN_MAX);
	enum cardos_err err = p15_pin_encode(&pin, &der);
	if (err == CARDOS_OK)
		err = p15_append(p15, P15_AODF, &der, &number);
	if (err == CARDOS_OK) {
		p15->pins[p15->pin_count++] = pin;
		p15->generation++;
	}
	return err;
}

/* Given its value, with the PUK before. */
static enum cardos_err set_first_pin(struct p15 *p15, const struct cos_pin *puk_pin,
	const struct secret *puk, const struct secret *new_pin, int *ret_tries_left)
{
	const struct cos_pin user = own_pin(p15, P15_USER_REFERENCE);
	int ignored = -1;
	if (secret_len(new_pin) < P15_PIN_MIN || secret_len(new_pin) > P15_PIN_STORED)
		return CARDOS_E_PIN_LENGTH;
	enum cardos_err err = cos_pin_verify(p15->cos, puk_pin, puk, ret_tries_left);
	/* Inside a DF it is there already, with a value nobody knows. */
	if (err == CARDOS_OK && cos_pin_inside(p15->cos))
		err = cos_pin_unblock(p15->cos, &user, puk, new_pin, &ignored);
	else if (err == CARDOS_OK)
		err = put_user_pin(p15, new_pin);
	return err;
}

/* Typed at the reader: an object cannot be filled from there, so that it gets a value nobody knows,
 * and the PUK unblocks it. */
static enum cardos_err enter_first_pin(struct p15 *p15, int *ret_tries_left)
{
	CLEANUP(secret_free_p) struct secret *value = NULL;
	const struct cos_pin user = own_pin(p15, P15_USER_REFERENCE);
	enum cardos_err err = CARDOS_OK;
	if (!cos_pin_inside(p15->cos)) {
		err = p15_random_pin(P15_PIN_STORED, &value);
		if (err == CARDOS_OK)
			err = put_user_pin(p15, value);
	}
	return err == CARDOS_OK ? cos_pin_unblock(p15->cos, &user, NULL, NULL, ret_tries_left)
				: err;
}

enum cardos_err p15_create_user_pin(struct p15 *p15, const struct cos_pin *puk_pin,
	const struct secret *puk, const struct secret *new_pin, int *ret_tries_left)
{
	const struct cos_pin user = own_pin(p15, P15_USER_REFERENCE);
	int ignored = -1;
	if (p15->pin_count == P15_PINS_MAX)
		return CARDOS_E_FULL;
	enum cardos_err err = p15_prepare(p15);
	if (err == CARDOS_OK)
		err = puk ? set_first_pin(p15, puk_pin, puk, new_pin, ret_tries_left)
			  : enter_first_pin(p15, ret_tries_left);
	/* AODF is guarded by the user PIN, whose value has just been set. */
	if (err == CARDOS_OK)
		err = cos_pin_verify(p15->cos, &user, new_pin, &ignored);
	if (err == CARDOS_OK)
		err = append_user_entry(p15);
	return err == CARDOS_OK ? p15_touch(p15) : err;
}
