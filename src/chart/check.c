/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/check.h"

#include "chart/record-words.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean always(const CheckInput *in)
{
    return in->order->atc != NULL;
}

static gboolean has_dose(const CheckInput *in)
{
    return always(in) && (in->order->step_count || in->order->timing == TIMING_SLOTS);
}

static gboolean kidney_matters(const CheckInput *in)
{
    for (guint i = 0; always(in) && i < in->data->kidney->len; i++)
        if (g_str_has_prefix(in->order->atc, ((KidneyRule *)in->data->kidney->pdata[i])->atc))
            return TRUE;
    return FALSE;
}

const Check check_table[] = {
    {"allergy", always, CHECK_STOP, check_allergy},
    {"duplicate", always, CHECK_HIGH, check_duplicate},
    {"dose", has_dose, CHECK_STOP, check_dose},
    {"kidney", kidney_matters, CHECK_STOP, check_kidney},
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
    l->key = g_strdup_printf("%s-%d-%s", check, severity, key);
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

GPtrArray *checks_run(const CheckInput *in)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    for (const Check *c = check_table; c->id; c++)
        if (c->applies(in))
            c->run(in, lines);
    g_ptr_array_sort(lines, by_danger);
    return lines;
}

gboolean check_needs_reason(const CheckLine *l)
{
    return l->state == CHECK_FOUND && l->severity >= CHECK_HIGH;
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
