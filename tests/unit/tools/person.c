/* SPDX-License-Identifier: Apache-2.0 */
/* A person without a terminal: takes the place of term_ask.c and answers what the test says. */
#include "person.h"

#include "unit.h"

#include "fail.h"
#include "term.h"

struct person person;

void person_begin(const char *const answers[], size_t count)
{
	assert_true(count <= PERSON_ANSWERS);
	memset(&person, 0, sizeof person);
	if (count)
		memcpy(person.answers, answers, count * sizeof *answers);
	person.count = count;
}

static bool next(const struct term *term, const char *question, const char *option,
	const char **ret, struct fail *fail)
{
	snprintf(person.option, sizeof person.option, "%s", option);
	if (term->no_input)
		return fail_set(fail, FAIL_INPUT_NEEDED, "%s", option);
	if (person.asked == person.count)
		fail_msg("a question too many: %s", question);
	snprintf(person.questions[person.asked], sizeof person.questions[0], "%s", question);
	*ret = person.answers[person.asked++];
	return *ret || fail_set(fail, FAIL_CANCELLED, NULL);
}

bool term_ask(const struct term *term, const char *prompt, const char *option, char **ret,
	struct fail *fail)
{
	const char *answer;

	if (!next(term, prompt, option, &answer, fail))
		return false;
	*ret = strdup(answer);
	return *ret != NULL;
}

bool term_ask_hidden(const struct term *term, const char *prompt, const char *option, char *buf,
	size_t cap, size_t *ret_len, struct fail *fail)
{
	const char *answer;

	if (!next(term, prompt, option, &answer, fail))
		return false;
	*ret_len = strlen(answer);
	assert_true(*ret_len < cap);
	memcpy(buf, answer, *ret_len + 1);
	return true;
}

bool term_confirm(const struct term *term, const char *question, bool *ret_yes, struct fail *fail)
{
	const char *answer = "yes";

	if (!term->yes && !next(term, question, "--yes", &answer, fail))
		return false;
	*ret_yes = strcmp(answer, "yes") == 0;
	return true;
}

/* The answer is the text of the chosen item, or a part of it. */
bool term_choose(const struct term *term, const char *title, const char *option,
	const char *const items[], size_t count, size_t *ret_choice, struct fail *fail)
{
	const char *answer;

	if (!next(term, title, option, &answer, fail))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!strstr(items[i], answer))
			continue;
		*ret_choice = i;
		return true;
	}
	fail_msg("no such item: %s", answer);
	return false;
}
