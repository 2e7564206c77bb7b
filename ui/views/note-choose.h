/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-choose.h — what a note can be begun with: the patient's drafts, then the templates of the
 * profession. A list and what was chosen in it; its owner paints it and begins the note. */
#pragma once
#include "app/app.h"
#include "ui/widgets/list.h"

typedef struct NoteChoices NoteChoices;
NoteChoices *note_choices_new(App *app, const char *patient, const GPtrArray *templates);
/* The same cursor as in @old, which is freed: on the row of that name, wherever it stands now. */
void note_choices_follow(NoteChoices *n, NoteChoices *old);
void note_choices_free(NoteChoices *n);
List *note_choices_list(NoteChoices *n); /* borrowed */
/* One of the two is set, borrowed; FALSE: nothing is chosen. */
gboolean note_choices_chosen(const NoteChoices *n, const char **ret_draft, FhirResource **ret_template);
