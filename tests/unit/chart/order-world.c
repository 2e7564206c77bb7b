/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "order-world.h"

#include <criterion/criterion.h>
#include <string.h>

#include "chart/dosage.h"
#include "chart/units.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"

static DrugList *drugs;
static OrderWords *words;
static Instant now;

void order_world_load(void)
{
    const char *dir = g_getenv("ROND_DATA");
    g_autofree char *products = g_build_filename(dir, "drugs/products.tsv", NULL);
    g_autofree char *names = g_build_filename(dir, "drugs/names.tsv", NULL);
    g_autofree char *tokens = g_build_filename(dir, "orderline/tokens.tsv", NULL);
    g_autoptr(GError) error = NULL;
    drugs = drug_list_load(products, &error);
    words = drugs && drug_list_load_names(drugs, names, &error) ? order_words_load(tokens, &error) : NULL;
    cr_assert_not_null(words, "%s", error ? error->message : "");
    FhirTime t;
    fhir_time_parse("2026-11-21T07:44:00+01:00", &t);
    now = t.instant;
}

void order_world_free(void)
{
    drug_list_free(drugs);
    order_words_free(words);
}

const DrugList *order_world_drugs(void)
{
    return drugs;
}

Order *order_world_read_at(const char *line, Decimal weight_kg)
{
    OrderContext context = {.now = now, .weight_kg = weight_kg};
    return orderline_parse(words, drugs, line, &context);
}

Order *order_world_read(const char *line)
{
    return order_world_read_at(line, decimal_from_int(70));
}

FhirResource *order_world_write(const Order *o)
{
    MedicationContext c = {.uuid = "00000000-0000-4000-8000-000000000001", .patient_id = "p1", .authored = now, .inpatient = TRUE};
    g_autoptr(GError) error = NULL;
    FhirResource *r = medication_from_order(o, &c, &error);
    cr_assert_not_null(r, "%s", error ? error->message : "");
    return r;
}

char *order_world_sentence(const Order *o)
{
    const Route *route = route_find(o->route);
    g_autofree char *name = drug_name(o->product, o->by_brand), *dose = dosage_text(o);
    g_autofree char *period = dosage_period(o, civil_date_at(now));
    return g_strdup_printf("%s, %s, %s, %s, ordinationsorsak: %s, uppföljning: %s", name, route ? route->adverb : o->route, dose,
                           period, o->reason, o->follow_up);
}

/* The text says "2 tabletter (1 g)" whether tablets or grams were typed: both are counted in tablets here. */
static void count_units(Order *o)
{
    const char *counted = drug_counted_unit(o->product);
    gboolean each = strchr(o->product->strength_unit, '/') == NULL || g_str_has_suffix(o->product->strength_unit, "/dos");
    for (guint i = 0; counted && each && i < o->step_count && g_strcmp0(o->unit, counted) != 0; i++) {
        Decimal low = order_dose_in_units(o, o->steps[i].low), high = order_dose_in_units(o, o->steps[i].high);
        if (!low.valid)
            return;
        o->steps[i].low = low;
        o->steps[i].high = high;
    }
    for (int i = 0; counted && each && o->timing == TIMING_SLOTS && i < ORDER_SLOTS && g_strcmp0(o->unit, counted) != 0; i++)
        if (o->slot[i].valid && !decimal_is_zero(o->slot[i]))
            o->slot[i] = order_dose_in_units(o, o->slot[i]);
    if (counted && each && o->unit)
        o->unit = counted;
}

static char *said(Order *o)
{
    o->assumed = 0;
    g_autofree char *text = order_to_text(o), *start = instant_to_minute(o->start);
    g_autofree char *stop = o->stop.year ? civil_date_to_text(o->stop) : g_strdup("-");
    return g_strdup_printf("%s|%s|%s|%s|%s|%d", text, start, stop, o->by_brand ? o->product->brand : "-", o->follow_up, o->stat);
}

static gboolean same(const char *line, const char *how, const char *got, const char *want)
{
    cr_expect_str_eq(got, want, "%s: %s\n got %s\nwant %s", line, how, got, want);
    return strcmp(got, want) == 0;
}

gboolean order_world_survives(Order *o, const char *line)
{
    g_autoptr(FhirResource) r = order_world_write(o);
    g_autoptr(GPtrArray) faults = fhir_validate(r);
    cr_expect_null(faults, "%s: %s", line, faults ? ((FhirIssue *)faults->pdata[0])->text : "");
    g_autoptr(Order) back = order_new();
    gboolean read = medication_to_order(r, drugs, back);
    cr_expect(read, "%s: its FHIR is not read", line);
    if (!read)
        return FALSE;
    g_autoptr(FhirResource) r2 = order_world_write(back);
    g_autofree char *first = fhir_raw(fhir_root(r)), *second = fhir_raw(fhir_root(r2));
    g_autofree char *sentence = order_world_sentence(o);
    g_autofree char *want = said(o), *got = said(back);
    gboolean fine = same(line, "from FHIR", got, want);
    fine = same(line, "FHIR again", second, first) && fine;
    g_autoptr(Order) again = order_world_read_at(sentence, o->weight_kg.valid ? o->weight_kg : decimal_from_int(70));
    g_autofree char *typed = NULL;
    if (again->product)
        count_units(again);
    typed = again->product ? said(again) : order_to_text(again);
    count_units(o);
    g_autofree char *counted = said(o);
    return same(line, sentence, typed, counted) && fine;
}
