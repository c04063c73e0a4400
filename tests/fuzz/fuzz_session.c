/* SPDX-License-Identifier: Apache-2.0 */
/* A hostile card, reader or line: a whole session with the module, in which the input says what
 * each answer becomes.
 *
 * Input: which card and what is done with it (1 byte), the reader's features (1 byte of length,
 * then they; likewise its properties), then for each answer 00 to 7F  so many answers stay as they
 * are 80 to FF  one is changed: as enum change says, by what follows. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "cards.h"
#include "session.h"
#include "stand_in.h"
#include "vcard.h"

enum change {
	CHANGE_STATUS, /* two bytes become the status word */
	CHANGE_BYTE,   /* place (two bytes), and what is there then */
	CHANGE_CUT,    /* place: the data end there */
	CHANGE_LONGER, /* so many (one byte) of the byte that follows */
	CHANGE_ALL,    /* so many bytes that follow are the answer, status word and all */
	CHANGE_CODE,   /* the line fails: a code of PC/SC by number */
	CHANGE_SHORT,  /* nothing, or one byte */
	CHANGE_MORE,   /* 61xx: the card says that there is more */
	CHANGE_KINDS
};

static const LONG codes[] = { SCARD_F_COMM_ERROR, SCARD_W_RESET_CARD, SCARD_W_REMOVED_CARD,
	SCARD_E_NO_SERVICE, SCARD_E_INSUFFICIENT_BUFFER, SCARD_E_INVALID_VALUE, SCARD_E_TIMEOUT,
	SCARD_E_NOT_TRANSACTED, SCARD_W_UNRESPONSIVE_CARD, SCARD_E_INVALID_HANDLE,
	SCARD_E_SHARING_VIOLATION, SCARD_E_READER_UNAVAILABLE };

struct input {
	const uint8_t *bytes;
	size_t left;
	unsigned passes; /* answers that stay */
};

static uint8_t next(struct input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->bytes++;
}

static const uint8_t *next_bytes(struct input *input, size_t *len)
{
	const uint8_t *bytes = input->bytes;

	if (*len > input->left)
		*len = input->left;
	input->bytes += *len;
	input->left -= *len;
	return bytes;
}

static size_t place(struct input *input, size_t len)
{
	size_t high = next(input);

	high = high << 8 | next(input);
	return len ? high % len : 0;
}

static void put_status(struct reader_reply *reply, uint8_t one, uint8_t two)
{
	if (reply->len < 2)
		reply->len = 2;
	reply->bytes[reply->len - 2] = one;
	reply->bytes[reply->len - 1] = two;
}

static void change_data(struct input *input, struct reader_reply *reply, enum change change)
{
	const size_t data = reply->len > 2 ? reply->len - 2 : 0;
	size_t len = 0, at;

	if (change == CHANGE_BYTE && data > 0) {
		at = place(input, data);
		reply->bytes[at] = next(input);
	} else if (change == CHANGE_CUT && data > 0) {
		at = place(input, data);
		memmove(reply->bytes + at, reply->bytes + data, 2);
		reply->len = at + 2;
	} else if (change == CHANGE_LONGER && reply->len >= 2) {
		len = next(input);
		if (len > reply->cap - reply->len)
			len = reply->cap - reply->len;
		memmove(reply->bytes + data + len, reply->bytes + data, 2);
		memset(reply->bytes + data, next(input), len);
		reply->len += len;
	} else if (change == CHANGE_ALL) {
		len = next(input);
		const uint8_t *bytes = next_bytes(input, &len);
		if (len > reply->cap)
			len = reply->cap;
		if (len > 0)
			memcpy(reply->bytes, bytes, len);
		reply->len = len;
	}
}

static void meddle(void *at, struct reader_reply *reply)
{
	struct input *input = at;
	uint8_t control;

	if (input->passes > 0) {
		input->passes--;
		return;
	}
	if (input->left == 0 || reply->cap < 2)
		return;
	control = next(input);
	if (control < 0x80) {
		input->passes = control;
		return;
	}
	switch ((enum change)(control % CHANGE_KINDS)) {
	case CHANGE_STATUS:
		put_status(reply, next(input), next(input));
		break;
	case CHANGE_CODE:
		reply->code = codes[next(input) % (sizeof(codes) / sizeof(codes[0]))];
		break;
	case CHANGE_SHORT:
		reply->len = next(input) & 1;
		break;
	case CHANGE_MORE:
		put_status(reply, 0x61, next(input));
		break;
	case CHANGE_BYTE:
	case CHANGE_CUT:
	case CHANGE_LONGER:
	case CHANGE_ALL:
	case CHANGE_KINDS:
		change_data(input, reply, (enum change)(control % CHANGE_KINDS));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input input = { .bytes = bytes, .left = len };
	const uint8_t what = next(&input);
	struct vcard *card = cards_copy((enum cards_kind)(what % CARDS_KINDS));
	const struct session_plan plan = { .reads = true,
		.uses = (what & 0x10) != 0,
		.writes = (what & 0x20) != 0,
		.pins = (what & 0x40) != 0,
		.keypad = (what & 0x80) != 0 };

	reader = (struct reader){ .card = card, .event = 1, .meddle = meddle, .at = &input };
	reader.features_len = next(&input);
	reader.features = next_bytes(&input, &reader.features_len);
	reader.properties_len = next(&input);
	reader.properties = next_bytes(&input, &reader.properties_len);
	if (reader.features_len == 0)
		reader.features = NULL;
	/* nothing of this computer's takes part */
	(void)setenv("TWCA_CARD_CACHE", "no", 1);
	(void)setenv("TWCA_CARD_LAYOUT", "", 1);
	session_run(&plan, NULL);
	(void)vcard_free(card);
	return 0;
}
