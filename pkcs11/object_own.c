/* SPDX-License-Identifier: Apache-2.0 */
/* The objects that are the module's own: PINs, the settings, profiles. */
#include "object_own.h"

#include "object.h"
#include "slot.h"
#include "vendor.h"

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
CK_RV object_add_own(struct slot *slot)
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

void object_forget_own(struct slot *slot)
{
	struct object *next;

	for (struct object *o = slot->objects; o; o = next) {
		next = o->next;
		if (!o->owner && !o->on_token && !o->derived)
			object_remove(slot, o);
	}
}
