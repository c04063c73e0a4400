# SPDX-License-Identifier: Apache-2.0
"""A PKCS#11 caller for tests that need several calls in one process (ctypes, no other package)."""

import ctypes

FUNCTIONS = """Initialize Finalize GetInfo GetFunctionList GetSlotList GetSlotInfo GetTokenInfo
GetMechanismList GetMechanismInfo InitToken InitPIN SetPIN OpenSession CloseSession
CloseAllSessions GetSessionInfo GetOperationState SetOperationState Login Logout CreateObject
CopyObject DestroyObject GetObjectSize GetAttributeValue SetAttributeValue FindObjectsInit
FindObjects FindObjectsFinal EncryptInit Encrypt EncryptUpdate EncryptFinal DecryptInit Decrypt
DecryptUpdate DecryptFinal DigestInit Digest DigestUpdate DigestKey DigestFinal SignInit Sign
SignUpdate SignFinal SignRecoverInit SignRecover VerifyInit Verify VerifyUpdate VerifyFinal
VerifyRecoverInit VerifyRecover DigestEncryptUpdate DecryptDigestUpdate SignEncryptUpdate
DecryptVerifyUpdate GenerateKey GenerateKeyPair WrapKey UnwrapKey DeriveKey SeedRandom
GenerateRandom GetFunctionStatus CancelFunction WaitForSlotEvent""".split()

FUNCTIONS_3_0 = FUNCTIONS + """GetInterfaceList GetInterface LoginUser SessionCancel
MessageEncryptInit EncryptMessage EncryptMessageBegin EncryptMessageNext MessageEncryptFinal
MessageDecryptInit DecryptMessage DecryptMessageBegin DecryptMessageNext MessageDecryptFinal
MessageSignInit SignMessage SignMessageBegin SignMessageNext MessageSignFinal MessageVerifyInit
VerifyMessage VerifyMessageBegin VerifyMessageNext MessageVerifyFinal""".split()

CODES = {
    0x00: "OK", 0x03: "SLOT_ID_INVALID", 0x05: "GENERAL_ERROR", 0x06: "FUNCTION_FAILED",
    0x08: "NO_EVENT", 0x190: "CRYPTOKI_NOT_INITIALIZED",
    0x30: "DEVICE_ERROR", 0x31: "DEVICE_MEMORY", 0x32: "DEVICE_REMOVED",
    0x60: "KEY_HANDLE_INVALID", 0x82: "OBJECT_HANDLE_INVALID", 0xA0: "PIN_INCORRECT",
    0xA1: "PIN_INVALID", 0xA2: "PIN_LEN_RANGE", 0xA4: "PIN_LOCKED", 0xB3:
    "SESSION_HANDLE_INVALID", 0xE0: "TOKEN_NOT_PRESENT", 0xE1: "TOKEN_NOT_RECOGNIZED",
    0x100: "USER_ALREADY_LOGGED_IN", 0x101: "USER_NOT_LOGGED_IN", 0x102: "USER_PIN_NOT_INITIALIZED",
}
USER, SO = 1, 0
CKF_TOKEN_PRESENT = 0x1
CKF_OS_LOCKING_OK = 0x2
CKF_RW, CKF_SERIAL = 0x2, 0x4
CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED = 0x10000, 0x20000, 0x40000
CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY, CKO_HW_FEATURE = 1, 2, 3, 5
CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_VALUE = 0, 1, 2, 3, 0x11
CKA_CERTIFICATE_TYPE, CKA_KEY_TYPE, CKA_SUBJECT, CKA_ID = 0x80, 0x100, 0x101, 0x102
CKA_HW_FEATURE_TYPE = 0x300
CKA_SIGN, CKA_DECRYPT, CKA_VERIFY, CKA_ENCRYPT = 0x108, 0x105, 0x10A, 0x104
CKA_MODULUS, CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT = 0x120, 0x121, 0x122
CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS = 0, 1, 0x40
UNAVAILABLE = ctypes.c_ulong(-1).value


class Attribute(ctypes.Structure):
    _fields_ = [("type", ctypes.c_ulong), ("value", ctypes.c_void_p), ("len", ctypes.c_ulong)]


class Mechanism(ctypes.Structure):
    _fields_ = [("mechanism", ctypes.c_ulong), ("parameter", ctypes.c_void_p),
                ("len", ctypes.c_ulong)]


class TokenInfo(ctypes.Structure):
    _fields_ = [("label", ctypes.c_char * 32), ("maker", ctypes.c_char * 32),
                ("model", ctypes.c_char * 16), ("serial", ctypes.c_char * 16),
                ("flags", ctypes.c_ulong), ("numbers", ctypes.c_ulong * 10),
                ("versions", ctypes.c_ubyte * 4), ("time", ctypes.c_char * 16)]


class InitializeArguments(ctypes.Structure):
    """CK_C_INITIALIZE_ARGS: the module may lock as the operating system does."""
    _fields_ = [("functions", ctypes.c_void_p * 4), ("flags", ctypes.c_ulong),
                ("reserved", ctypes.c_void_p)]


class FunctionList(ctypes.Structure):
    _fields_ = [("version", ctypes.c_ubyte * 2)] + [(n, ctypes.c_void_p) for n in FUNCTIONS]


class FunctionList30(ctypes.Structure):
    _fields_ = [("version", ctypes.c_ubyte * 2)] + [(n, ctypes.c_void_p) for n in FUNCTIONS_3_0]


class Interface(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("list", ctypes.c_void_p), ("flags", ctypes.c_ulong)]


class Failed(RuntimeError):
    """A function did not answer CKR_OK."""

    def __init__(self, function, code):
        self.code = CODES.get(code, hex(code))
        super().__init__(f"C_{function}: CKR_{self.code}")


def number(value):
    return ctypes.c_ulong(value)


def attribute_bytes(value):
    """A CK_BBOOL, CK_ULONG or byte string."""
    if isinstance(value, bool):
        return bytes([value])
    if isinstance(value, int):
        return bytes(number(value))
    return value


def template(pairs):
    """An array of CK_ATTRIBUTE; keeps its buffers alive."""
    array = (Attribute * len(pairs))()
    array.buffers = []
    for row, (kind, value) in zip(array, pairs):
        data = attribute_bytes(value)
        buffer = ctypes.create_string_buffer(data, len(data) or 1)
        array.buffers.append(buffer)
        row.type, row.value, row.len = kind, ctypes.addressof(buffer), len(data)
    return array


class Module:
    """A loaded module; every function raises Failed."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        pointer = ctypes.c_void_p()
        code = self.library.C_GetFunctionList(ctypes.byref(pointer))
        if code:
            raise Failed("GetFunctionList", code)
        self.list = FunctionList.from_address(pointer.value)

    def call(self, name, *arguments):
        function = ctypes.CFUNCTYPE(ctypes.c_ulong)(getattr(self.list, name))
        function.argtypes = None
        code = function(*[number(a) if isinstance(a, int) else a for a in arguments])
        if code:
            raise Failed(name, code)

    def initialize_threads(self):
        """C_Initialize for calls from several threads at once."""
        self.call("Initialize", ctypes.byref(InitializeArguments(flags=CKF_OS_LOCKING_OK)))

    def slots(self, present=True):
        """Slot ids; in one call, since a card may come between two."""
        count = ctypes.c_ulong(16)
        found = (ctypes.c_ulong * count.value)()
        self.call("GetSlotList", ctypes.c_ubyte(present), found, ctypes.byref(count))
        return list(found[:count.value])

    def token_info(self, slot):
        info = TokenInfo()
        self.call("GetTokenInfo", slot, ctypes.byref(info))
        return info

    def open(self, slot):
        session = ctypes.c_ulong()
        self.call("OpenSession", slot, CKF_RW | CKF_SERIAL, None, None, ctypes.byref(session))
        return Session(self, session.value)


class Session:
    """An open session."""

    def __init__(self, module, handle):
        self.module = module
        self.handle = handle

    def call(self, name, *arguments):
        self.module.call(name, self.handle, *arguments)

    def login(self, pin, who=USER):
        pin = pin.encode()
        self.call("Login", who, pin, len(pin))

    def find(self, *pairs):
        wanted = template(pairs)
        self.call("FindObjectsInit", wanted, len(pairs))
        found, count = (ctypes.c_ulong * 100)(), ctypes.c_ulong()
        self.call("FindObjects", found, 100, ctypes.byref(count))
        self.call("FindObjectsFinal")
        return list(found[:count.value])

    def get(self, handle, kind):
        row = (Attribute * 1)()
        row[0].type = kind
        self.call("GetAttributeValue", handle, row, 1)
        buffer = ctypes.create_string_buffer(row[0].len or 1)
        row[0].value = ctypes.addressof(buffer)
        self.call("GetAttributeValue", handle, row, 1)
        return buffer.raw[:row[0].len]

    def generate(self, key_id, label, bits=2048):
        public = template([(CKA_TOKEN, True), (CKA_MODULUS_BITS, bits), (CKA_VERIFY, True),
                           (CKA_ENCRYPT, True), (CKA_PUBLIC_EXPONENT, b"\x01\x00\x01"),
                           (CKA_ID, key_id), (CKA_LABEL, label)])
        private = template([(CKA_TOKEN, True), (CKA_PRIVATE, True), (CKA_SIGN, True),
                            (CKA_DECRYPT, True), (CKA_ID, key_id), (CKA_LABEL, label)])
        mechanism = Mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, None, 0)
        handles = ctypes.c_ulong(), ctypes.c_ulong()
        self.call("GenerateKeyPair", ctypes.byref(mechanism), public, len(public), private,
                  len(private), *map(ctypes.byref, handles))
        return handles[0].value, handles[1].value

    def create_certificate(self, key_id, label, der, subject):
        pairs = template([(CKA_CLASS, CKO_CERTIFICATE), (CKA_TOKEN, True),
                          (CKA_CERTIFICATE_TYPE, 0), (CKA_ID, key_id), (CKA_LABEL, label),
                          (CKA_SUBJECT, subject), (CKA_VALUE, der)])
        handle = ctypes.c_ulong()
        self.call("CreateObject", pairs, len(pairs), ctypes.byref(handle))
        return handle.value

    def destroy(self, handle):
        self.call("DestroyObject", handle)

    def sign(self, key, data, mechanism=CKM_SHA256_RSA_PKCS):
        mechanism = Mechanism(mechanism, None, 0)
        self.call("SignInit", ctypes.byref(mechanism), key)
        signature, count = ctypes.create_string_buffer(512), ctypes.c_ulong(512)
        self.call("Sign", data, len(data), signature, ctypes.byref(count))
        return signature.raw[:count.value]
