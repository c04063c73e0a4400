# SPDX-License-Identifier: Apache-2.0
"""A token with a key pair and its certificate, and calls of any function with arguments that would
do: what the conformance tests bring into wrong states."""

import ctypes
import os
import pathlib
import shutil

import card
import ck
import functions
import header
import pki

ROOM = 4096
IDENTITY = "C123456780"  # the software token that the tests fill

# What each function that takes a mechanism is asked to do, and with which object.
SUBJECTS = {
    "EncryptInit": ("CKM_RSA_PKCS", "public"),
    "DecryptInit": ("CKM_RSA_PKCS", "private"),
    "DigestInit": ("CKM_SHA256", None),
    "SignInit": ("CKM_SHA256_RSA_PKCS", "private"),
    "SignRecoverInit": ("CKM_RSA_PKCS", "private"),
    "VerifyInit": ("CKM_SHA256_RSA_PKCS", "public"),
    "VerifyRecoverInit": ("CKM_RSA_PKCS", "public"),
    "GenerateKey": ("CKM_AES_KEY_GEN", None),
    "GenerateKeyPair": ("CKM_RSA_PKCS_KEY_PAIR_GEN", None),
    "WrapKey": ("CKM_RSA_PKCS", "public"),
    "UnwrapKey": ("CKM_RSA_PKCS", "private"),
    "DeriveKey": ("CKM_ECDH1_DERIVE", "private"),
    "DigestKey": (None, "secret"),
    "MessageEncryptInit": ("CKM_AES_GCM", "secret"),
    "MessageDecryptInit": ("CKM_AES_GCM", "secret"),
    "MessageSignInit": ("CKM_SHA256_RSA_PKCS", "private"),
    "MessageVerifyInit": ("CKM_SHA256_RSA_PKCS", "public"),
}
OBJECTS = {"GetAttributeValue": "certificate", "GetObjectSize": "certificate",
           "SetAttributeValue": "certificate", "DestroyObject": "certificate",
           "CopyObject": "certificate"}


class GcmMessage(ctypes.Structure):
    """CK_GCM_MESSAGE_PARAMS, with its own room for initial value and tag."""
    _fields_ = [("iv", ctypes.c_void_p), ("iv_len", ctypes.c_ulong), ("fixed", ctypes.c_ulong),
                ("generator", ctypes.c_ulong), ("tag", ctypes.c_void_p), ("bits", ctypes.c_ulong)]

    def __init__(self):
        self.rooms = ctypes.create_string_buffer(12), ctypes.create_string_buffer(16)
        iv, tag = map(ctypes.addressof, self.rooms)
        super().__init__(iv, 12, 0, 0, tag, 128)


def a(name, value):
    return header.number(name), value


def object_template(token=False):
    return [a("CKA_CLASS", header.number("CKO_DATA")), a("CKA_TOKEN", token),
            a("CKA_LABEL", b"conformance"), a("CKA_VALUE", b"value")]


def secret_template():
    return [a("CKA_CLASS", header.number("CKO_SECRET_KEY")),
            a("CKA_KEY_TYPE", header.number("CKK_AES")), a("CKA_TOKEN", False),
            a("CKA_VALUE_LEN", 16)]


TEMPLATES = {
    "CreateObject": [object_template()],
    "CopyObject": [[a("CKA_TOKEN", False)]],
    "GetAttributeValue": [[a("CKA_CLASS", 0)]],
    "SetAttributeValue": [[a("CKA_LABEL", b"label")]],
    "FindObjectsInit": [[a("CKA_CLASS", header.number("CKO_CERTIFICATE"))]],
    "GenerateKey": [secret_template()],
    "GenerateKeyPair": [[a("CKA_TOKEN", True), a("CKA_MODULUS_BITS", 2048)],
                        [a("CKA_TOKEN", True)]],
    "UnwrapKey": [secret_template()],
    "DeriveKey": [secret_template()],
}


class World:
    """One token of the sandbox: "soft", or the card in reader 0."""

    def __init__(self, path, kind):
        self.kind = kind
        self.library = ctypes.CDLL(path)
        self.list = self.interface("PKCS 11", 3, 0, ck.FunctionList30)
        self.objects = {}
        self.slot = self.empty = None
        self.keep = []

    def interface(self, name, major, minor, kind):
        version, found = (ctypes.c_ubyte * 2)(major, minor), ctypes.POINTER(ck.Interface)()
        code = self.library.C_GetInterface(name.encode(), version, ctypes.byref(found),
                                           ctypes.c_ulong(0))
        if code:
            raise ck.Failed("GetInterface", code)
        return kind.from_address(found.contents.list)

    def call(self, name, *arguments):
        """The name of the answer, without CKR_."""
        function = ctypes.CFUNCTYPE(ctypes.c_ulong)(getattr(self.list, name))
        function.argtypes = None
        code = function(*[ck.number(x) if isinstance(x, int) else x for x in arguments])
        return header.name("CKR_", code).removeprefix("CKR_")

    def must(self, name, *arguments):
        answer = self.call(name, *arguments)
        if answer != "OK":
            raise RuntimeError(f"C_{name}: {answer}")

    # ---- the token ----

    @property
    def pin(self):
        return os.environ["TWCA_SANDBOX_PIN"].encode()

    @property
    def so_pin(self):
        return os.environ["TWCA_SANDBOX_PUK"].encode()

    def soft_folder(self):
        return pathlib.Path(os.environ["XDG_DATA_HOME"]) / "twca" / IDENTITY

    @property
    def away(self):
        return pathlib.Path(os.environ["XDG_DATA_HOME"]) / "away"

    def start(self):
        """C_Initialize; the token's slot, and one that is empty."""
        if self.kind == "soft" and not self.soft_folder().exists():
            self.soft_folder().mkdir(parents=True, mode=0o700)
            (self.soft_folder() / "identity.conf").touch(mode=0o600)
        self.must("Initialize", None)
        for slot in self.slots():
            info = ctypes.create_string_buffer(512)
            self.must("GetSlotInfo", slot, info)
            soft = IDENTITY.encode() in info.raw[:64]
            there = int.from_bytes(info.raw[96:96 + ctypes.sizeof(ctypes.c_ulong)], "little") & 1
            if there and soft == (self.kind == "soft"):
                self.slot = slot
            if not there:
                self.empty = slot

    def slots(self):
        count = ctypes.c_ulong(64)
        self.must("GetSlotList", 0, None, ctypes.byref(count))
        ids = (ctypes.c_ulong * count.value)()
        self.must("GetSlotList", 0, ids, ctypes.byref(count))
        return list(ids)

    def flags(self):
        info = ck.TokenInfo()
        self.must("GetTokenInfo", self.slot, ctypes.byref(info))
        return info.flags

    def protected(self):
        return bool(self.flags() & header.number("CKF_WRITE_PROTECTED"))

    def open(self, write=True):
        session = ctypes.c_ulong()
        self.must("OpenSession", self.slot, 4 | (2 if write else 0), None, None,
                  ctypes.byref(session))
        return session.value

    def login(self, session, who=ck.USER):
        pin = self.pin if who == ck.USER else self.so_pin
        self.must("Login", session, who, pin, len(pin))

    def user(self, write=True):
        """A session with the user logged in; no other sessions."""
        self.must("CloseAllSessions", self.slot)
        session = self.open(write)
        self.login(session)
        self.look(session)
        self.secret(session)
        return session

    def secret(self, session):
        """A session's AES key, which lives on when nobody is logged in."""
        new, key = ck.template(secret_template() + [a("CKA_PRIVATE", False)]), ctypes.c_ulong()
        self.must("GenerateKey", session, self.mechanism("CKM_AES_KEY_GEN"), new, len(new),
                  ctypes.byref(key))
        self.objects["secret"] = key.value

    def remove(self):
        if self.kind == "soft":
            self.soft_folder().rename(self.away)
            return
        card.Control().ask("remove")

    def insert(self):
        if self.kind == "soft":
            self.away.rename(self.soft_folder())
            return
        card.Control().ask("insert")

    # ---- what is on it ----

    def fill(self, folder):
        """A key pair, named 45, and its certificate, unless the maker put them there."""
        if self.kind == "soft":
            label = b"conformance".ljust(32)
            self.must("InitToken", self.slot, self.so_pin, len(self.so_pin), label)
            session = self.open()
            self.login(session, ck.SO)
            self.must("InitPIN", session, self.pin, len(self.pin))
            self.must("CloseAllSessions", self.slot)
        session = self.user()
        if "private" not in self.objects:
            self.generate(session)
            self.look(session)
            self.certify(session, pki.Authority(folder / "ca"), folder)
            self.look(session)

    def generate(self, session):
        public = ck.template([a("CKA_TOKEN", True), a("CKA_MODULUS_BITS", 2048),
                              a("CKA_ID", b"\x45"), a("CKA_LABEL", b"key")])
        private = ck.template([a("CKA_TOKEN", True), a("CKA_ID", b"\x45"),
                               a("CKA_LABEL", b"key"), a("CKA_SIGN", True),
                               a("CKA_DECRYPT", True)])
        self.must("GenerateKeyPair", session, self.mechanism("CKM_RSA_PKCS_KEY_PAIR_GEN"),
                  public, len(public), private, len(private), ctypes.byref(ctypes.c_ulong()),
                  ctypes.byref(ctypes.c_ulong()))

    def certify(self, session, authority, folder):
        der, pem = folder / "public.der", folder / "public.pem"
        der.write_bytes(self.get(session, self.objects["public"], "CKA_PUBLIC_KEY_INFO"))
        pki.run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", der, "-out", pem)
        certificate = authority.client(pem, "Conformance")
        value = pki.pem_to_der(certificate, folder / "certificate.der").read_bytes()
        wanted = ck.template([a("CKA_CLASS", header.number("CKO_CERTIFICATE")),
                              a("CKA_TOKEN", True), a("CKA_CERTIFICATE_TYPE", 0),
                              a("CKA_ID", b"\x45"), a("CKA_LABEL", b"key"),
                              a("CKA_VALUE", value)])
        self.must("CreateObject", session, wanted, len(wanted), ctypes.byref(ctypes.c_ulong()))

    def look(self, session):
        """The handles of key pair and certificate."""
        for what, name in (("private", "CKO_PRIVATE_KEY"), ("public", "CKO_PUBLIC_KEY"),
                           ("certificate", "CKO_CERTIFICATE")):
            found = self.find(session, a("CKA_CLASS", header.number(name)), a("CKA_ID", b"\x45"))
            if found:
                self.objects[what] = found[0]

    def find(self, session, *pairs):
        wanted = ck.template(list(pairs))
        self.must("FindObjectsInit", session, wanted, len(wanted))
        found, count = (ctypes.c_ulong * 100)(), ctypes.c_ulong()
        self.must("FindObjects", session, found, 100, ctypes.byref(count))
        self.must("FindObjectsFinal", session)
        return list(found[:count.value])

    def answer(self, session, handle, attribute):
        """(code, bytes) of C_GetAttributeValue."""
        room = ctypes.create_string_buffer(ROOM)
        row = (ck.Attribute * 1)()
        row[0].type, row[0].value, row[0].len = attribute, ctypes.addressof(room), ROOM
        code = self.call("GetAttributeValue", session, handle, row, 1)
        return code, room.raw[:row[0].len] if code == "OK" else b""

    def get(self, session, handle, name):
        code, value = self.answer(session, handle, header.number(name))
        if code != "OK":
            raise RuntimeError(f"{name}: {code}")
        return value

    # ---- arguments ----

    def mechanism(self, name):
        made = ck.Mechanism(header.number(name), None, 0)
        self.keep = [made]
        return ctypes.byref(made)

    def arguments(self, name, **given):
        """[(value, must it be there?), ...] of a call that would do. given: values by word."""
        made = []
        subject = SUBJECTS.get(name, (None, None))
        templates = iter(TEMPLATES.get(name, []))
        for word in functions.ARGUMENTS[name]:
            if word in given:
                made.append((given[word], False))
            elif word == "slot":
                made.append((self.slot, False))
            elif word == "key":
                made.append((self.objects.get(subject[1] or "", 0), False))
            elif word == "object":
                made.append((self.objects.get(OBJECTS[name], 0), False))
            elif word == "mechanism":
                made.append((self.mechanism(subject[0] or "CKM_AES_GCM"), True))
            elif word == "template":
                made += self.template(next(templates, [a("CKA_LABEL", b"x")]))
            else:
                made += self.plain(name, word)
        return made

    def template(self, pairs):
        array = ck.template(pairs)
        return [(array, True), (len(array), False)]

    def plain(self, name, word):
        if word == "gcm":
            self.sealed = GcmMessage()
            return [(ctypes.byref(self.sealed), True), (ctypes.sizeof(self.sealed), False)]
        room = ctypes.create_string_buffer(b"0" * ROOM, ROOM)
        size = ctypes.c_ulong(ROOM)
        if word in ("flags", "number", "reserved"):
            value = {"OpenSession": 4, "WaitForSlotEvent": 1, "FindObjects": 9, "Login": 1, "LoginUser": 1,
                     "GetMechanismInfo": header.number("CKM_RSA_PKCS")}.get(name, 0)
            return [(value, False)]
        return {
            "maybe": [(None, False)],
            "to": [(room, True)],
            "handle": [(ctypes.byref(size), True)],
            "label": [(room, True)],
            "in": [(room, True), (32, False)],
            "bytes": [(room, True), (32, False)],
            "message": [(room, False), (32, False)],
            "none": [(None, False), (0, False)],
            "last": [(room, False), (ctypes.byref(size), False)],
            "out": [(room, False), (ctypes.byref(size), True)],
            "out_list": [(None, False), (ctypes.byref(size), True)],
        }[word]

    def ask(self, name, **given):
        return self.call(name, *[value for value, _ in self.arguments(name, **given)])

    def begin(self, name, session):
        """Begin what name goes on with, for example C_SignInit for C_Sign."""
        beginners = (functions.DUAL.get(name) or functions.NEXT.get(name)
                     or (functions.BEGUN_BY.get(name),))
        return all(self.ask(beginner, session=session) == "OK"
                   for beginner in beginners if beginner)

    def close(self):
        self.call("Finalize", None)
        if self.kind == "soft":
            shutil.rmtree(self.soft_folder(), ignore_errors=True)
