# SPDX-License-Identifier: Apache-2.0
"""Runs twca-export register for a home of its own, and reads what it tells."""

import json
import os
import pathlib
import subprocess

FLOW = pathlib.Path(__file__).resolve().parent.parent.parent / "flow"


class Home:
    """A home directory without any settings, in which browsers have their folders."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.below = []     # a command that runs another one
        self.result = {}

    def environ(self):
        """The environment of who lives here."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        return {**kept, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}

    def register(self, *options):
        """Run it; the exit status. The document is in self.result."""
        done = subprocess.run([*self.below, "twca-export", "register", "--json", "--no-input", *options],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                              env=self.environ(), check=False)
        self.result = json.loads(done.stdout)
        told = self.folder / "register.json"
        told.write_text(f"twca-export\t{json.dumps(self.result)}\n", encoding="utf-8")
        subprocess.run([str(FLOW / "check-json"), str(told)], check=True, timeout=60)
        return done.returncode

    def place(self, path):
        """What was told of this place."""
        found = [one for one in self.result["places"] if one["path"] == str(path)]
        assert len(found) == 1, f"{path}: {self.result}"
        return found[0]


def own_etc(folder):
    """A command that runs another one with an /etc of its own: Firefox's and p11-kit's folders in it are
    folder's and may be written, the rest is the system's."""
    command = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/etc"]
    for entry in sorted(pathlib.Path("/etc").iterdir()):
        if entry.name in ("firefox", "pkcs11"):
            continue
        if entry.is_symlink():
            command += ["--symlink", os.readlink(entry), str(entry)]
        elif entry.is_dir() or entry.is_file():
            command += ["--ro-bind-try", str(entry), str(entry)]
    for name in ("firefox", "pkcs11"):
        (folder / name).mkdir(parents=True)
        command += ["--bind", str(folder / name), f"/etc/{name}"]
    return [*command, "--"]
