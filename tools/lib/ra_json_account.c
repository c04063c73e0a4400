/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: rules and functions of a site, the person's data, paper forms. */
#include <string.h>

#include "fail.h"
#include "json.h"
#include "ra_account.h"
#include "ra_json.h"
#include "scope.h"

#define LENGTH_MAX 65535

static struct ra_json *of(struct ra *ra)
{
	return (struct ra_json *)(void *)ra;
}

static const struct ra_json *of_const(const struct ra *ra)
{
	return (const struct ra_json *)(const void *)ra;
}

void ra_password_policy(const struct ra *ra, struct ra_password_policy *ret)
{
	const json_t *login = json_object_get(of_const(ra)->site, "login");
	const json_t *policy = json_object_get(login, "password_policy");
	const json_t *require = json_object_get(policy, "require");

	*ret = (struct ra_password_policy){
		.min_len = json_count(policy, "min_length", LENGTH_MAX),
		.max_len = json_count(policy, "max_length", LENGTH_MAX),
		.lower = json_has_word(require, "lower"),
		.upper = json_has_word(require, "upper"),
		.digit = json_has_word(require, "digit"),
	};
}

bool ra_offers(const struct ra *ra, const char *resource)
{
	return json_text(of_const(ra)->resources, resource) != NULL;
}

bool ra_person(struct ra *base, struct ra_person *ret, struct fail *fail)
{
	struct ra_call call = { .method = "GET", .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;

	if (!ra_json_resource(of(base), "registration", &call.url, fail) ||
		!ra_json_call(of(base), &call, &answer, NULL, NULL, fail))
		return false;
	const json_t *changeable = json_object_get(answer, "changeable");
	*ret = (struct ra_person){
		.account = json_text(answer, "account"),
		.name = json_text(answer, "name"),
		.organization = json_text(answer, "organization"),
		.identifier = json_text(answer, "certificate_identifier"),
		.email = json_text(answer, "email"),
		.telephone = json_text(answer, "telephone"),
		.carrier = json_text(answer, "carrier"),
		.email_changeable = json_has_word(changeable, "email"),
		.telephone_changeable = json_has_word(changeable, "telephone"),
	};
	ret->owner = TAKE(answer);
	return true;
}

bool ra_person_change(struct ra *base, const char *email, const char *telephone, struct fail *fail)
{
	CLEANUP(json_decref_p) json_t *answer = NULL;
	const char *url;

	if (!ra_json_resource(of(base), "profile_data", &url, fail))
		return false;
	return ra_json_post(of(base), url,
		json_pack("{s:s*, s:s*}", "email", email, "telephone", telephone), &answer, fail);
}

bool ra_reset_form(struct ra *base, struct ra_form *ret, struct fail *fail)
{
	struct ra_call call = { .method = "GET", .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;
	json_t *entries, *entry;
	size_t i;

	*ret = (struct ra_form){ 0 };
	if (!ra_offers(base, "forms"))
		return true;
	if (!ra_json_resource(of(base), "forms", &call.url, fail) ||
		!ra_json_call(of(base), &call, &answer, NULL, NULL, fail) ||
		!json_get_array(answer, "entries", &entries, fail))
		return false;
	json_array_foreach(entries, i, entry)
	{
		const char *purpose = json_text(entry, "purpose");
		if (!purpose || strcmp(purpose, "password_reset") != 0)
			continue;
		ret->title = json_text(entry, "title");
		ret->channels = json_text(entry, "channels");
		ret->papers = json_text(entry, "papers");
		ret->owner = TAKE(answer);
		return true;
	}
	return true;
}
