/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/hintbar.h — the last line: the keys that are valid here and now, from the keymap and the command
 * table. While a prefix is pending its continuations are shown after 300 ms; nothing waits for it. */
#pragma once
#include "app/command.h"
#include "app/keymap.h"
#include "ui/canvas.h"

#define HINTBAR_PREFIX_MS 300

/* Keys of @context in file order, as many as fit, "? alla" always; @prefix NULL or the pending keys.
 * Commands that cannot run now (needs) are left out. */
void hintbar_paint(Canvas *c, App *app, const Keymap *m, const char *context, const char *prefix);
/* A key token as people read it: "<Enter>" → "Enter", "<C-r>" → "C-r". Owned. */
char *hintbar_key_text(const char *keys);
