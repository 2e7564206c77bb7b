/* SPDX-License-Identifier: GPL-3.0-or-later
 * Undo after a note's view was left and opened again: in the same draft of the same patient, and nowhere else. */
#include "ui/views/note-undo.h"

#include <criterion/criterion.h>

/* A note of three sökord, of which the second takes no text. */
static NoteEdit note_of(const char *first, const char *last)
{
    NoteEdit e = {.editors = g_ptr_array_new()};
    g_ptr_array_add(e.editors, editor_new(first));
    g_ptr_array_add(e.editors, NULL);
    g_ptr_array_add(e.editors, editor_new(last));
    return e;
}

static void note_end(NoteEdit *e)
{
    editor_free(e->editors->pdata[0]);
    editor_free(e->editors->pdata[2]);
    g_ptr_array_unref(e->editors);
}

static EditorBuffer *buffer(const NoteEdit *e, guint i)
{
    return editor_buffer(e->editors->pdata[i]);
}

/* "Sover." is written into the last sökord, and the view is left. */
static void write_and_leave(const char *draft, const char *patient)
{
    NoteEdit e = note_of("Hosta", "");
    editor_buffer_insert(buffer(&e, 2), "Sover.");
    note_undo_keep(draft, patient, &e);
    note_end(&e);
}

static gboolean comes_back(const char *draft, const char *patient, const char *first, const char *last)
{
    NoteEdit e = note_of(first, last);
    note_undo_give(draft, patient, &e);
    gboolean undone = editor_buffer_undo(buffer(&e, 2));
    g_autofree char *text = editor_buffer_text(buffer(&e, 2));
    cr_assert(undone ? !*text : g_str_equal(text, last), "“%s” after undo", text);
    cr_assert_not(editor_buffer_undo(buffer(&e, 0)));
    note_end(&e);
    return undone;
}

Test(note_undo, comes_back_to_the_same_draft)
{
    write_and_leave("d1", "p1");
    cr_assert(comes_back("d1", "p1", "Hosta", "Sover."));
    cr_assert_not(comes_back("d1", "p1", "Hosta", "Sover."), "once: then the editors have it");
}

Test(note_undo, never_to_another)
{
    write_and_leave("d1", "p1");
    cr_assert_not(comes_back("d2", "p1", "Hosta", "Sover."), "another draft");
    cr_assert_not(comes_back("d1", "p2", "Hosta", "Sover."), "another patient");
    write_and_leave("d1", "p1");
    cr_assert_not(comes_back("d1", "p1", "Hosta", "Vaken."), "another text");
    write_and_leave("d1", "p1");
    note_undo_forget("d1");
    cr_assert_not(comes_back("d1", "p1", "Hosta", "Sover."), "forgotten");
}

Test(note_undo, the_oldest_goes_first)
{
    for (int i = 0; i < 40; i++) {
        g_autofree char *draft = g_strdup_printf("d%d", i);
        write_and_leave(draft, "p1");
    }
    cr_assert_not(comes_back("d0", "p1", "Hosta", "Sover."));
    cr_assert(comes_back("d39", "p1", "Hosta", "Sover."));
}
