/* SPDX-License-Identifier: GPL-3.0-or-later
 * The booking line's sealed draft: each key is kept before it is painted, and half a line that was left
 * is gone on with. */
#include "ui/views/booking-new.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/views/draft-kinds.h"

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
        Draft d = {.id = b->draft_id, .patient = (char *)patient_ctx_id(v->patient), .kind = (char *)draft_kind_of_view(v->cls->name)->kind, .text = t, .meta = m};
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

/* Half a line that was left is gone on with, unless this begins with a line of its own. */
gboolean booking_draft_open(View *v, const char *arg, GError **error)
{
    BookingView *b = v->state;
    const char *patient = patient_ctx_id(v->patient);
    gboolean named = arg && g_str_has_prefix(arg, "draft:");
    g_autofree char *id = named ? g_strdup(arg + strlen("draft:")) : arg ? NULL : draft_left(v->app, patient, v->cls->name, NULL, NULL);
    g_autoptr(GError) failed = NULL;
    g_autoptr(Draft) d = id ? draft_open(v->app, id, patient, v->cls->name, &failed) : NULL;
    g_autofree char *text = d ? text_of_bytes(d->text) : NULL;
    if (failed) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return FALSE;
    }
    b->draft_id = d ? g_strdup(d->id) : g_uuid_string_random();
    b->saved = d != NULL;
    b->line = field_new(d || named ? text : arg);
    return TRUE;
}
