/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-fetch.h — the templates of notes that the core holds, kept as files beside the others: they
 * are there while the core is silent, and a draft finds its template again. A template says for whom it is
 * (useContext, urn:rond:role); other questionnaires are none of ours. Holds nothing of any patient. */
#pragma once
#include "client/client.h"

/* @changed: the files in @dir are others than before. Not called where the core cannot be asked. */
typedef void (*NoteFetchFn)(gboolean changed, gpointer data);
void note_templates_fetch(Client *client, Scope *scope, const char *dir, NoteFetchFn fn, gpointer data);
