# SPDX-License-Identifier: Apache-2.0
"""Java's SunPKCS11 provider over the token under test: its settings, and jarsigner."""

import os
import pathlib
import subprocess
import zipfile

import pki


def settings(place):
    """The provider's settings file: SoftHSM has a free slot behind the one of the token."""
    path = place.folder / "sunpkcs11.cfg"
    path.write_text(f"name = judge\nlibrary = {pathlib.Path(place.token.module).resolve()}\n"
                    "slotListIndex = 0\n")
    return path


def provider(place):
    """The options by which keytool and jarsigner load the module."""
    return ["-providerClass", "sun.security.pkcs11.SunPKCS11", "-providerArg", settings(place),
            "-storetype", "PKCS11", "-keystore", "NONE"]


def environment(place):
    return {**os.environ, "JUDGE_PIN": place.token.pin, "LC_ALL": "C.UTF-8",
            "JAVA_TOOL_OPTIONS": "-Xshare:auto -XX:TieredStopAtLevel=1"}


def session_pairs(checks, place):
    """Key pairs of a session, logged in and not: Java makes such ones for TLS, and keeps none."""
    # a use that the template does not name is none: so says the standard
    uses = place.folder / "uses.cfg"
    uses.write_text(settings(place).read_text() + "attributes(generate, CKO_PRIVATE_KEY, CKK_EC) = {"
                    " CKA_SIGN = true\n CKA_DERIVE = true }\n" + ("attributes(*, CKO_SECRET_KEY, *)"
                    " = { CKA_SENSITIVE = false\n CKA_EXTRACTABLE = true }\n" if place.options.softhsm else ""))
    before = place.token.user("--list-objects")
    rows = [("logged in", ()), ("not logged in", ("JUDGE_PIN",))]
    for who, drop in rows[:1] if place.options.softhsm else rows:  # it wants a login for them
        env = {name: value for name, value in environment(place).items() if name not in drop}
        said = checks.program(f"pairs of a session, {who}", "java",
                              pathlib.Path(__file__).with_name("SessionPairs.java"), uses,
                              env=env) or ""
        checks.equal([line for line in said.split("\n") if line[:3] in ("RSA", "EC ")], ["RSA signs", "EC signs", "EC agrees"],
                     f"they sign and agree with Java's own, {who}")
    checks.equal(place.token.user("--list-objects"), before, "no pair stays on the token")


def make_jar(path):
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n")
        jar.writestr("letter.txt", "signed by a token\n" * 20)
    return path


def trusted(place):
    """A key store of Java's own that trusts the test's root."""
    store = place.folder / "trust.p12"
    pki.run("keytool", "-importcert", "-noprompt", "-alias", "root", "-file",
            place.authority.root, "-keystore", store, "-storetype", "PKCS12", "-storepass",
            "changeit", env=environment(place))
    return store


def signs(checks, place, alias, algorithm):
    """jarsigner signs with the token; a changed archive is refused without it."""
    env = environment(place)
    jar = make_jar(place.folder / f"{algorithm}.jar")
    said = checks.program(f"jarsigner signs with {algorithm}", "jarsigner", *provider(place),
                          "-storepass:env", "JUDGE_PIN", "-sigalg", algorithm, jar, alias,
                          env=env)
    if said is None:
        return
    checks.that("jar signed" in said, f"{algorithm}: says so", said)
    verify = ["jarsigner", "-verify", "-strict", "-verbose", "-keystore", trusted(place)] \
        if algorithm == "SHA256withRSA" else ["jarsigner", "-verify", "-verbose"]
    done = subprocess.run([*map(str, verify), str(jar)], capture_output=True, text=True, env=env,
                          timeout=120, stdin=subprocess.DEVNULL)
    checks.that("jar verified" in done.stdout, f"{algorithm}: jarsigner verifies it",
                done.stdout + done.stderr)
    changed = place.folder / "changed.jar"
    with zipfile.ZipFile(jar) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"token", b"other") if name.endswith(".txt") else data)
    done = subprocess.run(["jarsigner", "-verify", str(changed)], capture_output=True, text=True,
                          env=env, timeout=120, stdin=subprocess.DEVNULL)
    checks.that(done.returncode != 0 and "jar verified" not in done.stdout,
                f"{algorithm}: and refuses a changed one", done.stdout)
