# SPDX-License-Identifier: Apache-2.0
"""A throwaway CA made with the openssl program: TLS server, and client certificates for keys
whose public half alone is known."""

import pathlib
import re
import subprocess


def run(*command, **options):
    """Run a program; its output, or an error that shows what it said."""
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, **options)
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{text}")
    return text


class Authority:
    """A CA in a folder: root.pem, root.key and what it issued."""

    def __init__(self, folder, name="TWCA interop test root"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.root = self.folder / "root.pem"
        self.root_key = self.folder / "root.key"
        self.serial = 0x1000
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-noenc", "-keyout", self.root_key, "-out", self.root, "-subj", f"/CN={name}",
            "-days", "30", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def _issue(self, public_key, subject, extensions, out):
        self.serial += 1
        config = self.folder / f"{self.serial:x}.ext"
        config.write_text("\n".join(extensions) + "\n")
        request = self.folder / f"{self.serial:x}.csr"
        # any key may sign the request: its public key is replaced by the one asked for
        run("openssl", "req", "-new", "-key", self.root_key, "-subj", subject, "-out", request)
        run("openssl", "x509", "-req", "-in", request, "-force_pubkey", public_key,
            "-CA", self.root, "-CAkey", self.root_key, "-set_serial", str(self.serial),
            "-days", "30", "-extfile", config, "-out", out)
        return out

    def server(self, host="localhost"):
        """Key and certificate of a TLS server."""
        key, public = self.folder / "server.key", self.folder / "server.pub"
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-out", key)
        run("openssl", "pkey", "-in", key, "-pubout", "-out", public)
        certificate = self._issue(public, f"/CN={host}", [
            "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
            "extendedKeyUsage=serverAuth", f"subjectAltName=DNS:{host},IP:127.0.0.1"],
            self.folder / "server.pem")
        return key, certificate

    def client(self, public_key, name, out=None):
        """A client certificate (PEM) for a PEM public key."""
        out = out or self.folder / f"client-{self.serial:x}.pem"
        return self._issue(public_key, f"/C=TW/O=Interop/CN={name}", [
            "basicConstraints=critical,CA:FALSE",
            "keyUsage=critical,digitalSignature,keyEncipherment",
            "extendedKeyUsage=clientAuth,emailProtection",
            "subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"], out)


def pem_to_der(pem, der):
    run("openssl", "x509", "-in", pem, "-outform", "DER", "-out", der)
    return der


def subject(pem):
    """The DER subject name of a certificate."""
    text = run("openssl", "asn1parse", "-in", pem)
    rows = [(int(o), int(d), int(h), int(n), kind.strip()) for o, d, h, n, kind in re.findall(
        r"^\s*(\d+):d=(\d+)\s+hl=(\d+)\s+l=\s*(\d+) \w+: (.*?)\s*$", text, re.M)]
    # in TBSCertificate: version, serial, algorithm, issuer, validity, subject
    third = [row for row in rows if row[1] == 2]
    offset, _, header, length, _ = third[5]
    der = subprocess.run(["openssl", "x509", "-in", str(pem), "-outform", "DER"],
                         capture_output=True, check=True).stdout
    return der[offset:offset + header + length]


def rsa_public(modulus, exponent, folder):
    """PEM of an RSA public key from its two numbers."""
    config = pathlib.Path(folder) / "rsa.asn1"
    config.write_text("asn1=SEQUENCE:spki\n[spki]\nalgorithm=SEQUENCE:algorithm\n"
                      "key=BITWRAP,SEQUENCE:rsa\n[algorithm]\noid=OID:rsaEncryption\n"
                      "parameter=NULL\n[rsa]\n"
                      f"n=INTEGER:0x{modulus.hex()}\ne=INTEGER:0x{exponent.hex()}\n")
    der = pathlib.Path(folder) / "rsa.der"
    run("openssl", "asn1parse", "-genconf", config, "-noout", "-out", der)
    return run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", der)
