#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a C source that holds a text file: embed.py NAME IN OUT."""
import sys

name, source, target = sys.argv[1:]
data = open(source, 'rb').read() + b'\0'
rows = [', '.join(f"'\\x{byte:02x}'" for byte in data[i:i + 12]) for i in range(0, len(data), 12)]
with open(target, 'w', encoding='ascii') as out:
    out.write(f'extern const char {name}[];\nconst char {name}[] = {{\n' + ',\n'.join(rows) + '\n};\n')
