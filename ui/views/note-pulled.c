/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-pulled.h"

#include <glib/gi18n.h>

#include "ui/canvas.h"

struct NotePulled {
    NotePhrases *phrases;
    GPtrArray *changed; /* char* */
    gboolean settled;
};

NotePulled *note_pulled_new(View *v, const char *lines, void (*arrived)(View *v))
{
    NotePulled *p = g_new0(NotePulled, 1);
    p->phrases = note_phrases_new(v, arrived);
    p->changed = g_ptr_array_new();
    note_phrases_take_pulled(p->phrases, lines);
    return p;
}

void note_pulled_free(NotePulled *p)
{
    if (!p)
        return;
    note_phrases_free(p->phrases);
    g_ptr_array_unref(p->changed);
    g_free(p);
}

void note_pulled_compare(NotePulled *p, const char *text)
{
    g_ptr_array_unref(p->changed);
    p->changed = note_phrases_changed(p->phrases, text, &p->settled);
    g_autoptr(GPtrArray) doubts = note_phrases_doubts(p->phrases, text);
    for (guint i = 0; i < doubts->len; i++)
        g_ptr_array_insert(p->changed, (int)i, g_strdup(doubts->pdata[i]));
}

gboolean note_pulled_settled(const NotePulled *p)
{
    return p->settled;
}

char *note_pulled_words(const NotePulled *p)
{
    GString *words = g_string_new(NULL);
    for (guint i = 0; i < p->changed->len; i++)
        g_string_append_printf(words, "%s\n", (char *)p->changed->pdata[i]);
    return g_string_free(words, FALSE);
}

int note_pulled_paint(const NotePulled *p, Canvas *c, int row)
{
    int most = MAX(canvas_rows(c) / 2, 1);
    for (guint i = 0; i < p->changed->len; i++) {
        if (row >= most && i + 1 < p->changed->len) {
            guint n = p->changed->len - i;
            canvas_textf(c, row++, 1, STYLE_WARNING, ngettext("… %u more", "… %u more", n), n);
            break;
        }
        row += canvas_wrap(c, row, 1, canvas_cols(c) - 2, 2, STYLE_WARNING, p->changed->pdata[i]);
    }
    return row;
}
