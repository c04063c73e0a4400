# SPDX-License-Identifier: Apache-2.0
"""The numbers of PKCS#11 by name, from the headers that the module is built with."""

import functools
import pathlib
import re
import subprocess

PKCS11 = pathlib.Path(__file__).resolve().parents[3] / "pkcs11"


@functools.cache
def p11_kit():
    """The text of p11-kit's header."""
    flags = subprocess.run(["pkg-config", "--cflags-only-I", "p11-kit-1"], text=True,
                           stdout=subprocess.PIPE, check=True).stdout.split()
    for flag in flags:
        path = pathlib.Path(flag[2:]) / "p11-kit" / "pkcs11.h"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise RuntimeError("p11-kit/pkcs11.h is not where pkg-config says")


@functools.cache
def numbers(prefix):
    """{name: number} of all that begin so, e.g. CKR_; aliases are left out."""
    found = {}
    for text in (p11_kit(), (PKCS11 / "ck_numbers.h").read_text(encoding="utf-8")):
        for name, value in re.findall(
                rf"#define\s+({prefix}\w+)\s+\(?(0x[0-9a-fA-F]+|\d+)(?:UL)?\b", text):
            found.setdefault(name, int(value, 0))
        for name, value in re.findall(
                rf"#define\s+({prefix}\w+)\s+\(?\(?1UL\s*<<\s*(\d+)\)?", text):
            found[name] = 1 << int(value)
        for name, value in re.findall(
                rf"#define\s+({prefix}\w+)\s+\(CKF_ARRAY_ATTRIBUTE \| (0x[0-9a-f]+)UL\)", text):
            found[name] = 0x40000000 | int(value, 16)
    return found


def number(name):
    return numbers(re.match(r"CK[A-Z]+_", name).group(0))[name]


@functools.cache
def _names(prefix):
    return {value: name for name, value in reversed(numbers(prefix).items())}


def name(prefix, value):
    """The other way: CKR_..., or the number in hexadecimal."""
    return _names(prefix).get(value, hex(value))

