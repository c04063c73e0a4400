/* SPDX-License-Identifier: Apache-2.0 */
/* A software identity as a token: keys that were made elsewhere. */
#include "token_soft_internal.h"

#include <openssl/evp.h>

#include "crypto.h"
#include "scope.h"
#include "soft_key.h"
#include "soft_pkcs8.h"

#include "cardos/secret.h"

CK_RV soft_import(struct token *token, const struct token_import *params, uint32_t *ret_private)
{
	CLEANUP(soft_write_end_p) struct soft_write write = SOFT_WRITE_NONE;
	CLEANUP(soft_item_p) struct soft_item item = { .kind = SOFT_KEY };
	struct soft_store *store = soft_of(token)->store;
	CK_RV rv;

	if (!crypto_usable())
		return CKR_GENERAL_ERROR;
	item.key = soft_pkcs8_read(store->crypto, params->key);
	item.usage = params->usage;
	item.dates = params->dates;
	soft_name_item(&item, params->label, params->id, params->id_len);
	rv = item.key ? soft_key_public(item.key, &item.value) : CKR_FUNCTION_FAILED;
	if (rv == CKR_OK)
		rv = soft_choose_id(store->crypto, &item);
	if (rv == CKR_OK)
		rv = soft_store_edit(store, &write);
	return rv == CKR_OK ? soft_save_alone(store, &write, &item, ret_private) : rv;
}
