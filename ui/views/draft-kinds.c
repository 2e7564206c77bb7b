/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/draft-kinds.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/views/sending.h"

#define GONE N_("The draft is not there any more")
#define OF_OTHER N_("This draft belongs to another patient")
#define NOTE_DAMAGED N_("The end of this draft could not be read; this is the last whole state")
#define ENTRY_DAMAGED N_("The latest changes of what was typed could not be read: read all of it again")

const DraftKind draft_kinds[] = {
    {"note", "note-edit", N_("Draft of a note"), GONE, OF_OTHER, NOTE_DAMAGED},
    {"note-later", "note-edit", N_("Draft of a correction or addition"), GONE, OF_OTHER, NOTE_DAMAGED},
    {"order", "order", N_("Order not signed"), N_("The order is not on the list any more"),
     N_("This order belongs to another patient"), N_("The latest changes of the order could not be read: read all of it again")},
    {"vitals", "vitals-new", N_("Measured, not signed"), GONE, OF_OTHER,
     N_("The latest changes of the measurements could not be read: read all of them again")},
    {"giving", "giving", N_("Doses marked, not signed"), GONE, OF_OTHER, ENTRY_DAMAGED},
    {"procedure", "procedure-new", N_("Procedure, not signed"), GONE, OF_OTHER, ENTRY_DAMAGED},
    {"diagnosis", "diagnosis-new", N_("Diagnosis, not signed"), GONE, OF_OTHER, ENTRY_DAMAGED},
    {"alert", "alert-new", N_("Hypersensitivity or alert, not signed"), GONE, OF_OTHER, ENTRY_DAMAGED},
    {"booking", "booking-new", N_("Booking not made"), NULL, OF_OTHER,
     N_("The latest changes of the booking could not be read: read all of it again")},
    {0}};

const DraftKind *draft_kind(const char *kind)
{
    for (const DraftKind *k = draft_kinds; k->kind; k++)
        if (g_strcmp0(k->kind, kind) == 0)
            return k;
    return NULL;
}

const DraftKind *draft_kind_of_view(const char *view)
{
    const DraftKind *k = draft_kinds;
    while (k->kind && strcmp(k->view, view) != 0)
        k++;
    g_return_val_if_fail(k->kind, NULL);
    return k;
}

gboolean draft_is_old(const Draft *d)
{
    return clock_real_us() - d->changed > DRAFT_OLD_US;
}

static gboolean is_of(const Draft *d, const char *patient, const char *view)
{
    const DraftKind *k = draft_kind(d->kind);
    return k && strcmp(k->view, view) == 0 && (!patient || g_strcmp0(d->patient, patient) == 0);
}

Draft *draft_read(App *app, const char *id, const char *patient, const char *view, GError **error)
{
    g_autoptr(GError) failed = NULL;
    g_autoptr(Draft) d = app->services.draft_get(app->services.self, id, &failed);
    const DraftKind *k = draft_kind_of_view(view);
    if (failed)
        g_propagate_error(error, g_steal_pointer(&failed));
    else if (!d && k->gone)
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _(k->gone));
    else if (d && !is_of(d, patient, view))
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _(k->of_other));
    if (!d || !is_of(d, patient, view))
        return NULL;
    if (d->damaged)
        app->frontend->status(app, STATUS_WARN, _(k->damaged));
    return g_steal_pointer(&d);
}

Draft *draft_open(App *app, const char *id, const char *patient, const char *view, GError **error)
{
    return sending_refuses(id, error) ? NULL : draft_read(app, id, patient, view, error);
}

char *draft_left(App *app, const char *patient, const char *view, DraftWanted wanted, gpointer data)
{
    guint unreadable = 0;
    g_autoptr(GPtrArray) drafts = app->services.draft_list(app->services.self, patient, &unreadable, NULL);
    for (guint i = 0; drafts && i < drafts->len; i++) {
        const Draft *d = drafts->pdata[i];
        g_autofree char *meta = text_of_bytes(d->meta);
        if (is_of(d, patient, view) && (!wanted || wanted(meta, data)))
            return g_strdup(d->id);
    }
    return NULL;
}
