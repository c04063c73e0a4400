#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The program itself: the vpcd wire, the control socket, the faults, hostile peers, signals.

usage: test_serve.py VCARD VCARD_CTL
"""
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

VCARD, CTL = sys.argv[1:3]
SELECT_MF = bytes.fromhex("00A40000023F0000")
VERSION = bytes.fromhex("00CA018200")


class Serve(unittest.TestCase):
    """This test is the reader: it listens, the card connects."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = folder.name
        self.state, self.log = self.path + "/state", self.path + "/log"
        self.control = self.path + "/control"
        self.listener = socket.socket()
        self.addCleanup(self.listener.close)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.settimeout(10)
        self.port = self.listener.getsockname()[1]
        self.program = self.reader = None
        self.addCleanup(self.close)

    def close(self):
        if self.reader:
            self.reader.close()
        if self.program and self.program.poll() is None:
            self.program.kill()
            self.program.wait()

    def start(self, *options, listen=True):
        subprocess.run([VCARD, "--create", "--state", self.state], check=True)
        if listen:
            self.listener.listen(1)
        self.program = subprocess.Popen(
            [VCARD, "--state", self.state, "--port", str(self.port), "--apdu-log", self.log,
             "--control", self.control, *options])
        if listen:
            self.accept()

    def accept(self):
        if self.reader:
            self.reader.close()
        self.reader, _ = self.listener.accept()
        self.reader.settimeout(10)

    def send(self, message):
        self.reader.sendall(struct.pack(">H", len(message)) + message)

    def receive(self):
        head = self.exactly(2)
        return head and self.exactly(struct.unpack(">H", head)[0])

    def exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                piece = self.reader.recv(count - len(data))
            except ConnectionResetError:
                piece = b""
            if not piece:
                return None
            data += piece
        return data

    def ask(self, apdu):
        self.send(apdu)
        return self.receive()

    def order(self, *words, ok=True):
        done = subprocess.run([CTL, self.control, *words], stdout=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode == 0, ok, done.stdout)
        return done.stdout.decode().strip()

    def test_the_atr_comes_whenever_asked_and_power_is_not_answered(self):
        self.start()
        for byte in (4, 0, 4, 1, 2, 9, 4):
            self.send(bytes([byte]))
        for _ in range(3):
            self.assertEqual(self.receive().hex(), "3bd21802c10a31fe58c80d51")
        self.assertEqual(self.ask(VERSION).hex(), "c80d9000")

    def test_split_and_joined_messages_are_told_apart(self):
        self.start()
        message = struct.pack(">H", len(VERSION)) + VERSION
        for byte in message:
            self.reader.sendall(bytes([byte]))
            time.sleep(0.002)
        self.assertEqual(self.receive().hex(), "c80d9000")
        self.reader.sendall(message * 3)
        for _ in range(3):
            self.assertEqual(self.receive().hex(), "c80d9000")

    def test_senseless_messages_are_answered_or_dropped(self):
        self.start()
        self.send(b"")
        self.assertEqual(self.ask(b"\x00\xa4").hex(), "6700")
        self.assertEqual(self.ask(bytes(65535)).hex(), "6700")
        self.assertEqual(self.ask(VERSION).hex(), "c80d9000")

    def test_it_waits_for_a_reader_that_comes_later_and_again(self):
        self.start(listen=False)
        time.sleep(0.3)
        self.listener.listen(1)
        self.accept()
        self.assertEqual(self.ask(VERSION).hex(), "c80d9000")
        self.accept()
        self.assertEqual(self.ask(VERSION).hex(), "c80d9000")

    def test_power_forgets_the_current_file(self):
        self.start()
        create = bytes.fromhex("00E000001B6219" "80020004" "820101" "83024401" "850100"
                               "8609" + "00" * 9)
        self.assertEqual(self.ask(create).hex(), "9000")
        self.assertEqual(self.ask(bytes.fromhex("00B0000004")).hex(), "000000009000")
        self.send(b"\x02")
        self.assertEqual(self.ask(bytes.fromhex("00B0000004")).hex(), "6986")

    def test_the_log_has_lengths_and_no_bytes(self):
        self.start()
        self.ask(SELECT_MF)
        self.ask(VERSION)
        self.ask(b"\x00\xff\x00\x00")
        with open(self.log, encoding="ascii") as log:
            self.assertEqual(log.read(), "1 00A40000 8 27 9000\n2 00CA0182 5 2 9000\n"
                             "3 00FF0000 4 0 6D00\n")

    def test_remove_and_insert(self):
        self.start()
        self.assertEqual(self.order("count"), "ok 0")
        self.ask(VERSION)
        self.assertEqual(self.order("count"), "ok 1")
        self.order("remove")
        self.assertIsNone(self.receive())
        self.assertIn("ok out", self.order("state"))
        self.order("insert")
        self.accept()
        self.assertIn("ok in", self.order("state"))
        self.assertEqual(self.ask(VERSION).hex(), "c80d9000")

    def test_remove_before_and_after_the_nth_command(self):
        self.start()
        toggle = bytes.fromhex("80100000")
        self.order("remove-before", "2")
        self.assertEqual(self.ask(VERSION).hex(), "c80d9000")
        self.assertIsNone(self.ask(toggle))
        self.order("insert")
        self.accept()
        self.assertEqual(self.ask(bytes.fromhex("00CA018300")).hex(), "209000")
        self.order("remove-after", "1")
        self.assertIsNone(self.ask(toggle))
        self.order("insert")
        self.accept()
        self.assertEqual(self.ask(bytes.fromhex("00CA018300")).hex(), "109000")

    def test_a_torn_write_takes_the_card_out_until_inserted(self):
        self.start()
        self.order("tear", "1")
        self.assertIsNone(self.ask(bytes.fromhex("80100000")))
        self.assertIn("out", self.order("state"))
        self.order("insert")
        self.accept()
        self.assertEqual(self.ask(bytes.fromhex("00CA018300")).hex(), "209000")

    def test_a_mute_card_gives_no_answer_and_comes_back(self):
        self.start()
        self.order("mute", "1")
        self.assertIsNone(self.ask(VERSION))
        self.accept()
        self.assertEqual(self.ask(VERSION).hex(), "c80d9000")

    def test_a_delay_holds_the_answer_and_removal_undoes_the_command(self):
        self.start()
        self.order("delay", "10", "700")
        begin = time.monotonic()
        self.assertEqual(self.ask(bytes.fromhex("80100000")).hex(), "9000")
        self.assertGreater(time.monotonic() - begin, 0.6)
        self.order("delay", "10", "60000")
        self.send(bytes.fromhex("80100000"))
        time.sleep(0.1)
        self.order("remove")
        self.assertIsNone(self.receive())
        self.order("insert")
        self.accept()
        self.assertEqual(self.ask(bytes.fromhex("00CA018300")).hex(), "109000")

    def test_a_delay_that_is_lifted_lets_the_waiting_command_run(self):
        self.start()
        self.order("delay", "10", "600000")
        self.send(bytes.fromhex("80100000"))
        time.sleep(0.1)
        self.order("delay", "10", "0")
        self.assertEqual(self.receive().hex(), "9000")

    def test_wrong_orders_are_refused(self):
        self.start()
        for words in (["nothing"], ["remove", "1"], ["tear"], ["tear", "x"], ["tear", "-1"],
                      ["delay", "100", "1"], ["x" * 120], ["delay", "FF", "700000"]):
            self.assertTrue(self.order(*words, ok=False).startswith("error"))
        hostile = socket.socket(socket.AF_UNIX)
        hostile.connect(self.control)
        hostile.settimeout(5)
        hostile.sendall(b"x" * 500)
        try:
            self.assertEqual(hostile.recv(10), b"")
        except ConnectionResetError:
            pass
        hostile.close()
        self.assertEqual(self.order("count"), "ok 0")

    def test_sigterm_ends_it_cleanly_also_in_a_delay(self):
        self.start()
        self.order("delay", "CA", "60000")
        self.send(VERSION)
        time.sleep(0.1)
        self.program.send_signal(signal.SIGTERM)
        self.assertEqual(self.program.wait(5), 0)
        self.assertFalse(os.path.exists(self.control))

    def test_a_damaged_state_file_is_named(self):
        with open(self.state, "w", encoding="ascii") as state:
            state.write("twca-vcard 1\ncard v4.4\n")
        done = subprocess.run([VCARD, "--state", self.state], stderr=subprocess.PIPE, check=False,
                              timeout=5)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"damaged", done.stderr)

    def test_wrong_options_are_named(self):
        for options in (["--create", "--state", self.state, "--card", "v9"],
                        ["--create", "--state", self.state, "--serial", "00"],
                        ["--create", "--state", self.state, "--switch", "fci=wide"],
                        ["--create", "--state", self.state, "--personalise"],
                        ["--create", "--state", self.path + "/none/state"],
                        ["--create"]):
            done = subprocess.run([VCARD, *options], stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 1, options)
            self.assertTrue(done.stderr.startswith(b"twca-vcard: "), done.stderr)
        done = subprocess.run([VCARD, "--switches"], stdout=subprocess.PIPE, check=True)
        self.assertIn(b"wrong-pin=object\t", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
