/* SPDX-License-Identifier: Apache-2.0 */
/* Writes notes, warnings and fields to stderr. */
#include "term.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define FIELD_COLUMNS 20

void term_init(struct term *term)
{
	const char *kind = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	term->live = isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb") != 0;
	term->colour = term->live && !(no_color && *no_color);
}

__attribute__((format(printf, 3, 0))) static void print(
	const struct term *term, const char *before, const char *fmt, va_list args)
{
	if (term->colour)
		fputs(before, stderr);
	vfprintf(stderr, fmt, args);
	fputs(term->colour && *before ? "\033[0m\n" : "\n", stderr);
}

void term_note(const struct term *term, const char *fmt, ...)
{
	va_list args;

	if (term->quiet)
		return;
	va_start(args, fmt);
	print(term, "", fmt, args);
	va_end(args);
}

void term_debug(const struct term *term, const char *fmt, ...)
{
	va_list args;

	if (!term->verbose)
		return;
	va_start(args, fmt);
	print(term, "\033[2m", fmt, args);
	va_end(args);
}

void term_warn(const struct term *term, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print(term, "\033[33m", fmt, args);
	va_end(args);
}

void term_title(const struct term *term, const char *text)
{
	if (term->quiet)
		return;
	fprintf(stderr, term->colour ? "\033[1m%s\033[0m\n" : "%s\n", text);
}

/* Columns on the screen; bytes where the text is none of the locale's. */
static size_t columns(const char *text)
{
	wchar_t wide[256];
	size_t len = mbstowcs(wide, text, sizeof wide / sizeof wide[0]);
	int width = len < sizeof wide / sizeof wide[0] ? wcswidth(wide, len) : -1;

	return width < 0 ? strlen(text) : (size_t)width;
}

void term_field(const struct term *term, const char *name, const char *value)
{
	size_t width = columns(name);

	if (term->quiet)
		return;
	fprintf(stderr, "  %s%*s %s\n", name,
		width < FIELD_COLUMNS ? (int)(FIELD_COLUMNS - width) : 0, "", value);
}
