# SPDX-License-Identifier: Apache-2.0
"""The module's own numbers, read from the header that documents them."""

import pathlib
import re

HEADER = pathlib.Path(__file__).resolve().parents[3] / "pkcs11" / "vendor.h"


def number(name):
    """The value of a #define: hexadecimal parts, or-ed, other names among them."""
    found = re.search(rf"^#define\s+{name}\s+(.*?)(?:/\*.*)?$", HEADER.read_text(), re.M)
    value = 0
    for word in re.findall(r"0x[0-9A-Fa-f]+|\b[0-9]+|[A-Z][A-Z_]{3,}", found.group(1)):
        if word.startswith("0x"):
            value |= int(word, 16)
        else:
            value |= int(word) if word.isdigit() else number(word)
    return value
