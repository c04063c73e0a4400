# SPDX-License-Identifier: Apache-2.0
"""One blank virtual card after the other in the sandbox's reader, which was empty before."""

import contextlib
import os
import secrets
import signal
import subprocess

import card
import pki

WAIT_MS = 30000


def reader_has(cards):
    """Wait until pcscd sees that: '1' a card, '0' none."""
    pki.run("twca-reader-wait", cards, WAIT_MS)


@contextlib.contextmanager
def blank_card(folder, version, switches=()):
    """A blank card of this version in the reader; its control. It breaks with an error if its
    program did."""
    number = secrets.token_hex(6).upper()
    state, control = folder / f"{number}.card", folder / f"{number}.ctl"
    options = [word for switch in switches for word in ("--switch", switch)]
    pki.run("twca-vcard", "--create", "--state", state, "--card", version, "--serial", number,
            *options)
    with open(folder / f"{number}.log", "wb") as log, subprocess.Popen(
            ["twca-vcard", "--state", state, "--port", os.environ["TWCA_SANDBOX_PORT"],
             "--control", control, *options], stdin=subprocess.DEVNULL, stdout=log,
            stderr=log) as program:
        try:
            reader_has("1")
            yield card.Control(str(control))
        finally:
            program.send_signal(signal.SIGTERM)
            status = program.wait(30)
    reader_has("0")
    if status:
        raise RuntimeError(f"the virtual card broke: {status}")
