/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/sending.h — drafts that are on their way to the core. What is signed does not change under way,
 * and the answer ends the draft: whatever was typed into it meanwhile would be gone with it. Every view that
 * writes a draft asks here first; the one that signs it begins and ends. */
#pragma once
#include "app/app.h"

/* The receipt of what was signed before gives way: it would be read as that of this one. */
void sending_begin(App *app, const char *draft);
void sending_end(const char *draft);
/* TRUE with @error, a sentence, while it is on its way. @draft NULL: not sent yet, FALSE. */
gboolean sending_refuses(const char *draft, GError **error);
/* The same to the person at the keys. */
gboolean sending_tells(App *app, const char *draft);
