/* SPDX-License-Identifier: Apache-2.0 */
/* Goes on with an application whose record was lost, from what the RA and the card still know. */
#include <openssl/evp.h>
#include <string.h>

#include "apply_match.h"
#include "apply_order.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/journal.h"
#include "lib/scope.h"
#include "lib/text.h"

/* The key pair on the card that the order's certificate index is for. */
static bool find_ordered(
	struct apply *apply, size_t index, struct p11_key *ret, bool *ret_found, struct fail *fail)
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
		if (apply_order_of_key(&apply->order, index, ret->public)) {
			*ret_found = true;
			return true;
		}
		EVP_PKEY_free(ret->public);
		ret->public = NULL;
	}
	return true;
}

static bool remove_spare(struct apply *apply, size_t index, struct fail *fail)
{
	char name[APPLY_NAME_MAX];
	const char *hex = tool_recorded(&apply->tool, apply_name(name, "spare_id", index));
	uint8_t id[P11_ID_LEN];
	size_t len;

	if (!hex)
		return true;
	if (!text_unhex(hex, id, sizeof id, &len) || len != P11_ID_LEN)
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	return p11_key_destroy(apply->tool.session, id, fail) &&
	       tool_record(&apply->tool, apply_name(name, "spare_id", index), NULL, fail);
}

bool apply_remove_spare(struct apply *apply, struct fail *fail)
{
	for (size_t i = 0; i < apply->count; i++)
		if (!remove_spare(apply, i, fail))
			return false;
	return true;
}

static bool record_key(
	struct apply *apply, size_t index, const struct p11_key *found, struct fail *fail)
{
	struct journal *journal = apply->tool.journal;
	CLEANUP(free_p) char *spare = text_hex(apply->certs[index].key.id, P11_ID_LEN);
	CLEANUP(free_p) char *id = text_hex(found->id, P11_ID_LEN);
	char name[APPLY_NAME_MAX];

	if (!spare || !id)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return journal_set(journal, apply_name(name, "csr", index), NULL, fail) &&
	       journal_set(journal, apply_name(name, "spare_id", index), spare, fail) &&
	       journal_set(journal, apply_name(name, "key_id", index), id, fail);
}

/* One write: from now on the job is that of the keys that were found. */
static bool record(struct apply *apply, const struct p11_key *found, struct fail *fail)
{
	for (size_t i = 0; i < apply->count; i++)
		if (!record_key(apply, i, &found[i], fail))
			return false;
	return journal_set(apply->tool.journal, "order", NULL, fail) &&
	       journal_set(apply->tool.journal, "order_key", NULL, fail) &&
	       tool_record(&apply->tool, "order_url", apply->order.url, fail);
}

static bool find_all(struct apply *apply, struct p11_key *found, bool *ret_found, struct fail *fail)
{
	*ret_found = true;
	for (size_t i = 0; i < apply->count && *ret_found; i++)
		if (!find_ordered(apply, i, &found[i], ret_found, fail))
			return false;
	return true;
}

bool apply_adopt_keys(struct apply *apply, bool *ret_found, struct fail *fail)
{
	struct p11_key found[RA_CERTS_MAX] = { 0 };

	bool ok = find_all(apply, found, ret_found, fail);
	if (!ok || !*ret_found || !record(apply, found, fail)) {
		for (size_t i = 0; i < apply->count; i++)
			EVP_PKEY_free(found[i].public);
		return ok && !*ret_found;
	}
	term_note(&apply->tool.term,
		_("The RA has an application for a key of this card already; going on with it."));
	for (size_t i = 0; i < apply->count; i++) {
		EVP_PKEY_free(apply->certs[i].key.public);
		apply->certs[i].key = found[i];
		apply->certs[i].key.pin = apply->pin;
		card_key(&apply->tool, &apply->certs[i].key);
	}
	apply->resumed = true;
	return apply_remove_spare(apply, fail);
}
