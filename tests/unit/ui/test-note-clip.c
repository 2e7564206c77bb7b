/* SPDX-License-Identifier: GPL-3.0-or-later
 * The editor of a note says what it does not take. */
#include <criterion/criterion.h>
#include <string.h>

#include "app/app.h"
#include "base/limits.h"
#include "ui/views/note-clip.h"

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
    View v = {.app = &app};
    g_autofree char *big = g_strnfill(LIMIT_NOTE_BYTES, 'x');
    g_autoptr(Editor) e = note_clip_editor(&v, "");
    editor_input(e, big, TRUE);
    cr_assert_null(told, "%s", told);
    editor_input(e, "y", FALSE);
    cr_assert(told && strstr(told, "NOT INSERTED") && strstr(told, "4 MB"), "%s", told ? told : "not told");
    g_free(told);
}
