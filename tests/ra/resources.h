/* SPDX-License-Identifier: Apache-2.0 */
/* One function per operation of docs/ra-api.yaml. Each runs inside the request's transaction and
 * fills reply; what it wrote is committed before the answer is sent, unless reply->rollback. */
#ifndef RA_RESOURCES_H
#define RA_RESOURCES_H

#include "ra.h"

typedef void resource_fn(struct request *request, struct reply *reply);

resource_fn puk_change_create, puk_change_confirm, certificate_query, revocation_create,
	suspension_create, directory_get, eligibility_create, info_get, info_list,
	login_challenge_answer, login_challenge_create, nonce_create, order_activate,
	payment_create, profile_data_change, renewal_create, renewal_info, captcha_create,
	session_create, session_get, session_delete, password_change, registration_get, terms_get,
	verification_create, verification_answer, order_list, order_create, order_get, order_cancel,
	order_receipt, ocsp_get, ocsp_post, proof_get, phone_create, phone_file_fetch,
	transfer_create, transfer_get, certificate_list, certificate_get, ca_certificates_get,
	crl_get;

#endif
