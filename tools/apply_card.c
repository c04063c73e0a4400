/* SPDX-License-Identifier: Apache-2.0 */
/* Verifies the card, asks the PIN, makes the key pair on the card. */
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "lib/fail.h"
#include "lib/i18n.h"
#include "lib/interrupt.h"
#include "lib/journal.h"
#include "lib/pin.h"
#include "lib/request.h"
#include "lib/scope.h"
#include "lib/text.h"

struct generation {
	struct apply *apply;
	const uint8_t *id;
	bool ok;
	struct fail fail;
};

static void generate(void *arg)
{
	struct generation *job = arg;

	job->ok = p11_key_generate(job->apply->tool.session, job->id,
		job->apply->tool.profile->key_label, job->apply->tool.site.key_bits, &job->fail);
}

static bool new_id(struct apply *apply, uint8_t id[P11_ID_LEN], struct fail *fail)
{
	CLEANUP(free_p) char *hex = NULL;

	if (RAND_bytes(id, P11_ID_LEN) != 1 || !(hex = text_hex(id, P11_ID_LEN)))
		return fail_set(fail, FAIL_MEMORY, NULL);
	return tool_record(&apply->tool, "key_id", hex, fail);
}

static bool recorded_id(struct apply *apply, uint8_t id[P11_ID_LEN], struct fail *fail)
{
	const char *hex = journal_get(apply->tool.journal, "key_id");
	size_t len;

	if (!hex)
		return new_id(apply, id, fail);
	if (!text_unhex(hex, id, P11_ID_LEN, &len) || len != P11_ID_LEN)
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	return true;
}

/* Make the pair with this id; halves of an earlier attempt go first. */
static bool make_key(struct apply *apply, const uint8_t id[P11_ID_LEN], struct fail *fail)
{
	struct generation job = { .apply = apply, .id = id, .fail = FAIL_INIT };
	bool found;

	if (!p11_key_destroy(apply->tool.session, id, fail))
		return false;
	term_warn(&apply->tool.term,
		_("Do not leave this screen and do not remove the card from the reader."));
	term_work(&apply->tool.term, _("The card generates the key pair"), generate, &job);
	if (!job.ok) {
		*fail = job.fail;
		return false;
	}
	if (!p11_key_find(apply->tool.session, id, &apply->key, &found, fail))
		return false;
	return found || fail_set(fail, FAIL_CARD_ERROR, _("the new key pair is not on the card"));
}

static bool sign(void *arg, const uint8_t *bytes, size_t len, uint8_t **ret, size_t *ret_len,
	struct fail *fail)
{
	struct apply *apply = arg;

	return p11_key_sign(apply->tool.session, &apply->key, bytes, len, ret, ret_len, fail);
}

static bool make_request(struct apply *apply, struct fail *fail)
{
	return request_make(apply->tool.registration.subject_der,
		apply->tool.registration.subject_len, apply->key.public, sign, apply, &apply->csr,
		&apply->csr_len, fail);
}

/* The recorded request, if it is of the key that is on the card. */
static bool load_request(struct apply *apply, const char *base64, struct fail *fail)
{
	if (!text_unbase64(base64, &apply->csr, &apply->csr_len))
		return fail_set(fail, FAIL_JOURNAL, "%s", journal_path(apply->tool.journal));
	if (request_fits(apply->csr, apply->csr_len, apply->key.public))
		return true;
	return fail_set(fail, FAIL_CARD_WRONG,
		_("the key of the unfinished application is not on card %s"),
		apply->tool.token.serial);
}

static bool record_request(struct apply *apply, struct fail *fail)
{
	CLEANUP(free_p) char *base64 = text_base64(apply->csr, apply->csr_len);

	if (!base64)
		return fail_set(fail, FAIL_MEMORY, NULL);
	return tool_record(&apply->tool, "csr", base64, fail);
}

/* A key whose generation was cut off may be found and still not sign; it was never sent to the RA,
 * so another one is made. */
static bool request_or_new_key(struct apply *apply, uint8_t id[P11_ID_LEN], struct fail *fail)
{
	if (make_request(apply, fail))
		return true;
	if (fail->code != FAIL_CERT_KEY && fail->code != FAIL_CARD_ERROR)
		return false;
	EVP_PKEY_free(apply->key.public);
	apply->key.public = NULL;
	return p11_key_destroy(apply->tool.session, id, fail) && new_id(apply, id, fail) &&
	       make_key(apply, id, fail) && make_request(apply, fail);
}

/* The key that the journal says was used; it has to be on this card. */
static bool is_on_card(const struct apply *apply, bool found, struct fail *fail)
{
	return found || fail_set(fail, FAIL_CARD_WRONG,
				_("the key of the unfinished application is not on card %s"),
				apply->tool.token.serial);
}

bool apply_step_key(void *context, struct fail *fail)
{
	struct apply *apply = context;
	const char *recorded = journal_get(apply->tool.journal, "csr");
	uint8_t id[P11_ID_LEN];
	bool found;

	if (!apply_remove_spare(apply, fail) || !recorded_id(apply, id, fail) ||
		!p11_key_find(apply->tool.session, id, &apply->key, &found, fail))
		return false;
	if (recorded)
		return is_on_card(apply, found, fail) && load_request(apply, recorded, fail);
	if (journal_get(apply->tool.journal, "order_url"))
		return is_on_card(apply, found, fail);
	bool ok = found ? request_or_new_key(apply, id, fail)
			: make_key(apply, id, fail) && interrupt_check(fail) &&
				  make_request(apply, fail);
	return ok && record_request(apply, fail);
}
