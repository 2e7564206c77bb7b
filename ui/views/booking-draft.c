/* SPDX-License-Identifier: GPL-3.0-or-later
 * The booking line's sealed draft: each key is kept before it is painted, and half a line that was left
 * is gone on with. */
#include "ui/views/booking-new.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"

#define DRAFT_KIND "booking"

void booking_draft_save(View *v)
{
    BookingView *b = v->state;
    g_autoptr(GError) error = NULL;
    const Services *s = &v->app->services;
    const char *text = field_text(b->line);
    gboolean first = !b->saved;
    g_clear_pointer(&b->save_problem, g_free);
    if (*text) {
        g_autoptr(GBytes) t = g_bytes_new(text, strlen(text)), m = g_bytes_new("", 0);
        Draft d = {.id = b->draft_id, .patient = (char *)patient_ctx_id(v->patient), .kind = (char *)DRAFT_KIND, .text = t, .meta = m};
        b->saved = s->draft_put(s->self, &d, &error) || b->saved;
    } else if (b->saved) {
        b->saved = !s->draft_remove(s->self, b->draft_id, &error);
    }
    if (error)
        b->save_problem = g_strdup(_(error->message));
    if (first != !b->saved)
        shell_place_changed(v->app);
}

/* The line has become a booking. */
void booking_draft_remove(View *v)
{
    BookingView *b = v->state;
    const Services *s = &v->app->services;
    g_autoptr(GError) error = NULL;
    if (b->saved && !s->draft_remove(s->self, b->draft_id, &error))
        notify_error(v->app, error);
    b->saved = FALSE;
}

static void take(BookingView *b, const Draft *d)
{
    g_autofree char *text = text_of_bytes(d->text);
    g_free(b->draft_id);
    b->draft_id = g_strdup(d->id);
    b->saved = TRUE;
    b->line = field_new(text);
}

/* Half a line that was left is gone on with, unless this begins with a line of its own. */
static void take_left(View *v)
{
    BookingView *b = v->state;
    const Services *s = &v->app->services;
    guint unreadable = 0;
    g_autoptr(GPtrArray) drafts = s->draft_list(s->self, patient_ctx_id(v->patient), &unreadable, NULL);
    for (guint i = 0; drafts && i < drafts->len && !b->line; i++)
        if (strcmp(((Draft *)drafts->pdata[i])->kind, DRAFT_KIND) == 0)
            take(b, drafts->pdata[i]);
}

gboolean booking_draft_open(View *v, const char *arg, GError **error)
{
    BookingView *b = v->state;
    const Services *s = &v->app->services;
    b->draft_id = g_uuid_string_random();
    if (arg && g_str_has_prefix(arg, "draft:")) {
        g_autoptr(Draft) d = s->draft_get(s->self, arg + strlen("draft:"), error);
        if (error && *error)
            return FALSE;
        if (d && (g_strcmp0(d->patient, patient_ctx_id(v->patient)) != 0 || strcmp(d->kind, DRAFT_KIND) != 0)) {
            g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("This draft belongs to another patient"));
            return FALSE;
        }
        if (d)
            take(b, d);
    } else if (!arg) {
        take_left(v);
    }
    if (!b->line)
        b->line = field_new(arg && !g_str_has_prefix(arg, "draft:") ? arg : NULL);
    return TRUE;
}
