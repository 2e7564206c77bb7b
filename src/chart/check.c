/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/check.h"

#include "chart/dosage.h"
#include "chart/record-words.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean always(const Check *self, const CheckInput *in)
{
    (void)self;
    return in->codes != NULL;
}

static gboolean has_dose(const Check *self, const CheckInput *in)
{
    return always(self, in) && (in->order->step_count || in->order->timing == TIMING_SLOTS);
}

static gboolean has_rules(const Check *self, const CheckInput *in)
{
    return check_rules_about(in->data->rules, self->rules, in->codes);
}

const Check check_table[] = {
    {"allergy", RULES_ALLERGY, always, check_allergy},
    {"interaction", RULES_INTERACTION, always, check_interaction},
    {"duplicate", RULES_DUPLICATE, always, check_duplicate},
    {"dose", RULES_DOSE, has_dose, check_dose},
    {"sum", RULES_DOSE, has_dose, check_sum},
    {"rate", RULES_RATE, has_rules, check_rate},
    {"interval", RULES_INTERVAL, has_rules, check_interval},
    {"route", RULES_ROUTE, has_rules, check_route},
    {"value", RULES_LAB, has_rules, check_value_rules},
    {"diagnosis", RULES_DIAGNOSIS, has_rules, check_diagnosis},
    {"pregnancy", RULES_PREGNANCY, has_rules, check_pregnancy},
    {"age", RULES_AGE, has_rules, check_age},
    {"monitoring", RULES_MONITORING, has_rules, check_monitoring},
    {0},
};

const char *check_reason(guint i)
{
    return i < CHECK_REASONS ? record_word(RW_REASON_BENEFIT + i) : NULL;
}

static void line_free(gpointer p)
{
    CheckLine *l = p;
    g_free(l->key);
    g_free(l->text);
    g_free(l->record);
    g_free(l);
}

void check_say(GPtrArray *lines, const char *check, CheckState state, CheckSeverity severity, const char *key,
               const char *record, char *text)
{
    CheckLine *l = g_new0(CheckLine, 1);
    l->check = check;
    l->state = state;
    l->severity = severity;
    /* What is said is part of it, values too: a reason is for that, not for what is said tomorrow. */
    l->key = g_strdup_printf("%s-%d-%s-%08x", check, severity, key, g_str_hash(record ? record : ""));
    l->record = g_strdup(record);
    l->text = text;
    g_ptr_array_add(lines, l);
}

static int by_danger(gconstpointer a, gconstpointer b)
{
    static const int first[] = {[CHECK_CLEAR] = 2, [CHECK_FOUND] = 0, [CHECK_UNABLE] = 1};
    const CheckLine *x = *(CheckLine *const *)a, *y = *(CheckLine *const *)b;
    if (x->state != y->state)
        return first[x->state] - first[y->state];
    return (int)y->severity - (int)x->severity;
}

/* ---- what an order is held against ---- */

static void drug_free(gpointer p)
{
    CheckDrug *d = p;
    if (d->waiting) { /* what is given is the facts' */
        g_strfreev(d->substances);
        g_strfreev(d->codes);
    }
    g_free(d->dosage);
    g_free(d);
}

static CheckDrug *given_drug(const GivenMedicine *g)
{
    CheckDrug *d = g_new0(CheckDrug, 1);
    *d = (CheckDrug){.atc = g->row->atc, .name = g->row->name, .key = g->row->id, .dosage = g_strdup(g->row->dosage),
                     .substances = g->substances, .codes = g->codes, .paused = g->row->state == MED_ON_HOLD,
                     .future = g->row->state == MED_FUTURE, .route = g->route,
                     .as_needed = g->row->as_needed, .strength = g->row->strength, .order = g->order};
    return d;
}

static CheckDrug *waiting_drug(const Order *o, const CheckRules *rules)
{
    CheckDrug *d = g_new0(CheckDrug, 1);
    *d = (CheckDrug){.atc = o->atc, .name = o->substance, .key = o->atc, .dosage = dosage_text(o),
                     .substances = check_substances(o->substance), .codes = check_rules_codes(rules, o->atc), .waiting = TRUE,
                     .as_needed = o->as_needed, .route = o->route,
                     .strength = o->product ? o->product->strength_text : NULL, .order = o};
    return d;
}

static GPtrArray *all_drugs(const CheckInput *in)
{
    GPtrArray *drugs = g_ptr_array_new_with_free_func(drug_free);
    for (guint i = 0; i < in->facts->given->len; i++) {
        const GivenMedicine *g = in->facts->given->pdata[i];
        if (!in->replaced || !g->row->id || !g_ptr_array_find_with_equal_func((GPtrArray *)in->replaced, g->row->id, g_str_equal, NULL))
            g_ptr_array_add(drugs, given_drug(g));
    }
    for (guint i = 0; in->others && i < in->others->len; i++) {
        const Order *o = in->others->pdata[i];
        if (o && o->substance)
            g_ptr_array_add(drugs, waiting_drug(o, in->data->rules));
    }
    return drugs;
}

GPtrArray *checks_run(const CheckInput *given)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    g_auto(GStrv) codes = check_rules_codes(given->data->rules, given->order->atc);
    g_autoptr(GPtrArray) drugs = all_drugs(given);
    CheckInput in = *given;
    in.codes = codes;
    in.drugs = drugs;
    for (const Check *c = check_table; c->id; c++)
        if (c->applies(c, &in))
            c->run(c, &in, lines);
    g_ptr_array_sort(lines, by_danger);
    return lines;
}

GPtrArray *checks_run_one(const CheckInput *in, const char *check)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    for (const Check *c = check_table; c->id; c++)
        if (strcmp(c->id, check) == 0 && c->applies(c, in))
            c->run(c, in, lines);
    return lines;
}

gboolean check_needs_reason(const CheckLine *l)
{
    return l->state != CHECK_CLEAR && l->severity >= CHECK_HIGH;
}

gboolean check_needs_typed(const CheckLine *l)
{
    return check_needs_reason(l) && (l->severity == CHECK_STOP || l->state == CHECK_UNABLE);
}

const char *check_severity_name(CheckSeverity severity)
{
    static const char *const names[] = {N_("information"), N_("medium"), N_("HIGH"), N_("STOP")};
    return _(names[severity]);
}

char *checks_looked_at(const CheckFacts *f)
{
    GString *s = g_string_new(NULL);
    guint meds = f->items[FACT_MEDICATIONS]->len, allergies = f->items[FACT_ALLERGIES]->len;
    if (f->known[FACT_MEDICATIONS])
        g_string_append_printf(s, ngettext("%u medicine", "%u medicines", meds), meds);
    else
        g_string_append(s, _("medicines not known"));
    g_string_append(s, ", ");
    if (f->known[FACT_ALLERGIES])
        g_string_append_printf(s, ngettext("%u hypersensitivity entry", "%u hypersensitivity entries", allergies), allergies);
    else
        g_string_append(s, _("hypersensitivity not known"));
    if (f->egfr >= 0)
        g_string_append_printf(s, ", eGFR %d", f->egfr);
    else
        g_string_append_printf(s, ", %s", _("eGFR not known"));
    g_autofree char *kg = f->weight_kg.valid ? decimal_to_sv(f->weight_kg) : NULL;
    if (kg)
        g_string_append_printf(s, _(", weight %s kg"), kg);
    else
        g_string_append_printf(s, ", %s", _("weight not known"));
    return g_string_free(s, FALSE);
}

gboolean check_same_part(char **a, char **b)
{
    for (char **x = a; x && *x; x++)
        if (**x && b && g_strv_contains((const char *const *)b, *x))
            return TRUE;
    return FALSE;
}
