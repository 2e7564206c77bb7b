/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words of the line, the files they come from, and a set written back as a line. */
#include <string.h>

#include "base/table.h"
#include "base/xdg.h"
#include "chart/vitals-line-private.h"

/* ---- the words ---- */

struct VitalWords {
    GHashTable *meanings; /* "kind\ttext" → value */
};

VitalWords *vital_words_load(const char *path, GError **error)
{
    g_autoptr(Table) table = table_load(path, 3, error); /* text, kind, value */
    if (table == NULL)
        return NULL;
    g_autoptr(VitalWords) w = g_new0(VitalWords, 1);
    w->meanings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < table_rows(table); i++) {
        char *const *row = table_row(table, i);
        char *key = g_strdup_printf("%s\t%s", row[1], row[0]);
        if (!g_hash_table_insert(w->meanings, key, g_strdup(row[2]))) {
            table_refuse(table, i, error); /* each word once in each role */
            return NULL;
        }
    }
    return g_steal_pointer(&w);
}

void vital_words_free(VitalWords *words)
{
    if (words == NULL)
        return;
    g_hash_table_unref(words->meanings);
    g_free(words);
}

const char *vital_word(const VitalWords *w, const char *kind, const char *text)
{
    g_autofree char *key = g_strdup_printf("%s\t%s", kind, text);
    return g_hash_table_lookup(w->meanings, key);
}

/* ---- and back ---- */

char *vitals_line_compose(const char *const fields[VITAL_FIELDS])
{
    GString *s = g_string_new(NULL);
    for (int i = 0; i < VITAL_FIELDS; i++) {
        const char *text = fields[i];
        if (text == NULL || *text == '\0')
            continue;
        if (s->len > 0)
            g_string_append_c(s, ' ');
        if (i < VITAL_KINDS)
            g_string_append_printf(s, "%s ", vital_info((VitalField)i)->word);
        else if (i == VITAL_TIME && g_ascii_isdigit(text[0]) && (strlen(text) < 10 || text[4] != '-'))
            g_string_append(s, "kl ");
        g_string_append(s, text);
    }
    return g_string_free(s, FALSE);
}

static char *time_text(const VitalSet *s)
{
    if (!s->time_said)
        return NULL;
    g_autofree char *minute = instant_to_minute(s->measured);
    CivilTime t = civil_time_at(s->measured);
    CivilDate d = civil_date_at(s->measured);
    gboolean twice = instant_from_civil(d, t, FALSE) != instant_from_civil(d, t, TRUE);
    const char *which = !twice ? "" : stockholm_offset_minutes(s->measured) > 60 ? " sommartid" : " vintertid";
    return g_strdup_printf("%s%s%s", minute, s->time_confirmed ? "!" : "", which);
}

char *vitals_line_text(const VitalSet *s)
{
    char *fields[VITAL_FIELDS] = {NULL};
    for (int i = 0; i < VITAL_KINDS; i++) {
        g_autofree char *text = s->value[i].assumed ? g_strdup("") : vital_value_text(s, (VitalField)i);
        fields[i] = g_strconcat(text, s->value[i].confirmed ? "!" : "", NULL);
    }
    fields[VITAL_TIME] = time_text(s);
    char *line = vitals_line_compose((const char *const *)fields);
    for (int i = 0; i < VITAL_FIELDS; i++)
        g_free(fields[i]);
    return line;
}

/* ---- the files ---- */

const VitalData *vital_data(GError **error)
{
    static VitalData data;
    static VitalWords *words;
    static VitalLimits *limits;
    if (words == NULL) {
        g_autofree char *path = data_path("vitals/tokens.tsv");
        words = vital_words_load(path, error);
    }
    if (words != NULL && limits == NULL) {
        g_autofree char *path = data_path("vitals/limits.tsv");
        limits = vital_limits_load(path, error);
    }
    if (limits == NULL)
        return NULL;
    data = (VitalData){words, limits};
    return &data;
}

VitalSet *vitals_read(const VitalData *data, const char *line, const VitalContext *context)
{
    VitalSet *s = vitals_line_parse(data->words, line, context);
    vitals_judge(s, data->limits, context);
    return s;
}
