/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a renewal: the old key and certificate go, last of all. */
#include <stdio.h>
#include <string.h>

#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/scope.h"
#include "renew.h"

/* The file that the site's manual names holds the present key. */
static bool rename_file(struct apply *apply, struct fail *fail)
{
	const struct chain_cert *leaf = &apply->certs[0].chain.leaf;
	CLEANUP(free_p) char *file = NULL;
	char wanted[IDENTITY_NAME_MAX + 5];

	snprintf(wanted, sizeof wanted, "%s.pfx", apply->identity);
	if (!identity_file_of(apply->path, leaf->der, leaf->len, &file, fail))
		return false;
	return strcmp(file, wanted) == 0 || identity_replace(apply->path, file, wanted, fail);
}

/* The new certificate is on its carrier, was read back, and the RA has its receipt. A key that
 * deciphers stays: what was enciphered to it has to be read later too. */
bool renew_step_retire(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (!apply->keep_old) {
		if (!p11_own_destroy(apply->tool.session, &apply->old.own, fail))
			return false;
		if (apply->carrier == RA_FILE && !rename_file(apply, fail))
			return false;
	}
	renew_offer_tidy(apply);
	return tool_record(&apply->tool, "state", "done", fail);
}
