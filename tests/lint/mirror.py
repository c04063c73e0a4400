# SPDX-License-Identifier: Apache-2.0
"""Tests mirror the code: each source file has a test file of its name, or a reason in mirror.txt."""

import os
import re

# where the sources are, where their tests are
ROOMS = {
    'cardos': 'tests/unit/cardos',
    'pkcs11': 'tests/unit/pkcs11',
    'tools': 'tests/unit/tools',
    'tools/lib': 'tests/unit/tools',
    'tests/card': 'tests/unit/card',
    'tests/ra': 'tests/unit/ra',
}
LIST = 'tests/lint/mirror.txt'


def exceptions(files):
    """{path of a source: (number of its line, the tests that stand in, is there a reason?)}

    A group of mirror.txt begins in the first column: "TESTS: reason", the tests separated by
    blanks ("-" for none); its sources follow, indented."""
    table = {}
    tests, has_reason = [], False
    for f in files:
        for number, line in enumerate(f.lines, 1) if f.path == LIST else ():
            if not line.strip() or line.startswith('#'):
                continue
            if not line[0].isspace():
                head, _, reason = line.partition(':')
                tests = [t for t in head.split() if t != '-']
                has_reason = bool(reason.strip())
            else:
                table.update((path, (number, tests, has_reason)) for path in line.split())
    return table


def own_test(path, paths):
    """The test file that has the name of this source; None: there is none."""
    folder, name = os.path.split(path)
    for suffix in ('.c', '.py', '.sh'):
        test = f'{ROOMS[folder]}/test_{name[:-2]}{suffix}'
        if test in paths:
            return test
    return None


def is_built(test, files):
    """Does a meson.build of the tests name it: as test_NAME, or as 'NAME' in its own folder's?"""
    folder, name = os.path.split(test)
    stem = re.escape(os.path.splitext(name)[0][len('test_'):])
    for f in files:
        if f.name == 'meson.build' and f.path.startswith('tests/'):
            own = f.path == folder + '/meson.build'
            if re.search(rf"\btest_{stem}\b" + (rf"|'{stem}'" if own else ''), '\n'.join(f.lines)):
                return True
    return False


def mirror(files, _top, _build):
    paths = {f.path for f in files}
    lifted = exceptions(files)
    sources = [p for p in sorted(paths) if p.endswith('.c') and os.path.dirname(p) in ROOMS]
    found = []
    for path in sources:
        test = own_test(path, paths)
        if test and path in lifted:
            found.append((LIST, lifted[path][0], f'{path} has a test of its own, {test}'))
        elif not test and path not in lifted:
            found.append((path, 1, f'no test of its name in {ROOMS[os.path.dirname(path)]}'))
    for path, (number, tests, has_reason) in lifted.items():
        if path not in sources:
            found.append((LIST, number, f'{path} does not exist'))
        found += [(LIST, number, f'{test} does not exist') for test in tests
                  if test not in paths]
        if not has_reason:
            found.append((LIST, number, f'no reason for {path}'))
    for path in sorted(paths):
        if os.path.dirname(path) in ROOMS.values() and re.search(r'/test_\w+\.c$', path) and \
                not is_built(path, files):
            found.append((path, 1, 'no meson.build builds it'))
    return found
