/* SPDX-License-Identifier: Apache-2.0 */
/* Where programs learn of a PKCS#11 module: NSS databases of browsers, p11-kit's module files,
 * Firefox's policy for all users. Finding these places, and registering the module in one.
 *
 * A place is looked at and changed by itself; nothing is changed while a program uses it. NSS
 * databases are changed by NSS's own modutil: docs/decisions/0420. */
#ifndef TWCA_TOOLS_BROWSER_H
#define TWCA_TOOLS_BROWSER_H

#include <stdbool.h>
#include <stddef.h>

#define BROWSER_MODULE_NAME "TWCA PKCS#11" /* in Firefox's list of security devices */
#define BROWSER_P11_FILE "twca-pkcs11.module"

struct fail;

enum browser_kind {
	BROWSER_P11KIT,   /* a module file */
	BROWSER_FIREFOX,  /* the NSS database of a profile */
	BROWSER_CHROMIUM, /* the NSS database of a user */
	BROWSER_POLICY,   /* Firefox's policies.json */
};

enum browser_cage {
	BROWSER_FREE,
	BROWSER_SNAP,
	BROWSER_FLATPAK,
};

struct browser_place {
	enum browser_kind kind;
	enum browser_cage cage;
	char *name;      /* "Firefox", "Chromium" */
	char *profile;   /* of Firefox; "" elsewhere */
	char *path;      /* folder of the database, or file */
	const char *app; /* of a cage: what snap or flatpak calls it */
};

struct browser_places {
	struct browser_place *places;
	size_t count;
};

enum browser_state {
	BROWSER_ABSENT,    /* the module is not registered here */
	BROWSER_PRESENT,   /* it is, by this path */
	BROWSER_STALE,     /* our name stands for another file */
	BROWSER_OTHERWISE, /* something else brings it: p11-kit-proxy.so, a file for all users */
};

/* The person's places: p11-kit's file, each database below home and the XDG directories. */
bool browser_find(struct browser_places *ret, struct fail *fail);

/* The places of all users: p11-kit's file and Firefox's policy below /etc. */
bool browser_find_system(struct browser_places *ret, struct fail *fail);

void browser_places_clear(struct browser_places *places);

/* The file that a place must name for the module to be found: the module itself, or, out of the
 * cage of a snap or a flatpak, p11-kit's client. */
const char *browser_module(const struct browser_place *place, const char *module);

/* Is it registered? Changes nothing and loads nothing. */
bool browser_look(const struct browser_place *place, const char *module, enum browser_state *ret,
	struct fail *fail);

/* Does a program use the place now? *ret_who: "firefox (process 123)", the caller frees; NULL: none
 * does. */
bool browser_in_use(const struct browser_place *place, char **ret_who, struct fail *fail);

/* Register or take back. Needs: not in use. Errors: RIGHTS_NEEDED, NSS_TOOLS, SYSTEM. */
bool browser_add(const struct browser_place *place, const char *module, struct fail *fail);
bool browser_remove(const struct browser_place *place, const char *module, struct fail *fail);

/* ---- inside browser*.c ---- */

/* Append a place; the strings are copied. */
bool browser_append(
	struct browser_places *places, const struct browser_place *place, struct fail *fail);

/* The home directory; works with HOME unset. The caller frees; NULL: none, or no memory. */
char *browser_home(void);

bool browser_nss_look(const char *folder, const char *module, enum browser_state *ret_state,
	bool *ret_named, struct fail *fail);
bool browser_nss_add(const char *folder, const char *module, struct fail *fail);
bool browser_nss_remove(const char *folder, const char *module, struct fail *fail);

extern const char browser_p11_folder[]; /* where p11-kit looks for a module without a path */
bool browser_p11_look(
	const char *path, const char *module, enum browser_state *ret, struct fail *fail);
bool browser_p11_add(const char *path, const char *module, struct fail *fail);
bool browser_p11_remove(const char *path, struct fail *fail);

bool browser_policy_look(
	const char *path, const char *module, enum browser_state *ret, struct fail *fail);
bool browser_policy_add(const char *path, const char *module, struct fail *fail);
bool browser_policy_remove(const char *path, const char *module, struct fail *fail);

/* Replace a file as a whole; makes its folder. Errors: RIGHTS_NEEDED, SYSTEM. */
bool browser_write(const char *path, const char *text, struct fail *fail);

/* The whole file; *ret NULL: there is none. The caller frees. */
bool browser_read(const char *path, char **ret, struct fail *fail);

#endif
