/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/observation.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/news2-order.h"

/* Established short names, in the order in which they are read; by code, by name where the value
 * came without one. Words of the record. */
static const struct {
    const char *code, *name;
} short_names[] = {
    {"9279-1", "AF"},       {"2708-6", "SpO2"},         {"59408-5", "SpO2"},
    {"3151-8", "Syrgas"},   {"85354-9", "BT"},          {"8867-4", "Puls"},
    {"67775-7", "Medvet."}, {"8310-5", "Temp"},         {"72514-3", "NRS"},
    {"29463-7", "Vikt"},    {"8302-2", "Längd"},        {"NPU28309", "Hb"},
    {"NPU02593", "LPK"},    {"NPU03568", "TPK"},        {"NPU01944", "MCV"},
    {"NPU19748", "CRP"},    {"NPU03429", "Na"},         {"NPU03230", "K"},
    {"NPU18016", "Krea"},   {"NPU01459", "Urea"},       {"NPU02192", "Gluk"},
    {"NPU27300", "HbA1c"},  {"NPU19981", "ALAT"},       {"NPU22279", "ASAT"},
    {"NPU53078", "ALP"},    {"NPU22283", "GT"},         {"NPU01370", "Bil"},
    {"NPU19652", "Amylas"}, {"NPU19673", "Alb"},        {"NPU01443", "Ca"},
    {"NPU02647", "Mg"},     {"NPU01685", "INR"},        {"NPU27501", "TnT"},
    {"NPU03577", "TSH"},    {"NPU03579", "fT4"},        {"NPU08669", "PSA"},
    {"NPU03688", "Urat"},   {"Pt-eGFR (krea)", "eGFR"}, {"P-Laktat", "Laktat"},
    {"aB-pH", "pH"},        {"aB-pCO₂", "pCO₂"},        {"aB-pO₂", "pO₂"},
};

static guint rank_of(const Measurement *m)
{
    for (guint i = 0; i < G_N_ELEMENTS(short_names); i++)
        if (strcmp(short_names[i].code, m->code ? m->code : m->name) == 0)
            return i;
    return G_N_ELEMENTS(short_names);
}

const char *observation_name(const Measurement *m)
{
    guint rank = rank_of(m);
    return rank < G_N_ELEMENTS(short_names) ? short_names[rank].name : m->name;
}

const char *observation_short_name(const char *typed, gboolean *ret_lab)
{
    g_autofree char *wanted = text_fold_keep_swedish(typed);
    for (guint i = 0; i < G_N_ELEMENTS(short_names); i++) {
        g_autofree char *have = text_fold_keep_swedish(short_names[i].name);
        if (strcmp(have, wanted) != 0)
            continue;
        *ret_lab = !g_ascii_isdigit(short_names[i].code[0]); /* what is measured at the bed has a LOINC code */
        return short_names[i].name;
    }
    return NULL;
}

int observation_level(const Measurement *m)
{
    return measurement_is_critical(m) ? 2 : m->interpretation[0] ? 1 : 0;
}

const Measurement *observation_latest(const ObservationRow *row)
{
    return row->values->pdata[0];
}

const Measurement *observation_at(const ObservationRow *row, Instant t)
{
    for (guint i = 0; i < row->values->len; i++)
        if (((Measurement *)row->values->pdata[i])->at == t)
            return row->values->pdata[i];
    return NULL;
}

/* ---- the table ---- */

static void free_measurement(gpointer m)
{
    measurement_free(m);
}

static void row_free(gpointer p)
{
    ObservationRow *row = p;
    g_ptr_array_unref(row->values);
    g_free(row->id);
    g_free(row);
}

void observation_table_free(ObservationTable *t)
{
    if (!t)
        return;
    g_ptr_array_unref(t->rows);
    g_array_unref(t->times);
    g_free(t);
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const Measurement *x = *(Measurement *const *)a, *y = *(Measurement *const *)b;
    return (x->at < y->at) - (x->at > y->at);
}

static gint times_newest_first(gconstpointer a, gconstpointer b)
{
    Instant x = *(const Instant *)a, y = *(const Instant *)b;
    return (x < y) - (x > y);
}

static gint usual_order(gconstpointer a, gconstpointer b)
{
    const ObservationRow *x = *(ObservationRow *const *)a, *y = *(ObservationRow *const *)b;
    guint rx = rank_of(observation_latest(x)), ry = rank_of(observation_latest(y));
    int by_name = text_compare_sv(x->name, y->name);
    return rx != ry ? (rx < ry ? -1 : 1) : by_name ? by_name : strcmp(x->id, y->id);
}

static ObservationRow *row_for(ObservationTable *t, GHashTable *index, const Measurement *m)
{
    for (guint n = 1;; n++) {
        g_autofree char *id = g_strdup_printf("%s|%s|%u", m->code ? m->code : m->name, m->unit, n);
        ObservationRow *row = g_hash_table_lookup(index, id);
        if (row && observation_at(row, m->at))
            continue;
        if (!row) {
            row = g_new0(ObservationRow, 1);
            row->values = g_ptr_array_new_with_free_func(free_measurement);
            row->id = g_steal_pointer(&id);
            g_hash_table_insert(index, row->id, row);
            g_ptr_array_add(t->rows, row);
        }
        return row;
    }
}

static void add_time(ObservationTable *t, GHashTable *seen, const Measurement *m)
{
    if (g_hash_table_add(seen, g_memdup2(&m->at, sizeof m->at)))
        g_array_append_val(t->times, m->at);
}

/* What gives no value stands in the table all the same, with the reason: nothing is lost in silence. */
static void add_doubtful(GPtrArray *values, const FhirResource *o)
{
    FhirNode root = fhir_root(o);
    Measurement *m = vitals_doubtful(o);
    if (!m)
        return;
    g_autofree char *value = m->value, *status = fhir_string(root, "status"), *absent = fhir_concept_text(root, "dataAbsentReason");
    const char *space = *value ? " " : "";
    if (fhir_has_modifier(o))
        m->value = g_strdup(_("cannot be shown safely"));
    else if (g_strcmp0(status, "entered-in-error") == 0)
        m->value = g_strdup(_("entered in error"));
    else if (!status)
        m->value = g_strdup_printf(_("%s%sSTATUS NOT KNOWN"), value, space);
    else if (!*value && fhir_exists(fhir_at(root, "hasMember"))) {
        guint n = fhir_count(fhir_at(root, "hasMember"));
        m->value = g_strdup_printf(ngettext("group of %u value", "group of %u values", n), n);
        m->interpretation[0] = '\0';
    } else if (absent && !*value)
        m->value = g_strdup_printf(_("no value: %s"), absent);
    else if (!*value)
        m->value = g_strdup(_("no value"));
    else
        m->value = g_strdup_printf("%s%s%s", value, space, status);
    g_ptr_array_add(values, m);
}

ObservationTable *observation_table_of(const GPtrArray *observations, GPtrArray *all)
{
    ObservationTable *t = g_new0(ObservationTable, 1);
    g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    t->rows = g_ptr_array_new_with_free_func(row_free);
    t->times = g_array_new(FALSE, FALSE, sizeof(Instant));
    for (guint i = 0; i < observations->len; i++) {
        GPtrArray *values = all->pdata[i];
        if (!values->len)
            add_doubtful(values, observations->pdata[i]);
        for (guint k = values->len; k-- > 0;) {
            Measurement *m = values->pdata[k];
            if (m->component)
                continue;
            m = g_ptr_array_steal_index(values, k);
            add_time(t, seen, m);
            g_ptr_array_add(row_for(t, index, m)->values, m);
        }
    }
    for (guint i = 0; i < t->rows->len; i++) {
        ObservationRow *row = t->rows->pdata[i];
        g_ptr_array_sort(row->values, newest_first);
        row->name = observation_name(observation_latest(row));
    }
    g_array_sort(t->times, times_newest_first);
    g_ptr_array_sort(t->rows, usual_order);
    return t;
}

ObservationTable *observation_table(const GPtrArray *observations)
{
    g_autoptr(GPtrArray) values = vitals_of_all(observations);
    return observation_table_of(observations, values);
}

/* What is critical counts as urgent for two days; after that it is old news among the others. */
static gint urgent_order(gconstpointer a, gconstpointer b, gpointer data)
{
    const Instant since = *(Instant *)data - (Instant)48 * 3600 * G_USEC_PER_SEC;
    const Measurement *x = observation_latest(*(ObservationRow *const *)a);
    const Measurement *y = observation_latest(*(ObservationRow *const *)b);
    int lx = x->at >= since ? observation_level(x) : -1,
        ly = y->at >= since ? observation_level(y) : -1;
    if (lx != ly)
        return ly - lx;
    CivilDate dx = civil_date_at(MAX(x->at, 0)), dy = civil_date_at(MAX(y->at, 0));
    int by_day = civil_date_compare(dy, dx);
    return by_day ? by_day : usual_order(a, b);
}

void observation_table_sort_urgent(ObservationTable *t, Instant now)
{
    g_ptr_array_sort_with_data(t->rows, urgent_order, &now);
}

/* ---- NEWS2 ---- */

GArray *observation_news2_series(const FhirResource *patient, const GPtrArray *values, const News2Orders *orders, Instant now,
                                 guint max)
{
    GArray *series = g_array_new(FALSE, FALSE, sizeof(News2));
    for (Instant before = now; series->len < max;) {
        News2 n = news2_from_values(patient, values, orders, before);
        if (n.measured == INSTANT_NONE) /* a weight alone is no set */
            break;
        g_array_prepend_val(series, n);
        before = n.measured - 1;
    }
    return series;
}

char *observation_news2_missing(const News2 *n)
{
    static const char *const why[] = {[NEWS2_CHILD] = N_("NEWS2 does not apply to children"),
                                      [NEWS2_PREGNANT] = N_("NEWS2 does not apply in pregnancy"),
                                      [NEWS2_NO_AGE] = N_("the age is not known"),
                                      [NEWS2_NO_SCALE] = N_("whether scale 2 is ordered is not known")};
    if (n->status == NEWS2_COMPLETE)
        return NULL;
    if (n->status != NEWS2_INCOMPLETE)
        return g_strdup(_(why[n->status]));
    GString *parts = g_string_new(NULL);
    for (int i = 0; i < NEWS2_PARTS; i++)
        if (n->points[i] == -1)
            g_string_append_printf(parts, "%s%s", parts->len ? ", " : "",
                                   news2_part_name((News2Part)i));
    g_autofree char *list = g_string_free(parts, FALSE);
    return g_strdup_printf(_("missing: %s"), list);
}

char *observation_news2_parts(const News2 *n)
{
    static const char *const names[NEWS2_PARTS] = {"AF",   "SpO2", "syrgas", "BT",
                                                   "puls", "medv", "temp"};
    GString *s = g_string_new(NULL);
    for (int i = 0; i < NEWS2_PARTS; i++)
        if (n->points[i] >= 0)
            g_string_append_printf(s, "%s%s %d", s->len ? ", " : "", names[i], n->points[i]);
        else
            g_string_append_printf(s, "%s%s –", s->len ? ", " : "", names[i]);
    return g_string_free(s, FALSE);
}

char *observation_news2_lines(const News2 *n, const News2Orders *orders)
{
    g_autofree char *scale = news2_scale_words(orders, n->measured);
    GString *s = g_string_new(NULL);
    for (int i = 0; i < NEWS2_PARTS; i++) {
        const char *part = news2_part_name((News2Part)i);
        if (n->points[i] < 0)
            g_string_append_printf(s, "%s\t–\n", part);
        else
            g_string_append_printf(s, "%s\t%d\n", part, n->points[i]);
    }
    if (n->status == NEWS2_COMPLETE)
        g_string_append_printf(s, "%s\t%d, %s\n", _("sum, risk"), n->total,
                               news2_risk_name(n->risk));
    g_autofree char *method = g_strdup_printf(_("NEWS2, %s; values within an hour of each other"), scale);
    g_string_append_printf(s, "%s\t%s\n", _("method"), method);
    return g_string_free(s, FALSE);
}
