# SPDX-License-Identifier: Apache-2.0
"""Drives a headless Firefox through its Marionette port: start, commands, scripts, stop."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

PREFS = {
    # nothing but the page under test may be fetched
    "app.normandy.enabled": False,
    "app.shield.optoutstudies.enabled": False,
    "app.update.auto": False,
    "app.update.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "browser.region.network.url": "",
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.url": "",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "network.proxy.type": 0,
    "network.http.speculative-parallel-limit": 0,
    "security.OCSP.enabled": 0,
    "security.dialog_enable_delay": 0,
    "security.remote_settings.crlite_filters.enabled": False,
    "security.remote_settings.intermediates.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "",
    "toolkit.telemetry.unified": False,
    # one content process, no first-run pages: a small, quick browser
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.tabs.warnOnClose": False,
    "browser.sessionstore.resume_from_crash": False,
    "datareporting.policy.firstRunURL": "",
    "dom.ipc.processCount": 1,
    "dom.ipc.processPrelaunch.enabled": False,
    "fission.autostart": False,
    "toolkit.cosmeticAnimations.enabled": False,
    "trailhead.firstrun.didSeeAboutWelcome": True,
}


class MarionetteError(Exception):
    """An error object that Firefox sent back."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_prefs(profile, prefs):
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in sorted(prefs.items())]
    (pathlib.Path(profile) / "user.js").write_text("".join(lines))


class Connection:
    """One Marionette session: `length:json` messages over TCP, one command at a time."""

    def __init__(self, port, timeout):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.unread = b""
        self.last_id = 0
        self.hello = self._receive()

    def _receive(self):
        while b":" not in self.unread:
            self._more()
        length, _, rest = self.unread.partition(b":")
        self.unread = rest
        while len(self.unread) < int(length):
            self._more()
        message, self.unread = self.unread[:int(length)], self.unread[int(length):]
        return json.loads(message)

    def _more(self):
        part = self.sock.recv(65536)
        if not part:
            raise ConnectionError("Firefox closed the Marionette connection")
        self.unread += part

    def send(self, name, params=None):
        """Send without waiting; the answer is fetched with answer()."""
        self.last_id += 1
        text = json.dumps([0, self.last_id, name, params or {}]).encode()
        self.sock.sendall(str(len(text)).encode() + b":" + text)
        return self.last_id

    def answer(self, wanted):
        while True:
            _, number, error, result = self._receive()
            if number != wanted:
                continue
            if error:
                raise MarionetteError(f"{error['error']}: {error['message']}")
            return result

    def call(self, name, params=None):
        return self.answer(self.send(name, params))

    def script(self, body, *args):
        """Run a function body in the current context and return its value."""
        return self.call("WebDriver:ExecuteScript", {
            "script": body, "args": list(args), "sandbox": "system", "newSandbox": True})["value"]

    def context(self, name):
        self.call("Marionette:SetContext", {"value": name})

    def close(self):
        self.sock.close()


class Firefox:
    """A headless Firefox with its own profile; ended with everything it started."""

    def __init__(self, profile, log, prefs=None, seconds=60, below=()):
        """below: a command that runs another one, before it."""
        self.profile = profile
        self.port = free_port()
        self.deadline = time.monotonic() + seconds
        self.log = open(log, "wb")
        write_prefs(profile, {**PREFS, **(prefs or {}), "marionette.port": self.port})
        self.home = tempfile.mkdtemp(prefix="firefox-home-")
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if not program:
            raise FileNotFoundError("firefox-esr is not installed")
        environ = {**os.environ, "HOME": self.home, "MOZ_HEADLESS": "1",
                   "MOZ_CRASHREPORTER_DISABLE": "1"}
        environ.pop("DISPLAY", None)
        self.process = subprocess.Popen(
            [*below, program, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
             "--profile", str(profile), "about:blank"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environ,
            start_new_session=True)

    def connect(self):
        while time.monotonic() < self.deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"Firefox ended with {self.process.returncode}")
            try:
                connection = Connection(self.port, timeout=60)
                break
            except OSError:
                time.sleep(0.2)
        else:
            raise TimeoutError("Firefox opened no Marionette port")
        connection.call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {
            "unhandledPromptBehavior": "ignore", "pageLoadStrategy": "none"}}})
        return connection

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, 15)
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait()
        except ProcessLookupError:
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)
