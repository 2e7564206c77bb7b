/* SPDX-License-Identifier: GPL-3.0-or-later
 * A store in a directory of its own, with a key; and the few lines that every test here needs. */
#pragma once
#include "store/cache.h"
#include "store/draft.h"
#include "store/private.h"
#include "store/queue.h"

#include <criterion/criterion.h>

#define PERSON "https://core.example/fhir|SE2321000131-P000000000101"
#define NOTE "Patienten mår bättre. Åtgärd: fortsätt enligt plan."

char *fixture_dir(void);
void fixture_dir_remove(const char *dir);
SecretBuf *fixture_key(guint8 seed);
Store *fixture_open(const char *dir, guint8 seed); /* opened and unlocked, or the test fails */
GBytes *bytes_of(const char *text);
gboolean put(Store *store, const char *id, const char *patient, const char *text, GError **error);
char *text_of(Store *store, const char *id); /* NULL: no such draft */
void spin(const gboolean *until); /* the main loop, until *until or 10 s */
/* The row as SQL, on a connection of its own. */
void tamper(const char *dir, const char *sql);
gint64 ask(const char *dir, const char *sql);
