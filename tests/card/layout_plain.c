/* SPDX-License-Identifier: Apache-2.0 */
/* A V5 card with an empty PKCS#15 structure of its own, in which a driver may make keys. */
#include "der.h"
#include "layout5.h"

#define PIN_STORED 8

void vc_layout_plain(struct vc_layout5 *layout)
{
	CLEANUP(vc_buf_clear) struct vc_buf root = { 0 }, odf = { 0 }, token = { 0 }, aodf = { 0 };
	CLEANUP(vc_buf_clear) struct vc_buf serial = { 0 };
	const struct vcard_personalise *params = layout->params;
	const struct vc_l5_pin pin = { VC_L5_PIN, 3, VC_L5_PUK, 0, PIN_STORED, params->pin };
	const struct vc_l5_pin puk = { VC_L5_PUK, 10, 0, 0, PIN_STORED, params->puk };
	struct vc_file *mf = layout->card->mf;
	struct vc_file *app = vc_l5_df(mf, 0x5015, 0x2000, "A000000063504B43532D3135");

	vc_l5_rule(layout, app, VC_L5_DF);
	vc_l5_pin(app, &puk);
	vc_l5_pin(app, &pin);
	vc_se_add(app, 1);
	vc_buf_add(&serial, layout->card->serial, sizeof(layout->card->serial));
	vc_der(&root, "61{4F{A000000063504B43532D3135}50{%s}51{3F005015}}", params->label);
	vc_der(&odf, "A8{30{04{3F0050154401}}}");
	vc_der(&token, "30{020100 04{%b} 0C{%s} 80{%s} 03020410 A5{18{%s}}}", &serial,
		"TWCA Test Card Maker", params->label, params->time);
	vc_der(&aodf,
		"30{30{0C{%s}030206C0}30{040101}A1{30{0302024C 0A0101 020104 020108 020108 800101"
		"040100 30{04043F005015}}}}",
		"User PIN");
	vc_l5_ef(layout, mf, 0x2F00, 128, VC_L5_FIXED, &root);
	vc_l5_directory(layout, app, 0x5031, 256, &odf);
	vc_l5_ef(layout, app, 0x5032, 0, VC_L5_PUBLIC, &token);
	vc_l5_directory(layout, app, 0x4401, 256, &aodf);
}
