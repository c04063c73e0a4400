/* SPDX-License-Identifier: Apache-2.0 */
/* When a certificate may be renewed. */
#include "window.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month] + (month == 1 && leap);
}

int64_t window_opens(const char *rule, int64_t not_after)
{
	if (strcmp(rule, "30d") == 0)
		return not_after - (int64_t)30 * 86400;
	struct tm tm;
	time_t end = not_after;
	if (!gmtime_r(&end, &tm))
		return not_after;
	tm.tm_year -= tm.tm_mon == 0;
	tm.tm_mon = (tm.tm_mon + 11) % 12;
	int last = month_days(tm.tm_year + 1900, tm.tm_mon);
	if (tm.tm_mday > last)
		tm.tm_mday = last;
	return timegm(&tm);
}
