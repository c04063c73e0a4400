/* SPDX-License-Identifier: Apache-2.0 */
/* Generating a key pair on a PKCS#15 card. What an interrupted generation leaves is settled here:
 * its public key file 7EAD is deleted last, so that it is the mark of one. */
#include "p15_generate.h"

#include "cleanup.h"
#include "cos_public.h"
#include "digest.h"
#include "iso_tlv.h"
#include "p15_point.h"
#include "p15_read.h"
#include "p15_store.h"
#include "p15_write.h"

#include <string.h>

#define VALUE_MAX 16384

static void put_integer(struct buf *buf, const uint8_t *bytes, size_t len)
{
	bool sign = bytes[0] & 0x80;
	iso_tlv_put_header(buf, 0x02, len + sign);
	if (sign)
		buf_u8(buf, 0x00);
	buf_put(buf, bytes, len);
}

/* RSAPublicKey of PKCS#1, or SubjectPublicKeyInfo. */
static enum cardos_err encode_public(const struct cos_public *key, struct buf *der)
{
	CLEANUP(buf_done) struct buf inner = { 0 };
	if (key->type == CARDOS_KEY_EC)
		return p15_point_put_spki(der, key->point, key->point_len) ? CARDOS_OK
									   : CARDOS_E_MEMORY;
	buf_init(&inner, VALUE_MAX);
	put_integer(&inner, key->modulus, key->modulus_len);
	put_integer(&inner, key->exponent, key->exponent_len);
	iso_tlv_put(der, 0x30, inner.bytes, inner.len);
	return inner.bad || der->bad ? CARDOS_E_MEMORY : CARDOS_OK;
}

/* Does an entry of the PrKDF name this key of the application's DF? */
static bool listed(const struct p15 *p15, uint8_t reference)
{
	for (unsigned i = 0; i < p15->object_count; i++) {
		const struct p15_object *object = p15->objects[i];
		if (object->shown && p15->files[object->file].df == P15_PRKDF &&
			object->entry.reference == reference &&
			cos_path_equal(&object->entry.path, &p15->app))
			return true;
	}
	return false;
}

enum cardos_err p15_free_reference(const struct p15 *p15, struct cos_key_new *key)
{
	uint8_t first = 0, last = 0;
	bool exists = false;
	cos_key_references(p15->cos, &first, &last);
	for (unsigned reference = first; reference <= last; reference++) {
		key->key.reference = (uint8_t)reference;
		if (listed(p15, key->key.reference))
			continue;
		enum cardos_err err = cos_key_exists(p15->cos, key, &exists);
		if (err != CARDOS_OK || !exists)
			return err;
	}
	return CARDOS_E_FULL;
}

static unsigned public_usage(enum cardos_key_type type, unsigned usage)
{
	unsigned public = 0;
	if (usage & (CARDOS_USE_SIGN | CARDOS_USE_SIGN_RECOVER | CARDOS_USE_NON_REPUDIATION))
	public |= CARDOS_USE_VERIFY;
	if (type == CARDOS_KEY_EC)
		return public;
	if (public)
	public |= CARDOS_USE_VERIFY_RECOVER;
	if (usage & (CARDOS_USE_DECRYPT | CARDOS_USE_UNWRAP))
	public |= CARDOS_USE_ENCRYPT | CARDOS_USE_WRAP;
	return public;
}

unsigned p15_private_usage(enum cardos_key_type type, unsigned usage)
{
	if (type == CARDOS_KEY_EC)
		return usage;
	if (usage & CARDOS_USE_SIGN)
		usage |= CARDOS_USE_SIGN_RECOVER;
	if (usage & CARDOS_USE_DECRYPT)
		usage |= CARDOS_USE_UNWRAP;
	return usage;
}

static bool same_id(const struct cardos_object *a, const struct cardos_object *b)
{
	return a->id_len == b->id_len && memcmp(a->id, b->id, a->id_len) == 0;
}

static const struct p15_object *of_same_id(
	const struct p15 *p15, enum cardos_class class, const struct cardos_object *key)
{
	for (unsigned i = 0; i < p15->object_count; i++) {
		const struct p15_object *object = p15->objects[i];
		if (object->shown && object->entry.object.class == class &&
			same_id(&object->entry.object, key))
			return object;
	}
	return NULL;
}

/* The public key object of what was generated. NULL: none. */
static enum cardos_err find_generated(struct p15 *p15, const struct cos_key_new *key, uint8_t kind,
	struct p15_object **ret_object)
{
	CLEANUP(buf_done) struct buf der = { 0 };
	struct cos_public public;
	const struct cos_path file = cos_path_child(&p15->app, P15_FID_KEYGEN);
	buf_init(&der, VALUE_MAX);
	*ret_object = NULL;
	enum cardos_err err = cos_key_public(p15->cos, key, &file, kind, &public);
	if (err == CARDOS_OK)
		err = encode_public(&public, &der);
	if (err == CARDOS_E_REMOVED || err == CARDOS_E_RESET || err == CARDOS_E_MEMORY ||
		err == CARDOS_E_COMM || err == CARDOS_E_MUTE || err == CARDOS_E_NO_SERVICE)
		return err;
	if (err != CARDOS_OK) /* never generated: nothing can belong to it */
		return CARDOS_OK;
	for (unsigned i = 0; i < p15->object_count; i++) {
		struct p15_object *object = p15->objects[i];
		if (!object->shown || object->entry.object.class != CARDOS_PUBLIC_KEY)
			continue;
		err = p15_read_value(p15, object);
		if (err == CARDOS_E_REMOVED || err == CARDOS_E_RESET)
			return err;
		if (err == CARDOS_OK && object->value.len == der.len &&
			memcmp(object->value.bytes, der.bytes, der.len) == 0) {
			*ret_object = object;
			break;
		}
	}
	return CARDOS_OK;
}

static enum cardos_key_type type_of(const struct cardos_key_params *params)
{
	return params->type == CARDOS_KEY_EC ? CARDOS_KEY_EC : CARDOS_KEY_RSA;
}

/* Was this pair meant for the same wish, and is it without a certificate still? Then the caller was
 * not told that it was finished, and asks again. */
static bool fits(const struct p15 *p15, const struct cardos_key_params *params,
	const struct cardos_object *public, const struct cardos_object *private)
{
	if (params->id_len > 0 && (params->id_len != private->id_len ||
					  memcmp(params->id, private->id, params->id_len) != 0))
		return false;
	return params->public_object && public->bits == params->bits &&
	       public->key_type == type_of(params) &&
	       strncmp(private->label, params->label ? params->label : "", CARDOS_LABEL_MAX) == 0 &&
	       private->usage == p15_private_usage(type_of(params), params->usage) &&
	       !of_same_id(p15, CARDOS_CERTIFICATE, private);
}

static enum cardos_err settle_pair(struct p15 *p15, const struct cardos_key_params *params,
	uint8_t kind, uint32_t *ret_numbers)
{
	struct p15_object *public = NULL;
	struct cos_key_new key = { .key = { .path = p15->app } };
	const struct p15_object *private = NULL;
	const struct cos_path file = cos_path_child(&p15->app, P15_FID_KEYGEN);
	enum cardos_err err = cos_key_begun(p15->cos, &file, &key);
	if (err == CARDOS_OK && (key.key.reference || !cos_key_deletes(p15->cos)))
		err = find_generated(p15, &key, kind, &public);
	if (err == CARDOS_OK && public)
	private = of_same_id(p15, CARDOS_PRIVATE_KEY, &public->entry.object);
	if (err == CARDOS_OK && public && !private)
		err = p15_delete_object(p15, public);
	if (err == CARDOS_OK && key.key.reference && !listed(p15, key.key.reference))
		err = cos_key_delete(p15->cos, &key.key);
	if (err == CARDOS_OK && private &&
		fits(p15, params, &public->entry.object, &private->entry.object)) {
		ret_numbers[0] = private->number;
		ret_numbers[1] = public->number;
	}
	return err;
}

enum cardos_err p15_settle_generation(
	struct p15 *p15, const struct cardos_key_params *params, uint32_t *ret_numbers)
{
	struct iso_fcp fcp;
	bool exists = false;
	const struct cos_path path = cos_path_child(&p15->app, P15_FID_KEYGEN);
	enum cardos_err err = p15_child_exists(p15, P15_FID_KEYGEN, &exists);
	if (err != CARDOS_OK || !exists)
		return err;
	err = cos_select_fcp(p15->cos, &path, &fcp);
	if (err == CARDOS_OK)
		err = settle_pair(p15, params, fcp.descriptor, ret_numbers);
	return err == CARDOS_OK ? p15_clear_child(p15, P15_FID_KEYGEN) : err;
}

enum cardos_err p15_mark_key(struct p15 *p15, const struct cos_key_new *key, uint8_t *ret_kind)
{
	const uint8_t user = p15_guard(p15, CARDOS_PIN_USER);
	static const uint8_t always[ISO_FCP_AC_MAX] = { 0 };
	const uint8_t guarded[ISO_FCP_AC_MAX] = { 0, user, user, user, user, user, user, 0, 0 };
	struct cos_key_file made;
	cos_key_file(p15->cos, key, &made);
	const struct cos_file_new file = { .fid = P15_FID_KEYGEN,
		.size = made.size,
		.kind = made.kind,
		.ac = cos_key_deletes(p15->cos) ? guarded : always };
	*ret_kind = file.kind;
	return p15_create_child(p15, &file, made.content, made.content_len);
}

/* Generate beside a fresh 7EAD, which is there before the card has the key. */
static enum cardos_err generate_on_card(
	struct p15 *p15, const struct cos_key_new *key, struct cos_public *public)
{
	uint8_t kind = 0;
	const struct cos_path path = cos_path_child(&p15->app, P15_FID_KEYGEN);
	enum cardos_err err = p15_mark_key(p15, key, &kind);
	if (err == CARDOS_OK)
		err = cos_key_put_dummy(p15->cos, key);
	if (err == CARDOS_OK)
		err = cos_key_generate(p15->cos, key, P15_FID_KEYGEN);
	if (err == CARDOS_OK)
		err = cos_key_public(p15->cos, key, &path, kind, public);
	if (err == CARDOS_OK && public->bits != key->bits)
		err = CARDOS_E_CORRUPT;
	return err;
}

/* The id of a pair that was given none: SHA-1 of the modulus, or of the point. */
static bool digest_id(
	struct p15 *p15, const struct cos_public *public, uint8_t out[DIGEST_SHA1_LEN])
{
	const bool ec = public->type == CARDOS_KEY_EC;
	return digest_sha1(cos_card_digest(p15->cos), ec ? public->point : public->modulus,
		ec ? public->point_len : public->modulus_len, out);
}

static enum cardos_err store_pair(struct p15 *p15, const struct cardos_key_params *params,
	const struct cos_key_new *key, const struct cos_public *public, uint32_t *ret_numbers)
{
	CLEANUP(buf_done) struct buf der = { 0 };
	uint8_t digest[DIGEST_SHA1_LEN];
	struct p15_entry entry = {
		.object = { .modifiable = true, .bits = key->bits, .key_type = public->type }
	};
	buf_init(&der, VALUE_MAX);
	if (!digest_id(p15, public, digest))
		return CARDOS_E_MEMORY;
	p15_set_name(&entry.object, params->label, params->id_len ? params->id : digest,
		params->id_len ? params->id_len : sizeof(digest));
	enum cardos_err err = encode_public(public, &der);
	if (err == CARDOS_OK && params->public_object) {
		entry.object.usage = public_usage(public->type, params->usage);
		entry.object.access = CARDOS_ACCESS_LOCAL;
		entry.object.dates = params->public_dates;
		err = p15_store_value(p15, P15_STORE_PUBLIC_KEY, der.bytes, der.len, &entry.path);
		if (err == CARDOS_OK)
			err = p15_append_entry(p15, P15_PUKDF, &entry, &ret_numbers[1]);
	}
	if (err != CARDOS_OK)
		return err;
	entry.object.private = true;
	entry.object.usage = p15_private_usage(public->type, params->usage);
	entry.object.access = CARDOS_ACCESS_SENSITIVE | CARDOS_ACCESS_ALWAYS_SENSITIVE |
			      CARDOS_ACCESS_NEVER_EXTRACTABLE | CARDOS_ACCESS_LOCAL;
	entry.object.dates = params->dates;
	entry.reference = key->key.reference;
	entry.path = p15->app;
	p15_set_auth_id(p15, &entry);
	return p15_append_entry(p15, P15_PRKDF, &entry, &ret_numbers[0]);
}

enum cardos_err p15_generate(struct p15 *p15, const struct cardos_key_params *params,
	uint32_t *ret_private, uint32_t *ret_public)
{
	struct cos_public public = { .type = CARDOS_KEY_NONE };
	uint32_t numbers[2] = { 0 };
	const bool decipher = params->usage & (CARDOS_USE_DECRYPT | CARDOS_USE_UNWRAP);
	struct cos_key_new key = { .type = type_of(params),
		.bits = params->bits,
		.mode = decipher ? COS_KEY_DECIPHER : COS_KEY_SIGN,
		.pin = p15_guard(p15, CARDOS_PIN_USER) };
	if (params->usage == 0 || params->id_len > CARDOS_ID_MAX)
		return CARDOS_E_ARGUMENT;
	enum cardos_err err = p15_begin_change(p15);
	if (err == CARDOS_OK)
		err = p15_settle_generation(p15, params, numbers);
	if (err == CARDOS_OK && numbers[0] == 0) {
		key.key.path = p15->app; /* known since p15_begin_change() */
		err = p15_free_reference(p15, &key);
		if (err == CARDOS_OK)
			err = generate_on_card(p15, &key, &public);
		if (err == CARDOS_OK)
			err = store_pair(p15, params, &key, &public, numbers);
	}
	if (err != CARDOS_OK)
		return err;
	/* The pair is whole: what follows is tidying, and the caller must not make another for it.
	 */
	*ret_private = numbers[0];
	*ret_public = numbers[1];
	(void)p15_clear_child(p15, P15_FID_KEYGEN);
	return CARDOS_OK;
}
