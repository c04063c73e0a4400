/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/captcha.c: a PNG with digits that differ from picture to picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gd.h>
#include <stdlib.h>
#include <string.h>

#include "captcha.h"

static void a_picture_is_a_png_with_ink(void **state)
{
	(void)state;
	char digits[CAPTCHA_DIGITS + 1];
	size_t len = 0;
	unsigned char *png = captcha_draw(digits, &len);
	assert_non_null(png);
	assert_int_equal(strspn(digits, "0123456789"), CAPTCHA_DIGITS);
	gdImagePtr image = gdImageCreateFromPngPtr((int)len, png);
	assert_non_null(image);
	int dark = 0;
	for (int x = 0; x < gdImageSX(image); x++)
		for (int y = 0; y < gdImageSY(image); y++)
			dark += gdImageRed(image, gdImageGetPixel(image, x, y)) < 90;
	assert_in_range(dark, 400, 6000);
	gdImageDestroy(image);
	free(png);
}

static void two_pictures_differ(void **state)
{
	(void)state;
	char a[CAPTCHA_DIGITS + 1];
	char b[CAPTCHA_DIGITS + 1];
	size_t len_a = 0;
	size_t len_b = 0;
	unsigned char *first = captcha_draw(a, &len_a);
	unsigned char *second = captcha_draw(b, &len_b);
	assert_true(len_a != len_b || memcmp(first, second, len_a) != 0);
	free(first);
	free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture_is_a_png_with_ink),
		cmocka_unit_test(two_pictures_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
