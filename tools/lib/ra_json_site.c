/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the directory of the JSON API says about a site. */
#include <string.h>
#include <time.h>

#include "fail.h"
#include "i18n.h"
#include "json.h"
#include "ra_json.h"

#define PASSWORD_LENGTH_MAX 65535

/* "2026-01-31T10:20:30Z"; 0: no such time. */
static time_t time_of(const char *text)
{
	struct tm tm = { 0 };
	const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) : NULL;

	return end && !*end ? timegm(&tm) : 0;
}

static unsigned bits_of(const json_t *profile)
{
	size_t i;
	json_t *key;

	json_array_foreach(json_object_get(profile, "keys"), i, key)
	{
		const char *type = json_text(key, "type");
		json_int_t bits = json_integer_value(json_object_get(key, "preferred_bits"));
		if (!bits)
			bits = json_integer_value(json_object_get(key, "min_bits"));
		if (type && strcmp(type, "RSA") == 0 && bits >= 1024 && bits <= 8192)
			return (unsigned)bits;
	}
	return 0;
}

/* What the site wants of people; nothing of it must be told. */
static void fill_rules(const json_t *site, struct ra_site *ret)
{
	const json_t *login = json_object_get(site, "login");
	const json_t *rules = json_object_get(site, "rules");
	const json_t *contact = json_object_get(site, "contact");
	const char *account_is = json_text(login, "account_is");

	ret->captcha = json_has_word(json_object_get(login, "factors"), "captcha");
	ret->account_is_identifier =
		account_is && strcmp(account_is, "certificate_identifier") == 0;
	ret->card_management_password = json_flag(rules, "card_management_password");
	ret->card_management_counter = json_flag(rules, "card_management_counter");
	ret->reset_form = json_text(contact, "password_reset_form");
	ret->contact = json_text(contact, "name");
	ret->phone = json_text(contact, "phone");
	ret->hours = json_text(contact, "hours");
	ret->address = json_text(contact, "address");
}

static void fill_profiles(const json_t *profiles, struct ra_site *ret)
{
	size_t i;
	json_t *profile;

	json_array_foreach(profiles, i, profile)
	{
		const char *id = json_text(profile, "id");
		const char *role = json_text(profile, "role");
		const char *origin = json_text(profile, "key_origin");
		unsigned bits = bits_of(profile);
		if (!id || !origin || !bits || ret->profile_count == RA_PROFILES_MAX)
			continue;
		ret->profiles[ret->profile_count++] = (struct ra_profile){
			.id = id,
			.key_bits = bits,
			.carrier = strcmp(origin, "file") == 0 ? RA_FILE : RA_CARD,
			.role = role && strcmp(role, "signing") == 0      ? RA_SIGNING
				: role && strcmp(role, "encryption") == 0 ? RA_ENCRYPTION
									  : RA_BOTH,
		};
	}
}

/* How certificates come to people; what an RA does not tell is as at the simplest site. */
static void fill_delivery(const struct ra_json *ra, struct ra_site *ret)
{
	const char *delivery = json_text(json_object_get(ra->site, "rules"), "delivery");

	ret->delivery = delivery && strcmp(delivery, "download") == 0     ? RA_DOWNLOAD
			: delivery && strcmp(delivery, "activation") == 0 ? RA_ACTIVATION
									  : RA_DIRECT;
	ret->slip = json_text(ra->resources, "eligibility") != NULL;
	ret->card_login = json_text(ra->resources, "card_challenges") != NULL;
	ret->ra_unit = json_string_value(
		json_array_get(json_object_get(json_object_get(ra->site, "login"), "ra_units"), 0));
}

bool ra_json_fill_site(struct ra_json *ra, struct ra_site *ret, struct fail *fail)
{
	json_t *limits, *profiles, *login, *policy;
	json_int_t skew;
	const char *now;

	if (!json_get_object(ra->directory, "limits", &limits, fail) ||
		!json_get_number(limits, "max_clock_skew_s", &skew, fail) ||
		!json_get_text(ra->directory, "server_time", &now, fail) ||
		!json_get_text(ra->site, "name", &ret->name, fail) ||
		!json_get_array(ra->site, "profiles", &profiles, fail) ||
		!json_get_object(ra->site, "login", &login, fail) ||
		!json_get_object(login, "password_policy", &policy, fail))
		return false;
	const json_t *profile = json_array_get(profiles, 0);
	if (!json_get_text(profile, "id", &ret->profile, fail) ||
		!json_get_text(profile, "validity", &ret->validity, fail))
		return false;
	ret->key_bits = bits_of(profile);
	fill_profiles(profiles, ret);
	fill_delivery(ra, ret);
	ret->password_min = json_count(policy, "min_length", PASSWORD_LENGTH_MAX);
	ret->password_max = json_count(policy, "max_length", PASSWORD_LENGTH_MAX);
	fill_rules(ra->site, ret);
	ret->server_time = time_of(now);
	ret->max_clock_skew_s = (long)skew;
	if (!ret->key_bits || !ret->server_time)
		return fail_set(fail, FAIL_RA_REPLY, _("the directory does not fit this software"));
	return true;
}
