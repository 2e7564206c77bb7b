/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include <string.h>

static const struct {
    const char *type, *loinc;
} note_types[] = {
    {"Inskrivningsanteckning", "34117-2"},
    {"Daganteckning", "11506-3"},
    {"Epikris", "18842-5"},
    {"Besöksanteckning", "34108-1"},
    {"Akutanteckning", "34111-5"},
    {"Telefonkontakt", "34748-4"},
    {"Administrativ anteckning", "34748-4"},
    {"Operationsberättelse", "11504-8"},
    {"Konsultation", "11488-4"},
    {"Omvårdnadsanteckning", "34746-8"},
    {"Fysioterapianteckning", "34746-8"},
    {"Arbetsterapianteckning", "34746-8"},
};

gboolean seed_b_note_type(FhirBuild *b, const char *type)
{
    for (guint t = 0; t < G_N_ELEMENTS(note_types); t++)
        if (!strcmp(note_types[t].type, type)) {
            fhir_b_concept(b, "type", SEED_LOINC, note_types[t].loinc, NULL, type);
            return TRUE;
        }
    return FALSE;
}

void seed_b_note_people(SeedChart *c, FhirBuild *b, const char *author, gboolean is_signed, const char *unit)
{
    fhir_b_array(b, "author");
    fhir_b_object(b, NULL);
    g_autofree char *reference = g_strconcat("Practitioner/", author, NULL);
    g_autofree char *name = g_strdup_printf(
        "%s %s, %s", seed_lookup(c->seed->staff, author, "family"),
        seed_lookup(c->seed->staff, author, "given"), seed_lookup(c->seed->staff, author, "role"));
    fhir_b_string(b, "reference", reference);
    fhir_b_string(b, "display", name);
    fhir_b_end(b);
    fhir_b_end(b);
    if (is_signed)
        seed_b_staff(c, b, "authenticator", author);
    fhir_b_reference(b, "custodian", "Organization", unit,
                     seed_lookup(c->seed->units, unit, "name"));
}

static void b_content(FhirBuild *b, const char *type, const char *text, Instant when)
{
    g_autofree char *data = g_base64_encode((const guchar *)text, strlen(text));
    fhir_b_array(b, "content");
    fhir_b_object(b, NULL);
    fhir_b_object(b, "attachment");
    fhir_b_string(b, "contentType", "text/plain; charset=utf-8");
    fhir_b_string(b, "language", "sv");
    fhir_b_string(b, "data", data);
    fhir_b_string(b, "title", type);
    fhir_b_instant(b, "creation", when);
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_end(b);
}

void seed_b_note_context(SeedChart *c, FhirBuild *b, Instant when)
{
    const SeedContact *contact = seed_contact_at(c, when);
    fhir_b_object(b, "context");
    if (contact) {
        fhir_b_array(b, "encounter");
        fhir_b_reference(b, NULL, "Encounter", contact->id, NULL);
        fhir_b_end(b);
    }
    fhir_b_object(b, "period");
    fhir_b_instant(b, "start", when);
    fhir_b_end(b);
    fhir_b_end(b);
}

/* anteckning | -3d 15:10 | Inskrivningsanteckning | läkare | signerad
 *   # Kontaktorsak
 *   text with {placeholders} */
gboolean seed_note(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime when;
    const char *type = seed_field(l, 2);
    gboolean is_signed = !strcmp(seed_field(l, 4), "signerad");
    if (!is_signed && strcmp(seed_field(l, 4), "osignerad"))
        return seed_complain(l, error, "a note is signerad or osignerad");
    if (!seed_time(c, l, seed_field(l, 1), &when, error))
        return FALSE;
    const SeedContact *contact = seed_contact_at(c, when.instant);
    const char *unit = contact ? contact->unit : c->unit;
    const char *author = !strcmp(seed_field(l, 3), "läkare") && contact
                             ? contact->doctor
                             : seed_author(c, l, seed_field(l, 3), unit);
    g_autofree char *text = seed_fill(c, l, l->body ? l->body : "", when.instant);
    if (!author)
        return seed_complain(l, error, "nobody at %s is %s", unit, seed_field(l, 3));
    if (!text || !*text)
        return seed_complain(l, error, "the note is empty or has an unknown placeholder");
    g_autofree char *id = seed_next_id(c, "doc");
    g_autoptr(FhirBuild) b = seed_start(c, "DocumentReference", id);
    fhir_b_string(b, "status", "current");
    fhir_b_string(b, "docStatus", is_signed ? "final" : "preliminary");
    if (!seed_b_note_type(b, type))
        return seed_complain(l, error, "no such note: %s", type);
    seed_subject(c, b, "subject");
    fhir_b_instant(b, "date", when.instant);
    seed_b_note_people(c, b, author, is_signed, unit);
    b_content(b, type, text, when.instant);
    seed_b_note_context(c, b, when.instant);
    return seed_take(c, b, error);
}

void seed_b_task(SeedChart *c, FhirBuild *b, const char *what, const char *priority,
                 const char *focus_type, const char *focus, Instant when)
{
    fhir_b_string(b, "status", "requested");
    fhir_b_string(b, "intent", "order");
    fhir_b_string(b, "priority", priority);
    fhir_b_concept(b, "code", NULL, NULL, NULL, what);
    fhir_b_reference(b, "focus", focus_type, focus, NULL);
    seed_subject(c, b, "for");
    fhir_b_instant(b, "authoredOn", when);
}

/* remiss | -4d 10:00 | org-medmott | fors | Frågeställning [| brådskande]
 *   the referral's text */
gboolean seed_referral(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime when;
    const char *to = seed_field(l, 2);
    const char *from = seed_author(c, l, seed_field(l, 3), c->unit);
    gboolean urgent = !strcmp(seed_field(l, 5), "brådskande");
    if (!seed_time(c, l, seed_field(l, 1), &when, error))
        return FALSE;
    g_autofree char *text = l->body ? seed_fill(c, l, l->body, when.instant) : NULL;
    const char *name = seed_lookup(c->seed->units, to, "name");
    if (!*name || !from || !text)
        return seed_complain(l, error, "unknown unit, sender or placeholder, or no text");
    g_autofree char *id = seed_next_id(c, "ref"), *title = g_strdup_printf("Remiss till %s", name);
    g_autoptr(FhirBuild) b = seed_start(c, "ServiceRequest", id);
    fhir_b_string(b, "status", "active");
    fhir_b_string(b, "intent", "order");
    fhir_b_string(b, "priority", urgent ? "urgent" : "routine");
    fhir_b_concept(b, "code", NULL, NULL, NULL, title);
    seed_subject(c, b, "subject");
    fhir_b_instant(b, "authoredOn", when.instant);
    seed_b_staff(c, b, "requester", from);
    fhir_b_array(b, "performer");
    fhir_b_reference(b, NULL, "Organization", to, name);
    fhir_b_end(b);
    fhir_b_array(b, "reasonCode");
    fhir_b_concept(b, NULL, NULL, NULL, NULL, seed_field(l, 4));
    fhir_b_end(b);
    fhir_b_array(b, "note");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "text", text);
    fhir_b_end(b);
    fhir_b_end(b);
    if (!seed_take(c, b, error))
        return FALSE;
    g_autofree char *task = seed_next_id(c, "task");
    g_autoptr(FhirBuild) t = seed_start(c, "Task", task);
    seed_b_task(c, t, "Bedöma remiss", urgent ? "urgent" : "routine", "ServiceRequest", id,
                when.instant);
    fhir_b_reference(t, "owner", "Organization", to, name);
    return seed_take(c, t, error);
}
