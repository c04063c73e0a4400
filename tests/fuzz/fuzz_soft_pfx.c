/* SPDX-License-Identifier: Apache-2.0 */
/* PFX files: seen without password, checked, opened, and written again if they opened. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "scope.h"
#include "soft_pfx.h"

#include "cardos/secret.h"

#define PASSWORD "soft-1234" /* of the corpus */

static void open_with(const struct crypto *crypto, const struct blob *file, bool checked)
{
	CLEANUP(soft_pfx_clear) struct soft_pfx pfx = { 0 };
	CLEANUP(soft_pfx_clear) struct soft_pfx again = { 0 };
	CLEANUP(blob_clear) struct blob written = { 0 };
	CLEANUP(secret_free_p) struct secret *password = secret_new(PASSWORD, strlen(PASSWORD));
	struct soft_open how = { .password = password, .weak_allowed = true, .checked = checked };

	if (!password || soft_pfx_open(crypto, file, &how, &pfx) != CKR_OK)
		return;
	if (soft_pfx_write(crypto, &pfx, password, 1, &written) != CKR_OK)
		return;
	how.checked = false;
	/* what was opened and written opens again, whole */
	if (soft_pfx_open(crypto, &written, &how, &again) != CKR_OK || again.count != pfx.count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct crypto *crypto;
	CLEANUP(soft_pfx_clear) struct soft_pfx seen = { 0 };
	CLEANUP(blob_clear) struct blob file = { 0 };

	if (!crypto)
		crypto = crypto_new();
	if (!crypto || !blob_set(&file, bytes, len))
		abort();
	(void)soft_pfx_read(crypto, &file, &seen);
	open_with(crypto, &file, false);
	open_with(crypto, &file, true); /* as if the MAC were right: more is parsed */
	return 0;
}
