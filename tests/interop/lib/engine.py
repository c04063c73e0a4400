# SPDX-License-Identifier: Apache-2.0
"""OpenSSL's pkcs11 engine with the module under test."""

import os

OPTIONS = ["-engine", "pkcs11", "-keyform", "engine"]


def environment(place):
    """An OpenSSL configuration that names the module; the PIN is in the URI's pin-source."""
    config = place.folder / "engine.cnf"
    config.write_text("openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = p11\n"
                      "[p11]\nengine_id = pkcs11\n"
                      f"MODULE_PATH = {place.token.module}\ninit = 0\n"
                      "[req]\ndistinguished_name = name\n[name]\n")
    return {**os.environ, "OPENSSL_CONF": str(config)}


def key_uri(place, number):
    pin = place.folder / "pin"
    pin.write_text(place.token.pin)
    pin.chmod(0o600)
    return f"pkcs11:id=%{number};type=private?pin-source=file:{pin}"
