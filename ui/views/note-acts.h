/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-acts.h — what a person does to a note that is in the record: asked, refused with who may,
 * begun as a draft, or done. Shared by the reading of a note and the signing of several. */
#pragma once
#include "app/app.h"
#include "chart/note-sign.h"

NotePerson note_person(const App *app);
/* FALSE with a sentence that says what stands in the way, and who may. */
gboolean note_act_allowed(App *app, const FhirResource *document, NoteAct act, GError **error);
/* The same for a command of any name, as it is said to one who reads: of what is signed already, by whom. @second: it is
 * read to be countersigned. TRUE: the note stands in the way of nothing. */
gboolean note_act_can(App *app, const FhirResource *document, const char *command, gboolean second, GError **error);
/* Before the id, as what note-read is opened with: it is read to be countersigned. */
#define NOTE_SECOND_ARG "second:"
/* Lead over all of it for the command of this name; FALSE: it is none of these. */
gboolean note_act_of_command(const char *command, NoteAct *ret_act);
/* Does or begins @act on @document, asking for a reason first where one is wanted. */
CmdResult note_act_run(View *v, CmdCall *call, const FhirResource *document, NoteAct act, GError **error);
/* "Osignerad sedan 3 d", "låst", what the signing key does here: one line under the note. Owned. */
char *note_act_foot(App *app, const FhirResource *document, gboolean second, gboolean shown_to_the_end);
/* What the signing key would do: sign, or, for one who reads as the @second person, countersign;
 * NOTE_ACTS: nothing. */
NoteAct note_act_to_sign(App *app, const FhirResource *document, gboolean second);
