/* SPDX-License-Identifier: Apache-2.0 */
/* Compares what the host has with what is on this computer, and shows both sides. */
#include <openssl/bn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cert.h"
#include "lib/i18n.h"
#include "lib/out.h"
#include "lib/scope.h"
#include "lib/uri.h"

#define IDENTITY_FILE_MAX 136
#define EXPIRING 31 /* the host's code for a certificate in its last month */

/* The file that the person knows, if the identity has it under its proper name. */
static bool file_of(const struct local_cert *client, char name[IDENTITY_FILE_MAX])
{
	char path[sizeof client->directory + IDENTITY_FILE_MAX];

	snprintf(name, IDENTITY_FILE_MAX, "%s.pfx", client->cn);
	snprintf(path, sizeof path, "%s/%s", client->directory, name);
	return client->directory[0] && access(path, F_OK) == 0;
}

/* Of those the person has here: the one that ends last. NULL: none. */
static const struct local_cert *newest_here(const struct cert *cert, const char *identifier)
{
	const struct local_cert *newest = NULL;

	for (size_t i = 0; identifier && i < cert->local.count; i++) {
		const struct local_cert *one = &cert->local.items[i];
		if (strcmp(one->cn, identifier) == 0 &&
			(!newest || strcmp(one->text.not_after, newest->text.not_after) > 0))
			newest = one;
	}
	return newest;
}

/* How many of the newest order's certificates the host has; they were made at one time. */
static size_t host_count(const struct cert *cert)
{
	const struct ra_certs *certs = &cert->certs;
	size_t count = 0;

	while (count < certs->count && certs->items[count].status &&
		strcmp(certs->items[count].status, certs->items[0].status) == 0 &&
		strcmp(certs->items[count].not_before, certs->items[0].not_before) == 0)
		count++;
	return count;
}

static bool compare(struct cert *cert, const char *identifier, struct fail *fail)
{
	size_t missing = 0;

	cert->client = local_by_hash(&cert->local, cert->certs.items[0].sha256);
	for (size_t i = 0; i < host_count(cert); i++)
		missing += !local_by_hash(&cert->local, cert->certs.items[i].sha256);
	if (!missing)
		return true;
	if (!cert->client)
		cert->client = newest_here(cert, identifier);
	return fail_set(fail, cert->client ? FAIL_HOST_DIFFERS : FAIL_HOST_NOT_HERE, NULL);
}

bool cert_status(struct cert *cert, struct fail *fail)
{
	struct tool *tool = &cert->tool;
	bool same;

	if (!cert_load(cert, fail) ||
		!tool->ra->ops->registration(tool->ra, &tool->registration, fail))
		return false;
	if (!cert->certs.count)
		return fail_set(fail, FAIL_NOTHING_TO_DO, _("there is no certificate yet"));
	if (!local_find(tool, &cert->local, fail))
		return false;
	same = compare(cert, tool->registration.identifier, fail);
	if (!same && !tool->json && !tool->term.quiet)
		cert_print_status(cert); /* both sides belong before the complaint, too */
	return same;
}

/* "101919(0x018E1F)", as the manuals write serial numbers. The caller frees. */
static char *serial_text(const char *hex)
{
	BIGNUM *number = NULL;
	char *text = NULL;

	if (!hex || !BN_hex2bn(&number, hex))
		return NULL;
	char *decimal = BN_bn2dec(number);
	char *upper = BN_bn2hex(number);
	if (decimal && upper && asprintf(&text, "%s(0x%s)", decimal, upper) < 0)
		text = NULL;
	OPENSSL_free(decimal);
	OPENSSL_free(upper);
	BN_free(number);
	return text;
}

/* "2013/04/11 16:29:01" out of RFC 3339, UTC. */
static void print_time(const char *name, const char *time)
{
	char text[32];

	snprintf(text, sizeof text, "%.19s", time ? time : "");
	for (char *c = text; *c; c++)
		*c = *c == '-' ? '/' : *c == 'T' ? ' ' : *c;
	out_field(name, text);
}

static void print_side(
	const char *cn, const char *serial, const char *not_before, const char *not_after)
{
	CLEANUP(free_p) char *number = serial_text(serial);

	out_field(_("Certificate CN"), cn ? cn : "");
	out_field(_("Certificate serial number"), number ? number : "");
	print_time(_("Certificate valid from"), not_before);
	print_time(_("Certificate valid until"), not_after);
}

static void print_host(const struct cert *cert, const struct ra_cert *item)
{
	char status[128];

	if (item->host_text)
		snprintf(status, sizeof status, _("code %ld (%s)"), item->host_code,
			item->host_text);
	else
		snprintf(status, sizeof status, "%s", cert_status_text(item->status));
	out_field(_("Certificate status"), status);
	print_side(cert->tool.registration.identifier, item->serial, item->not_before,
		item->not_after);
}

static void print_client(const struct local_cert *client)
{
	static const char *const levels[] = { "", N_("1: ask at every order"),
		N_("2: ask at the first order after login"), N_("3: never ask") };
	char file[IDENTITY_FILE_MAX];

	if (client->directory[0]) {
		out_field(_("Certificate path"), client->directory);
		out_field(_("Certificate file"), file_of(client, file) ? file : "");
		if (client->level >= 1 && client->level <= 3)
			out_field(_("Security setting"), _(levels[client->level]));
	} else {
		out_field(_("Card"), client->token.serial);
		out_field(_("Reader"), client->token.reader);
	}
	print_side(
		client->cn, client->text.serial, client->text.not_before, client->text.not_after);
}

void cert_print_status(const struct cert *cert)
{
	out_text(_("Certificate at the host:"));
	for (size_t i = 0; i < host_count(cert); i++)
		print_host(cert, &cert->certs.items[i]);
	if (cert->certs.items[0].host_code == EXPIRING)
		out_text(_("It is about to expire: renew it before the end date with twca-renew."));
	out_text(_("Certificate on this computer:"));
	if (cert->client)
		print_client(cert->client);
	else
		out_text(_("  none"));
}

json_t *cert_client_json(const struct cert *cert)
{
	const struct local_cert *client = cert->client;
	char file[IDENTITY_FILE_MAX];
	CLEANUP(free_p)
	char *uri = uri_of_object(&client->token, client->id, client->id_len, "cert");
	json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*}", "cn", client->cn,
		"serial", client->text.serial, "not_before", client->text.not_before, "not_after",
		client->text.not_after, "sha256", client->text.sha256, "uri", uri, "path",
		client->directory[0] ? client->directory : NULL, "file",
		file_of(client, file) ? file : NULL);

	if (object && client->level)
		json_object_set_new(object, "level", json_integer((json_int_t)client->level));
	return object;
}
