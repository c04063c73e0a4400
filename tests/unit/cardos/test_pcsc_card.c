/* SPDX-License-Identifier: Apache-2.0 */
/* A card in a reader, with a stand-in for libpcsclite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_pcsc.h"
#include "pcsc_card.h"
#include "transport.h"

static struct transport *open_card(void)
{
	struct transport *transport = NULL;
	assert_int_equal(pcsc_card_open(FAKE_READER, &transport), CARDOS_OK);
	return transport;
}

static void close_card(struct transport *transport)
{
	transport->ops->free(transport);
	assert_int_equal(fake_pcsc.contexts, 0);
	assert_int_equal(fake_pcsc.disconnects, 1);
}

static enum cardos_err send(struct transport *transport)
{
	static const uint8_t command[] = { 0x00, 0x84, 0x00, 0x00, 0x08 };
	uint8_t reply[64];
	size_t len = 0;
	return transport->ops->transmit(
		transport, command, sizeof(command), reply, sizeof(reply), &len);
}

static int fresh(void **state)
{
	(void)state;
	fake_pcsc_reset();
	return 0;
}

static void what_prevents_a_connection_is_named(void **state)
{
	static const struct {
		LONG establish, connect;
		enum cardos_err err;
	} cases[] = {
		{ SCARD_E_NO_SERVICE, 0, CARDOS_E_NO_SERVICE },
		{ SCARD_W_SECURITY_VIOLATION, 0, CARDOS_E_ACCESS_DENIED },
		{ 0, SCARD_E_SHARING_VIOLATION, CARDOS_E_SHARING },
		{ 0, SCARD_E_NO_SMARTCARD, CARDOS_E_NO_CARD },
		{ 0, SCARD_W_REMOVED_CARD, CARDOS_E_REMOVED },
		{ 0, SCARD_W_UNPOWERED_CARD, CARDOS_E_MUTE },
		{ 0, SCARD_W_UNRESPONSIVE_CARD, CARDOS_E_MUTE },
		{ 0, SCARD_E_PROTO_MISMATCH, CARDOS_E_MUTE },
		{ 0, SCARD_F_COMM_ERROR, CARDOS_E_COMM },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct transport *transport = NULL;
		fake_pcsc_reset();
		fake_pcsc.establish = cases[i].establish;
		fake_pcsc.connect = cases[i].connect;
		assert_int_equal(pcsc_card_open(FAKE_READER, &transport), cases[i].err);
		assert_null(transport);
		assert_int_equal(fake_pcsc.contexts, 0);
	}
	struct transport *transport = NULL;
	fake_pcsc_reset();
	assert_int_equal(pcsc_card_open("another", &transport), CARDOS_E_NO_READER);
}

static void a_reset_is_told_once(void **state)
{
	bool reset = true;
	struct transport *transport = open_card();
	(void)state;
	assert_int_equal(transport->ops->begin(transport, &reset), CARDOS_OK);
	assert_false(reset);
	transport->ops->end(transport);
	fake_pcsc.begin[0] = SCARD_W_RESET_CARD;
	assert_int_equal(transport->ops->begin(transport, &reset), CARDOS_OK);
	assert_true(reset);
	assert_int_equal(fake_pcsc.reconnects, 1);
	transport->ops->end(transport);
	assert_int_equal(transport->ops->begin(transport, &reset), CARDOS_OK);
	assert_false(reset);
	assert_int_equal(fake_pcsc.ends, 2);
	close_card(transport);
}

static void resets_without_end_are_given_up(void **state)
{
	bool reset = false;
	struct transport *transport = open_card();
	(void)state;
	for (size_t i = 0; i < 4; i++)
		fake_pcsc.begin[i] = SCARD_W_RESET_CARD;
	assert_int_equal(transport->ops->begin(transport, &reset), CARDOS_E_COMM);
	assert_in_range(fake_pcsc.begins, 2, 4);
	close_card(transport);
}

static void a_card_taken_out_after_a_reset_is_removed(void **state)
{
	bool reset = false;
	struct transport *transport = open_card();
	(void)state;
	fake_pcsc.begin[0] = SCARD_W_RESET_CARD;
	fake_pcsc.present = false;
	assert_int_equal(transport->ops->begin(transport, &reset), CARDOS_E_REMOVED);
	assert_int_equal(fake_pcsc.reconnects, 0);
	close_card(transport);
}

static void another_card_in_the_reader_is_not_ours(void **state)
{
	bool reset = false;
	struct transport *transport = open_card();
	(void)state;
	assert_true(transport->ops->alive(transport));
	fake_pcsc.event += 2; /* out and in again */
	assert_false(transport->ops->alive(transport));
	assert_int_equal(transport->ops->begin(transport, &reset), CARDOS_E_REMOVED);
	assert_int_equal(send(transport), CARDOS_E_REMOVED);
	assert_int_equal(fake_pcsc.transmits, 0);
	fake_pcsc.event -= 2;
	assert_false(transport->ops->alive(transport)); /* gone is gone */
	close_card(transport);
}

static void errors_in_the_middle_have_one_word_each(void **state)
{
	static const struct {
		LONG code;
		bool present;
		enum cardos_err err;
	} cases[] = {
		{ SCARD_W_REMOVED_CARD, false, CARDOS_E_REMOVED },
		{ SCARD_E_NO_SMARTCARD, false, CARDOS_E_REMOVED },
		{ SCARD_E_READER_UNAVAILABLE, false, CARDOS_E_REMOVED },
		{ SCARD_E_NOT_TRANSACTED, false, CARDOS_E_REMOVED },
		{ SCARD_E_NOT_TRANSACTED, true, CARDOS_E_COMM },
		{ SCARD_W_UNPOWERED_CARD, true, CARDOS_E_COMM },
		{ SCARD_E_TIMEOUT, true, CARDOS_E_COMM },
		{ SCARD_W_RESET_CARD, true, CARDOS_E_RESET },
		{ SCARD_E_NO_SERVICE, true, CARDOS_E_NO_SERVICE },
		{ SCARD_E_INVALID_HANDLE, true, CARDOS_E_NO_SERVICE },
		{ SCARD_E_SHARING_VIOLATION, true, CARDOS_E_SHARING },
		{ SCARD_E_INSUFFICIENT_BUFFER, true, CARDOS_E_LENGTH },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_pcsc_reset();
		struct transport *transport = open_card();
		fake_pcsc.transmit = cases[i].code;
		fake_pcsc.present = cases[i].present;
		assert_int_equal(send(transport), cases[i].err);
		/* a card left in the middle of a command: not used again before it was reset */
		const bool over =
			cases[i].err == CARDOS_E_COMM || cases[i].err == CARDOS_E_NO_SERVICE;
		if (over)
			assert_false(transport->ops->alive(transport));
		close_card(transport);
		assert_int_equal(fake_pcsc.resets, over);
	}
}

static void an_answer_without_status_word_is_passed_on_as_it_is(void **state)
{
	static const uint8_t one = 0x90;
	static const uint8_t command[] = { 0x00, 0x84, 0x00, 0x00, 0x08 };
	uint8_t reply[2] = { 0 };
	size_t len = 7;
	struct transport *transport = open_card();
	(void)state;
	fake_pcsc.reply = &one;
	fake_pcsc.reply_len = 1;
	assert_int_equal(transport->ops->transmit(
				 transport, command, sizeof(command), reply, sizeof(reply), &len),
		CARDOS_OK);
	assert_int_equal(len, 1);
	close_card(transport);
}

static void a_reader_tells_how_long_a_command_may_be(void **state)
{
	static const uint8_t features[] = { 0x06, 4, 1, 2, 3, 4, 0x12, 4, 0x42, 0x33, 0, 0x12 };
	static const uint8_t properties[] = { 0x09, 1, 0, 0x0A, 4, 0x34, 0x12, 0, 0 };
	(void)state;
	fake_pcsc.features = features;
	fake_pcsc.features_len = sizeof(features);
	fake_pcsc.properties = properties;
	fake_pcsc.properties_len = sizeof(properties);
	fake_pcsc.properties_code = 0x42330012;
	struct transport *transport = open_card();
	assert_int_equal(transport->apdu_max, 0x1234);
	close_card(transport);
}

/* Feature lists as a broken driver gives them: none may be read beyond its end. */
static void hostile_feature_lists_tell_nothing(void **state)
{
	static const uint8_t lists[][6] = {
		{ 0x12, 4, 0x42, 0x33, 0, 0 }, /* a code that the reader refuses */
		{ 0x12, 0xFF, 0, 0, 0, 0 },    /* longer than the list */
		{ 0x12, 0, 0x12, 0, 0x12, 0 },
		{ 0x12, 1, 0x42, 0x12, 1, 0x42 }, /* too short for a code */
	};
	static const uint8_t properties[][5] = {
		{ 0x0A, 0xFF, 1, 2, 3 },
		{ 0x0A, 2, 1, 2, 0x0A },
		{ 0x0A, 0, 0x0A, 0, 0x0A },
	};
	static const uint8_t features[] = { 0x12, 4, 0x42, 0x33, 0, 0x12 };
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (DWORD len = 0; len <= sizeof(lists[0]); len++) {
			fake_pcsc_reset();
			fake_pcsc.features = lists[i];
			fake_pcsc.features_len = len;
			struct transport *transport = open_card();
			assert_int_equal(transport->apdu_max, 0);
			close_card(transport);
		}
	}
	for (size_t i = 0; i < 3; i++) {
		fake_pcsc_reset();
		fake_pcsc.features = features;
		fake_pcsc.features_len = sizeof(features);
		fake_pcsc.properties = properties[i];
		fake_pcsc.properties_len = sizeof(properties[i]);
		fake_pcsc.properties_code = 0x42330012;
		struct transport *transport = open_card();
		assert_int_equal(transport->apdu_max, 0);
		close_card(transport);
	}
	fake_pcsc_reset();
	fake_pcsc.features = features;
	fake_pcsc.features_len = 4096; /* more than it had room for */
	/* the stand-in copies only what fits; there must be that much */
	static const uint8_t big[4096] = { 0x12, 4, 0x42, 0x33, 0, 0x12 };
	fake_pcsc.features = big;
	struct transport *transport = open_card();
	assert_int_equal(transport->apdu_max, 0);
	close_card(transport);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_prevents_a_connection_is_named, fresh),
		cmocka_unit_test_setup(a_reset_is_told_once, fresh),
		cmocka_unit_test_setup(resets_without_end_are_given_up, fresh),
		cmocka_unit_test_setup(a_card_taken_out_after_a_reset_is_removed, fresh),
		cmocka_unit_test_setup(another_card_in_the_reader_is_not_ours, fresh),
		cmocka_unit_test_setup(errors_in_the_middle_have_one_word_each, fresh),
		cmocka_unit_test_setup(an_answer_without_status_word_is_passed_on_as_it_is, fresh),
		cmocka_unit_test_setup(a_reader_tells_how_long_a_command_may_be, fresh),
		cmocka_unit_test_setup(hostile_feature_lists_tell_nothing, fresh),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
