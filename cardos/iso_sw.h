/* SPDX-License-Identifier: Apache-2.0 */
/* The border between status words and enum cardos_err. */
#ifndef CARDOS_ISO_SW_H
#define CARDOS_ISO_SW_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

/* What kind of command the status word answers: some words mean different things. */
enum iso_sw_kind {
	ISO_SW_FILE = 1, /* SELECT, READ, UPDATE, CREATE, DELETE, GET and PUT DATA, life cycle */
	ISO_SW_PIN = 2,  /* VERIFY, CHANGE, RESET RETRY COUNTER */
	ISO_SW_KEY = 4,  /* MSE, PSO, GENERATE */
	ISO_SW_PAD = 8,  /* words of a reader at whose keys a PIN is typed */
	ISO_SW_ENTERED =
		ISO_SW_PIN | ISO_SW_PAD, /* what comes back then: the reader's or the card's */
};

enum cardos_err iso_sw_error(uint16_t sw, enum iso_sw_kind kind);

/* Tries left as the word tells; -1: it does not. */
int iso_sw_tries(uint16_t sw);

/* 61xx: *ret_more bytes wait (0 means 256 or more). */
bool iso_sw_more(uint16_t sw, uint8_t *ret_more);

/* 6Cxx with a length: send the command again with *ret_le. */
bool iso_sw_wrong_le(uint16_t sw, uint8_t *ret_le);

/* The words by which a card refuses the form (chained, extended) and not the contents. */
bool iso_sw_refuses_form(uint16_t sw);

#endif
