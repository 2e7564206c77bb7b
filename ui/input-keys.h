/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/input-keys.h — what escape sequences and control bytes are called in keymaps, and back. Pure;
 * for input-decode.c and input.c. */
#pragma once
#include <glib.h>

/* @body is what stands between ESC [ and the final byte. NULL = a sequence that is no key. Owned. */
char *input_keys_csi(const char *body, char final);
char *input_keys_ss3(char modifier, char final); /* @modifier a digit or 0 */
const char *input_keys_control(guchar byte);     /* "<C-r>", "<Enter>"; NULL = no key */
const char *input_keys_function(char digit);     /* the twin: '1' → "<F1>", '0' → "<F10>" */
gboolean input_keys_is_paste_start(const char *body, char final);
/* Keys that move or rub out: harmless in a burst, and needed in text that is typed ahead. */
gboolean input_keys_is_edit(const char *name);
