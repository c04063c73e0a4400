# SPDX-License-Identifier: Apache-2.0
"""A card of no known kind, in a reader of the sandbox that is empty: it counts what it is asked."""

import contextlib
import socket
import struct
import threading

FIRST_PORT = 35963


class Card:
    """Behaves as the given ATR says it should not: every command gets the same status word."""

    def __init__(self, atr, answer="6D00", reader=1):
        self.atr = bytes.fromhex(atr)
        self.answer = bytes.fromhex(answer)
        self.commands = 0
        self.powered = 0
        self.socket = socket.create_connection(("127.0.0.1", FIRST_PORT + reader), timeout=30)
        self.socket.settimeout(None)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def read(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                message = self.read(struct.unpack(">H", self.read(2))[0])
                if message == b"\x04":
                    self.send(self.atr)
                elif len(message) == 1:
                    self.powered += message == b"\x01"
                else:
                    self.commands += 1
                    self.send(self.answer)

    def send(self, data):
        self.socket.sendall(struct.pack(">H", len(data)) + data)

    def pull(self):
        """Out of the reader."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(timeout=30)
