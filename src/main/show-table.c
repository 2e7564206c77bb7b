/* SPDX-License-Identifier: GPL-3.0-or-later
 * Rows for a person at a terminal: columns under each other within its width, long cells over several lines.
 * A script, and a screen reader that is piped to, gets the tabs as they are. */
#include "main/show.h"

#include <string.h>

#include "base/text.h"

enum { GAP = 2, LEAST = 8, COLUMNS = 16 };

typedef struct {
    guint n;
    int width[COLUMNS], word[COLUMNS]; /* of the whole cells, of the longest word */
    gboolean empty[COLUMNS];           /* but for the heading: left out */
} Shape;

static int longest_word(const char *cell)
{
    g_auto(GStrv) words = g_strsplit(cell, " ", -1);
    int longest = 0;
    for (char **w = words; *w; w++)
        longest = MAX(longest, text_width(*w, -1));
    return longest;
}

static void measure(Shape *s, char **lines, gboolean heading)
{
    for (guint i = 0; i < COLUMNS; i++)
        s->empty[i] = heading && lines[0] && lines[1];
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, "\t", COLUMNS);
        guint n = g_strv_length(cells);
        for (guint i = 0; i < n; i++) {
            s->width[i] = MAX(s->width[i], text_width(cells[i], -1));
            s->word[i] = MAX(s->word[i], longest_word(cells[i]));
            s->empty[i] = s->empty[i] && (line == lines || !*cells[i]);
        }
        s->n = MAX(s->n, n);
    }
}

/* The widest column gives way until all have room; words are broken when nothing else helps. */
static gboolean narrow(Shape *s, int cols, gboolean words)
{
    for (;;) {
        int all = -GAP, widest = -1;
        for (guint i = 0; i < s->n; i++) {
            if (s->empty[i])
                continue;
            all += s->width[i] + GAP;
            gboolean can = s->width[i] > LEAST && (!words || s->width[i] > s->word[i]);
            if (can && (widest < 0 || s->width[i] > s->width[widest]))
                widest = (int)i;
        }
        if (all <= cols || widest < 0)
            return all <= cols;
        s->width[widest]--;
    }
}

/* What of *@cell stands on one line of the column; moves on past it. */
static char *next_piece(const char **cell, int width)
{
    gsize len = strlen(*cell), n = text_fit(*cell, (gssize)len, width, NULL), word = n;
    while (n < len && word > 0 && (*cell)[word] != ' ')
        word--;
    n = n < len && word > 0 ? word : MAX(n, len ? 1 : 0);
    char *piece = g_strndup(*cell, n);
    *cell += n;
    *cell += strspn(*cell, " ");
    return piece;
}

static void append_row(GString *out, const Shape *s, char **cells)
{
    const char *left[COLUMNS] = {NULL};
    gboolean more = TRUE;
    for (guint i = 0; i < s->n && cells[i]; i++)
        left[i] = s->empty[i] ? NULL : cells[i];
    while (more) {
        gsize start = out->len;
        int owed = 0; /* blanks, written when something follows */
        more = FALSE;
        for (guint i = 0; i < s->n; i++) {
            if (s->empty[i])
                continue;
            g_autofree char *piece = left[i] ? next_piece(&left[i], s->width[i]) : g_strdup("");
            if (*piece)
                g_string_append_printf(out, "%*s%s", owed, "", piece);
            owed = (*piece ? 0 : owed) + s->width[i] + GAP - text_width(piece, -1);
            more = more || (left[i] && *left[i]);
        }
        if (out->len > start || !more)
            g_string_append_c(out, '\n');
    }
}

char *show_table_text(const char *rows, gboolean heading, int cols)
{
    g_auto(GStrv) lines = g_strsplit(rows, "\n", -1);
    GString *out = g_string_new(NULL);
    Shape s = {0};
    measure(&s, lines, heading);
    if (!narrow(&s, cols, TRUE))
        narrow(&s, cols, FALSE);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, "\t", COLUMNS);
        if (**line)
            append_row(out, &s, cells);
    }
    return g_string_free(out, FALSE);
}
