# SPDX-License-Identifier: Apache-2.0
"""A token under test, reached with pkcs11-tool through any PKCS#11 module."""

import contextlib
import os
import pathlib
import re
import subprocess

import pki

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


class Token:
    """A module, the slot's place in it, and the environment variables that hold PIN and PUK."""

    def __init__(self, module, label=None, pin_env="TWCA_SANDBOX_PIN", so_env="TWCA_SANDBOX_PUK"):
        self.module = module
        self.label = label
        self.pin_env = pin_env
        self.so_env = so_env

    @property
    def pin(self):
        return os.environ[self.pin_env]

    @property
    def so_pin(self):
        return os.environ[self.so_env]

    @property
    def small(self):
        """The bits of a key that is made fast: 1024, or the least that the token makes."""
        said = self.tool("--list-mechanisms")
        least = re.search(r"RSA-PKCS-KEY-PAIR-GEN, keySize={(\d+)", said)
        return max(1024, int(least.group(1)) if least else 0)

    def command(self, *arguments):
        where = ["--token-label", self.label] if self.label else []
        return ["pkcs11-tool", "--module", self.module, *where, *map(str, arguments)]

    def tool(self, *arguments):
        """pkcs11-tool without login."""
        return pki.run(*self.command(*arguments))

    def user(self, *arguments):
        """pkcs11-tool as the logged-in user."""
        return self.tool("--login", "--pin", f"env:{self.pin_env}", *arguments)

    def attempt(self, *arguments):
        """pkcs11-tool that may fail: (exit code, all it said)."""
        done = subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        return done.returncode, done.stdout.decode(errors="replace")

    def generate(self, number, label, bits=2048):
        self.user("--keypairgen", "--key-type", f"rsa:{bits}", "--id", number, "--label", label)

    def public_key(self, number, folder):
        """The public key with this CKA_ID as a PEM file."""
        der, pem = (pathlib.Path(folder) / f"public-{number}.{kind}" for kind in ("der", "pem"))
        self.tool("--read-object", "--type", "pubkey", "--id", number, "--output-file", der)
        pki.run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", der, "-out", pem)
        return pem

    def certify(self, number, label, authority, name):
        """Issue a certificate for the key pair and store it beside it; the PEM file."""
        public = self.public_key(number, authority.folder)
        return self.store(number, label, authority.client(public, name))

    def store(self, number, label, pem):
        """Put a certificate beside its key; the PEM file."""
        der = pki.pem_to_der(pem, pem.with_suffix(".der"))
        self.user("--write-object", der, "--type", "cert", "--id", number, "--label", label)
        return pem

    def enrol(self, number, label, authority, name, bits=2048):
        """A key pair and its certificate on the token; the PEM file of the certificate."""
        self.generate(number, label, bits)
        return self.certify(number, label, authority, name)


@contextlib.contextmanager
def softhsm(folder):
    """A fresh SoftHSM token: the reference by which the tests themselves are judged."""
    folder = pathlib.Path(folder)
    (folder / "tokens").mkdir(parents=True)
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n"
                      "log.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(config)
    os.environ.setdefault("TWCA_SANDBOX_PIN", "648219")
    os.environ.setdefault("TWCA_SANDBOX_PUK", "73195204")
    token = Token(SOFTHSM, label="interop")
    pki.run("pkcs11-tool", "--module", SOFTHSM, "--slot-index", "0", "--init-token",
            "--label", "interop", "--so-pin", f"env:{token.so_env}")
    token.tool("--init-pin", "--login", "--login-type", "so", "--so-pin", f"env:{token.so_env}",
               "--new-pin", f"env:{token.pin_env}")
    yield token
