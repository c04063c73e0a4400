/* SPDX-License-Identifier: Apache-2.0 */
/* Which command does what, and what all of them need. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cert.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/login.h"
#include "lib/scope.h"
#include "lib/uri.h"
#include "lib/which.h"

#define LIST_DIGITS_MAX 3

bool cert_load(struct cert *cert, struct fail *fail)
{
	return login_ready(&cert->tool, fail) && ra_cert_list(cert->tool.ra, &cert->certs, fail);
}

/* Longer ones are serial numbers. */
static bool is_list_number(const char *text)
{
	size_t len = strlen(text);

	return len && len <= LIST_DIGITS_MAX && strspn(text, "0123456789") == len;
}

static struct which_cert name_of(const struct ra_cert *item)
{
	return (struct which_cert){
		.serial = item->serial, .sha256 = item->sha256, .subject = item->subject
	};
}

/* Those of the list that are on this computer, by what they are called here. */
static bool find_here(struct cert *cert, const char *uri, size_t *ret_index, struct fail *fail)
{
	const struct local_certs *local = &cert->local;

	if (!local->items && !local_find(&cert->tool, &cert->local, fail))
		return false;
	CLEANUP(free_p) struct which_cert *names = calloc(local->count + 1, sizeof *names);
	CLEANUP(free_p) size_t *indices = calloc(local->count + 1, sizeof *indices);
	size_t count = 0, found;
	if (!names || !indices)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (size_t i = 0; i < local->count; i++) {
		const struct local_cert *here = &local->items[i];
		for (size_t j = 0; j < cert->certs.count; j++) {
			if (strcasecmp(cert->certs.items[j].sha256, here->text.sha256) != 0)
				continue;
			names[count] = name_of(&cert->certs.items[j]);
			names[count].token = &here->token;
			names[count].label = here->label;
			names[count].id = here->id;
			names[count].id_len = here->id_len;
			indices[count++] = j;
			break;
		}
	}
	if (!which_find(uri, names, count, &found, fail))
		return false;
	*ret_index = indices[found];
	return true;
}

bool cert_find(struct cert *cert, const char *text, size_t *ret_index, struct fail *fail)
{
	unsigned long number = is_list_number(text) ? strtoul(text, NULL, 10) : 0;
	size_t count = cert->certs.count;

	if (is_list_number(text)) {
		*ret_index = number - 1;
		return (number && number <= count) ||
		       fail_set(fail, FAIL_USAGE, _("there is no certificate %s; there are %zu"),
			       text, count);
	}
	if (strncasecmp(text, "pkcs11:", strlen("pkcs11:")) == 0)
		return find_here(cert, text, ret_index, fail);
	CLEANUP(free_p) struct which_cert *names = calloc(count + 1, sizeof *names);
	if (!names)
		return fail_set(fail, FAIL_MEMORY, NULL);
	for (size_t i = 0; i < count; i++)
		names[i] = name_of(&cert->certs.items[i]);
	return which_find(text, names, count, ret_index, fail);
}

/* What is on this computer is told if it can be found; it is not what was asked for. */
static bool list(struct cert *cert, struct fail *fail)
{
	struct fail unseen = FAIL_INIT;

	if (!cert_load(cert, fail))
		return false;
	if (!cert->certs.count)
		return fail_set(fail, FAIL_NOTHING_TO_DO, _("there is no certificate yet"));
	if (!local_find(&cert->tool, &cert->local, &unseen))
		tool_warn(&cert->tool, &unseen);
	return true;
}

static bool (*const runs[CERT_VERBS])(struct cert *cert, struct fail *fail) = {
	[CERT_LIST] = list,
	[CERT_STATUS] = cert_status,
	[CERT_QUERY] = cert_query,
	[CERT_VIEW] = cert_view,
	[CERT_SUSPEND] = cert_suspend,
	[CERT_RESUME] = cert_resume,
	[CERT_REVOKE] = cert_revoke,
	[CERT_PROOF] = cert_proof,
};

/* Which options belong to which command. */
static bool options_fit(const struct cert *cert, struct fail *fail)
{
	unsigned verb = cert->tool.verb;

	if (cert->save && verb != CERT_QUERY && verb != CERT_VIEW && verb != CERT_PROOF)
		return fail_set(
			fail, FAIL_USAGE, _("%s does not belong to this command"), "--save");
	if (cert->select && verb != CERT_QUERY)
		return fail_set(
			fail, FAIL_USAGE, _("%s does not belong to this command"), "--select");
	if (cert->print_command && verb != CERT_PROOF)
		return fail_set(
			fail, FAIL_USAGE, _("%s does not belong to this command"), "--print");
	if (cert->save && cert->tool.json && strcmp(cert->save, "-") == 0)
		return fail_set(fail, FAIL_USAGE, _("standard output cannot take both"));
	return true;
}

bool cert_run(void *context, struct fail *fail)
{
	struct cert *cert = context;

	return options_fit(cert, fail) && runs[cert->tool.verb](cert, fail);
}

void cert_clear(void *context)
{
	struct cert *cert = context;

	ra_certs_clear(&cert->certs);
	local_clear(&cert->local);
	json_decref(cert->form);
	json_decref(cert->contact);
	free(cert->proof);
	free(cert->saved);
}

static json_t *item_json(const struct cert *cert, const struct ra_cert *item)
{
	const struct local_cert *here = local_by_hash(&cert->local, item->sha256);
	CLEANUP(free_p)
	char *uri = here ? uri_of_object(&here->token, here->id, here->id_len, "cert") : NULL;
	json_t *object = json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}",
		"serial", item->serial, "subject", item->subject, "issuer", item->issuer,
		"not_before", item->not_before, "not_after", item->not_after, "sha256",
		item->sha256, "status", item->status, "role", item->role, "card", item->card_serial,
		"uri", uri);

	if (object && item->host_text)
		json_object_set_new(object, "host_status",
			json_pack("{s:i, s:s}", "code", (int)item->host_code, "text",
				item->host_text));
	return object;
}

static json_t *items_json(const struct cert *cert)
{
	json_t *array = json_array();

	for (size_t i = 0; i < cert->certs.count; i++)
		if (!cert->has_chosen || cert->chosen == i)
			json_array_append_new(array, item_json(cert, &cert->certs.items[i]));
	return array;
}

json_t *cert_members(void *context, const struct fail *fail)
{
	const struct cert *cert = context;
	static const char *const names[CERT_VERBS] = { "list", "status", "query", "view", "suspend",
		"resume", "revoke", "proof" };
	json_t *object = json_pack("{s:s, s:s, s:s*, s:b, s:b, s:s*, s:s*}", "site",
		cert->tool.profile ? cert->tool.profile->site : "", "command",
		names[cert->tool.verb], "account", cert->tool.account, "changed", cert->changed,
		"dry_run", cert->tool.dry_run, "saved", cert->saved, "proof", cert->proof);

	(void)fail;
	if (object && cert->certs.items)
		json_object_set_new(object, "certificates", items_json(cert));
	if (object && cert->client)
		json_object_set_new(object, "client", cert_client_json(cert));
	if (object && cert->form)
		json_object_set(object, "form", cert->form);
	if (object && cert->contact)
		json_object_set(object, "contact", cert->contact);
	return object;
}
