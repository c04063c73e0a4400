#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What `meson install` puts where: the module as a file of its own at a path that allow-lists take.

installed.py BUILD: installs into an empty folder and looks. ssh-agent follows links before it compares a
module's path with its list, so a link out of /usr/lib would be refused there."""
import fnmatch
import json
import os
import re
import stat
import subprocess
import sys
import tempfile

# What ssh-agent(1) allows when it is started without -P.
SSH_AGENT = ('/usr/lib*/*', '/usr/local/lib*/*')
COMPLETIONS = ('bash-completion/completions/{}.bash', 'zsh/site-functions/_{}', 'fish/vendor_completions.d/{}.fish')
TOOLS = ('account', 'apply', 'cert', 'check', 'export', 'info', 'pin', 'renew')


def options(build):
    said = subprocess.run(['meson', 'introspect', '--buildoptions', build], capture_output=True,
                          text=True, check=True).stdout
    return {row['name']: row['value'] for row in json.loads(said)}


def look(root, option):
    """The faults of what lies below root."""
    prefix = option['prefix']
    folder = option['p11_module_dir'] or os.path.join(option['libdir'], 'pkcs11')
    module = os.path.join(prefix, folder, 'twca-pkcs11.so')
    below = root + module
    if not os.path.lexists(below) or not stat.S_ISREG(os.lstat(below).st_mode):
        return [f'{module} is no regular file']
    faults = []
    if os.path.realpath(below) != os.path.realpath(root) + module:
        faults.append(f'{module} is reached through a link')
    if prefix in ('/usr', '/usr/local') and not any(fnmatch.fnmatchcase(module, one)
                                                    for one in SSH_AGENT):
        faults.append(f'{module}: ssh-agent does not allow it by itself')
    found = [os.path.join(base, name) for base, _, names in os.walk(root) for name in names]
    known = [path for path in found if path.endswith('/twca-pkcs11.module')]
    if len(known) != 1:
        return faults + [f'{len(known)} files twca-pkcs11.module']
    with open(known[0], encoding='utf-8') as file:
        named = re.search(r'^module: *(\S+)$', file.read(), re.M)
    if not named or named[1] not in (module, os.path.basename(module)):
        faults.append('p11-kit is told of another file')
    for name in TOOLS:
        path = os.path.join(root + prefix, option['bindir'], 'twca-' + name)
        if not os.access(path, os.X_OK):
            faults.append(f'no program twca-{name}')
        for form in COMPLETIONS:
            path = os.path.join(root + prefix, option['datadir'], form.format('twca-' + name))
            if not os.path.isfile(path) or not os.path.getsize(path):
                faults.append(f'no completion {form.format("twca-" + name)}')
    return faults


def main():
    build = sys.argv[1]
    with tempfile.TemporaryDirectory() as root:
        done = subprocess.run(['meson', 'install', '--no-rebuild', '-C', build, '--destdir', root],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        faults = look(root, options(build)) if done.returncode == 0 else [done.stdout]
    print('\n'.join(faults) if faults else 'ok')
    sys.exit(1 if faults else 0)


main()
