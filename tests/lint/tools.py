#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tools.py TOP BUILD: what the tools take and return is what their papers say.

The options and commands that --help of each tool lists are those of its man page and of its completions for
bash, zsh and fish. The exit statuses of its man page are those of its JSON schema. The table docs/exit-codes.md
has the rows of tools/lib/fail.c, and each code in it is proved by a test that names it."""
import glob
import json
import os
import re
import subprocess
import sys

OF_ARGP = {'--help', '--usage', '--version'}  # every program has them
TOOLS = ('account', 'apply', 'cert', 'check', 'export', 'info', 'pin', 'renew')


def read(*parts):
    with open(os.path.join(*parts), encoding='utf-8') as file:
        return file.read()


def words(text):
    return set(re.findall(r'(?<![\w-])--[a-z][a-z0-9]*(?:-[a-z0-9]+)*', text)) - OF_ARGP


def help_of(build, tool):
    """The options and the commands."""
    run = subprocess.run([os.path.join(build, 'tools', 'twca-' + tool), '--help'], env={'LC_ALL': 'C', 'COLUMNS': '80'},
                         check=True, stdout=subprocess.PIPE, encoding='utf-8')
    options = {word for line in run.stdout.splitlines() for word in words(line[:32]) if re.match(r'\s+(-|--)', line)}
    verbs = re.search(r'^Commands:\n(.*?)\n\nOptions:', run.stdout, re.S | re.M)
    return options, set(re.findall(r'^  (\S+)', verbs[1], re.M)) if verbs else set()


def papers(top, build, tool):
    """{file: (options, text)} of the man page and the completions."""
    folder = 'tools/'
    texts = {f'docs/man/twca-{tool}.1.scd': read(top, f'docs/man/twca-{tool}.1.scd')}
    for name in (f'twca-{tool}.bash', f'_twca-{tool}', f'twca-{tool}.fish'):
        texts[folder + name] = read(build, folder + name)
    found = {}
    for name, text in texts.items():
        options = words(text)
        if name.endswith('.fish'):
            options = {'--' + word for word in re.findall(r'(?<=^complete -c twca-).* -l ([a-z][a-z0-9-]*)', text, re.M)} - OF_ARGP
        elif name.endswith('.scd'):
            options = words(' '.join(re.findall(r'\*(-[^*\s]+)\*', text)))
        found[name] = options, text
    return found


def faults_of_options(top, build, tool):
    options, verbs = help_of(build, tool)
    faults = []
    for name, (listed, text) in papers(top, build, tool).items():
        faults += [f'{name}: {word} of --help is missing' for word in sorted(options - listed)]
        faults += [f'{name}: {word} is not in --help' for word in sorted(listed - options)]
        faults += [f'{name}: the command {verb} is missing' for verb in sorted(verbs)
                   if not re.search(rf'(?<![\w-]){re.escape(verb)}(?![\w-])', text)]
    return faults


def completed(build, tool, *line):
    """What bash offers for the last word of the line."""
    script = '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _${1//-/_}; printf "%s\\n" "${COMPREPLY[@]}"'
    file = os.path.join(build, 'tools', f'twca-{tool}.bash')
    return set(subprocess.run(['bash', '-euc', script, 'bash', file, 'twca-' + tool, *line], check=True,
                              stdout=subprocess.PIPE, encoding='utf-8').stdout.split())


def faults_of_bash(build, tool):
    """What is offered is what the tool takes, at each place of a line."""
    options, verbs = help_of(build, tool)
    wanted = [(('--',), options | OF_ARGP), (('--color', 'a'), {'auto', 'always'}), (('--color', '=', 'n'), {'never'}),
              (('--site', '='), {'soft', 'fine', 'tipo', 'post', 'bts'}), (('',), verbs)]
    wanted += [((word, ''), {'file:', 'fd:', 'env:', '-'}) for word in options if word.endswith('-source')]
    return [f'twca-{tool}.bash: {" ".join(line)} offers {sorted(completed(build, tool, *line))}'
            for line, words in wanted if completed(build, tool, *line) != words]


def statuses_of_man(text):
    section = text.split('# EXIT STATUS\n', 1)[1].split('\n# ', 1)[0]
    return {int(number) for line in section.splitlines() if re.match(r'(\[\[|\|) ', line)
            for number in re.findall(r'\*(\d+)\*', line)}


def faults_of_statuses(top, tool, known):
    man = statuses_of_man(read(top, f'docs/man/twca-{tool}.1.scd'))
    schema = set(json.loads(read(top, f'docs/json/twca-{tool}.schema.json'))['properties']['exit']['enum'])
    faults = [f'docs/json/twca-{tool}.schema.json: exit status {n} is only there, not in the man page'
              for n in sorted(schema - man)]
    faults += [f'docs/man/twca-{tool}.1.scd: exit status {n} is only there, not in the schema'
               for n in sorted(man - schema)]
    return faults + [f'twca-{tool}: nothing has the exit status {n}' for n in sorted(man - known)]


def table(top):
    """Pairs of code and exit status, of the paper and of the program."""
    paper = re.findall(r'^\| `([a-z-]+)` \| (\d+) \|', read(top, 'docs/exit-codes.md'), re.M)
    program = re.findall(r'^\t\{ FAIL_\w+, (\d+), "([a-z-]+)",', read(top, 'tools/lib/fail.c'), re.M)
    return [(code, int(n)) for code, n in paper], [(code, int(n)) for n, code in program]


def proofs(top):
    names = [name for folder in ('flow', 'unit/tools', 'fault', 'interop')
             for name in glob.glob(os.path.join(top, 'tests', folder, '*')) if os.path.isfile(name)]
    return '\n'.join(read(name) for name in sorted(names))


def faults_of_codes(top):
    paper, program = table(top)
    faults = [f'docs/exit-codes.md: {code} {n} of fail.c is missing' for code, n in program if (code, n) not in paper]
    faults += [f'docs/exit-codes.md: {code} {n} is not in fail.c' for code, n in paper if (code, n) not in program]
    tests, source = proofs(top), read(top, 'tools/lib/fail.c')
    for code, _ in paper:
        name = re.search(rf'\{{ (FAIL_\w+), \d+, "{code}",', source)
        if not re.search(rf'(?<![\w-]){code}(?![\w-])', tests) and not (name and re.search(rf'\b{name[1]}\b', tests)):
            faults.append(f'no test proves {code}')
    return faults


def main():
    top, build = sys.argv[1:]
    faults = faults_of_codes(top)
    known = {n for _, n in table(top)[1]}
    for tool in TOOLS:
        faults += faults_of_options(top, build, tool) + faults_of_bash(build, tool)
        faults += faults_of_statuses(top, tool, known)
    print('\n'.join(faults) if faults else 'ok')
    sys.exit(1 if faults else 0)


main()
