/* SPDX-License-Identifier: Apache-2.0 */
/* Generating a key pair on a PKCS#15 card. What an interrupted generation leaves is settled here:
 * its public key file 7EAD is deleted last, so that it is the mark of one. */
#include "p15_generate.h"

#include "cleanup.h"
#include "iso_tlv.h"
#include "p15_read.h"
#include "p15_store.h"
#include "p15_write.h"

#include <openssl/evp.h>
#include <string.h>

#define KEYGEN_SIZE 0x0200
#define KEYGEN_AROUND 64 /* tags, lengths and exponent around a modulus, with room */
#define VALUE_MAX 16384
#define RECORD_MODULUS 0x10
#define RECORD_EXPONENT 0x11
#define TAG_PUBLIC_KEY 0x7F49

struct rsa_public {
	uint8_t modulus[CARDOS_RSA_MAX];
	size_t modulus_len;
	uint8_t exponent[8];
	size_t exponent_len;
};

static bool take(const uint8_t *from, size_t len, uint8_t *to, size_t cap, size_t *ret_len)
{
	while (len > 0 && *from == 0) {
		from++;
		len--;
	}
	if (len == 0 || len > cap)
		return false;
	memcpy(to, from, len);
	*ret_len = len;
	return true;
}

/* 7F49 { 81 modulus, 82 exponent } */
static bool parse_template(const struct buf *buf, struct rsa_public *key)
{
	struct iso_tlv outer, n, e;
	struct cursor cursor;
	cursor_init(&cursor, buf->bytes, buf->len);
	return iso_tlv_next(&cursor, &outer) && outer.tag == TAG_PUBLIC_KEY &&
	       iso_tlv_find(outer.value, outer.len, 0x81, &n) &&
	       iso_tlv_find(outer.value, outer.len, 0x82, &e) &&
	       take(n.value, n.len, key->modulus, sizeof(key->modulus), &key->modulus_len) &&
	       take(e.value, e.len, key->exponent, sizeof(key->exponent), &key->exponent_len);
}

/* One record: tag, length, length of the value, value; raw length bytes. */
static bool parse_record(
	const struct buf *buf, uint8_t tag, uint8_t *out, size_t cap, size_t *ret_len)
{
	struct cursor cursor;
	cursor_init(&cursor, buf->bytes, buf->len);
	uint8_t found = cursor_u8(&cursor);
	(void)cursor_u8(&cursor);
	size_t len = cursor_u8(&cursor);
	const uint8_t *value = cursor_take(&cursor, len);
	return value && found == tag && take(value, len, out, cap, ret_len);
}

static enum cardos_err read_records(struct p15 *p15, struct rsa_public *key)
{
	CLEANUP(buf_done) struct buf n = { 0 }, e = { 0 };
	buf_init(&n, VALUE_MAX);
	buf_init(&e, VALUE_MAX);
	enum cardos_err err = cos_read_record(p15->cos, 1, &n);
	if (err == CARDOS_OK)
		err = cos_read_record(p15->cos, 2, &e);
	if (err != CARDOS_OK)
		return err;
	bool good = parse_record(&n, RECORD_MODULUS, key->modulus, sizeof(key->modulus),
			    &key->modulus_len) &&
		    parse_record(&e, RECORD_EXPONENT, key->exponent, sizeof(key->exponent),
			    &key->exponent_len);
	return good ? CARDOS_OK : CARDOS_E_CORRUPT;
}

/* The public key in 7EAD. Only as much is read as its header announces. */
static enum cardos_err read_public(struct p15 *p15, uint8_t kind, struct rsa_public *key)
{
	CLEANUP(buf_done) struct buf buf = { 0 };
	bool bad = false;
	size_t got = 0;
	const struct cos_path path = cos_path_child(&p15->app, P15_FID_KEYGEN);
	enum cardos_err err = cos_select_ef(p15->cos, &path);
	if (err == CARDOS_OK && kind == ISO_FILE_LINEAR_TLV)
		return read_records(p15, key);
	buf_init(&buf, KEYGEN_SIZE);
	if (err == CARDOS_OK)
		err = cos_read(p15->cos, 0, cos_read_max(p15->cos), &buf, &got);
	if (err != CARDOS_OK)
		return err;
	size_t whole = iso_tlv_peek(buf.bytes, buf.len, &bad);
	if (bad || whole == 0 || whole > KEYGEN_SIZE)
		return CARDOS_E_CORRUPT;
	while (err == CARDOS_OK && buf.len < whole) {
		err = cos_read(p15->cos, buf.len, whole - buf.len, &buf, &got);
		if (err == CARDOS_OK && got == 0)
			err = CARDOS_E_CORRUPT;
	}
	if (err == CARDOS_OK && !parse_template(&buf, key))
		err = CARDOS_E_CORRUPT;
	return err;
}

static void put_integer(struct buf *buf, const uint8_t *bytes, size_t len)
{
	bool sign = bytes[0] & 0x80;
	iso_tlv_put_header(buf, 0x02, len + sign);
	if (sign)
		buf_u8(buf, 0x00);
	buf_put(buf, bytes, len);
}

/* RSAPublicKey of PKCS#1 */
static enum cardos_err encode_public(const struct rsa_public *key, struct buf *der)
{
	CLEANUP(buf_done) struct buf inner = { 0 };
	buf_init(&inner, VALUE_MAX);
	put_integer(&inner, key->modulus, key->modulus_len);
	put_integer(&inner, key->exponent, key->exponent_len);
	iso_tlv_put(der, 0x30, inner.bytes, inner.len);
	return inner.bad || der->bad ? CARDOS_E_MEMORY : CARDOS_OK;
}

static enum cardos_err free_reference(const struct p15 *p15, uint8_t *ret_reference)
{
	for (unsigned reference = COS_KEY_FIRST; reference <= COS_KEY_LAST; reference++) {
		bool used = false;
		for (unsigned i = 0; i < p15->object_count && !used; i++) {
			const struct p15_object *object = p15->objects[i];
			used = object->shown && p15->files[object->file].df == P15_PRKDF &&
			       object->entry.reference == reference &&
			       cos_path_equal(&object->entry.path, &p15->app);
		}
		if (!used) {
			*ret_reference = (uint8_t)reference;
			return CARDOS_OK;
		}
	}
	return CARDOS_E_FULL;
}

static unsigned public_usage(unsigned usage)
{
	unsigned public = 0;
	if (usage & (CARDOS_USE_SIGN | CARDOS_USE_SIGN_RECOVER | CARDOS_USE_NON_REPUDIATION))
	public |= CARDOS_USE_VERIFY | CARDOS_USE_VERIFY_RECOVER;
	if (usage & (CARDOS_USE_DECRYPT | CARDOS_USE_UNWRAP))
	public |= CARDOS_USE_ENCRYPT | CARDOS_USE_WRAP;
	return public;
}

/* What OpenSC writes too: a raw RSA key that signs also signs with recovery, and so on. */
static unsigned private_usage(unsigned usage)
{
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

/* The public key object with the modulus that still stands in 7EAD. NULL: none. */
static enum cardos_err find_generated(struct p15 *p15, uint8_t kind, struct p15_object **ret_object)
{
	CLEANUP(buf_done) struct buf der = { 0 };
	struct rsa_public key;
	buf_init(&der, VALUE_MAX);
	*ret_object = NULL;
	enum cardos_err err = read_public(p15, kind, &key);
	if (err == CARDOS_OK)
		err = encode_public(&key, &der);
	if (err != CARDOS_OK) /* never generated: nothing can belong to it */
		return err == CARDOS_E_CORRUPT || err == CARDOS_E_NOT_FOUND ? CARDOS_OK : err;
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

/* Was this pair meant for the same wish, and is it without a certificate still? Then the caller was
 * not told that it was finished, and asks again. */
static bool fits(const struct p15 *p15, const struct cardos_key_params *params,
	const struct cardos_object *public, const struct cardos_object *private)
{
	if (params->id_len > 0 && (params->id_len != private->id_len ||
					  memcmp(params->id, private->id, params->id_len) != 0))
		return false;
	return params->public_object && public->bits == params->bits &&
	       strncmp(private->label, params->label ? params->label : "", CARDOS_LABEL_MAX) == 0 &&
	       private->usage == private_usage(params->usage) &&
	       !of_same_id(p15, CARDOS_CERTIFICATE, private);
}

/* 7EAD is there: the last generation was interrupted. Half a pair is removed; a whole one that fits
 * is what the caller wants. *ret_numbers stay 0 if there is none. */
static enum cardos_err settle_pair(struct p15 *p15, const struct cardos_key_params *params,
	uint8_t kind, uint32_t *ret_numbers)
{
	struct p15_object *public = NULL;
	enum cardos_err err = find_generated(p15, kind, &public);
	if (err != CARDOS_OK || !public)
		return err;
	const struct p15_object *private =
		of_same_id(p15, CARDOS_PRIVATE_KEY, &public->entry.object);
	if (!private)
		return p15_delete_object(p15, public);
	if (fits(p15, params, &public->entry.object, &private->entry.object)) {
		ret_numbers[0] = private->number;
		ret_numbers[1] = public->number;
	}
	return CARDOS_OK;
}

static enum cardos_err settle_generation(
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

/* Records as large as OpenSC makes the file; for a template what it takes, for 7EAD stays while the
 * other files are written, and a DF made by OpenSC has little room. */
static uint16_t keygen_size(const struct p15 *p15, unsigned bits)
{
	if (cos_key_public_kind(p15->cos, bits) == ISO_FILE_LINEAR_TLV)
		return KEYGEN_SIZE;
	return (uint16_t)(bits / 8 + KEYGEN_AROUND);
}

/* Generate into a fresh 7EAD. */
static enum cardos_err generate_on_card(
	struct p15 *p15, const struct cos_key_new *key, struct rsa_public *public)
{
	static const uint8_t always[ISO_FCP_AC_MAX] = { 0 };
	const struct cos_file_new file = { .fid = P15_FID_KEYGEN,
		.size = keygen_size(p15, key->bits),
		.kind = cos_key_public_kind(p15->cos, key->bits),
		.ac = always };
	enum cardos_err err = p15_create_child(p15, &file, NULL, 0);
	if (err == CARDOS_OK)
		err = cos_key_put_dummy(p15->cos, key);
	if (err == CARDOS_OK)
		err = cos_key_generate(p15->cos, key, P15_FID_KEYGEN);
	if (err == CARDOS_OK)
		err = read_public(p15, file.kind, public);
	if (err == CARDOS_OK && public->modulus_len * 8 != key->bits)
		err = CARDOS_E_CORRUPT;
	return err;
}

static enum cardos_err store_pair(struct p15 *p15, const struct cardos_key_params *params,
	const struct cos_key_new *key, const struct rsa_public *public, uint32_t *ret_numbers)
{
	CLEANUP(buf_done) struct buf der = { 0 };
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;
	struct p15_entry entry = { .object = { .modifiable = true, .bits = key->bits } };
	buf_init(&der, VALUE_MAX);
	if (EVP_Digest(public->modulus, public->modulus_len, digest, &digest_len, EVP_sha1(),
		    NULL) != 1)
		return CARDOS_E_MEMORY;
	p15_set_name(&entry.object, params->label, params->id_len ? params->id : digest,
		params->id_len ? params->id_len : digest_len);
	enum cardos_err err = encode_public(public, &der);
	if (err == CARDOS_OK && params->public_object) {
		entry.object.usage = public_usage(params->usage);
		err = p15_store_value(p15, P15_STORE_PUBLIC_KEY, der.bytes, der.len, &entry.path);
		if (err == CARDOS_OK)
			err = p15_append_entry(p15, P15_PUKDF, &entry, &ret_numbers[1]);
	}
	if (err != CARDOS_OK)
		return err;
	entry.object.private = true;
	entry.object.usage = private_usage(params->usage);
	entry.object.access = CARDOS_ACCESS_SENSITIVE | CARDOS_ACCESS_ALWAYS_SENSITIVE |
			      CARDOS_ACCESS_NEVER_EXTRACTABLE | CARDOS_ACCESS_LOCAL;
	entry.reference = key->key.reference;
	entry.path = p15->app;
	p15_set_auth_id(p15, &entry);
	return p15_append_entry(p15, P15_PRKDF, &entry, &ret_numbers[0]);
}

enum cardos_err p15_generate(struct p15 *p15, const struct cardos_key_params *params,
	uint32_t *ret_private, uint32_t *ret_public)
{
	struct rsa_public public = { .modulus_len = 0 };
	uint32_t numbers[2] = { 0 };
	const bool decipher = params->usage & (CARDOS_USE_DECRYPT | CARDOS_USE_UNWRAP);
	struct cos_key_new key = { .bits = params->bits,
		.mode = decipher ? COS_KEY_DECIPHER : COS_KEY_SIGN,
		.pin = p15_guard(p15, CARDOS_PIN_USER) };
	if (params->usage == 0 || params->id_len > CARDOS_ID_MAX)
		return CARDOS_E_ARGUMENT;
	enum cardos_err err = p15_prepare(p15);
	if (err == CARDOS_OK)
		err = settle_generation(p15, params, numbers);
	if (err == CARDOS_OK && numbers[0] == 0) {
		err = free_reference(p15, &key.key.reference);
		key.key.path = p15->app;
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
	if (p15_clear_child(p15, P15_FID_KEYGEN) == CARDOS_OK)
		(void)p15_touch(p15);
	return CARDOS_OK;
}
