/* SPDX-License-Identifier: Apache-2.0 */
/* The table of attributes: which class has which, of what kind, and where its value is. */
#include "attr.h"

#include <string.h>

#include "object.h"
#include "scope.h"
#include "slot.h"
#include "vendor.h"

#define GET(name) static bool name(const struct object *object, struct attr_value *value)

/* A getter of one number, flag, blob or array member. */
#define GET_NUMBER(name, expression)                                                               \
	GET(name)                                                                                  \
	{                                                                                          \
		(void)object;                                                                      \
		value->number = (expression);                                                      \
		return true;                                                                       \
	}
#define GET_FLAG(name, expression)                                                                 \
	GET(name)                                                                                  \
	{                                                                                          \
		(void)object;                                                                      \
		value->flag = (expression);                                                        \
		return true;                                                                       \
	}
#define GET_BYTES(name, start, length)                                                             \
	GET(name)                                                                                  \
	{                                                                                          \
		(void)object;                                                                      \
		value->bytes = (start);                                                            \
		value->len = (length);                                                             \
		return true;                                                                       \
	}
/* ... that is missing when empty */
#define GET_BLOB(name, blob)                                                                       \
	GET(name)                                                                                  \
	{                                                                                          \
		value->bytes = object->blob.bytes;                                                 \
		value->len = object->blob.len;                                                     \
		return object->blob.bytes != NULL;                                                 \
	}

GET_FLAG(always_false, false)
GET_BYTES(empty, NULL, 0)

GET_NUMBER(class, object->meta.class)
GET_FLAG(token, object->owner == 0)
GET_FLAG(private, object->meta.private)
GET_FLAG(modifiable, object->meta.modifiable || object->owner)
GET_BYTES(label, object->meta.label, strlen(object->meta.label))
GET_BYTES(id, object->meta.id, object->meta.id_len)
GET_BYTES(application, object->meta.application, strlen(object->meta.application))
GET_BLOB(value_blob, value)

GET_NUMBER(certificate_type, CKC_X_509)
GET_NUMBER(category, object->meta.authority || object->parts.authority
			     ? CK_CERTIFICATE_CATEGORY_AUTHORITY
			     : CK_CERTIFICATE_CATEGORY_TOKEN_USER)
GET_BLOB(subject, parts.subject)
GET_BLOB(issuer, parts.issuer)
GET_BLOB(serial, parts.serial)
GET_BYTES(start_date, object->parts.start.bytes, object->parts.start.len)
GET_BYTES(end_date, object->parts.end.bytes, object->parts.end.len)
GET_BLOB(spki, parts.spki)

GET_NUMBER(key_type, object->meta.key_type)
GET(bits)
{
	value->number = object->meta.bits;
	return object->meta.key_type == CKK_RSA;
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
GET_NUMBER(gen_mechanism, !object->meta.local                ? CK_UNAVAILABLE_INFORMATION
			  : object->meta.key_type == CKK_RSA ? CKM_RSA_PKCS_KEY_PAIR_GEN
			  : object->meta.key_type == CKK_EC  ? CKM_EC_KEY_PAIR_GEN
							     : CK_UNAVAILABLE_INFORMATION)
GET_FLAG(always_authenticate, object->meta.always_authenticate)
GET_BYTES(mechs, object->mechs, object->mech_count * sizeof(object->mechs[0]))

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

GET_NUMBER(profile, CKP_PUBLIC_CERTIFICATES_TOKEN)
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
		return object->feature == (kind);                                                  \
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
	return object->feature == CKH_TWCA_IDENTITY;
}

#define CERT ATTR_CERTIFICATE
#define PUB ATTR_PUBLIC
#define PRIV ATTR_PRIVATE
#define HW ATTR_FEATURE
#define KEYS (PUB | PRIV)
#define STORED (ATTR_DATA | CERT | KEYS | ATTR_PROFILE)
#define HAS_ID (CERT | KEYS)

// clang-format off
const struct attr_row attr_table[] = {
	{ CKA_CLASS,                ATTR_ULONG, STORED | HW,       false, class               },
	{ CKA_TOKEN,                ATTR_BOOL,  STORED | HW,       false, token               },
	{ CKA_PRIVATE,              ATTR_BOOL,  STORED | HW,       false, private             },
	{ CKA_LABEL,                ATTR_BYTES, STORED,            false, label               },
	{ CKA_APPLICATION,          ATTR_BYTES, ATTR_DATA,         false, application         },
	{ CKA_VALUE,                ATTR_BYTES, ATTR_DATA | CERT,  true,  value_blob          },
	{ CKA_OBJECT_ID,            ATTR_BYTES, ATTR_DATA,         false, empty               },
	{ CKA_CERTIFICATE_TYPE,     ATTR_ULONG, CERT,              false, certificate_type    },
	{ CKA_ISSUER,               ATTR_BYTES, CERT,              true,  issuer              },
	{ CKA_SERIAL_NUMBER,        ATTR_BYTES, CERT,              true,  serial              },
	{ CKA_TRUSTED,              ATTR_BOOL,  CERT | PUB,        false, always_false        },
	{ CKA_CERTIFICATE_CATEGORY, ATTR_ULONG, CERT,              true,  category            },
	{ CKA_URL,                  ATTR_BYTES, CERT,              false, empty               },
	{ CKA_KEY_TYPE,             ATTR_ULONG, KEYS,              false, key_type            },
	{ CKA_SUBJECT,              ATTR_BYTES, CERT,              true,  subject             },
	{ CKA_ID,                   ATTR_BYTES, HAS_ID,            false, id                  },
	{ CKA_SENSITIVE,            ATTR_BOOL,  PRIV,              false, sensitive           },
	{ CKA_ENCRYPT,              ATTR_BOOL,  PUB,               false, may_encrypt         },
	{ CKA_DECRYPT,              ATTR_BOOL,  PRIV,              false, may_decrypt         },
	{ CKA_WRAP,                 ATTR_BOOL,  PUB,               false, may_wrap            },
	{ CKA_UNWRAP,               ATTR_BOOL,  PRIV,              false, may_unwrap          },
	{ CKA_SIGN,                 ATTR_BOOL,  PRIV,              false, may_sign            },
	{ CKA_SIGN_RECOVER,         ATTR_BOOL,  PRIV,              false, may_sign_recover    },
	{ CKA_VERIFY,               ATTR_BOOL,  PUB,               false, may_verify          },
	{ CKA_VERIFY_RECOVER,       ATTR_BOOL,  PUB,               false, may_verify_recover  },
	{ CKA_DERIVE,               ATTR_BOOL,  KEYS,              false, may_derive          },
	{ CKA_START_DATE,           ATTR_BYTES, CERT | KEYS,       true,  start_date          },
	{ CKA_END_DATE,             ATTR_BYTES, CERT | KEYS,       true,  end_date            },
	{ CKA_MODULUS,              ATTR_BYTES, KEYS,              true,  modulus             },
	{ CKA_MODULUS_BITS,         ATTR_ULONG, PUB,               true,  bits                },
	{ CKA_PUBLIC_EXPONENT,      ATTR_BYTES, KEYS,              true,  exponent            },
	{ CKA_PRIVATE_EXPONENT,     ATTR_BYTES, PRIV,              false, NULL                },
	{ CKA_PRIME_1,              ATTR_BYTES, PRIV,              false, NULL                },
	{ CKA_PRIME_2,              ATTR_BYTES, PRIV,              false, NULL                },
	{ CKA_EXPONENT_1,           ATTR_BYTES, PRIV,              false, NULL                },
	{ CKA_EXPONENT_2,           ATTR_BYTES, PRIV,              false, NULL                },
	{ CKA_COEFFICIENT,          ATTR_BYTES, PRIV,              false, NULL                },
	{ CKA_PUBLIC_KEY_INFO,      ATTR_BYTES, CERT | KEYS,       true,  spki                },
	{ CKA_EXTRACTABLE,          ATTR_BOOL,  PRIV,              false, extractable         },
	{ CKA_LOCAL,                ATTR_BOOL,  KEYS,              false, local               },
	{ CKA_NEVER_EXTRACTABLE,    ATTR_BOOL,  PRIV,              false, never_extractable   },
	{ CKA_ALWAYS_SENSITIVE,     ATTR_BOOL,  PRIV,              false, always_sensitive    },
	{ CKA_KEY_GEN_MECHANISM,    ATTR_ULONG, KEYS,              false, gen_mechanism       },
	{ CKA_MODIFIABLE,           ATTR_BOOL,  STORED,            false, modifiable          },
	{ CKA_COPYABLE,             ATTR_BOOL,  STORED,            false, always_false        },
	{ CKA_DESTROYABLE,          ATTR_BOOL,  STORED,            false, modifiable          },
	{ CKA_EC_PARAMS,            ATTR_BYTES, KEYS,              true,  ec_params           },
	{ CKA_EC_POINT,             ATTR_BYTES, PUB,               true,  ec_point            },
	{ CKA_ALWAYS_AUTHENTICATE,  ATTR_BOOL,  PRIV,              false, always_authenticate },
	{ CKA_WRAP_WITH_TRUSTED,    ATTR_BOOL,  PRIV,              false, always_false        },
	{ CKA_HW_FEATURE_TYPE,      ATTR_ULONG, HW,                false, feature             },
	{ CKA_PROFILE_ID,           ATTR_ULONG, ATTR_PROFILE,      false, profile             },
	{ CKA_ALLOWED_MECHANISMS,   ATTR_BYTES, KEYS,              false, mechs               },
	{ CKA_TWCA_PIN_USER_TYPE,   ATTR_ULONG, HW,                false, pin_user_type       },
	{ CKA_TWCA_PIN_TRIES_LEFT,  ATTR_ULONG, HW,                false, pin_left            },
	{ CKA_TWCA_PIN_TRIES_MAX,   ATTR_ULONG, HW,                false, pin_max             },
	{ CKA_TWCA_PIN_MIN_LEN,     ATTR_ULONG, HW,                false, pin_min_len         },
	{ CKA_TWCA_PIN_MAX_LEN,     ATTR_ULONG, HW,                false, pin_max_len         },
	{ CKA_TWCA_PIN_LOCKED,      ATTR_BOOL,  HW,                false, pin_locked          },
	{ CKA_TWCA_PROMPT_LEVEL,    ATTR_ULONG, HW,                false, level               },
	{ CKA_TWCA_PROMPT_LEVEL_NOW, ATTR_ULONG, HW,               false, level_now           },
	{ CKA_TWCA_OLD_CIPHER,      ATTR_BOOL,  HW,                false, old_cipher          },
	{ CKA_TWCA_OLD_CIPHERS_ALLOWED, ATTR_BOOL, HW,             false, old_allowed         },
	{ CKA_TWCA_DIRECTORY,       ATTR_BYTES, HW,                false, directory           },
};
// clang-format on
const size_t attr_table_len = COUNT_OF(attr_table);
