/* SPDX-License-Identifier: Apache-2.0 */
/* Waits until pcscd shows the readers it was given, each with or without a card.
 *
 * twca-reader-wait CARDS MS: CARDS has one character a reader, in the order of pcscd's list:
 * 1 = a card with an ATR, 0 = no card. Exit status 0 as soon as this is so, 1 after MS
 * milliseconds, with what is there on stderr. Sends no command to a card. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

#define READERS_MAX 16

struct view {
	char names[2048];
	SCARD_READERSTATE states[READERS_MAX];
	size_t count;
	LONG rc;
};

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

static void view_states(struct view *view, SCARDCONTEXT context)
{
	for (const char *name = view->names; *name && view->count < READERS_MAX;
		name += strlen(name) + 1)
		view->states[view->count++].szReader = name;
	view->rc = SCardGetStatusChange(context, 0, view->states, (DWORD)view->count);
}

static void view_take(struct view *view, SCARDCONTEXT context)
{
	DWORD len = sizeof view->names;

	memset(view, 0, sizeof *view);
	view->rc = SCardListReaders(context, NULL, view->names, &len);
	if (view->rc == SCARD_E_NO_READERS_AVAILABLE)
		view->rc = SCARD_S_SUCCESS; /* none may be what is waited for */
	else if (view->rc == SCARD_S_SUCCESS)
		view_states(view, context);
}

static bool has_card(const SCARD_READERSTATE *state)
{
	return (state->dwEventState & SCARD_STATE_PRESENT) && state->cbAtr > 0;
}

static bool view_is(const struct view *view, const char *cards)
{
	if (view->rc != SCARD_S_SUCCESS || view->count != strlen(cards))
		return false;
	for (size_t i = 0; i < view->count; i++)
		if (has_card(&view->states[i]) != (cards[i] == '1'))
			return false;
	return true;
}

static void view_print(const struct view *view)
{
	fprintf(stderr, "pcscd: %s, %zu readers\n", pcsc_stringify_error(view->rc), view->count);
	for (size_t i = 0; i < view->count; i++)
		fprintf(stderr, "  %s: %s\n", view->states[i].szReader,
			has_card(&view->states[i]) ? "card" : "no card");
}

int main(int argc, char **argv)
{
	SCARDCONTEXT context = 0;
	struct view view = { .rc = SCARD_E_NO_SERVICE };
	bool connected = false;
	long long end;

	if (argc != 3) {
		fprintf(stderr, "usage: twca-reader-wait CARDS MS\n");
		return 2;
	}
	end = now_ms() + atol(argv[2]);
	do {
		if (!connected) {
			view.rc = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
			connected = view.rc == SCARD_S_SUCCESS;
		}
		if (connected)
			view_take(&view, context);
		if (view_is(&view, argv[1])) {
			SCardReleaseContext(context);
			return 0;
		}
		pause_ms(10);
	} while (now_ms() < end);
	view_print(&view);
	return 1;
}
