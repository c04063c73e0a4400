/* SPDX-License-Identifier: Apache-2.0 */
/* The item of the environment check that looks beside each certificate for those of its CAs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lib/chain.h"
#include "lib/i18n.h"
#include "lib/scope.h"

struct certificates {
	struct chain_cert items[P11_FIND_MAX];
	size_t count;
};

static void certificates_free_p(struct certificates **certificates)
{
	for (size_t i = 0; *certificates && i < (*certificates)->count; i++)
		free((*certificates)->items[i].der);
	free(*certificates);
}

/* Every certificate of one token, without a login. */
static bool read_token(
	struct check *check, CK_SLOT_ID slot, struct certificates *ret, struct fail *fail)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE template[] = { p11_attr(CKA_CLASS, &class, sizeof class) };
	CK_OBJECT_HANDLE found[P11_FIND_MAX];
	CLEANUP(p11_session_close_p) struct p11_session *session = NULL;
	size_t count;

	if (!p11_session_open(check->tool.p11, slot, &session, fail) ||
		!p11_find(session, template, 1, found, &count, fail))
		return false;
	for (size_t i = 0; i < count; i++, ret->count++)
		if (!p11_get(session, found[i], CKA_VALUE, &ret->items[ret->count].der,
			    &ret->items[ret->count].len, fail))
			return false;
	return true;
}

/* The first certificate of a person whose way to the root has a gap; *total counts them all. */
static bool find_gap(const struct certificates *all, size_t *total, char **ret_missing)
{
	struct chain chain = { 0 };

	for (size_t i = 0; i < all->count; i++)
		if (chain_is_authority(&all->items[i]) && chain.count < CHAIN_CA_MAX)
			chain.authorities[chain.count++] = all->items[i];
	for (size_t i = 0; i < all->count; i++) {
		if (chain_is_authority(&all->items[i]))
			continue;
		++*total;
		chain.leaf = all->items[i];
		if (!chain_reaches_root(&chain, ret_missing))
			return true;
	}
	return false;
}

static void look_token(
	struct check *check, const struct p11_token *token, size_t *total, struct check_result *ret)
{
	CLEANUP(certificates_free_p) struct certificates *all = calloc(1, sizeof *all);
	CLEANUP(free_p) char *missing = NULL;
	struct fail ignored = FAIL_INIT;

	if (!all || !read_token(check, token->slot, all, &ignored) ||
		!find_gap(all, total, &missing))
		return;
	ret->state = CHECK_WARN;
	snprintf(ret->current, sizeof ret->current, _("%s: not here: %s"), token->label,
		missing ? missing : "?");
	ret->remedy = _("Fetch them again: twca-apply --download --force");
}

void check_look_chain(struct check *check, struct check_result *ret)
{
	CLEANUP(free_p) struct p11_token *tokens = calloc(P11_READERS_MAX, sizeof *tokens);
	struct fail ignored = FAIL_INIT;
	size_t count = 0, total = 0;

	ret->state = CHECK_SKIP;
	if (!tokens || !tool_open_module(&check->tool, &ignored))
		return;
	if (!p11_tokens(check->tool.p11, tokens, &count, &ignored) &&
		!p11_soft_tokens(check->tool.p11, tokens, &count, &ignored))
		return;
	for (size_t i = 0; i < count && ret->state == CHECK_SKIP; i++)
		if (tokens[i].present && tokens[i].recognised)
			look_token(check, &tokens[i], &total, ret);
	if (ret->state != CHECK_SKIP || !total)
		return;
	ret->state = CHECK_PASS;
	snprintf(ret->current, sizeof ret->current, _("complete up to the root (%zu)"), total);
}
