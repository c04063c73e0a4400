/* SPDX-License-Identifier: Apache-2.0 */
/* Breaks text into lines for a screen, with wide characters counted as two columns. */
#ifndef TWCA_TOOLS_WRAP_H
#define TWCA_TOOLS_WRAP_H

#include <stddef.h>

#define WRAP_COLUMNS 80 /* no line is longer, however wide the terminal is */

/* Columns of the terminal behind fd, at most WRAP_COLUMNS; 0 (never break) if it is none. */
size_t wrap_columns(int fd);

/* Columns that text takes; bytes where it is none of the locale's. */
size_t wrap_width(const char *text);

/* A copy of text broken at blanks, and between wide characters where no punctuation forbids it;
 * further lines begin with indent blanks. Line ends in text stay. start: columns used up already on
 * the first line. A word longer than a line stays whole. columns 0: nothing is broken. The caller
 * frees; NULL: no memory. */
char *wrap_text(const char *text, size_t columns, size_t start, size_t indent);

#endif
