/* SPDX-License-Identifier: Apache-2.0 */
/* The options that twca-apply and twca-renew share. */
#ifndef TWCA_APPLY_OPTS_H
#define TWCA_APPLY_OPTS_H

#include "lib/opts.h"

#define APPLY_WAIT_USUAL_S 30

/* A tool that lists one of these keys in its own table gives it a text of its own. */
enum apply_key {
	APPLY_KEY_WAIT = OPTS_KEY_SHARED,
	APPLY_KEY_CARRIER,
	APPLY_KEY_LABEL,
	APPLY_KEY_SIGN_FILE,
	APPLY_KEY_ENC_FILE,
	APPLY_KEY_BATCH,
	APPLY_KEY_ON_SUCCESS,
	APPLY_KEY_ON_FAILURE
};

/* Ends with a zero row. */
extern const struct argp_option apply_options[];

/* Take one of them into the struct apply that context is; as opts_spec.take. */
error_t apply_take_option(void *context, int key, char *value, struct argp_state *state);

/* A number of text between 0 and max; false: it is none. */
bool apply_take_number(const char *text, long max, long *ret);

#endif
