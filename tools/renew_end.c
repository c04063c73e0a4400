/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a renewal: the old key and certificate go, last of all. */
#include <stdio.h>
#include <string.h>

#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/scope.h"
#include "renew.h"

/* The new certificate is on its carrier, was read back, and the RA has its receipt. A key that
 * deciphers stays: what was enciphered to it has to be read later too. */
bool renew_step_retire(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (!apply->keep_old) {
		if (!p11_own_destroy(apply->tool.session, &apply->old.own, fail))
			return false;
		if (apply->carrier == RA_FILE && !apply_name_file(apply, fail))
			return false;
	}
	renew_offer_tidy(apply);
	return tool_record(&apply->tool, "state", "done", fail);
}
