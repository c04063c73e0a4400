/* SPDX-License-Identifier: Apache-2.0 */
/* Answers kept by Idempotency-Key, so that a request sent twice is done once. */
#ifndef RA_REPLAY_H
#define RA_REPLAY_H

#include "ra.h"

/* True: reply is decided, by the kept answer or because the key belongs to another request. */
bool replay_answer(struct request *request, struct reply *reply);

/* In the same transaction as the work. */
bool replay_keep(struct request *request, const struct reply *reply);

#endif
