/* SPDX-License-Identifier: Apache-2.0 */
/* Goes on with an application whose record was lost, from what the RA and the card still know. */
#include <openssl/evp.h>
#include <string.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/scope.h"
#include "lib/text.h"

/* The key pair on the card that the order is for. */
static bool find_ordered(
	struct apply *apply, struct p11_key *ret, bool *ret_found, struct fail *fail)
{
	uint8_t ids[P11_FIND_MAX][P11_ID_LEN];
	size_t count;

	*ret_found = false;
	if (!p11_key_ids(apply->tool.session, ids, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool whole;
		if (!p11_key_find(apply->tool.session, ids[i], ret, &whole, fail))
			return false;
		if (!whole)
			continue;
		if (apply_order_of_key(&apply->order, ret->public)) {
			*ret_found = true;
			return true;
		}
		EVP_PKEY_free(ret->public);
		ret->public = NULL;
	}
	return true;
}

bool apply_remove_spare(struct apply *apply, struct fail *fail)
{
	const char *hex = journal_get(apply->tool.journal, "spare_id");
	uint8_t id[P11_ID_LEN];
	size_t len;

	if (!hex)
		return true;
	if (!text_unhex(hex, id, sizeof id, &len) || len != P11_ID_LEN)
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	return p11_key_destroy(apply->tool.session, id, fail) &&
	       tool_record(&apply->tool, "spare_id", NULL, fail);
}

/* One write: from now on the job is that of the key that was found. */
static bool record(struct apply *apply, const struct p11_key *found, struct fail *fail)
{
	static const char *const outdated[] = { "csr", "order", "order_key" };
	CLEANUP(free_p) char *spare = text_hex(apply->key.id, P11_ID_LEN);
	CLEANUP(free_p) char *id = text_hex(found->id, P11_ID_LEN);

	if (!spare || !id)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (size_t i = 0; i < sizeof outdated / sizeof outdated[0]; i++)
		if (!journal_set(apply->tool.journal, outdated[i], NULL, fail))
			return false;
	return journal_set(apply->tool.journal, "spare_id", spare, fail) &&
	       journal_set(apply->tool.journal, "key_id", id, fail) &&
	       tool_record(&apply->tool, "order_url", apply->order.url, fail);
}

bool apply_adopt_key(struct apply *apply, bool *ret_found, struct fail *fail)
{
	struct p11_key found = { 0 };

	if (!find_ordered(apply, &found, ret_found, fail))
		return false;
	if (!*ret_found)
		return true;
	if (!record(apply, &found, fail)) {
		EVP_PKEY_free(found.public);
		return false;
	}
	term_note(&apply->tool.term,
		_("The RA has an application for a key of this card already; going on with it."));
	EVP_PKEY_free(apply->key.public);
	apply->key = found;
	apply->resumed = true;
	return apply_remove_spare(apply, fail);
}
