/* SPDX-License-Identifier: GPL-3.0-or-later
 * support/certs.h — servers' certificates for tests, made by openssl: ca0.pem, ca1.pem, and s.pem with s.key,
 * signed by ca0 for the name localhost. */
#pragma once
#include <glib.h>

/* A new directory with the files; owned. certs_remove() it. */
char *certs_make(void);
void certs_remove(const char *dir);
