# SPDX-License-Identifier: Apache-2.0
"""Proof that a key on the card is the one of a public key: sign and decrypt, judged by OpenSSL."""

import opensc
import pki


def material(folder, public):
    """Data, its digest, a secret and the secret encrypted to the public key."""
    data, digest = folder / "proof.data", folder / "proof.digest"
    secret, cipher = folder / "proof.secret", folder / "proof.cipher"
    data.write_bytes(b"proof of possession\n" * 9)
    secret.write_bytes(b"\x01\x00a session key of 32 bytes ....")
    pki.run("openssl", "dgst", "-sha256", "-binary", "-out", digest, data)
    pki.run("openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", public, "-in", secret, "-out",
            cipher)
    return data, digest, secret, cipher


def check_signature(public, data, signature):
    pki.run("openssl", "dgst", "-sha256", "-verify", public, "-signature", signature, data)


def ours(token, number, public, folder, uses="sign,decrypt"):
    """Through the PKCS#11 module under test."""
    data, _, secret, cipher = material(folder, public)
    signature, plain = folder / "ours.signature", folder / "ours.plain"
    if "sign" in uses:
        token.user("--sign", "--id", number, "--mechanism", "SHA256-RSA-PKCS", "--input-file",
                   data, "--output-file", signature)
        check_signature(public, data, signature)
    if "decrypt" in uses:
        token.user("--decrypt", "--id", number, "--mechanism", "RSA-PKCS", "--input-file", cipher,
                   "--output-file", plain)
        assert plain.read_bytes() == secret.read_bytes(), "decrypted something else"


def theirs(number, public, folder, uses="sign,decrypt"):
    """Through OpenSC's pkcs15-crypt."""
    data, digest, secret, cipher = material(folder, public)
    signature, plain = folder / "theirs.signature", folder / "theirs.plain"
    if "sign" in uses:
        opensc.sign(number, digest, signature)
        check_signature(public, data, signature)
    if "decrypt" in uses:
        opensc.decipher(number, cipher, plain)
        assert plain.read_bytes() == secret.read_bytes(), "decrypted something else"


def certificate_key(pem, out):
    """The public key of a certificate as a PEM file."""
    out.write_text(pki.run("openssl", "x509", "-in", pem, "-pubkey", "-noout"))
    return out
