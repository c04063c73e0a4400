/* SPDX-License-Identifier: Apache-2.0 */
/* Speaks the JSON API: sessions that other commands have opened. */
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "json.h"
#include "ra_json.h"
#include "ra_session.h"
#include "scope.h"

const char *ra_session_token(const struct ra *base)
{
	return ((const struct ra_json *)(const void *)base)->token;
}

bool ra_session_ask(struct ra *base, struct ra_session_state *ret, struct fail *fail)
{
	struct ra_json *ra = (struct ra_json *)(void *)base;
	struct ra_call call = { .method = "GET", .repeatable = true };
	CLEANUP(json_decref_p) json_t *answer = NULL;
	const char *account, *state, *expires;

	if (!ra->token)
		return fail_set(fail, FAIL_SESSION_ENDED, NULL);
	if (!ra_json_resource(ra, "session", &call.url, fail) ||
		!ra_json_call(ra, &call, &answer, NULL, NULL, fail) ||
		!json_get_text(answer, "account", &account, fail) ||
		!json_get_text(answer, "state", &state, fail) ||
		!json_get_text(answer, "expires", &expires, fail))
		return false;
	const char *scope = json_text(answer, "scope");
	*ret = (struct ra_session_state){
		.must_change = strcmp(state, "password_change_required") == 0,
		.renewal_only = scope && strcmp(scope, "renewal") == 0,
		.renewal_due = json_flag(answer, "renewal_due"),
	};
	snprintf(ret->account, sizeof ret->account, "%s", account);
	snprintf(ret->expires, sizeof ret->expires, "%s", expires);
	return true;
}

bool ra_session_resume(struct ra *base, const char *token, bool *ret_must_change, struct fail *fail)
{
	struct ra_json *ra = (struct ra_json *)(void *)base;
	struct ra_session_state state;

	if (!ra_json_set_token(ra, token, fail))
		return false;
	if (!ra_session_ask(base, &state, fail)) {
		ra_json_forget_token(ra);
		return false;
	}
	*ret_must_change = state.must_change;
	return true;
}
