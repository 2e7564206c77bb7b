/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words of a note that is in the record, back into the sökord they were written in. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/note-internal.h"

static Note *note_without_sections(const FhirResource *document, const char *text)
{
    Note *n = note_blank(NOTE_FREE_TEXT);
    n->title = fhir_concept_text(fhir_root(document), "type");
    n->loinc = fhir_concept_code(fhir_root(document), "type", "http://loinc.org");
    if (!n->title)
        n->title = g_strdup(_("Note"));
    note_add_section(n, "text", "", 0, TRUE)->text = g_strdup(text);
    return n;
}

/* The section whose heading the line is or begins with; *ret_rest: what stands after it. */
static NoteSection *section_of_line(const Note *n, guint from, const char *line, const char **ret_rest, guint *ret_at)
{
    for (guint i = from; i < n->sections->len; i++) {
        NoteSection *s = n->sections->pdata[i];
        gsize len = strlen(s->title);
        gboolean whole = strcmp(line, s->title) == 0;
        if (!whole && !(s->level && strncmp(line, s->title, len) == 0 && g_str_has_prefix(line + len, ": ")))
            continue;
        *ret_rest = whole ? NULL : line + len + 2;
        *ret_at = i;
        return s;
    }
    return NULL;
}

static void append_line(NoteSection *s, const char *line, gboolean first)
{
    g_autofree char *before = s->text;
    s->text = first ? g_strdup(line) : g_strconcat(before, "\n", line, NULL);
}

/* TRUE when the filled note says exactly @text: then nothing was misread. */
static gboolean fill_sections(Note *n, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    NoteSection *now = NULL;
    gboolean first = TRUE;
    guint next = 0, at = 0;
    for (char **l = lines; *l; l++) {
        const char *rest = NULL;
        NoteSection *found = section_of_line(n, next, *l, &rest, &at);
        if (found) {
            now = found;
            next = at + 1;
            first = rest == NULL;
            if (rest)
                append_line(now, rest, TRUE);
            continue;
        }
        if (!now || !now->takes_text)
            return FALSE;
        append_line(now, *l, first);
        first = FALSE;
    }
    for (guint i = 0; i < n->sections->len; i++)
        g_strchomp(((NoteSection *)n->sections->pdata[i])->text); /* the empty line before the next sökord */
    g_autofree char *back = note_text(n), *want = text_nfc(text);
    return strcmp(back, want) == 0;
}

Note *note_of_document(const FhirResource *document, const GPtrArray *templates, const char *text)
{
    g_autofree char *type = fhir_concept_text(fhir_root(document), "type");
    for (guint i = 0; *text && templates && i < templates->len; i++) {
        g_autoptr(Note) n = note_new(templates->pdata[i], NULL);
        if (n && g_strcmp0(n->title, type) == 0 && fill_sections(n, text))
            return g_steal_pointer(&n);
    }
    return note_without_sections(document, text);
}

