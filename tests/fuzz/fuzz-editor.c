/* SPDX-License-Identifier: GPL-3.0-or-later
 * A note being written: lines of the input are typed, pasted or actions by name ("!undo"). The text is
 * always valid, without controls, and the lines agree with it. */
#include <string.h>

#include "fuzz.h"
#include "ui/widgets/editor.h"

static void check(const EditorBuffer *b)
{
    g_autofree char *text = editor_buffer_text(b);
    FUZZ_CHECK(g_utf8_validate(text, (gssize)editor_buffer_length(b), NULL));
    gsize newlines = 0;
    for (const char *p = text; *p; p++) {
        newlines += *p == '\n';
        FUZZ_CHECK((guchar)*p >= 0x20 || *p == '\n');
    }
    FUZZ_CHECK(editor_buffer_lines(b) == newlines + 1);
    FUZZ_CHECK(editor_buffer_cursor(b) <= editor_buffer_length(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Editor) e = editor_new(NULL);
    g_autoptr(Canvas) c = canvas_new(6, 20);
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 200);
    for (char **l = lines; *l; l++) {
        if (**l == '!')
            editor_action(e, *l + 1);
        else if (**l)
            editor_input(e, *l, **l == '"');
        editor_paint(e, c, TRUE);
        check(editor_buffer(e));
    }
    return 0;
}
