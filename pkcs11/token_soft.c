/* SPDX-License-Identifier: Apache-2.0 */
/* A software identity as a token: fills struct token_ops from its files. Objects and keys:
 * token_soft_object.c. */
#include "token_soft.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "crypto.h"
#include "soft_key.h"
#include "token_soft_internal.h"

#include "cardos/secret.h"

#define PIN_MIN 4 /* the certificate authority's rule for certificate files */
#define PIN_MAX 128

_Static_assert(SOFT_PATH_MAX <= TOKEN_DIRECTORY_MAX, "room for the path");

static void soft_close(struct token *token)
{
	struct soft_token *soft = soft_of(token);

	soft_store_free(soft->store);
	free(soft->objects);
	free(soft);
}

static bool same_shape(const struct soft_shape *a, const struct soft_shape *b)
{
	return a->present == b->present && a->initialised == b->initialised &&
	       a->has_pin == b->has_pin && a->has_so == b->has_so && a->level == b->level;
}

/* A token that became another kind of token (emptied, initialised, its level changed) by other
 * hands is not the one that was opened. */
static bool soft_alive(struct token *token)
{
	struct soft_token *soft = soft_of(token);

	return soft_store_alive(soft->store) && soft_store_refresh(soft->store) == CKR_OK &&
	       same_shape(&soft->shape, &soft->store->shape);
}

static CK_RV soft_begin(struct token *token, bool *ret_reset)
{
	struct soft_store *store = soft_of(token)->store;
	bool had_pin = store->pin != NULL;
	CK_RV rv = soft_store_refresh(store);

	if (rv == CKR_OK)
		*ret_reset = had_pin && !store->pin;
	return rv;
}

static void soft_end(struct token *token)
{
	(void)token;
}

static void soft_prompt(struct token *token, unsigned level)
{
	struct soft_token *soft = soft_of(token);

	(void)soft_store_keep_level(soft->store, (enum soft_level)level);
	soft->shape = soft->store->shape;
}

static bool any_weak(const struct soft_store *store)
{
	for (size_t i = 0; i < store->count; i++)
		if (store->files[i].pfx.weak)
			return true;
	return false;
}

/* Without one of its own, from the name: the same each time, different from its neighbours'. */
static void show_serial(const struct soft_store *store, char *out)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	if (store->conf.serial[0]) {
		memcpy(out, store->conf.serial, strlen(store->conf.serial) + 1);
		return;
	}
	for (const char *c = store->name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
	for (int i = 0; i < 16; i++)
		out[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
	out[16] = '\0';
}

static CK_RV soft_info(struct token *token, struct token_info *ret_info)
{
	const struct soft_store *store = soft_of(token)->store;
	struct token_info info = {
		.manufacturer = "TWCA PKCS#11",
		.model = "PFX files",
		.initialised = store->shape.initialised,
		.write_protected = faccessat(store->dir, ".", W_OK, AT_EACCESS) != 0,
		.login_required = store->shape.level != SOFT_LEVEL_NEVER,
		.random = true,
		.version_major = 1,
		.rsa_min_bits = SOFT_RSA_MIN_BITS,
		.rsa_use_min_bits = 512, /* old files hold short keys */
		.rsa_max_bits = SOFT_RSA_MAX_BITS,
		.imports = true,
		.rsa_raw = true,
		.curves = TOKEN_P256 | TOKEN_P384 | TOKEN_P521,
		.derive = true,
	};
	const char *label = store->conf.label[0] ? store->conf.label : store->name;

	if (any_weak(store))
		memcpy(info.model, "PFX, old cipher", sizeof("PFX, old cipher"));
	if (store->shape.initialised)
		memcpy(info.label, label, strlen(label) + 1);
	show_serial(store, info.serial);
	*ret_info = info;
	return CKR_OK;
}

static void soft_settings(struct token *token, struct token_settings *ret_settings)
{
	const struct soft_store *store = soft_of(token)->store;

	*ret_settings = (struct token_settings){
		.exists = true,
		.level = (unsigned)store->conf.level,
		.level_now = (unsigned)store->shape.level,
		.old_cipher = any_weak(store),
		.old_ciphers_allowed = store->conf.old_ciphers,
	};
	memcpy(ret_settings->directory, store->path, strlen(store->path) + 1);
}

static CK_RV soft_set(struct token *token, const struct token_settings *settings)
{
	const struct soft_conf conf = {
		.level = (enum soft_level)settings->level,
		.old_ciphers = settings->old_ciphers_allowed,
	};

	return soft_store_configure(soft_of(token)->store, &conf);
}

/* A file counts no tries. */
static CK_RV soft_pin(struct token *token, enum token_role role, struct token_pin *ret_pin)
{
	const struct soft_shape *shape = &soft_of(token)->store->shape;

	*ret_pin = (struct token_pin){
		.exists = (role == TOKEN_USER && shape->has_pin) ||
			  (role == TOKEN_SO && shape->has_so),
		.min_len = PIN_MIN,
		.max_len = PIN_MAX,
		.tries_left = -1,
		.tries_max = -1,
	};
	return CKR_OK;
}

static CK_RV soft_login(
	struct token *token, enum token_role role, const struct secret *pin, int *ret_tries_left)
{
	struct soft_store *store = soft_of(token)->store;

	*ret_tries_left = -1;
	if (secret_len(pin) > PIN_MAX)
		return CKR_PIN_INCORRECT;
	return role == TOKEN_USER ? soft_store_login(store, pin)
	       : role == TOKEN_SO ? soft_store_check_so(store, pin)
				  : CKR_USER_TYPE_INVALID;
}

static void soft_logout(struct token *token)
{
	soft_store_logout(soft_of(token)->store);
}

static bool fits(const struct secret *pin)
{
	return secret_len(pin) >= PIN_MIN && secret_len(pin) <= PIN_MAX &&
	       !memchr(secret_bytes(pin), '\n', secret_len(pin));
}

/* What the change made of the token is what was opened. */
static CK_RV learn(struct soft_token *soft, CK_RV rv)
{
	soft->shape = soft->store->shape;
	return rv;
}

static CK_RV soft_pin_change(struct token *token, enum token_role role,
	const struct secret *old_pin, const struct secret *new_pin, int *ret_tries_left)
{
	struct soft_token *soft = soft_of(token);

	*ret_tries_left = -1;
	if (!fits(new_pin))
		return CKR_PIN_LEN_RANGE;
	return learn(soft, role == TOKEN_USER ? soft_store_change_pin(soft->store, old_pin, new_pin)
			   : role == TOKEN_SO ? soft_store_change_so(soft->store, old_pin, new_pin)
					      : CKR_USER_TYPE_INVALID);
}

static CK_RV soft_pin_set(struct token *token, const struct secret *so_pin,
	const struct secret *new_pin, int *ret_tries_left)
{
	struct soft_token *soft = soft_of(token);

	*ret_tries_left = -1;
	if (!fits(new_pin))
		return CKR_PIN_LEN_RANGE;
	return learn(soft, soft_store_set_pin(soft->store, so_pin, new_pin));
}

static CK_RV soft_init(
	struct token *token, const char *label, const struct secret *so_pin, int *ret_tries_left)
{
	struct soft_token *soft = soft_of(token);

	*ret_tries_left = -1;
	if (!fits(so_pin))
		return CKR_PIN_LEN_RANGE;
	return learn(soft, soft_store_init(soft->store, label, so_pin));
}

static CK_RV soft_random(struct token *token, uint8_t *out, size_t len)
{
	const struct crypto *crypto = soft_of(token)->store->crypto;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	return RAND_bytes_ex(crypto_context(crypto), out, len, 0) == 1 ? CKR_OK
								       : CKR_FUNCTION_FAILED;
}

static const struct token_ops soft_ops = {
	.close = soft_close,
	.alive = soft_alive,
	.begin = soft_begin,
	.end = soft_end,
	.prompt = soft_prompt,
	.info = soft_info,
	.settings = soft_settings,
	.set = soft_set,
	.pin = soft_pin,
	.ahead = soft_ahead,
	.at_hand = soft_at_hand,
	.login = soft_login,
	.logout = soft_logout,
	.pin_change = soft_pin_change,
	.pin_set = soft_pin_set,
	.init = soft_init,
	.objects = soft_objects,
	.changed = soft_changed,
	.value = soft_value,
	.public_half = soft_public_half,
	.random = soft_random,
	.lend = soft_lend,
	.sign = soft_sign,
	.decipher = soft_decipher,
	.derive = soft_derive,
	.generate = soft_generate,
	.import = soft_import,
	.store = soft_object_store,
	.change = soft_change,
	.destroy = soft_destroy,
};

CK_RV token_soft_open(const char *path, const char *name, struct token **ret_token)
{
	struct soft_token *soft = calloc(1, sizeof(*soft));
	CK_RV rv = soft ? soft_store_open(path, name, &soft->store) : CKR_HOST_MEMORY;

	if (rv != CKR_OK) {
		free(soft);
		return rv;
	}
	soft->token.ops = &soft_ops;
	soft->shape = soft->store->shape;
	*ret_token = &soft->token;
	return CKR_OK;
}
