/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/outcome.h"

#include <glib/gi18n.h>

#define NOTE_DIFFERS N_("Saved in the core, THE TEXT DIFFERS. Read the note")
#define NOTE_UNREAD N_("Saved in the core, but NOT READ BACK. Read the note")
#define NOTE_HALF N_("HALF DONE: the earlier version is put aside, the new one is NOT in the record. Sign it again")
#define NOTE_OTHERWISE N_("NOT as you asked: in the record the note is %s. Read it there")
#define CANNOT_ASK N_("No answer; this core cannot be asked. Look in the record, then in Unfinished")

static const struct {
    StatusKind kind;
    const char *words[OUTCOME_OF]; /* N_(); NULL: those of OUTCOME_ANY */
} outcomes[WRITTEN_OUTCOMES] = {
    [WRITTEN_OTHERWISE] = {STATUS_ERROR, {
        [OUTCOME_NOTE] = NOTE_OTHERWISE,
        [OUTCOME_NOTE_ACT] = NOTE_OTHERWISE}},
    [WRITTEN_DIFFERS] = {STATUS_ERROR, {
        [OUTCOME_ANY] = N_("In the core, BUT NOT AS IT WAS READ. Look at it in the list"),
        [OUTCOME_ORDER] = N_("In the core, BUT NOT AS IT WAS READ. Look at the medication list"),
        [OUTCOME_VITALS] = N_("In the core, BUT NOT AS THEY WERE READ. Look at the measurements"),
        [OUTCOME_NOTE] = NOTE_DIFFERS,
        [OUTCOME_NOTE_ACT] = NOTE_DIFFERS}},
    [WRITTEN_UNREAD] = {STATUS_ERROR, {
        [OUTCOME_ANY] = N_("In the core, but it could not be read back. Look at it in the list"),
        [OUTCOME_ORDER] = N_("In the core, but it could not be read back. Look at the medication list"),
        [OUTCOME_VITALS] = N_("In the core, but they could not be read back. Look at the measurements"),
        [OUTCOME_NOTE] = NOTE_UNREAD,
        [OUTCOME_NOTE_ACT] = NOTE_UNREAD}},
    [WRITTEN_PARTLY] = {STATUS_ERROR, {
        [OUTCOME_ANY] = N_("Only a part of it is in the core. Signing again writes the rest"),
        [OUTCOME_VITALS] = N_("Only some of the measurements are in the core. Signing again writes the rest")}},
    [WRITTEN_HALF] = {STATUS_ERROR, {
        [OUTCOME_NOTE] = NOTE_HALF,
        [OUTCOME_NOTE_ACT] = NOTE_HALF}},
    [WRITTEN_NOT_SENT] = {STATUS_ERROR, {
        [OUTCOME_ANY] = N_("Not signed: the core does not have it"),
        [OUTCOME_VITALS] = N_("Not signed: the core does not have the measurements"),
        [OUTCOME_BOOKING] = N_("Not booked: the core does not have it"),
        [OUTCOME_NOTE] = N_("Not signed: the core does not have it. Sign it again"),
        [OUTCOME_NOTE_ACT] = N_("Not done: the core does not have it")}},
    [WRITTEN_UNKNOWN] = {STATUS_WARN, {
        [OUTCOME_ANY] = N_("No answer from the core: it is being asked whether it has it. Signing again is the same write"),
        [OUTCOME_ORDER] = N_("No answer from the core: it is being asked. Signing again is the same order"),
        [OUTCOME_VITALS] = N_("No answer from the core: it is being asked whether it has the measurements. Signing again is the same write"),
        [OUTCOME_BOOKING] = N_("No answer from the core: it is being asked whether the time was booked"),
        [OUTCOME_NOTE] = N_("No answer from the core: it is being asked whether it has the note. The draft stays"),
        [OUTCOME_NOTE_ACT] = N_("No answer from the core: it is being asked")}},
    [WRITTEN_REFUSED] = {STATUS_ERROR, {
        [OUTCOME_ANY] = N_("Not signed: the core refused"),
        [OUTCOME_BOOKING] = N_("Not booked: the core refused"),
        [OUTCOME_NOTE_ACT] = N_("Not done: the core refused")}},
    [WRITTEN_OVERTAKEN] = {STATUS_ERROR, {
        [OUTCOME_ANY] = N_("Not signed: somebody else has changed it meanwhile. Look at it again"),
        [OUTCOME_BOOKING] = N_("Somebody else has just booked that time. Nothing was booked; choose another"),
        [OUTCOME_NOTE] = N_("Not signed: somebody else has changed the note meanwhile; the draft is kept"),
        [OUTCOME_NOTE_ACT] = N_("Not done: somebody else has changed the note meanwhile. Read it as it is now")}},
};

StatusKind outcome_kind(WrittenOutcome outcome)
{
    return outcomes[outcome].kind;
}

char *outcome_words(OutcomeOf of, WrittenOutcome outcome, gboolean can_ask, const char *why)
{
    const char *own = outcomes[outcome].words[of];
    if (outcome == WRITTEN_UNKNOWN && !can_ask)
        return g_strdup(_(CANNOT_ASK));
    return g_strjoin(": ", _(own ? own : outcomes[outcome].words[OUTCOME_ANY]), why, NULL);
}

/* "OSIGNERAD"; "signerad, Ek Johan, läkare": so that it is seen what is another than was asked for. */
static char *otherwise(const FhirResource *document)
{
    g_autofree char *signer = fhir_string(fhir_root(document), "authenticator.display");
    g_autofree char *state = g_strjoin(", ", note_state_word(note_state(document)), signer, NULL);
    return g_strdup_printf(_(NOTE_OTHERWISE), state);
}

char *outcome_of_note(OutcomeOf of, const NoteSigned *result, gboolean can_ask)
{
    gboolean why = result->error && result->outcome != WRITTEN_UNKNOWN && result->outcome != WRITTEN_OVERTAKEN;
    if (result->outcome == WRITTEN_DONE)
        return NULL;
    if (result->outcome == WRITTEN_OTHERWISE)
        return otherwise(result->document);
    return outcome_words(of, result->outcome, can_ask, why ? _(result->error->message) : NULL);
}
