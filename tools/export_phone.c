/* SPDX-License-Identifier: Apache-2.0 */
/* twca-export to-phone: the certificate file waits at the RA, its code is shown as a picture. */
#include <langinfo.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "export_file.h"
#include "lib/i18n.h"
#include "lib/out.h"
#include "lib/scope.h"
#include "lib/wrap.h"

#define QUIET                                                                                      \
	2 /* light modules around the code; the standard's four do not fit in every terminal */
#define COLUMNS_USUAL 80

static void code_free_p(QRcode **code)
{
	QRcode_free(*code);
}

/* Dark? Outside of the code all is light. */
static bool is_dark(const QRcode *code, int x, int y)
{
	return x >= 0 && y >= 0 && x < code->width && y < code->width &&
	       (code->data[y * code->width + x] & 1);
}

/* Two modules a character, one above the other. Light is drawn, so that the picture is right on a
 * dark terminal; with colours it is black on white everywhere. */
static void print_code(const QRcode *code, bool colour)
{
	static const char *const blocks[] = { "█", "▄", "▀", " " };

	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		fputs(colour ? "\033[0;97;40m" : "", stdout);
		for (int x = -QUIET; x < code->width + QUIET; x++)
			fputs(blocks[(is_dark(code, x, y) ? 1 : 0) +
				      (is_dark(code, x, y + 1) ? 2 : 0)],
				stdout);
		fputs(colour ? "\033[0m\n" : "\n", stdout);
	}
}

/* Nothing is drawn where it could not be read: no UTF-8, or too narrow. The text is there then. */
static void show_code(const struct export *export)
{
	CLEANUP(code_free_p)
	QRcode *code = QRcode_encodeString8bit(export->transfer.qr, 0, QR_ECLEVEL_L);
	size_t columns = export->tool.term.columns ? export->tool.term.columns : COLUMNS_USUAL;

	if (code && strcmp(nl_langinfo(CODESET), "UTF-8") == 0 &&
		(size_t)code->width + 2 * QUIET <= columns) {
		print_code(code, export->tool.term.colour);
		out_text(_("Photograph this with the program on the phone, and enter the file "
			   "password there."));
	}
	out_field(_("Text of the picture"), export->transfer.qr);
}

static void print(const struct export *export)
{
	CLEANUP(free_p) char *until = NULL;

	if (export->tool.json || export->tool.dry_run)
		return;
	if (!export->tool.term.quiet)
		out_text(_("Certificate upload succeeded."));
	show_code(export);
	if (export->tool.term.quiet)
		return;
	if (asprintf(&until,
		    _("It serves once, until %s. Whoever sees it can fetch the file, which stays "
		      "encrypted."),
		    export->transfer.expires) > 0)
		out_text(until);
	out_text(_("After each renewal the new certificate has to be sent again."));
}

bool export_to_phone(struct export *export, struct fail *fail)
{
	CLEANUP(export_move_free_p) struct soft_move *move = NULL;
	CLEANUP(export_bytes_clear) struct export_bytes bytes = { 0 };

	if (!export_site_is(export, "bts"))
		return fail_set(
			fail, FAIL_USAGE, _("only the site bts sends certificates to phones"));
	if (!export_identity_open(export, fail) || !export_host_match(export, fail) ||
		!export_identity_login(export, fail) ||
		!export_move_take(export->identity.directory, export->pin, &move, fail) ||
		!export_move_keep(export, move, fail))
		return false;
	if (export->tool.dry_run)
		return true;
	if (!export_move_pack(move, export->pin, &bytes, fail))
		return false;
	const struct ra_phone_file file = {
		.sha256 = export->host_sha256, .pfx = bytes.bytes, .pfx_len = bytes.len
	};
	if (!ra_phone_send(export->tool.ra, &file, &export->transfer, fail))
		return false;
	print(export);
	return true;
}

json_t *export_phone_json(const struct export *export)
{
	if (!export->transfer.qr)
		return NULL;
	return json_pack(
		"{s:s, s:s}", "qr", export->transfer.qr, "expires", export->transfer.expires);
}
