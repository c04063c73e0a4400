/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for something to happen in a slot. */
#include "event.h"

#include <time.h>

#include "module.h"
#include "scope.h"
#include "slot.h"
#include "token.h"

#define SOURCES_MAX 4
#define SLICE_MS 200 /* so long may C_Finalize() wait for us, and a file for its event */

/* Sources of one waiting call: what they remember is its own, so no lock is needed. */
struct watch {
	struct token_source *sources[SOURCES_MAX];
	size_t count;
};

static void watch_end(struct watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		watch->sources[i]->ops->close(watch->sources[i]);
	watch->count = 0;
}

static CK_RV watch_begin(struct watch *watch)
{
	for (size_t i = 0; token_sources[i] && watch->count < SOURCES_MAX; i++) {
		struct token_source *source;

		if (!token_sources[i]->wait)
			continue;
		source = token_sources[i]->open();
		if (!source)
			return CKR_HOST_MEMORY;
		watch->sources[watch->count++] = source;
	}
	return CKR_OK;
}

/* One slice, which the first source may use up; the others are only asked. */
static bool watch_slice(const struct watch *watch)
{
	const struct timespec slice = { .tv_nsec = SLICE_MS * 1000000L };
	bool changed = false;

	if (!watch->count)
		(void)nanosleep(&slice, NULL);
	for (size_t i = 0; i < watch->count; i++)
		changed |= watch->sources[i]->ops->wait(
			watch->sources[i], i || changed ? 0 : SLICE_MS);
	return changed;
}

/* The look at the slots comes after the source's answer: what happens between the two is seen by
 * both, and costs one look more. */
CK_RV event_wait(const struct module *module, bool block, CK_SLOT_ID *ret_id)
{
	CLEANUP(watch_end) struct watch watch = { 0 };
	CK_RV rv = slots_take_event(module_slots(module), ret_id);

	if (rv != CKR_NO_EVENT || !block)
		return rv;
	rv = watch_begin(&watch);
	if (rv != CKR_OK)
		return rv;
	while (module_running(module)) {
		if (!watch_slice(&watch))
			continue;
		rv = slots_take_event(module_slots(module), ret_id);
		if (rv != CKR_NO_EVENT)
			return rv;
	}
	return CKR_CRYPTOKI_NOT_INITIALIZED;
}
