# SPDX-License-Identifier: Apache-2.0
"""The files that lint reads, and what is the same for all rules."""

import os
import re

ROOMS = ('cardos', 'pkcs11', 'tools', 'tests', 'docs', 'pkgconfig', '.ci')
PRODUCT = ('cardos/', 'pkcs11/', 'tools/')
SKIPPED = re.compile(r'(^|/)(\.git|__pycache__|build[^/]*)(/|$)')
SCRIPT = re.compile(r'#!.*\b(bash|sh|python3)\b')


class File:
    """One text file: its path below the top, its lines without their ends."""

    def __init__(self, top, path):
        self.path = path
        self.full = os.path.join(top, path)
        with open(self.full, 'rb') as handle:
            self.raw = handle.read()
        self.binary = b'\0' in self.raw
        self.lines = [] if self.binary else self.raw.decode('utf-8', 'replace').split('\n')
        self.name = os.path.basename(path)
        self.is_c = path.endswith(('.c', '.h'))
        first = self.lines[0] if self.lines else ''
        self.is_script = bool(SCRIPT.match(first))
        self.is_shell = self.is_script and 'python' not in first

    def in_product(self):
        return self.path.startswith(PRODUCT)


def files_below(top):
    """Every text file of the rooms, sorted by path."""
    found = []
    for room in ROOMS:
        for folder, folders, names in os.walk(os.path.join(top, room)):
            folders[:] = [f for f in folders if not SKIPPED.search(f)]
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), top)
                if not SKIPPED.search(path) and not os.path.islink(os.path.join(top, path)):
                    found.append(path)
    for name in os.listdir(top):
        if os.path.isfile(os.path.join(top, name)) and name != 'LICENSE':
            found.append(name)
    return [f for f in (File(top, p) for p in sorted(found)) if not f.binary]


def code_lines(file):
    """(number, text) of a C file with comments and string contents blanked out."""
    text = '\n'.join(file.lines)
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(match):
        kept = match.group(0)
        if kept[0] in '"\'':
            return kept[0] * 2
        return '\n' * kept.count('\n')

    return list(enumerate(pattern.sub(blank, text).split('\n'), 1))
