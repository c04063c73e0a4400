/* SPDX-License-Identifier: Apache-2.0 */
/* What the RA tells people of a refusal, for those who asked in Chinese. Details that only a
 * program can cause stay as they are. */
#include "problem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

// clang-format off
static const struct row {
	const char *english, *chinese;
} rows[] = {
	{ "A login by card serves the renewal only; log in with the password.",
	  "以晶片卡登入僅供展期使用，請以密碼登入。" },
	{ "Ask for a new challenge.",
	  "請重新取得挑戰值。" },
	{ "Fetch a fresh captcha.",
	  "請重新取得驗證碼。" },
	{ "Fetch, show and accept the terms in force.",
	  "請取得、閱讀並同意現行約定條款。" },
	{ "Finish that order instead.",
	  "請先完成該筆申請。" },
	{ "Give the password of the counter slip.",
	  "請輸入憑證密碼單之密碼。" },
	{ "It is too late to renew: register and apply again.",
	  "已逾展期期限，請重新註冊並申請憑證。" },
	{ "Log in first.",
	  "請先登入。" },
	{ "Make a new key.",
	  "請重新產生金鑰。" },
	{ "No certificate of this site.",
	  "並非本網站之憑證。" },
	{ "No such certificate of this account.",
	  "本帳號無此憑證。" },
	{ "No such order of this account.",
	  "本帳號無此筆申請。" },
	{ "Not possible in the certificate's state",
	  "憑證目前狀態無法執行此作業。" },
	{ "Not possible in the order's state",
	  "申請目前狀態無法執行此作業。" },
	{ "Nothing was issued yet.",
	  "尚未簽發憑證。" },
	{ "Only a valid certificate can be renewed.",
	  "僅有效憑證可辦理展期。" },
	{ "Only all can be revoked on line.",
	  "線上僅能註銷所有憑證。" },
	{ "Only e-mail and telephone can be changed.",
	  "僅電子郵件與聯絡電話可以變更。" },
	{ "Phone the contact; after an identity check it is enabled.",
	  "請致電客服中心，經核對身分後開放。" },
	{ "Present the card (again) after issue.",
	  "簽發後請（重新）驗證卡片。" },
	{ "Present the card (again).",
	  "請（重新）驗證卡片。" },
	{ "Present the card again.",
	  "請重新驗證卡片。" },
	{ "Sign with the signing certificate's key.",
	  "請以簽章憑證之金鑰簽章。" },
	{ "The RA has no PUK of this card",
	  "註冊中心沒有此卡片之解鎖碼。" },
	{ "The account is unknown or holds too little; nothing was debited.",
	  "帳號不存在或餘額不足，未扣款。" },
	{ "The application was rejected",
	  "申請未獲核准。" },
	{ "The card must be verified first",
	  "請先驗證卡片。" },
	{ "The certificate is not valid.",
	  "憑證無效。" },
	{ "The certificates must be activated first",
	  "請先啟用憑證。" },
	{ "The code is unknown, used or too old.",
	  "代碼不存在、已使用或已逾時。" },
	{ "The digits were not those of the picture; fetch a fresh captcha.",
	  "驗證碼與圖形數字不符，請重新取得驗證碼。" },
	{ "The documents do not match the registration; contact the counter.",
	  "文件與註冊資料不符，請洽櫃檯。" },
	{ "The old certificate is on another card.",
	  "原憑證在另一張卡片上。" },
	{ "The old key's signature does not verify",
	  "原金鑰之簽章驗證失敗。" },
	{ "The order is for another card.",
	  "該筆申請屬於另一張卡片。" },
	{ "The renewal must be paid first",
	  "請先完成展期扣款。" },
	{ "The session has ended; log in again.",
	  "登入已逾時，請重新登入。" },
	{ "The slip is void; fetch a new one.",
	  "憑證密碼單已失效，請重新領取。" },
	{ "The subject is not the registered one",
	  "憑證主體與註冊資料不符。" },
	{ "There is no certificate.",
	  "沒有憑證。" },
	{ "There is no such resource",
	  "查無此項資料。" },
	{ "There is no such valid certificate, or it is suspended already.",
	  "無此有效憑證，或已暫禁。" },
	{ "There is no valid certificate.",
	  "沒有有效憑證。" },
	{ "This account has no card.",
	  "本帳號沒有卡片。" },
	{ "This card has a certificate or an open order",
	  "此卡片已有憑證或未完成之申請。" },
	{ "This challenge is too old or was answered.",
	  "挑戰值已逾時或已使用。" },
	{ "This challenge is too old or was answered: present the card again.",
	  "挑戰值已逾時或已使用，請重新驗證卡片。" },
	{ "This is no e-mail address, or no telephone number.",
	  "電子郵件或聯絡電話格式不符。" },
	{ "This is no encrypted PKCS#12 file",
	  "並非加密之 PKCS#12 檔案。" },
	{ "This is not the newest valid certificate.",
	  "這不是最新之有效憑證。" },
	{ "This key was certified before",
	  "此金鑰已簽發過憑證。" },
	{ "This site has none.",
	  "本網站不提供。" },
	{ "Too many unused captchas.",
	  "未使用之驗證碼過多。" },
	{ "Too many wrong passwords in a row: see contact for what lifts that.",
	  "密碼連續輸入錯誤次數過多，解除方式請洽聯絡窗口。" },
	{ "Upper and lower case matter.",
	  "密碼有大小寫之分。" },
};
// clang-format on

static int compare(const void *text, const void *row)
{
	return strcmp(text, ((const struct row *)row)->english);
}

void problem_speak(struct reply *reply, const char *language)
{
	if (!reply->json || !language || strncasecmp(language, "zh", 2) != 0 || !reply->type ||
		strcmp(reply->type, "application/problem+json") != 0)
		return;
	const char *detail = json_string_value(json_object_get(reply->json, "detail"));
	const struct row *row = detail ? bsearch(detail, rows, sizeof rows / sizeof rows[0],
						 sizeof rows[0], compare)
				       : NULL;
	if (row)
		json_object_set_new(reply->json, "detail", json_string(row->chinese));
}
