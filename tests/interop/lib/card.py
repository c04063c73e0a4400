# SPDX-License-Identifier: Apache-2.0
"""The virtual card from outside: its control socket and its log of commands."""

import os
import pathlib
import socket


class Control:
    """Commands to the virtual card itself, as its reader's user could give: pull it, push it."""

    def __init__(self, path=None):
        self.path = path or os.environ["TWCA_SANDBOX_CARD_CONTROL"]

    def ask(self, *words):
        with socket.socket(socket.AF_UNIX) as stream:
            stream.settimeout(30)
            stream.connect(self.path)
            stream.sendall(" ".join(map(str, words)).encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n"):
                part = stream.recv(4096)
                if not part:
                    break
                answer += part
        status, _, rest = answer.decode().strip().partition(" ")
        if status != "ok":
            raise RuntimeError(f"card control {words}: {answer!r}")
        return rest

    def count(self):
        return int(self.ask("count").split()[-1])


class Log:
    """The card's log: number CLA INS P1 P2 sent received SW, one line a command."""

    def __init__(self, path=None):
        self.path = pathlib.Path(path or os.environ["TWCA_INTEROP_APDU_LOG"])
        self.start = 0

    def rows(self):
        """The commands since the last mark, as (CLA INS P1 P2, sent, received, SW)."""
        found = []
        for line in self.path.read_text().splitlines()[self.start:]:
            words = line.split()
            header = "".join(words[1:-3]).upper()
            found.append((header, int(words[-3]), int(words[-2]), words[-1].upper()))
        return found

    def mark(self):
        self.start = len(self.path.read_text().splitlines()) if self.path.exists() else 0

    def cost(self):
        """(commands, bytes sent, bytes received) since the mark."""
        rows = self.rows()
        return len(rows), sum(row[1] for row in rows), sum(row[2] for row in rows)

    def wrong_tries(self):
        """VERIFY, CHANGE and UNBLOCK commands with data that were refused since the mark: without
        data they only ask for the tries left."""
        return sum(row[0][2:4] in ("20", "24", "2C") and row[1] > 5 and row[3] != "9000"
                   for row in self.rows())
