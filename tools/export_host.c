/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the certificate file on this computer with what the host has (bts). */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "lib/local.h"
#include "lib/login.h"
#include "lib/ra_cert.h"
#include "lib/scope.h"

/* The host's newest certificate is in the identity that was chosen. */
static bool is_here(struct export *export, const struct local_cert *cert, struct fail *fail)
{
	if (!cert || strcmp(cert->directory, export->identity.directory) != 0)
		return false;
	export->host.bytes = malloc(cert->cert.len);
	if (!export->host.bytes)
		return fail_set(fail, FAIL_MEMORY, NULL);
	memcpy(export->host.bytes, cert->cert.der, cert->cert.len);
	export->host.len = cert->cert.len;
	memcpy(export->host_sha256, cert->text.sha256, sizeof export->host_sha256);
	return true;
}

/* Does the identity hold any certificate at all? */
static bool has_any(const struct export *export, const struct local_certs *local)
{
	for (size_t i = 0; i < local->count; i++)
		if (strcmp(local->items[i].directory, export->identity.directory) == 0)
			return true;
	return false;
}

bool export_host_match(struct export *export, struct fail *fail)
{
	CLEANUP(local_clear) struct local_certs local = { 0 };
	CLEANUP(ra_certs_clear) struct ra_certs certs = { 0 };
	struct tool *tool = &export->tool;

	if (!login_ready(tool, fail) || !ra_cert_list(tool->ra, &certs, fail) ||
		!local_find(tool, &local, fail))
		return false;
	if (certs.count && is_here(export, local_by_hash(&local, certs.items[0].sha256), fail))
		return true;
	if (fail->code != FAIL_NONE)
		return false;
	return fail_set(
		fail, has_any(export, &local) ? FAIL_HOST_DIFFERS : FAIL_HOST_NOT_HERE, NULL);
}
