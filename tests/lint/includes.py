# SPDX-License-Identifier: Apache-2.0
"""Rules about #include: the order inside a file, and who may know whom (rooms.txt)."""

import fnmatch
import os
import re

INCLUDE = re.compile(r'#\s*include\s+([<"])([^>"]+)[>"]')


def included(f):
    """(line, quote, name) of each #include."""
    for number, line in enumerate(f.lines, 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def groups(f):
    """Runs of #include lines not parted by another line: lists of (line, quote, name)."""
    run, last = [], None
    for item in included(f):
        if run and item[0] != last + 1:
            yield run
            run = []
        run.append(item)
        last = item[0]
    if run:
        yield run


def own_header(f):
    return os.path.basename(f.path)[:-2] + '.h'


def order(files, _top, _build):
    found = []
    for f in files:
        if not f.is_c:
            continue
        items = list(included(f))
        for number, _quote, name in items:
            if name.startswith('../') or '/../' in name:
                found.append((f.path, number, 'a path that climbs ("../")'))
        if any(name == 'cmocka.h' for _n, _q, name in items):
            continue  # cmocka wants four headers before its own
        names = [os.path.basename(name) for _n, quote, name in items if quote == '"']
        if f.path.endswith('.c') and own_header(f) in names and \
                os.path.basename(items[0][2]) != own_header(f):
            found.append((f.path, items[0][0], f'"{own_header(f)}" must come first'))
        # The first block may hold the headers that the file implements, or its family's.
        rest = items[:]
        while rest and rest[0][1] == '"':
            rest.pop(0)
        quotes = [quote for _n, quote, _name in rest]
        if '<' in quotes[quotes.index('"'):] if '"' in quotes else False:
            found.append((f.path, rest[quotes.index('"')][0], '"..." before <...>'))
        for run in groups(f):
            run = [item for item in run if item in rest]
            for before, after in zip(run, run[1:]):
                if before[1] == after[1] and before[2] > after[2]:
                    found.append((f.path, after[0], f'{after[2]} belongs before {before[2]}'))
    return found


class Plan:
    """rooms.txt: the floors of each room from the roof down, and the doors."""

    def __init__(self, top):
        self.floors, self.doors, self.system, self.lines = {}, {}, [], []
        room = None
        with open(os.path.join(top, 'tests/lint/rooms.txt'), encoding='utf-8') as handle:
            for line in handle:
                words = line.split('#')[0].split()
                if not words:
                    continue
                if words[0] == 'room':
                    room = words[1]
                    self.floors[room], self.doors[room] = [], []
                elif words[0] == 'floor':
                    self.floors[room].append(words[1:])
                elif words[0] == 'door':
                    self.doors[room].append((words[1], words[2:]))
                elif words[0] == 'system':
                    self.system.append((words[1], words[2:]))
                else:
                    raise ValueError(f'rooms.txt: {line}')

    def room_of(self, path):
        return next((r for r in sorted(self.floors, key=len, reverse=True)
                     if os.path.dirname(path) == r), None)

    def level(self, room, unit):
        """The floor of a unit; 0 is the roof. None: not in the plan."""
        for number, names in enumerate(self.floors[room]):
            if any(fnmatch.fnmatchcase(unit, name) for name in names):
                return number
        return None


def check_include(plan, room, f, name):
    """What is wrong with f's #include "name", or None."""
    unit = f.name[:-2]
    folder, base = os.path.split(name)
    other = next((r for r in plan.floors if folder and (r == folder or r == f'{room}/{folder}')),
                 None)
    if folder and other != room:
        for opened, units in plan.doors[room]:
            if fnmatch.fnmatchcase(name, opened) and \
                    any(fnmatch.fnmatchcase(unit, u) for u in units):
                return None
        return f'{room}/{unit} has no door to {name}'
    target = plan.level(room, base[:-2])
    if target is None:
        return f'{name} is not in rooms.txt'
    if target < plan.level(room, unit):
        return f'{name} lives on a higher floor'
    return None


def rooms(files, top, _build):
    plan = Plan(top)
    found = []
    for f in files:
        room = plan.room_of(f.path) if f.is_c else None
        if not room:
            continue
        if plan.level(room, f.name[:-2]) is None:
            found.append((f.path, 1, 'is on no floor of rooms.txt'))
            continue
        for number, quote, name in included(f):
            if quote == '"':
                wrong = check_include(plan, room, f, name)
                if wrong:
                    found.append((f.path, number, wrong))
                continue
            for header, paths in plan.system:
                if fnmatch.fnmatchcase(name, header) and \
                        not any(fnmatch.fnmatchcase(f.path, p) for p in paths):
                    found.append((f.path, number, f'<{name}> is not for {f.path}'))
    return found
