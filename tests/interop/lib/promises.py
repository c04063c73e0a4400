# SPDX-License-Identifier: Apache-2.0
"""What docs/conformance.md promises: its three tables, row by row."""

import functools
import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "conformance.md"


def _cells(line):
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]


@functools.cache
def table(first):
    """The rows of the table whose first column is headed so: [{heading: cell, "line": number}].
    A first cell may hold several names; each becomes a row."""
    rows, headings = [], None
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("|"):
            headings = None
        elif headings is None:
            headings = _cells(line)
        elif headings[0] == first and not re.match(r"^[|\s:-]+$", line):
            cells = _cells(line)
            if len(cells) != len(headings):
                raise RuntimeError(f"{PAGE.name}:{number}: {len(cells)} columns")
            for name in re.findall(r"[A-Za-z0-9_]+", cells[0]):
                rows.append({**dict(zip(headings, cells)), first: name, "line": number})
    return rows


def where(row):
    return f"docs/conformance.md:{row['line']}"


@functools.cache
def functions(token):
    """{name without C_: offered on this kind of token (soft, V4, V5)}."""
    return {row["function"].removeprefix("C_"): row[token] == "yes" for row in table("function")}
