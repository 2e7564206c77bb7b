/* SPDX-License-Identifier: GPL-3.0-or-later
 * What an entry is about: the coded thing that its first words name, of those that the core has given where it has,
 * else of the unit's own list; and what may be meant while they are not all there. A code that was chosen from the
 * core stays the one that was chosen. */
#include <string.h>

#include "chart/entry-internal.h"

enum { CHOICES = 8 };

typedef struct {
    const CodeList *codes;
    const CodeItem *taken;
    const GPtrArray *found; /* NULL: the core has said nothing of these words */
    const Entry *old;
} Known;

static const CodeItem *same_code(const GPtrArray *found, const CodeItem *item)
{
    for (guint i = 0; item && item->code && i < found->len; i++) {
        const CodeItem *f = found->pdata[i];
        if (strcmp(f->code, item->code) == 0 && g_strcmp0(f->system, item->system) == 0)
            return f;
    }
    return NULL;
}

/* Two that are called so are not one. What only the unit's list calls so is the core's code of the same number. */
static const CodeItem *among(const GPtrArray *found, const char *text, const CodeItem *ours)
{
    const CodeItem *only = NULL;
    guint n = 0;
    for (guint i = 0; i < found->len; i++)
        if (code_item_called(found->pdata[i], text)) {
            only = found->pdata[i];
            n++;
        }
    return n == 1 ? only : n == 0 ? same_code(found, ours) : NULL;
}

static const CodeItem *exactly(const Known *k, const char *text)
{
    const CodeItem *ours = code_list_find(k->codes, text);
    if (k->taken && code_item_called(k->taken, text))
        return k->taken;
    return k->found && k->found->len ? among(k->found, text, ours) : ours;
}

static char *joined(char *const *parts, guint n)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(s, "%s%s", i ? ", " : "", parts[i]);
    return g_string_free(s, FALSE);
}

static gboolean is_old(const Known *k, const char *text)
{
    return k->old && entry_same_words(text, k->old->typed[ENTRY_WHAT]);
}

/* How many parts are what it is: its name may have commas of its own. */
static guint parts_of_what(char *const *parts, const Known *k)
{
    for (guint n = g_strv_length((char **)parts); n > 1; n--) {
        g_autofree char *text = joined(parts, n);
        if (exactly(k, text) || is_old(k, text))
            return n;
    }
    return 1;
}

/* "penicillin v livshotande bekräftad" without commas: the words at the end that can be nothing else. */
static char *strip_words(Entry *e, const char *text, gboolean take)
{
    g_autofree char *rest = g_strdup(text);
    char *blank;
    while ((blank = strrchr(rest, ' ')) && entry_is_degree(e, blank + 1) && (!take || entry_take_word(e, blank + 1, TRUE))) {
        *blank = '\0';
        g_strchomp(rest);
    }
    return g_steal_pointer(&rest);
}

/* As far as the first comma: that is what the core is asked about, also where its answer goes on beyond it. */
static void ask(Entry *e, const char *first, const EntryContext *c, Known *k)
{
    g_autofree char *plain = g_strstrip(g_strdup(first));
    if (g_str_has_suffix(plain, ENTRY_SAYS_SO) || is_old(k, plain))
        return;
    e->asked = code_list_find(k->codes, plain) ? g_steal_pointer(&plain) : strip_words(e, plain, FALSE);
    if (c->found && c->found_for && strcmp(c->found_for, e->asked) == 0)
        k->found = c->found;
}

static void read_what(Entry *e, const char *text, const Known *k)
{
    gboolean so = g_str_has_suffix(text, ENTRY_SAYS_SO);
    g_autofree char *plain = g_strndup(text, strlen(text) - so);
    g_strstrip(plain);
    g_autofree char *what = exactly(k, plain) ? g_strdup(plain) : strip_words(e, plain, TRUE);
    e->item = exactly(k, what);
    e->free_text = so && !e->item;
    if (is_old(k, what)) {
        e->free_text = TRUE; /* as it stands in the record already */
        entry_put(e, ENTRY_WHAT, k->old->typed[ENTRY_WHAT]);
    } else {
        entry_put(e, ENTRY_WHAT, e->item ? e->item->text : what);
    }
    if (e->item && e->item == k->taken)
        g_clear_pointer(&e->asked, g_free); /* it is chosen */
    if (e->item || e->free_text)
        return;
    g_ptr_array_unref(e->choices);
    e->choices = k->found && k->found->len ? g_ptr_array_new() : code_list_match(k->codes, what, CHOICES);
    for (guint i = 0; k->found && i < k->found->len; i++)
        g_ptr_array_add(e->choices, k->found->pdata[i]);
    e->free_text = e->choices->len == 0 && *what != '\0';
}

guint entry_read_what(Entry *e, char *const *parts, const EntryContext *c, const Entry *old)
{
    Known k = {.codes = entry_codes(c->domain, NULL), .taken = c->taken, .old = old};
    ask(e, parts[0], c, &k);
    guint n = parts_of_what(parts, &k);
    g_autofree char *what = joined(parts, n);
    read_what(e, what, &k);
    return n;
}
