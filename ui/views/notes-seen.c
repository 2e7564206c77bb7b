/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/notes-seen.h"

NoteSeen *notes_seen_get(App *app, PatientCtx *patient)
{
    const Services *s = &app->services;
    g_autoptr(GBytes) kept = s->seen_get ? s->seen_get(s->self, patient_ctx_id(patient)) : NULL;
    return note_seen_new(kept);
}

static void keep(App *app, PatientCtx *patient, const NoteSeen *seen)
{
    const Services *s = &app->services;
    g_autoptr(GBytes) bytes = note_seen_keep(seen);
    if (s->seen_put)
        s->seen_put(s->self, patient_ctx_id(patient), bytes);
}

void notes_seen_visit(App *app, PatientCtx *patient, NoteTimeline *timeline)
{
    g_autoptr(NoteSeen) seen = notes_seen_get(app, patient);
    const GPtrArray *rows = note_timeline_rows(timeline);
    if (note_timeline_is_whole(timeline) && !note_timeline_state(timeline)->cached &&
        note_seen_visit(seen, rows, app->who->practitioner, app->who->role_id))
        keep(app, patient, seen);
    for (guint i = 0; i < rows->len; i++) {
        NoteRow *r = rows->pdata[i];
        r->unread = note_seen_is_unread(seen, r->id);
    }
}

void notes_seen_read(App *app, PatientCtx *patient, const char *id)
{
    g_autoptr(NoteSeen) seen = notes_seen_get(app, patient);
    if (!(id ? note_seen_read(seen, id) : note_seen_read_all(seen)))
        return;
    keep(app, patient, seen);
    event_emit(&(Event){.kind = EVENT_LIST_CHANGED, .type = NOTES_SEEN_EVENT, .patient = patient_ctx_id(patient)});
}
