/* SPDX-License-Identifier: GPL-3.0-or-later
 * What waits for somebody else: dictations to be written down, signed notes that a supervisor is asked to
 * countersign. Each is a Task about the note. */
#include "core/seed-internal.h"
#include <string.h>

#define REQUEST "urn:rond:note-request"
/* FHIR R5's Attachment.duration, in seconds, as R4 carries it. */
#define DURATION "http://hl7.org/fhir/5.0/StructureDefinition/extension-Attachment.duration"

static const struct {
    const char *code, *words;
} requests[] = {{"transcribe", "Renskriv diktat"}, {"countersign", "Kontrasignera anteckning"}};

typedef struct {
    guint what; /* of requests */
    const char *document, *asks;
    const char *owner_type, *owner, *owner_name;
    Instant when;
} Request;

static gboolean give_request(SeedChart *c, const Request *r, GError **error)
{
    g_autofree char *id = seed_next_id(c, "task");
    g_autoptr(FhirBuild) b = seed_start(c, "Task", id);
    fhir_b_string(b, "status", "requested");
    fhir_b_string(b, "intent", "order");
    fhir_b_string(b, "priority", "routine");
    fhir_b_concept(b, "code", REQUEST, requests[r->what].code, NULL, requests[r->what].words);
    fhir_b_reference(b, "focus", "DocumentReference", r->document, NULL);
    seed_subject(c, b, "for");
    fhir_b_instant(b, "authoredOn", r->when);
    seed_b_staff(c, b, "requester", r->asks);
    fhir_b_reference(b, "owner", r->owner_type, r->owner, r->owner_name);
    return seed_take(c, b, error);
}

/* The sound is kept in the dictation system: here stand its name and its length. */
static void b_recording(FhirBuild *b, const char *id, int seconds, Instant when)
{
    g_autofree char *url = g_strdup_printf("urn:rond:recording:%s", id), *title = g_strdup_printf("Diktat %s", id + strlen("dict-"));
    fhir_b_array(b, "content");
    fhir_b_object(b, NULL);
    fhir_b_object(b, "attachment");
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", DURATION);
    fhir_b_decimal(b, "valueDecimal", decimal_from_int(seconds));
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_string(b, "contentType", "audio/wav");
    fhir_b_string(b, "url", url);
    fhir_b_string(b, "title", title);
    fhir_b_instant(b, "creation", when);
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_end(b);
}

/* diktat | -1d 15:40 | Konsultation | ek | org-medavd3 | 210        where it is written down; seconds */
gboolean seed_dictation(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime when;
    const char *type = seed_field(l, 2), *unit = seed_field(l, 4), *author = seed_author(c, l, seed_field(l, 3), unit);
    int seconds = (int)g_ascii_strtoll(seed_field(l, 5), NULL, 10);
    if (!seed_time(c, l, seed_field(l, 1), &when, error))
        return FALSE;
    if (!author || !*seed_lookup(c->seed->units, unit, "name") || seconds <= 0)
        return seed_complain(l, error, "a dictation has a speaker, a unit and a length in seconds");
    g_autofree char *id = seed_next_id(c, "dict");
    g_autoptr(FhirBuild) b = seed_start(c, "DocumentReference", id);
    fhir_b_string(b, "status", "current");
    fhir_b_string(b, "docStatus", "preliminary");
    if (!seed_b_note_type(b, type))
        return seed_complain(l, error, "no such note: %s", type);
    seed_subject(c, b, "subject");
    fhir_b_instant(b, "date", when.instant);
    seed_b_note_people(c, b, author, FALSE, unit);
    b_recording(b, id, seconds, when.instant);
    seed_b_note_context(c, b, when.instant);
    Request r = {0, id, author, "Organization", unit, seed_lookup(c->seed->units, unit, "name"), when.instant};
    return seed_take(c, b, error) && give_request(c, &r, error);
}

/* The last note in the chart so far that @author has signed; NULL: none. */
static const FhirResource *last_signed(const SeedChart *c, const char *author)
{
    g_autofree char *who = g_strconcat("Practitioner/", author, NULL);
    for (guint i = c->out->len; i-- > 0;) {
        const FhirResource *d = c->out->pdata[i];
        if (!strcmp(fhir_type(d), "DocumentReference") && fhir_is(fhir_root(d), "authenticator.reference", who))
            return d;
    }
    return NULL;
}

/* kontrasignering | aho | ek       the last note that the first has signed waits for the second */
gboolean seed_countersign(SeedChart *c, const SeedLine *l, GError **error)
{
    FhirTime t;
    const char *author = seed_author(c, l, seed_field(l, 1), c->unit), *second = seed_author(c, l, seed_field(l, 2), c->unit);
    const FhirResource *d = author ? last_signed(c, author) : NULL;
    if (!d || !second || !fhir_time(fhir_root(d), "date", &t))
        return seed_complain(l, error, "nobody's signed note, or nobody to countersign it");
    g_autofree char *name = g_strdup_printf("%s %s, %s", seed_lookup(c->seed->staff, second, "family"),
                                            seed_lookup(c->seed->staff, second, "given"), seed_lookup(c->seed->staff, second, "role"));
    Request r = {1, fhir_id(d), author, "Practitioner", second, name, t.instant};
    return give_request(c, &r, error);
}
