/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-batch-item.h"

#include <glib/gi18n.h>

#include "chart/feed.h"
#include "chart/when.h"

void batch_item_free(gpointer p)
{
    BatchItem *i = p;
    g_clear_pointer(&i->document, fhir_resource_unref);
    g_clear_pointer(&i->ctx, patient_ctx_unref);
    g_clear_pointer(&i->text, textview_free);
    g_free(i->failure);
    g_free(i->words);
    g_free(i->belongs);
    g_free(i->patient);
    g_free(i->id);
    g_free(i);
}

/* Of the note: why it is as it is, which note it belongs to, its words, and what is not shown of it. */
static char *words_of(const BatchItem *item)
{
    NoteReading *n = note_read(item->document);
    GString *out = g_string_new(NULL);
    if (n->why)
        g_string_append_printf(out, "%s\n", n->why);
    if (n->related)
        g_string_append_printf(out, "%s\n", item->belongs ? item->belongs : _("[The note that it belongs to is not known here]"));
    g_string_append_printf(out, "%s%s", out->len ? "\n" : "", n->text);
    if (n->others) {
        g_string_append(out, "\n\n");
        g_string_append_printf(out, ngettext("[%u attachment is not shown]", "[%u attachments are not shown]", n->others), n->others);
    }
    note_reading_free(n);
    return g_string_free(out, FALSE);
}

void batch_item_unread(BatchItem *item)
{
    g_free(item->words);
    g_clear_pointer(&item->text, textview_free);
    item->words = words_of(item);
    item->text = textview_new(); /* also where it has the same words */
    textview_set_heading_mark(item->text, "# ");
    textview_set(item->text, item->words);
    item->read = FALSE;
}

void batch_item_take(BatchItem *item, const FhirResource *document)
{
    g_clear_pointer(&item->document, fhir_resource_unref);
    item->document = fhir_resource_ref(document);
    batch_item_unread(item);
}

/* ---- what it belongs to ---- */

typedef struct {
    View *v;
    BatchItemFind find;
    char *id; /* of the item */
} Asked;

static void asked_free(gpointer p)
{
    Asked *a = p;
    g_free(a->id);
    g_free(a);
}

static void on_related(Feed *feed, gpointer data)
{
    const GPtrArray *found = feed_state(feed)->items;
    const Asked *a = data;
    BatchItem *item = a->find(a->v, a->id);
    if (!item || !found || !found->len)
        return;
    NoteReading *n = note_read(found->pdata[0]);
    g_autofree char *when = when_long(n->date, shell_now());
    char *line = g_strdup_printf(_("Belongs to: %s · %s · %s · %s"), n->title, when, n->author ? n->author : _("author not stated"), n->state);
    note_reading_free(n);
    gboolean same = g_strcmp0(item->belongs, line) == 0;
    g_free(item->belongs);
    item->belongs = line;
    if (!same)
        batch_item_unread(item);
    view_dirty(a->v);
}

void batch_item_ask(View *v, BatchItem *item, BatchItemFind find)
{
    NoteReading *n = note_read(item->document);
    g_autofree char *related = g_steal_pointer(&n->related);
    note_reading_free(n);
    if (item->asked || !related)
        return;
    Asked *a = g_new0(Asked, 1);
    *a = (Asked){v, find, g_strdup(item->id)};
    scope_add(v->scope, asked_free, a);
    item->asked = TRUE;
    feed_watch_one(v->app->client, v->scope, item->ctx, "DocumentReference", related, on_related, a);
}

