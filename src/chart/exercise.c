/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/exercise-private.h"

#include <string.h>

#include "base/text.h"
#include "chart/note.h"

static void condition_free(gpointer p)
{
    ExerciseCondition *c = p;
    g_free(c->path);
    g_free(c->value);
    g_free(c);
}

static void check_free(gpointer p)
{
    ExerciseCheck *c = p;
    char **owned[] = {&c->right, &c->missing, &c->patient, &c->type, &c->params};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    g_ptr_array_unref(c->conditions);
    g_free(c);
}

void exercise_free(Exercise *e)
{
    if (!e)
        return;
    char **owned[] = {&e->id, &e->title, &e->role, &e->start, &e->task, &e->awaits};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    g_strfreev(e->patients);
    g_ptr_array_unref(e->hints);
    g_ptr_array_unref(e->checks);
    g_free(e);
}

gboolean exercise_is_built(const Exercise *e)
{
    return e->awaits == NULL;
}

/* ---- reading ---- */

static gboolean number(const char *text, guint *ret)
{
    guint64 n = 0;
    if (!g_ascii_string_to_unsigned(text, 10, 0, 100000, &n, NULL))
        return FALSE;
    *ret = (guint)n;
    return TRUE;
}

/* "1" exactly, "1-" at least, "0-2" between. */
static gboolean counts(const char *text, ExerciseCheck *c)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    if (!ends[0] || !number(ends[0], &c->at_least))
        return FALSE;
    c->at_most = ends[1] ? G_MAXUINT : c->at_least;
    return !ends[1] || !*ends[1] || number(ends[1], &c->at_most);
}

static gboolean search(const char *text, ExerciseCheck *c)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 2);
    if (!words[0] || !g_ascii_isupper(*words[0]))
        return FALSE;
    g_free(c->type);
    g_free(c->params);
    c->type = g_strdup(words[0]);
    c->params = words[1] ? g_strstrip(g_strdup(words[1])) : NULL;
    return TRUE;
}

static gboolean condition(const char *text, ExerciseCheck *c)
{
    static const struct {
        const char *word;
        ConditionKind kind;
        gboolean valued;
    } words[] = {
        {"=", CONDITION_IS, TRUE},
        {"!=", CONDITION_NOT, TRUE},
        {"~", CONDITION_HAS, TRUE},
        {"finns", CONDITION_EXISTS, FALSE},
        {"saknas", CONDITION_ABSENT, FALSE},
    };
    g_auto(GStrv) parts = g_strsplit(text, " ", 3);
    guint n = g_strv_length(parts);
    if (n == 1 && strcmp(parts[0], "ny") == 0) {
        ExerciseCondition *new = g_new0(ExerciseCondition, 1);
        new->kind = CONDITION_NEW;
        g_ptr_array_add(c->conditions, new);
        return TRUE;
    }
    for (gsize i = 0; n > 1 && i < G_N_ELEMENTS(words); i++) {
        if (strcmp(parts[1], words[i].word) != 0 || words[i].valued != (n == 3))
            continue;
        ExerciseCondition *new = g_new(ExerciseCondition, 1);
        *new = (ExerciseCondition){words[i].kind, g_strdup(parts[0]), g_strdup(parts[2])};
        g_ptr_array_add(c->conditions, new);
        return TRUE;
    }
    return FALSE;
}

static ExerciseCheck *check_add(Exercise *e, const char *right)
{
    ExerciseCheck *c = g_new0(ExerciseCheck, 1);
    c->right = g_strdup(right);
    c->conditions = g_ptr_array_new_with_free_func(condition_free);
    c->at_least = 1;
    c->at_most = G_MAXUINT;
    g_ptr_array_add(e->checks, c);
    return c;
}

static gboolean set_text(char **at, const char *value)
{
    if (*at || !*value)
        return FALSE;
    *at = g_strdup(value);
    return TRUE;
}

/* One "word  value" line; FALSE when it is not understood where it stands. */
static gboolean take(Exercise *e, const char *word, const char *value)
{
    ExerciseCheck *c = e->checks->len ? e->checks->pdata[e->checks->len - 1] : NULL;
    const struct {
        const char *word;
        char **at;
    } texts[] = {
        {"titel", &e->title}, {"roll", &e->role}, {"start", &e->start}, {"text", &e->task},
        {"byggs", &e->awaits},
        {"saknas", c ? &c->missing : NULL}, {"hos", c ? &c->patient : NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (strcmp(word, texts[i].word) == 0)
            return texts[i].at && set_text(texts[i].at, value);
    if (strcmp(word, "byggd") == 0)
        return number(value, &e->built_in) && e->built_in > 0;
    if (strcmp(word, "tangenter") == 0)
        return number(value, &e->budget);
    if (strcmp(word, "patient") == 0 && !e->patients)
        return (e->patients = g_strsplit(value, " ", -1)) != NULL;
    if (strcmp(word, "ledtråd") == 0) {
        g_ptr_array_add(e->hints, g_strdup(value));
        return *value != '\0';
    }
    if (strcmp(word, "kontroll") == 0)
        return *value && check_add(e, value) != NULL;
    if (!c)
        return FALSE;
    return strcmp(word, "sök") == 0       ? search(value, c)
           : strcmp(word, "villkor") == 0 ? condition(value, c)
           : strcmp(word, "antal") == 0   ? counts(value, c)
                                          : FALSE;
}

/* What every exercise must have; @ret_what names what is missing. */
static gboolean whole(const Exercise *e, const char **ret_what)
{
    *ret_what = !e->title ? "titel" : !e->task ? "text" : !e->built_in == !e->awaits ? "byggd" : NULL;
    for (guint i = 0; !*ret_what && i < e->checks->len; i++) {
        const ExerciseCheck *c = e->checks->pdata[i];
        if (!c->type || !c->missing)
            *ret_what = c->type ? "saknas" : "sök";
        else if (strcmp(c->type, "AuditEvent") != 0 && !c->patient && (!e->patients || !e->patients[0]))
            *ret_what = "patient";
    }
    if (!*ret_what && exercise_is_built(e) && (!e->checks->len || !e->hints->len))
        *ret_what = e->checks->len ? "ledtråd" : "kontroll";
    return *ret_what == NULL;
}

Exercise *exercise_parse(const char *id, const char *text, GError **error)
{
    g_autoptr(Exercise) e = g_new0(Exercise, 1);
    const char *lacks = NULL;
    e->id = g_strdup(id);
    e->hints = g_ptr_array_new_with_free_func(g_free);
    e->checks = g_ptr_array_new_with_free_func(check_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        if (!*g_strchug(lines[i]) || *lines[i] == '#')
            continue;
        gsize n = strcspn(lines[i], " \t");
        g_autofree char *word = g_strndup(lines[i], n), *value = g_strstrip(g_strdup(lines[i] + n));
        if (take(e, word, value))
            continue;
        g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_ANSWER, "%s.task:%u: “%s”", id, i + 1, lines[i]);
        return NULL;
    }
    if (!whole(e, &lacks)) {
        g_set_error(error, CLIENT_ERROR, CLIENT_ERROR_ANSWER, "%s.task: “%s”?", id, lacks);
        return NULL;
    }
    return g_steal_pointer(&e);
}

static int by_id(gconstpointer a, gconstpointer b)
{
    return strcmp((*(Exercise *const *)a)->id, (*(Exercise *const *)b)->id);
}

GPtrArray *exercise_list(const char *dir, GPtrArray *problems)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)exercise_free);
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name;
    while (d && (name = g_dir_read_name(d))) {
        if (!g_str_has_suffix(name, ".task"))
            continue;
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(dir, name, NULL), *text = NULL;
        g_autofree char *id = g_strndup(name, strlen(name) - strlen(".task"));
        Exercise *e = NULL;
        if (g_file_get_contents(path, &text, NULL, &error))
            e = exercise_parse(id, text, &error);
        if (e)
            g_ptr_array_add(all, e);
        else if (problems)
            g_ptr_array_add(problems, g_strdup(error->message));
    }
    g_ptr_array_sort(all, by_id);
    return all;
}

/* ---- judging one resource ---- */

/* {+18d}: the day so many days after the exercise began. */
static gboolean fill_day(const GMatchInfo *match, GString *out, gpointer data)
{
    const ExerciseWho *who = data;
    g_autofree char *days = g_match_info_fetch(match, 1);
    gint64 n = 0;
    g_ascii_string_to_signed(days, 10, -9999, 9999, &n, NULL);
    CivilDate day = civil_date_add_days(civil_date_at(who->started), (int)n);
    g_autofree char *iso = civil_date_to_text(day);
    g_string_append(out, iso);
    return FALSE;
}

char *exercise_fill(const char *text, const char *patient, const ExerciseWho *who)
{
    g_autoptr(GString) s = g_string_new(text);
    g_autofree char *started = instant_to_fhir(who->started);
    const char *const pairs[][2] = {
        {"{jag}", who->practitioner}, {"{uppdrag}", who->commission}, {"{patient}", patient}, {"{start}", started}};
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
        g_string_replace(s, pairs[i][0], pairs[i][1] ? pairs[i][1] : "", 0);
    g_autoptr(GRegex) day = g_regex_new("\\{([+-][0-9]{1,4})d\\}", 0, 0, NULL);
    return g_regex_replace_eval(day, s->str, -1, 0, 0, fill_day, (gpointer)who, NULL);
}

/* What a path holds, as words: a note's text, a concept's text, else the value itself. */
static char *words_at(const FhirResource *r, const char *path)
{
    FhirNode root = fhir_root(r);
    if (strcmp(path, "text()") == 0) {
        NoteReading *reading = note_read(r);
        char *text = g_strdup(reading->text);
        note_reading_free(reading);
        return text;
    }
    char *value = fhir_string(root, path);
    return value ? value : fhir_concept_text(root, path);
}

static gboolean same_value(const char *a, const char *b)
{
    Decimal x, y;
    return strcmp(a, b) == 0 || (decimal_parse(a, &x) && decimal_parse(b, &y) && decimal_compare(x, y) == 0);
}

static gboolean condition_fits(const ExerciseCondition *c, const char *patient, const ExerciseWho *who,
                               const FhirResource *r)
{
    if (c->kind == CONDITION_NEW)
        return fhir_last_updated(r) != INSTANT_NONE && fhir_last_updated(r) >= who->started;
    g_autofree char *have = words_at(r, c->path);
    gboolean exists = have || fhir_exists(fhir_at(fhir_root(r), c->path));
    if (c->kind == CONDITION_EXISTS || c->kind == CONDITION_ABSENT)
        return exists == (c->kind == CONDITION_EXISTS);
    g_autofree char *want = exercise_fill(c->value, patient, who);
    if (c->kind == CONDITION_NOT)
        return !have || !same_value(have, want);
    if (!have)
        return FALSE;
    if (c->kind == CONDITION_IS)
        return same_value(have, want);
    g_autofree char *hay = text_fold_keep_swedish(have), *needle = text_fold_keep_swedish(want);
    return strstr(hay, needle) != NULL;
}

gboolean exercise_fits(const ExerciseCheck *check, const char *patient, const ExerciseWho *who,
                       const FhirResource *r)
{
    for (guint i = 0; i < check->conditions->len; i++)
        if (!condition_fits(check->conditions->pdata[i], patient, who, r))
            return FALSE;
    return TRUE;
}
