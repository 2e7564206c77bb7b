/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/screen/drafts.h — drafts in memory with the manners of the sealed store: what is given out is
 * a copy, newest first. Knows no screen. */
#pragma once
#include "app/app.h"

typedef struct Drafts Drafts;
Drafts *drafts_new(void);
void drafts_free(Drafts *s);
gboolean drafts_put(Drafts *s, const Draft *d);
gboolean drafts_edit(Drafts *s, const char *id, gsize at, gsize removed, const char *text, gsize len, GBytes *meta);
GPtrArray *drafts_list(Drafts *s, const char *patient);
Draft *drafts_get(Drafts *s, const char *id); /* owned; NULL: none */
gboolean drafts_remove(Drafts *s, const char *id);
