/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-entry.h — sökord that take something else than words: one of several values, a number with its
 * unit, a date. What was typed becomes the words that are signed. Pure. */
#pragma once
#include "base/datetime.h"
#include "chart/note.h"

/* The words for what was typed into @s, owned: "2" → "Röker dagligen", "72,5" → "72,5 kg", "i går" →
 * "2026-11-20". NULL with @error, a sentence, when it cannot be that. */
char *note_entry_settle(const NoteSection *s, const char *typed, CivilDate today, GError **error);
/* @typed is one digit that chooses by its place among the values: never where a value may itself be a number. */
gboolean note_entry_is_place(const NoteSection *s, const char *typed);
/* What can be typed, one line; NULL: words. Owned. */
char *note_entry_help(const NoteSection *s);
