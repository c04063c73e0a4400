/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the key pairs and the requests that they sign. */
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "apply_match.h"
#include "apply_order.h"
#include "lib/card.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/journal.h"
#include "lib/request.h"
#include "lib/scope.h"
#include "lib/text.h"

struct generation {
	struct apply *apply;
	struct p11_key_wish wish;
	bool ok;
	struct fail fail;
};

static void generate(void *arg)
{
	struct generation *job = arg;

	job->ok = p11_key_generate(job->apply->tool.session, &job->wish, &job->fail);
}

static bool new_id(struct apply *apply, size_t index, uint8_t id[P11_ID_LEN], struct fail *fail)
{
	CLEANUP(free_p) char *hex = NULL;
	char name[APPLY_NAME_MAX];

	if (RAND_bytes(id, P11_ID_LEN) != 1 || !(hex = text_hex(id, P11_ID_LEN)))
		return fail_set(fail, FAIL_MEMORY, NULL);
	return tool_record(&apply->tool, apply_name(name, "key_id", index), hex, fail);
}

static bool recorded_id(
	struct apply *apply, size_t index, uint8_t id[P11_ID_LEN], struct fail *fail)
{
	char name[APPLY_NAME_MAX];
	const char *hex = journal_get(apply->tool.journal, apply_name(name, "key_id", index));
	size_t len;

	if (!hex)
		return new_id(apply, index, id, fail);
	if (!text_unhex(hex, id, P11_ID_LEN, &len) || len != P11_ID_LEN)
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	return true;
}

static bool find_key(struct apply *apply, size_t index, const uint8_t id[P11_ID_LEN],
	bool *ret_found, struct fail *fail)
{
	struct p11_key *key = &apply->certs[index].key;

	EVP_PKEY_free(key->public);
	key->public = NULL;
	if (!p11_key_find(apply->tool.session, id, key, ret_found, fail))
		return false;
	key->pin = apply->pin;
	card_key(&apply->tool, key);
	return true;
}

/* Make the pair with this id; halves of an earlier attempt go first. */
static bool make_key(
	struct apply *apply, size_t index, const uint8_t id[P11_ID_LEN], struct fail *fail)
{
	const struct ra_profile *profile = apply->certs[index].profile;
	struct generation job = { .apply = apply,
		.wish = { .id = id,
			.label = apply->manner->key_labels[profile->role],
			.bits = profile->key_bits,
			.decrypt = profile->role == RA_ENCRYPTION },
		.fail = FAIL_INIT };
	bool found;

	if (!p11_key_destroy(apply->tool.session, id, fail))
		return false;
	if (apply->manner->busy)
		term_warn(&apply->tool.term, "%s", _(apply->manner->busy));
	term_work(&apply->tool.term,
		apply->carrier == RA_CARD ? _("The card generates the key pair")
					  : _("The key pair is generated"),
		generate, &job);
	if (!job.ok) {
		*fail = job.fail;
		return false;
	}
	if (!find_key(apply, index, id, &found, fail))
		return false;
	return found || fail_set(fail, FAIL_CARD_ERROR, _("the new key pair is not on the card"));
}

bool apply_sign(void *arg, const uint8_t *bytes, size_t len, uint8_t **ret, size_t *ret_len,
	struct fail *fail)
{
	const struct apply_signer *signer = arg;

	return p11_key_sign(
		signer->apply->tool.session, signer->key, bytes, len, ret, ret_len, fail);
}

static bool make_request(struct apply *apply, size_t index, struct fail *fail)
{
	struct apply_cert *cert = &apply->certs[index];
	struct apply_signer signer = { apply, &cert->key };

	return request_make(apply->tool.registration.subject_der,
		apply->tool.registration.subject_len, cert->key.public, apply_sign, &signer,
		&cert->csr, &cert->csr_len, fail);
}

static bool not_here(const struct apply *apply, struct fail *fail)
{
	return apply->carrier == RA_CARD
		       ? fail_set(fail, FAIL_CARD_WRONG,
				 _("the key of the unfinished application is not on card %s"),
				 apply->tool.token.serial)
		       : fail_set(fail, FAIL_NO_RECORD, _("%s: the key is not there any more"),
				 apply->path);
}

/* The recorded request, if it is of the key that is there. */
static bool load_request(struct apply *apply, size_t index, const char *base64, struct fail *fail)
{
	struct apply_cert *cert = &apply->certs[index];

	if (!text_unbase64(base64, &cert->csr, &cert->csr_len))
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	return request_fits(cert->csr, cert->csr_len, cert->key.public) || not_here(apply, fail);
}

static bool record_request(struct apply *apply, size_t index, struct fail *fail)
{
	const struct apply_cert *cert = &apply->certs[index];
	CLEANUP(free_p) char *base64 = text_base64(cert->csr, cert->csr_len);
	char name[APPLY_NAME_MAX];

	if (!base64)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return tool_record(&apply->tool, apply_name(name, "csr", index), base64, fail);
}

/* A key whose generation was cut off may be found and still not sign; it was never sent to the RA,
 * so another one is made. */
static bool request_or_new_key(
	struct apply *apply, size_t index, uint8_t id[P11_ID_LEN], struct fail *fail)
{
	if (make_request(apply, index, fail))
		return true;
	if (fail->code != FAIL_CERT_KEY && fail->code != FAIL_CARD_ERROR)
		return false;
	return p11_key_destroy(apply->tool.session, id, fail) && new_id(apply, index, id, fail) &&
	       make_key(apply, index, id, fail) && make_request(apply, index, fail);
}

bool apply_load_key(struct apply *apply, size_t index, bool *ret_found, struct fail *fail)
{
	uint8_t id[P11_ID_LEN];

	return recorded_id(apply, index, id, fail) && find_key(apply, index, id, ret_found, fail);
}

static bool prepare(struct apply *apply, size_t index, struct fail *fail)
{
	char name[APPLY_NAME_MAX];
	const char *recorded = journal_get(apply->tool.journal, apply_name(name, "csr", index));
	uint8_t id[P11_ID_LEN];
	bool found;

	if (!recorded_id(apply, index, id, fail) || !find_key(apply, index, id, &found, fail))
		return false;
	if (recorded)
		return found ? load_request(apply, index, recorded, fail) : not_here(apply, fail);
	if (journal_get(apply->tool.journal, "order_url"))
		return found || not_here(apply, fail);
	bool ok = found ? request_or_new_key(apply, index, id, fail)
			: make_key(apply, index, id, fail) && interrupt_check(fail) &&
				  make_request(apply, index, fail);
	return ok && record_request(apply, index, fail);
}

bool apply_step_key(void *context, struct fail *fail)
{
	struct apply *apply = context;

	if (!apply_remove_spare(apply, fail))
		return false;
	for (size_t i = 0; i < apply->count; i++)
		if (!prepare(apply, i, fail))
			return false;
	return true;
}
