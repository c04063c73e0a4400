#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""texts.py TOP: each text of texts.txt, as the old software showed it, is in the zh_TW catalogue.

rows: M196"""
import os
import re
import sys

STRING = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'


def joined(strings):
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', strings)).replace('\\"', '"').replace('\\n', '\n')


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
    sys.exit(1 if lost or not texts else 0)


main()
