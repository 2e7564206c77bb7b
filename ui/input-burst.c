/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/input-burst.h"

#include "ui/input-keys.h"

#include <string.h>

const char input_burst_nothing[] = "";

typedef struct {
    char *name;
    char *text;   /* NULL: types nothing */
    gint64 at;
    gboolean queued;
    /* After a lone Esc: what it is when it stands alone, and not at the head of a burst. A digit is
     * then the twin of a function key, a late half is nothing. */
    const char *alone; /* NULL = itself */
} Held;

struct InputBurst {
    InputFn fn;
    gpointer data;
    gboolean text_mode;
    GArray *held;   /* Held: keys not yet told */
    gint64 last_at; /* when the last key came */
    guint keys_of_read;
    char *last_name;
};

static void held_clear(gpointer p)
{
    Held *h = p;
    g_free(h->name);
    g_free(h->text);
}

static GArray *held_new(void)
{
    GArray *held = g_array_new(FALSE, FALSE, sizeof(Held));
    g_array_set_clear_func(held, held_clear);
    return held;
}

InputBurst *input_burst_new(InputFn fn, gpointer data)
{
    InputBurst *b = g_new0(InputBurst, 1);
    b->fn = fn;
    b->data = data;
    b->last_at = G_MININT64 / 2;
    b->held = held_new();
    return b;
}

void input_burst_free(InputBurst *b)
{
    if (!b)
        return;
    g_array_unref(b->held);
    g_free(b->last_name);
    g_free(b);
}

void input_burst_text_mode(InputBurst *b, gboolean text)
{
    b->text_mode = text;
}

void input_burst_read_begins(InputBurst *b)
{
    b->keys_of_read = 0;
}

gint64 input_burst_deadline(const InputBurst *b)
{
    return b->held->len > 0 ? g_array_index(b->held, Held, b->held->len - 1).at + INPUT_BURST_US + 1 : 0;
}

static void tell_key(InputBurst *b, const Held *h, gboolean queued)
{
    InputEvent e = {.kind = INPUT_KEY, .name = h->name, .text = h->text, .read_at = h->at};
    e.queued = queued || h->queued;
    e.repeated = g_strcmp0(b->last_name, h->name) == 0 && h->at - b->last_at <= INPUT_REPEAT_US;
    g_free(b->last_name);
    b->last_name = g_strdup(h->name);
    b->last_at = h->at;
    b->fn(&e, b->data);
}

void input_burst_text(InputBurst *b, GString *text, gint64 at, gboolean pasted)
{
    if (text->len == 0)
        return;
    gboolean cut = text->len > INPUT_TEXT_MAX;
    if (cut) {
        const char *end = g_utf8_find_prev_char(text->str, text->str + INPUT_TEXT_MAX);
        g_string_truncate(text, end ? (gsize)(end - text->str) : 0);
    }
    InputEvent e = {.kind = INPUT_TEXT, .text = text->str, .read_at = at, .queued = TRUE, .cut = cut, .pasted = pasted};
    g_clear_pointer(&b->last_name, g_free);
    b->last_at = at;
    b->fn(&e, b->data);
    g_string_truncate(text, 0);
}

static const char *burst_text(const Held *h)
{
    return strcmp(h->name, "<Enter>") == 0 ? "\n" : strcmp(h->name, "<Tab>") == 0 ? "\t" : h->text;
}

/* More than one key a millisecond: nobody types that, or it was typed while nobody read. What types is
 * text; what moves or rubs out stays a key where text is being written; all other keys are dropped. */
static void tell_burst(InputBurst *b, GArray *held)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean any = FALSE;
    for (guint i = 0; i < held->len; i++) {
        const Held *h = &g_array_index(held, Held, i);
        any = any || (burst_text(h) && h->alone != input_burst_nothing);
    }
    gint64 at = 0;
    for (guint i = 0; i < held->len; i++) {
        const Held *h = &g_array_index(held, Held, i);
        const char *types = burst_text(h);
        at = h->at;
        if (h->alone == input_burst_nothing && !any)
            continue;
        if (types) {
            g_string_append(text, types);
        } else if (!any || (b->text_mode && input_keys_is_edit(h->name))) {
            input_burst_text(b, text, at, FALSE);
            tell_key(b, h, TRUE);
        }
    }
    input_burst_text(b, text, at, FALSE);
}

/* The callback may change the mode, never the held keys: they are taken out first. */
void input_burst_release(InputBurst *b)
{
    if (b->held->len == 0)
        return;
    GArray *held = g_steal_pointer(&b->held);
    b->held = held_new();
    const Held *first = &g_array_index(held, Held, 0);
    gboolean single = held->len == 1 && first->at - b->last_at > INPUT_BURST_US;
    if (single && first->alone == input_burst_nothing)
        ; /* the late half of a sequence */
    else if (single && first->alone)
        tell_key(b, &(Held){(char *)first->alone, NULL, first->at, TRUE, NULL}, TRUE);
    else if (single)
        tell_key(b, first, FALSE);
    else
        tell_burst(b, held);
    g_array_unref(held);
}

void input_burst_key(InputBurst *b, const char *name, const char *text, gint64 at, gboolean late)
{
    Held h = {g_strdup(name), g_strdup(text), at, late || b->keys_of_read > 0, NULL};
    b->keys_of_read++;
    g_array_append_val(b->held, h);
}

/* After a lone Esc: @alone says what it is unless a burst follows. */
void input_burst_late(InputBurst *b, const char *text, const char *alone, gint64 at)
{
    input_burst_key(b, text, text, at, TRUE);
    g_array_index(b->held, Held, b->held->len - 1).alone = alone;
}

/* TRUE when waiting a millisecond could still change what the held keys are. */
static gboolean must_hold(const InputBurst *b)
{
    gboolean types = FALSE;
    for (guint i = 0; i < b->held->len; i++)
        types = types || burst_text(&g_array_index(b->held, Held, i)) != NULL;
    const Held *first = &g_array_index(b->held, Held, 0);
    if (types && b->text_mode && b->held->len == 1 && first->text && !first->alone)
        return FALSE;
    return types;
}

void input_burst_read_ends(InputBurst *b)
{
    if (b->held->len > 0 && !must_hold(b))
        input_burst_release(b);
}
