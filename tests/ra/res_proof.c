/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate proof: a page that says which certificates a person has, as text or to print. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "certificate.h"
#include "cleanup.h"
#include "db.h"
#include "problem.h"
#include "resources.h"

/* The page as it grows: the same lines in both forms. */
struct page {
	FILE *out;
	bool html;
};

static void put(struct page *page, const char *text)
{
	for (; *text; text++) {
		const char *entity = *text == '&'   ? "&amp;"
				     : *text == '<' ? "&lt;"
				     : *text == '>' ? "&gt;"
				     : *text == '"' ? "&quot;"
						    : NULL;
		if (page->html && entity)
			fputs(entity, page->out);
		else
			fputc(*text, page->out);
	}
}

static void put_heading(struct page *page, const char *text)
{
	fputs(page->html ? "</table>\n<h2>" : "\n", page->out);
	put(page, text);
	fputs(page->html ? "</h2>\n<table>\n" : "\n", page->out);
}

static void put_line(struct page *page, const char *label, const char *value)
{
	fputs(page->html ? "<tr><th>" : "  ", page->out);
	put(page, label);
	fputs(page->html ? "</th><td>" : "：", page->out);
	put(page, value);
	fputs(page->html ? "</td></tr>\n" : "\n", page->out);
}

static void put_time(struct page *page, const char *label, int64_t when)
{
	char text[32] = "";
	time_t at = when;
	struct tm tm;
	if (gmtime_r(&at, &tm))
		strftime(text, sizeof text, "%Y/%m/%d %H:%M:%S UTC", &tm);
	put_line(page, label, text);
}

/* What the person reads for the word of the contract. */
static const char *in_chinese(const char *word)
{
	// clang-format off
	static const struct {
		const char *word, *text;
	} words[] = {
		{ "both",          "簽章及加密" },
		{ "encryption",    "加密" },
		{ "expired",       "已過期" },
		{ "not_activated", "未啟用" },
		{ "revoked",       "已註銷" },
		{ "signing",       "簽章" },
		{ "suspended",     "已暫禁" },
		{ "valid",         "有效" },
	};
	// clang-format on
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].text;
	return word;
}

static void put_certificate(
	struct page *page, struct request *request, sqlite3_stmt *row, size_t number)
{
	char heading[32];
	const struct site_profile *profile =
		site_profile(request->site, db_text(row, CERT_PROFILE));
	snprintf(heading, sizeof heading, "憑證 %zu", number);
	put_heading(page, heading);
	put_line(page, "憑證用途", in_chinese(profile ? profile->role : "both"));
	put_line(page, "憑證狀態", in_chinese(certificate_status(request, row)));
	put_line(page, "憑證主體", db_text(row, CERT_SUBJECT));
	put_line(page, "發行者", db_text(row, CERT_ISSUER));
	put_line(page, "憑證序號", db_text(row, CERT_ID));
	put_time(page, "憑證起始日", sqlite3_column_int64(row, CERT_FROM));
	put_time(page, "憑證終止日", sqlite3_column_int64(row, CERT_TO));
	put_line(page, "SHA-256 指紋", db_text(row, CERT_SHA256));
}

static void put_person(struct page *page, struct request *request)
{
	CLEANUP(stmt_p)
	sqlite3_stmt *person = db_query(request->ra->db, "SELECT name, cn FROM account WHERE id=?",
		"i", request->account_id);
	put_line(page, "註冊中心", request->site->name);
	if (db_row(person)) {
		put_line(page, "用戶名稱", db_text(person, 0));
		put_line(page, "憑證識別碼", db_text(person, 1));
	}
	put_time(page, "製作時間", request->now);
}

static const char html_head[] =
	"<!DOCTYPE html>\n<html lang=\"zh-TW\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<title>憑證證明單</title>\n<style>\n"
	"body { font-family: serif; margin: 2cm; }\nh1 { text-align: center; }\n"
	"th { text-align: left; padding-right: 1em; vertical-align: top; white-space: nowrap; }\n"
	"td { word-break: break-all; }\n@page { size: A4; margin: 1cm; "
	"}\n</style>\n</head>\n<body>\n"
	"<h1>憑證證明單</h1>\n<table>\n";

/* False: there is no certificate to prove. */
static bool put_page(struct page *page, struct request *request)
{
	size_t count = 0;
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(
		request->ra->db, CERTIFICATE_SQL " ORDER BY rowid DESC", "i", request->account_id);
	fputs(page->html ? html_head : "憑證證明單\n\n", page->out);
	put_person(page, request);
	while (db_row(row))
		put_certificate(page, request, row, ++count);
	if (page->html)
		fputs("</table>\n</body>\n</html>\n", page->out);
	return count > 0;
}

void proof_get(struct request *request, struct reply *reply)
{
	static const char plain_type[] = "text/plain; charset=utf-8";
	static const char html_type[] = "text/html; charset=utf-8";
	const char *accept = request->accept ? request->accept : "*/*";
	bool plain = strstr(accept, "text/plain") || strstr(accept, "*/*");
	CLEANUP(free_p) char *text = NULL;
	size_t len = 0;
	if (!plain && !strstr(accept, "text/html")) {
		problem(reply, PROBLEM_NOT_ACCEPTABLE, NULL);
		return;
	}
	struct page page = { .out = open_memstream(&text, &len), .html = !plain };
	if (!page.out) {
		problem(reply, PROBLEM_INTERNAL_ERROR, NULL);
		return;
	}
	bool any = put_page(&page, request);
	fclose(page.out);
	if (any)
		ra_reply_bytes(reply, plain ? plain_type : html_type, text, len);
	else
		problem(reply, PROBLEM_NOTHING_TO_DO, "There is no certificate.");
}
