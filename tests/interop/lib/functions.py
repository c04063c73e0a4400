# SPDX-License-Identifier: Apache-2.0
"""Every function of PKCS#11 3.0: what its arguments are, and what it belongs to.

One word an argument:
  session slot flags number reserved   a number
  key object                           a handle
  mechanism                            CK_MECHANISM *, must be there
  template                             CK_ATTRIBUTE * and their number
  in                                   bytes and their length, must be there
  out                                  room for bytes (may be NULL: asks for the length) and
                                       where their length is, which must be there
  handle                               where a new handle goes, must be there
  to                                   where an answer goes, must be there
  maybe                                a pointer that may be NULL
  message                              bytes and their length, which may be NULL
  last                                 room for bytes and where their length is: NULL, both, if
                                       more is to come
  gcm                                  CK_GCM_MESSAGE_PARAMS * and its length, must be there
  none                                 no parameter: NULL and 0
"""

ARGUMENTS = {name: words.split() for name, _, words in (
    row.strip().partition(":") for row in """
Initialize: maybe
Finalize: maybe
GetInfo: to
GetFunctionList: to
GetInterfaceList: out_list
GetInterface: maybe maybe to flags
GetSlotList: flags out_list
GetSlotInfo: slot to
GetTokenInfo: slot to
GetMechanismList: slot out_list
GetMechanismInfo: slot number to
InitToken: slot in label
WaitForSlotEvent: flags to maybe
OpenSession: slot flags maybe maybe handle
CloseAllSessions: slot
CloseSession: session
GetSessionInfo: session to
GetOperationState: session out
SetOperationState: session in key key
Login: session number in
LoginUser: session number in in
Logout: session
InitPIN: session in
SetPIN: session in in
SessionCancel: session flags
CreateObject: session template handle
CopyObject: session object template handle
DestroyObject: session object
GetObjectSize: session object to
GetAttributeValue: session object template
SetAttributeValue: session object template
FindObjectsInit: session template
FindObjects: session to number to
FindObjectsFinal: session
EncryptInit: session mechanism key
Encrypt: session in out
EncryptUpdate: session in out
EncryptFinal: session out
DecryptInit: session mechanism key
Decrypt: session in out
DecryptUpdate: session in out
DecryptFinal: session out
DigestInit: session mechanism
Digest: session in out
DigestUpdate: session in
DigestKey: session key
DigestFinal: session out
SignInit: session mechanism key
Sign: session in out
SignUpdate: session in
SignFinal: session out
SignRecoverInit: session mechanism key
SignRecover: session in out
VerifyInit: session mechanism key
Verify: session in in
VerifyUpdate: session in
VerifyFinal: session in
VerifyRecoverInit: session mechanism key
VerifyRecover: session in out
DigestEncryptUpdate: session in out
DecryptDigestUpdate: session in out
SignEncryptUpdate: session in out
DecryptVerifyUpdate: session in out
GenerateKey: session mechanism template handle
GenerateKeyPair: session mechanism template template handle handle
WrapKey: session mechanism key key out
UnwrapKey: session mechanism key in template handle
DeriveKey: session mechanism key template handle
SeedRandom: session in
GenerateRandom: session bytes
GetFunctionStatus: session
CancelFunction: session
MessageEncryptInit: session mechanism key
EncryptMessage: session gcm message in out
EncryptMessageBegin: session gcm message
EncryptMessageNext: session gcm in out flags
MessageEncryptFinal: session
MessageDecryptInit: session mechanism key
DecryptMessage: session gcm message in out
DecryptMessageBegin: session gcm message
DecryptMessageNext: session gcm in out flags
MessageDecryptFinal: session
MessageSignInit: session mechanism key
SignMessage: session none in out
SignMessageBegin: session none
SignMessageNext: session none in last
MessageSignFinal: session
MessageVerifyInit: session mechanism key
VerifyMessage: session none in in
VerifyMessageBegin: session none
VerifyMessageNext: session none in message
MessageVerifyFinal: session
""".strip().splitlines())}

# Answer without C_Initialize, in a forked child too.
STATELESS = {"Initialize", "GetFunctionList", "GetInterfaceList", "GetInterface"}
# Of PKCS#11 1.0: the standard wants them to say CKR_FUNCTION_NOT_PARALLEL.
LEGACY = {"GetFunctionStatus", "CancelFunction"}
# A slot without a token is all they need.
SLOT_ONLY = {"GetSlotInfo", "CloseAllSessions"}

# The operation that must be active, and who begins it.
BEGUN_BY = {name: row.partition(":")[0] for row in """
FindObjectsInit: FindObjects FindObjectsFinal
EncryptInit: Encrypt EncryptUpdate EncryptFinal
DecryptInit: Decrypt DecryptUpdate DecryptFinal
DigestInit: Digest DigestUpdate DigestKey DigestFinal
SignInit: Sign SignUpdate SignFinal
SignRecoverInit: SignRecover
VerifyInit: Verify VerifyUpdate VerifyFinal
VerifyRecoverInit: VerifyRecover
MessageEncryptInit: EncryptMessage EncryptMessageBegin EncryptMessageNext MessageEncryptFinal
MessageDecryptInit: DecryptMessage DecryptMessageBegin DecryptMessageNext MessageDecryptFinal
MessageSignInit: SignMessage SignMessageBegin SignMessageNext MessageSignFinal
MessageVerifyInit: VerifyMessage VerifyMessageBegin VerifyMessageNext MessageVerifyFinal
""".strip().splitlines() for name in row.partition(":")[2].split()}
BEGINNERS = sorted(set(BEGUN_BY.values()))
# Two operations at once.
DUAL = {"DigestEncryptUpdate": ("DigestInit", "EncryptInit"),
        "DecryptDigestUpdate": ("DecryptInit", "DigestInit"),
        "SignEncryptUpdate": ("SignInit", "EncryptInit"),
        "DecryptVerifyUpdate": ("DecryptInit", "VerifyInit")}
# What goes on with a message that must have begun.
NEXT = {f"{verb}MessageNext": (f"Message{verb}Init", f"{verb}MessageBegin")
        for verb in ("Encrypt", "Decrypt", "Sign", "Verify")}
# The one-shot functions, which do not end what an update began.
ONE_SHOT = {"Encrypt": "EncryptUpdate", "Decrypt": "DecryptUpdate", "Digest": "DigestUpdate",
            "Sign": "SignUpdate", "Verify": "VerifyUpdate",
            **{begin.replace("Begin", ""): begin for _, begin in NEXT.values()}}


def takes(name, word):
    return word in ARGUMENTS[name]
