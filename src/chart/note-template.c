/* SPDX-License-Identifier: GPL-3.0-or-later
 * Templates: FHIR Questionnaires from files, and what makes one unusable, said so that whoever wrote it
 * finds the place. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/note-internal.h"

#define MAX_LEVEL 4
#define UNIT "extension[url=http://hl7.org/fhir/StructureDefinition/questionnaire-unit].valueCoding"

char *note_template_id(const FhirResource *q)
{
    return fhir_string(fhir_root(q), "name");
}

char *note_template_title(const FhirResource *q)
{
    return fhir_string(fhir_root(q), "title");
}

/* ---- files ---- */

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

static FhirResource *template_read(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize len;
    if (!g_file_get_contents(path, &text, &len, error))
        return NULL;
    g_autoptr(GBytes) bytes = g_bytes_new(text, len);
    return fhir_resource_parse(bytes, error);
}

/* By its path, as it last could be used: somebody who writes in the file while rond runs takes no template away. */
static GHashTable *kept;

static FhirResource *template_before(const char *path)
{
    FhirResource *q = kept ? g_hash_table_lookup(kept, path) : NULL;
    return q ? fhir_resource_ref(q) : NULL;
}

static void template_keep(const char *path, FhirResource *q)
{
    if (!kept)
        kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)fhir_resource_unref);
    g_hash_table_replace(kept, g_strdup(path), fhir_resource_ref(q));
}

static void template_take(GPtrArray *out, GHashTable *seen, const char *path, const char *role, GPtrArray *problems)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) q = template_read(path, &error);
    g_autoptr(Note) probe = q ? note_new(q, &error) : NULL;
    if (probe) {
        template_keep(path, q);
    } else {
        g_autoptr(FhirResource) before = template_before(path);
        g_autofree char *file = g_path_get_basename(path), *title = q ? note_template_title(q) : NULL;
        g_autofree char *named = title ? g_strdup_printf("%s (%s)", title, file) : g_strdup(file);
        g_ptr_array_add(problems, g_strdup_printf(before ? _("%s is broken and is used as it was before: %s") : "%s: %s", named, error->message));
        probe = before ? note_new(before, NULL) : NULL;
        g_clear_pointer(&q, fhir_resource_unref);
        q = g_steal_pointer(&before);
    }
    if (probe && g_hash_table_add(seen, g_strdup(probe->template_id)) && for_role(q, role))
        g_ptr_array_add(out, g_steal_pointer(&q));
}

GPtrArray *note_templates_of(const char *const *dirs, const char *role, GPtrArray *problems)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; *dirs; dirs++) {
        g_autoptr(GDir) d = g_dir_open(*dirs, 0, NULL);
        for (const char *name; d && (name = g_dir_read_name(d));) {
            if (!g_str_has_prefix(name, "note-") || !g_str_has_suffix(name, ".json"))
                continue;
            g_autofree char *path = g_build_filename(*dirs, name, NULL);
            template_take(out, seen, path, role, problems);
        }
    }
    g_ptr_array_sort(out, by_title);
    return out;
}

GPtrArray *note_templates(const char *dir, const char *role, GPtrArray *problems)
{
    return note_templates_of((const char *const[]){dir, NULL}, role, problems);
}

/* ---- what the answers are ---- */

static const struct {
    const char *type;
    gboolean takes_text;
    NoteEntry entry;
    gboolean open, whole;
} types[] = {
    {"group", FALSE, NOTE_WORDS, FALSE, FALSE},   {"display", FALSE, NOTE_WORDS, FALSE, FALSE},
    {"text", TRUE, NOTE_WORDS, FALSE, FALSE},     {"string", TRUE, NOTE_WORDS, FALSE, FALSE},
    {"choice", TRUE, NOTE_CHOICE, FALSE, FALSE},  {"open-choice", TRUE, NOTE_CHOICE, TRUE, FALSE},
    {"integer", TRUE, NOTE_NUMBER, FALSE, TRUE},  {"decimal", TRUE, NOTE_NUMBER, FALSE, FALSE},
    {"quantity", TRUE, NOTE_NUMBER, FALSE, FALSE}, {"date", TRUE, NOTE_DATE, FALSE, FALSE},
};

static char **read_choices(FhirNode item)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new();
    for (FhirNode o = fhir_first(fhir_at(item, "answerOption")); fhir_exists(o); o = fhir_next(o)) {
        char *words = fhir_string(o, "valueString");
        if (!words)
            words = fhir_string(o, "valueCoding.display");
        if (words)
            g_ptr_array_add(out, words);
    }
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&out), FALSE);
}

static gboolean refuse(GError **error, char *why)
{
    g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_STRUCTURE, why);
    g_free(why);
    return FALSE;
}

static gboolean read_entry(NoteSection *s, FhirNode item, const char *type, GError **error)
{
    gsize i = 0;
    while (i < G_N_ELEMENTS(types) && strcmp(types[i].type, type) != 0)
        i++;
    if (i == G_N_ELEMENTS(types))
        return refuse(error, g_strdup_printf(_("The sökord “%s” (linkId %s) has the type “%s”, which a note cannot have"), s->title,
                                             s->link_id, type));
    s->takes_text = types[i].takes_text;
    s->entry = types[i].entry;
    s->open = types[i].open;
    s->whole = types[i].whole;
    if (s->entry == NOTE_CHOICE)
        s->choices = read_choices(item);
    if (s->entry == NOTE_CHOICE && !*s->choices)
        return refuse(error, g_strdup_printf(_("The sökord “%s” (linkId %s) has nothing to choose from"), s->title, s->link_id));
    if (s->entry == NOTE_NUMBER) {
        s->unit = fhir_string(item, UNIT ".display");
        if (!s->unit)
            s->unit = fhir_string(item, UNIT ".code");
    }
    return TRUE;
}

/* ---- the tree ---- */

/* @path: the linkIds on the way to these items, NULL at the top. */
static gboolean add_items(Note *n, FhirNode items, guint level, GHashTable *seen, GPtrArray *path, GError **error)
{
    for (FhirNode i = fhir_first(items); fhir_exists(i); i = fhir_next(i)) {
        g_autofree char *link = fhir_string(i, "linkId"), *text = fhir_string(i, "text"), *type = fhir_string(i, "type");
        if (!link || !*link || strpbrk(link, NOTE_DRAFT_MARKS) || *link == NOTE_TERM)
            return refuse(error, g_strdup_printf(_("The sökord “%s” has no linkId that can be used"), text ? text : "?"));
        if (!text || !*text || strpbrk(text, NOTE_DRAFT_MARKS))
            return refuse(error, g_strdup_printf(_("The item with linkId %s has no text: a sökord has a name"), link));
        if (!type)
            return refuse(error, g_strdup_printf(_("The sökord “%s” (linkId %s) has no type"), text, link));
        if (g_ptr_array_find_with_equal_func(path, link, g_str_equal, NULL))
            return refuse(error, g_strdup_printf(_("The sökord “%s” (linkId %s) goes round in a loop: it lies within itself"), text, link));
        if (!g_hash_table_add(seen, g_strdup(link)))
            return refuse(error, g_strdup_printf(_("The linkId %s stands twice, the second time at “%s”"), link, text));
        if (level >= MAX_LEVEL)
            return refuse(error, g_strdup_printf(_("The sökord “%s” (linkId %s) lies too deep: %d levels at most"), text, link, MAX_LEVEL));
        NoteSection *s = note_add_section(n, link, text, level, TRUE);
        s->text = g_strdup("");
        if (!read_entry(s, i, type, error))
            return FALSE;
        g_ptr_array_add(path, link);
        gboolean ok = add_items(n, fhir_at(i, "item"), level + 1, seen, path, error);
        g_ptr_array_set_size(path, (int)path->len - 1);
        if (!ok)
            return FALSE;
    }
    return TRUE;
}

/* What @at is shown by, which is shown by … : TRUE when that comes back to @link. */
static gboolean shown_by(GHashTable *questions, const char *link, const char *at, GHashTable *seen)
{
    const GPtrArray *asks = g_hash_table_lookup(questions, at);
    for (guint i = 0; asks && i < asks->len; i++) {
        char *one = asks->pdata[i];
        if (strcmp(one, link) == 0 || (g_hash_table_add(seen, one) && shown_by(questions, link, one, seen)))
            return TRUE;
    }
    return FALSE;
}

static void collect_questions(FhirNode items, GHashTable *questions, guint level)
{
    for (FhirNode i = fhir_first(items); fhir_exists(i) && level < MAX_LEVEL; i = fhir_next(i)) {
        GPtrArray *asks = g_ptr_array_new_with_free_func(g_free);
        char *link = fhir_string(i, "linkId");
        for (FhirNode e = fhir_first(fhir_at(i, "enableWhen")); fhir_exists(e); e = fhir_next(e)) {
            char *question = fhir_string(e, "question");
            if (question)
                g_ptr_array_add(asks, question);
        }
        g_hash_table_replace(questions, link ? link : g_strdup(""), asks);
        collect_questions(fhir_at(i, "item"), questions, level + 1);
    }
}

/* A sökord that is shown when another is answered, which is shown when the first is: neither ever is. */
static gboolean no_ring(const Note *n, const FhirResource *q, GError **error)
{
    g_autoptr(GHashTable) questions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    collect_questions(fhir_at(fhir_root(q), "item"), questions, 0);
    for (guint i = 0; i < n->sections->len; i++) {
        const NoteSection *s = n->sections->pdata[i];
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        if (shown_by(questions, s->link_id, s->link_id, seen))
            return refuse(error, g_strdup_printf(_("The sökord “%s” (linkId %s) goes round in a loop: it is shown only when it has been answered"),
                                                 s->title, s->link_id));
    }
    return TRUE;
}

static gboolean takes_words(const Note *n)
{
    for (guint i = 0; i < n->sections->len; i++)
        if (((const NoteSection *)n->sections->pdata[i])->takes_text)
            return TRUE;
    return FALSE;
}

Note *note_new(const FhirResource *q, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) path = g_ptr_array_new();
    g_autofree char *id = note_template_id(q);
    g_autoptr(Note) n = note_blank(id);
    n->title = note_template_title(q);
    n->loinc = fhir_string(fhir_root(q), "code[0].code");
    if (!n->template_id || strpbrk(n->template_id, NOTE_DRAFT_MARKS) || !n->title) {
        refuse(error, g_strdup(_("The template has no name or title")));
        return NULL;
    }
    if (!add_items(n, fhir_at(fhir_root(q), "item"), 0, seen, path, error) || !no_ring(n, q, error))
        return NULL;
    if (!takes_words(n)) {
        refuse(error, g_strdup(_("The template has no sökord to write in")));
        return NULL;
    }
    return g_steal_pointer(&n);
}
