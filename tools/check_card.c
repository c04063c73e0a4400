/* SPDX-License-Identifier: Apache-2.0 */
/* Readers, the card's self-test, and a signature that is verified with the card's certificate. */
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lib/card.h"
#include "lib/i18n.h"
#include "lib/local.h"
#include "lib/p11_pin.h"
#include "lib/pick.h"
#include "lib/pin.h"
#include "lib/scope.h"
#include "lib/uri.h"

#define MESSAGE_LEN 64
#define BITS_NEEDED 2048

static void x509_free_p(X509 **cert)
{
	X509_free(*cert);
}

static void md_free_p(EVP_MD_CTX **context)
{
	EVP_MD_CTX_free(*context);
}

bool check_reader(struct check *check, struct fail *fail)
{
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	struct tool *tool = &check->tool;
	size_t count;

	check->readers = json_array();
	if (!tokens || !check->readers)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (!tool_open_module(tool, fail) || !p11_tokens(tool->p11, tokens, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct p11_token *token = &tokens[i];
		if (!token->removable)
			continue;
		json_t *row = json_pack("{s:s, s:s}", "reader", token->reader, "card",
			!token->present     ? "none"
			: token->recognised ? "ready"
					    : "unknown");
		if (row && token->recognised) {
			CLEANUP(free_p) char *uri = uri_of_token(token);
			json_object_set_new(row, "uri", json_string(uri ? uri : ""));
			json_object_set_new(row, "serial", json_string(token->serial));
			json_object_set_new(row, "label", json_string(token->label));
			json_object_set_new(row, "model", json_string(token->model));
		}
		json_array_append_new(check->readers, row);
	}
	return json_array_size(check->readers) > 0 || fail_set(fail, FAIL_NO_READER, NULL);
}

static const char *test_passed(const struct check *check)
{
	const struct conf_profile *profile = check->tool.profile;

	return profile && strcmp(profile->site, "fine") == 0 ? C_("fine", "Card software test OK")
							     : _("Card software test OK");
}

/* Which layer it is, its failure tells; where drivers are, this. */
static void tell_drivers(const struct tool *tool, const struct fail *fail)
{
	if (tool->profile && (fail->code == FAIL_NO_READER || fail->code == FAIL_MODULE))
		term_note(&tool->term, _("Drivers: twca-info drivers --site %s"),
			tool->profile->site);
}

bool check_card(struct check *check, struct fail *fail)
{
	struct tool *tool = &check->tool;

	if (!tool_open_module(tool, fail) ||
		!p11_describe(tool->p11, check->module, sizeof check->module, fail) ||
		!pick_card(tool, PICK_QUIETLY | PICK_READ_ONLY, fail) ||
		!p11_rsa_bits(tool->session, tool->token.slot, &check->key_bits, fail)) {
		tell_drivers(tool, fail);
		return false;
	}
	if (check->key_bits < BITS_NEEDED)
		return fail_set(fail, FAIL_CARD_UNKNOWN,
			_("its RSA keys have %u bits at most; %d are needed"), check->key_bits,
			BITS_NEEDED);
	struct check_result registration = { 0 };
	check_look_p11kit(check, &registration);
	check->registered = registration.state == CHECK_PASS;
	check->done = test_passed(check);
	return true;
}

/* The type of the key that the certificate is of. */
static bool is_ec(const struct chain_cert *cert)
{
	const unsigned char *next = cert->der;
	CLEANUP(x509_free_p) X509 *x509 = d2i_X509(NULL, &next, (long)cert->len);
	EVP_PKEY *key = x509 ? X509_get0_pubkey(x509) : NULL;

	return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
}

static bool verifies(const struct chain_cert *cert, const uint8_t *bytes, size_t len,
	const uint8_t *signature, size_t signature_len)
{
	const unsigned char *next = cert->der;
	CLEANUP(x509_free_p) X509 *x509 = d2i_X509(NULL, &next, (long)cert->len);
	CLEANUP(md_free_p) EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY *key = x509 ? X509_get0_pubkey(x509) : NULL;

	return key && context &&
	       EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
	       EVP_DigestVerify(context, signature, signature_len, bytes, len) == 1;
}

/* The private key that stands beside the certificate. */
static bool find_private(
	struct tool *tool, const struct local_cert *cert, CK_OBJECT_HANDLE *ret, struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class),
		p11_attr(CKA_ID, cert->id, cert->id_len) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	size_t count;

	if (!p11_find(tool->session, template, 2, found, &count, fail))
		return false;
	if (!count)
		return fail_set(fail, FAIL_CERT_KEY, _("there is no key for it: %s"),
			cert->text.subject ? cert->text.subject : "");
	*ret = found[0];
	return true;
}

/* A key that wants its PIN at each use may have another than the card, with tries of its own: only
 * a person who types it spends one. *ret NULL: nobody did. */
static bool ask_own_pin(struct tool *tool, const char *subject, struct pin **ret, struct fail *fail)
{
	CLEANUP(free_p) char *prompt = NULL;

	if (tool->term.no_input || conf_get(&tool->conf, CONF_PIN_SOURCE))
		return true;
	if (asprintf(&prompt, _("PIN of the key of %s (empty: leave it out): "), subject) < 0)
		return fail_set(fail, FAIL_MEMORY, NULL);
	if (tool_secret(tool, CONF_PIN_SOURCE, prompt, "--pin-source", ret, fail) ||
		fail->code != FAIL_CANCELLED)
		return fail->code == FAIL_NONE;
	*fail = (struct fail)FAIL_INIT;
	return true;
}

static bool sign_with(
	struct tool *tool, const struct local_cert *cert, bool *ret_left_out, struct fail *fail)
{
	const char *subject = cert->text.subject ? cert->text.subject : "";
	CLEANUP(pin_free_p) struct pin *own = NULL;
	struct p11_key key = { .ec = is_ec(&cert->cert) };
	uint8_t message[MESSAGE_LEN];
	CLEANUP(free_p) uint8_t *signature = NULL;
	size_t len;

	*ret_left_out = false;
	if (RAND_bytes(message, sizeof message) != 1)
		return fail_set(fail, FAIL_INTERNAL, NULL);
	if (!find_private(tool, cert, &key.private, fail))
		return false;
	card_key(tool, &key);
	if (p11_wants_pin(tool->session, key.private) && !card_keypad(tool)) {
		if (!ask_own_pin(tool, subject, &own, fail))
			return false;
		*ret_left_out = !own;
		if (!own)
			return true;
	}
	key.pin = own;
	if (!p11_key_sign(tool->session, &key, message, sizeof message, &signature, &len, fail))
		return false;
	if (verifies(&cert->cert, message, sizeof message, signature, len))
		return true;
	return fail_set(fail, FAIL_TEST_FAILED, _("the signature does not fit the certificate %s"),
		subject);
}

bool check_sign(struct check *check, struct fail *fail)
{
	CLEANUP(local_clear) struct local_certs certs = { 0 };
	struct tool *tool = &check->tool;
	size_t tried = 0;

	if (!pick_card(tool, PICK_QUIETLY | PICK_READ_ONLY, fail) ||
		!local_find(tool, &certs, fail) || !card_login(tool, fail))
		return false;
	for (size_t i = 0; i < certs.count; i++) {
		const struct local_cert *cert = &certs.items[i];
		bool left_out;
		if (cert->token.slot != tool->token.slot)
			continue;
		if (!sign_with(tool, cert, &left_out, fail)) {
			card_look(tool, fail);
			return false;
		}
		term_note(&tool->term,
			left_out ? _("Left out, its key wants a PIN at each use: %s")
				 : _("Signed and verified: %s"),
			cert->text.subject ? cert->text.subject : "");
		tried += !left_out;
	}
	if (!tried)
		return fail_set(fail, FAIL_NOTHING_TO_DO, _("there is no certificate on the card"));
	check->done = _("Card test passed.");
	return true;
}
