# SPDX-License-Identifier: Apache-2.0
"""Rules that ask another program: the compiler, nm, shellcheck, clang-format."""

import concurrent.futures
import json
import os
import re
import shlex
import shutil
import subprocess

EXPORTS = ['C_GetFunctionList', 'C_GetInterface', 'C_GetInterfaceList']


class Missing(Exception):
    """A program that the rule needs is not installed."""


def program(*names):
    for name in names:
        if shutil.which(name):
            return name
    raise Missing(names[0])


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **more)


def compile_flags(build):
    """The compiler call without files, by a source's path without its ending, and by its folder
    (of one source there); both absolute."""
    flags = {}
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as handle:
        for entry in json.load(handle):
            source = os.path.normpath(os.path.join(entry['directory'], entry['file']))
            words = shlex.split(entry['command'])
            keep, skip = [], False
            for word in words:
                if skip or word in ('-o', '-MF', '-MQ', '-c'):
                    skip = not skip and word != '-c'
                elif word not in ('-MD', entry['file']):
                    keep.append(word)
            flags.setdefault(os.path.splitext(source)[0], keep)
            flags.setdefault(os.path.dirname(source), keep)
    return flags


def headers(files, _top, build):
    """Every header of the rooms compiles alone, and twice."""
    flags = compile_flags(build)

    def check(f):
        folder = os.path.splitext(f.full)[0]
        while folder not in flags and os.path.dirname(folder) != folder:
            folder = os.path.dirname(folder)
        if folder not in flags:
            return [(f.path, 1, 'no source beside it is compiled')]
        text = f'#include "{f.full}"\n#include "{f.full}"\nint lint_header_alone;\n'
        result = run(flags[folder] + ['-Wno-missing-prototypes', '-Werror', '-fsyntax-only', '-x',
                                      'c', '-'], input=text, cwd=build)
        return [(f.path, 1, 'does not compile alone: ' + line)
                for line in result.stdout.splitlines() if 'error' in line][:3] \
            if result.returncode else []

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        wanted = [f for f in files if f.path.endswith('.h')]
        return [finding for part in pool.map(check, wanted) for finding in part]


def exports(_files, _top, build):
    module = os.path.join(build, 'pkcs11/twca-pkcs11.so')
    if not os.path.exists(module):
        return [('pkcs11/twca-pkcs11.so', 1, 'is not built')]
    result = run([program('nm'), '-D', '--defined-only', '--format=posix', module])
    names = sorted(line.split()[0].split('@')[0] for line in result.stdout.splitlines()
                   if line.split()[1] not in 'Aa')
    if names != EXPORTS:
        return [('pkcs11/twca-pkcs11.so', 1, f'exports {" ".join(names) or "nothing"}')]
    return []


# Calls by which a library leaves something to be run when it may be gone, or in a child.
HOOKS = re.compile(r'^(pthread_atfork|__register_atfork|atexit|on_exit|at_quick_exit|__cxa_atexit|'
                   r'signal|sigaction)$')


def hooks(_files, _top, build):
    """The module leaves no hook in its process: at fork, at exit, when it is loaded or unloaded."""
    module = os.path.join(build, 'pkcs11/twca-pkcs11.so')
    if not os.path.exists(module):
        return [('pkcs11/twca-pkcs11.so', 1, 'is not built')]
    wanted = run([program('nm'), '-D', '--undefined-only', '--format=posix', module]).stdout
    names = [line.split()[0].split('@')[0] for line in wanted.splitlines()]
    found = [('pkcs11/twca-pkcs11.so', 1, f'calls {name}') for name in names if HOOKS.match(name)]
    if any(re.match(r'__[a-z]+san_', name) for name in names):
        return found  # a sanitizer has constructors of its own
    sections = run([program('readelf'), '-SW', module]).stdout
    for name, size in re.findall(r'\.(init_array|fini_array)\s+\w+\s+\w+ \w+ (\w+)', sections):
        if int(size, 16) > 8:  # one entry is the compiler's
            found.append(('pkcs11/twca-pkcs11.so', 1, f'has a function of its own in .{name}'))
    return found


def shell(files, _top, _build):
    tool = program('shellcheck')
    wanted = [f for f in files if f.is_shell]
    if not wanted:
        return []
    result = run([tool, '--format=gcc', '--severity=warning'] + [f.full for f in wanted])
    found = []
    for line in result.stdout.splitlines():
        match = re.match(r'(.+?):(\d+):\d+: (.*)', line)
        if match:
            path = next(f.path for f in wanted if f.full == match.group(1))
            found.append((path, int(match.group(2)), match.group(3)))
    return found


def clang_format(files, _top, _build):
    tool = program('clang-format-14', 'clang-format')
    wanted = [f for f in files if f.is_c]
    result = run([tool, '--dry-run', '--style=file'] + [f.full for f in wanted])
    found = {}
    for line in result.stdout.splitlines():
        match = re.match(r'(.+?):(\d+):\d+: (?:warning|error): ', line)
        if match:
            path = next((f.path for f in wanted if f.full == match.group(1)), match.group(1))
            found.setdefault((path, int(match.group(2))), 'differs from .clang-format')
    return [(path, number, what) for (path, number), what in sorted(found.items())]
