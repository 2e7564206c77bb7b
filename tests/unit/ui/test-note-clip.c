/* SPDX-License-Identifier: GPL-3.0-or-later
 * The editor of a note says what it does not take. */
#include <criterion/criterion.h>
#include <string.h>

#include "app/app.h"
#include "base/limits.h"
#include "ui/views/note-clip.h"
#include "ui/views/note-edit.h"

static char *told;

static void on_status(App *app, StatusKind kind, const char *text)
{
    (void)app;
    cr_assert_eq(kind, STATUS_ERROR);
    g_free(told);
    told = g_strdup(text);
}

Test(note_clip, text_that_has_no_room_is_not_dropped_unsaid)
{
    static const Frontend frontend = {.status = on_status};
    App app = {.frontend = &frontend};
    g_autoptr(GPtrArray) editors = g_ptr_array_new_with_free_func((GDestroyNotify)editor_free);
    NoteEdit state = {.editors = editors};
    View v = {.app = &app, .state = &state};
    g_autofree char *half = g_strnfill(LIMIT_NOTE_BYTES / 2, 'x');
    for (guint i = 0; i < 2; i++) { /* the limit is that of both */
        g_ptr_array_add(editors, note_clip_editor(&v, ""));
        editor_input(editors->pdata[i], half, TRUE);
    }
    cr_assert_null(told, "%s", told);
    editor_input(editors->pdata[0], "y", FALSE);
    cr_assert(told && strstr(told, "NOT INSERTED") && strstr(told, "4 MB"), "%s", told ? told : "not told");
    g_free(told);
}
