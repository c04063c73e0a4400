/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of digits. */
#ifndef RA_CAPTCHA_H
#define RA_CAPTCHA_H

#include <stddef.h>

#define CAPTCHA_DIGITS 6

/* Random digits and their PNG with some noise; the caller frees. NULL: no memory. */
unsigned char *captcha_draw(char ret_digits[CAPTCHA_DIGITS + 1], size_t *ret_len);

#endif
