/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/scenario.h"

#include <string.h>

#define ID "3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a22"

void scenario_fact(CheckFacts *facts, Fact fact, const char *json)
{
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(text, &error);
    if (!r)
        g_error("%s: %s", json, error->message);
    g_ptr_array_add(facts->items[fact], r);
}

static void observation(CheckFacts *facts, Fact fact, const char *code, const char *number, const char *unit, Instant at)
{
    g_autofree char *when = instant_to_fhir(at);
    g_autofree char *said = unit ? g_strdup_printf(",\"unit\":\"%s\",\"code\":\"%s\"", unit, unit) : g_strdup("");
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Observation\",\"id\":\"o-%u\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":\"%s\"}]},"
        "\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%s%s}}",
        facts->items[fact]->len, code, when, number, said);
    scenario_fact(facts, fact, json);
}

void scenario_weight(CheckFacts *facts, const char *kg, Instant at)
{
    observation(facts, FACT_WEIGHT, "29463-7", kg, "kg", at);
}

void scenario_value(CheckFacts *facts, const char *id, const char *number, Instant at)
{
    const CheckRules *rules = order_data(NULL)->rules;
    for (guint i = 0; i < rules->values->len; i++) {
        const CheckValue *v = rules->values->pdata[i];
        gsize n = strlen(id); /* "Dig" is digoxin; a letter alone is whole */
        if (g_ascii_strcasecmp(v->id, id) == 0 || (n > 2 && g_ascii_strncasecmp(v->id, id, n) == 0))
            observation(facts, FACT_VALUES, v->codes[0], number, strcmp(v->units[0], "-") ? v->units[0] : v->units[2], at);
    }
}

void scenario_medicine(CheckFacts *facts, const char *atc, const char *name, const char *status)
{
    g_autofree char *code = atc ? g_strdup_printf("\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"%s\"}],", atc)
                                : g_strdup("");
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"m-%u\",\"status\":\"%s\",\"intent\":\"order\","
        "\"medicationCodeableConcept\":{%s\"text\":\"%s\"},\"subject\":{\"reference\":\"Patient/p1\"}}",
        facts->items[FACT_MEDICATIONS]->len, status, code, name);
    scenario_fact(facts, FACT_MEDICATIONS, json);
}

void scenario_allergy(CheckFacts *facts, const char *atc, const char *name, const char *reaction, const char *criticality)
{
    g_autofree char *code = atc ? g_strdup_printf("\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"%s\"}],", atc)
                                : g_strdup("");
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"a-%u\",\"category\":[\"medication\"],\"criticality\":\"%s\","
        "\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"code\":{%s\"text\":\"%s\"},"
        "\"reaction\":[{\"manifestation\":[{\"text\":\"%s\"}]}],\"patient\":{\"reference\":\"Patient/p1\"}}",
        facts->items[FACT_ALLERGIES]->len, criticality, code, name, reaction);
    scenario_fact(facts, FACT_ALLERGIES, json);
}

void scenario_no_allergy(CheckFacts *facts)
{
    scenario_fact(facts, FACT_ALLERGIES,
                  "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"n\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},"
                  "\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"716186003\"}]}}");
}

void scenario_diagnosis(CheckFacts *facts, const char *code)
{
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Condition\",\"id\":\"c-%u\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},"
        "\"code\":{\"coding\":[{\"code\":\"%s\"}]},\"subject\":{\"reference\":\"Patient/p1\"}}",
        facts->items[FACT_CONDITIONS]->len, code);
    scenario_fact(facts, FACT_CONDITIONS, json);
}

void scenario_person(CheckFacts *facts, int months, char sex, Instant now)
{
    g_autofree char *birth = civil_date_to_text(civil_date_add_months(civil_date_at(now), -months));
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Patient\",\"id\":\"p1\",\"gender\":\"%s\",\"birthDate\":\"%s\"}",
                                            sex == 'F' ? "female" : "male", birth);
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    g_autoptr(FhirResource) patient = fhir_resource_parse(text, NULL);
    for (int i = 0; i < FACTS; i++)
        facts->known[i] = TRUE;
    facts->settled = TRUE;
    check_facts_compute(facts, patient, now);
}

/* ---- the order ---- */

static const char *word_of(const char *const (*words)[2], gsize n, const char *word)
{
    for (gsize i = 0; i < n; i++)
        if (strcmp(words[i][0], word) == 0)
            return words[i][1];
    return word;
}

static void product_free(gpointer p)
{
    DrugProduct *d = p;
    char *const owned[] = {d->id, d->substance, d->atc, d->group, d->form, d->strength_text, d->strength_unit};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_strfreev(d->dose_units);
    g_strfreev(d->routes);
    g_free(d);
}

GPtrArray *scenario_products(void)
{
    return g_ptr_array_new_with_free_func(product_free);
}

static const DrugProduct *product_of(const char *atc, const char *name, const char *unit, const char *route, GPtrArray *own)
{
    const DrugList *drugs = order_data(NULL)->drugs;
    for (guint i = 0; i < drug_list_count(drugs); i++) {
        const DrugProduct *p = drug_list_at(drugs, i);
        if (strcmp(p->atc, atc) == 0 && drug_has_route(p, route) && g_strv_contains((const char *const *)p->dose_units, unit))
            return p;
    }
    DrugProduct *p = g_new0(DrugProduct, 1);
    const char *const units[] = {unit, NULL}, *const routes[] = {route, NULL};
    *p = (DrugProduct){.id = g_strdup("prov"), .substance = g_strdup(name), .atc = g_strdup(atc), .group = g_strdup(""),
                       .form = g_strdup("tablett"), .strength_text = g_strdup(""), .strength_unit = g_strdup(""),
                       .dose_units = g_strdupv((char **)units), .routes = g_strdupv((char **)routes)};
    g_ptr_array_add(own, p);
    return p;
}

static void set_times(Order *o, const char *per_day)
{
    double times = g_ascii_strtod(per_day, NULL);
    o->timing = TIMING_FREQUENCY;
    o->period_unit = 'd';
    o->frequency = times >= 1 ? (int)(times + 0.5) : 1;
    o->period = times >= 1 || times <= 0 ? 1 : (int)(1 / times + 0.5);
}

Order *scenario_order(const char *atc, const char *name, const char *dose, const char *unit, const char *route,
                      const char *per_day, int days, const char *reason, Instant now, GPtrArray *own)
{
    static const char *const routes[][2] = {{"po", "oral"}, {"iv", "intravenös"}, {"sc", "subkutan"}, {"im", "intramuskulär"},
                                            {"inh", "inhalation"}, {"pr", "rektal"}, {"td", "transdermal"}, {"sl", "sublingual"},
                                            {"it", "intratekal"}};
    static const char *const units[][2] = {{"mikrog", "mikrogram"}, {"ug", "mikrogram"}, {"tabl", "tablett"}};
    Order *o = order_new();
    Decimal amount;
    const char *u = word_of(units, G_N_ELEMENTS(units), unit), *r = word_of(routes, G_N_ELEMENTS(routes), route);
    decimal_parse(dose, &amount);
    g_autofree char *base = g_strndup(u, strcspn(u, "/"));
    o->product = product_of(atc, name, base, r, own);
    o->substance = g_strdup(o->product->substance);
    o->atc = g_strdup(atc);
    o->form = g_intern_string(o->product->form);
    o->route = g_intern_string(r);
    o->unit = g_intern_string(base);
    if (strchr(unit, '/')) { /* "mmol/tim" */
        o->timing = TIMING_CONTINUOUS;
        o->rate = amount;
        o->rate_unit = g_intern_string(unit);
    } else {
        order_add_step(o, amount, (Decimal){0}, 0);
        set_times(o, per_day);
    }
    o->start = now;
    o->days = days;
    o->stop = days > 0 ? civil_date_add_days(civil_date_at(now), days - 1) : (CivilDate){0};
    o->reason = g_strdup(reason);
    return o;
}

/* "Bactrim forte 800/160 mg x2 po": what stands before the first number. */
static char *name_of(const char *text)
{
    gsize n = strcspn(text, "0123456789(");
    return g_strstrip(g_strndup(text, n));
}

/* ---- the row ---- */

static void take_each(const char *cell, void (*take)(CheckFacts *, const char *, Instant), CheckFacts *f, Instant now)
{
    g_auto(GStrv) parts = g_strsplit(cell, ";", -1);
    for (char **p = parts; *p; p++)
        if (*g_strstrip(*p))
            take(f, *p, now);
}

static void take_lab(CheckFacts *f, const char *text, Instant now)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    if (!parts[1])
        return;
    g_strdelimit(parts[1], ",", '.');
    parts[1][strspn(parts[1], "0123456789.-")] = '\0';
    scenario_value(f, parts[0], parts[1], now - G_TIME_SPAN_HOUR);
}

static void take_diagnosis(CheckFacts *f, const char *text, Instant now)
{
    (void)now;
    g_autofree char *code = g_strndup(text, strcspn(text, " ("));
    scenario_diagnosis(f, code);
}

static void take_allergy(CheckFacts *f, const char *text, Instant now)
{
    (void)now;
    g_auto(GStrv) p = g_strsplit(text, "|", 4);
    if (g_strv_length(p) == 4)
        scenario_allergy(f, *p[0] ? p[0] : NULL, p[1], p[2], p[3]);
}

static void take_medicine(CheckFacts *f, const char *text, Instant now)
{
    (void)now;
    g_auto(GStrv) p = g_strsplit(text, " ", 2);
    scenario_medicine(f, p[0], p[1] ? p[1] : p[0], "active");
}

/* "34", "0.5", "3m" */
static int months_of(const char *age)
{
    char *rest;
    double n = g_ascii_strtod(age, &rest);
    return (int)(*rest == 'm' ? n : n * 12);
}

Scenario *scenario_new(const Table *t, guint row, Instant now)
{
#define CELL(NAME) table_cell(t, row, NAME)
    Scenario *s = g_new0(Scenario, 1);
    s->facts = check_facts_new();
    s->own = scenario_products();
    s->now = now;
    if (*CELL("weight_kg"))
        scenario_weight(s->facts, CELL("weight_kg"), now - G_TIME_SPAN_DAY);
    if (*CELL("egfr"))
        scenario_value(s->facts, "eGFR", CELL("egfr"), now - G_TIME_SPAN_HOUR);
    if (*CELL("preg_week"))
        scenario_value(s->facts, "vecka", CELL("preg_week"), now - G_TIME_SPAN_HOUR);
    take_each(CELL("labs"), take_lab, s->facts, now);
    take_each(CELL("conditions_icd10se"), take_diagnosis, s->facts, now);
    take_each(CELL("current_meds"), take_medicine, s->facts, now);
    take_each(CELL("allergies"), take_allergy, s->facts, now);
    if (!*CELL("allergies"))
        scenario_no_allergy(s->facts);
    scenario_person(s->facts, months_of(CELL("age_y")), *CELL("sex"), now);
    s->item = basket_item_new(ID, "p1");
    s->item->ready = TRUE;
    g_autofree char *name = name_of(CELL("order_text"));
    s->item->order = scenario_order(CELL("order_atc"), name, CELL("dose"), CELL("dose_unit"), CELL("route"), CELL("per_day"),
                                    (int)g_ascii_strtoll(CELL("duration_d"), NULL, 10), CELL("indication"), now, s->own);
    s->item->order->as_needed = strstr(CELL("order_text"), " vb") != NULL;
    return s;
#undef CELL
}

void scenario_free(Scenario *s)
{
    if (!s)
        return;
    basket_item_free(s->item);
    check_facts_free(s->facts);
    g_ptr_array_unref(s->own);
    g_free(s);
}

/* ---- what is wanted ---- */

static int level_of(const char *word)
{
    static const char *const levels[] = {"info", "medium", "high", "stop"};
    for (int i = 0; i < 4; i++)
        if (strcmp(levels[i], word) == 0)
            return i;
    return -1;
}

static char *all_lines(const BasketItem *item)
{
    static const char *const states[] = {"clear", "found", "unable"};
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < item->checks->len; i++) {
        const CheckLine *l = item->checks->pdata[i];
        if (l->state != CHECK_CLEAR)
            g_string_append_printf(out, "\n    %s %s %d: %s", l->check, states[l->state], (int)l->severity, l->record ? l->record : l->text);
    }
    return g_string_free(out, FALSE);
}

static gboolean names(const CheckLine *l, const char *must)
{
    g_autofree char *said = g_utf8_casefold(l->record ? l->record : l->text, -1), *want = g_utf8_casefold(must, -1);
    return strstr(said, want) != NULL;
}

/* A warning stops the signing until it has its reason; without one it goes. */
static gboolean signed_as_it_should(Scenario *s, gboolean interrupts)
{
    BasketWriting w = {.practitioner = "dr1", .name = "Test Läkare", .inpatient = TRUE, .now = s->now};
    const CheckLine *line;
    g_autoptr(FhirResource) before = basket_order_resource(s->item, "p1", "Prov, Petra", &w, NULL);
    if (interrupts == (before != NULL))
        return FALSE;
    while ((line = basket_item_unanswered(s->item)))
        g_hash_table_insert(s->item->answers, g_strdup(line->key), g_strdup("prov"));
    g_autoptr(FhirResource) after = basket_order_resource(s->item, "p1", "Prov, Petra", &w, NULL);
    return after && interrupts == fhir_exists(fhir_at(fhir_root(after), "detectedIssue"));
}

char *scenario_judge(const Table *t, guint row, Scenario *s)
{
    gboolean warn = strcmp(table_cell(t, row, "expect"), "warn") == 0;
    int least = level_of(table_cell(t, row, "min_severity")), most = level_of(table_cell(t, row, "max_severity")), worst = -1;
    const char *must = table_cell(t, row, "must_name");
    gboolean named = !*must, reason = FALSE;
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_ptr_array_add(items, s->item);
    basket_check(items, order_data(NULL), s->facts, s->now);
    g_autofree char *said = all_lines(s->item);
    for (guint i = 0; i < s->item->checks->len; i++) {
        const CheckLine *l = s->item->checks->pdata[i];
        reason = reason || check_needs_reason(l);
        if (l->state != CHECK_FOUND)
            continue;
        worst = MAX(worst, (int)l->severity);
        named = named || ((int)l->severity >= least && names(l, must));
    }
    const char *wrong = warn && worst < least       ? "missed"
                        : warn && !named            ? "does not name it"
                        : most >= 0 && worst > most ? "too much"
                        : !warn && reason           ? "asks for a reason"
                        : !signed_as_it_should(s, reason) ? "not signed as it should"
                                                          : NULL;
    return wrong ? g_strdup_printf("%s (%s): %s%s", table_cell(t, row, "id"), table_cell(t, row, "order_text"), wrong, said) : NULL;
}
