# SPDX-License-Identifier: Apache-2.0
"""Runs the calling test alone: own network (loopback only) and own processes, gone when it ends."""

import os
import shutil
import sys

MARK = "TWCA_INTEROP_ALONE"


def alone():
    """Start this program again inside bubblewrap, unless it is there already."""
    if os.environ.get(MARK):
        return
    bwrap = shutil.which("bwrap")
    if not bwrap:
        sys.exit("bubblewrap is not installed")
    os.environ[MARK] = "1"
    sys.stdout.flush()
    os.execv(bwrap, [bwrap, "--dev-bind", "/", "/", "--unshare-net", "--unshare-pid", "--proc",
                     "/proc", "--die-with-parent", sys.executable, *sys.argv])
