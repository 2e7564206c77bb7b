/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is not likely: beyond the limits of the file, upside down, long ago. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/table.h"
#include "chart/vital.h"

typedef struct {
    char *what; /* "af", "bt-s", "tid" */
    int from, to; /* months; G_MAXINT = no limit */
    Decimal low, high;
} Limit;

struct VitalLimits {
    GPtrArray *rows; /* Limit* */
};

static void limit_free(gpointer p)
{
    Limit *l = p;
    g_free(l->what);
    g_free(l);
}

static int months_of(const char *cell)
{
    return strcmp(cell, "-") == 0 ? G_MAXINT : (int)g_ascii_strtoll(cell, NULL, 10);
}

static gboolean is_known(const char *what)
{
    static const char *const more[] = {"bt-s", "bt-d", "tid", NULL};
    for (int i = 0; i < VITAL_KINDS; i++)
        if (strcmp(vital_info((VitalField)i)->word, what) == 0)
            return i != VITAL_PRESSURE && i != VITAL_CONSCIOUSNESS;
    return g_strv_contains(more, what);
}

VitalLimits *vital_limits_load(const char *path, GError **error)
{
    g_autoptr(Table) table = table_load(path, 6, error);
    if (table == NULL)
        return NULL;
    g_autoptr(VitalLimits) l = g_new0(VitalLimits, 1);
    l->rows = g_ptr_array_new_with_free_func(limit_free);
    for (guint i = 0; i < table_rows(table); i++) {
        char *const *row = table_row(table, i);
        Limit *limit = g_new0(Limit, 1);
        g_ptr_array_add(l->rows, limit);
        limit->what = g_strdup(row[0]);
        limit->from = months_of(row[1]);
        limit->to = months_of(row[2]);
        if (!is_known(row[0]) || limit->from >= limit->to || !decimal_parse(row[3], &limit->low) ||
            !decimal_parse(row[4], &limit->high) || decimal_compare(limit->low, limit->high) > 0) {
            table_refuse(table, i, error);
            return NULL;
        }
    }
    return g_steal_pointer(&l);
}

void vital_limits_free(VitalLimits *l)
{
    if (l == NULL)
        return;
    g_ptr_array_unref(l->rows);
    g_free(l);
}

static const Limit *limit_for(const VitalLimits *limits, const char *what, int months)
{
    int age = months < 0 ? G_MAXINT - 1 : months;
    for (guint i = 0; i < limits->rows->len; i++) {
        const Limit *l = limits->rows->pdata[i];
        if (strcmp(l->what, what) == 0 && age >= l->from && age < l->to)
            return l;
    }
    return NULL;
}

static gboolean beyond(const Limit *l, Decimal v)
{
    return l != NULL && (decimal_compare(v, l->low) < 0 || decimal_compare(v, l->high) > 0);
}

/* Takes @why. What would make it true is said with it. */
static void question(VitalSet *s, VitalField field, char *why)
{
    const char *typed = s->typed[field];
    vital_set_add_issue(s, field, VITAL_QUESTION, typed,
                        g_strdup_printf(_("%s. Change it, or write %s! if it is so"), why, typed ? typed : ""));
    ((VitalIssue *)s->issues->pdata[s->issues->len - 1])->why = why;
}

static char *outside(VitalField kind, const Limit *l, Decimal v, const char *part)
{
    const VitalInfo *info = vital_info(kind);
    g_autofree char *value = decimal_to_sv(v), *low = decimal_to_sv(l->low), *high = decimal_to_sv(l->high);
    return g_strdup_printf(_("%s%s %s %s is not likely (%s–%s)"), info->brief, part, value, info->unit, low, high);
}

static void judge_pressure(VitalSet *s, const VitalLimits *limits, int months)
{
    const VitalValue *v = &s->value[VITAL_PRESSURE];
    const Limit *systolic = limit_for(limits, "bt-s", months), *diastolic = limit_for(limits, "bt-d", months);
    if (decimal_compare(v->second, v->value) >= 0)
        question(s, VITAL_PRESSURE, g_strdup_printf(_("BT %s: the lower pressure is not below the upper"), s->typed[VITAL_PRESSURE]));
    else if (beyond(systolic, v->value))
        question(s, VITAL_PRESSURE, outside(VITAL_PRESSURE, systolic, v->value, _(" systolic")));
    else if (beyond(diastolic, v->second))
        question(s, VITAL_PRESSURE, outside(VITAL_PRESSURE, diastolic, v->second, _(" diastolic")));
}

static void judge_time(VitalSet *s, const VitalLimits *limits, const VitalContext *c)
{
    const Limit *l = limit_for(limits, "tid", -1);
    gint64 hours = (c->now - s->measured) / G_TIME_SPAN_HOUR;
    if (!s->time_said || s->time_confirmed || !beyond(l, decimal_from_int(hours)))
        return;
    question(s, VITAL_TIME, g_strdup_printf(ngettext("Measured %d hour ago", "Measured %d hours ago", (gulong)hours), (int)hours));
}

void vitals_judge(VitalSet *s, const VitalLimits *limits, const VitalContext *c)
{
    for (int i = 0; i < VITAL_KINDS; i++) {
        const VitalValue *v = &s->value[i];
        if (!v->given || v->confirmed || v->assumed || i == VITAL_CONSCIOUSNESS)
            continue;
        if (i == VITAL_PRESSURE) {
            judge_pressure(s, limits, c->months);
            continue;
        }
        const Limit *l = limit_for(limits, vital_info((VitalField)i)->word, c->months);
        if (beyond(l, v->value))
            question(s, (VitalField)i, outside((VitalField)i, l, v->value, ""));
    }
    judge_time(s, limits, c);
}
