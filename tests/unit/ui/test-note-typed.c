/* SPDX-License-Identifier: GPL-3.0-or-later
 * However a note is written, rubbed out, undone and moved about in, the draft is what the editors have: saved as
 * changes it is byte for byte what saving it whole would have been. */
#include "ui/views/note-typed.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"
#include "tests/screen/drafts.h"

#define ID "draft"

typedef struct {
    App app;
    NoteEdit edit;
    Drafts *drafts;
    GRand *rand;
    guint32 seed;
    guint as_change, whole;
} Desk;

static gboolean draft_put(gpointer self, const Draft *d, GError **error)
{
    return drafts_put(self, d);
}

static gboolean draft_edit(gpointer self, const char *id, gsize at, gsize removed, const char *text, gsize len, GBytes *meta,
                           GError **error)
{
    return drafts_edit(self, id, at, removed, text, len, meta);
}

static guint below(Desk *d, guint n)
{
    return (guint)g_rand_int_range(d->rand, 0, (gint32)n);
}

static void desk_begin(Desk *d, guint32 seed)
{
    g_autofree char *path = g_build_filename(g_getenv("ROND_DATA"), "forms", "note-daganteckning.json", NULL), *json = NULL;
    gsize len = 0;
    cr_assert(g_file_get_contents(path, &json, &len, NULL));
    g_autoptr(GBytes) bytes = g_bytes_new(json, len);
    g_autoptr(FhirResource) template = fhir_resource_parse(bytes, NULL);
    *d = (Desk){.seed = seed, .rand = g_rand_new_with_seed(seed), .drafts = drafts_new()};
    d->app.services = (Services){.self = d->drafts, .draft_put = draft_put, .draft_edit = draft_edit};
    NoteEdit *e = &d->edit;
    e->note = note_new(template, NULL);
    e->draft_id = g_strdup(ID);
    e->typed = note_typed_new();
    e->editors = g_ptr_array_new();
    for (guint i = 0; i < e->note->sections->len; i++) {
        const NoteSection *s = e->note->sections->pdata[i];
        g_ptr_array_add(e->editors, s->takes_text ? editor_new("") : NULL);
    }
}

static void desk_end(Desk *d)
{
    for (guint i = 0; i < d->edit.editors->len; i++)
        if (d->edit.editors->pdata[i])
            editor_free(d->edit.editors->pdata[i]);
    g_ptr_array_unref(d->edit.editors);
    note_typed_free(d->edit.typed);
    note_free(d->edit.note);
    g_free(d->edit.draft_id);
    drafts_free(d->drafts);
    g_rand_free(d->rand);
}

static void copy_texts(NoteEdit *e)
{
    for (guint i = 0; i < e->editors->len; i++) {
        NoteSection *s = e->note->sections->pdata[i];
        if (!e->editors->pdata[i])
            continue;
        g_free(s->text);
        s->text = editor_buffer_text(editor_buffer(e->editors->pdata[i]));
    }
}

static void save(Desk *d)
{
    if (note_typed_save(d->edit.typed, &d->app, &d->edit, "0 0", NULL)) {
        d->as_change++;
        return;
    }
    copy_texts(&d->edit);
    cr_assert(note_draft_save(&d->app, ID, "p1", &d->edit.about, d->edit.note, 0, "0 0", NULL));
    note_typed_saved(d->edit.typed, &d->edit);
    d->whole++;
}

static void do_something(Desk *d)
{
    static const char *const keys[] = {"a", "å", "o\u0308", "\u0301", " ", "\n", "ordet ", "två\nrader", "<Left>", "<Up>", "<Home>", "<End>"};
    static const char *const actions[] = {"undo", "redo", "mark", "cut", "paste", "delete-word", "word-left", "backspace"};
    guint i;
    do
        i = below(d, d->edit.editors->len);
    while (!d->edit.editors->pdata[i]);
    Editor *editor = d->edit.editors->pdata[i];
    switch (below(d, 4)) {
    case 0: editor_action(editor, actions[below(d, G_N_ELEMENTS(actions))]); break;
    case 1: editor_buffer_backspace(editor_buffer(editor)); break;
    default: editor_input(editor, keys[below(d, G_N_ELEMENTS(keys))], below(d, 3) == 0);
    }
}

Test(note_typed, the_draft_is_what_the_editors_have)
{
    for (guint run = 0; run < 60; run++) {
        Desk d;
        desk_begin(&d, g_random_int());
        for (guint turn = 0; turn < 120; turn++) {
            for (guint n = below(&d, 12) ? 1 : below(&d, 4); n > 0; n--) /* also none, or several */
                do_something(&d);
            save(&d);
            g_autoptr(Draft) saved = drafts_get(d.drafts, ID);
            copy_texts(&d.edit);
            g_autofree char *have = text_of_bytes(saved->text), *want = note_to_draft(d.edit.note);
            cr_assert_str_eq(have, want, "seed %u turn %u", d.seed, turn);
        }
        cr_assert_gt(d.as_change, d.whole, "seed %u: most of it is saved as changes", d.seed);
        desk_end(&d);
    }
}

/* A sökord that is put between two others, and being told to forget: whole once, then changes again. */
Test(note_typed, a_new_term_is_saved_whole)
{
    Desk d;
    desk_begin(&d, 1);
    editor_input(d.edit.editors->pdata[0] ? d.edit.editors->pdata[0] : d.edit.editors->pdata[1], "a", FALSE);
    save(&d);
    cr_assert_eq(d.whole, 1);
    guint at = note_add_term(d.edit.note, 0, "Sömn");
    g_ptr_array_insert(d.edit.editors, (int)at, editor_new(""));
    editor_input(d.edit.editors->pdata[at], "b", FALSE);
    save(&d);
    cr_assert_eq(d.whole, 2);
    editor_input(d.edit.editors->pdata[at], "c", FALSE);
    editor_input(d.edit.editors->pdata[at + 1] ? d.edit.editors->pdata[at + 1] : d.edit.editors->pdata[at], "d", FALSE);
    save(&d);
    note_typed_forget(d.edit.typed);
    save(&d);
    g_autoptr(Draft) saved = drafts_get(d.drafts, ID);
    copy_texts(&d.edit);
    g_autofree char *have = text_of_bytes(saved->text), *want = note_to_draft(d.edit.note);
    cr_assert_str_eq(have, want);
    desk_end(&d);
}
