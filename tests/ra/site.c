/* SPDX-License-Identifier: Apache-2.0 */
/* The sites' rules, as data. */
#include "site.h"

#include <string.h>

// clang-format off
static const struct site sites[] = {
	{
		.id = "fine",
		.name = "TWCA FINE 金融資訊交換平台憑證作業網站（參考）",
		.name_en = "FINE certificate site (reference RA)",
		.profile = "fine-rsa-2y",
		.organization = "FINE 金融資訊交換平台",
		.unit = "Reference RA",
		.contact_name = "TWCA 櫃檯",
		.reset_form = "TWCA FINE 金融資訊交換平台憑證作業網站密碼重新設定申請單",
		.years = 2,
		.password_min = 6,
		.password_max = 64,
		.terms_id = "fine-1",
		.terms = {
			{ "zh-TW", "用戶約定條款",
			  "一、用戶應妥善保管晶片卡及其密碼。\n"
			  "二、憑證效期二年，到期前一個月起得辦理展期。\n"
			  "三、晶片卡遺失或密碼外洩時，應立即辦理憑證廢止。\n"
			  "四、本約定條款僅供參考註冊中心測試之用。\n",
			  "我已讀過並接受用戶約定條款" },
			{ "en", "Subscriber agreement",
			  "1. Keep the card and its PIN safe.\n"
			  "2. The certificate is valid for two years and may be renewed in its last month.\n"
			  "3. When the card is lost or its PIN known to others, have the certificate revoked.\n"
			  "4. These terms belong to a reference RA and serve tests only.\n",
			  "I have read and accept the user agreement." },
		},
	},
};
// clang-format on

const struct site *site_all(size_t *ret_count)
{
	*ret_count = sizeof sites / sizeof sites[0];
	return sites;
}

const struct site *site_find(const char *id, size_t len)
{
	for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++)
		if (strlen(sites[i].id) == len && memcmp(sites[i].id, id, len) == 0)
			return &sites[i];
	return NULL;
}
