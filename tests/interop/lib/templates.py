# SPDX-License-Identifier: Apache-2.0
"""Calls with too little room, and templates with every fault that the standard has a code for."""

import ctypes
import time

import ck
import header
import world

a = world.a


def until(condition, limit=60):
    """Waits for it to become true."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it did not become true")
        time.sleep(0.02)


# ---- room ----

def _room(case, name, arguments):
    """The length first, then one byte too little, then enough. arguments(room, length)."""
    size = ctypes.c_ulong(0)
    case.expect(name, case.token.call(name, *arguments(None, ctypes.byref(size))), "OK",
                ", asked for the length")
    need = size.value
    room = ctypes.create_string_buffer((need + 16) * ctypes.sizeof(ctypes.c_ulong))
    size.value = need - 1
    case.expect(name, case.token.call(name, *arguments(room, ctypes.byref(size))),
                "BUFFER_TOO_SMALL", ", one too little")
    case.checks.that(need <= size.value <= need + 16,
                     f"C_{name}: the length that is needed comes with BUFFER_TOO_SMALL", size.value)
    size.value = need
    case.expect(name, case.token.call(name, *arguments(room, ctypes.byref(size))), "OK",
                ", enough room")
    return room.raw[:size.value]


def short_buffers(case):
    token = case.token
    session = token.user()
    for name in ("GetSlotList", "GetMechanismList"):
        _room(case, name, lambda room, size, first=0 if name == "GetSlotList" else token.slot:
              (first, room, size))
    data = b"0" * 32
    for beginner, name in (("SignInit", "Sign"), ("DigestInit", "Digest"),
                           ("SignRecoverInit", "SignRecover"), ("EncryptInit", "Encrypt")):
        if not case.offered[name]:
            continue
        case.expect(beginner, token.ask(beginner, session=session), "OK")
        result = _room(case, name, lambda room, size: (session, data, len(data), room, size))
        case.expect(name, token.ask(name, session=session), "OPERATION_NOT_INITIALIZED",
                    " when it is over")
    case.expect("DecryptInit", token.ask("DecryptInit", session=session), "OK")
    plain = _decrypt(case, session, result)
    case.checks.equal(plain, data, "what was encrypted is decrypted")
    for beginner, update, name in (("SignInit", "SignUpdate", "SignFinal"),
                                   ("DigestInit", "DigestUpdate", "DigestFinal")):
        case.expect(beginner, token.ask(beginner, session=session), "OK")
        case.expect(update, token.ask(update, session=session), "OK")
        _room(case, name, lambda room, size: (session, room, size))
    _messages(case, session, data)
    case.state("room for answers")


def _messages(case, session, data):
    """The same of functions that take a message at a time, which go on afterwards."""
    token, sealed = case.token, world.GcmMessage()
    gcm = ctypes.byref(sealed), ctypes.sizeof(sealed)
    for init in ("MessageSignInit", "MessageEncryptInit", "MessageDecryptInit"):
        case.expect(init, token.ask(init, session=session), "OK")
    for _ in range(2):
        _room(case, "SignMessage",
              lambda room, size: (session, None, 0, data, len(data), room, size))
        text = _room(case, "EncryptMessage", lambda room, size:
                     (session, *gcm, None, 0, data, len(data), room, size))
        plain = _room(case, "DecryptMessage", lambda room, size:
                      (session, *gcm, None, 0, text, len(text), room, size))
        case.checks.equal(plain, data, "what was enciphered as a message is deciphered")
        case.expect("DecryptMessage", token.call(
            "DecryptMessage", session, *gcm, b"x", 1, text, len(text), plain,
            ctypes.byref(ctypes.c_ulong(len(plain)))), "AEAD_DECRYPT_FAILED")
    for name in ("MessageSignFinal", "MessageEncryptFinal", "MessageDecryptFinal"):
        case.expect(name, token.ask(name, session=session), "OK")


def _decrypt(case, session, sealed):
    """The plain text is shorter than the length that is told first."""
    size = ctypes.c_ulong(31)
    room = ctypes.create_string_buffer(512)
    case.expect("Decrypt", case.token.call("Decrypt", session, sealed, len(sealed), room,
                                           ctypes.byref(size)), "BUFFER_TOO_SMALL")
    case.expect("Decrypt", case.token.call("Decrypt", session, sealed, len(sealed), room,
                                           ctypes.byref(size)), "OK", " then")
    return room.raw[:size.value]


# ---- templates ----

DATA = world.object_template()
PUBLIC = [a("CKA_CLASS", header.number("CKO_PUBLIC_KEY")),
          a("CKA_KEY_TYPE", header.number("CKK_RSA")),
          a("CKA_MODULUS", b"\xc1" + b"\x03" * 255), a("CKA_PUBLIC_EXPONENT", b"\x01\x00\x01")]
CERTIFICATE = [a("CKA_CLASS", header.number("CKO_CERTIFICATE")), a("CKA_CERTIFICATE_TYPE", 0),
               a("CKA_VALUE", b"no certificate")]
BAD_TYPE = (0x7fff1234, b"")
PRIVATE = [a("CKA_CLASS", header.number("CKO_PRIVATE_KEY")), a("CKA_TOKEN", True),
           a("CKA_KEY_TYPE", header.number("CKK_RSA")), a("CKA_MODULUS", b"\xc1" * 256),
           a("CKA_PUBLIC_EXPONENT", b"\x01\x00\x01"), a("CKA_PRIVATE_EXPONENT", b"\x05"),
           a("CKA_PRIME_1", b"\x07"), a("CKA_PRIME_2", b"\x0b")]


def without(pairs, name):
    return [pair for pair in pairs if pair[0] != header.number(name)]


def replaced(pairs, name, value):
    return without(pairs, name) + [a(name, value)]


CREATE = [
    ("whole", DATA, "OK"),
    ("empty", [], "TEMPLATE_INCOMPLETE"),
    ("no class", without(DATA, "CKA_CLASS"), "TEMPLATE_INCOMPLETE"),
    ("an attribute that nobody knows", DATA + [BAD_TYPE], "ATTRIBUTE_TYPE_INVALID"),
    ("two labels", DATA + [a("CKA_LABEL", b"other")], "TEMPLATE_INCONSISTENT"),
    ("a class of one byte", replaced(DATA, "CKA_CLASS", b"\x00"), "ATTRIBUTE_VALUE_INVALID"),
    ("a flag of two bytes", replaced(DATA, "CKA_TOKEN", b"\x00\x00"), "ATTRIBUTE_VALUE_INVALID"),
    ("a class that nobody knows", replaced(DATA, "CKA_CLASS", 0x7777), "ATTRIBUTE_VALUE_INVALID"),
    ("an attribute of another class", DATA + [a("CKA_MODULUS", b"\x01")],
     "TEMPLATE_INCONSISTENT"),
    ("a unique id", DATA + [a("CKA_UNIQUE_ID", b"mine")], "ATTRIBUTE_READ_ONLY"),
    ("a hardware feature", [a("CKA_CLASS", header.number("CKO_HW_FEATURE"))],
     "TEMPLATE_INCONSISTENT"),
    ("a public key", PUBLIC, "OK"),
    ("a public key without its modulus", without(PUBLIC, "CKA_MODULUS"), "TEMPLATE_INCOMPLETE"),
    ("a public key of no type", without(PUBLIC, "CKA_KEY_TYPE"), "TEMPLATE_INCOMPLETE"),
    ("a public key of a strange type", replaced(PUBLIC, "CKA_KEY_TYPE", 0x55),
     "ATTRIBUTE_VALUE_INVALID"),
    ("a public key that says it was made here", PUBLIC + [a("CKA_LOCAL", True)],
     "ATTRIBUTE_READ_ONLY"),
    ("a trusted public key", PUBLIC + [a("CKA_TRUSTED", True)], "ATTRIBUTE_READ_ONLY"),
    ("a certificate that is none", CERTIFICATE, "ATTRIBUTE_VALUE_INVALID"),
    ("a certificate without value", without(CERTIFICATE, "CKA_VALUE"), "TEMPLATE_INCOMPLETE"),
    ("a WTLS certificate", replaced(CERTIFICATE, "CKA_CERTIFICATE_TYPE", 2),
     "ATTRIBUTE_VALUE_INVALID"),
]

# On the token, or not at all.
IMPORT = [
    ("a private key that is none", PRIVATE, "ATTRIBUTE_VALUE_INVALID"),
    ("a private key without a prime", without(PRIVATE, "CKA_PRIME_2"), "TEMPLATE_INCOMPLETE"),
    ("a private key for all", PRIVATE + [a("CKA_SENSITIVE", False)], "TEMPLATE_INCONSISTENT"),
    ("a private key of a strange type", replaced(PRIVATE, "CKA_KEY_TYPE", 0x55),
     "ATTRIBUTE_VALUE_INVALID"),
    ("a private key made here", PRIVATE + [a("CKA_LOCAL", True)], "ATTRIBUTE_READ_ONLY"),
]

IMPORT_HERE = [
    ("a private key of the session that is none", replaced(PRIVATE, "CKA_TOKEN", False),
     "ATTRIBUTE_VALUE_INVALID"),
    ("a private key of the session that asks each time", replaced(PRIVATE, "CKA_TOKEN", False)
     + [a("CKA_ALWAYS_AUTHENTICATE", True)], {"TEMPLATE_INCONSISTENT", "ATTRIBUTE_VALUE_INVALID"}),
]

SET = [
    ("a label", [a("CKA_LABEL", b"new")], "OK"),
    ("the class", [a("CKA_CLASS", 0)], "ATTRIBUTE_READ_ONLY"),
    ("the place", [a("CKA_TOKEN", True)], "ATTRIBUTE_READ_ONLY"),
    ("the unique id", [a("CKA_UNIQUE_ID", b"mine")], "ATTRIBUTE_READ_ONLY"),
    ("what nobody knows", [BAD_TYPE], "ATTRIBUTE_TYPE_INVALID"),
    ("two labels", [a("CKA_LABEL", b"one"), a("CKA_LABEL", b"two")], "TEMPLATE_INCONSISTENT"),
    ("an attribute of another class", [a("CKA_ID", b"\x01")], "ATTRIBUTE_TYPE_INVALID"),
]

GET = [
    ("what nobody knows", BAD_TYPE[0], "ATTRIBUTE_TYPE_INVALID"),
    ("an attribute of another class", header.number("CKA_MODULUS"), "ATTRIBUTE_TYPE_INVALID"),
    ("the class", header.number("CKA_CLASS"), "OK"),
]

PAIR = [a("CKA_MODULUS_BITS", 2048), a("CKA_TOKEN", True)]
PAIRS = [
    ("no size", without(PAIR, "CKA_MODULUS_BITS"), [], "TEMPLATE_INCOMPLETE"),
    ("too small", replaced(PAIR, "CKA_MODULUS_BITS", 128), [], "KEY_SIZE_RANGE"),
    ("a size of one byte", replaced(PAIR, "CKA_MODULUS_BITS", b"\x00"), [],
     "ATTRIBUTE_VALUE_INVALID"),
    ("what nobody knows", PAIR + [BAD_TYPE], [], "ATTRIBUTE_TYPE_INVALID"),
    ("what nobody knows, privately", PAIR, [BAD_TYPE], "ATTRIBUTE_TYPE_INVALID"),
    ("another class", PAIR, [a("CKA_CLASS", header.number("CKO_SECRET_KEY"))],
     "TEMPLATE_INCONSISTENT"),
    ("another type of key", PAIR, [a("CKA_KEY_TYPE", header.number("CKK_EC"))],
     "TEMPLATE_INCONSISTENT"),
    ("two sizes", PAIR + [a("CKA_MODULUS_BITS", 3072)], [], "TEMPLATE_INCONSISTENT"),
    ("a key that may be read out", PAIR, [a("CKA_EXTRACTABLE", True)], "TEMPLATE_INCONSISTENT"),
    ("a key that is no secret", PAIR, [a("CKA_SENSITIVE", False)], "TEMPLATE_INCONSISTENT"),
    ("read-only", PAIR, [a("CKA_ALWAYS_SENSITIVE", True)], "ATTRIBUTE_READ_ONLY"),
    ("of use for nothing", PAIR, [a("CKA_SIGN", False), a("CKA_DECRYPT", False)],
     "TEMPLATE_INCONSISTENT"),
    ("an attribute of certificates", PAIR, [a("CKA_URL", b"x")], "TEMPLATE_INCONSISTENT"),
]


def _create(case, session, pairs, wanted, what):
    array, handle = ck.template(pairs), ctypes.c_ulong()
    case.expect("CreateObject", case.token.call("CreateObject", session, array, len(array),
                                                ctypes.byref(handle)), wanted, f", {what}")
    return handle.value


def bad_templates(case):
    token = case.token
    session = token.user()
    for what, pairs, wanted in CREATE:
        _create(case, session, pairs, wanted, what)
    for what, pairs, wanted in IMPORT:
        protected = {"TOKEN_WRITE_PROTECTED", "ATTRIBUTE_READ_ONLY"}
        _create(case, session, pairs, protected if token.protected() else wanted, what)
    for what, pairs, wanted in IMPORT_HERE:
        _create(case, session, pairs, wanted, what)
    handle = _create(case, session, DATA, "OK", "to be changed")
    for what, pairs, wanted in SET:
        array = ck.template(pairs)
        case.expect("SetAttributeValue", token.call("SetAttributeValue", session, handle, array,
                                                    len(array)), wanted, f", {what}")
    for what, attribute, wanted in GET:
        case.expect("GetAttributeValue", token.answer(session, handle, attribute)[0], wanted,
                    f", {what}")
    array = ck.template([BAD_TYPE])
    case.expect("FindObjectsInit", token.call("FindObjectsInit", session, array, 1), "OK",
                ", what nobody knows: found are none")
    for what, public, private, wanted, kept in [(*row, kept) for row in PAIRS
                                                for kept in (True, False)]:
        private = private + [a("CKA_TOKEN", kept)]
        public, private = ck.template(public), ck.template(private)
        out = ctypes.byref(ctypes.c_ulong()), ctypes.byref(ctypes.c_ulong())
        answer = token.call("GenerateKeyPair", session, token.mechanism(
            "CKM_RSA_PKCS_KEY_PAIR_GEN"), public, len(public), private, len(private), *out)
        case.expect("GenerateKeyPair", answer,
                    "TOKEN_WRITE_PROTECTED" if token.protected() and kept else wanted,
                    f", {what}, {'on the token' if kept else 'of the session'}")
    case.state("templates")
