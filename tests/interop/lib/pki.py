# SPDX-License-Identifier: Apache-2.0
"""A throwaway CA made with the openssl program: TLS server, and client certificates for keys
whose public half alone is known."""

import pathlib
import ssl
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
        run("openssl", "x509", "-new", "-subj", subject, "-force_pubkey", public_key,
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
    der.write_bytes(ssl.PEM_cert_to_DER_cert(pathlib.Path(pem).read_text()))
    return der


def _inside(der, at):
    """(first byte of the value, first byte behind it) of the DER element at this place."""
    size, at = der[at + 1], at + 2
    if size >= 0x80:
        more = size - 0x80
        size, at = int.from_bytes(der[at:at + more], "big"), at + more
    return at, at + size


def subject(pem):
    """The DER subject name of a certificate."""
    der = ssl.PEM_cert_to_DER_cert(pathlib.Path(pem).read_text())
    at = _inside(der, _inside(der, 0)[0])[0]
    for _ in range(5):  # version, serial, algorithm, issuer, validity
        at = _inside(der, at)[1]
    return der[at:_inside(der, at)[1]]


def _element(tag, value):
    size = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([tag]) + (size if len(value) < 0x80 else bytes([0x80 + len(size)]) + size) + value


def rsa_public(modulus, exponent, folder):
    """PEM of an RSA public key from its two numbers, if OpenSSL takes it for one."""
    numbers = [_element(0x02, b"\0" * (number[0] >> 7) + number)
               for number in (modulus.lstrip(b"\0"), exponent.lstrip(b"\0"))]
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    der = pathlib.Path(folder) / "rsa.der"
    der.write_bytes(_element(0x30, algorithm + _element(
        0x03, b"\0" + _element(0x30, b"".join(numbers)))))
    return run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", der)
