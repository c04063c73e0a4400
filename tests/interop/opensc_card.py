#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's OpenSC as the judge of the virtual card, behind the real pcscd in a box of its own.

usage: opensc_card.py CARD VCARD VCARD_CTL     (CARD: v4.2b, v4.2c, v4.3b or v4.4)
"""
import difflib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time

OPENSC_MODULE = "opensc-pkcs11.so"
SO_PIN, SO_PUK = "87654321", "11223344"
PIN, PUK, NEW_PIN, LAST_PIN = "123456", "12345678", "654321", "2468ab"
ERASE = "8406000010" + "0600000800000000F76AFC09E6D5F465"
FORMAT = ("8440000120" + "748CA3A848200B0C752DD82D5BE35CE1"
          "DE98AEBB1B4854390235B60B35A0CC19")
SERIAL = "2081EE141A27"


class Failure(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Failure(what)


class Judge:
    def __init__(self, card, vcard, ctl):
        self.card, self.vcard, self.ctl = card, vcard, ctl
        # All but V4.4 are recognised by one command more (cardos-facts 8).
        self.extra = 0 if card == "v4.4" else 1
        self.process = None
        self.pcscd = None

    # ---- processes ----

    def run(self, *command, status=0, stdin=None):
        print("+", " ".join(command), flush=True)
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60)
        text = done.stdout.decode("utf-8", "replace")
        if status is not None and (done.returncode == 0) != (status == 0):
            raise Failure(f"exit status {done.returncode}: {text}")
        return text

    def create(self, *options):
        environment = dict(os.environ, THE_PIN=PIN, THE_PUK=PUK)
        subprocess.run([self.vcard, "--create", "--card", self.card, "--serial", SERIAL,
                        *options], check=True, env=environment)

    def serve(self, state, *options):
        self.process = subprocess.Popen([self.vcard, "--state", state, "--apdu-log", "log",
                                         "--control", "control", *options])

    def stop_card(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(10) == 0, "the card did not end cleanly")

    def start_pcscd(self):
        with open("pcscd.log", "wb") as log:
            self.pcscd = subprocess.Popen(["pcscd", "-f", "--config", "/etc/reader.conf.d"],
                                          stdout=log, stderr=log)

    def wait_for_card(self, present=True):
        for _ in range(100):
            done = subprocess.run(["opensc-tool", "--atr"], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
            if (done.returncode == 0) == present:
                return
            time.sleep(0.1)
        raise Failure("the reader never noticed that the card came or went")

    # ---- the log ----

    def lines(self):
        with open("log", encoding="ascii") as log:
            return log.read().splitlines()

    def counted(self, expected, *command):
        before = len(self.lines())
        text = self.run(*command)
        count = len(self.lines()) - before
        check(count == expected, f"{count} commands instead of {expected}: {command}")
        return text

    def last_sw(self, ins):
        return [line.split()[-1] for line in self.lines() if line.split()[1][2:4] == ins][-1]

    # ---- the acts ----

    def identity(self):
        text = self.run("opensc-tool", "--name", "--serial")
        check("Atos CardOS" in text, text)
        check("20 81 EE 14 1A 27" in text, text)
        text = self.run("cardos-tool", "--info")
        check(("CardOS M" + self.card[1:]).lower() in text.lower(), text)
        check("administration" in text, text)

    def initialise(self):
        self.counted(57 + self.extra, "pkcs15-init", "--create-pkcs15", "--so-pin", SO_PIN,
                     "--so-puk", SO_PUK, "--label", "Judge")
        self.counted(28 + self.extra, "pkcs15-init", "--store-pin", "--auth-id", "01", "--pin",
                     PIN, "--puk", PUK, "--label", "User PIN", "--so-pin", SO_PIN)
        text = self.counted(10 + self.extra, "pkcs15-tool", "--dump")
        check("Security Officer PIN" in text and "User PIN" in text, text)

    def generate(self, kind, ident, usage, count=None):
        command = ["pkcs15-init", "--generate-key", kind, "--id", ident, "--auth-id", "01",
                   "--key-usage", usage, "--label", "key" + ident, "--pin", PIN,
                   "--so-pin", SO_PIN]
        if count:
            self.counted(count + self.extra, *command)
        else:
            self.run(*command)
        self.run("pkcs15-tool", "--read-public-key", ident, "--output", f"{ident}.pem")

    def keys(self):
        self.generate("rsa/2048", "45", "sign", 72)
        self.generate("rsa/1024", "46", "sign")
        self.generate("rsa/1024", "47", "decrypt")
        self.generate("rsa/2048", "48", "sign,decrypt")

    def certificate(self):
        self.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                 "other.key", "-subj", "/CN=Judge", "-out", "self.pem")
        self.run("pkcs15-init", "--store-certificate", "self.pem", "--id", "45", "--auth-id",
                 "01", "--pin", PIN, "--so-pin", SO_PIN)
        self.run("pkcs15-tool", "--read-certificate", "45", "--output", "read.pem")
        for name in ("self", "read"):
            self.run("openssl", "x509", "-in", f"{name}.pem", "-outform", "DER", "-out",
                     f"{name}.der")
        check(open("self.der", "rb").read() == open("read.der", "rb").read(),
              "the certificate came back changed")

    def sign(self, ident, count):
        self.run("openssl", "dgst", "-sha256", "-binary", "-out", "hash", "/etc/passwd")
        self.counted(count + self.extra, "pkcs15-crypt", "--sign", "--sha-256", "--pkcs1",
                     "--key", ident, "--pin", PIN, "--input", "hash", "--output", "signature",
                     "--raw")
        self.run("openssl", "dgst", "-sha256", "-verify", f"{ident}.pem", "-signature",
                 "signature", "/etc/passwd")

    def imported(self):
        self.run("openssl", "genrsa", "-traditional", "-out", "import.key", "2048")
        self.run("openssl", "rsa", "-in", "import.key", "-pubout", "-out", "49.pem")
        self.run("pkcs15-init", "--store-private-key", "import.key", "--id", "49", "--auth-id",
                 "01", "--key-usage", "sign", "--pin", PIN, "--so-pin", SO_PIN)

    def pulled_out(self):
        """Out in the middle of a program, in again: the next one works."""
        for order in ("remove-before", "remove-after"):
            self.run(self.ctl, "control", order, "5")
            self.run("pkcs15-tool", "--dump", status=1)
            self.wait_for_card(present=False)
            self.run(self.ctl, "control", "insert")
            self.wait_for_card()
            self.run("pkcs15-tool", "--dump")

    def mute(self):
        """The card comes back by itself, at a moment that this test may or may not see."""
        self.run(self.ctl, "control", "mute", "5")
        self.run("pkcs15-tool", "--dump", status=1)
        deadline = time.time() + 30
        while "User PIN" not in self.run("pkcs15-tool", "--dump", status=None):
            check(time.time() < deadline, "the mute card never came back")
            time.sleep(0.3)

    def decipher(self, ident):
        with open("plain", "wb") as plain:
            plain.write(b"only the card can read this")
        self.run("openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", f"{ident}.pem", "-in",
                 "plain", "-out", "cipher")
        self.run("pkcs15-crypt", "--decipher", "--pkcs1", "--key", ident, "--pin", PIN,
                 "--input", "cipher", "--output", "back", "--raw")
        check(open("back", "rb").read() == open("plain", "rb").read(), "deciphered wrongly")

    def verify_pin(self, pin, status):
        self.run("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", pin, status=status)

    def pins(self, tells):
        count = 12 + self.extra
        self.counted(count, "pkcs15-tool", "--change-pin", "--auth-id", "01", "--pin", PIN,
                     "--new-pin", NEW_PIN)
        self.verify_pin(NEW_PIN, 0)
        for left in (2, 1, 0):
            self.verify_pin(PIN, 1)
            sw = self.last_sw("20")
            check(sw == (f"63C{left}" if tells else "6300"), f"{sw} with {left} tries left")
        self.verify_pin(NEW_PIN, 1)
        check(self.last_sw("20") == "6983", "the PIN is not blocked")
        self.counted(count, "pkcs15-tool", "--unblock-pin", "--auth-id", "01", "--puk", PUK,
                     "--new-pin", PIN)
        self.verify_pin(PIN, 0)

    def pkcs11(self):
        text = self.run("pkcs11-tool", "--module", OPENSC_MODULE, "--login", "--pin", PIN,
                        "--test", status=None)
        check("No errors" in text, text)

    def erase_by_opensc(self):
        text = answer_prompts(["pkcs15-init", "--erase-card"], {"Security Officer": SO_PIN,
                                                              "User PIN": PIN})
        print(text, flush=True)
        listed = self.run("opensc-tool", "--send-apdu", "00A40000023F0000",
                          "--send-apdu", "8016020000")
        check("6F 00" in listed, "files are left: " + listed)

    def erase_by_sm(self):
        text = self.run("opensc-tool", "-s", ERASE, "-s", "00CA018300", "-s", FORMAT,
                        "-s", "00CA018300", "-s", "00A40000023F0000")
        words = re.findall(r"SW1=0x(..), SW2=0x(..)", text)
        check(words == [("90", "00")] * 5, text)

    def one_pin(self, *options):
        self.run("pkcs15-init", "--create-pkcs15", "--profile", "pkcs15+onepin", "--pin", PIN,
                 "--puk", PUK, "--label", "Judge")
        self.stop_card()
        self.create("--state", "ours", "--personalise", "--pin-env", "THE_PIN", "--puk-env",
                    "THE_PUK", "--label", "Judge", *options)
        differences = "\n".join(difflib.unified_diff(
            comparable("state"), comparable("ours"), "OpenSC", "--personalise", lineterm=""))
        check(not differences, differences)

    def play(self):
        first, second = ("no", "yes") if self.card == "v4.3b" else ("yes", "no")
        self.create("--state", "state", "--switch", f"verifyrc={first}")
        self.serve("state")
        self.start_pcscd()
        self.wait_for_card()
        self.identity()
        self.initialise()
        self.keys()
        self.imported()
        self.certificate()
        # The signature with 2048 bits is a chain of two; all others are one command.
        for ident, count in (("45", 21), ("46", 20), ("48", 20), ("49", 21)):
            self.sign(ident, count)
        for ident in ("47", "48"):
            self.decipher(ident)
        self.pins(first == "yes" and not self.card.startswith("v4.2"))
        self.pkcs11()
        self.pulled_out()
        self.mute()
        self.erase_by_opensc()
        self.erase_by_sm()
        self.stop_card()
        self.wait_for_card(present=False)
        self.serve("state", "--switch", f"verifyrc={second}")
        self.wait_for_card()
        self.one_pin("--switch", f"verifyrc={second}")


def comparable(path):
    """The state file without its hash, and with TokenInfo's time of the last update blanked."""
    with open(path, encoding="ascii") as state:
        text = state.read()
    text = re.sub(r"(180F)(3[0-9]){14}5A", r"\1", text)
    return [line for line in text.splitlines() if not line.startswith("sha256 ")]


def hides(terminal, deadline):
    """Wait until the program has switched echo off: typed before, an answer is thrown away."""
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        check(time.monotonic() < deadline, "a secret is asked for with echo")
        time.sleep(0.01)


def converse(terminal, answers, deadline):
    """What the program said until its end, or until the deadline (and then False)."""
    text, answered = "", 0
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1)
        if not ready:
            continue
        try:
            piece = os.read(terminal, 4096).decode("utf-8", "replace")
        except OSError:
            return text, True
        if not piece:
            return text, True
        text += piece
        new = text[answered:]
        for prompt, value in answers.items():
            if re.search(re.escape(prompt) + r"[^\n]*:\s*$", new):
                hides(terminal, deadline)
                os.write(terminal, value.encode() + b"\n")
                answered = len(text)
                break
    return text, False


def answer_prompts(command, answers):
    """Run a program that insists on a terminal for its PINs; 60 s at most."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    ended = False
    try:
        text, ended = converse(terminal, answers, time.monotonic() + 60)
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
    check(ended, f"{command} does not end: {text}")
    check(os.waitstatus_to_exitcode(status) == 0, f"{command}: {text}")
    return text


def inside(arguments, kind):
    judge = kind(*arguments)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["HOME"] = folder
        try:
            judge.play()
        except Failure as failure:
            print("FAILED:", failure, flush=True)
            return 1
        finally:
            for process in (judge.process, judge.pcscd):
                if process and process.poll() is None:
                    process.terminate()
                    process.wait(10)
            os.chdir("/")
    print("passed")
    return 0


def main(program, kind):
    if sys.argv[1] == "--inside":
        return inside(sys.argv[2:], kind)
    card, *programs = sys.argv[1:]
    return subprocess.call(
        ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/run/pcscd", "--unshare-net",
         "--unshare-pid", "--proc", "/proc", "--die-with-parent", "/usr/bin/python3",
         os.path.abspath(program), "--inside", card, *map(os.path.abspath, programs)])


if __name__ == "__main__":
    sys.exit(main(__file__, Judge))
