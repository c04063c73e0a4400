/* SPDX-License-Identifier: Apache-2.0 */
/* tests/ra/db.c, clock.c and fault.c on a database of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "db.h"
#include "fault.h"

static char folder[64];
static struct ra ra;

static int open_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "%s", "/tmp/ra-unit-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	ra.db = db_open(folder);
	return ra.db ? 0 : 1;
}

static int close_folder(void **state)
{
	(void)state;
	static const char *const names[] = { "ra.db", "ra.db-wal", "ra.db-shm" };
	sqlite3_close(ra.db);
	for (size_t i = 0; i < 3; i++) {
		CLEANUP(free_p) char *path = NULL;
		if (asprintf(&path, "%s/%s", folder, names[i]) > 0)
			unlink(path);
	}
	return rmdir(folder);
}

static void values_come_back_as_they_went_in(void **state)
{
	(void)state;
	assert_true(db_exec(ra.db, "INSERT INTO meta VALUES('b', ?)", "b", "x\0y", (size_t)3));
	CLEANUP(stmt_p)
	sqlite3_stmt *row = db_query(ra.db, "SELECT value FROM meta WHERE name=?", "s", "b");
	assert_true(db_row(row));
	assert_int_equal(sqlite3_column_bytes(row, 0), 3);
	assert_false(db_row(row));
	assert_int_equal(
		db_int(ra.db, 42, "SELECT value FROM meta WHERE name=?", "s", "nosuch"), 42);
	assert_null(db_query(ra.db, "SELECT nonsense", ""));
}

static void the_clock_can_be_moved_and_runs_on(void **state)
{
	(void)state;
	assert_in_range(clock_now(ra.db) - (int64_t)time(NULL), 0, 2);
	assert_true(clock_set(ra.db, 2000000000));
	assert_in_range(clock_now(ra.db), 2000000000, 2000000005);
}

static enum fault_kind take(const char *method, const char *path)
{
	return fault_take(&ra, method, path).kind;
}

static void a_fault_hits_its_nth_match_and_so_many_after(void **state)
{
	(void)state;
	assert_true(fault_add(ra.db, FAULT_DELAY, "POST", "/orders", 2, 2, 7));
	assert_int_equal(take("POST", "/v1/fine/orders"), FAULT_NONE);
	assert_int_equal(take("GET", "/v1/fine/orders"), FAULT_NONE);
	assert_int_equal(take("POST", "/v1/fine/sessions"), FAULT_NONE);
	struct fault fault = fault_take(&ra, "POST", "/v1/fine/orders");
	assert_int_equal(fault.kind, FAULT_DELAY);
	assert_int_equal(fault.arg, 7);
	assert_int_equal(take("POST", "/v1/fine/orders"), FAULT_DELAY);
	assert_int_equal(take("POST", "/v1/fine/orders"), FAULT_NONE);
}

static void a_held_answer_is_in_the_list_and_hits_no_request(void **state)
{
	(void)state;
	int64_t id = fault_hold(ra.db);
	assert_true(id > 0);
	assert_int_equal(take("POST", "/v1/fine/orders"), FAULT_NONE);
	assert_true(fault_held(ra.db, id));
	assert_true(db_exec(ra.db, "DELETE FROM fault", ""));
	assert_false(fault_held(ra.db, id));
}

static void every_fault_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int kind = FAULT_NONE + 1; kind < FAULT_COUNT; kind++)
		assert_int_equal(fault_kind_of(fault_name((enum fault_kind)kind)), kind);
	assert_int_equal(fault_kind_of("nosuch"), FAULT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back_as_they_went_in),
		cmocka_unit_test(the_clock_can_be_moved_and_runs_on),
		cmocka_unit_test(a_fault_hits_its_nth_match_and_so_many_after),
		cmocka_unit_test(a_held_answer_is_in_the_list_and_hits_no_request),
		cmocka_unit_test(every_fault_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests(tests, open_folder, close_folder);
}
