/* SPDX-License-Identifier: Apache-2.0 */
/* A door that the linker puts into the software token, in the middle of every signature, check of a
 * password, making of an EC key, or writing of a file: a test holds a thread there. */
#ifndef TEST_SOFT_DOOR_H
#define TEST_SOFT_DOOR_H

#include <stdbool.h>

#define SOFT_DOOR_PATIENCE_S 60

enum soft_work {
	SIGNING,
	CHECKING,
	MAKING,
	WRITING,
};

/* Who does this work goes on when as many are inside as are wanted, and the door is not closed. */
void soft_door(enum soft_work work, unsigned wanted, bool closed);
/* Wait until somebody is inside. */
void soft_door_inside(void);
/* What the wrapped functions call. */
void soft_door_pass(enum soft_work work);
/* For a forked child, in whose copy nobody is inside. */
void soft_door_open(void);

/* How many were inside at once since soft_door(); how many came in all. */
unsigned soft_door_most(void);
unsigned soft_door_passed(void);

#endif
