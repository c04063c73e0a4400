/* SPDX-License-Identifier: Apache-2.0 */
/* Card readers as a source of tokens: fills struct token_source_ops from cardos/. */
#include "token_card.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vendor.h"

#include "cardos/cardos.h"

struct card_source {
	struct token_source source; /* first */
	struct cardos_context *context;
	/* what the last source_wait() saw */
	struct cardos_reader seen[CARDOS_READERS_MAX];
	size_t seen_count;
	bool seen_service;
};

static struct card_source *source_of(struct token_source *base)
{
	return (struct card_source *)(void *)base;
}

static struct token_source *source_open(void)
{
	struct card_source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;
	source->source.ops = &token_card_source;
	if (cardos_context_new(&source->context) != CARDOS_OK) {
		free(source);
		return NULL;
	}
	return &source->source;
}

static void source_close(struct token_source *base)
{
	struct card_source *source = source_of(base);

	cardos_context_free(source->context);
	free(source);
}

/* Why there are no readers, as far as the person can do something about it. */
static const char *trouble_of(enum cardos_err err)
{
	return err == CARDOS_E_NO_SERVICE      ? TWCA_SLOT_NO_SERVICE
	       : err == CARDOS_E_ACCESS_DENIED ? TWCA_SLOT_ACCESS_DENIED
					       : NULL;
}

static void source_scan(struct token_source *base, struct token_place *places, size_t *ret_count,
	const char **ret_trouble)
{
	struct cardos_reader readers[CARDOS_READERS_MAX];
	size_t count = 0;
	enum cardos_err err = cardos_readers(source_of(base)->context, readers, &count);

	_Static_assert(CARDOS_READERS_MAX <= TOKEN_PLACES_MAX, "room for all readers");
	_Static_assert(CARDOS_READER_NAME_MAX <= TOKEN_PLACE_NAME_MAX, "room for their names");
	*ret_trouble = trouble_of(err);
	if (err != CARDOS_OK)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		places[i] = (struct token_place){
			.present = readers[i].present,
			.event = readers[i].event,
		};
		memcpy(places[i].name, readers[i].name, sizeof(readers[i].name));
	}
	*ret_count = count;
}

static void pause_ms(int ms)
{
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000L };

	(void)nanosleep(&pause, NULL);
}

/* A service that went away, or came back, is a change; while it is away there is nothing to wait
 * at. */
static bool source_wait(struct token_source *base, int ms)
{
	struct card_source *source = source_of(base);
	bool had_service = source->seen_service;
	enum cardos_err err;

	if (had_service) {
		err = cardos_wait(source->context, source->seen, source->seen_count, ms);
		if (err == CARDOS_E_TIMEOUT || err == CARDOS_E_CANCELLED)
			return false;
	}
	err = cardos_readers(source->context, source->seen, &source->seen_count);
	source->seen_service = err == CARDOS_OK;
	if (!had_service && !source->seen_service)
		pause_ms(ms);
	return had_service || source->seen_service;
}

static CK_RV source_connect(const char *place, struct token **ret_token)
{
	return token_card_open(place, ret_token);
}

const struct token_source_ops token_card_source = {
	.open = source_open,
	.close = source_close,
	.scan = source_scan,
	.wait = source_wait,
	.connect = source_connect,
};
