/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of a slot: those of the token, those of sessions, those the module adds; their handles.
 */
#include "object.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto.h"
#include "mech.h"
#include "scope.h"
#include "slot.h"
#include "vendor.h"

#include "cardos/secret.h"

#define SYNC_MS 1000

struct object *object_new(struct slot *slot)
{
	struct object *object = calloc(1, sizeof(*object));

	if (object) {
		object->slot = slot;
		object->meta.key_type = CK_UNAVAILABLE_INFORMATION;
	}
	return object;
}

void object_forget(struct object *object)
{
	blob_clear(&object->value);
	blob_clear(&object->check);
	blob_clear(&object->unique_id);
	der_parts_clear(&object->parts);
	object->loaded = false;
}

struct object *object_free(struct object *object)
{
	if (object) {
		object_forget(object);
		object_hide_numbers(object);
		blob_clear(&object->allowed);
		secret_free(object->secret);
		secret_free(object->key);
		free(object);
	}
	return NULL;
}

void object_add(struct slot *slot, CK_SESSION_HANDLE owner, struct object *object)
{
	object->handle = slot_new_object_handle(slot);
	object->owner = owner;
	object->mech_count = mech_for_object(object, object->mechs, OBJECT_MECHS_MAX);
	object->previous = slot->last_added;
	*(object->previous ? &object->previous->next : &slot->objects) = object;
	slot->last_added = object;
	object_index_add(slot, object);
}

void object_remove(struct slot *slot, struct object *object)
{
	object_index_remove(slot, object);
	*(object->previous ? &object->previous->next : &slot->objects) = object->next;
	*(object->next ? &object->next->previous : &slot->last_added) = object->previous;
	object_free(object);
}

void object_forget_session(struct slot *slot, CK_SESSION_HANDLE owner)
{
	struct object *o = object_index_first(slot, OBJECT_BY_ID, OBJECT_SESSION_HASH);
	struct object *next;

	for (; o; o = next) {
		next = object_index_next(o, OBJECT_BY_ID);
		if (o->owner == owner)
			object_remove(slot, o);
	}
}

void object_forget_private(struct slot *slot)
{
	struct object *next;

	for (struct object *o = slot->objects; o; o = next) {
		next = o->next;
		if (o->owner && o->meta.private)
			object_remove(slot, o);
	}
}

void object_forget_all(struct slot *slot)
{
	while (slot->objects)
		object_remove(slot, slot->objects);
	object_index_clear(slot);
	slot->objects_read = false;
}

static struct object *add_own_one(struct slot *slot, CK_OBJECT_CLASS class)
{
	struct object *object = object_new(slot);

	if (!object)
		return NULL;
	object->meta.class = class;
	object->loaded = true;
	object_add(slot, 0, object);
	return object;
}

static CK_RV add_feature(struct slot *slot, CK_HW_FEATURE_TYPE feature, enum token_role role)
{
	struct object *object = add_own_one(slot, CKO_HW_FEATURE);

	if (!object)
		return CKR_HOST_MEMORY;
	object->feature = feature;
	object->role = role;
	return CKR_OK;
}

static CK_RV add_profile(struct slot *slot, CK_ULONG profile)
{
	struct object *object = add_own_one(slot, CKO_PROFILE);

	if (!object)
		return CKR_HOST_MEMORY;
	object->profile = profile;
	return CKR_OK;
}

/* Can every certificate be found without login? */
static bool certificates_public(const struct slot *slot)
{
	for (const struct object *o = slot->objects; o; o = o->next)
		if (o->on_token && o->meta.class == CKO_CERTIFICATE && o->meta.private)
			return false;
	return true;
}

/* The objects that are the module's own: one per PIN, the settings, and the profiles whose
 * conditions this token meets (PKCS #11 Profiles 3.0). */
static CK_RV add_own(struct slot *slot)
{
	CK_RV rv = CKR_OK;

	for (int role = 0; rv == CKR_OK && role < TOKEN_ROLES; role++)
		if (slot->pins[role].exists)
			rv = add_feature(slot, CKH_TWCA_PIN, (enum token_role)role);
	if (rv == CKR_OK && slot->settings.exists)
		rv = add_feature(slot, CKH_TWCA_IDENTITY, TOKEN_USER);
	if (rv == CKR_OK)
		rv = add_profile(slot, CKP_BASELINE_PROVIDER);
	if (rv == CKR_OK)
		rv = add_profile(slot, CKP_EXTENDED_PROVIDER);
	if (rv == CKR_OK)
		rv = add_profile(slot, CKP_AUTHENTICATION_TOKEN);
	if (rv == CKR_OK && slot->info.initialised && certificates_public(slot))
		rv = add_profile(slot, CKP_PUBLIC_CERTIFICATES_TOKEN);
	return rv;
}

static void forget_own(struct slot *slot)
{
	struct object *next;

	for (struct object *o = slot->objects; o; o = next) {
		next = o->next;
		if (!o->owner && !o->on_token && !o->derived)
			object_remove(slot, o);
	}
}

struct object *object_find_number(struct slot *slot, uint32_t number)
{
	struct object *o = object_index_first(slot, OBJECT_BY_NUMBER, object_hash_number(number));

	while (o && !(o->on_token && o->meta.number == number))
		o = object_index_next(o, OBJECT_BY_NUMBER);
	return o;
}

/* Which of our objects the token still has, by number. */
static void mark_listed(struct slot *slot, const struct token_object *list, size_t count)
{
	for (struct object *o = slot->objects; o; o = o->next)
		o->listed = false;
	for (size_t i = 0; i < count; i++) {
		struct object *object = object_find_number(slot, list[i].number);

		if (object)
			object->listed = true;
	}
}

/* The object that had another number before the token was read anew: it keeps its handle, its value
 * is to be read again. NULL: there is none. */
static struct object *find_renumbered(struct slot *slot, const struct token_object *meta)
{
	struct object *o =
		object_index_first(slot, OBJECT_BY_ID, object_hash_bytes(meta->id, meta->id_len));

	for (; o; o = object_index_next(o, OBJECT_BY_ID)) {
		if (!o->on_token || o->listed || o->meta.class != meta->class ||
			o->meta.id_len != meta->id_len || strcmp(o->meta.label, meta->label) != 0 ||
			memcmp(o->meta.id, meta->id, meta->id_len) != 0)
			continue;
		object_forget(o);
		return o;
	}
	return NULL;
}

/* What a known public half says of the key's length counts, not what the token's list claims. */
static void take_bits(struct object *object)
{
	if (object->parts.ec_bits)
		object->meta.bits = object->parts.ec_bits;
	if (object->parts.modulus.len)
		object->meta.bits = der_rsa_bits(&object->parts);
}

static CK_RV update_from_token(struct slot *slot, const struct token_object *meta)
{
	struct object *object = object_find_number(slot, meta->number);

	if (!object)
		object = find_renumbered(slot, meta);
	if (object) {
		object_index_remove(slot, object);
		object->meta = *meta;
		object->listed = true;
		take_bits(object);
		object_index_add(slot, object);
		object->mech_count = mech_for_object(object, object->mechs, OBJECT_MECHS_MAX);
		return CKR_OK;
	}
	object = object_new(slot);
	if (!object)
		return CKR_HOST_MEMORY;
	object->on_token = object->listed = true;
	object->meta = *meta;
	object_add(slot, 0, object);
	return CKR_OK;
}

CK_RV object_reread(struct slot *slot)
{
	const struct token_object *list = NULL;
	struct object *next;
	size_t count = 0;
	CK_RV rv = slot->info.initialised ? slot->token->ops->objects(slot->token, &list, &count)
					  : CKR_OK;

	if (rv == CKR_OK)
		mark_listed(slot, list, count);
	for (size_t i = 0; rv == CKR_OK && i < count; i++)
		rv = update_from_token(slot, &list[i]);
	for (struct object *o = slot->objects; rv == CKR_OK && o; o = next) {
		next = o->next;
		if (o->on_token && !o->listed)
			object_remove(slot, o);
	}
	if (rv == CKR_OK)
		rv = object_derive_public(slot);
	if (rv == CKR_OK) {
		forget_own(slot);
		rv = add_own(slot);
	}
	slot->objects_read = rv == CKR_OK;
	return slot_note(slot, rv);
}

/* Milliseconds of a clock that never goes back. */
static uint64_t now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

CK_RV object_sync(struct slot *slot)
{
	bool changed = false;
	CK_RV rv = CKR_OK;

	if (slot->token->ops->changed)
		rv = slot_note(slot, slot->token->ops->changed(slot->token, &changed));
	slot->synced_ms = now_ms();
	if (rv == CKR_OK && changed)
		rv = slot_refresh(slot);
	return rv == CKR_OK && (changed || !slot->objects_read) ? object_reread(slot) : rv;
}

/* A card is asked at most once in SYNC_MS: a browser searches many times in a row. */
static bool fresh(const struct slot *slot)
{
	if (!slot->objects_read)
		return false;
	return !slot->token->ops->changed ||
	       (slot->info.hardware && now_ms() - slot->synced_ms < SYNC_MS);
}

CK_RV object_read_all(struct slot *slot)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	CK_RV rv;

	if (fresh(slot))
		return CKR_OK;
	rv = slot_begin(slot, &held);
	if (rv != CKR_OK || slot->objects_read)
		return rv == CKR_OK ? object_sync(slot) : rv;
	slot->synced_ms = now_ms();
	return object_reread(slot);
}

bool object_visible(const struct slot *slot, const struct object *object)
{
	return !object->meta.private || slot->login == LOGIN_USER;
}

struct object *object_find(struct slot *slot, CK_OBJECT_HANDLE handle, bool *ret_hidden)
{
	struct object *object =
		object_index_first(slot, OBJECT_BY_HANDLE, object_hash_number(handle));
	bool hidden;

	while (object && object->handle != handle)
		object = object_index_next(object, OBJECT_BY_HANDLE);
	hidden = object && !object_visible(slot, object);
	if (ret_hidden)
		*ret_hidden = hidden;
	return hidden ? NULL : object;
}

/* The first three bytes of the certificate's SHA-1. */
static void take_check(struct object *object)
{
	uint8_t digest[64]; /* EVP_MAX_MD_SIZE */
	size_t len = 0;

	if (crypto_digest(object->slot->crypto, "SHA1", &object->value, digest, &len) && len > 3)
		(void)blob_set(&object->check, digest, 3);
}

/* A value that does not parse: the object stays, with its value and without parts. */
void object_take_apart(struct object *object)
{
	const struct crypto *crypto = object->slot->crypto;

	if (object->meta.class == CKO_CERTIFICATE) {
		der_certificate(crypto, &object->value, &object->parts);
		take_check(object);
	}
	if (object->meta.class != CKO_CERTIFICATE && object->meta.key_type == CKK_RSA)
		der_rsa_key(crypto, &object->value, &object->parts);
	else if (object->meta.class != CKO_CERTIFICATE && object->meta.key_type == CKK_EC)
		der_ec_key(crypto, &object->value, &object->parts);
	take_bits(object);
}

static CK_RV load_value(struct object *object)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	struct slot *slot = object->slot;
	struct token_block value = { 0 };
	CK_RV rv;

	if (object->loaded)
		return CKR_OK;
	rv = slot_begin(slot, &held);
	if (rv == CKR_OK)
		rv = slot_note(
			slot, slot->token->ops->value(slot->token, object->meta.number, &value));
	if (rv == CKR_OK && !blob_set(&object->value, value.bytes, value.len))
		rv = CKR_HOST_MEMORY;
	if (rv != CKR_OK)
		return rv;
	object_take_apart(object);
	object->loaded = true;
	return CKR_OK;
}

bool object_same_id(const struct object *a, const struct object *b)
{
	return a->meta.id_len && a->meta.id_len == b->meta.id_len &&
	       memcmp(a->meta.id, b->meta.id, a->meta.id_len) == 0;
}

/* A part that the other has not stays absent. */
static bool copy_part(struct blob *to, const struct blob *from)
{
	return !from->bytes || blob_set(to, from->bytes, from->len);
}

static bool copy_public(struct object *key, const struct object *from)
{
	const struct der_parts *parts = &from->parts;

	if (!parts->spki.len || !copy_part(&key->parts.spki, &parts->spki) ||
		!copy_part(&key->parts.ec_params, &parts->ec_params) ||
		!copy_part(&key->parts.ec_point, &parts->ec_point) ||
		!copy_part(&key->parts.modulus, &parts->modulus) ||
		!copy_part(&key->parts.exponent, &parts->exponent))
		return false;
	key->parts.ec_bits = parts->ec_bits;
	take_bits(key);
	return true;
}

struct object *object_first_with_id(const struct object *object)
{
	return object_index_first(object->slot, OBJECT_BY_ID,
		object_hash_bytes(object->meta.id, object->meta.id_len));
}

/* The public half from a sibling of class; CKR_OK also when there is none. */
static CK_RV load_sibling(struct object *key, CK_OBJECT_CLASS class)
{
	struct object *o = object_first_with_id(key);

	for (; o && !key->loaded; o = object_index_next(o, OBJECT_BY_ID)) {
		CK_RV rv;

		if (!o->on_token || o->meta.class != class || !object_same_id(o, key))
			continue;
		rv = load_value(o);
		if (rv == CKR_DEVICE_REMOVED || rv == CKR_HOST_MEMORY)
			return rv;
		key->loaded = rv == CKR_OK && copy_public(key, o);
	}
	return CKR_OK;
}

/* A private key that nothing else tells of, on a token that knows its public half. */
static CK_RV load_half(struct object *key)
{
	CLEANUP(slot_end_p) struct slot *held = NULL;
	struct slot *slot = key->slot;
	struct token_block value = { 0 };
	CK_RV rv = slot_begin(slot, &held);

	if (rv == CKR_OK)
		rv = slot_note(
			slot, slot->token->ops->public_half(slot->token, key->meta.number, &value));
	if (rv == CKR_OK && !blob_set(&key->value, value.bytes, value.len))
		rv = CKR_HOST_MEMORY;
	if (rv != CKR_OK)
		return rv == CKR_DEVICE_REMOVED || rv == CKR_HOST_MEMORY ? rv : CKR_OK;
	object_take_apart(key);
	blob_clear(&key->value);
	key->loaded = key->parts.spki.len != 0;
	return CKR_OK;
}

CK_RV object_load(struct object *object)
{
	CK_RV rv;

	if (object->loaded)
		return CKR_OK;
	if (object->meta.class != CKO_PRIVATE_KEY && !object->derived)
		return load_value(object);
	rv = load_sibling(object, CKO_PUBLIC_KEY);
	if (rv == CKR_OK && !object->loaded)
		rv = load_sibling(object, CKO_CERTIFICATE);
	if (rv == CKR_OK && !object->loaded && !object->derived &&
		object->slot->token->ops->public_half)
		rv = load_half(object);
	return rv;
}

CK_RV object_modulus_len(struct object *object, size_t *ret_len)
{
	CK_RV rv = CKR_OK;
	size_t len;

	if (!object->meta.bits)
		rv = object_load(object);
	if (rv == CKR_OK && object->meta.key_type == CKK_EC) {
		if (!object->meta.bits || object->meta.bits > 8 * TOKEN_EC_MAX)
			return CKR_KEY_SIZE_RANGE;
		*ret_len = 2 * ((object->meta.bits + 7u) / 8u);
		return CKR_OK;
	}
	len = object->parts.modulus.len ? object->parts.modulus.len : (object->meta.bits + 7u) / 8u;
	if (rv == CKR_OK && (len < 64 || len > TOKEN_RSA_MAX))
		rv = CKR_KEY_SIZE_RANGE;
	if (rv == CKR_OK)
		*ret_len = len;
	return rv;
}
