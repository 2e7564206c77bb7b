/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/giving-check.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/table.h"
#include "base/xdg.h"
#include "chart/giving-amount.h"

enum { EARLY_MINUTES = 60 };

void giving_say(GPtrArray *lines, const GivingCheck *check, GivingLevel level, gboolean unable, char *text)
{
    GivingLine *l = g_new0(GivingLine, 1);
    *l = (GivingLine){check->id, check->record, level, unable, text};
    g_ptr_array_add(lines, l);
}

static void refuse(GPtrArray *lines, const GivingCheck *check, char *text)
{
    giving_say(lines, check, GIVING_REFUSED, FALSE, text);
}

static void line_free(gpointer p)
{
    g_free(((GivingLine *)p)->text);
    g_free(p);
}

/* ---- who and what ---- */

/* Digits and letters only: the band has no separator, the screen has one. */
static char *plain_number(const char *text)
{
    GString *s = g_string_new(NULL);
    for (const char *p = text; p && *p; p++)
        if (g_ascii_isalnum(*p))
            g_string_append_c(s, g_ascii_toupper(*p));
    return g_string_free(s, FALSE);
}

gboolean giving_band_is(const char *band, const char *number)
{
    g_autofree char *is = plain_number(band), *own = plain_number(number);
    return *is && strcmp(is, own) == 0;
}

static void check_wristband(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    if (in->wristband && !giving_band_is(in->wristband, in->number))
        refuse(lines, self, g_strdup(_("The wristband is ANOTHER PATIENT'S. Nothing can be given")));
}

/* ---- the order ---- */

static void check_order(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    const FhirResource *shown = in->dose->request;
    gboolean ends = in->act->act == ACT_STOPPED || in->act->act == ACT_NOT_GIVEN; /* of a stopped order too it is told what was not given */
    if (!in->reread)
        return;
    if (!in->held) {
        refuse(lines, self, g_strdup(_("The order is no longer in the record")));
        return;
    }
    MedState state = medication_state(in->held, in->now);
    g_autofree char *why = fhir_concept_text(fhir_root(in->held), "statusReason");
    if (state == MED_STOPPED || state == MED_PAST || state == MED_VOID) {
        if (!ends || state == MED_VOID)
            refuse(lines, self, g_strjoin(": ", _("The order has been STOPPED since it was shown"), why, NULL));
    } else if (state == MED_ON_HOLD) {
        if (!ends)
            refuse(lines, self, g_strjoin(": ", _("The order is PAUSED"), why, NULL));
    } else if (state != MED_ACTIVE) {
        refuse(lines, self, g_strdup(_("The order is not one to give by: its state is not active")));
    } else if (g_strcmp0(fhir_version_id(in->held), fhir_version_id(shown)) != 0) {
        refuse(lines, self, g_strdup(_("The order has been CHANGED since it was shown. Read it again")));
    }
}

static void check_readable(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    if (!in->dose->order)
        giving_say(lines, self, GIVING_REFUSED, TRUE, g_strdup(_("The dose in the order cannot be read whole: ask who ordered it")));
    else if (!giving_amount(in->dose, in->act).valid && in->dose->order->timing != TIMING_CONTINUOUS)
        refuse(lines, self, g_strdup(_("How much is given must be said: the order leaves it open")));
}

static void check_state(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    if (!in->reread && in->dose->state == DUE_STOPPED)
        refuse(lines, self, g_strdup_printf(_("The order is not one to give by: %s"), due_state_word(DUE_STOPPED)));
}

/* ---- what has been given already ---- */

static const Given *taken(const GivingInput *in)
{
    for (guint i = 0; i < in->list->given->len; i++) {
        const Given *g = in->list->given->pdata[i];
        if (g_strcmp0(g->dose, in->dose->id) == 0)
            return g;
    }
    return NULL;
}

static void check_taken(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    const Given *g = taken(in);
    if (!g)
        return;
    g_autofree char *at = g->at != INSTANT_NONE ? instant_to_minute(g->at) : g_strdup("?");
    refuse(lines, self, g->state == GIVEN_NOT ? g_strdup_printf(_("Already written as not given, %s by %s"), at, g->by)
                                              : g_strdup_printf(_("ALREADY GIVEN %s by %s"), at, g->by));
}

static void check_second(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    const Given *g = in->dose->given;
    if (g && g->state == GIVEN_WAITS && g_strcmp0(g->by_id, in->me) == 0)
        refuse(lines, self, g_strdup(_("You have signed it yourself: another person has to confirm it")));
}

/* ---- when ---- */

static Instant given_at(const GivingInput *in)
{
    return in->act->at != INSTANT_NONE ? in->act->at : in->now;
}

static void check_time(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    const DueDose *d = in->dose;
    Instant at = given_at(in);
    if (at > in->now) {
        refuse(lines, self, g_strdup(_("The time lies ahead: what has not been given cannot be signed")));
    } else if (d->dose.at != INSTANT_NONE && at < d->dose.at - EARLY_MINUTES * G_TIME_SPAN_MINUTE) {
        g_autofree char *when = instant_to_hhmm(d->dose.at);
        giving_say(lines, self, GIVING_ASKS, FALSE, g_strdup_printf(_("Too soon: the dose is planned for %s"), when));
    } else if (d->next != INSTANT_NONE && at > d->dose.at + (d->next - d->dose.at) / 2) {
        g_autofree char *when = instant_to_hhmm(d->next);
        giving_say(lines, self, GIVING_ASKS, FALSE, g_strdup_printf(_("Late: the next dose of it is planned for %s"), when));
    }
}

/* ---- the patient ---- */

/* What was written down of it after the order was made: the prescriber cannot have seen that. */
static GPtrArray *added_since(const GivingInput *in)
{
    FhirTime t;
    GPtrArray *since = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    Instant ordered = fhir_time(fhir_root(in->dose->request), "authoredOn", &t) ? fhir_time_end(&t) : INSTANT_NONE;
    for (guint i = 0; i < in->allergies->len; i++) {
        const FhirResource *a = in->allergies->pdata[i];
        Instant recorded = fhir_time(fhir_root(a), "recordedDate", &t) ? t.instant : fhir_last_updated(a);
        if (ordered == INSTANT_NONE || recorded == INSTANT_NONE || recorded >= ordered)
            g_ptr_array_add(since, fhir_resource_ref(a));
    }
    return since;
}

static void check_allergies(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    const Order *o = in->dose->order;
    if (!in->allergies || !o || !o->atc) {
        giving_say(lines, self, GIVING_ASKS, TRUE,
                   g_strdup(in->allergies ? _("Hypersensitivity could not be checked: the medicine has no code")
                                          : _("Hypersensitivity could not be checked: the core did not answer")));
        return;
    }
    g_autoptr(CheckFacts) facts = check_facts_new();
    g_autoptr(GPtrArray) since = added_since(in), found = NULL, drugs = g_ptr_array_new();
    g_auto(GStrv) codes = check_rules_codes(in->data->rules, o->atc);
    for (guint i = 0; i < since->len; i++)
        g_ptr_array_add(facts->items[FACT_ALLERGIES], fhir_resource_ref(since->pdata[i]));
    if (since->len == 0)
        return; /* what was known then the prescriber has seen */
    facts->known[FACT_ALLERGIES] = TRUE;
    CheckInput c = {.order = o, .facts = facts, .data = in->data, .now = in->now, .codes = codes, .drugs = drugs};
    found = checks_run_one(&c, "allergy");
    for (guint i = 0; i < found->len; i++) {
        const CheckLine *l = found->pdata[i];
        if (l->state != CHECK_CLEAR && l->severity >= CHECK_MEDIUM)
            giving_say(lines, self, l->severity >= CHECK_HIGH && l->state == CHECK_FOUND ? GIVING_REFUSED : GIVING_ASKS,
                       l->state == CHECK_UNABLE, g_strdup_printf(_("Since the order was made: %s"), l->text));
    }
}

static void check_place(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    g_autofree char *type = NULL, *unit = NULL;
    if (!in->placed)
        return;
    if (!in->encounter || !fhir_reference(fhir_root(in->encounter), "serviceProvider", &type, &unit)) {
        giving_say(lines, self, GIVING_ASKS, TRUE, g_strdup(_("Where the patient is could not be checked: no visit is under way")));
        return;
    }
    g_autofree char *name = fhir_string(fhir_root(in->encounter), "serviceProvider.display");
    if (in->unit && strcmp(unit, in->unit) != 0)
        giving_say(lines, self, GIVING_ASKS, FALSE, g_strjoin(": ", _("The patient is at another unit now"), name ? name : unit, NULL));
}

/* ---- the table ---- */

#define GIVES (1u << ACT_GIVEN | 1u << ACT_PARTLY | 1u << ACT_CONFIRMED)
#define NEW   (1u << ACT_GIVEN | 1u << ACT_PARTLY)
#define ALL   (GIVES | 1u << ACT_NOT_GIVEN | 1u << ACT_STOPPED)

const GivingCheck giving_checks[] = {
    {"wristband", "armband", ALL, check_wristband},
    {"product", "produkt", GIVES, giving_check_product},
    {"order", "ordinationens status", ALL, check_order},
    {"state", "ordinationens status", GIVES, check_state},
    {"readable", "dosering", NEW, check_readable},
    {"taken", "redan given dos", NEW | 1u << ACT_NOT_GIVEN, check_taken},
    {"second", "dubbelsignering", 1u << ACT_CONFIRMED, check_second},
    {"time", "tid för dosen", NEW, check_time},
    {"interval", "tid mellan doser", NEW, giving_check_interval},
    {"total", "mängd per dygn", NEW, giving_check_total},
    {"allergy", "överkänslighet", GIVES, check_allergies},
    {"place", "vårdplats", GIVES, check_place},
    {0},
};

static int by_level(gconstpointer a, gconstpointer b)
{
    return (int)(*(GivingLine *const *)b)->level - (int)(*(GivingLine *const *)a)->level;
}

GPtrArray *giving_check(const GivingInput *in)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    for (const GivingCheck *c = giving_checks; c->id; c++)
        if (c->acts & (1u << in->act->act))
            c->run(c, in, lines);
    g_ptr_array_sort(lines, by_level);
    return lines;
}

GivingLevel giving_worst(const GPtrArray *lines)
{
    return lines->len ? ((const GivingLine *)lines->pdata[0])->level : GIVING_SAID;
}

Decimal giving_amount(const DueDose *d, const DoseAct *a)
{
    if (a->amount.valid)
        return a->amount;
    return d->dose.high.valid ? (Decimal){0} : d->dose.low;
}

/* ---- reasons ---- */

const GPtrArray *giving_reasons(GError **error)
{
    static GPtrArray *reasons;
    if (reasons)
        return reasons;
    g_autofree char *path = data_path("giving/reasons.tsv");
    Table *t = table_load(path, 0, error); /* kept: the reasons borrow its text */
    if (!t)
        return NULL;
    reasons = g_ptr_array_new();
    for (guint i = 0; i < table_rows(t); i++) {
        GivingReason *r = g_new0(GivingReason, 1);
        *r = (GivingReason){(char *)table_cell(t, i, "key"), (char *)table_cell(t, i, "code"), (char *)table_cell(t, i, "text")};
        g_ptr_array_add(reasons, r);
    }
    return reasons;
}

const GivingReason *giving_reason(const char *key)
{
    const GPtrArray *all = giving_reasons(NULL);
    for (guint i = 0; all && key && i < all->len; i++) {
        const GivingReason *r = all->pdata[i];
        if (strcmp(r->key, key) == 0 || strcmp(r->code, key) == 0)
            return r;
    }
    return NULL;
}
