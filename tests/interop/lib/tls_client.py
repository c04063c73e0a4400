# SPDX-License-Identifier: Apache-2.0
"""Starts tls_server.py for a client that is under test."""

import contextlib
import pathlib
import subprocess
import sys

SERVER = pathlib.Path(__file__).resolve().parent / "tls_server.py"


@contextlib.contextmanager
def server(authority, version):
    """A TLS server that demands a certificate of this authority; yields its port.

    What it saw is printed when it ends: the evidence beside a check that failed."""
    key, certificate = authority.server()
    command = [sys.executable, SERVER, key, certificate, authority.root, version]
    with subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            for line in process.stdout:
                print(f"     (server) {line.rstrip()}", flush=True)
            process.wait(timeout=10)
