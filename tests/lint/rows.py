#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The table docs/manual-rows.md: a line for each row of the manuals, and tests that are there.

A test names the rows it proves in a comment, "rows: M32 M33", above the scenario, or at the top of the
file for all of it. The table's last column names tests as FILE below tests/, with the scenario behind it;
"missing" stands where no test proves the row yet, and tests/lint/rows_missing.txt lists just those.
  rows.py TOP            the table against the tests and what meson runs of them
  rows.py TOP --update   writes the last column and the list anew from the marks in the tests"""
import os
import re
import sys

LAST = 197
SUITES = ('flow', 'interop', 'unit', 'ra', 'fault', 'lint')
LINE = re.compile(r'^\| (M\d{2,3}) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$')
MARK = re.compile(r'^\s*(?:#|\*|/\*|//)?.*\brows:((?:[ ,]+M\d{2,3}\b)+)|^# ((?:M\d{2,3} ?)+)')
SCENARIO = re.compile(r'^scenario_(\w+)\(\)')


def row_name(number):
    return f'M{number:02}'


def marks_of(path):
    """Pairs of a row and the scenario whose comment names it; '' is the whole file."""
    pending, found = [], []
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in file:
            mark = MARK.search(line)
            scenario = SCENARIO.match(line)
            if mark:
                pending += re.findall(r'M\d{2,3}', mark[1] or mark[2])
            elif scenario and pending:
                found += [(row, scenario[1]) for row in pending]
                pending = []
            elif not line.startswith('#') and pending:
                found += [(row, '') for row in pending]
                pending = []
    return found


def all_marks(top):
    """{row: [test]}, a test as in the table."""
    marks = {}
    for suite in SUITES:
        for folder, _, names in sorted(os.walk(os.path.join(top, 'tests', suite))):
            for name in sorted(names):
                if name.endswith(('.pyc', '.supp', '.txt')) or name == os.path.basename(__file__):
                    continue
                path = os.path.join(folder, name)
                for row, scenario in marks_of(path):
                    test = (os.path.relpath(path, os.path.join(top, 'tests')) + ' ' + scenario).strip()
                    if test not in marks.setdefault(row, []):
                        marks[row].append(test)
    return marks


def read_table(top):
    with open(os.path.join(top, 'docs/manual-rows.md'), encoding='utf-8') as file:
        return file.read().splitlines()


def read_missing(top):
    with open(os.path.join(top, 'tests/lint/rows_missing.txt'), encoding='utf-8') as file:
        return [word for line in file if not line.startswith('#') for word in line.split()]


def meson_names(top, test):
    """Does the meson.build beside the test name its file and its scenario?"""
    path, _, scenario = test.partition(' ')
    name = os.path.basename(path)
    stem = re.sub(r'^test_', '', name.rsplit('.', 1)[0])
    with open(os.path.join(top, 'tests', os.path.dirname(path), 'meson.build'), encoding='utf-8') as file:
        words = re.findall(r"'([^'\n]*)'", re.sub(r'#.*', '', file.read()))
    names = {name, stem, 'test_' + stem, stem.replace('_', ' '), stem.replace('_', '-')}
    return bool(names & set(words)) and (not scenario or scenario in words)


def faults_of_line(top, match, marks):
    row, tests = match[1], [test.strip() for test in match[5].split(';')]
    if tests == ['missing']:
        return []
    if not match[4].strip() or not match[5].strip():
        return [f'{row}: a column is empty']
    faults = [f'{row}: {test} does not exist or does not name the row' for test in tests
              if test not in marks.get(row, [])]
    return faults + [f'{row}: meson does not run {test}' for test in tests if not meson_names(top, test)]


def check(top):
    marks = all_marks(top)
    matches = [match for match in map(LINE.match, read_table(top)) if match]
    rows = [match[1] for match in matches]
    wanted = [row_name(number) for number in range(1, LAST + 1)]
    faults = [f'{row}: {rows.count(row)} lines' for row in wanted if rows.count(row) != 1]
    faults += [f'{row}: no such row' for row in rows if row not in wanted]
    faults += [f'{row}: a test names it, but there is no such row' for row in marks if row not in wanted]
    for match in matches:
        faults += faults_of_line(top, match, marks)
    missing = [match[1] for match in matches if match[5].strip() == 'missing']
    if sorted(missing) != sorted(read_missing(top)):
        faults.append('tests/lint/rows_missing.txt does not list the rows that are missing: '
                      + ' '.join(sorted(set(missing) ^ set(read_missing(top)))))
    return faults


def update(top):
    marks, lines, missing = all_marks(top), [], []
    for line in read_table(top):
        match = LINE.match(line)
        if match:
            tests = '; '.join(marks.get(match[1], ['missing']))
            if tests == 'missing':
                missing.append(match[1])
            line = f'| {match[1]} | {match[2]} | {match[3]} | {match[4]} | {tests} |'
        lines.append(line)
    with open(os.path.join(top, 'docs/manual-rows.md'), 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines) + '\n')
    with open(os.path.join(top, 'tests/lint/rows_missing.txt'), 'w', encoding='utf-8') as file:
        file.write('# Rows of docs/manual-rows.md that no test proves yet; made by rows.py --update.\n')
        file.writelines(' '.join(missing[i:i + 15]) + '\n' for i in range(0, len(missing), 15))
    print(f'{LAST - len(missing)} rows have tests, {len(missing)} have none')


def main():
    top = sys.argv[1]
    if sys.argv[2:] == ['--update']:
        update(top)
        return
    faults = check(top)
    print('\n'.join(faults) if faults else 'ok')
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
