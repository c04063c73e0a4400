# SPDX-License-Identifier: Apache-2.0
"""What every interop test does: options, a folder, a token, one line a check, a closing count."""

import argparse
import contextlib
import os
import pathlib
import re
import subprocess
import tempfile

import isolate
import p11
import pki


class Checks:
    """Counts and prints what held and what did not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def that(self, condition, what, evidence=""):
        print(("ok   " if condition else "FAIL ") + what, flush=True)
        if condition:
            self.passed += 1
        else:
            self.failed += 1
            if evidence:
                print(re.sub("^", "     | ", str(evidence).rstrip(), flags=re.M), flush=True)
        return condition

    def equal(self, value, wanted, what):
        return self.that(value == wanted, what, f"got    {value!r}\nwanted {wanted!r}")

    def done(self, what, work, *arguments, **options):
        """The call must not raise; its result, or None."""
        try:
            result = work(*arguments, **options)
        except (RuntimeError, AssertionError, TimeoutError, OSError, KeyError,
                subprocess.TimeoutExpired) as error:
            self.that(False, what, f"{type(error).__name__}: {error}")
            return None
        self.that(True, what)
        return result

    def program(self, what, *command, **options):
        """The program must exit with 0; its output, or None."""
        return self.done(what, pki.run, *command, **options)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


class Place:
    """The folder, token and CA of one test."""

    def __init__(self, folder, token, options):
        self.folder = folder
        self.token = token
        self.options = options
        self.authority = pki.Authority(folder / "ca")


def main(doc, work, extra=None):
    """Parse the options, make the place and call work(checks, place); the exit code."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--softhsm", action="store_true",
                        help="judge the test itself with a fresh SoftHSM token")
    parser.add_argument("--module", default=os.environ.get("TWCA_PKCS11_MODULE"))
    if extra:
        extra(parser)
    options = parser.parse_args()
    if options.softhsm:
        isolate.alone()
    checks = Checks()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="interop-")))
        if options.softhsm:
            token = stack.enter_context(p11.softhsm(folder / "softhsm"))
        else:
            if not options.module:
                parser.error("--module, --softhsm or TWCA_PKCS11_MODULE is needed")
            token = p11.Token(options.module, label=os.environ.get("TWCA_INTEROP_TOKEN"))
        work(checks, Place(folder, token, options))
    return checks.finish()
