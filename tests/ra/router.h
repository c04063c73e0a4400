/* SPDX-License-Identifier: Apache-2.0 */
/* From method and path to a resource, with what every request of its kind needs. */
#ifndef RA_ROUTER_H
#define RA_ROUTER_H

#include "ra.h"

/* Answers a request whose body is complete, in one transaction that is committed on return. */
void router_serve(struct request *request, struct reply *reply);

#endif
