# SPDX-License-Identifier: Apache-2.0
"""Rules that need nothing but the text of each file."""

import os
import re

import source

C_MAX, HEADER_MAX, FUNCTION_MAX = 500, 150, 60
# Spelled apart, so that this file can be read by its own rule.
UNFINISHED = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK|st' r'ub(bed)?|place' r'holder)\b|'
                        r'\bfor' r' now\b', re.I)
SPDX = 'SPDX-License-Identifier: Apache-2.0'
STATUS_WORD = re.compile(r'\b0x(6[1-9A-Fa-f]|9[0-9A-Fa-f])[0-9A-Fa-f]{2}\b')


def exceptions(top):
    """The lines `path limit reason` of exceptions.txt."""
    path = os.path.join(top, 'tests/lint/exceptions.txt')
    table = {}
    if os.path.exists(path):
        with open(path, encoding='utf-8') as handle:
            for line in handle:
                if line.strip() and not line.startswith('#'):
                    name, limit, _reason = line.split(None, 2)
                    table[name] = int(limit)
    return table


def spdx(files, _top, _build):
    wanted = [f for f in files if f.is_c or f.is_script or f.name.endswith('.py')]
    return [(f.path, 1, f'no "{SPDX}" in the first two lines') for f in wanted
            if not any(SPDX in line for line in f.lines[:2])]


def space(files, _top, _build):
    found = []
    for f in files:
        if f.name.endswith(('.md', '.diff', '.patch', '.der', '.txt', '.po')):
            continue
        if f.raw and not f.raw.endswith(b'\n'):
            found.append((f.path, len(f.lines), 'no newline at the end of the file'))
        for number, line in enumerate(f.lines, 1):
            if line != line.rstrip():
                found.append((f.path, number, 'white space at the end of the line'))
            if f.is_c and re.match(r' {8}|\t* +\t', line):
                found.append((f.path, number, 'spaces where a tab belongs'))
            if f.name.endswith('.py') and '\t' in line:
                found.append((f.path, number, 'a tab in Python'))
    return found


def words(files, _top, _build):
    return [(f.path, number, f'"{match.group(0)}" says that something is missing')
            for f in files for number, line in enumerate(f.lines, 1)
            for match in [UNFINISHED.search(line)] if match]


def function_lengths(f):
    """(first line, lines) of each function: from { to } in the first column."""
    start = None
    for number, line in enumerate(f.lines, 1):
        if line == '{':
            start = number
        elif line == '}' and start:
            yield start, number - start + 1
            start = None


def size(files, top, _build):
    found = []
    lifted = exceptions(top)
    for f in files:
        if not f.is_c:
            continue
        length = len(f.lines) - 1
        limit = lifted.get(f.path, HEADER_MAX if f.path.endswith('.h') else C_MAX)
        if length > limit:
            found.append((f.path, limit, f'{length} lines, the limit is {limit}'))
        for start, lines in function_lengths(f):
            near = '\n'.join(f.lines[max(0, start - 12):start + 3])
            if lines > FUNCTION_MAX and 'lint: long, because' not in near:
                found.append((f.path, start, f'a function of {lines} lines'))
    for path in lifted:
        if not any(f.path == path for f in files):
            found.append(('tests/lint/exceptions.txt', 1, f'{path} does not exist'))
    return found


BORDERS = (
    # what, where it is looked for, where it may be, why
    (re.compile(r'\bSCARD_[A-Z]_[A-Z_]+'), r'(cardos|pkcs11|tools)/', r'cardos/pcsc_[a-z_]+\.[ch]$',
     'a PC/SC code outside pcsc_*'),
    (STATUS_WORD, r'(cardos|pkcs11|tools)/', r'cardos/(iso_sw|cos_table)\.[ch]$',
     'a status word outside iso_sw and cos_table'),
    (re.compile(r'\bCK[A-Z]?_[A-Z]'), r'cardos/', None, 'PKCS#11 in cardos/'),
    (re.compile(r'\bSCard[A-Z]'), r'(cardos|pkcs11|tools)/', r'cardos/pcsc_[a-z_]+\.[ch]$',
     'winscard outside pcsc_*'),
    (re.compile(r'\bCARDOS_[A-Z]'), r'tools/', None, 'cardos/ in tools/'),
    (re.compile(r'\bgoto\b'), r'(cardos|pkcs11|tools|tests)/', None, 'goto'),
    (re.compile(r'#include <(sys/(inotify|fanotify|epoll|eventfd|signalfd|timerfd|prctl|syscall|'
                r'sendfile|vfs)\.h|linux/|gnu/)|\b(MADV_(DONTDUMP|WIPEONFORK)|memfd_create|renameat2|O_TMPFILE)\b'),
     r'(cardos|pkcs11)/', r'(cardos/secret|pkcs11/soft_watch)\.c$',
     'what Linux alone has, outside secret.c and soft_watch.c'),
    (re.compile(r'\b(vcard|vpcd|twca_ra_admin)\b|TWCA_SANDBOX'), r'(cardos|pkcs11|tools)/', None,
     'the product knows the test stand'),
)


def border(files, _top, _build):
    found = []
    for f in files:
        if not f.is_c:
            continue
        rules = [(what, why) for what, where, allowed, why in BORDERS
                 if re.match(where, f.path) and not (allowed and re.match(allowed, f.path))]
        for number, line in source.code_lines(f) if rules else ():
            for what, why in rules:
                if what.search(line):
                    found.append((f.path, number, why))
    return found
