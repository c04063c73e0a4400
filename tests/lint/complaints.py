#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The table docs/complaints.md: a line for each complaint, and tests that are there and are run.

A test is a file below tests/ and, behind it, the name in it that proves the line: a test function of C, a
function of a Python or shell test, a scenario of a flow, a rule of lint.
  complaints.py TOP"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import rows  # noqa: E402

LAST = 39
LINE = re.compile(r'^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$')


def names_in(path):
    """What a test file defines and uses, by which a line may name a part of it."""
    with open(path, encoding='utf-8', errors='replace') as file:
        text = file.read()
    if path.endswith('.c'):
        defined = re.findall(r'^static void (\w+)\(void \*\*state\)', text, re.M)
        return {name for name in defined if len(re.findall(rf'\b{name}\b', text)) > 1}
    names = set(re.findall(r'^scenario_(\w+)\(\)', text, re.M))
    names |= {name for name in re.findall(r'^(?:def |)(\w+)\((?:.*\):|\)) *$', text, re.M)
              if len(re.findall(rf'\b{name}\b', text)) > 1}
    return names | set(re.findall(r"^    '(\w+)': \w+\.\w+,$", text, re.M))


def elsewhere(top, path):
    """Some tests are run by the meson.build of another folder."""
    with open(os.path.join(top, 'tests/interop/meson.build'), encoding='utf-8') as file:
        return f"'../{path}'" in file.read()


def fault_of(top, test):
    """What is wrong with one test of a line, or None."""
    path, _, name = test.partition(' ')
    full = os.path.join(top, 'tests', path)
    if not os.path.isfile(full):
        return f'{path} does not exist'
    if name and name not in names_in(full):
        return f'{path} has no {name}'
    if not rows.meson_names(top, path) and not elsewhere(top, path):
        return f'meson does not run {path}'
    return None


def check(top):
    with open(os.path.join(top, 'docs/complaints.md'), encoding='utf-8') as file:
        matches = [match for match in map(LINE.match, file.read().splitlines()) if match]
    numbers = [int(match[1]) for match in matches]
    faults = [] if numbers == list(range(1, LAST + 1)) else [f'lines {numbers} in place of 1 to {LAST}']
    for match in matches:
        tests = [test.strip().strip('`') for test in match[4].split(';') if test.strip()]
        if not tests:
            faults.append(f'{match[1]}: no test')
        faults += [f'{match[1]}: {fault}' for fault in (fault_of(top, test) for test in tests) if fault]
    return faults


def selftest(top):
    """Lines that are wrong in each way are found out."""
    wrong = ('unit/none.c', 'unit/pkcs11/test_slot.c nothing_of_the_kind', 'interop/life no_such_function',
             'flow/check.sh no_scenario', 'lint/lint no_rule', 'unit/pkcs11/fake_internal.h')
    return [f'{test}: not found out' for test in wrong if not fault_of(top, test)]


def main():
    faults = check(sys.argv[1]) + selftest(sys.argv[1])
    print('\n'.join(faults) if faults else 'ok')
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
