/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/phrase.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/medication.h"
#include "chart/named-text.h"
#include "chart/phrase-value.h"

#define TEXT_BYTES (64u << 10) /* of an expanded phrase */
#define OPEN "[["
#define CLOSE "]]"

struct Phrases {
    GHashTable *by_name; /* name → Phrase, owned */
};

static void phrase_free(gpointer p)
{
    Phrase *phrase = p;
    g_free(phrase->name);
    g_free(phrase->title);
    g_free(phrase->body);
    g_free(phrase->where);
    g_free(phrase->broken);
    g_free(phrase);
}

void phrases_free(Phrases *p)
{
    if (!p)
        return;
    g_hash_table_unref(p->by_name);
    g_free(p);
}

guint phrases_count(const Phrases *p)
{
    return g_hash_table_size(p->by_name);
}

const Phrase *phrases_find(const Phrases *p, const char *name)
{
    g_autofree char *lower = g_utf8_strdown(name, -1);
    return g_hash_table_lookup(p->by_name, lower);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return text_compare_sv((*(Phrase *const *)a)->name, (*(Phrase *const *)b)->name);
}

GPtrArray *phrases_beginning(const Phrases *p, const char *prefix)
{
    GPtrArray *found = g_ptr_array_new();
    g_autofree char *lower = g_utf8_strdown(prefix, -1);
    GHashTableIter i;
    gpointer phrase;
    g_hash_table_iter_init(&i, p->by_name);
    while (g_hash_table_iter_next(&i, NULL, &phrase))
        if (g_str_has_prefix(((Phrase *)phrase)->name, lower))
            g_ptr_array_add(found, phrase);
    g_ptr_array_sort(found, by_name);
    return found;
}

/* ---- the parts of a body ---- */

typedef enum { PART_TEXT, PART_BLANK, PART_PHRASE, PART_VALUE, PART_UNCLOSED } PartKind;

typedef struct {
    PartKind kind;
    char *text; /* owned: words, the blank's inside, a name, a key */
} Part;

/* The next part of a body at *@at; FALSE at its end. */
static gboolean next_part(const char **at, Part *ret)
{
    const char *p = *at;
    if (!*p)
        return FALSE;
    if (*p != '{' || p[1] == '{') {
        gsize n = *p == '{' ? 1 : strcspn(p, "{");
        *ret = (Part){PART_TEXT, g_strndup(p, n)};
        *at = p + n + (*p == '{');
        return TRUE;
    }
    gsize n = strcspn(p + 1, "}\n");
    PartKind kind = p[1] == '?' ? PART_BLANK : p[1] == '.' ? PART_PHRASE : PART_VALUE;
    gsize skip = kind == PART_VALUE ? 1 : 2;
    if (p[1 + n] != '}' || n < skip) {
        *ret = (Part){PART_UNCLOSED, g_strndup(p, 1 + n)};
        *at = p + 1 + n;
        return TRUE;
    }
    g_autofree char *inside = g_strndup(p + skip, n + 1 - skip);
    *ret = (Part){kind, kind == PART_BLANK ? g_strdup(g_strstrip(inside)) : g_utf8_strdown(g_strstrip(inside), -1)};
    *at = p + 2 + n;
    return TRUE;
}

/* ---- what is wrong with one ---- */

static void says(Phrase *phrase, char *why)
{
    if (!phrase->broken)
        phrase->broken = g_strdup_printf("%s: .%s: %s", phrase->where, phrase->name, why);
    g_free(why);
}

static void lint_part(const Phrases *p, Phrase *phrase, const Part *part)
{
    if (part->kind == PART_UNCLOSED)
        says(phrase, g_strdup_printf(_("the brace in “%s” is never closed, or holds nothing"), part->text));
    else if (part->kind == PART_VALUE && !phrase_value_known(part->text))
        says(phrase, g_strdup_printf(_("there are no data with the name “%s”"), part->text));
    else if (part->kind == PART_PHRASE && !phrases_find(p, part->text))
        says(phrase, g_strdup_printf(_("it uses .%s, which is not there"), part->text));
    else if (part->kind == PART_BLANK && (strstr(part->text, OPEN) || strstr(part->text, CLOSE)))
        says(phrase, g_strdup(_("a blank may hold no square brackets")));
}

/* Finds the rings that begin at @phrase; @path: those on the way to it, in order. */
static void find_rings(const Phrases *p, Phrase *phrase, GPtrArray *path, GHashTable *done)
{
    Part part;
    if (!g_hash_table_add(done, phrase))
        return;
    g_ptr_array_add(path, phrase);
    for (const char *at = phrase->body; next_part(&at, &part); g_free(part.text)) {
        Phrase *used = part.kind == PART_PHRASE ? g_hash_table_lookup(p->by_name, part.text) : NULL;
        guint from;
        if (used && g_ptr_array_find(path, used, &from)) {
            GString *ring = g_string_new(NULL);
            for (guint i = from; i < path->len; i++)
                g_string_append_printf(ring, ".%s → ", ((Phrase *)path->pdata[i])->name);
            says(used, g_strdup_printf(_("it includes itself (%s.%s)"), ring->str, used->name));
            g_string_free(ring, TRUE);
        } else if (used) {
            find_rings(p, used, path, done);
        }
    }
    g_ptr_array_set_size(path, (int)path->len - 1);
}

/* It uses one that is broken: TRUE when that is news. */
static gboolean breaks(const Phrases *p, Phrase *phrase)
{
    Part part;
    if (phrase->broken)
        return FALSE;
    for (const char *at = phrase->body; next_part(&at, &part); g_free(part.text)) {
        const Phrase *used = part.kind == PART_PHRASE ? g_hash_table_lookup(p->by_name, part.text) : NULL;
        if (used && used->broken)
            says(phrase, g_strdup_printf(_("it uses .%s, which cannot be used"), used->name));
    }
    return phrase->broken != NULL;
}

static int by_where(gconstpointer a, gconstpointer b)
{
    return strcmp((*(Phrase *const *)a)->where, (*(Phrase *const *)b)->where);
}

static void lint(const Phrases *p, GPtrArray *problems)
{
    g_autoptr(GPtrArray) all = phrases_beginning(p, "");
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) path = g_ptr_array_new();
    Part part;
    g_ptr_array_sort(all, by_where);
    for (guint i = 0; i < all->len; i++)
        for (const char *at = ((Phrase *)all->pdata[i])->body; next_part(&at, &part); g_free(part.text))
            lint_part(p, all->pdata[i], &part);
    for (guint i = 0; i < all->len; i++)
        find_rings(p, all->pdata[i], path, done);
    for (gboolean more = TRUE; more;) {
        more = FALSE;
        for (guint i = 0; i < all->len; i++)
            more = breaks(p, all->pdata[i]) || more;
    }
    for (guint i = 0; i < all->len; i++)
        if (((Phrase *)all->pdata[i])->broken)
            g_ptr_array_add(problems, g_strdup(((Phrase *)all->pdata[i])->broken));
}

/* ---- files ---- */

static void take(const NamedText *t, gpointer data)
{
    Phrases *p = data;
    Phrase *phrase = g_new0(Phrase, 1);
    *phrase = (Phrase){.name = g_strdup(t->name), .title = g_strdup(t->title), .body = g_strdup(t->body),
                       .where = g_strdup(t->where), .rank = t->rank};
    if (!*phrase->body)
        says(phrase, g_strdup(_("it has no words")));
    g_hash_table_insert(p->by_name, phrase->name, phrase);
}

Phrases *phrases_load(const char *const *dirs, GPtrArray *problems)
{
    static const NamedTextFns fns = {.text = take};
    Phrases *p = g_new0(Phrases, 1);
    p->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, phrase_free);
    named_texts_read(dirs, ".phrases", &fns, p, problems);
    lint(p, problems);
    return p;
}

/* ---- expanding ---- */

static gboolean expand(const Phrases *p, const Phrase *phrase, PhraseValueFn value, gpointer data, GString *out, guint depth)
{
    Part part;
    gboolean fits = depth <= phrases_count(p);
    for (const char *at = phrase->body; fits && next_part(&at, &part); g_free(part.text)) {
        if (part.kind == PART_BLANK) {
            g_string_append_printf(out, OPEN "%s" CLOSE, part.text);
        } else if (part.kind == PART_VALUE) {
            g_autofree char *text = value(part.text, data), *label = phrase_value_label(part.text);
            g_autofree char *blank = text ? NULL : phrase_blank(label, NULL);
            g_string_append(out, blank ? blank : text);
        } else if (part.kind == PART_PHRASE) {
            const Phrase *used = phrases_find(p, part.text);
            fits = used && !used->broken && expand(p, used, value, data, out, depth + 1);
        } else {
            g_string_append(out, part.text);
        }
        fits = fits && out->len <= TEXT_BYTES;
    }
    return fits;
}

char *phrase_expand(const Phrases *p, const Phrase *phrase, PhraseValueFn value, gpointer data, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    if (phrase->broken)
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_DATA, phrase->broken);
    else if (expand(p, phrase, value, data, out, 0))
        return g_strdup(out->str);
    else
        g_set_error(error, CHART_ERROR, CHART_ERROR_DATA, _("The phrase .%s becomes too long"), phrase->name);
    return NULL;
}

char *phrase_preview(const Phrase *phrase)
{
    Part part;
    if (phrase->broken)
        return g_strdup(phrase->broken);
    GString *out = g_string_new(phrase->title);
    g_string_append(out, *phrase->title ? ": " : "");
    for (const char *at = phrase->body; next_part(&at, &part); g_free(part.text)) {
        gsize n = part.kind == PART_BLANK ? strcspn(part.text, "|") : strlen(part.text); /* its label */
        gboolean bare = part.kind == PART_TEXT || part.kind == PART_PHRASE;
        g_string_append_printf(out, "%s%.*s%s", bare ? part.kind == PART_PHRASE ? "." : "" : "[", (int)n, part.text, bare ? "" : "]");
    }
    g_string_truncate(out, strcspn(out->str, "\n"));
    return g_string_free(out, FALSE);
}

/* ---- blanks ---- */

gboolean phrase_blank_find(const char *text, gsize from, gsize *ret_from, gsize *ret_to)
{
    for (const char *open = strstr(text + from, OPEN); open; open = strstr(open + 1, OPEN)) {
        const char *close = strstr(open, CLOSE), *line = strchr(open, '\n');
        if (!close || (line && line < close))
            continue;
        while (g_str_has_prefix(open + 1, OPEN)) /* "[[[": the innermost */
            open++;
        if (ret_from)
            *ret_from = (gsize)(open - text);
        if (ret_to)
            *ret_to = (gsize)(close - text) + strlen(CLOSE);
        return TRUE;
    }
    return FALSE;
}

char *phrase_blank(const char *label, const char *choices)
{
    return g_strdup_printf(OPEN "%s%s%s" CLOSE, label, choices ? "|" : "", choices ? choices : "");
}

static char *inside(const char *blank)
{
    gsize n = strlen(blank), marks = strlen(OPEN) + strlen(CLOSE);
    return n >= marks ? g_strndup(blank + strlen(OPEN), n - marks) : g_strdup("");
}

char *phrase_blank_label(const char *blank)
{
    char *text = inside(blank);
    text[strcspn(text, "|")] = '\0';
    return g_strstrip(text);
}

char **phrase_blank_choices(const char *blank)
{
    g_autofree char *text = inside(blank);
    char *bar = strchr(text, '|');
    char **choices = bar ? g_strsplit(bar + 1, "|", -1) : NULL;
    for (char **c = choices; c && *c; c++)
        g_strstrip(*c);
    return choices;
}

gsize phrase_name_before(const char *text, gsize end)
{
    gsize dot = phrase_begun_before(text, end);
    return dot == G_MAXSIZE || dot + 1 == end ? G_MAXSIZE : dot;
}

gsize phrase_begun_before(const char *text, gsize end)
{
    const char *p = text + end;
    while (p > text && named_text_char(g_utf8_get_char(g_utf8_prev_char(p))))
        p = g_utf8_prev_char(p);
    if (p == text || p[-1] != '.' || (p < text + end && named_text_length(p) == 0))
        return G_MAXSIZE;
    const char *dot = p - 1;
    gboolean begins = dot == text || g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(dot))) || strchr("(/", dot[-1]);
    return begins ? (gsize)(dot - text) : G_MAXSIZE;
}
