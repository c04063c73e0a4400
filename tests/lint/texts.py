#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""texts.py TOP: each text of texts.txt, as the old software showed it, is in the zh_TW catalogue, and
each message of the tools is translated.

rows: M196"""
import os
import re
import subprocess
import sys
import tempfile

STRING = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'


def joined(strings):
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', strings)).replace('\\"', '"').replace('\\n', '\n')


def is_whole(top):
    """Nothing that the tools say is missing in the catalogue (msgcmp names what is)."""
    with tempfile.NamedTemporaryFile(suffix='.pot') as messages:
        subprocess.run(['xgettext', '--from-code=UTF-8', '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '-D', top,
                        '--files-from', os.path.join(top, 'tools/po/POTFILES'), '-o', messages.name], check=True)
        return subprocess.run(['msgcmp', os.path.join(top, 'tools/po/zh_TW.po'), messages.name],
                              check=False).returncode == 0


def main():
    top = sys.argv[1]
    with open(os.path.join(top, 'tools/po/zh_TW.po'), encoding='utf-8') as file:
        shown = [joined(match) for match in re.findall('msgstr ' + STRING, file.read())]
    with open(os.path.join(top, 'tests/lint/texts.txt'), encoding='utf-8') as file:
        texts = [line.rstrip('\n') for line in file if line.strip() and not line.startswith('#')]
    lost = [text for text in texts if not any(text in one for one in shown)]
    for text in lost:
        print(f'not in the catalogue: {text}')
    print(f'{len(texts) - len(lost)} of {len(texts)} texts')
    sys.exit(1 if lost or not texts or not is_whole(top) else 0)


main()
