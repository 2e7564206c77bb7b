/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-internal.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"

#define SECTION_MARK "\x1f"
#define DRAFT_MARKS "\n" SECTION_MARK /* divide a draft: no name may hold one */
#define MAX_LEVEL 4

static void section_free(gpointer p)
{
    NoteSection *s = p;
    g_free(s->link_id);
    g_free(s->title);
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
    n->sections = g_ptr_array_new_with_free_func(section_free);
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

/* ---- templates ---- */

char *note_template_id(const FhirResource *q)
{
    return fhir_string(fhir_root(q), "name");
}

char *note_template_title(const FhirResource *q)
{
    return fhir_string(fhir_root(q), "title");
}

static gboolean for_role(const FhirResource *q, const char *role)
{
    gboolean any = FALSE;
    for (FhirNode u = fhir_first(fhir_at(fhir_root(q), "useContext")); fhir_exists(u); u = fhir_next(u)) {
        FhirNode codings = fhir_at(u, "valueCodeableConcept.coding");
        for (FhirNode c = fhir_first(codings); fhir_exists(c); c = fhir_next(c)) {
            any = TRUE;
            if (role && fhir_is(c, "code", role))
                return TRUE;
        }
    }
    return !any || !role;
}

static int by_title(gconstpointer a, gconstpointer b)
{
    const FhirResource *x = *(FhirResource *const *)a, *y = *(FhirResource *const *)b;
    gint64 p = fhir_int(fhir_root(x), "extension[url=urn:rond:order].valueInteger", 99);
    gint64 q = fhir_int(fhir_root(y), "extension[url=urn:rond:order].valueInteger", 99);
    g_autofree char *s = note_template_title(x), *t = note_template_title(y);
    return p != q ? (p < q ? -1 : 1) : text_compare_sv(s ? s : "", t ? t : "");
}

static void template_take(GPtrArray *out, const char *path, const char *role, GPtrArray *problems)
{
    g_autofree char *text = NULL;
    gsize len;
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) q = NULL;
    if (g_file_get_contents(path, &text, &len, &error)) {
        g_autoptr(GBytes) bytes = g_bytes_new(text, len);
        q = fhir_resource_parse(bytes, &error);
    }
    g_autoptr(Note) probe = q ? note_new(q, &error) : NULL;
    if (!probe)
        g_ptr_array_add(problems, g_strdup_printf("%s: %s", path, error->message));
    else if (for_role(q, role))
        g_ptr_array_add(out, g_steal_pointer(&q));
}

GPtrArray *note_templates(const char *dir, const char *role, GPtrArray *problems)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    for (const char *name; d && (name = g_dir_read_name(d));) {
        if (!g_str_has_prefix(name, "note-") || !g_str_has_suffix(name, ".json"))
            continue;
        g_autofree char *path = g_build_filename(dir, name, NULL);
        template_take(out, path, role, problems);
    }
    g_ptr_array_sort(out, by_title);
    return out;
}

static gboolean add_items(Note *n, FhirNode items, guint level, GHashTable *seen, GError **error)
{
    for (FhirNode i = fhir_first(items); fhir_exists(i); i = fhir_next(i)) {
        g_autofree char *link = fhir_string(i, "linkId"), *text = fhir_string(i, "text"), *type = fhir_string(i, "type");
        if (!link || !text || !type || strpbrk(link, DRAFT_MARKS) || level >= MAX_LEVEL || !g_hash_table_add(seen, g_strdup(link))) {
            g_set_error(error, FHIR_ERROR, FHIR_ERROR_STRUCTURE,
                        _("The template has a sökord without linkId, text or type, twice the same, or too deep (%s)"),
                        link ? link : "?");
            return FALSE;
        }
        gboolean takes_text = strcmp(type, "group") != 0 && strcmp(type, "display") != 0;
        note_add_section(n, link, text, level, takes_text)->text = g_strdup("");
        if (!add_items(n, fhir_at(i, "item"), level + 1, seen, error))
            return FALSE;
    }
    return TRUE;
}

Note *note_new(const FhirResource *q, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *id = note_template_id(q);
    g_autoptr(Note) n = note_blank(id);
    n->title = note_template_title(q);
    n->loinc = fhir_string(fhir_root(q), "code[0].code");
    if (!n->template_id || strpbrk(n->template_id, DRAFT_MARKS) || !n->title || !add_items(n, fhir_at(fhir_root(q), "item"), 0, seen, error)) {
        if (error && !*error)
            g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_STRUCTURE, _("The template has no name or title"));
        return NULL;
    }
    if (!n->sections->len) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_STRUCTURE, _("The template has no sökord"));
        return NULL;
    }
    return g_steal_pointer(&n);
}

/* ---- draft form ---- */

char *note_to_draft(const Note *n)
{
    GString *out = g_string_new(n->template_id);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < n->sections->len; i++) {
        const NoteSection *s = n->sections->pdata[i];
        if (*s->text)
            g_string_append_printf(out, SECTION_MARK "%s\n%s", s->link_id, s->text);
    }
    return g_string_free(out, FALSE);
}

char *note_draft_template(const char *text)
{
    return g_strndup(text, strcspn(text, "\n"));
}

static NoteSection *section_named(const Note *n, const char *link)
{
    NoteSection *first = NULL;
    for (guint i = 0; i < n->sections->len; i++) {
        NoteSection *s = n->sections->pdata[i];
        if (!first && s->takes_text)
            first = s;
        if (s->takes_text && strcmp(s->link_id, link) == 0)
            return s;
    }
    return first ? first : n->sections->pdata[0];
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
        NoteSection *s = section_named(n, nl ? *p : "");
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

/* "# Sökord" lines are headings in the XHTML copy; in the text they stand alone, subheadings indented
 * by nothing but their place. */
char *note_text_with(const Note *n, gboolean marks)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < n->sections->len; i++) {
        const NoteSection *s = n->sections->pdata[i];
        g_autofree char *body = g_strdup(s->text);
        g_strstrip(body);
        if (!*body && !has_text_below(n, i))
            continue;
        if (!*s->title) { /* a text without sökord */
            g_string_append(out, body);
            continue;
        }
        if (out->len)
            g_string_append(out, s->level ? "\n" : "\n\n");
        g_string_append_printf(out, "%s%s", marks ? "# " : "", s->title);
        if (*body && !marks && s->level)
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
