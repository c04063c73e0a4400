/* SPDX-License-Identifier: Apache-2.0 */
/* DER from a template. */
#include "der.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 12

/* Put the length of what was added since start before it. */
static void close_value(struct vc_buf *out, size_t start)
{
	size_t len = out->len - start;
	CLEANUP(vc_buf_clear) struct vc_buf value = { 0 };

	vc_buf_add(&value, out->data + start, len);
	out->len = start;
	if (len > 0xFF) {
		vc_buf_byte(out, 0x82);
		vc_buf_u16(out, len);
	} else {
		if (len > 0x7F)
			vc_buf_byte(out, 0x81);
		vc_buf_byte(out, (unsigned)len);
	}
	vc_buf_add(out, value.data, len);
}

static void add_argument(struct vc_buf *out, char kind, va_list *arguments)
{
	if (kind == 's') {
		const char *text = va_arg(*arguments, const char *);

		vc_buf_add(out, text, strlen(text));
	} else if (kind == 'b') {
		const struct vc_buf *bytes = va_arg(*arguments, const struct vc_buf *);

		vc_buf_add(out, bytes->data, bytes->len);
	} else if (kind == 'u') {
		vc_buf_byte(out, va_arg(*arguments, unsigned));
	} else if (kind == 'w') {
		vc_buf_u16(out, va_arg(*arguments, unsigned));
	} else {
		abort();
	}
}

void vc_der(struct vc_buf *out, const char *template, ...)
{
	size_t start[DEPTH_MAX], depth = 0;
	va_list arguments;

	va_start(arguments, template);
	for (; *template; template ++) {
		const char digits[] = { template[0], template[0] ? template[1] : 0, 0 };

		if (*template == ' ')
			continue;
		if (*template == '{') {
			if (depth == DEPTH_MAX)
				abort();
			start[depth++] = out->len;
		} else if (*template == '}') {
			if (!depth)
				abort();
			close_value(out, start[--depth]);
		} else if (*template == '%') {
			add_argument(out, *++template, &arguments);
		} else {
			vc_buf_hex(out, digits);
			template ++;
		}
	}
	va_end(arguments);
	if (depth)
		abort();
}
