/* SPDX-License-Identifier: Apache-2.0 */
/* The directory: what the sites are, where their resources are, and the limits. */
#include <string.h>

#include "cleanup.h"
#include "problem.h"
#include "resources.h"

// clang-format off
static const struct resource {
	const char *name, *path, *function; /* function NULL: every site has it */
} resources[] = {
	{ "ca_certificates",     "ca-certificates",     NULL },
	{ "captchas",            "captchas",            "captcha" },
	{ "card_challenges",     "card-challenges",     "card_login" },
	{ "card_verifications",  "card-verifications",  "card" },
	{ "certificate_queries", "certificate-queries", "query" },
	{ "certificates",        "certificates",        NULL },
	{ "eligibility",         "eligibility",         "eligibility" },
	{ "nonces",              "nonces",              "renewal" },
	{ "orders",              "orders",              NULL },
	{ "password",            "password",            NULL },
	{ "payments",            "payments",            "payment" },
	{ "phone_transfers",     "phone-transfers",     "phone" },
	{ "phones",              "phones",              "phone" },
	{ "profile_data",        "profile-data",        "profile" },
	{ "proof",               "proof",               "proof" },
	{ "puk_changes",         "puk-changes",         "card_management" },
	{ "registration",        "registration",        NULL },
	{ "renewal_info",        "renewal-info",        "renewal" },
	{ "renewals",            "renewals",            "renewal" },
	{ "revocations",         "revocations",         "revocation" },
	{ "session",             "session",             NULL },
	{ "sessions",            "sessions",            NULL },
	{ "suspensions",         "suspensions",         "suspension" },
	{ "terms",               "terms",               NULL },
};
static const struct {
	enum site_info kind;
	const char *name;
} info_resources[] = {
	{ INFO_ABOUT,    "about" },
	{ INFO_DOCUMENT, "documents" },
	{ INFO_DRIVER,   "drivers" },
	{ INFO_FAQ,      "faq" },
	{ INFO_FORM,     "forms" },
	{ INFO_LINK,     "links" },
	{ INFO_NOTICE,   "notices" },
};
// clang-format on

static json_t *site_resources(const struct ra *ra, const struct site *site)
{
	json_t *list = json_object();
	for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++) {
		if (resources[i].function && !site_can(site, resources[i].function))
			continue;
		CLEANUP(free_p) char *url = ra_url(ra, "v1/%s/%s", site->id, resources[i].path);
		json_object_set_new(list, resources[i].name, json_string(url));
	}
	for (size_t i = 0; i < sizeof info_resources / sizeof info_resources[0]; i++) {
		if (!site->info[info_resources[i].kind])
			continue;
		CLEANUP(free_p)
		char *url = ra_url(ra, "v1/%s/%s", site->id, info_resources[i].name);
		json_object_set_new(list, info_resources[i].name, json_string(url));
	}
	return list;
}

static json_t *site_login(const struct site *site)
{
	json_t *policy = json_pack("{s:i,s:i,s:o}", "min_length", site->password_min, "max_length",
		site->password_max, "require", site_words_json(site->password_require));
	json_t *json = json_pack("{s:o,s:s,s:i,s:b,s:o}", "factors",
		site_words_json(site_can(site, "captcha") ? "account password captcha"
							  : "account password"),
		"account_is", site->login_by, "max_attempts", site->max_attempts,
		"first_login_change", strcmp(site->first_login, "never") != 0, "password_policy",
		policy);
	if (site->ra_unit)
		json_object_set_new(json, "ra_units", json_pack("[s]", site->ra_unit));
	return json;
}

static json_t *profile_json(const struct site_profile *profile)
{
	json_t *keys = json_pack("[{s:s,s:i,s:i,s:i}]", "type", "RSA", "min_bits", 2048, "max_bits",
		4096, "preferred_bits", 2048);
	json_t *json =
		json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:s}", "id", profile->id, "role", profile->role,
			"keys", keys, "signature_algorithms", site_words_json("RS256 RS384 RS512"),
			"key_usage", site_words_json(profile->key_usage), "ext_key_usage",
			site_words_json(profile->ext_key_usage), "key_origin", profile->carrier);
	json_object_set_new(json, "validity", json_sprintf("P%dY", profile->years));
	return json;
}

/* What a client has to know of a site's manners beyond its resources. */
static json_t *site_rules(const struct site *site)
{
	json_t *json = json_pack("{s:s,s:s,s:s,s:b,s:b}", "delivery", site->delivery, "redownload",
		site->redownload, "renewal_window",
		strcmp(site->renewal_window, "1m") == 0 ? "P1M" : "P30D",
		"card_management_password", site->card_password, "card_management_counter",
		site->card_counter);
	if (site->renewal_fee)
		json_object_set_new(json, "renewal_fee",
			json_pack("{s:i,s:s}", "amount", site->renewal_fee, "currency",
				site->fee_currency));
	if (site->suspend_what)
		json_object_set_new(json, "suspension",
			json_pack("{s:s,s:b}", "what", site->suspend_what, "password",
				site->suspend_password));
	return json;
}

static json_t *site_json(const struct ra *ra, const struct site *site)
{
	json_t *json = json_pack("{s:s,s:s,s:s,s:s}", "id", site->id, "name", site->name, "name_en",
		site->name_en, "carrier", site->carrier);
	CLEANUP(free_p) char *issuing = ra_url(ra, "v1/crl/issuing.crl");
	CLEANUP(free_p) char *root = ra_url(ra, "v1/crl/root.crl");
	json_t *profiles = json_array();
	for (size_t i = 0; i < site->profile_count; i++)
		json_array_append_new(profiles, profile_json(&site->profiles[i]));
	json_object_set_new(json, "login", site_login(site));
	json_object_set_new(json, "rules", site_rules(site));
	json_object_set_new(json, "resources", site_resources(ra, site));
	json_object_set_new(json, "profiles", profiles);
	json_object_set_new(json, "crls", json_pack("[s,s]", issuing, root));
	json_object_set_new(json, "contact", problem_contact(site));
	return json;
}

void directory_get(struct request *request, struct reply *reply)
{
	json_t *limits = json_pack("{s:i,s:i,s:i,s:i,s:i,s:i,s:i}", "max_body_bytes", RA_MAX_BODY,
		"max_clock_skew_s", 300, "session_s", RA_SESSION_S, "captcha_s", RA_CAPTCHA_S,
		"card_verification_s", RA_VERIFICATION_S, "idempotency_s", RA_IDEMPOTENCY_S,
		"poll_s", RA_POLL_S);
	json_t *sites = json_array();
	size_t count = 0;
	const struct site *site = site_all(&count);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(sites, site_json(request->ra, &site[i]));
	json_t *json = json_pack("{s:s,s:s,s:o,s:o}", "api_version", "1", "name",
		"Reference RA of twca-pkcs11", "limits", limits, "sites", sites);
	ra_set_time(json, "server_time", request->now);
	ra_reply(reply, 200, json);
}
