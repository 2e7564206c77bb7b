/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include <string.h>

guint32 seed_hash(const char *a, const char *b)
{
    guint32 h = 2166136261u; /* FNV-1a, then mixed so that the low bits differ too */
    for (const char *s = a; *s; s++)
        h = (h ^ (guint8)*s) * 16777619u;
    for (const char *s = b; *s; s++)
        h = (h ^ (guint8)*s) * 16777619u;
    h ^= h >> 16;
    h *= 0x7feb352du;
    h ^= h >> 15;
    return h;
}

guint seed_pick(const SeedChart *c, const SeedLine *l, const char *salt, guint n)
{
    g_autofree char *key = g_strdup_printf("%s:%u:%s", l->file, l->line, salt);
    return n ? seed_hash(c->id, key) % n : 0;
}

gboolean seed_vary(const SeedChart *c, const char *name, const char *text, Decimal *ret)
{
    g_auto(GStrv) parts = g_strsplit(text, "~", 2);
    Decimal spread;
    if (!parts[0] || !decimal_parse(parts[0], ret))
        return FALSE;
    if (!parts[1])
        return TRUE;
    if (!decimal_parse(parts[1], &spread))
        return FALSE;
    int lean = (int)(seed_hash(c->id, name) % 201) - 100;
    Decimal step =
        decimal_div(decimal_mul(spread, decimal_from_int(lean)), decimal_from_int(100), ret->scale);
    *ret = decimal_round(decimal_add(*ret, step), ret->scale);
    return TRUE;
}

static char *age_text(const SeedChart *c)
{
    int years, months, days;
    if (!c->born)
        return g_strdup("okänd ålder");
    civil_age(c->birth, c->seed->today, &years, &months, &days);
    if (years >= 2)
        return g_strdup_printf("%d", years);
    return g_strdup_printf("%d månader", years * 12 + months);
}

typedef struct {
    Instant when;
    char *text;
} SeedValue;

static void value_free(gpointer data)
{
    g_free(((SeedValue *)data)->text);
    g_free(data);
}

void seed_remember(SeedChart *c, const char *name, Instant when, char *text)
{
    GPtrArray *list = g_hash_table_lookup(c->values, name);
    if (!list) {
        list = g_ptr_array_new_with_free_func(value_free);
        g_hash_table_insert(c->values, g_strdup(name), list);
    }
    SeedValue *v = g_new(SeedValue, 1);
    *v = (SeedValue){when, text};
    g_ptr_array_add(list, v);
}

static char *value_at(const SeedChart *c, const char *name, Instant at)
{
    const GPtrArray *list = g_hash_table_lookup(c->values, name);
    const SeedValue *best = NULL;
    for (guint i = 0; list && i < list->len; i++) {
        const SeedValue *v = list->pdata[i];
        if (v->when <= at && (!best || v->when >= best->when))
            best = v;
    }
    return best ? g_strdup(best->text) : NULL;
}

/* One placeholder, without its braces; NULL when it is unknown. */
static char *placeholder(const SeedChart *c, const SeedLine *l, const char *name, Instant at,
                         guint nth)
{
    if (!strcmp(name, "förnamn"))
        return g_strdup(c->given);
    if (!strcmp(name, "namn"))
        return g_strdup(c->display);
    if (!strcmp(name, "ålder"))
        return age_text(c);
    if (strchr(name, '|')) { /* one of several wordings */
        g_auto(GStrv) words = g_strsplit(name, "|", -1);
        g_autofree char *salt = g_strdup_printf("%u", nth);
        return g_strdup(words[seed_pick(c, l, salt, g_strv_length(words))]);
    }
    if (strchr(name, '/')) { /* man/kvinna */
        g_auto(GStrv) words = g_strsplit(name, "/", 2);
        return g_strdup(words[c->sex == 'F' ? 1 : 0]);
    }
    const char *rest = NULL;
    CivilDate date;
    if (seed_offset_days(name, *name == '-' ? c->seed->today : c->seed->diary_day, &date, &rest) && !*rest)
        return civil_date_to_text(c->shift && civil_date_days_between(date, c->seed->today) > 6
                                      ? civil_date_add_days(date, -c->shift)
                                      : date);
    return value_at(c, name, at);
}

char *seed_fill(const SeedChart *c, const SeedLine *l, const char *text, Instant when)
{
    GString *out = g_string_new(NULL);
    guint nth = 0;
    for (const char *at = text; *at;) {
        const char *close = *at == '{' ? strchr(at, '}') : NULL;
        if (!close) {
            g_string_append_c(out, *at++);
            continue;
        }
        g_autofree char *name = g_strndup(at + 1, (gsize)(close - at - 1));
        g_autofree char *value = placeholder(c, l, name, when, nth++);
        if (!value) { /* shown by the caller as an error: never a hole in a chart */
            g_string_free(out, TRUE);
            return NULL;
        }
        g_string_append(out, value);
        at = close + 1;
    }
    return g_string_free(out, FALSE);
}

/* Words in a case file for those who write. */
static const struct {
    const char *word, *role;
} authors[] = {
    {"ssk", "sjuksköterska"},
    {"usk", "undersköterska"},
    {"fysio", "fysioterapeut"},
    {"arbetsterapeut", "arbetsterapeut"},
    {"sekr", "medicinsk sekreterare"},
    {"barnmorska", "barnmorska"},
    {"jour", "läkare"},
};

static gboolean holds(const Seed *s, guint row, const char *unit, const char *role)
{
    const char *staff = seed_cell(s->assignments, row, "staff");
    return !strcmp(seed_cell(s->assignments, row, "unit"), unit) &&
           !strcmp(seed_lookup(s->staff, staff, "role"), role);
}

const char *seed_author(const SeedChart *c, const SeedLine *l, const char *role, const char *unit)
{
    const Seed *s = c->seed;
    if (!strcmp(role, "läkare"))
        return c->pal;
    g_autofree char *named = g_strconcat("prac-", role, NULL);
    int row = seed_table_find(s->staff, named);
    if (row >= 0)
        return seed_cell(s->staff, (guint)row, "id");
    for (guint i = 0; i < G_N_ELEMENTS(authors); i++) {
        if (strcmp(authors[i].word, role))
            continue;
        guint n = 0;
        for (guint r = 0; r < seed_table_rows(s->assignments); r++)
            n += holds(s, r, unit, authors[i].role);
        guint want = n ? seed_pick(c, l, role, n) : 0;
        for (guint r = 0; n && r < seed_table_rows(s->assignments); r++)
            if (holds(s, r, unit, authors[i].role) && want-- == 0)
                return seed_cell(s->assignments, r, "staff");
    }
    return NULL;
}
