/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/keyring.h — the OS keyring (libsecret) for a personal account that says so. Every call is
 * asynchronous with two seconds at most; any failure means "not there", and nothing waits for it. */
#pragma once
#include "base/scope.h"
#include "base/secret.h"

typedef void (*KeyringFn)(const SecretBuf *secret, const GError *error, gpointer data);
void keyring_lookup(Scope *scope, const char *person, const char *what, KeyringFn fn, gpointer data);
void keyring_store(Scope *scope, const char *person, const char *what, const SecretBuf *secret,
                   KeyringFn fn, gpointer data);
