/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/args.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/command.h"

typedef enum { KIND_TEXT, KIND_WORD, KIND_NONE } Kind;
static const char *const kind_names[] = {[KIND_TEXT] = "text", [KIND_WORD] = "word"};

typedef struct {
    char *name;
    Kind kind;
    gboolean optional;
} Spec;

static void spec_free(gpointer p)
{
    Spec *s = p;
    g_free(s->name);
    g_free(s);
}

static Kind kind_of(const char *s, gsize len)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kind_names); i++)
        if (strlen(kind_names[i]) == len && strncmp(kind_names[i], s, len) == 0)
            return (Kind)i;
    return KIND_NONE;
}

static GPtrArray *spec_parse(const char *spec)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(spec_free);
    g_auto(GStrv) words = g_strsplit(spec ? spec : "", " ", -1);
    for (char **w = words; *w; w++) {
        const char *colon = strchr(*w, ':');
        if (!colon)
            continue;
        gsize len = strlen(colon + 1);
        Spec *s = g_new0(Spec, 1);
        s->optional = len > 0 && colon[len] == '?';
        s->name = g_strndup(*w, (gsize)(colon - *w));
        s->kind = kind_of(colon + 1, len - (s->optional ? 1 : 0));
        g_ptr_array_add(out, s);
    }
    return out;
}

gboolean args_spec_valid(const char *spec)
{
    g_autoptr(GPtrArray) list = spec_parse(spec);
    gboolean seen_optional = FALSE;
    for (guint i = 0; i < list->len; i++) {
        const Spec *s = list->pdata[i];
        if (s->kind == KIND_NONE || !*s->name || (seen_optional && !s->optional))
            return FALSE;
        seen_optional = s->optional;
    }
    return TRUE;
}

static const Spec *spec_named(const GPtrArray *list, const char *word, const char **ret_value)
{
    for (guint i = 0; i < list->len; i++) {
        const Spec *s = list->pdata[i];
        gsize n = strlen(s->name);
        if (strncmp(word, s->name, n) == 0 && word[n] == '=') {
            *ret_value = word + n + 1;
            return s;
        }
    }
    return NULL;
}

/* The next word, with quotes; moves *at past it. NULL at the end of the line. */
static char *next_word(const char **at)
{
    const char *p = *at;
    while (*p == ' ' || *p == '\t')
        p++;
    if (!*p) {
        *at = p;
        return NULL;
    }
    GString *w = g_string_new(NULL);
    char quote = 0;
    for (; *p && (quote || (*p != ' ' && *p != '\t')); p++) {
        if (quote ? *p == quote : (*p == '"' && (w->len == 0 || w->str[w->len - 1] == '=')))
            quote = quote ? 0 : *p;
        else
            g_string_append_c(w, *p);
    }
    *at = p;
    return g_string_free(w, FALSE);
}

static const Spec *next_free(const GPtrArray *list, GHashTable *have)
{
    for (guint i = 0; i < list->len; i++) {
        const Spec *s = list->pdata[i];
        if (!g_hash_table_contains(have, s->name))
            return s;
    }
    return NULL;
}

static gboolean take_words(const GPtrArray *list, const char *line, GHashTable *out, GError **error)
{
    const char *at = line;
    for (;;) {
        while (*at == ' ' || *at == '\t')
            at++;
        const char *rest = at, *value = NULL;
        g_autofree char *word = next_word(&at);
        if (!word)
            return TRUE;
        const Spec *s = spec_named(list, word, &value);
        if (!s && (s = next_free(list, out)))
            value = s->kind == KIND_TEXT && *rest != '"' ? rest : word;
        if (!s) {
            g_set_error(error, APP_ERROR, APP_ERROR_ARGS, _("“%s” is more than this command takes"), word);
            return FALSE;
        }
        if (value == rest)
            at = rest + strlen(rest);
        g_hash_table_insert(out, g_strdup(s->name), g_strdup(value));
    }
}

gboolean args_parse(const char *spec, const char *line, GHashTable **ret, GError **error)
{
    g_autoptr(GPtrArray) list = spec_parse(spec);
    g_autoptr(GHashTable) out = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!take_words(list, line ? line : "", out, error))
        return FALSE;
    for (guint i = 0; i < list->len; i++) {
        const Spec *s = list->pdata[i];
        if (!s->optional && !g_hash_table_contains(out, s->name)) {
            g_set_error(error, APP_ERROR, APP_ERROR_ARGS, _("“%s” is missing"), s->name);
            return FALSE;
        }
    }
    *ret = g_steal_pointer(&out);
    return TRUE;
}
