/* SPDX-License-Identifier: GPL-3.0-or-later
 * ETags as the core gave them. Most are W/"versionId" and can be made of what a search gave; of a core where they are
 * something else the ones that came are kept by the version they stand for, and a change that was turned away under
 * one that was made goes out once more under the one that the core has for the same version. */
#include <string.h>

#include "client/outbox.h"

enum { MOST_KEPT = 1000 };

static char *key_of(const FhirResource *r)
{
    const char *version = fhir_version_id(r);
    return fhir_id(r) && version ? g_strdup_printf("%s/%s/%s", fhir_type(r), fhir_id(r), version) : NULL;
}

void etag_note(Client *client, const FhirResource *r, const char *etag)
{
    char *key = etag && *etag && !same_version(etag, r) ? key_of(r) : NULL;
    if (!key)
        return;
    if (g_hash_table_size(client->etags) >= MOST_KEPT)
        g_hash_table_remove_all(client->etags);
    g_hash_table_insert(client->etags, key, g_strdup(etag));
}

const char *etag_of(const Client *client, const FhirResource *r)
{
    g_autofree char *key = key_of(r);
    return key ? g_hash_table_lookup(client->etags, key) : NULL;
}

static gboolean same_etag(const char *a, const char *b)
{
    if (!a || !b)
        return FALSE;
    return g_str_equal(a + 2 * g_str_has_prefix(a, "W/"), b + 2 * g_str_has_prefix(b, "W/"));
}

gboolean item_is_on(const Item *item, const FhirResource *now, const char *etag)
{
    if (item->base && fhir_version_id(now))
        return g_str_equal(item->base, fhir_version_id(now));
    return same_version(item->if_match, now) || same_etag(item->if_match, etag);
}

/* The core's own ETag for the very version that this changes, where ours was made and is another. */
gboolean item_take_etag(Item *item, const FhirResource *now, const char *etag)
{
    Instant then = fhir_last_updated(item->resource);
    if (item->kind == CLIENT_CREATE || item->tagged || !item->base || !etag || same_etag(item->if_match, etag) ||
        !item_is_on(item, now, etag) || (then != INSTANT_NONE && fhir_last_updated(now) != then))
        return FALSE;
    g_free(item->if_match);
    item->if_match = g_strdup(etag);
    item->tagged = TRUE;
    return TRUE;
}

/* Turned away for the form of the ETag and for nothing else. */
static gboolean was_its_etag(Item *item)
{
    gboolean stale = item->out.status == 412 || item->out.status == 409;
    return item->out.state == OUTBOX_CONFLICT && stale && item->out.resource && item_take_etag(item, item->out.resource, item->out.etag);
}

static void begin_again(Item *item)
{
    item_event(item, ON_OTHER_ETAG);
    g_clear_pointer(&item->out.resource, fhir_resource_unref);
    g_clear_pointer(&item->out.etag, g_free);
    g_ptr_array_set_size(item->out.issues, 0);
    item->out.status = 0;
}

gboolean write_takes_etags(Write *w)
{
    guint rivals = 0, taken = 0;
    if (w->forgotten || w->given_up)
        return FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->out.state == OUTBOX_UNKNOWN)
            return FALSE; /* an earlier attempt may still be done */
        if (item->out.state != OUTBOX_CONFLICT || item->kind == CLIENT_CREATE)
            continue;
        if (was_its_etag(item))
            taken++;
        else
            rivals += !item->out.resource || !item_is_on(item, item->out.resource, item->out.etag);
    }
    if (!taken || rivals)
        return FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->out.state == OUTBOX_CONFLICT)
            begin_again(item);
    }
    g_clear_error(&w->error);
    return TRUE;
}
