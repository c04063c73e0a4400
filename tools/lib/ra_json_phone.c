/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: transfers to a phone. */
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "json.h"
#include "ra_json.h"
#include "ra_phone.h"
#include "scope.h"
#include "text.h"

#define QR_MAX 512 /* bytes; a code of more is too wide for a terminal */

void ra_transfer_clear(struct ra_transfer *transfer)
{
	free(transfer->qr);
	free(transfer->expires);
	memset(transfer, 0, sizeof *transfer);
}

/* It is shown, and given to a phone: letters of a URL only. */
static bool is_code(const char *text)
{
	size_t len = strlen(text);

	if (len > QR_MAX || strncmp(text, "https://", 8) != 0)
		return false;
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return true;
}

bool ra_phone_send(struct ra *base, const struct ra_phone_file *file, struct ra_transfer *ret,
	struct fail *fail)
{
	struct ra_json *ra = (struct ra_json *)(void *)base;
	CLEANUP(free_p) char *base64 = text_base64(file->pfx, file->pfx_len);
	CLEANUP(json_decref_p) json_t *answer = NULL;
	CLEANUP(ra_transfer_clear) struct ra_transfer transfer = { 0 };
	const char *url, *qr, *expires;

	if (!base64)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!ra_json_resource(ra, "phone_transfers", &url, fail) ||
		!ra_json_post(ra, url,
			json_pack("{s:s, s:s}", "certificate_sha256", file->sha256, "pfx", base64),
			&answer, fail) ||
		!json_get_text(answer, "qr", &qr, fail) ||
		!json_get_text(answer, "expires", &expires, fail))
		return false;
	if (!is_code(qr))
		return fail_set(fail, FAIL_RA_REPLY, "qr");
	transfer.qr = strdup(qr);
	transfer.expires = text_clean_line(expires);
	if (!transfer.qr || !transfer.expires)
		return fail_set(fail, FAIL_MEMORY, NULL);
	*ret = transfer;
	transfer = (struct ra_transfer){ 0 };
	return true;
}
