/* SPDX-License-Identifier: Apache-2.0 */
/* The one context of the module, from C_Initialize() to C_Finalize() of one process. */
#ifndef PKCS11_MODULE_H
#define PKCS11_MODULE_H

#include <stdbool.h>

#include "ck.h"

struct slots;

struct module;

/* Errors: CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_ARGUMENTS_BAD, CKR_HOST_MEMORY, CKR_GENERAL_ERROR.
 * In a forked child the parent's context counts as none; it is left alone, not closed. */
CK_RV module_start(const CK_C_INITIALIZE_ARGS *args);

/* New calls are refused at once; waits until those inside have left.
 * Errors: CKR_CRYPTOKI_NOT_INITIALIZED. */
CK_RV module_stop(void);

/* NULL: not initialised in this process. Else the context lives until module_leave(). */
struct module *module_enter(void);
void module_leave(struct module *module);

/* false: C_Finalize() is waiting for us to leave. */
bool module_running(const struct module *module);

struct slots *module_slots(const struct module *module);

#endif
