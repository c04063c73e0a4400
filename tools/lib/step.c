/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the steps of a workflow in order. */
#include "step.h"

#include "fail.h"
#include "interrupt.h"
#include "journal.h"

bool step_run(const struct step *steps, size_t count, void *context, struct journal *const *journal,
	const char **ret_name, struct fail *fail)
{
	for (size_t i = 0; i < count; i++) {
		if (ret_name)
			*ret_name = steps[i].name;
		if (!interrupt_check(fail))
			return false;
		if (*journal && (!journal_set(*journal, "step", steps[i].name, fail) ||
					!journal_save(*journal, fail)))
			return false;
		if (!steps[i].run(context, fail))
			return false;
		*fail = (struct fail)FAIL_INIT; /* of attempts that were repeated with success */
	}
	return true;
}
