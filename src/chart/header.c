/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/header.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/fresh.h"

#define WEIGHT "29463-7" /* LOINC */

typedef enum { PART_ALLERGY, PART_FLAG, PART_ENCOUNTER, PART_WEIGHT, PARTS } Part;

static const struct {
    const char *type, *params; /* name=value pairs, raw */
} part_table[PARTS] = {
    [PART_ALLERGY] = {"AllergyIntolerance", NULL},
    [PART_FLAG] = {"Flag", "status=active"},
    [PART_ENCOUNTER] = {"Encounter", "status=in-progress,arrived,triaged,onleave"},
    [PART_WEIGHT] = {"Observation", "code=" WEIGHT "&_sort=-date&_count=1"},
};

typedef struct {
    Part part;
    ChartHeaderSource *source;
    GPtrArray *items;   /* FhirResource */
    Known known;
    gboolean ended;     /* the core has said all it will say */
    Instant old_since;  /* was confirmed last then, and is not any more; INSTANT_NONE */
} PartState;

struct ChartHeaderSource {
    PatientCtx *patient;
    PartState parts[PARTS];
    ChartHeaderFn fn;
    gpointer data;
};

static void header_clear(ChartHeader *h)
{
    g_ptr_array_unref(h->flags);
    g_free(h->unknown);
    g_free(h->place);
    g_free(h->more);
    g_free(h->encounter);
}

/* What the record says of absence, word for word; only where nothing contradicts it. */
static void add_absence(ChartHeader *h, const GPtrArray *allergies)
{
    char *absence = NULL;
    for (guint i = 0; i < allergies->len; i++) {
        int danger;
        g_autofree char *words = chart_allergy_words(allergies->pdata[i], &danger);
        FhirNode r = fhir_root(allergies->pdata[i]);
        g_autofree char *verification = fhir_concept_code(r, "verificationStatus", NULL);
        if (words) {
            g_free(absence);
            return;
        }
        if (!absence && chart_allergy_is_absence(allergies->pdata[i]) && g_strcmp0(verification, "entered-in-error") != 0)
            absence = fhir_concept_text(r, "code");
    }
    if (absence)
        g_ptr_array_add(h->flags, absence);
}

/* When the core does not confirm it any more, what stands there has an age. */
static char *age_words(Instant as_of, gboolean any)
{
    g_autofree char *at = instant_to_minute(clock_shown_us(as_of));
    return any ? g_strdup_printf(_("Alerts as of %s"), at)
               : g_strdup_printf(_("No alerts or hypersensitivity recorded as of %s"), at);
}

static void add_unknown(ChartHeader *h, const ChartHeaderSource *s)
{
    static const char *const names[PARTS] = {
        [PART_ALLERGY] = N_("hypersensitivity"), [PART_FLAG] = N_("alerts"),
        [PART_ENCOUNTER] = N_("bed"), [PART_WEIGHT] = N_("weight")};
    GString *list = g_string_new(NULL);
    for (int i = 0; i <= PART_FLAG; i++)
        if (s->parts[i].known != KNOWN_WHOLE)
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", _(names[i]));
    Instant old = INSTANT_NONE;
    for (int i = 0; i <= PART_FLAG; i++)
        if (s->parts[i].old_since != INSTANT_NONE && (old == INSTANT_NONE || s->parts[i].old_since < old))
            old = s->parts[i].old_since;
    h->is_unknown = list->len > 0;
    if (list->len)
        h->unknown = g_strdup_printf(_("NOT KNOWN: %s"), list->str);
    else if (old != INSTANT_NONE)
        h->unknown = age_words(old, h->flags->len > 0);
    else if (!h->flags->len)
        h->unknown = g_strdup(_("No alerts or hypersensitivity recorded"));
    g_string_free(list, TRUE);
}

static void add_place(ChartHeader *h, const PartState *p)
{
    for (guint i = 0; i < p->items->len; i++) {
        FhirNode r = fhir_root(p->items->pdata[i]);
        if (!h->encounter)
            h->encounter = g_strdup(fhir_id(p->items->pdata[i]));
        FhirNode places = fhir_at(r, "location");
        for (FhirNode l = fhir_first(places); fhir_exists(l); l = fhir_next(l)) {
            g_autofree char *bed = fhir_string(l, "location.display");
            if (bed && !h->place && !fhir_is(l, "status", "completed"))
                h->place = g_steal_pointer(&bed);
        }
        FhirNode people = fhir_at(r, "participant");
        for (FhirNode q = fhir_first(people); fhir_exists(q); q = fhir_next(q)) {
            g_autofree char *role = fhir_concept_code(fhir_first(fhir_at(q, "type")), "", NULL);
            g_autofree char *who = fhir_string(q, "individual.display");
            if (who)
                who[strcspn(who, ",")] = '\0'; /* the name; the title has no room */
            if (who && g_strcmp0(role, "ATND") == 0 && !h->more)
                h->more = g_strdup_printf(_("responsible %s"), who);
        }
    }
}

static void add_weight(ChartHeader *h, const PartState *p)
{
    Decimal kg;
    FhirTime when;
    if (!p->items->len)
        return;
    FhirNode r = fhir_root(p->items->pdata[0]);
    /* a core that passed over the code in the question gives any value at all */
    g_autofree char *code = fhir_concept_code(r, "code", "http://loinc.org");
    if (g_strcmp0(code, WEIGHT) != 0 || fhir_has_modifier(r.res) || !fhir_decimal(r, "valueQuantity.value", &kg) || !fhir_time(r, "effective[x]", &when))
        return;
    g_autofree char *value = decimal_to_sv(kg);
    g_autofree char *unit = fhir_string(r, "valueQuantity.unit");
    g_autofree char *day = civil_date_short(when.date, civil_date_at(clock_clinical_us()), _("language-code"));
    g_autofree char *before = g_steal_pointer(&h->more);
    /* first: a name may be cut where the line ends, a number may not */
    h->more = g_strdup_printf("%s %s %s (%s)%s%s", _("weight"), value, unit ? unit : "", day, before ? "  " : "",
                              before ? before : "");
}

static void tell(ChartHeaderSource *s)
{
    ChartHeader h = {.settled = TRUE};
    for (int i = 0; i < PARTS; i++)
        h.settled &= s->parts[i].ended;
    const GPtrArray *allergies = s->parts[PART_ALLERGY].items;
    h.flags = chart_header_flags(allergies, s->parts[PART_FLAG].items, &h.kills);
    add_absence(&h, allergies);
    add_unknown(&h, s);
    add_place(&h, &s->parts[PART_ENCOUNTER]);
    add_weight(&h, &s->parts[PART_WEIGHT]);
    s->fn(&h, s->data);
    header_clear(&h);
}

static void on_part(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    PartState *p = data;
    if (result) {
        g_ptr_array_set_size(p->items, 0);
        for (guint i = 0; i < result->items->len; i++)
            g_ptr_array_add(p->items, fhir_resource_ref(result->items->pdata[i]));
        p->known = result->known;
        p->old_since = (p->ended || done) && result->cached ? result->as_of : INSTANT_NONE;
    } else {
        p->known = KNOWN_NOT;
    }
    p->ended |= done;
    (void)error;
    tell(p->source);
}

static void source_free(gpointer data)
{
    ChartHeaderSource *s = data;
    for (int i = 0; i < PARTS; i++)
        g_ptr_array_unref(s->parts[i].items);
    patient_ctx_unref(s->patient);
    g_free(s);
}

const char *const *chart_header_types(void)
{
    static const char *types[PARTS + 1];
    for (guint i = 0; i < PARTS; i++)
        types[i] = part_table[i].type;
    return types;
}

void chart_header_watch(Client *client, Scope *scope, PatientCtx *patient, ChartHeaderFn fn, gpointer data)
{
    ChartHeaderSource *s = g_new0(ChartHeaderSource, 1);
    s->patient = patient_ctx_ref(patient);
    s->fn = fn;
    s->data = data;
    scope_add(scope, source_free, s);
    for (int i = 0; i < PARTS; i++) {
        s->parts[i] = (PartState){.part = (Part)i, .source = s, .old_since = INSTANT_NONE};
        s->parts[i].items = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    }
    for (int i = 0; i < PARTS; i++) {
        g_autoptr(FhirQuery) q = client_patient_query(patient, part_table[i].type);
        fhir_query_add_text(q, part_table[i].params);
        ClientSearch *search = client_search(client, scope, patient, q, CLIENT_DEFAULT, on_part, &s->parts[i]);
        fresh_watch(scope, search, part_table[i].type, patient_ctx_id(patient));
    }
}
