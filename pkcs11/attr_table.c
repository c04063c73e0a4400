/* SPDX-License-Identifier: Apache-2.0 */
/* The table of attributes: which class has which, of what kind, and where its value is. */
#include "attr.h"

#include <string.h>

#include "object.h"
#include "scope.h"
#include "slot.h"
#include "vendor.h"

#include "cardos/secret.h"

#define GET(name)                                                                                  \
	static enum attr_answer name(const struct object *object, struct attr_value *value)

/* A getter of one number, flag, blob or array member. */
#define GET_NUMBER(name, expression)                                                               \
	GET(name)                                                                                  \
	{                                                                                          \
		(void)object;                                                                      \
		value->number = (expression);                                                      \
		return ATTR_OK;                                                                    \
	}
#define GET_FLAG(name, expression)                                                                 \
	GET(name)                                                                                  \
	{                                                                                          \
		(void)object;                                                                      \
		value->flag = (expression);                                                        \
		return ATTR_OK;                                                                    \
	}
#define GET_BYTES(name, start, length)                                                             \
	GET(name)                                                                                  \
	{                                                                                          \
		(void)object;                                                                      \
		value->bytes = (start);                                                            \
		value->len = (length);                                                             \
		return ATTR_OK;                                                                    \
	}
/* ... that is missing when empty */
#define GET_BLOB(name, blob)                                                                       \
	GET(name)                                                                                  \
	{                                                                                          \
		value->bytes = object->blob.bytes;                                                 \
		value->len = object->blob.len;                                                     \
		return object->blob.bytes ? ATTR_OK : ATTR_NONE;                                   \
	}

GET_FLAG(always_false, false)
GET_BYTES(empty, NULL, 0)

GET_NUMBER(class, object->meta.class)
GET_FLAG(token, object->owner == 0)
GET_FLAG(private, object->meta.private)
GET_FLAG(modifiable, object_modifiable(object))
GET_FLAG(destroyable, object_destroyable(object))
GET_FLAG(copyable, object_copyable(object))
GET_BLOB(unique_id, unique_id)
GET_BYTES(label, object->meta.label, strlen(object->meta.label))
GET_BYTES(id, object->meta.id, object->meta.id_len)
GET_BYTES(application, object->meta.application, strlen(object->meta.application))
/* A secret key's, unless it may not leave. */
static enum attr_answer secret_value(const struct object *object, struct attr_value *value)
{
	if (object->meta.sensitive || !object->meta.extractable)
		return ATTR_SENSITIVE;
	value->bytes = secret_bytes(object->secret);
	value->len = secret_len(object->secret);
	return ATTR_OK;
}

/* A secret number of a private key: told of a session's key that may leave. */
static enum attr_answer private_number(const struct object *object, CK_KEY_TYPE type,
	enum session_number which, struct attr_value *value)
{
	const struct secret *number = object->numbers[which];

	if (object->meta.key_type != type)
		return ATTR_NONE;
	if (!number || object->meta.sensitive || !object->meta.extractable)
		return ATTR_SENSITIVE;
	value->bytes = secret_bytes(number);
	value->len = secret_len(number);
	return ATTR_OK;
}

/* Of private keys: an EC key has one, RSA keys have other numbers. */
GET(value_blob)
{
	if (object->secret)
		return secret_value(object, value);
	if (object->meta.class == CKO_PRIVATE_KEY)
		return private_number(object, CKK_EC, SESSION_KEY_D, value);
	value->bytes = object->value.bytes;
	value->len = object->value.len;
	return object->value.bytes || object->meta.class == CKO_DATA ? ATTR_OK : ATTR_NONE;
}

GET_NUMBER(value_len, secret_len(object->secret))

#define GET_RSA(name, which)                                                                       \
	GET(name)                                                                                  \
	{                                                                                          \
		return private_number(object, CKK_RSA, which, value);                              \
	}

GET_RSA(rsa_d, SESSION_KEY_D)
GET_RSA(rsa_p, SESSION_KEY_P)
GET_RSA(rsa_q, SESSION_KEY_Q)
GET_RSA(rsa_dp, SESSION_KEY_DP)
GET_RSA(rsa_dq, SESSION_KEY_DQ)
GET_RSA(rsa_qinv, SESSION_KEY_QINV)

GET_NUMBER(certificate_type, CKC_X_509)
GET_NUMBER(category, object->meta.authority || object->parts.authority
			     ? CK_CERTIFICATE_CATEGORY_AUTHORITY
			     : CK_CERTIFICATE_CATEGORY_TOKEN_USER)
GET_BLOB(check_value, check)
GET_NUMBER(sha1, CKM_SHA_1)
GET_NUMBER(zero, 0)
/* Keys: their certificate's, or empty. */
GET(subject)
{
	value->bytes = object->parts.subject.bytes;
	value->len = object->parts.subject.len;
	return object->meta.class != CKO_CERTIFICATE || value->bytes ? ATTR_OK : ATTR_NONE;
}
GET_BLOB(issuer, parts.issuer)
GET_BLOB(serial, parts.serial)
/* A certificate's own, or what a key was given. */
static enum attr_answer date_of(const struct object *object, const struct blob *certificate,
	const char *key, struct attr_value *value)
{
	bool own = object->meta.class == CKO_CERTIFICATE;

	value->bytes = own ? (const void *)certificate->bytes : key;
	value->len = own ? certificate->len : strlen(key);
	return ATTR_OK;
}

GET(start_date)
{
	return date_of(object, &object->parts.start, object->meta.dates.start, value);
}

GET(end_date)
{
	return date_of(object, &object->parts.end, object->meta.dates.end, value);
}

GET_BLOB(spki, parts.spki)

GET_NUMBER(key_type, object->meta.key_type)
GET(bits)
{
	value->number = object->meta.bits;
	return object->meta.key_type == CKK_RSA ? ATTR_OK : ATTR_NONE;
}
GET_BLOB(ec_params, parts.ec_params)
GET_BLOB(ec_point, parts.ec_point)
GET_BLOB(modulus, parts.modulus)
GET_BLOB(exponent, parts.exponent)
GET_FLAG(sensitive, object->meta.sensitive)
GET_FLAG(extractable, object->meta.extractable)
GET_FLAG(always_sensitive, object->meta.always_sensitive)
GET_FLAG(never_extractable, object->meta.never_extractable)
GET_FLAG(local, object->meta.local)
GET_FLAG(wrap_with_trusted, object->wrap_with_trusted)
GET_NUMBER(gen_mechanism, !object->meta.local                ? CK_UNAVAILABLE_INFORMATION
			  : object->secret                   ? object->gen_mechanism
			  : object->meta.key_type == CKK_RSA ? CKM_RSA_PKCS_KEY_PAIR_GEN
			  : object->meta.key_type == CKK_EC  ? CKM_EC_KEY_PAIR_GEN
							     : CK_UNAVAILABLE_INFORMATION)
GET_FLAG(always_authenticate, object->meta.always_authenticate)
GET_BYTES(mechs, object->restricted ? (const void *)object->allowed.bytes : object->mechs,
	object->restricted ? object->allowed.len : object->mech_count * sizeof(object->mechs[0]))

static bool may(const struct object *object, unsigned usage)
{
	return (object->meta.usage & usage) != 0;
}

GET_FLAG(may_encrypt, may(object, TOKEN_USE_ENCRYPT))
GET_FLAG(may_decrypt, may(object, TOKEN_USE_DECRYPT))
GET_FLAG(may_sign, may(object, TOKEN_USE_SIGN | TOKEN_USE_NON_REPUDIATION))
GET_FLAG(may_sign_recover, may(object, TOKEN_USE_SIGN_RECOVER))
GET_FLAG(may_verify, may(object, TOKEN_USE_VERIFY))
GET_FLAG(may_verify_recover, may(object, TOKEN_USE_VERIFY_RECOVER))
GET_FLAG(may_wrap, may(object, TOKEN_USE_WRAP))
GET_FLAG(may_unwrap, may(object, TOKEN_USE_UNWRAP))
GET_FLAG(may_derive, may(object, TOKEN_USE_DERIVE))

GET_NUMBER(profile, object->profile)
GET_NUMBER(feature, object->feature)

static const struct token_pin *pin_of(const struct object *object)
{
	return &object->slot->pins[object->role];
}

static CK_ULONG tries(int count)
{
	return count < 0 ? CK_UNAVAILABLE_INFORMATION : (CK_ULONG)count;
}

static CK_USER_TYPE user_type(enum token_role role)
{
	return role == TOKEN_USER ? CKU_USER : role == TOKEN_SO ? CKU_SO : CKU_TWCA_CARD_SO;
}

/* ... that only one kind of hardware feature has */
#define GET_FEATURE(name, kind, member, expression)                                                \
	GET(name)                                                                                  \
	{                                                                                          \
		value->member = (expression);                                                      \
		return object->feature == (kind) ? ATTR_OK : ATTR_NONE;                            \
	}

GET_FEATURE(pin_user_type, CKH_TWCA_PIN, number, user_type(object->role))
GET_FEATURE(pin_left, CKH_TWCA_PIN, number, tries(pin_of(object)->tries_left))
GET_FEATURE(pin_max, CKH_TWCA_PIN, number, tries(pin_of(object)->tries_max))
GET_FEATURE(pin_min_len, CKH_TWCA_PIN, number, pin_of(object)->min_len)
GET_FEATURE(pin_max_len, CKH_TWCA_PIN, number, pin_of(object)->max_len)
GET_FEATURE(pin_locked, CKH_TWCA_PIN, flag, pin_of(object)->locked)

GET_FEATURE(level, CKH_TWCA_IDENTITY, number, object->slot->settings.level)
GET_FEATURE(level_now, CKH_TWCA_IDENTITY, number, object->slot->settings.level_now)
GET_FEATURE(old_cipher, CKH_TWCA_IDENTITY, flag, object->slot->settings.old_cipher)
GET_FEATURE(old_allowed, CKH_TWCA_IDENTITY, flag, object->slot->settings.old_ciphers_allowed)
GET(directory)
{
	value->bytes = object->slot->settings.directory;
	value->len = strlen(object->slot->settings.directory);
	return object->feature == CKH_TWCA_IDENTITY ? ATTR_OK : ATTR_NONE;
}

#define CERT ATTR_CERTIFICATE
#define PUB ATTR_PUBLIC
#define PRIV ATTR_PRIVATE
#define SECRET ATTR_SECRET
#define HW ATTR_FEATURE
#define KEYS (PUB | PRIV)
#define VALUED (ATTR_DATA | CERT | PRIV | SECRET)
#define STORED (ATTR_DATA | CERT | KEYS | SECRET | ATTR_PROFILE)

// clang-format off
const struct attr_row attr_table[] = {
	{ CKA_CLASS,                      ATTR_ULONG, STORED | HW,             ATTR_AT_HAND, false, class               },
	{ CKA_TOKEN,                      ATTR_BOOL,  STORED | HW,             ATTR_AT_HAND, false, token               },
	{ CKA_PRIVATE,                    ATTR_BOOL,  STORED | HW,             ATTR_AT_HAND, false, private             },
	{ CKA_LABEL,                      ATTR_BYTES, STORED,                  ATTR_AT_HAND, false, label               },
	{ CKA_UNIQUE_ID,                  ATTR_BYTES, STORED,                  ATTR_ASKS,    true,  unique_id           },
	{ CKA_APPLICATION,                ATTR_BYTES, ATTR_DATA,               ATTR_AT_HAND, false, application         },
	{ CKA_VALUE,                      ATTR_BYTES, VALUED,                  ATTR_LOADS,   false, value_blob          },
	{ CKA_OBJECT_ID,                  ATTR_BYTES, ATTR_DATA,               ATTR_AT_HAND, false, empty               },
	{ CKA_CERTIFICATE_TYPE,           ATTR_ULONG, CERT,                    ATTR_AT_HAND, false, certificate_type    },
	{ CKA_ISSUER,                     ATTR_BYTES, CERT,                    ATTR_LOADS,   false, issuer              },
	{ CKA_SERIAL_NUMBER,              ATTR_BYTES, CERT,                    ATTR_LOADS,   false, serial              },
	{ CKA_TRUSTED,                    ATTR_BOOL,  CERT | PUB | SECRET,     ATTR_AT_HAND, false, always_false        },
	{ CKA_CERTIFICATE_CATEGORY,       ATTR_ULONG, CERT,                    ATTR_LOADS,   false, category            },
	{ CKA_JAVA_MIDP_SECURITY_DOMAIN,  ATTR_ULONG, CERT,                    ATTR_AT_HAND, false, zero                },
	{ CKA_URL,                        ATTR_BYTES, CERT,                    ATTR_AT_HAND, false, empty               },
	{ CKA_HASH_OF_SUBJECT_PUBLIC_KEY, ATTR_BYTES, CERT,                    ATTR_AT_HAND, false, empty               },
	{ CKA_HASH_OF_ISSUER_PUBLIC_KEY,  ATTR_BYTES, CERT,                    ATTR_AT_HAND, false, empty               },
	{ CKA_NAME_HASH_ALGORITHM,        ATTR_ULONG, CERT,                    ATTR_AT_HAND, false, sha1                },
	{ CKA_CHECK_VALUE,                ATTR_BYTES, CERT | SECRET,           ATTR_LOADS,   false, check_value         },
	{ CKA_KEY_TYPE,                   ATTR_ULONG, KEYS | SECRET,           ATTR_AT_HAND, false, key_type            },
	{ CKA_SUBJECT,                    ATTR_BYTES, CERT | KEYS,             ATTR_ASKS,    false, subject             },
	{ CKA_ID,                         ATTR_BYTES, CERT | KEYS | SECRET,    ATTR_AT_HAND, false, id                  },
	{ CKA_SENSITIVE,                  ATTR_BOOL,  PRIV | SECRET,           ATTR_AT_HAND, false, sensitive           },
	{ CKA_ENCRYPT,                    ATTR_BOOL,  PUB | SECRET,            ATTR_AT_HAND, false, may_encrypt         },
	{ CKA_DECRYPT,                    ATTR_BOOL,  PRIV | SECRET,           ATTR_AT_HAND, false, may_decrypt         },
	{ CKA_WRAP,                       ATTR_BOOL,  PUB | SECRET,            ATTR_AT_HAND, false, may_wrap            },
	{ CKA_UNWRAP,                     ATTR_BOOL,  PRIV | SECRET,           ATTR_AT_HAND, false, may_unwrap          },
	{ CKA_SIGN,                       ATTR_BOOL,  PRIV | SECRET,           ATTR_AT_HAND, false, may_sign            },
	{ CKA_SIGN_RECOVER,               ATTR_BOOL,  PRIV,                    ATTR_AT_HAND, false, may_sign_recover    },
	{ CKA_VERIFY,                     ATTR_BOOL,  PUB | SECRET,            ATTR_AT_HAND, false, may_verify          },
	{ CKA_VERIFY_RECOVER,             ATTR_BOOL,  PUB,                     ATTR_AT_HAND, false, may_verify_recover  },
	{ CKA_DERIVE,                     ATTR_BOOL,  KEYS | SECRET,           ATTR_AT_HAND, false, may_derive          },
	{ CKA_START_DATE,                 ATTR_BYTES, CERT | KEYS | SECRET,    ATTR_LOADS,   false, start_date          },
	{ CKA_END_DATE,                   ATTR_BYTES, CERT | KEYS | SECRET,    ATTR_LOADS,   false, end_date            },
	{ CKA_MODULUS,                    ATTR_BYTES, KEYS,                    ATTR_LOADS,   false, modulus             },
	{ CKA_MODULUS_BITS,               ATTR_ULONG, PUB,                     ATTR_LOADS,   false, bits                },
	{ CKA_PUBLIC_EXPONENT,            ATTR_BYTES, KEYS,                    ATTR_LOADS,   false, exponent            },
	{ CKA_PRIVATE_EXPONENT,           ATTR_BYTES, PRIV,                    ATTR_AT_HAND, false, rsa_d               },
	{ CKA_PRIME_1,                    ATTR_BYTES, PRIV,                    ATTR_AT_HAND, false, rsa_p               },
	{ CKA_PRIME_2,                    ATTR_BYTES, PRIV,                    ATTR_AT_HAND, false, rsa_q               },
	{ CKA_EXPONENT_1,                 ATTR_BYTES, PRIV,                    ATTR_AT_HAND, false, rsa_dp              },
	{ CKA_EXPONENT_2,                 ATTR_BYTES, PRIV,                    ATTR_AT_HAND, false, rsa_dq              },
	{ CKA_COEFFICIENT,                ATTR_BYTES, PRIV,                    ATTR_AT_HAND, false, rsa_qinv            },
	{ CKA_PUBLIC_KEY_INFO,            ATTR_BYTES, CERT | KEYS,             ATTR_LOADS,   false, spki                },
	{ CKA_VALUE_LEN,                  ATTR_ULONG, SECRET,                  ATTR_AT_HAND, false, value_len           },
	{ CKA_EXTRACTABLE,                ATTR_BOOL,  PRIV | SECRET,           ATTR_AT_HAND, false, extractable         },
	{ CKA_LOCAL,                      ATTR_BOOL,  KEYS | SECRET,           ATTR_AT_HAND, true,  local               },
	{ CKA_NEVER_EXTRACTABLE,          ATTR_BOOL,  PRIV | SECRET,           ATTR_AT_HAND, true,  never_extractable   },
	{ CKA_ALWAYS_SENSITIVE,           ATTR_BOOL,  PRIV | SECRET,           ATTR_AT_HAND, true,  always_sensitive    },
	{ CKA_KEY_GEN_MECHANISM,          ATTR_ULONG, KEYS | SECRET,           ATTR_AT_HAND, true,  gen_mechanism       },
	{ CKA_MODIFIABLE,                 ATTR_BOOL,  STORED,                  ATTR_AT_HAND, false, modifiable          },
	{ CKA_COPYABLE,                   ATTR_BOOL,  STORED,                  ATTR_AT_HAND, false, copyable            },
	{ CKA_DESTROYABLE,                ATTR_BOOL,  STORED,                  ATTR_AT_HAND, false, destroyable         },
	{ CKA_EC_PARAMS,                  ATTR_BYTES, KEYS,                    ATTR_LOADS,   false, ec_params           },
	{ CKA_EC_POINT,                   ATTR_BYTES, PUB,                     ATTR_LOADS,   false, ec_point            },
	{ CKA_ALWAYS_AUTHENTICATE,        ATTR_BOOL,  PRIV,                    ATTR_AT_HAND, false, always_authenticate },
	{ CKA_WRAP_WITH_TRUSTED,          ATTR_BOOL,  PRIV | SECRET,           ATTR_AT_HAND, false, wrap_with_trusted   },
	{ CKA_HW_FEATURE_TYPE,            ATTR_ULONG, HW,                      ATTR_AT_HAND, false, feature             },
	{ CKA_PROFILE_ID,                 ATTR_ULONG, ATTR_PROFILE,            ATTR_AT_HAND, false, profile             },
	{ CKA_WRAP_TEMPLATE,              ATTR_BYTES, PUB | SECRET,            ATTR_AT_HAND, false, empty               },
	{ CKA_UNWRAP_TEMPLATE,            ATTR_BYTES, PRIV | SECRET,           ATTR_AT_HAND, false, empty               },
	{ CKA_DERIVE_TEMPLATE,            ATTR_BYTES, PRIV | SECRET,           ATTR_AT_HAND, false, empty               },
	{ CKA_ALLOWED_MECHANISMS,         ATTR_BYTES, KEYS | SECRET,           ATTR_AT_HAND, false, mechs               },
	{ CKA_TWCA_PIN_USER_TYPE,         ATTR_ULONG, HW,                      ATTR_AT_HAND, true,  pin_user_type       },
	{ CKA_TWCA_PIN_TRIES_LEFT,        ATTR_ULONG, HW,                      ATTR_AT_HAND, true,  pin_left            },
	{ CKA_TWCA_PIN_TRIES_MAX,         ATTR_ULONG, HW,                      ATTR_AT_HAND, true,  pin_max             },
	{ CKA_TWCA_PIN_MIN_LEN,           ATTR_ULONG, HW,                      ATTR_AT_HAND, true,  pin_min_len         },
	{ CKA_TWCA_PIN_MAX_LEN,           ATTR_ULONG, HW,                      ATTR_AT_HAND, true,  pin_max_len         },
	{ CKA_TWCA_PIN_LOCKED,            ATTR_BOOL,  HW,                      ATTR_AT_HAND, true,  pin_locked          },
	{ CKA_TWCA_PROMPT_LEVEL,          ATTR_ULONG, HW,                      ATTR_AT_HAND, true,  level               },
	{ CKA_TWCA_PROMPT_LEVEL_NOW,      ATTR_ULONG, HW,                      ATTR_AT_HAND, true,  level_now           },
	{ CKA_TWCA_OLD_CIPHER,            ATTR_BOOL,  HW,                      ATTR_AT_HAND, true,  old_cipher          },
	{ CKA_TWCA_OLD_CIPHERS_ALLOWED,   ATTR_BOOL,  HW,                      ATTR_AT_HAND, true,  old_allowed         },
	{ CKA_TWCA_DIRECTORY,             ATTR_BYTES, HW,                      ATTR_AT_HAND, true,  directory           },
};
// clang-format on
const size_t attr_table_len = COUNT_OF(attr_table);
