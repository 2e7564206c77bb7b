/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-internal.h"

#include <string.h>

#include "base/text.h"

#define SECTION_MARK "\x1f"

void note_section_free(gpointer p)
{
    NoteSection *s = p;
    g_free(s->link_id);
    g_free(s->title);
    g_strfreev(s->choices);
    g_free(s->unit);
    g_free(s->text);
    g_free(s);
}

void note_free(Note *n)
{
    if (!n)
        return;
    g_free(n->template_id);
    g_free(n->title);
    g_free(n->loinc);
    g_ptr_array_unref(n->sections);
    g_free(n);
}

Note *note_blank(const char *template_id)
{
    Note *n = g_new0(Note, 1);
    n->template_id = g_strdup(template_id);
    n->sections = g_ptr_array_new_with_free_func(note_section_free);
    return n;
}

NoteSection *note_add_section(Note *n, const char *link_id, const char *title, guint level, gboolean takes_text)
{
    NoteSection *s = g_new0(NoteSection, 1);
    s->link_id = g_strdup(link_id);
    s->title = g_strdup(title);
    s->level = level;
    s->takes_text = takes_text;
    g_ptr_array_add(n->sections, s);
    return s;
}

/* ---- draft form ---- */

/* The template, then a line for each sökord with its title: the linkId alone says nothing of what heading the words were
 * written under. An earlier rond reads none of these lines, and finds each sökord by the linkId that its words begin with. */
static char *draft_head(const Note *n)
{
    GString *out = g_string_new(n->template_id);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < n->sections->len; i++) {
        const NoteSection *s = n->sections->pdata[i];
        if (s->takes_text && *s->link_id != NOTE_TERM && *s->title)
            g_string_append_printf(out, "%s" NOTE_TERM_TITLE "%s\n", s->link_id, s->title);
    }
    return g_string_free(out, FALSE);
}

/* What the head says of the sökord; NULL: nothing. Owned. */
static char *title_in_head(const char *text, const char *link)
{
    g_autofree char *head = g_strndup(text, strcspn(text, SECTION_MARK)), *begins = g_strconcat("\n", link, NOTE_TERM_TITLE, NULL);
    const char *at = strstr(head, begins);
    return at ? g_strndup(at + strlen(begins), strcspn(at + strlen(begins), "\n")) : NULL;
}

char *note_to_draft(const Note *n)
{
    g_autofree char *head = draft_head(n);
    GString *out = g_string_new(head);
    for (guint i = 0; i < n->sections->len; i++) {
        const NoteSection *s = n->sections->pdata[i];
        if (*s->text)
            g_string_append_printf(out, SECTION_MARK "%s\n%s", s->link_id, s->text);
    }
    return g_string_free(out, FALSE);
}

gsize note_draft_offset(const Note *n, const gsize *lengths, guint section)
{
    g_autofree char *head = draft_head(n);
    gsize at = strlen(head);
    for (guint i = 0; i <= section; i++) {
        const NoteSection *s = n->sections->pdata[i];
        if (i == section || lengths[i])
            at += strlen(SECTION_MARK) + strlen(s->link_id) + 1;
        at += i < section ? lengths[i] : 0;
    }
    return at;
}

char *note_draft_template(const char *text)
{
    return g_strndup(text, strcspn(text, "\n"));
}

/* Words never go under another heading than they were written under. Some drafts of before say the title behind the linkId,
 * the first none: they are believed. */
static NoteSection *section_named(Note *n, const char *text, const char *name)
{
    NoteSection *added = *name == NOTE_TERM ? note_term_of_draft(n, name) : NULL;
    g_auto(GStrv) parts = g_strsplit(name, NOTE_TERM_TITLE, 2); /* none of "" */
    const char *link = parts[0] ? parts[0] : "";
    g_autofree char *said = title_in_head(text, link);
    const char *title = parts[0] && parts[1] ? parts[1] : said;
    for (guint i = 0; i < n->sections->len && !added; i++) {
        NoteSection *s = n->sections->pdata[i];
        if (strcmp(s->link_id, link) != 0)
            continue;
        title = title ? title : s->title;
        if (s->takes_text && strcmp(s->title, title) == 0)
            return s;
    }
    return added ? added : note_term_for_lost(n, link, title);
}

gboolean note_from_draft(Note *n, const char *text)
{
    const char *body = strstr(text, SECTION_MARK);
    if (!g_utf8_validate(text, -1, NULL))
        return FALSE;
    g_auto(GStrv) parts = g_strsplit(body ? body + 1 : "", SECTION_MARK, -1);
    for (char **p = parts; *p; p++) {
        char *nl = strchr(*p, '\n');
        const char *words = nl ? nl + 1 : *p; /* a piece without a name is text all the same */
        if (nl)
            *nl = '\0';
        if (!*words)
            continue;
        NoteSection *s = section_named(n, text, nl ? *p : "");
        g_autofree char *before = g_steal_pointer(&s->text);
        s->text = g_strconcat(before, *before ? "\n" : "", words, NULL);
    }
    return TRUE;
}

/* ---- the text that is signed ---- */

static gboolean has_text_below(const Note *n, guint at)
{
    const NoteSection *s = n->sections->pdata[at];
    for (guint i = at + 1; i < n->sections->len; i++) {
        const NoteSection *t = n->sections->pdata[i];
        if (t->level <= s->level)
            return FALSE;
        if (*t->text)
            return TRUE;
    }
    return FALSE;
}

/* Without the empty lines around it; the blanks of its first line stand over the columns of those below. */
static char *body_of(const char *text)
{
    const char *from = text;
    for (const char *p = text; g_ascii_isspace(*p); p++)
        if (*p == '\n')
            from = p + 1;
    return g_strchomp(g_strdup(from));
}

/* "# Sökord" lines are headings in the XHTML copy; in the text they stand alone, subheadings indented
 * by nothing but their place. */
char *note_text_with(const Note *n, gboolean marks)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < n->sections->len; i++) {
        const NoteSection *s = n->sections->pdata[i];
        g_autofree char *body = body_of(s->text);
        if (!*body && !has_text_below(n, i))
            continue;
        if (!*s->title) { /* a text without sökord */
            g_string_append(out, body);
            continue;
        }
        if (out->len)
            g_string_append(out, s->level ? "\n" : "\n\n");
        g_string_append_printf(out, "%s%s", marks ? "# " : "", s->title);
        if (*body && !marks && s->level && !g_ascii_isspace(*body))
            g_string_append_printf(out, ": %s", body);
        else if (*body)
            g_string_append_printf(out, "\n%s", body);
    }
    char *nfc = text_nfc(out->str);
    g_string_free(out, TRUE);
    return nfc;
}

char *note_text(const Note *n)
{
    return note_text_with(n, FALSE);
}
