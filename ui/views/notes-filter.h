/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/notes-filter.h — choosing which of a patient's notes are shown, by what they themselves say: type,
 * profession, unit, author, with how many there are of each. Keeps nothing: the filter is the view's. */
#pragma once
#include "chart/note-timeline.h"
#include "ui/views/views.h"

/* "Type: Epikris · Profession: läkare · Text: feber"; @text: with what is searched for. Owned. */
char *notes_filter_words(const NoteFilter *filter, gboolean text);
/* @value NULL: everything is to be shown again. The view is the call's. */
typedef void (*NotesFilterFn)(View *v, NoteFacet facet, const char *value);
CmdResult notes_filter_choose(CmdCall *call, const NoteTimeline *timeline, const NoteFilter *filter, NotesFilterFn fn);
