/* SPDX-License-Identifier: Apache-2.0 */
/* SIGINT, SIGTERM and SIGHUP are remembered, so that a write to the card can be finished first. */
#ifndef TWCA_TOOLS_INTERRUPT_H
#define TWCA_TOOLS_INTERRUPT_H

#include <stdbool.h>

struct fail;

/* Remember these signals from now on instead of dying; SIGPIPE is ignored. System calls that wait
 * return EINTR. */
void interrupt_catch(void);

/* Has one come? */
bool interrupt_pending(void);

/* false with FAIL_INTERRUPTED or FAIL_TERMINATED when one has come. */
bool interrupt_check(struct fail *fail);

#endif
