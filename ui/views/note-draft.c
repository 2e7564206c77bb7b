/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-draft.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "base/xdg.h"
#include "ui/views/draft-kinds.h"

#define NOTE_VIEW "note-edit"

/* "<act>\x1e<reason>\x1e<the base as it was read>\x1e" before the note's own form. */
#define PART_MARK "\x1e"
enum { ABOUT_PARTS = 3 };

static const struct {
    NoteAct act;
    NoteRelation relation;
    const char *word;    /* in the draft */
    const char *heading; /* N_() */
    gboolean goes_on;    /* begins with the words of the base */
    const char *what;    /* N_(): in the list of drafts */
} abouts[] = {
    {NOTE_CHANGE, NOTE_REPLACES, "change", N_("Change: %s"), TRUE, N_("a change")},
    {NOTE_CORRECT, NOTE_REPLACES, "correct", N_("Correction: %s"), TRUE, N_("a correction")},
    {NOTE_APPEND, NOTE_ADDS_TO, "append", N_("Addition: %s"), FALSE, N_("an addition")},
    {NOTE_TRANSCRIBE, NOTE_TRANSCRIBES, "transcribe", N_("Transcription: %s"), FALSE, N_("a transcription")},
};

static gsize about_row(NoteAct act)
{
    gsize i = 0;
    while (abouts[i].act != act && i + 1 < G_N_ELEMENTS(abouts))
        i++;
    return i;
}

void note_about_clear(NoteAbout *a)
{
    g_clear_pointer(&a->reason, g_free);
    g_clear_pointer(&a->base, fhir_resource_unref);
}

void note_about_copy(NoteAbout *to, const NoteAbout *from)
{
    *to = (NoteAbout){from->act, g_strdup(from->reason), from->base ? fhir_resource_ref(from->base) : NULL};
}

NoteRelation note_about_relation(const NoteAbout *a)
{
    return a->base ? abouts[about_row(a->act)].relation : NOTE_STANDS_ALONE;
}

char *note_about_words(const NoteAbout *a, gboolean with_reason)
{
    if (!a->base)
        return NULL;
    g_autofree char *title = fhir_concept_text(fhir_root(a->base), "type");
    g_autofree char *what = g_strdup_printf(_(abouts[about_row(a->act)].heading), title ? title : _("Note"));
    return a->reason && with_reason ? g_strdup_printf("%s (%s)", what, a->reason) : g_steal_pointer(&what);
}

char *note_about_before(const NoteAbout *a)
{
    return a->base && abouts[about_row(a->act)].goes_on ? note_document_text(a->base) : NULL;
}

void note_draft_free(NoteDraft *d)
{
    if (!d)
        return;
    g_clear_pointer(&d->note, note_free);
    note_about_clear(&d->about);
    g_free(d->patient);
    g_free(d->place);
    g_free(d);
}

char *note_draft_core_templates(const App *app)
{
    return xdg_state_path(app->training ? "ovning/templates" : "templates", NULL);
}

GPtrArray *note_draft_templates(const App *app, const char *role, GPtrArray *problems)
{
    g_autofree char *core = note_draft_core_templates(app), *shipped = data_path("forms");
    return note_templates_of((const char *const[]){core ? core : shipped, "/etc/rond/forms", shipped, NULL}, role, problems);
}

gboolean note_draft_is_one(const Draft *d)
{
    const DraftKind *k = draft_kind(d->kind);
    return k && strcmp(k->view, NOTE_VIEW) == 0;
}

/* ---- reading ---- */

static const char *own_form(const Draft *d, const char *text)
{
    for (guint parts = strcmp(d->kind, NOTE_DRAFT_LATER) == 0 ? ABOUT_PARTS : 0; parts; parts--) {
        const char *mark = strchr(text, *PART_MARK);
        if (!mark)
            return "";
        text = mark + 1;
    }
    return text;
}

FhirResource *note_draft_find_template(const GPtrArray *templates, const Draft *d)
{
    g_autofree char *text = text_of_bytes(d->text), *wanted = note_draft_template(own_form(d, text));
    for (guint i = 0; i < templates->len; i++) {
        g_autofree char *id = note_template_id(templates->pdata[i]);
        if (g_strcmp0(id, wanted) == 0)
            return templates->pdata[i];
    }
    return NULL;
}

const char *note_draft_later_word(const Draft *d)
{
    gsize len = 0;
    const char *text = g_bytes_get_data(d->text, &len);
    for (gsize i = 0; i < G_N_ELEMENTS(abouts); i++) {
        gsize n = strlen(abouts[i].word);
        if (len > n && memcmp(text, abouts[i].word, n) == 0 && text[n] == *PART_MARK)
            return _(abouts[i].what);
    }
    return NULL;
}

static gboolean read_about(NoteAbout *about, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, PART_MARK, ABOUT_PARTS + 1);
    if (g_strv_length(parts) <= ABOUT_PARTS)
        return FALSE;
    gsize i = 0;
    while (i < G_N_ELEMENTS(abouts) && strcmp(abouts[i].word, parts[0]) != 0)
        i++;
    g_autoptr(GBytes) bytes = g_bytes_new(parts[2], strlen(parts[2]));
    about->base = i < G_N_ELEMENTS(abouts) ? fhir_resource_parse(bytes, NULL) : NULL;
    if (!about->base)
        return FALSE;
    about->act = abouts[i].act;
    about->reason = *parts[1] ? g_strdup(parts[1]) : NULL;
    return TRUE;
}

/* "3\n120 0": section, then the editor's own place, then lines of what was pulled in. */
static void read_meta(NoteDraft *nd, const Draft *d)
{
    g_autofree char *meta = text_of_bytes(d->meta);
    char *nl = strchr(meta, '\n');
    nd->section = (guint)g_ascii_strtoull(meta, NULL, 10);
    nd->place = nl ? g_strdup(nl + 1) : NULL;
}

static GPtrArray *all_templates(const App *app)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    return note_draft_templates(app, NULL, problems);
}

static Note *empty_note(const GPtrArray *templates, const Draft *d, const NoteAbout *about, GError **error)
{
    FhirResource *template = note_draft_find_template(templates, d);
    if (template)
        return note_new(template, error);
    g_autofree char *text = text_of_bytes(d->text), *wanted = note_draft_template(own_form(d, text));
    if (about->base && strcmp(wanted, NOTE_FREE_TEXT) == 0)
        return note_of_document(about->base, NULL, "");
    /* In another template its sökord would run together or change their meaning. */
    g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, _("The draft's template “%s” is not here, so it is not opened; the draft is kept"), wanted);
    return NULL;
}

/* The template is another than the one that was written in. What else there was to say of the draft is said still. */
static void tell_lost(App *app, const Draft *d, const Note *note)
{
    g_autoptr(GPtrArray) titles = g_ptr_array_new();
    for (guint i = 0; i < note->sections->len; i++) {
        const NoteSection *s = note->sections->pdata[i];
        if (s->lost)
            g_ptr_array_add(titles, s->title);
    }
    if (!titles->len)
        return;
    g_ptr_array_add(titles, NULL);
    g_autofree char *names = g_strjoinv(", ", (char **)titles->pdata);
    g_autofree char *line = g_strdup_printf(_("The template has changed; what has no sökord in it now stands last: %s"), names);
    g_autofree char *both = d->damaged ? g_strdup_printf("%s. %s", _(draft_kind(d->kind)->damaged), line) : NULL;
    app->frontend->status(app, STATUS_WARN, both ? both : line);
}

NoteDraft *note_draft_open(App *app, const char *id, GError **error)
{
    g_autoptr(Draft) d = draft_read(app, id, NULL, NOTE_VIEW, error);
    if (!d)
        return NULL;
    g_autoptr(GPtrArray) templates = all_templates(app);
    g_autofree char *text = text_of_bytes(d->text);
    NoteAbout about = {0};
    gboolean whole = strcmp(d->kind, NOTE_DRAFT_LATER) != 0 || read_about(&about, text);
    g_autoptr(Note) note = whole ? empty_note(templates, d, &about, error) : NULL;
    if (!note || !note_from_draft(note, own_form(d, text))) {
        note_about_clear(&about);
        if (error && !*error)
            g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("The draft's template cannot be read; the draft is kept"));
        return NULL;
    }
    NoteDraft *nd = g_new0(NoteDraft, 1);
    nd->note = g_steal_pointer(&note);
    nd->about = about;
    nd->patient = g_strdup(d->patient);
    nd->changed = d->changed;
    read_meta(nd, d);
    tell_lost(app, d, nd->note);
    return nd;
}

/* ---- writing ---- */

static char *with_about(const NoteAbout *about, const char *form)
{
    gsize len = 0;
    const char *base = g_bytes_get_data(fhir_text(about->base), &len);
    GString *out = g_string_new(abouts[about_row(about->act)].word);
    g_autofree char *reason = about->reason ? text_sanitise(about->reason, -1, FALSE) : g_strdup("");
    g_string_append_printf(out, PART_MARK "%s" PART_MARK, reason);
    g_string_append_len(out, base, (gssize)len);
    g_string_append_printf(out, PART_MARK "%s", form);
    return g_string_free(out, FALSE);
}

GBytes *note_draft_meta(guint section, const char *place)
{
    char *meta = g_strdup_printf("%u\n%s", section, place);
    return g_bytes_new_take(meta, strlen(meta));
}

gsize note_draft_head(const NoteAbout *about)
{
    g_autofree char *head = about && about->base ? with_about(about, "") : NULL;
    return head ? strlen(head) : 0;
}

gboolean note_draft_save(App *app, const char *id, const char *patient, const NoteAbout *about, const Note *note,
                         guint section, const char *place, GError **error)
{
    gboolean later = about && about->base;
    g_autofree char *form = note_to_draft(note);
    g_autofree char *text = later ? with_about(about, form) : g_steal_pointer(&form);
    g_autoptr(GBytes) t = g_bytes_new(text, strlen(text)), m = note_draft_meta(section, place);
    Draft d = {.id = (char *)id, .patient = (char *)patient, .kind = (char *)(later ? NOTE_DRAFT_LATER : NOTE_DRAFT_ALONE),
               .text = t, .meta = m};
    return app->services.draft_put(app->services.self, &d, error);
}

/* A dictation is written down in the sökord of its type. */
static Note *first_note(const NoteAbout *about, const GPtrArray *templates)
{
    g_autofree char *before = note_about_before(about), *type = fhir_concept_text(fhir_root(about->base), "type");
    for (guint i = 0; about->act == NOTE_TRANSCRIBE && i < templates->len; i++) {
        g_autofree char *title = note_template_title(templates->pdata[i]);
        if (g_strcmp0(title, type) == 0)
            return note_new(templates->pdata[i], NULL);
    }
    return note_of_document(about->base, templates, before ? before : "");
}

char *note_draft_begin(App *app, const char *patient, const NoteAbout *about, GError **error)
{
    g_autofree char *id = g_uuid_string_random();
    g_autoptr(GPtrArray) templates = all_templates(app);
    g_autoptr(Note) note = first_note(about, templates);
    return note_draft_save(app, id, patient, about, note, 0, "0 0", error) ? g_steal_pointer(&id) : NULL;
}

GPtrArray *note_drafts_left(App *app)
{
    guint unreadable = 0;
    GPtrArray *all = app->services.draft_list(app->services.self, NULL, &unreadable, NULL);
    for (guint i = all ? all->len : 0; i-- > 0;) {
        const Draft *d = all->pdata[i];
        if (!note_draft_is_one(d) || !draft_is_old(d))
            g_ptr_array_remove_index(all, i);
    }
    return all ? all : g_ptr_array_new();
}
