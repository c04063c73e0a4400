/* SPDX-License-Identifier: Apache-2.0 */
/* The names that PKCS#11 gives its answers. */
#ifndef TWCA_TOOLS_CKR_H
#define TWCA_TOOLS_CKR_H

/* "CKR_PIN_INCORRECT" and so on; NULL: PKCS#11 2.40 knows no such answer. */
const char *ckr_name(unsigned long rv);

#endif
