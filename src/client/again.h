/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/again.h — what ended without an answer is asked again by itself: soon after the core answers again, and
 * after pauses that double, a few times. What the core refused is not. Knows nothing of what is asked. The scope owns it. */
#pragma once
#include "base/scope.h"
#include "client/error.h"

typedef struct Again Again;
/* @fn asks; never from inside again_note(). */
Again *again_new(Scope *scope, void (*fn)(gpointer data), gpointer data);
/* What came of asking: NULL settles it; no answer, or one that could not be read, calls @fn later. */
void again_note(Again *again, const GError *error);
