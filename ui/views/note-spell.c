/* SPDX-License-Identifier: GPL-3.0-or-later
 * Spelling in the note that is being written: what is marked, and the box that is asked for. A word is changed
 * by the person who chooses another and in no other way. */
#include <glib/gi18n.h>
#include <string.h>

#include "app/spell-lists.h"
#include "app/speller.h"
#include "app/spellword.h"
#include "base/clock.h"
#include "ui/views/note-edit.h"
#include "ui/views/sending.h"

#define BYTES_A_TURN (16u << 10) /* looked through before the loop has its turn */
#define LONGEST_RUN 256          /* bytes without white space that the search begins before */
#define BATCH 60

struct NoteSpell {
    View *view;
    GHashTable *own; /* words that are right in this note, in lower case */
    gboolean asking; /* about the word at the cursor: it is marked as well */
};

typedef struct NoteSpell NoteSpell;

/* ---- words that are right here ---- */

static void own_words(NoteSpell *s, const char *text)
{
    const char *p = text ? text : "";
    while (*p) {
        const char *from = p;
        while (*p && g_unichar_isalpha(g_utf8_get_char(p)))
            p = g_utf8_next_char(p);
        if (p > from)
            g_hash_table_add(s->own, g_utf8_strdown(from, (gssize)(p - from)));
        else
            p = g_utf8_next_char(p);
    }
}

/* Who the note is about and by whom it is written; in it alone. */
static void own_names(NoteSpell *s)
{
    const View *v = s->view;
    const FhirResource *patient = v->patient ? patient_ctx_patient(v->patient) : NULL;
    own_words(s, v->app->who ? v->app->who->name : NULL);
    if (!patient)
        return;
    for (FhirNode name = fhir_first(fhir_at(fhir_root(patient), "name")); fhir_exists(name); name = fhir_next(name)) {
        g_autofree char *family = fhir_string(name, "family"), *whole = fhir_string(name, "text");
        own_words(s, family);
        own_words(s, whole);
        for (FhirNode given = fhir_first(fhir_at(name, "given")); fhir_exists(given); given = fhir_next(given)) {
            g_autofree char *one = fhir_string(given, "");
            own_words(s, one);
        }
    }
}

static void own_terms(NoteSpell *s, const NoteEdit *e)
{
    for (guint i = 0; i < e->templates->len; i++) {
        g_autoptr(Note) note = note_new(e->templates->pdata[i], NULL);
        own_words(s, note ? note->title : NULL);
        for (guint k = 0; note && k < note->sections->len; k++)
            own_words(s, ((const NoteSection *)note->sections->pdata[k])->title);
    }
}

static gboolean is_own(const NoteSpell *s, const char *word, gsize n)
{
    g_autofree char *lower = g_utf8_strdown(word, (gssize)n);
    return g_hash_table_contains(s->own, lower);
}

NoteSpell *note_spell_new(View *v)
{
    if (!v->app->speller)
        return NULL;
    NoteSpell *s = g_new0(NoteSpell, 1);
    s->view = v;
    s->own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    own_names(s);
    own_terms(s, v->state);
    spell_lists_load(v->app, v->scope);
    return s;
}

void note_spell_free(NoteSpell *s)
{
    g_hash_table_unref(s->own);
    g_free(s);
}

/* ---- marks ---- */

/* Names are not even asked about. */
static SpellVerdict verdict_of(const NoteSpell *s, const char *text, gsize at, gsize to, const char *asked)
{
    SpellVerdict verdict = speller_verdict(s->view->app->speller, asked);
    return verdict != SPELL_RIGHT && is_own(s, text + at, to - at) ? SPELL_RIGHT : verdict;
}

static gboolean next_mark(const char *text, gsize len, gsize cursor, gsize *at, gsize *ret_to, gpointer data)
{
    const NoteSpell *s = data;
    for (; spellword_next(text, len, at, ret_to); *at = *ret_to) {
        if (!s->asking && cursor != G_MAXSIZE && cursor >= *at && cursor <= *ret_to)
            continue; /* it is being written */
        g_autofree char *asked = spellword_asked(text, len, *at, *ret_to);
        SpellVerdict verdict = verdict_of(s, text, *at, *ret_to, asked);
        if (verdict == SPELL_WRONG)
            return TRUE;
        if (verdict == SPELL_UNKNOWN)
            speller_want(s->view->app->speller, asked);
    }
    return FALSE;
}

void note_spell_marks(NoteSpell *s, Editor *e)
{
    const EditorMarks marks = {next_mark, s};
    if (s)
        editor_set_marks(e, &marks);
}

void note_spell_changed(View *v, const Event *ev)
{
    if (ev->kind == EVENT_SPELLING)
        view_dirty(v);
}

/* ---- the next word, from the cursor and round ---- */

typedef struct {
    guint section, left; /* where it is; how many are still to be looked through */
    gsize at;
    guint64 version;     /* of all the text, when it was asked for */
    gsize from, to;
    char *word;          /* what was found */
    GPtrArray *suggestions;
    guint turn;
} Hunt;

static void hunt_free(gpointer p)
{
    Hunt *h = p;
    clock_timer_cancel(h->turn);
    g_free(h->word);
    g_ptr_array_unref(h->suggestions);
    g_free(h);
}

static guint64 version_of(const NoteEdit *e)
{
    guint64 all = e->editors->len;
    for (guint i = 0; i < e->editors->len; i++)
        if (e->editors->pdata[i])
            all += editor_buffer_version(editor_buffer(e->editors->pdata[i]));
    return all;
}

static EditorBuffer *words_of(const NoteEdit *e, guint section)
{
    const NoteSection *s = e->note->sections->pdata[section];
    return e->editors->pdata[section] && s->entry == NOTE_WORDS ? editor_buffer(e->editors->pdata[section]) : NULL;
}

static void step(CmdCall *call);

static void end_with(CmdCall *call, GError *error)
{
    View *v = shell_find_view(call->app, call->view_id);
    NoteEdit *e = v ? v->state : NULL;
    if (e && e->spell) {
        e->spell->asking = FALSE;
        view_dirty(v);
    }
    cmd_continue(call, error ? CMD_ERROR : CMD_DONE, error);
}

static void end_hunt(CmdCall *call, const char *sentence)
{
    if (sentence)
        call->app->frontend->status(call->app, STATUS_INFO, sentence);
    end_with(call, NULL);
}

/* The view, if it and its text are as they were. */
static View *still_there(CmdCall *call)
{
    const Hunt *h = call->data;
    View *v = shell_find_view(call->app, call->view_id);
    const NoteEdit *e = v ? v->state : NULL;
    return e && e->note && version_of(e) == h->version ? v : NULL;
}

static void on_checked(gboolean answered, gpointer data)
{
    CmdCall *call = data;
    if (!answered)
        end_hunt(call, speller_is_off(call->app->speller) ? NULL : _("The spelling checker does not answer just now; try again"));
    else
        step(call);
}

/* ---- the box ---- */

/* As if it had been typed: saved, and undone in one step. */
static void replace(View *v, const Hunt *h, const char *with)
{
    NoteEdit *e = v->state;
    EditorBuffer *b = words_of(e, h->section);
    editor_buffer_break_undo(b);
    editor_buffer_replace(b, h->from, h->to, with);
    editor_buffer_break_undo(b);
    e->save(v);
    view_dirty(v);
}

static void on_add(CmdCall *call, gboolean yes, gpointer data)
{
    const Hunt *h = data;
    GError *error = NULL;
    if (yes)
        spell_lists_add(call->app, h->word, &error);
    end_with(call, error);
}

static void ask_to_add(CmdCall *call, Hunt *h)
{
    g_autofree char *question = g_strdup_printf(
        _("Add “%s” to your own words? They are right in the notes of all patients: a name of a patient does not belong there."), h->word);
    call->app->frontend->confirm(call, question, on_add, h);
}

static void on_pick(CmdCall *call, int index, gpointer data)
{
    Hunt *h = data;
    View *v = still_there(call);
    NoteEdit *e = v ? v->state : NULL;
    GError *error = NULL;
    int n = (int)h->suggestions->len;
    if (!v || index < 0) {
        end_with(call, NULL);
    } else if (index < n) {
        if (!sending_refuses(e->draft_id, &error))
            replace(v, h, h->suggestions->pdata[index]);
        end_with(call, error);
    } else if (index == n) {
        ask_to_add(call, h);
    } else {
        g_hash_table_add(e->spell->own, g_utf8_strdown(h->word, -1));
        e->spell->asking = FALSE;
        h->at = h->to;
        step(call);
    }
}

static PickItem *item_of(const char *key, const char *text)
{
    PickItem *item = g_new0(PickItem, 1);
    *item = (PickItem){g_strdup(key), g_strdup(text), NULL};
    return item;
}

/* What the words of another dictionary than the first are, as far as that is one language. */
static const char *other_language(const App *app)
{
    g_auto(GStrv) names = g_strsplit(option_text(app->options, "spelling.languages"), " ", -1);
    return g_strv_length(names) == 2 && g_str_has_prefix(names[1], "en") ? _("English") : _("other language");
}

/* The cursor goes there only now: what is written until then is written where it stood. */
static void show_found(View *v, const Hunt *h)
{
    NoteEdit *e = v->state;
    e->focus = h->section;
    editor_buffer_set_cursor(words_of(e, h->section), h->from);
    e->spell->asking = TRUE;
    view_dirty(v);
}

static void on_suggestions(const char *const *suggestions, guint64 others, gpointer data)
{
    CmdCall *call = data;
    Hunt *h = call->data;
    View *v = still_there(call);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(pick_item_free);
    if (!v) {
        end_hunt(call, NULL); /* written on meanwhile: no box comes in between */
        return;
    }
    show_found(v, h);
    g_ptr_array_set_size(h->suggestions, 0);
    for (guint i = 0; suggestions && suggestions[i]; i++)
        if (strcmp(suggestions[i], h->word) != 0) {
            g_autofree char *marked = others >> i & 1 ? g_strdup_printf("%s (%s)", suggestions[i], other_language(call->app)) : NULL;
            g_ptr_array_add(h->suggestions, g_strdup(suggestions[i]));
            g_ptr_array_add(items, item_of(NULL, marked ? marked : suggestions[i]));
        }
    g_autofree char *title = g_strdup_printf(items->len ? _("“%s”: choose a word") : _("“%s”: no suggestions"), h->word);
    g_ptr_array_add(items, item_of("+", _("Add to your own words")));
    g_ptr_array_add(items, item_of("0", _("Skip it in this note and go on")));
    call->app->frontend->pick(call, title, items, on_pick, h);
}

/* ---- looking ---- */

typedef enum { LOOK_ON, LOOK_FOUND, LOOK_ASK } Looked;

/* One line from h->at, or as much of it as one turn is for; what is not known yet goes into @unknown, from the first
 * of which it is looked anew. */
static Looked look_at_line(const NoteSpell *s, Hunt *h, const EditorBuffer *b, GPtrArray *unknown)
{
    gsize line = editor_buffer_line_at(b, h->at), start = editor_buffer_line_start(b, line);
    gsize end = editor_buffer_line_end(b, line), at = h->at - start, stop = at + BYTES_A_TURN, to, first = G_MAXSIZE;
    g_autofree char *text = editor_buffer_slice(b, start, end);
    for (; at < stop && spellword_next(text, end - start, &at, &to); at = to) {
        g_autofree char *asked = spellword_asked(text, end - start, at, to);
        SpellVerdict verdict = verdict_of(s, text, at, to, asked);
        if (verdict == SPELL_UNKNOWN && first == G_MAXSIZE)
            first = at;
        if (verdict == SPELL_UNKNOWN)
            g_ptr_array_add(unknown, g_steal_pointer(&asked));
        if (verdict == SPELL_WRONG && first == G_MAXSIZE) {
            h->from = start + at;
            h->to = start + to;
            g_free(h->word);
            h->word = g_strndup(text + at, to - at);
            return LOOK_FOUND;
        }
        if (unknown->len == BATCH || (verdict == SPELL_WRONG && first != G_MAXSIZE))
            break;
    }
    h->at = first != G_MAXSIZE ? start + first : at < stop ? end + 1 : start + at;
    return first == G_MAXSIZE ? LOOK_ON : LOOK_ASK;
}

static gboolean on_turn(gpointer call)
{
    ((Hunt *)((CmdCall *)call)->data)->turn = 0;
    step(call);
    return G_SOURCE_REMOVE;
}

static void step(CmdCall *call)
{
    Hunt *h = call->data;
    View *v = still_there(call);
    const NoteEdit *e = v ? v->state : NULL;
    g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
    Looked looked = LOOK_ON;
    gsize seen = 0;
    if (!v) {
        end_hunt(call, NULL);
        return;
    }
    while (looked == LOOK_ON && h->left && seen < BYTES_A_TURN) {
        EditorBuffer *b = words_of(e, h->section);
        if (!b || h->at > editor_buffer_length(b)) {
            h->section = (h->section + 1) % e->editors->len;
            h->at = 0;
            h->left--;
            continue;
        }
        gsize was = h->at;
        looked = look_at_line(e->spell, h, b, unknown);
        seen += h->at - was;
    }
    g_ptr_array_add(unknown, NULL);
    if (looked == LOOK_FOUND)
        speller_suggest(call->app->speller, call->scope, h->word, on_suggestions, call);
    else if (looked == LOOK_ASK)
        speller_check(call->app->speller, call->scope, (const char *const *)unknown->pdata, on_checked, call);
    else if (h->left)
        h->turn = clock_timer_add(0, on_turn, call);
    else
        end_hunt(call, _("No word in the note is marked"));
}

/* Where what the cursor stands in or behind begins: after the white space before it. */
static gsize begin_at(const EditorBuffer *b)
{
    gsize cursor = editor_buffer_cursor(b), start = editor_buffer_line_start(b, editor_buffer_line_at(b, cursor));
    gsize from = cursor > start + LONGEST_RUN ? cursor - LONGEST_RUN : start, at = cursor;
    g_autofree char *before = editor_buffer_slice(b, from, cursor);
    while (at > from && !g_ascii_isspace(before[at - from - 1]))
        at--;
    return at > from || from == start ? at : cursor;
}

CmdResult note_spell_next(View *v, CmdCall *call, GError **error)
{
    const NoteEdit *e = v->state;
    if (!e->spell || speller_is_off(v->app->speller)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("The spelling is not checked: it is off"));
        return CMD_ERROR;
    }
    Hunt *h = g_new0(Hunt, 1);
    EditorBuffer *b = words_of(e, e->focus);
    h->section = e->focus;
    h->left = e->editors->len + 1; /* the first one twice: its end, and at last its beginning */
    h->at = b ? begin_at(b) : 0;
    h->version = version_of(e);
    h->suggestions = g_ptr_array_new_with_free_func(g_free);
    call->data = h;
    call->data_free = hunt_free;
    h->turn = clock_timer_add(0, on_turn, call);
    return CMD_WAIT;
}
