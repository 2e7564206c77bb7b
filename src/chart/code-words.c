/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/code-words.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
    const char *type, *code, *words;
} table[] = {
    {"Appointment", "proposed", N_("proposed")},
    {"Appointment", "pending", N_("not confirmed")},
    {"Appointment", "booked", N_("booked")},
    {"Appointment", "arrived", N_("arrived")},
    {"Appointment", "checked-in", N_("arrived")},
    {"Appointment", "fulfilled", N_("carried out")},
    {"Appointment", "waitlist", N_("waiting list")},
    {"Appointment", "cancelled", N_("CANCELLED")},
    {"Appointment", "noshow", N_("DID NOT COME")},
    {"DiagnosticReport", "final", N_("final answer")},
    {"DiagnosticReport", "amended", N_("corrected answer")},
    {"DiagnosticReport", "corrected", N_("corrected answer")},
    {"DiagnosticReport", "appended", N_("final answer with addition")},
    {"DiagnosticReport", "preliminary", N_("PRELIMINARY")},
    {"DiagnosticReport", "partial", N_("PART OF THE ANSWER")},
    {"DiagnosticReport", "registered", N_("NO ANSWER YET")},
    {"DiagnosticReport", "cancelled", N_("CANCELLED")},
    {"Observation", "final", N_("final value")},
    {"Observation", "amended", N_("corrected value")},
    {"Observation", "corrected", N_("corrected value")},
    {"Observation", "preliminary", N_("PRELIMINARY")},
    {"Observation", "registered", N_("NO ANSWER YET")},
    {"Observation", "cancelled", N_("CANCELLED")},
    {"MedicationRequest", "active", N_("active")},
    {"MedicationRequest", "on-hold", N_("paused")},
    {"MedicationRequest", "stopped", N_("stopped")},
    {"MedicationRequest", "completed", N_("ended")},
    {"MedicationRequest", "cancelled", N_("entered in error")},
    {"MedicationRequest", "draft", N_("not ordered")},
    {"DocumentReference", "current", N_("in force")},
    {"DocumentReference", "superseded", N_("replaced by a later version")},
    {"Encounter", "planned", N_("planned")},
    {"Encounter", "arrived", N_("arrived")},
    {"Encounter", "triaged", N_("triaged")},
    {"Encounter", "in-progress", N_("under way")},
    {"Encounter", "onleave", N_("on leave")},
    {"Encounter", "finished", N_("ended")},
    {"Encounter", "cancelled", N_("CANCELLED")},
    {"Procedure", "completed", N_("carried out")},
    {"Procedure", "in-progress", N_("under way")},
    {"Procedure", "preparation", N_("planned")},
    {"Procedure", "not-done", N_("NOT CARRIED OUT")},
    {"Procedure", "stopped", N_("STOPPED")},
    {"Slot", "free", N_("free")},
    {"Slot", "busy", N_("booked")},
    {"Slot", "busy-unavailable", N_("blocked")},
    {"Slot", "busy-tentative", N_("held for somebody")},
    {"clinical", "active", N_("active")},
    {"clinical", "recurrence", N_("recurrence")},
    {"clinical", "relapse", N_("relapse")},
    {"clinical", "inactive", N_("inactive")},
    {"clinical", "remission", N_("remission")},
    {"clinical", "resolved", N_("resolved")},
    {"certainty", "unconfirmed", N_("suspected")},
    {"certainty", "provisional", N_("suspected")},
    {"certainty", "differential", N_("one of several possible")},
    {"certainty", "refuted", N_("REFUTED")},
    {"certainty", "confirmed", N_("confirmed")},
    {"severity", "mild", N_("mild")},
    {"severity", "moderate", N_("moderate")},
    {"severity", "severe", N_("severe")},
    {"intent", "order", N_("an order")},
    {"intent", "original-order", N_("an order")},
    {"intent", "reflex-order", N_("an order by a rule")},
    {"intent", "filler-order", N_("an order by the pharmacy")},
    {"intent", "instance-order", N_("one dose of an order")},
    {"intent", "plan", N_("a plan")},
    {"intent", "proposal", N_("a proposal")},
    {"intent", "option", N_("a proposal")},
    {"priority", "routine", N_("planned")},
    {"priority", "urgent", N_("urgent")},
    {"priority", "asap", N_("as soon as possible")},
    {"priority", "stat", N_("at once")},
    {"", "active", N_("active")},
    {"", "inactive", N_("inactive")},
    {"", "completed", N_("ended")},
    {"", "unknown", N_("NOT KNOWN")},
    {"", "entered-in-error", N_("entered in error")},
};

static const struct {
    const char *type, *words;
} types[] = {
    {"AllergyIntolerance", N_("hypersensitivity")}, {"Appointment", N_("booking")},
    {"Condition", N_("diagnosis")},                 {"DiagnosticReport", N_("answer")},
    {"DocumentReference", N_("note")},              {"Encounter", N_("care contact")},
    {"Flag", N_("alert")},                          {"MedicationRequest", N_("medication order")},
    {"Observation", N_("value")},                   {"Slot", N_("time in a diary")},
    {"Practitioner", N_("person")},                 {"PractitionerRole", N_("assignment")},
    {"Organization", N_("unit")},                   {"Location", N_("place")},
    {"Device", N_("device")},
    {"Procedure", N_("procedure")},
};

const char *code_words_find(const char *type, const char *code)
{
    for (gsize i = 0; code && i < G_N_ELEMENTS(table); i++)
        if ((!*table[i].type || strcmp(table[i].type, type) == 0) && strcmp(table[i].code, code) == 0)
            return _(table[i].words);
    return NULL;
}

char *code_words(const char *type, const char *code, const char *none)
{
    const char *words = code_words_find(type, code);
    return words || !code ? g_strdup(words ? words : none) : g_strdup_printf(_("“%s”, the core's own word"), code);
}

const char *code_words_type(const char *type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(types[i].type, type) == 0)
            return _(types[i].words);
    return type;
}
