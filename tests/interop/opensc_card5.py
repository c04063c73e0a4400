#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's OpenSC as the judge of a V5 card that its maker personalised.

usage: opensc_card5.py CARD VCARD VCARD_CTL     (CARD: v5.0, v5.3 or v5.4)
"""
import sys

sys.dont_write_bytecode = True

from opensc_card import OPENSC_MODULE, PIN, PUK, Judge, check, main  # noqa: E402

WRONG_PIN = "999999"
CERTIFICATES = ("45", "46", "47", "ca")


class Judge5(Judge):
    def serve_fresh(self, state, *switches):
        options = [word for switch in switches for word in ("--switch", switch)]
        self.create("--state", state, "--personalise", "--pin-env", "THE_PIN", "--puk-env",
                    "THE_PUK", "--label", "Judge", *options)
        self.serve(state)

    def change_card(self, state, *switches):
        self.stop_card()
        self.wait_for_card(present=False)
        self.serve_fresh(state, *switches)
        self.wait_for_card()

    def dump(self):
        text = self.run("pkcs15-tool", "--dump")
        for expected in ("Card PIN", "Card PUK", "Signature PIN", "Private RSA Key [RSA]",
                         "Private EC Key [EC]", "Private RSA Key [Signature]",
                         "X.509 Certificate [Private]", "Delivery note"):
            check(expected in text, f"{expected} is missing: {text}")
        for ident in CERTIFICATES:
            self.run("pkcs15-tool", "--read-certificate", ident, "--output", f"{ident}.crt")
            self.run("openssl", "x509", "-in", f"{ident}.crt", "-noout", "-pubkey", "-out",
                     f"{ident}.pem")
        self.run("openssl", "verify", "-CAfile", "ca.crt",
                 *(f"{ident}.crt" for ident in CERTIFICATES))

    def identity(self):
        text = self.run("cardos-tool", "--info", status=None)
        check("CardOS " + self.card.upper() in text, text)
        check("operational" in text, text)

    def sign(self, ident, pin, *options):
        self.run("openssl", "dgst", "-sha256", "-binary", "-out", "hash", "/etc/passwd")
        self.run("pkcs15-crypt", "--sign", "--sha-256", *options, "--key", ident, "--pin", pin,
                 "--input", "hash", "--output", "signature", "--raw")
        self.run("openssl", "dgst", "-sha256", "-verify", f"{ident}.pem", "-signature",
                 "signature", "/etc/passwd")

    def ecdsa(self):
        self.run("pkcs11-tool", "--module", OPENSC_MODULE, "--login", "--pin", PIN, "--sign",
                 "--mechanism", "ECDSA-SHA256", "--id", "46", "--signature-format", "openssl",
                 "--input-file", "/etc/passwd", "--output-file", "signature")
        self.run("openssl", "dgst", "-sha256", "-verify", "46.pem", "-signature", "signature",
                 "/etc/passwd")

    def pins(self):
        self.verify_pin(PIN, 0)
        self.verify_pin(WRONG_PIN, 1)
        check(self.last_sw("20") == "63C2", "the card did not count")
        self.verify_pin(PIN, 0)
        # The other PIN opens nothing of the first one's.
        self.run("pkcs15-crypt", "--sign", "--sha-256", "--pkcs1", "--key", "47", "--pin", PIN,
                 "--input", "hash", "--output", "signature", status=1)

    def private_certificate(self):
        self.run("pkcs15-tool", "--read-certificate", "48", "--output", "48.crt", status=None)
        text = self.run("pkcs11-tool", "--module", OPENSC_MODULE, "--login", "--pin", PIN,
                        "--list-objects", "--type", "cert")
        check("label:      Private" in text, text)

    def listed(self):
        text = self.run("pkcs11-tool", "--module", OPENSC_MODULE, "--list-slots")
        check("Judge (Card PIN)" in text and "Judge (Signature PIN)" in text, text)
        text = self.run("pkcs11-tool", "--module", OPENSC_MODULE, "--login", "--pin", PIN,
                        "--list-objects")
        check("Private Key Object; RSA" in text and "Private Key Object; EC" in text, text)

    def use(self):
        self.dump()
        self.sign("45", PIN, "--pkcs1")
        self.decipher("45")
        self.sign("47", PUK, "--pkcs1")

    def play(self):
        self.serve_fresh("state")
        self.start_pcscd()
        self.wait_for_card()
        self.identity()
        self.use()
        # V5.0 puts two zeros behind each coordinate; OpenSC takes them for a part of it.
        if self.card != "v5.0":
            self.ecdsa()
        self.pins()
        self.private_certificate()
        self.listed()
        self.pkcs11()
        self.change_card("bare", "token-info=bare", "arr=yes")
        self.use()
        self.change_card("eid", "token-info=eid", "df-files=records")
        self.use()


if __name__ == "__main__":
    sys.exit(main(__file__, Judge5))
