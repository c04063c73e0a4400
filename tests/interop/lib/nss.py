# SPDX-License-Identifier: Apache-2.0
"""NSS's programs over the token under test: a database that knows the module, and tstclnt."""

import subprocess

import pki
import tls_client


def database(checks, place):
    folder = place.folder / "nss"
    folder.mkdir()
    name = f"sql:{folder}"
    pki.run("certutil", "-N", "-d", name, "--empty-password")
    pki.run("certutil", "-A", "-d", name, "-n", "interop root", "-t", "C,,", "-i",
            place.authority.root)
    checks.program("modutil -add", "modutil", "-dbdir", name, "-add", "under test", "-libfile",
                   place.token.module, "-force")
    listed = checks.program("modutil -list", "modutil", "-dbdir", name, "-list", "under test",
                            "-force") or ""
    checks.that("Status: loaded" in listed or "Slot" in listed, "module is loaded", listed)
    return name


def token_name(listed):
    """NSS's name of the token, from modutil's list."""
    for line in listed.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "Token Name" and value.strip():
            return value.strip()
    return None


def pin_file(place, token):
    """Where NSS's programs find the PIN of the token that they call so."""
    path = place.folder / "pins"
    path.write_text(f"{token}:{place.token.pin}\n")
    path.chmod(0o600)
    return path


def client(checks, place, name, nickname, versions, person):
    """tstclnt signs in with the token's certificate over each of these versions of TLS."""
    pins = place.folder / "pins"
    for version in versions:
        with tls_client.server(place.authority, version) as port:
            get = place.folder / "get"
            get.write_bytes(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            done = subprocess.run(
                ["tstclnt", "-d", name, "-h", "127.0.0.1", "-p", str(port), "-V",
                 f"{version[:6]}:{version[:6]}", "-n", nickname, "-W", str(pins), "-A", str(get), "-o"],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            said = (done.stdout + done.stderr).decode(errors="replace")
            checks.that(f"commonName={person}" in said,
                        f"tstclnt {version}: server saw the certificate", said)
