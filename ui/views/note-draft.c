/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-draft.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "base/xdg.h"

void note_draft_free(NoteDraft *d)
{
    if (!d)
        return;
    g_clear_pointer(&d->note, note_free);
    g_free(d->patient);
    g_free(d->place);
    g_free(d);
}

FhirResource *note_draft_find_template(const GPtrArray *templates, const Draft *d)
{
    g_autofree char *text = text_of_bytes(d->text), *wanted = note_draft_template(text);
    for (guint i = 0; i < templates->len; i++) {
        g_autofree char *id = note_template_id(templates->pdata[i]);
        if (g_strcmp0(id, wanted) == 0)
            return templates->pdata[i];
    }
    return NULL;
}

/* "3\n120 0": section, then the editor's own place. */
static void read_meta(NoteDraft *nd, const Draft *d)
{
    g_autofree char *meta = text_of_bytes(d->meta);
    char *nl = strchr(meta, '\n');
    nd->section = (guint)g_ascii_strtoull(meta, NULL, 10);
    nd->place = nl ? g_strdup(nl + 1) : NULL;
}

NoteDraft *note_draft_open(App *app, const GPtrArray *templates, const char *id, GError **error)
{
    g_autoptr(GPtrArray) own = NULL, problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Draft) d = app->services.draft_get(app->services.self, id, error);
    if (!d) {
        if (error && !*error)
            g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("The draft is not there any more"));
        return NULL;
    }
    if (!templates) {
        g_autofree char *dir = data_path("forms");
        own = note_templates(dir, NULL, problems);
        templates = own;
    }
    FhirResource *template = note_draft_find_template(templates, d);
    g_autoptr(Note) note = template ? note_new(template, error)
                                    : templates->len ? note_new(templates->pdata[0], error) : NULL;
    g_autofree char *text = text_of_bytes(d->text);
    if (!note || !note_from_draft(note, text)) {
        if (error && !*error)
            g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("The draft's template cannot be read; the draft is kept"));
        return NULL;
    }
    NoteDraft *nd = g_new0(NoteDraft, 1);
    nd->note = g_steal_pointer(&note);
    nd->patient = g_strdup(d->patient);
    nd->changed = d->changed;
    nd->damaged = d->damaged;
    read_meta(nd, d);
    return nd;
}

gboolean note_draft_save(App *app, const char *id, const char *patient, const Note *note, guint section,
                         const char *place, GError **error)
{
    g_autofree char *text = note_to_draft(note), *meta = g_strdup_printf("%u\n%s", section, place);
    g_autoptr(GBytes) t = g_bytes_new(text, strlen(text)), m = g_bytes_new(meta, strlen(meta));
    Draft d = {.id = (char *)id, .patient = (char *)patient, .kind = (char *)"note", .text = t, .meta = m};
    return app->services.draft_put(app->services.self, &d, error);
}
