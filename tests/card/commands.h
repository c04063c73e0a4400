/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of the card, one function each. apdu: parsed and unchained; out: the answer's data,
 * empty at the start. Class, instruction, case and phase were checked by the dispatcher. */
#ifndef VCARD_COMMANDS_H
#define VCARD_COMMANDS_H

#include "card.h"

typedef enum vc_sw vc_command(struct vcard *card, const struct vc_apdu *apdu, struct vc_buf *out);

vc_command vc_cmd_select;    /* select.c */
vc_command vc_cmd_directory; /* directory.c */
vc_command vc_cmd_create;    /* file_admin.c */
vc_command vc_cmd_delete;
vc_command vc_cmd_activate;
vc_command vc_cmd_deactivate;
vc_command vc_cmd_phase_control;
vc_command vc_cmd_read_binary; /* binary.c */
vc_command vc_cmd_update_binary;
vc_command vc_cmd_read_record; /* record.c */
vc_command vc_cmd_update_record;
vc_command vc_cmd_append_record;
vc_command vc_cmd_get_data; /* getdata.c */
vc_command vc_cmd_put_data; /* putdata.c */
vc_command vc_cmd_verify;   /* pin.c */
vc_command vc_cmd_change;
vc_command vc_cmd_reset_retry;
vc_command vc_cmd_logout;
vc_command vc_cmd_challenge; /* auth.c */
vc_command vc_cmd_give_random;
vc_command vc_cmd_external_auth;
vc_command vc_cmd_generate; /* keygen.c */
vc_command vc_cmd_mse;      /* pso.c */
vc_command vc_cmd_pso;
vc_command vc_cmd_erase_files; /* sm4h.c */
vc_command vc_cmd_format;
vc_command vc_cmd_get_response; /* vcard.c */
vc_command vc_cmd_mse5;         /* pso5.c; from here on V5 only */
vc_command vc_cmd_pso5;
vc_command vc_cmd_put_data5;   /* putdata5.c */
vc_command vc_cmd_accumulate5; /* accumulate5.c */
vc_command vc_cmd_set_data_field5;
vc_command vc_cmd_generate5; /* keygen5.c */
vc_command vc_cmd_delete_key5;

/* What a wrong phase answers. */
enum vc_sw vc_wrong_phase(const struct vcard *card);

/* Forget what the power keeps: current file, logins, keys chosen, chains. */
void vc_forget_volatile(struct vcard *card);

#endif
