/* SPDX-License-Identifier: Apache-2.0 */
/* The options that twca-apply and twca-renew share: one table, one reader. */
#include "apply_opts.h"

#include <errno.h>
#include <stdlib.h>

#include "apply.h"
#include "lib/i18n.h"

#define WAIT_MAX_S (7L * 24 * 60 * 60)

// clang-format off
const struct argp_option apply_options[] = {
	{ "carrier", APPLY_KEY_CARRIER, "NAME", 0, N_("card or file, where the site has both"), 1 },
	{ "label", APPLY_KEY_LABEL, "NAME", 0, N_("label of the key (soft)"), 1 },
	{ "sign-file", APPLY_KEY_SIGN_FILE, "FILE", 0, N_("where the signing certificate is saved (post)"), 1 },
	{ "enc-file", APPLY_KEY_ENC_FILE, "FILE", 0, N_("where the encryption certificate is saved (post)"), 1 },
	{ "batch", APPLY_KEY_BATCH, "FILE", 0, N_("many cards: one line each of this CSV file"), 1 },
	{ "on-success", APPLY_KEY_ON_SUCCESS, "COMMAND", 0, N_("a command to run after success"), 4 },
	{ "on-failure", APPLY_KEY_ON_FAILURE, "COMMAND", 0, N_("a command to run after failure"), 4 },
	{ "wait", APPLY_KEY_WAIT, "SECONDS", 0, N_("how long to wait for the RA's decision (30)"), 4 },
	{ 0 },
};
// clang-format on

bool apply_take_number(const char *text, long max, long *ret)
{
	char *end;

	errno = 0;
	*ret = strtol(text, &end, 10);
	return end != text && !*end && !errno && *ret >= 0 && *ret <= max;
}

error_t apply_take_option(void *context, int key, char *value, struct argp_state *state)
{
	struct apply *apply = context;

	switch (key) {
	case APPLY_KEY_WAIT:
		if (!apply_take_number(value, WAIT_MAX_S, &apply->wait_s))
			argp_error(state, _("--wait is a number of seconds, not %s"), value);
		return 0;
	case APPLY_KEY_CARRIER:
		apply->carrier_name = value;
		return 0;
	case APPLY_KEY_LABEL:
		apply->label = value;
		return 0;
	case APPLY_KEY_SIGN_FILE:
		apply->sign_file = value;
		return 0;
	case APPLY_KEY_ENC_FILE:
		apply->enc_file = value;
		return 0;
	case APPLY_KEY_BATCH:
		apply->batch = value;
		return 0;
	case APPLY_KEY_ON_SUCCESS:
		apply->on_success = value;
		return 0;
	case APPLY_KEY_ON_FAILURE:
		apply->on_failure = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}
