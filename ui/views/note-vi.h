/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-vi.h — normal mode in a note that is being written, where the keymap has one: the keys of the context
 * "note-normal" move and act (ui/widgets/editor-vi.h), and nothing is typed by them. */
#pragma once
#include "ui/views/note-edit.h"

gboolean note_vi_is_normal(View *v);
const char *note_vi_context(View *v); /* of the normal mode */
/* FALSE: the command is none of these. */
gboolean note_vi_command(View *v, const char *command);
/* A key that the keymap has not taken in normal mode: a digit, a key with a name. What is pasted goes in. */
gboolean note_vi_key(View *v, const char *key, gboolean paste);
gboolean note_vi_burst(View *v, gboolean pasted); /* ViewClass.bursts */
/* The mode and what has been begun in it; NULL where the keymap has no modes. Owned. */
char *note_vi_said(View *v);
