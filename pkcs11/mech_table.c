/* SPDX-License-Identifier: Apache-2.0 */
/* The table of mechanisms and that of digests. */
#include "mech.h"

#include "scope.h"

#define PREFIX(oid_end, len)                                                                       \
	{                                                                                          \
		0x30, 0x11 + (len), 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,    \
			0x04, 0x02, (oid_end), 0x05, 0x00, 0x04, (len)                             \
	}

static const uint8_t prefix_sha1[] = { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02,
	0x1a, 0x05, 0x00, 0x04, 0x14 };
static const uint8_t prefix_sha224[] = PREFIX(4, 28);
static const uint8_t prefix_sha256[] = PREFIX(1, 32);
static const uint8_t prefix_sha384[] = PREFIX(2, 48);
static const uint8_t prefix_sha512[] = PREFIX(3, 64);
static const uint8_t prefix_sha3_224[] = PREFIX(7, 28);
static const uint8_t prefix_sha3_256[] = PREFIX(8, 32);
static const uint8_t prefix_sha3_384[] = PREFIX(9, 48);
static const uint8_t prefix_sha3_512[] = PREFIX(10, 64);

#define MGF_NONE 0 /* the standard has no number for it */
#define HASH(type, mgf, name, len, prefix)                                                         \
	{                                                                                          \
		type, mgf, name, len, prefix, sizeof(prefix)                                       \
	}

static const struct mech_hash hashes[] = {
	HASH(CKM_SHA_1, CKG_MGF1_SHA1, "SHA1", 20, prefix_sha1),
	HASH(CKM_SHA256, CKG_MGF1_SHA256, "SHA256", 32, prefix_sha256),
	HASH(CKM_SHA224, CKG_MGF1_SHA224, "SHA224", 28, prefix_sha224),
	HASH(CKM_SHA384, CKG_MGF1_SHA384, "SHA384", 48, prefix_sha384),
	HASH(CKM_SHA512, CKG_MGF1_SHA512, "SHA512", 64, prefix_sha512),
	HASH(CKM_SHA3_256, CKG_MGF1_SHA3_256, "SHA3-256", 32, prefix_sha3_256),
	HASH(CKM_SHA3_224, CKG_MGF1_SHA3_224, "SHA3-224", 28, prefix_sha3_224),
	HASH(CKM_SHA3_384, CKG_MGF1_SHA3_384, "SHA3-384", 48, prefix_sha3_384),
	HASH(CKM_SHA3_512, CKG_MGF1_SHA3_512, "SHA3-512", 64, prefix_sha3_512),
	{ CKM_SHA512_224, MGF_NONE, "SHA512-224", 28, NULL, 0 },
	{ CKM_SHA512_256, MGF_NONE, "SHA512-256", 32, NULL, 0 },
};
#define SHA1 (&hashes[0])
#define SHA256 (&hashes[1])
#define SHA224 (&hashes[2])
#define SHA384 (&hashes[3])
#define SHA512 (&hashes[4])
#define SHA3_256 (&hashes[5])
#define SHA3_224 (&hashes[6])
#define SHA3_384 (&hashes[7])
#define SHA3_512 (&hashes[8])
#define SHA512_224 (&hashes[9])
#define SHA512_256 (&hashes[10])

#define MESSAGES (CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY | CKF_MULTI_MESSAGE)
#define SEALED (CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | CKF_MULTI_MESSAGE)
#define SIGN (CKF_SIGN | CKF_VERIFY | MESSAGES)
#define RECOVER (CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER)
#define CRYPT (CKF_ENCRYPT | CKF_DECRYPT)
#define WRAP (CKF_WRAP | CKF_UNWRAP)

/* CKM_AES_KEY_WRAP_PAD has two readings; this is that of SoftHSM, which is _KWP too. */
// clang-format off
const struct mech mech_table[] = {
	{ CKM_RSA_PKCS_KEY_PAIR_GEN,  CKF_GENERATE_KEY_PAIR,         MECH_RSA_GENERATE,    NULL,       MODE_NONE     },
	{ CKM_RSA_PKCS,               SIGN | RECOVER | CRYPT | WRAP, MECH_RSA_PKCS1,       NULL,       MODE_NONE     },
	{ CKM_RSA_X_509,              SIGN | RECOVER | CRYPT,        MECH_RSA_RAW,         NULL,       MODE_NONE     },
	{ CKM_SHA1_RSA_PKCS,          SIGN,                          MECH_RSA_PKCS1,       SHA1,       MODE_NONE     },
	{ CKM_RSA_PKCS_OAEP,          CRYPT | WRAP,                  MECH_RSA_OAEP,        NULL,       MODE_NONE     },
	{ CKM_RSA_PKCS_PSS,           SIGN,                          MECH_RSA_PSS,         NULL,       MODE_NONE     },
	{ CKM_SHA1_RSA_PKCS_PSS,      SIGN,                          MECH_RSA_PSS,         SHA1,       MODE_NONE     },
	{ CKM_SHA256_RSA_PKCS,        SIGN,                          MECH_RSA_PKCS1,       SHA256,     MODE_NONE     },
	{ CKM_SHA384_RSA_PKCS,        SIGN,                          MECH_RSA_PKCS1,       SHA384,     MODE_NONE     },
	{ CKM_SHA512_RSA_PKCS,        SIGN,                          MECH_RSA_PKCS1,       SHA512,     MODE_NONE     },
	{ CKM_SHA256_RSA_PKCS_PSS,    SIGN,                          MECH_RSA_PSS,         SHA256,     MODE_NONE     },
	{ CKM_SHA384_RSA_PKCS_PSS,    SIGN,                          MECH_RSA_PSS,         SHA384,     MODE_NONE     },
	{ CKM_SHA512_RSA_PKCS_PSS,    SIGN,                          MECH_RSA_PSS,         SHA512,     MODE_NONE     },
	{ CKM_SHA224_RSA_PKCS,        SIGN,                          MECH_RSA_PKCS1,       SHA224,     MODE_NONE     },
	{ CKM_SHA224_RSA_PKCS_PSS,    SIGN,                          MECH_RSA_PSS,         SHA224,     MODE_NONE     },
	{ CKM_SHA512_224,             CKF_DIGEST,                    MECH_DIGEST,          SHA512_224, MODE_NONE     },
	{ CKM_SHA512_224_HMAC,        SIGN,                          MECH_HMAC,            SHA512_224, MODE_NONE     },
	{ CKM_SHA512_256,             CKF_DIGEST,                    MECH_DIGEST,          SHA512_256, MODE_NONE     },
	{ CKM_SHA512_256_HMAC,        SIGN,                          MECH_HMAC,            SHA512_256, MODE_NONE     },
	{ CKM_SHA3_256_RSA_PKCS,      SIGN,                          MECH_RSA_PKCS1,       SHA3_256,   MODE_NONE     },
	{ CKM_SHA3_384_RSA_PKCS,      SIGN,                          MECH_RSA_PKCS1,       SHA3_384,   MODE_NONE     },
	{ CKM_SHA3_512_RSA_PKCS,      SIGN,                          MECH_RSA_PKCS1,       SHA3_512,   MODE_NONE     },
	{ CKM_SHA3_256_RSA_PKCS_PSS,  SIGN,                          MECH_RSA_PSS,         SHA3_256,   MODE_NONE     },
	{ CKM_SHA3_384_RSA_PKCS_PSS,  SIGN,                          MECH_RSA_PSS,         SHA3_384,   MODE_NONE     },
	{ CKM_SHA3_512_RSA_PKCS_PSS,  SIGN,                          MECH_RSA_PSS,         SHA3_512,   MODE_NONE     },
	{ CKM_SHA3_224_RSA_PKCS,      SIGN,                          MECH_RSA_PKCS1,       SHA3_224,   MODE_NONE     },
	{ CKM_SHA3_224_RSA_PKCS_PSS,  SIGN,                          MECH_RSA_PSS,         SHA3_224,   MODE_NONE     },
	{ CKM_SHA_1,                  CKF_DIGEST,                    MECH_DIGEST,          SHA1,       MODE_NONE     },
	{ CKM_SHA_1_HMAC,             SIGN,                          MECH_HMAC,            SHA1,       MODE_NONE     },
	{ CKM_SHA256,                 CKF_DIGEST,                    MECH_DIGEST,          SHA256,     MODE_NONE     },
	{ CKM_SHA256_HMAC,            SIGN,                          MECH_HMAC,            SHA256,     MODE_NONE     },
	{ CKM_SHA224,                 CKF_DIGEST,                    MECH_DIGEST,          SHA224,     MODE_NONE     },
	{ CKM_SHA224_HMAC,            SIGN,                          MECH_HMAC,            SHA224,     MODE_NONE     },
	{ CKM_SHA384,                 CKF_DIGEST,                    MECH_DIGEST,          SHA384,     MODE_NONE     },
	{ CKM_SHA384_HMAC,            SIGN,                          MECH_HMAC,            SHA384,     MODE_NONE     },
	{ CKM_SHA512,                 CKF_DIGEST,                    MECH_DIGEST,          SHA512,     MODE_NONE     },
	{ CKM_SHA512_HMAC,            SIGN,                          MECH_HMAC,            SHA512,     MODE_NONE     },
	{ CKM_SHA3_256,               CKF_DIGEST,                    MECH_DIGEST,          SHA3_256,   MODE_NONE     },
	{ CKM_SHA3_256_HMAC,          SIGN,                          MECH_HMAC,            SHA3_256,   MODE_NONE     },
	{ CKM_SHA3_224,               CKF_DIGEST,                    MECH_DIGEST,          SHA3_224,   MODE_NONE     },
	{ CKM_SHA3_224_HMAC,          SIGN,                          MECH_HMAC,            SHA3_224,   MODE_NONE     },
	{ CKM_SHA3_384,               CKF_DIGEST,                    MECH_DIGEST,          SHA3_384,   MODE_NONE     },
	{ CKM_SHA3_384_HMAC,          SIGN,                          MECH_HMAC,            SHA3_384,   MODE_NONE     },
	{ CKM_SHA3_512,               CKF_DIGEST,                    MECH_DIGEST,          SHA3_512,   MODE_NONE     },
	{ CKM_SHA3_512_HMAC,          SIGN,                          MECH_HMAC,            SHA3_512,   MODE_NONE     },
	{ CKM_GENERIC_SECRET_KEY_GEN, CKF_GENERATE,                  MECH_SECRET_GENERATE, NULL,       MODE_NONE     },
	{ CKM_EC_KEY_PAIR_GEN,        CKF_GENERATE_KEY_PAIR,         MECH_EC_GENERATE,     NULL,       MODE_NONE     },
	{ CKM_ECDSA,                  SIGN,                          MECH_ECDSA,           NULL,       MODE_NONE     },
	{ CKM_ECDSA_SHA1,             SIGN,                          MECH_ECDSA,           SHA1,       MODE_NONE     },
	{ CKM_ECDSA_SHA224,           SIGN,                          MECH_ECDSA,           SHA224,     MODE_NONE     },
	{ CKM_ECDSA_SHA256,           SIGN,                          MECH_ECDSA,           SHA256,     MODE_NONE     },
	{ CKM_ECDSA_SHA384,           SIGN,                          MECH_ECDSA,           SHA384,     MODE_NONE     },
	{ CKM_ECDSA_SHA512,           SIGN,                          MECH_ECDSA,           SHA512,     MODE_NONE     },
	{ CKM_ECDSA_SHA3_224,         SIGN,                          MECH_ECDSA,           SHA3_224,   MODE_NONE     },
	{ CKM_ECDSA_SHA3_256,         SIGN,                          MECH_ECDSA,           SHA3_256,   MODE_NONE     },
	{ CKM_ECDSA_SHA3_384,         SIGN,                          MECH_ECDSA,           SHA3_384,   MODE_NONE     },
	{ CKM_ECDSA_SHA3_512,         SIGN,                          MECH_ECDSA,           SHA3_512,   MODE_NONE     },
	{ CKM_ECDH1_DERIVE,           CKF_DERIVE,                    MECH_ECDH,            NULL,       MODE_NONE     },
	{ CKM_ECDH1_COFACTOR_DERIVE,  CKF_DERIVE,                    MECH_ECDH,            NULL,       MODE_NONE     },
	{ CKM_AES_KEY_GEN,            CKF_GENERATE,                  MECH_AES_GENERATE,    NULL,       MODE_NONE     },
	{ CKM_AES_ECB,                CRYPT | WRAP,                  MECH_AES,             NULL,       MODE_ECB      },
	{ CKM_AES_CBC,                CRYPT | WRAP,                  MECH_AES,             NULL,       MODE_CBC      },
	{ CKM_AES_CBC_PAD,            CRYPT | WRAP,                  MECH_AES,             NULL,       MODE_CBC_PAD  },
	{ CKM_AES_GCM,                CRYPT | WRAP | SEALED,         MECH_AES,             NULL,       MODE_GCM      },
	{ CKM_AES_KEY_WRAP,           WRAP,                          MECH_AES_WRAP,        NULL,       MODE_WRAP     },
	{ CKM_AES_KEY_WRAP_PAD,       WRAP,                          MECH_AES_WRAP,        NULL,       MODE_WRAP_PAD },
	{ CKM_AES_KEY_WRAP_KWP,       WRAP,                          MECH_AES_WRAP,        NULL,       MODE_WRAP_PAD },
};
// clang-format on
const size_t mech_table_len = COUNT_OF(mech_table);

const struct mech_hash *mech_hash_find(CK_MECHANISM_TYPE type)
{
	for (size_t i = 0; i < COUNT_OF(hashes); i++)
		if (hashes[i].type == type)
			return &hashes[i];
	return NULL;
}

const struct mech_hash *mech_hash_find_mgf(CK_RSA_PKCS_MGF_TYPE mgf)
{
	for (size_t i = 0; i < COUNT_OF(hashes); i++)
		if (mgf != MGF_NONE && hashes[i].mgf == mgf)
			return &hashes[i];
	return NULL;
}
