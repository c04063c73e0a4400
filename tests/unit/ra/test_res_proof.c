/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/res_proof.c: the proof says what there is, and no name becomes markup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kit.h"

enum {
	NOW = 1800000000
};

static struct kit_caller post = { "post", 0, NOW };

static int open_all(void **state)
{
	if (kit_open(state) != 0)
		return 1;
	post.account = kit_account("post", "p1", false);
	return 0;
}

/* The page as text; fails the test unless it is of this type. The caller clears the reply. */
static struct reply page(const char *accept, const char *type)
{
	kit_more.accept = accept;
	struct reply reply = kit_call(proof_get, &post, NULL, NULL);
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.type, type);
	return reply;
}

static bool has(const struct reply *reply, const char *text)
{
	return memmem(reply->bytes, reply->len, text, strlen(text)) != NULL;
}

static void there_is_nothing_to_prove_without_a_certificate(void **state)
{
	(void)state;
	kit_says(proof_get, &post, NULL, NULL, "nothing-to-do");
	kit_certificate(&post, "c1", NOW + 9);
	kit_certificate(&post, "c2", NOW - 1);
	kit_certificate(&post, "c3", NOW + 9);
	kit_sql("UPDATE certificate SET revoked=1800000000, reason=6 WHERE id='c3'");
}

static void the_form_is_what_was_asked_for(void **state)
{
	(void)state;
	static const char text[] = "text/plain; charset=utf-8";
	static const char html[] = "text/html; charset=utf-8";
	static const struct {
		const char *accept, *type;
	} rows[] = {
		{ NULL, text },
		{ "*/*", text },
		{ "text/plain", text },
		{ "text/html", html },
		{ "text/html, text/plain;q=0.5", text },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct reply reply = page(rows[i].accept, rows[i].type);
		kit_reply_clear(&reply);
	}
	kit_more.accept = "application/pdf";
	kit_says(proof_get, &post, NULL, NULL, "not-acceptable");
}

static void each_certificate_is_there_with_its_state(void **state)
{
	(void)state;
	struct reply reply = page("text/plain", "text/plain; charset=utf-8");
	assert_true(has(&reply, "憑證證明單\n"));
	assert_true(has(&reply, "用戶名稱：Unit"));
	assert_true(has(&reply, "憑證 1\n")); /* the newest first */
	assert_true(has(&reply, "憑證狀態：已暫禁"));
	assert_true(has(&reply, "憑證狀態：有效"));
	assert_true(has(&reply, "憑證狀態：已過期"));
	assert_true(has(&reply, "憑證序號：c2"));
	assert_true(has(&reply, "製作時間：2027/01/15 08:00:00 UTC"));
	assert_false(has(&reply, "憑證 4"));
	kit_reply_clear(&reply);
}

static void a_name_is_never_markup(void **state)
{
	(void)state;
	kit_sql("UPDATE account SET name='<b>A&B</b>\"'");
	struct reply reply = page("text/html", "text/html; charset=utf-8");
	assert_true(has(&reply, "<td>&lt;b&gt;A&amp;B&lt;/b&gt;&quot;</td>"));
	assert_true(has(&reply, "<h1>憑證證明單</h1>"));
	kit_reply_clear(&reply);
	reply = page("text/plain", "text/plain; charset=utf-8");
	assert_true(has(&reply, "用戶名稱：<b>A&B</b>\"\n"));
	kit_reply_clear(&reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_nothing_to_prove_without_a_certificate),
		cmocka_unit_test(the_form_is_what_was_asked_for),
		cmocka_unit_test(each_certificate_is_there_with_its_state),
		cmocka_unit_test(a_name_is_never_markup),
	};
	return cmocka_run_group_tests(tests, open_all, kit_close);
}
