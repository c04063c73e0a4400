/* SPDX-License-Identifier: Apache-2.0 */
/* What every write on a card begins with, and files of their own for values. Changes of directory
 * files: p15_directory.c. */
#include "p15_write.h"

#include "p15_read.h"
#include "p15_state.h"

#include <string.h>
#include <time.h>

#define VALUES_MAX 0x100
#define NEVER 0xFF

static const uint8_t time_header[] = { 0xA5, 2 + P15_TIME_LEN, 0x18, P15_TIME_LEN };

uint8_t p15_guard(const struct p15 *p15, enum cardos_pin_role role)
{
	const struct p15_pin *pin = p15_find_pin(p15, role);
	if (!pin && role == CARDOS_PIN_SO)
		pin = p15_find_pin(p15, CARDOS_PIN_USER);
	return pin ? pin->reference & 0x7F : P15_USER_REFERENCE;
}

/* One DIRECTORY instead of a SELECT for every id; only believed if it lists what is there. */
static enum cardos_err learn_children(struct p15 *p15)
{
	if (p15->children_known || p15->no_directory)
		return CARDOS_OK;
	enum cardos_err err = cos_directory(p15->cos, &p15->app, p15->children, &p15->child_count);
	if (err == CARDOS_E_NOT_SUPPORTED || err == CARDOS_E_CORRUPT || err == CARDOS_E_CARD ||
		err == CARDOS_E_INPUT || err == CARDOS_E_LENGTH || err == CARDOS_E_AUTH_REQUIRED) {
		p15->no_directory = true;
		return CARDOS_OK;
	}
	if (err != CARDOS_OK)
		return err;
	for (size_t i = 0; i < p15->child_count; i++)
		p15->children_known |= p15->children[i] == P15_FID_ODF;
	p15->no_directory = p15->state == P15_READY && !p15->children_known;
	return CARDOS_OK;
}

enum cardos_err p15_prepare(struct p15 *p15)
{
	enum cardos_err err = p15_read_objects(p15);
	return err == CARDOS_OK ? learn_children(p15) : err;
}

enum cardos_err p15_begin_change(struct p15 *p15)
{
	enum cardos_err err = p15_read_objects(p15);
	if (err == CARDOS_OK)
		err = p15_touch(p15);
	return err == CARDOS_OK ? learn_children(p15) : err;
}

enum cardos_err p15_child_exists(struct p15 *p15, uint16_t fid, bool *ret_exists)
{
	if (p15->children_known) {
		*ret_exists = false;
		for (size_t i = 0; i < p15->child_count; i++)
			*ret_exists |= p15->children[i] == fid;
		return CARDOS_OK;
	}
	const struct cos_path path = cos_path_child(&p15->app, fid);
	enum cardos_err err = cos_select_ef(p15->cos, &path);
	if (err != CARDOS_OK && err != CARDOS_E_NOT_FOUND)
		return err;
	*ret_exists = err == CARDOS_OK;
	return CARDOS_OK;
}

static void child_gone(struct p15 *p15, uint16_t fid)
{
	size_t kept = 0;
	for (size_t i = 0; i < p15->child_count; i++) {
		if (p15->children[i] != fid)
			p15->children[kept++] = p15->children[i];
	}
	p15->child_count = kept;
}

enum cardos_err p15_clear_child(struct p15 *p15, uint16_t fid)
{
	bool exists = false;
	const struct cos_path path = cos_path_child(&p15->app, fid);
	enum cardos_err err = p15_child_exists(p15, fid, &exists);
	if (err != CARDOS_OK || !exists)
		return err;
	err = cos_delete(p15->cos, &path);
	if (err == CARDOS_OK)
		child_gone(p15, fid);
	return err;
}

enum cardos_err p15_create_child(
	struct p15 *p15, const struct cos_file_new *file, const uint8_t *bytes, size_t len)
{
	const struct cos_path path = cos_path_child(&p15->app, file->fid);
	enum cardos_err err = p15_clear_child(p15, file->fid);
	if (err == CARDOS_OK)
		err = cos_create(p15->cos, &p15->app, file);
	if (err != CARDOS_OK)
		return err;
	if (p15->child_count < COS_CHILDREN_MAX)
		p15->children[p15->child_count++] = file->fid;
	else
		p15->children_known = false;
	if (len == 0)
		return CARDOS_OK;
	err = cos_select_ef(p15->cos, &path);
	return err == CARDOS_OK ? cos_update(p15->cos, 0, bytes, len) : err;
}

static bool named(const struct p15 *p15, const struct cos_path *path)
{
	for (unsigned i = 0; i < p15->object_count; i++) {
		if (p15->objects[i]->shown && cos_path_equal(&p15->objects[i]->entry.path, path))
			return true;
	}
	return false;
}

enum cardos_err p15_store_value(struct p15 *p15, enum p15_store kind, const uint8_t *bytes,
	size_t len, struct cos_path *ret_path)
{
	uint8_t user = p15_guard(p15, CARDOS_PIN_USER);
	uint8_t read = kind == P15_STORE_PRIVATE_DATA ? user : 0x00;
	const uint8_t ac[ISO_FCP_AC_MAX] = { read, user, NEVER, NEVER, NEVER, user, user, 0, 0 };
	if (len == 0 || len > COS_FILE_MAX)
		return CARDOS_E_LENGTH;
	for (unsigned i = 0; i < VALUES_MAX; i++) {
		const struct cos_file_new file = { .fid = (uint16_t)((unsigned)kind + i),
			.size = (uint16_t)len,
			.kind = ISO_FILE_TRANSPARENT,
			.ac = ac };
		const struct cos_path path = cos_path_child(&p15->app, file.fid);
		if (named(p15, &path))
			continue;
		enum cardos_err err = p15_create_child(p15, &file, bytes, len);
		if (err == CARDOS_OK)
			*ret_path = path;
		return err;
	}
	return CARDOS_E_FULL;
}

static void format_time(time_t when, char *ret_time)
{
	struct tm tm;
	if (!gmtime_r(&when, &tm) ||
		strftime(ret_time, P15_TIME_LEN + 1, "%Y%m%d%H%M%SZ", &tm) != P15_TIME_LEN)
		memcpy(ret_time, "20000101000000Z", P15_TIME_LEN + 1);
}

void p15_now(char *ret_time)
{
	format_time(time(NULL), ret_time);
}

/* Where lastUpdate stands in TokenInfo: [5] with a GeneralizedTime, not the same digits in a label.
 * NULL: not in this form. */
static uint8_t *find_time(struct p15 *p15, const char *time)
{
	uint8_t field[sizeof(time_header) + P15_TIME_LEN];
	memcpy(field, time_header, sizeof(time_header));
	memcpy(field + sizeof(time_header), time, P15_TIME_LEN);
	uint8_t *at = memmem(p15->token_raw.bytes, p15->token_len, field, sizeof(field));
	return at ? at + sizeof(time_header) : NULL;
}

enum cardos_err p15_touch(struct p15 *p15)
{
	char now[P15_TIME_LEN + 1];
	char *old = p15->token.last_update;
	struct tm tm = { 0 };
	if (!old[0])
		return CARDOS_OK; /* a card without the mark gets none */
	uint8_t *at = find_time(p15, old);
	if (!at)
		return CARDOS_OK;
	p15_now(now);
	/* A clock that stands or runs back must not make the mark the same as before. */
	if (strcmp(now, old) <= 0 && strptime(old, "%Y%m%d%H%M%SZ", &tm))
		format_time(timegm(&tm) + 1, now);
	size_t first = 0;
	while (first < P15_TIME_LEN && now[first] == old[first])
		first++;
	const struct cos_path path = cos_path_child(&p15->app, P15_FID_TOKEN);
	enum cardos_err err = cos_select_ef(p15->cos, &path);
	if (err == CARDOS_OK)
		err = cos_update(p15->cos, (size_t)(at - p15->token_raw.bytes) + first,
			(const uint8_t *)now + first, P15_TIME_LEN - first);
	if (err == CARDOS_OK) {
		memcpy(at, now, P15_TIME_LEN);
		memcpy(old, now, P15_TIME_LEN);
	}
	return err;
}
