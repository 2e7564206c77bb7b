/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-seen.h — which of a patient's notes one person has not read: what is new or changed since the
 * last visit to the notes, and what was so then and has not been opened. By the core's own time, so that no
 * clock of ours matters. Pure: where it is kept is the caller's. */
#pragma once
#include "chart/note-timeline.h"

typedef struct NoteSeen NoteSeen;
/* @kept: what note_seen_keep() gave; NULL, or what cannot be read: nobody has been here before. */
NoteSeen *note_seen_new(GBytes *kept);
void note_seen_free(NoteSeen *seen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NoteSeen, note_seen_free)
GBytes *note_seen_keep(const NoteSeen *seen);

/* All notes are on the screen as the core has them now: what came since the last visit is unread, but for what
 * @practitioner has written (@role_id: in the assignment; NULL: not known). On the very first visit nothing is. TRUE when there is something to keep. */
gboolean note_seen_visit(NoteSeen *seen, const GPtrArray *rows, const char *practitioner, const char *role_id);
/* It has been opened. TRUE when there is something to keep. */
gboolean note_seen_read(NoteSeen *seen, const char *id);
gboolean note_seen_read_all(NoteSeen *seen);
gboolean note_seen_is_unread(const NoteSeen *seen, const char *id);
