/* SPDX-License-Identifier: GPL-3.0-or-later
 * What became of a write, as it is told. */
#include "base/clock.h"
#include "base/event.h"
#include "client/outbox.h"

ClientWriteResult write_result(const Write *w, GPtrArray *outs)
{
    ClientWriteResult r = {.id = w->id,
                           .patient = w->patient,
                           .items = outs,
                           .all_confirmed = TRUE,
                           .never_sent = TRUE,
                           .half = write_half_of(w),
                           .request_id = w->request_id};
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->undo)
            continue;
        g_ptr_array_add(outs, &item->out);
        r.all_confirmed = r.all_confirmed && item->out.state == OUTBOX_CONFIRMED;
        r.never_sent = r.never_sent && item->out.state == OUTBOX_PREPARED;
        r.provenance = r.provenance || (w->transaction && item->provenance);
    }
    return r;
}

/* What was written goes into the cache, and whoever shows it is told. */
void write_announce(Write *w)
{
    Client *c = w->client;
    gboolean any = FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        if (item->out.state != OUTBOX_CONFIRMED)
            continue;
        if (!any)
            client_set_written(c, w->patient);
        any = TRUE;
        if (item->out.resource) {
            g_autofree char *key =
                g_strconcat(c->cache_prefix, item->type, "/", fhir_id(item->out.resource), NULL);
            c->store->cache_put(c->store_data, w->patient, key, fhir_text(item->out.resource),
                                clock_real_us(), item->out.etag);
        }
        const char *id = item->out.resource ? fhir_id(item->out.resource) : item->id;
        event_emit(&(Event){
            .kind = EVENT_RESOURCE_CHANGED, .type = item->type, .id = id, .patient = w->patient});
    }
}
