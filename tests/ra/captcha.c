/* SPDX-License-Identifier: Apache-2.0 */
/* Draws random digits, each enlarged and shifted, with dots and lines over them. */
#include "captcha.h"

#include <gd.h>
#include <gdfontg.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum {
	WIDTH = 200,
	HEIGHT = 64,
	CELL = 31
};

static int below(int limit)
{
	unsigned char b[2];
	if (RAND_bytes(b, sizeof b) != 1)
		abort();
	return (b[0] << 8 | b[1]) % limit;
}

static void draw_digit(gdImagePtr image, int index, char digit)
{
	gdFontPtr font = gdFontGetGiant();
	gdImagePtr cell = gdImageCreateTrueColor(font->w, font->h);
	if (!cell)
		return;
	gdImageFilledRectangle(cell, 0, 0, font->w, font->h, 0xffffff);
	gdImageColorTransparent(cell, 0xffffff);
	gdImageChar(cell, font, 0, 0, digit, gdTrueColor(below(90), below(90), below(150)));
	gdImageCopyResized(image, cell, 6 + index * CELL + below(5), 6 + below(12), 0, 0,
		24 + below(6), 38 + below(6), font->w, font->h);
	gdImageDestroy(cell);
}

static void draw_noise(gdImagePtr image)
{
	for (int i = 0; i < 250; i++)
		gdImageSetPixel(image, below(WIDTH), below(HEIGHT),
			gdTrueColor(below(200), below(200), 180));
	for (int i = 0; i < 5; i++)
		gdImageLine(image, 0, below(HEIGHT), WIDTH, below(HEIGHT),
			gdTrueColor(150, 150 + below(80), 170));
}

unsigned char *captcha_draw(char ret_digits[CAPTCHA_DIGITS + 1], size_t *ret_len)
{
	gdImagePtr image = gdImageCreateTrueColor(WIDTH, HEIGHT);
	if (!image)
		return NULL;
	gdImageFilledRectangle(image, 0, 0, WIDTH, HEIGHT, 0xf4f6f8);
	for (int i = 0; i < CAPTCHA_DIGITS; i++) {
		ret_digits[i] = (char)('0' + below(10));
		draw_digit(image, i, ret_digits[i]);
	}
	ret_digits[CAPTCHA_DIGITS] = 0;
	draw_noise(image);
	int len = 0;
	void *png = gdImagePngPtr(image, &len);
	gdImageDestroy(image);
	unsigned char *copy = png ? malloc((size_t)len) : NULL;
	if (copy) {
		memcpy(copy, png, (size_t)len);
		*ret_len = (size_t)len;
	}
	gdFree(png);
	return copy;
}
