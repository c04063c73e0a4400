/* SPDX-License-Identifier: Apache-2.0 */
/* Access conditions: one byte names nothing, nobody, or a TEST object to be verified. */
#include "card.h"

#define STACK_MAX 16
#define OPERATOR_AND 0x00
#define OPERATOR_OR 0xFF

static bool object_verified(struct vcard *card, struct vc_object *object)
{
	uint8_t validity = *vc_param(object, VC_P_VALIDITY);
	bool counted = validity && validity != 0xFF && card->switches.value[VC_S_VALIDITY] == 0;

	if (!object->verified)
		return false;
	if (counted && --object->uses_left == 0)
		object->verified = false;
	return true;
}

/* A logic object: ids, AND and OR in postfix order. Anything malformed is never met. */
static bool logic_verified(struct vcard *card, struct vc_file *df, const struct vc_object *logic)
{
	bool stack[STACK_MAX];
	size_t top = 0;

	for (size_t i = 0; i < logic->body.len; i++) {
		uint8_t symbol = logic->body.data[i];

		if (symbol == OPERATOR_AND || symbol == OPERATOR_OR) {
			if (top < 2)
				return false;
			top--;
			stack[top - 1] = symbol == OPERATOR_AND ? stack[top - 1] && stack[top]
								: stack[top - 1] || stack[top];
			continue;
		}
		struct vc_object *object = vc_object_search(df, VC_TEST, symbol);

		if (top == STACK_MAX)
			return false;
		stack[top++] = object && *vc_param(object, VC_P_ALGORITHM) != VC_ALGORITHM_LOGIC &&
			       object_verified(card, object);
	}
	return top == 1 && stack[0];
}

bool vc_allowed(struct vcard *card, struct vc_file *df, uint8_t condition)
{
	if (condition == VC_AC_ALWAYS)
		return true;
	if (condition > 0x7F)
		return false;
	struct vc_object *object = vc_object_search(df, VC_TEST, condition);

	if (!object)
		return false;
	if (*vc_param(object, VC_P_ALGORITHM) == VC_ALGORITHM_LOGIC)
		return logic_verified(card, df, object);
	return object_verified(card, object);
}

bool vc_would_allow(const struct vc_file *df, uint8_t condition)
{
	const struct vc_object *object = vc_object_search(df, VC_TEST, condition);

	return condition == VC_AC_ALWAYS || (condition <= 0x7F && object && object->verified);
}

bool vc_file_allowed(struct vcard *card, struct vc_file *file, unsigned which)
{
	struct vc_file *df = file->structure == VC_DF ? file : file->parent;

	return vc_allowed(card, df, file->ac[which]);
}

bool vc_object_allowed(
	struct vcard *card, struct vc_file *df, struct vc_object *object, enum vc_object_ac which)
{
	return vc_allowed(card, df, vc_object_ac(object, which));
}
