/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/source.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/code-words.h"
#include "client/query.h"

enum { MOST_PEOPLE = 6 };

static const struct {
    const char *path, *label;
} times[] =
    {
        {"effective[x]", N_("measured")}, {"effectivePeriod.start", N_("measured from")},
        {"onset[x]", N_("since")},        {"abatement[x]", N_("until")},
        {"authoredOn", N_("ordered")},    {"date", N_("dated")},
        {"start", N_("begins")},          {"end", N_("ends")},
        {"period.start", N_("from")},     {"period.end", N_("until")},
        {"issued", N_("answered")},       {"recordedDate", N_("recorded")},
        {"created", N_("booked")},
},
  last_times[] = {{"meta.lastUpdated", N_("last changed")}};

static const struct {
    const char *path, *label;
    gboolean many;
} people[] = {
    {"performer", N_("by"), TRUE},
    {"author", N_("author"), TRUE},
    {"author", N_("author"), FALSE},
    {"authenticator", N_("signed by"), FALSE},
    {"requester", N_("ordered by"), FALSE},
    {"recorder", N_("recorded by"), FALSE},
    {"asserter", N_("said by"), FALSE},
    {"custodian", N_("held by"), FALSE},
    {"resultsInterpreter", N_("read by"), TRUE},
    {"device", N_("device"), FALSE},
    {"participant[%d].actor", N_("takes part"), TRUE},
};

typedef struct {
    const char *label;
    char *type, *id, *name; /* name NULL until it is known */
    struct Source *source;
} Person;

typedef struct Source {
    FhirResource *resource;
    Instant fetched;
    GPtrArray *people; /* Person */
    SourceFn fn;
    gpointer data;
} Source;

static void line(GString *s, const char *label, const char *value)
{
    if (value && *value)
        g_string_append_printf(s, "%s\t%s\n", label, value);
}

static void time_lines(GString *s, FhirNode root, const char *path, const char *label)
{
    FhirTime t;
    if (!fhir_time(root, path, &t))
        return;
    g_autofree char *raw = fhir_string(root, path);
    g_autofree char *text =
        t.precision == FHIR_TIME_SECOND ? instant_to_minute(t.instant) : g_steal_pointer(&raw);
    line(s, label, text);
}

/* A diagnosis and a hypersensitivity have a code with two halves, all others one word. */
static char *state_of(FhirNode root, const char *type)
{
    g_autofree char *status = fhir_string(root, "status");
    g_autofree char *clinical = fhir_concept_code(root, "clinicalStatus", NULL);
    g_autofree char *certain = fhir_concept_code(root, "verificationStatus", NULL);
    g_autofree char *certainty = code_words("certainty", certain, NULL);
    if (status || !clinical)
        return code_words(type, status, certainty);
    g_autofree char *state = code_words("clinical", clinical, NULL);
    return g_strdup_printf("%s%s%s", state, certainty ? ", " : "", certainty ? certainty : "");
}

static void version_lines(GString *s, const Source *src)
{
    FhirNode root = fhir_root(src->resource);
    const char *type = fhir_type(src->resource), *id = fhir_id(src->resource);
    g_autofree char *place = g_strdup_printf(_("%s with id %s"), code_words_type(type), id ? id : "?");
    g_autofree char *from = fhir_string(root, "meta.source"), *state = state_of(root, type);
    g_autofree char *fetched =
        src->fetched != INSTANT_NONE ? instant_to_minute(clock_shown_us(src->fetched)) : NULL;
    line(s, _("state"), state);
    line(s, _("version"),
         fhir_version_id(src->resource) ? fhir_version_id(src->resource) : _("not stated"));
    time_lines(s, root, last_times[0].path, _(last_times[0].label));
    line(s, _("source"), from ? from : _("the core; it names no other system"));
    line(s, _("in the core"), place);
    line(s, _("fetched"), fetched ? fetched : _("not known"));
}

static void tell(Source *src)
{
    g_autoptr(GString) s = g_string_new(NULL);
    FhirNode root = fhir_root(src->resource);
    for (gsize i = 0; i < G_N_ELEMENTS(times); i++)
        time_lines(s, root, times[i].path, _(times[i].label));
    for (guint i = 0; i < src->people->len; i++) {
        const Person *p = src->people->pdata[i];
        g_autofree char *place = g_strdup_printf(_("%s with id %s"), code_words_type(p->type), p->id);
        line(s, _(p->label), p->name ? p->name : place);
    }
    if (!src->people->len)
        line(s, _("by"), _("not stated"));
    for (FhirNode n = fhir_first(fhir_at(root, "note")); fhir_exists(n); n = fhir_next(n)) {
        g_autofree char *text = fhir_string(n, "text"), *author = fhir_string(n, "authorReference.display");
        g_autofree char *both = text && author ? g_strdup_printf("%s (%s)", text, author) : g_strdup(text);
        line(s, _("note"), both);
    }
    version_lines(s, src);
    src->fn(s->str, src->data);
}

/* ---- people ---- */

static void person_free(gpointer data)
{
    Person *p = data;
    g_free(p->type);
    g_free(p->id);
    g_free(p->name);
    g_free(p);
}

/* Each said once, whatever the resource calls the role. */
static void add_person(Source *src, FhirNode at, const char *path, const char *label)
{
    g_autofree char *type = NULL, *id = NULL, *name = NULL;
    g_autofree char *display = g_strdup_printf("%s.display", path);
    name = fhir_string(fhir_root(src->resource), display);
    if (!fhir_reference(at, path, &type, &id) && !name)
        return;
    if (g_strcmp0(type, "Patient") == 0)
        return; /* whose record it is stands over every screen */
    Person *p = g_new0(Person, 1);
    p->label = label;
    p->type = type ? g_steal_pointer(&type) : g_strdup("");
    p->id = id ? g_steal_pointer(&id) : g_strdup("");
    p->name = g_steal_pointer(&name);
    p->source = src;
    g_ptr_array_add(src->people, p);
}

static void find_people(Source *src)
{
    FhirNode root = fhir_root(src->resource);
    for (gsize i = 0; i < G_N_ELEMENTS(people); i++) {
        guint before = src->people->len;
        for (int k = 0; people[i].many && k < MOST_PEOPLE; k++) {
            g_autofree char *index = g_strdup_printf("%d", k), *path = NULL;
            const char *hole = strstr(people[i].path, "%d");
            if (hole)
                path = g_strdup_printf("%.*s%s%s", (int)(hole - people[i].path), people[i].path,
                                       index, hole + 2);
            else
                path = g_strdup_printf("%s[%s]", people[i].path, index);
            add_person(src, root, path, people[i].label);
        }
        gboolean twice = i > 0 && strcmp(people[i].path, people[i - 1].path) == 0;
        if (!people[i].many && !(twice && before))
            add_person(src, root, people[i].path, people[i].label);
    }
}

static char *name_of(const FhirResource *r)
{
    FhirNode root = fhir_root(r);
    char *whole = fhir_string(root, "name[0].text");
    if (whole)
        return whole;
    g_autofree char *family = fhir_string(root, "name[0].family"),
                    *given = fhir_string(root, "name[0].given[0]");
    if (family)
        return g_strdup_printf("%s%s%s", family, given ? " " : "", given ? given : "");
    return fhir_string(root, "name");
}

static void on_person(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Person *p = data;
    (void)error;
    (void)done;
    if (!result || !result->items->len)
        return;
    g_free(p->name);
    p->name = name_of(result->items->pdata[0]);
    tell(p->source);
}

static void source_free(gpointer data)
{
    Source *src = data;
    fhir_resource_unref(src->resource);
    g_ptr_array_unref(src->people);
    g_free(src);
}

void source_watch(Client *client, Scope *scope, const FhirResource *resource, Instant fetched,
                  SourceFn fn, gpointer data)
{
    static const char *const open[] = {"Practitioner", "PractitionerRole", "Organization",
                                       "Location", NULL};
    Source *src = g_new0(Source, 1);
    src->resource = fhir_resource_ref(resource);
    src->fetched = fetched;
    src->people = g_ptr_array_new_with_free_func(person_free);
    src->fn = fn;
    src->data = data;
    scope_add(scope, source_free, src);
    find_people(src);
    tell(src);
    for (guint i = 0; i < src->people->len; i++) {
        Person *p = src->people->pdata[i];
        if (!p->name && g_strv_contains(open, p->type))
            client_read(client, scope, NULL, p->type, p->id, CLIENT_DEFAULT, on_person, p);
    }
}
