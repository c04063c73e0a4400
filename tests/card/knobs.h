/* SPDX-License-Identifier: Apache-2.0 */
/* The faults a test can order: removal, silence, a torn write, delays; and the count of commands.
 */
#ifndef VCARD_KNOBS_H
#define VCARD_KNOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vcard;

struct vc_knobs {
	unsigned long commands;                          /* so far */
	bool present;                                    /* the card is in the reader */
	unsigned long remove_before, remove_after, mute; /* command numbers; 0: never */
	unsigned delay_ms[256];                          /* by INS */
	bool reset; /* ordered: the reader sees the card go and come at once */
};

/* Run one line of the control protocol (without its newline). answer: one line without newline. */
void vc_knobs_run(
	struct vc_knobs *knobs, struct vcard *card, const char *line, char *answer, size_t size);

#endif
