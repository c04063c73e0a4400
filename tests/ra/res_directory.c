/* SPDX-License-Identifier: Apache-2.0 */
/* The directory: what the sites are, where their resources are, and the limits. */
#include "cleanup.h"
#include "resources.h"

// clang-format off
static const struct resource {
	const char *name, *path;
} resources[] = {
	{ "ca_certificates",    "ca-certificates" },
	{ "captchas",           "captchas" },
	{ "card_verifications", "card-verifications" },
	{ "certificates",       "certificates" },
	{ "orders",             "orders" },
	{ "password",           "password" },
	{ "registration",       "registration" },
	{ "session",            "session" },
	{ "sessions",           "sessions" },
	{ "terms",              "terms" },
};
// clang-format on

static json_t *site_resources(const struct ra *ra, const struct site *site)
{
	json_t *list = json_object();
	for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++) {
		CLEANUP(free_p) char *url = ra_url(ra, "v1/%s/%s", site->id, resources[i].path);
		json_object_set_new(list, resources[i].name, json_string(url));
	}
	return list;
}

static json_t *site_login(const struct site *site)
{
	return json_pack("{s:[s,s,s],s:i,s:b,s:{s:i,s:i,s:[]}}", "factors", "account", "password",
		"captcha", "max_attempts", RA_MAX_ATTEMPTS, "first_login_change", 1,
		"password_policy", "min_length", site->password_min, "max_length",
		site->password_max, "require");
}

static json_t *site_profile(const struct site *site)
{
	json_t *keys = json_pack("[{s:s,s:i,s:i,s:i}]", "type", "RSA", "min_bits", 2048, "max_bits",
		4096, "preferred_bits", 2048);
	json_t *profile = json_pack("{s:s,s:o,s:[s,s,s],s:[s,s,s],s:[s,s],s:s}", "id",
		site->profile, "keys", keys, "signature_algorithms", "RS256", "RS384", "RS512",
		"key_usage", "digitalSignature", "nonRepudiation", "keyEncipherment",
		"ext_key_usage", "clientAuth", "emailProtection", "key_origin", "card");
	json_object_set_new(profile, "validity", json_sprintf("P%dY", site->years));
	return profile;
}

static json_t *site_json(const struct ra *ra, const struct site *site)
{
	json_t *json = json_pack("{s:s,s:s,s:s,s:s}", "id", site->id, "name", site->name, "name_en",
		site->name_en, "carrier", "card");
	CLEANUP(free_p) char *issuing = ra_url(ra, "v1/crl/issuing.crl");
	CLEANUP(free_p) char *root = ra_url(ra, "v1/crl/root.crl");
	json_object_set_new(json, "login", site_login(site));
	json_object_set_new(json, "resources", site_resources(ra, site));
	json_object_set_new(json, "profiles", json_pack("[o]", site_profile(site)));
	json_object_set_new(json, "crls", json_pack("[s,s]", issuing, root));
	json_object_set_new(json, "contact",
		json_pack("{s:s,s:s}", "name", site->contact_name, "password_reset_form",
			site->reset_form));
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
