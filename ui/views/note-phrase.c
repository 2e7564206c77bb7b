/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-phrase.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/note-doubt.h"
#include "chart/patient.h"
#include "chart/phrase-value.h"
#include "chart/phrase.h"
#include "ui/views/note-blank.h"
#include "ui/views/own-files.h"

#define PULLED_LINE "pulled\t"
#define LINE_MARK '\x1e' /* a line break within a pulled text, in the draft */
#define NAME_BYTES 96 /* a name that is typed is never longer */

typedef struct {
    char *key, *text;
} Pulled;

struct NotePhrases {
    View *view;
    void (*arrived)(View *v);
    Phrases *phrases;         /* NULL until one is looked for */
    Feed *feeds[FEED_KINDS];  /* NULL until a phrase asks */
    GPtrArray *pulled;        /* Pulled */
    GPtrArray *waiting;       /* char*: keys of what has been asked for and is not here */
};

static void pulled_free(gpointer p)
{
    g_free(((Pulled *)p)->key);
    g_free(((Pulled *)p)->text);
    g_free(p);
}

NotePhrases *note_phrases_new(View *v, void (*arrived)(View *v))
{
    NotePhrases *p = g_new0(NotePhrases, 1);
    p->view = v;
    p->arrived = arrived;
    p->pulled = g_ptr_array_new_with_free_func(pulled_free);
    p->waiting = g_ptr_array_new_with_free_func(g_free);
    return p;
}

void note_phrases_free(NotePhrases *p)
{
    if (!p)
        return;
    g_clear_pointer(&p->phrases, phrases_free);
    g_ptr_array_unref(p->pulled);
    g_ptr_array_unref(p->waiting);
    g_free(p);
}

/* ---- the data ---- */

static void on_feed(Feed *feed, gpointer data)
{
    NotePhrases *p = data;
    (void)feed;
    p->arrived(p->view);
}

static const FeedState *feed_of(FeedKind kind, gpointer data)
{
    NotePhrases *p = data;
    if (!p->feeds[kind])
        p->feeds[kind] = feed_watch(p->view->app->client, p->view->scope, p->view->patient, kind, on_feed, p);
    return feed_state(p->feeds[kind]);
}

static PhraseState value_now(NotePhrases *p, const char *key, char **ret_text, char **ret_why)
{
    const PhraseChart chart = {.patient = patient_ctx_patient(p->view->patient), .author = p->view->app->who->name,
                               .now = shell_now(), .feed = feed_of, .data = p};
    return phrase_value(key, &chart, ret_text, ret_why);
}

static void keep_pulled(NotePhrases *p, const char *key, const char *text)
{
    if (!phrase_value_is_asked(key))
        return;
    for (guint i = 0; i < p->pulled->len; i++) {
        const Pulled *there = p->pulled->pdata[i];
        if (strcmp(there->key, key) == 0 && strcmp(there->text, text) == 0)
            return;
    }
    Pulled *one = g_new0(Pulled, 1);
    *one = (Pulled){g_strdup(key), g_strdup(text)};
    g_ptr_array_add(p->pulled, one);
}

/* What is made of several is told of as a whole while it stands as a whole, then part by part. */
static void keep_pulled_all(NotePhrases *p, const char *key, const char *text)
{
    g_auto(GStrv) parts = phrase_value_parts(key);
    keep_pulled(p, key, text);
    for (char **part = parts; part && *part; part++) {
        g_autofree char *words = NULL, *why = NULL;
        if (value_now(p, *part, &words, &why) == PHRASE_VALUE && strstr(text, words))
            keep_pulled(p, *part, words);
    }
}

static char *on_value(const char *key, gpointer data)
{
    NotePhrases *p = data;
    char *text = NULL;
    g_autofree char *why = NULL;
    switch (value_now(p, key, &text, &why)) {
    case PHRASE_VALUE:
        keep_pulled_all(p, key, text);
        return text;
    case PHRASE_LATER:
        g_ptr_array_add(p->waiting, g_strdup(key));
        return note_blank_waiting(key);
    default:
        p->view->app->frontend->status(p->view->app, STATUS_WARN, why);
        return NULL;
    }
}

/* ---- expanding ---- */

static void load(NotePhrases *p)
{
    if (p->phrases)
        return;
    g_auto(GStrv) dirs = own_dirs(p->view->app->who, "phrases");
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    p->phrases = phrases_load((const char *const *)dirs, problems);
    if (problems->len)
        p->view->app->frontend->status(p->view->app, STATUS_WARN, problems->pdata[0]);
}

const char *note_phrase_whose(const Phrase *phrase)
{
    return own_dir_whose(phrase->rank);
}

static void say_choices(NotePhrases *p, const char *name, const GPtrArray *found)
{
    g_autofree char *text = NULL;
    if (found->len == 0) {
        text = g_strdup_printf(_("There is no phrase that begins with .%s"), name);
    } else {
        GString *names = g_string_new(NULL);
        for (guint i = 0; i < found->len; i++)
            g_string_append_printf(names, "%s.%s", i ? "  " : "", ((const Phrase *)found->pdata[i])->name);
        text = g_strdup_printf(_("Phrases: %s"), names->str);
        g_string_free(names, TRUE);
    }
    p->view->app->frontend->status(p->view->app, found->len ? STATUS_INFO : STATUS_WARN, text);
}

gboolean note_phrase_key(const char *utf8)
{
    gunichar c = g_utf8_get_char(utf8);
    return strcmp(utf8, "<Space>") == 0 || (!utf8[1] && (g_unichar_ispunct(c) || g_unichar_isspace(c)) && !strchr("-_", *utf8));
}

/* The end of the line up to the cursor, from the start of a word. */
static char *line_before(EditorBuffer *b, gsize *ret_start)
{
    gsize at = editor_buffer_cursor(b), start = editor_buffer_line_start(b, editor_buffer_line_at(b, at));
    *ret_start = MAX(start, at > NAME_BYTES ? at - NAME_BYTES : 0);
    char *text = editor_buffer_slice(b, *ret_start, at);
    if (*ret_start == start)
        return text;
    gsize cut = strcspn(text, " "); /* what comes before it may be half a character */
    memmove(text, text + cut, strlen(text) - cut + 1);
    *ret_start += cut;
    return text;
}

GPtrArray *note_phrases_offered(NotePhrases *p, EditorBuffer *b, gboolean *ret_named)
{
    gsize start;
    g_autofree char *line = line_before(b, &start);
    gsize dot = phrase_begun_before(line, strlen(line));
    if (dot == G_MAXSIZE)
        return NULL;
    load(p);
    *ret_named = line[dot + 1] != '\0';
    return phrases_beginning(p->phrases, line + dot + 1);
}

void note_phrases_say_unknown(NotePhrases *p, EditorBuffer *b)
{
    gsize start;
    g_autofree char *line = line_before(b, &start);
    gsize dot = phrase_name_before(line, strlen(line));
    if (dot == G_MAXSIZE || phrases_find(p->phrases, line + dot + 1))
        return;
    g_autofree char *text = g_strdup_printf(_("There is no phrase %s"), line + dot);
    p->view->app->frontend->status(p->view->app, STATUS_INFO, text);
}

static const Phrase *look_up(NotePhrases *p, const char *name, gboolean search)
{
    const Phrase *phrase = phrases_find(p->phrases, name);
    if (phrase || !search)
        return phrase;
    g_autoptr(GPtrArray) found = phrases_beginning(p->phrases, name);
    if (found->len == 1)
        return found->pdata[0];
    say_choices(p, name, found);
    return NULL;
}

/* Its words from @from to the cursor; FALSE: it has none, told. */
static gboolean put_words(NotePhrases *p, EditorBuffer *b, gsize from, const Phrase *phrase, gboolean *ret_blank)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = phrase_expand(p->phrases, phrase, on_value, p, &error);
    *ret_blank = FALSE;
    if (!text) {
        p->view->app->frontend->status(p->view->app, STATUS_WARN, error->message);
        return FALSE;
    }
    if (!editor_buffer_replace(b, from, editor_buffer_cursor(b), text))
        return FALSE;
    gsize end = editor_buffer_cursor(b), at;
    if (!note_blank_visit(b, from))
        return TRUE;
    *ret_blank = note_blank_here(b, &at, NULL) && at < end;
    if (!*ret_blank) {
        editor_buffer_set_mark(b, FALSE);
        editor_buffer_set_cursor(b, end);
    }
    return TRUE;
}

PhraseDid note_phrases_expand(NotePhrases *p, EditorBuffer *b, gboolean search)
{
    gsize start;
    gboolean blank;
    g_autofree char *line = line_before(b, &start);
    gsize dot = phrase_name_before(line, strlen(line));
    if (dot == G_MAXSIZE)
        return PHRASE_DID_NOTHING;
    load(p);
    const Phrase *phrase = look_up(p, line + dot + 1, search);
    if (!phrase || !put_words(p, b, start + dot, phrase, &blank)) /* what there is has been said */
        return search ? PHRASE_DID_EXPAND : PHRASE_DID_NOTHING;
    return blank ? PHRASE_IN_BLANK : PHRASE_DID_EXPAND;
}

void note_phrases_take(NotePhrases *p, EditorBuffer *b, const Phrase *phrase)
{
    gsize start;
    gboolean blank;
    g_autofree char *line = line_before(b, &start);
    gsize dot = phrase_begun_before(line, strlen(line));
    if (dot == G_MAXSIZE && *line && !g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(line + strlen(line)))))
        editor_buffer_insert(b, " "); /* its words are words of their own */
    put_words(p, b, dot == G_MAXSIZE ? editor_buffer_cursor(b) : start + dot, phrase, &blank);
}

GPtrArray *note_phrases_all(NotePhrases *p)
{
    load(p);
    return phrases_beginning(p->phrases, "");
}

/* ---- what comes later ---- */

static void put_in_place(EditorBuffer *b, gsize from, gsize to, const char *text)
{
    gsize cursor = editor_buffer_cursor(b), a, z;
    gboolean marked = editor_buffer_has_mark(b, &a, &z);
    if (cursor > from && cursor < to)
        cursor = to;
    if (!editor_buffer_replace(b, from, to, text))
        return;
    gsize end = editor_buffer_cursor(b);
    editor_buffer_set_cursor(b, cursor >= to ? cursor - to + end : cursor);
    if (marked && a >= to) /* a blank behind it stays visited */
        note_blank_visit(b, a - to + end);
    else if (marked && z <= from)
        note_blank_visit(b, a);
}

void note_phrases_resume(NotePhrases *p, const char *text)
{
    gsize from = 0, to = 0;
    while (phrase_blank_find(text, to, &from, &to)) {
        g_autofree char *blank = g_strndup(text + from, to - from);
        char *key = note_blank_key(blank);
        if (key)
            g_ptr_array_add(p->waiting, key);
    }
}

gboolean note_phrases_fill(NotePhrases *p, EditorBuffer *b)
{
    guint64 version = editor_buffer_version(b);
    for (guint i = 0; i < p->waiting->len; i++) {
        const char *key = p->waiting->pdata[i];
        g_autofree char *text = NULL, *why = NULL, *waits = note_blank_waiting(key), *label = phrase_value_label(key);
        PhraseState state = value_now(p, key, &text, &why);
        g_autofree char *all = editor_buffer_text(b), *blank = phrase_blank(label, NULL);
        const char *at = state == PHRASE_LATER ? NULL : strstr(all, waits);
        if (!at)
            continue;
        put_in_place(b, (gsize)(at - all), (gsize)(at - all) + strlen(waits), text ? text : blank);
        if (text)
            keep_pulled_all(p, key, text);
        else
            p->view->app->frontend->status(p->view->app, STATUS_WARN, why);
    }
    return version != editor_buffer_version(b);
}

void note_phrases_filled(NotePhrases *p)
{
    for (guint i = p->waiting->len; i-- > 0;) {
        g_autofree char *text = NULL, *why = NULL;
        if (value_now(p, p->waiting->pdata[i], &text, &why) != PHRASE_LATER)
            g_ptr_array_remove_index(p->waiting, i);
    }
}

/* ---- what was pulled in ---- */

GPtrArray *note_phrases_doubts(NotePhrases *p, const char *text)
{
    load(p);
    g_autofree char *own = chart_patient_number(patient_ctx_patient(p->view->patient));
    return note_doubts(text, own, civil_date_at(shell_now()), p->phrases);
}

char *note_phrases_pulled(const NotePhrases *p)
{
    GString *lines = g_string_new(NULL);
    for (guint i = 0; i < p->pulled->len; i++) {
        const Pulled *one = p->pulled->pdata[i];
        g_autofree char *text = g_strdelimit(g_strdup(one->text), "\n", LINE_MARK);
        g_string_append_printf(lines, "\n" PULLED_LINE "%s\t%s", one->key, text);
    }
    return g_string_free(lines, FALSE);
}

void note_phrases_take_pulled(NotePhrases *p, const char *lines)
{
    g_auto(GStrv) each = g_strsplit(lines ? lines : "", "\n", -1);
    for (char **l = each; *l; l++) {
        const char *key = g_str_has_prefix(*l, PULLED_LINE) ? *l + strlen(PULLED_LINE) : "";
        const char *tab = strchr(key, '\t');
        if (!tab)
            continue;
        Pulled *one = g_new0(Pulled, 1);
        *one = (Pulled){g_strndup(key, (gsize)(tab - key)), g_strdelimit(g_strdup(tab + 1), (char[]){LINE_MARK, 0}, '\n')};
        g_ptr_array_add(p->pulled, one);
    }
}

static char *first_line(const char *text)
{
    return g_strndup(text, strcspn(text, "\n"));
}

/* A part of something that stands there as it was pulled in. */
static gboolean within_whole(const NotePhrases *p, const Pulled *part, const char *text)
{
    const char *slash = strchr(part->key, '/');
    for (guint i = 0; slash && i < p->pulled->len; i++) {
        const Pulled *whole = p->pulled->pdata[i];
        gsize n = strlen(whole->key);
        if (n == (gsize)(slash - part->key) && strncmp(whole->key, part->key, n) == 0 && strstr(whole->text, part->text) &&
            strstr(text, whole->text))
            return TRUE;
    }
    return FALSE;
}

GPtrArray *note_phrases_changed(NotePhrases *p, const char *text, gboolean *ret_settled)
{
    GPtrArray *changed = g_ptr_array_new_with_free_func(g_free);
    *ret_settled = TRUE;
    for (guint i = 0; i < p->pulled->len; i++) {
        const Pulled *one = p->pulled->pdata[i];
        g_autofree char *now = NULL, *why = NULL, *was = first_line(one->text);
        if (!strstr(text, one->text) || within_whole(p, one, text))
            continue; /* words of the writer's own by now */
        PhraseState state = value_now(p, one->key, &now, &why);
        if (state == PHRASE_LATER) {
            *ret_settled = FALSE;
        } else if (state == PHRASE_NONE) {
            g_ptr_array_add(changed, g_strdup_printf(_("Could not be compared with the chart: %s (%s)"), was, why));
        } else if (!phrase_value_same(one->key, one->text, now)) {
            g_autofree char *is = first_line(now);
            g_ptr_array_add(changed, g_strdup_printf(_("CHANGED in the chart: %s, now %s"), was, is));
        }
    }
    return changed;
}
