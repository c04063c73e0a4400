/* SPDX-License-Identifier: Apache-2.0 */
/* The picture with digits that an RA wants to be read by a person. */
#ifndef TWCA_TOOLS_CAPTCHA_H
#define TWCA_TOOLS_CAPTCHA_H

#include <stdbool.h>

struct fail;
struct ra_captcha;
struct tool;

/* Show the picture, or its path, and read its digits from the person or from --captcha-command. The
 * caller frees *ret. Errors: INPUT_NEEDED, SYSTEM. */
bool captcha_read(
	struct tool *tool, const struct ra_captcha *captcha, char **ret, struct fail *fail);

#endif
