/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/notes-seen.h — what the person has read of a patient's notes, between the views that show them and
 * where it is kept. A change is told to the other views: EVENT_LIST_CHANGED of the type NOTES_SEEN_EVENT. */
#pragma once
#include "chart/note-seen.h"
#include "ui/views/views.h"

#define NOTES_SEEN_EVENT "note-seen"

NoteSeen *notes_seen_get(App *app, PatientCtx *patient);
/* The timeline is on the screen: once the core has confirmed all of it, what is new is known. Each row is told. */
void notes_seen_visit(App *app, PatientCtx *patient, NoteTimeline *timeline);
/* One note is open, all of them are read (@id NULL). */
void notes_seen_read(App *app, PatientCtx *patient, const char *id);
