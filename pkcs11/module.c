/* SPDX-License-Identifier: Apache-2.0 */
/* The one context of the module, from C_Initialize() to C_Finalize() of one process. */
#include "module.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "crypto.h"
#include "lock.h"
#include "slot.h"
#include "slot_token.h"

struct module {
	pid_t pid;
	struct crypto *crypto;
	struct slots *slots;
	struct module *inherited; /* of the parent process: its connections are not ours to close */
};

/* No mutex: one that another thread held during fork() could never be taken in the child. */
static _Atomic(struct module *) current;
static atomic_uint inside; /* calls between module_enter() and module_leave() */

static struct module *module_free(struct module *module)
{
	if (module) {
		slots_each(module->slots, slot_drop);
		slots_free(module->slots);
		crypto_free(module->crypto);
		free(module);
	}
	return NULL;
}

static CK_RV module_new(const CK_C_INITIALIZE_ARGS *args, struct module **ret_module)
{
	struct lock_kind kind;
	struct module *module;
	CK_RV rv = lock_kind_choose(args, &kind);

	if (rv != CKR_OK)
		return rv;
	module = calloc(1, sizeof(*module));
	if (!module)
		return CKR_HOST_MEMORY;
	module->pid = getpid();
	module->crypto = crypto_new();
	if (module->crypto)
		module->slots = slots_new(&kind, module->crypto);
	if (!module->slots) {
		module_free(module);
		return CKR_GENERAL_ERROR;
	}
	*ret_module = module;
	return CKR_OK;
}

CK_RV module_start(const CK_C_INITIALIZE_ARGS *args)
{
	struct module *old = atomic_load(&current);
	struct module *module = NULL;
	CK_RV rv;

	if (old && old->pid == getpid())
		return CKR_CRYPTOKI_ALREADY_INITIALIZED;
	rv = module_new(args, &module);
	if (rv != CKR_OK)
		return rv;
	module->inherited = old;
	if (old)
		atomic_store(&inside, 0); /* counted threads that this process does not have */
	if (!atomic_compare_exchange_strong(&current, &old, module)) {
		module_free(module);
		return CKR_CRYPTOKI_ALREADY_INITIALIZED;
	}
	return CKR_OK;
}

CK_RV module_stop(void)
{
	struct module *module = atomic_load(&current);
	const struct timespec pause = { .tv_nsec = 1000000 };

	if (!module || module->pid != getpid() ||
		!atomic_compare_exchange_strong(&current, &module, NULL))
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	while (atomic_load(&inside))
		nanosleep(&pause, NULL);
	module_free(module);
	return CKR_OK;
}

struct module *module_enter(void)
{
	struct module *module = atomic_load(&current);

	if (!module)
		return NULL;
	atomic_fetch_add(&inside, 1);
	/* only from here on it cannot be freed */
	if (atomic_load(&current) == module && module->pid == getpid())
		return module;
	atomic_fetch_sub(&inside, 1);
	return NULL;
}

void module_leave(struct module *module)
{
	if (module)
		atomic_fetch_sub(&inside, 1);
}

bool module_running(const struct module *module)
{
	return atomic_load(&current) == module;
}

struct slots *module_slots(const struct module *module)
{
	return module->slots;
}
