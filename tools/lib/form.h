/* SPDX-License-Identifier: Apache-2.0 */
/* Shows on stdout what is done on paper: a form of the RA, whom to ask. */
#ifndef TWCA_TOOLS_FORM_H
#define TWCA_TOOLS_FORM_H

#include <jansson.h>

/* The form without its title (ra_info.h): purpose, when, where, papers, what one receives. */
void form_print(const json_t *form);

/* The contact (ra_info.h), and that nothing was changed. */
void form_print_end(const json_t *contact);

/* A field; each further line of the value is a field of the same name. */
void form_print_lines(const char *label, const char *value);

#endif
