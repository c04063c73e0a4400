/* SPDX-License-Identifier: Apache-2.0 */
/* What can go wrong on a card, as one enum for the whole room.
 *
 * PC/SC codes become these in pcsc_error.c, status words in iso_sw.c; pkcs11/rv.c turns them into
 * CK_RV. Retry counters travel beside the code, never inside it. */
#ifndef CARDOS_ERROR_H
#define CARDOS_ERROR_H

enum cardos_err {
	CARDOS_OK = 0,
	/* the host */
	CARDOS_E_ARGUMENT,  /* the caller broke this room's rules */
	CARDOS_E_MEMORY,    /* no memory on the host */
	CARDOS_E_CANCELLED, /* a wait was ended by cardos_cancel() */
	CARDOS_E_TIMEOUT,   /* a wait ran out */
	/* the reader and the line */
	CARDOS_E_NO_SERVICE,    /* pcscd is not running or went away */
	CARDOS_E_ACCESS_DENIED, /* pcscd refuses this user (polkit) */
	CARDOS_E_NO_READER,     /* that reader is not there */
	CARDOS_E_NO_CARD,       /* the reader is empty */
	CARDOS_E_REMOVED,       /* the card was pulled, or is another one than before */
	CARDOS_E_RESET,         /* somebody reset the card: logins and selections are gone */
	CARDOS_E_SHARING,       /* another program holds the card alone */
	CARDOS_E_MUTE,          /* the card does not answer */
	CARDOS_E_COMM,          /* the exchange failed on the line */
	/* the card's answer */
	CARDOS_E_NOT_OURS,      /* no CardOS this room knows */
	CARDOS_E_BLANK,         /* a CardOS card without PKCS#15 */
	CARDOS_E_NOT_FOUND,     /* no such file, object or record */
	CARDOS_E_EXISTS,        /* a file of that id is there already */
	CARDOS_E_AUTH_REQUIRED, /* the access condition is not met */
	CARDOS_E_PIN_WRONG,     /* wrong PIN or PUK; one try is gone */
	CARDOS_E_PIN_LOCKED,    /* PIN or PUK is blocked */
	CARDOS_E_PIN_LENGTH,    /* refused before sending: too short or too long */
	CARDOS_E_PIN_DIFFERS,   /* the new PIN was not typed twice the same, at the reader */
	CARDOS_E_FULL,          /* no memory, file too small, or no free reference */
	CARDOS_E_LENGTH,        /* the card refuses the length of the data */
	CARDOS_E_INPUT,         /* the card refuses the data (not a block it can work on) */
	CARDOS_E_LIFECYCLE,     /* the card's life cycle forbids it */
	CARDOS_E_NOT_SUPPORTED, /* this card or key cannot do that */
	CARDOS_E_CORRUPT,       /* bytes on the card do not parse or contradict each other */
	CARDOS_E_CARD,          /* any other refusal */
	CARDOS_E_LAST = CARDOS_E_CARD
};

/* A constant English sentence fragment ("the card was removed"), for traces. Never NULL. */
const char *cardos_err_text(enum cardos_err err);

#endif
