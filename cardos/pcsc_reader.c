/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of PC/SC: the list, hot plug, waiting. Implements the first chapter of cardos.h. */
#include "cardos.h"

#include "cleanup.h"
#include "pcsc_error.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

#define PNP "\\\\?PnP?\\Notification"
#define SLICE_MS 500 /* a cancel that comes just before the wait is seen after this */
#define EVENT_SHIFT 16
#define NAMES_MAX ((size_t)CARDOS_READERS_MAX * CARDOS_READER_NAME_MAX)

struct cardos_context {
	SCARDCONTEXT scard;
	bool established;
	atomic_bool cancelled;
};

enum cardos_err cardos_context_new(struct cardos_context **ret_context)
{
	struct cardos_context *context = calloc(1, sizeof(*context));
	if (!context)
		return CARDOS_E_MEMORY;
	atomic_init(&context->cancelled, false);
	*ret_context = context;
	return CARDOS_OK;
}

static void release(struct cardos_context *context)
{
	if (context->established)
		(void)SCardReleaseContext(context->scard);
	context->established = false;
}

struct cardos_context *cardos_context_free(struct cardos_context *context)
{
	if (context)
		release(context);
	free(context);
	return NULL;
}

static enum cardos_err establish(struct cardos_context *context)
{
	if (context->established && SCardIsValidContext(context->scard) == SCARD_S_SUCCESS)
		return CARDOS_OK;
	release(context);
	LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context->scard);
	context->established = code == SCARD_S_SUCCESS;
	return pcsc_error(code);
}

/* The names as a multi-string. No reader: empty. A service that went away is found anew once. */
static enum cardos_err list_names(struct cardos_context *context, char *names, size_t cap)
{
	enum cardos_err err = CARDOS_E_NO_SERVICE;
	for (int round = 0; round < 2 && err == CARDOS_E_NO_SERVICE; round++) {
		DWORD len = (DWORD)cap - 1;
		err = establish(context);
		if (err != CARDOS_OK)
			break;
		memset(names, 0, cap);
		err = pcsc_error(SCardListReaders(context->scard, NULL, names, &len));
		if (err == CARDOS_E_NO_SERVICE)
			release(context);
	}
	if (err == CARDOS_E_NO_READER) {
		*names = 0;
		err = CARDOS_OK;
	}
	return err;
}

static void fill(struct cardos_reader *reader, const SCARD_READERSTATE *state)
{
	*reader = (struct cardos_reader){ 0 };
	(void)strncpy(reader->name, state->szReader, sizeof(reader->name) - 1);
	reader->present = (state->dwEventState & SCARD_STATE_PRESENT) != 0;
	reader->mute = (state->dwEventState & SCARD_STATE_MUTE) != 0;
	reader->event = (uint32_t)(state->dwEventState >> EVENT_SHIFT);
	if (reader->present && state->cbAtr <= sizeof(reader->atr)) {
		reader->atr_len = state->cbAtr;
		memcpy(reader->atr, state->rgbAtr, reader->atr_len);
	}
}

enum cardos_err cardos_readers(
	struct cardos_context *context, struct cardos_reader *readers, size_t *ret_count)
{
	CLEANUP(free_p) char *names = calloc(1, NAMES_MAX + 2);
	SCARD_READERSTATE states[CARDOS_READERS_MAX];
	size_t count = 0;
	if (!names)
		return CARDOS_E_MEMORY;
	enum cardos_err err = list_names(context, names, NAMES_MAX + 2);
	if (err != CARDOS_OK)
		return err;
	for (const char *name = names; *name && count < CARDOS_READERS_MAX;
		name += strlen(name) + 1)
		states[count++] = (SCARD_READERSTATE){ .szReader = name };
	if (count > 0)
		err = pcsc_error(SCardGetStatusChange(context->scard, 0, states, (DWORD)count));
	if (err == CARDOS_E_TIMEOUT || err == CARDOS_E_NO_READER)
		err = CARDOS_OK; /* nothing changed; a reader went between the two calls */
	if (err != CARDOS_OK)
		return err;
	for (size_t i = 0; i < count; i++)
		fill(&readers[i], &states[i]);
	*ret_count = count;
	return CARDOS_OK;
}

/* The state pcscd is told that we know. */
static void known_state(SCARD_READERSTATE *state, const struct cardos_reader *reader)
{
	DWORD known = reader->present ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY;
	if (reader->mute)
		known |= SCARD_STATE_MUTE;
	*state = (SCARD_READERSTATE){ .szReader = reader->name };
	state->dwCurrentState = known | (DWORD)reader->event << EVENT_SHIFT;
}

static bool differs(const struct cardos_reader *a, const struct cardos_reader *b)
{
	return strcmp(a->name, b->name) != 0 || a->present != b->present || a->event != b->event ||
	       a->mute != b->mute;
}

/* Has anything changed that the caller cares for? (In-use marks of other programs do not count.) */
static enum cardos_err changed(struct cardos_context *context, const struct cardos_reader *readers,
	size_t count, bool *ret_changed)
{
	struct cardos_reader now[CARDOS_READERS_MAX];
	size_t now_count = 0;
	enum cardos_err err = cardos_readers(context, now, &now_count);
	if (err != CARDOS_OK)
		return err;
	*ret_changed = now_count != count;
	for (size_t i = 0; i < count && !*ret_changed; i++)
		*ret_changed = differs(&readers[i], &now[i]);
	return CARDOS_OK;
}

static int64_t now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum cardos_err wait_slice(struct cardos_context *context,
	const struct cardos_reader *readers, size_t count, int64_t left)
{
	SCARD_READERSTATE states[CARDOS_READERS_MAX + 1];
	for (size_t i = 0; i < count; i++)
		known_state(&states[i], &readers[i]);
	states[count] = (SCARD_READERSTATE){ .szReader = PNP };
	states[count].dwCurrentState = (DWORD)count << EVENT_SHIFT;
	DWORD slice = left < 0 || left > SLICE_MS ? SLICE_MS : (DWORD)left;
	enum cardos_err err =
		pcsc_error(SCardGetStatusChange(context->scard, slice, states, (DWORD)count + 1));
	return err == CARDOS_E_TIMEOUT || err == CARDOS_E_NO_READER ? CARDOS_OK : err;
}

enum cardos_err cardos_wait(struct cardos_context *context, const struct cardos_reader *readers,
	size_t count, int timeout_ms)
{
	const int64_t end = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
	if (count > CARDOS_READERS_MAX)
		return CARDOS_E_ARGUMENT;
	for (;;) {
		bool other = false;
		if (atomic_exchange(&context->cancelled, false))
			return CARDOS_E_CANCELLED;
		enum cardos_err err = changed(context, readers, count, &other);
		if (err != CARDOS_OK || other)
			return err;
		int64_t left = end < 0 ? -1 : end - now_ms();
		if (end >= 0 && left <= 0)
			return CARDOS_E_TIMEOUT;
		err = wait_slice(context, readers, count, left);
		if (err == CARDOS_E_CANCELLED)
			atomic_store(&context->cancelled, true);
		else if (err != CARDOS_OK)
			return err;
	}
}

void cardos_cancel(struct cardos_context *context)
{
	atomic_store(&context->cancelled, true);
	if (context->established)
		(void)SCardCancel(context->scard);
}
