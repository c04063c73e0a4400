# SPDX-License-Identifier: Apache-2.0
"""OpenSC's own card tools (not its module) on the card in the first reader."""

import os
import pathlib
import re

import pki

MODULES = ("/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so", "/usr/lib/opensc-pkcs11.so",
           "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so")
PIN, PUK = "env:TWCA_SANDBOX_PIN", "env:TWCA_SANDBOX_PUK"
SO_PIN, SO_PUK = "env:TWCA_INTEROP_SO_PIN", "env:TWCA_INTEROP_SO_PUK"


def module():
    """Where Debian puts opensc-pkcs11.so."""
    return next(path for path in MODULES if pathlib.Path(path).exists())


def spy():
    """Where Debian puts pkcs11-spy.so."""
    return pathlib.Path(module()).with_name("pkcs11-spy.so")


def init(*arguments):
    return pki.run("pkcs15-init", *arguments)


def tool(*arguments):
    return pki.run("pkcs15-tool", *arguments)


def crypt(*arguments):
    """pkcs15-crypt knows no env:, but reads the PIN from its standard input."""
    pin = os.environ["TWCA_SANDBOX_PIN"].encode() + b"\n"
    return pki.run("pkcs15-crypt", *arguments, "--pin", "-", input=pin)


def dump():
    """Objects by kind: [{'title': .., field: value}] from pkcs15-tool --dump."""
    found = {}
    current = None
    for line in tool("--dump").splitlines():
        head = re.match(r"(PIN|(?:Private|Public) (?:RSA|EC) Key|X\.509 Certificate|Data object) "
                        r"\[(.*)\]|Data object '(.*)'", line)
        if head:
            kind = head.group(1) or "Data object"
            current = {"title": head.group(2) or head.group(3) or ""}
            found.setdefault(kind, []).append(current)
        elif current is not None and ":" in line:
            key, _, value = line.partition(":")
            current[key.strip()] = value.strip()
    return found


def ids(kind):
    return sorted(one.get("ID", "").lower() for one in dump().get(kind, []))


def create(sopin=False, label="OpenSC card"):
    """A PKCS#15 card in OpenSC's one-PIN profile, or with an SO PIN and a user PIN."""
    if not sopin:
        return init("--create-pkcs15", "--profile", "pkcs15+onepin", "--use-default-transport-keys",
                    "--pin", PIN, "--puk", PUK, "--label", label)
    os.environ.setdefault("TWCA_INTEROP_SO_PIN", "918273")
    os.environ.setdefault("TWCA_INTEROP_SO_PUK", "546372")
    init("--create-pkcs15", "--profile", "pkcs15", "--use-default-transport-keys", "--so-pin",
         SO_PIN, "--so-puk", SO_PUK, "--label", label)
    return init("--store-pin", "--auth-id", "01", "--label", "User PIN", "--pin", PIN, "--puk",
                PUK, "--so-pin", SO_PIN)


def so(sopin):
    """The option with which pkcs15-init proves the SO PIN, where there is one."""
    return ["--so-pin", SO_PIN] if sopin else []


def generate(number, label, bits=2048, usage="sign,decrypt", sopin=False):
    return init("--generate-key", f"rsa/{bits}", "--auth-id", "01", "--id", number, "--label",
                label, "--key-usage", usage, "--pin", PIN, *so(sopin))


def public_key(number, out):
    tool("--read-public-key", number, "--output", out)
    return out


def store_certificate(number, label, pem, sopin=False):
    return init("--store-certificate", pem, "--auth-id", "01", "--id", number, "--label", label,
                "--pin", PIN, *so(sopin))


def sign(number, digest_file, out):
    """PKCS#1 v1.5 signature over a SHA-256 digest."""
    return crypt("--sign", "--key", number, "--pkcs1", "--sha-256", "--input", digest_file,
                 "--output", out, "--raw")


def decipher(number, cipher, out):
    return crypt("--decipher", "--key", number, "--pkcs1", "--input", cipher, "--output", out,
                 "--raw")
