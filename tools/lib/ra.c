/* SPDX-License-Identifier: Apache-2.0 */
/* What is the same for every kind of RA: releasing and naming. */
#include "ra.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"

struct ra *ra_close(struct ra *ra)
{
	if (ra)
		ra->ops->close(ra);
	return NULL;
}

void ra_release(void **owner)
{
	json_decref(*owner);
	*owner = NULL;
}

void ra_captcha_clear(struct ra_captcha *captcha)
{
	free(captcha->image);
	ra_release(&captcha->owner);
	memset(captcha, 0, sizeof *captcha);
}

void ra_registration_clear(struct ra_registration *registration)
{
	free(registration->subject_der);
	ra_release(&registration->owner);
	memset(registration, 0, sizeof *registration);
}

const char *ra_state_text(enum ra_state state)
{
	static const char *const texts[RA_STATES] = { N_("waiting for the RA's decision"),
		N_("approved"), N_("issued, not downloaded"), N_("downloaded"), N_("rejected"),
		N_("expired"), N_("cancelled"), N_("issued, not activated") };

	return state < RA_STATES ? _(texts[state]) : "";
}

const char *ra_state_name(enum ra_state state)
{
	static const char *const names[RA_STATES] = { "pending", "approved", "issued",
		"acknowledged", "rejected", "expired", "cancelled", "awaiting_activation" };

	return state < RA_STATES ? names[state] : "";
}
