/* SPDX-License-Identifier: Apache-2.0 */
/* What a settings text says of a card, as if its directories had. */
#include "p15_described.h"

#include "p15_state.h"

#include <string.h>

#define TOKEN_LOGIN_REQUIRED (1u << 1)
#define REFERENCE_HOST 1 /* of our own list of algorithms: the host pads */
#define REFERENCE_CARD 2

/* Is the application there? By its name too, if the text tells it. */
static enum cardos_err is_there(struct p15 *p15, const struct layout *layout, bool *ret_there)
{
	enum cardos_err err = CARDOS_OK;
	if (layout->aid_len > 0)
		err = cos_select_aid(p15->cos, layout->aid, layout->aid_len);
	if (err == CARDOS_OK)
		err = cos_select_df(p15->cos, &layout->path);
	*ret_there = err == CARDOS_OK;
	return err == CARDOS_E_NOT_FOUND || err == CARDOS_E_AUTH_REQUIRED ? CARDOS_OK : err;
}

static enum cardos_err take_token(struct p15 *p15, const struct layout *layout)
{
	struct p15_token *token = &p15->token;
	memcpy(token->label, layout->label, sizeof(token->label));
	memcpy(token->manufacturer, layout->manufacturer, sizeof(token->manufacturer));
	token->flags = layout->pin_count > 0 ? TOKEN_LOGIN_REQUIRED : 0;
	token->algorithms[0] = (struct p15_algorithm){ REFERENCE_HOST, P15_MECHANISM_RAW };
	token->algorithms[1] = (struct p15_algorithm){ REFERENCE_CARD, P15_MECHANISM_PKCS1 };
	token->algorithm_count = 2;
	return cos_card_serial(p15->cos, token->serial, &token->serial_len);
}

/* Two files that stand for the directories such a card does not have: keys, and all else. */
static enum cardos_err take_objects(struct p15 *p15, const struct layout *layout)
{
	enum cardos_err err = CARDOS_OK;
	p15->files[0] = (struct p15_file){ .df = P15_PRKDF, .read = true };
	p15->files[1] = (struct p15_file){ .df = P15_CDF, .read = true };
	p15->file_count = 2;
	for (size_t i = 0; err == CARDOS_OK && i < layout->object_count; i++) {
		struct p15_entry entry = layout->objects[i].entry;
		const bool key = entry.object.class == CARDOS_PRIVATE_KEY;
		if (key) {
			entry.algorithms[0] =
				layout->objects[i].pads ? REFERENCE_CARD : REFERENCE_HOST;
			entry.algorithm_count = 1;
		}
		err = p15_add_entry(p15, key ? 0 : 1, &entry);
	}
	p15->objects_read = err == CARDOS_OK;
	return err;
}

static enum cardos_err take(struct p15 *p15, const struct layout *layout)
{
	p15->app = layout->path;
	for (size_t i = 0; i < layout->pin_count; i++)
		p15->pins[p15->pin_count++] = layout->pins[i].pin;
	enum cardos_err err = take_token(p15, layout);
	if (err == CARDOS_OK)
		err = take_objects(p15, layout);
	p15->described = err == CARDOS_OK;
	return err;
}

enum cardos_err p15_described(struct p15 *p15)
{
	bool there = false;
	for (const struct layout *layout = p15->layouts; layout; layout = layout->next) {
		enum cardos_err err = is_there(p15, layout, &there);
		if (err != CARDOS_OK)
			return err;
		if (there)
			return take(p15, layout);
	}
	return CARDOS_OK;
}
