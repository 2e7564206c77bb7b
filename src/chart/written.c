/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/written.h"

#include "fhir/outcome.h"

typedef struct {
    GPtrArray *sent; /* FhirResource* */
    WrittenSame same;
    WrittenFn fn;
    gpointer data;
    Scope *scope; /* the caller's: closing it drops the callback */
    guint scope_id;
    gboolean can_ask;
} Writing;

static void writing_free(gpointer p)
{
    Writing *w = p;
    g_ptr_array_unref(w->sent);
    g_free(w);
}

const char *written_against(const ClientWriteItem *item)
{
    for (guint i = 0; i < item->issues->len; i++)
        if (((const FhirIssue *)item->issues->pdata[i])->text != NULL)
            return ((const FhirIssue *)item->issues->pdata[i])->text;
    return NULL;
}

static WrittenOutcome outcome_of(const Writing *w, const ClientWriteResult *result, Written *out)
{
    gboolean differs = FALSE, unread = FALSE, refused = FALSE, unknown = FALSE, conflict = FALSE;
    for (guint i = 0; result != NULL && i < result->items->len; i++) {
        const ClientWriteItem *item = result->items->pdata[i];
        if (item->state == OUTBOX_CONFIRMED) {
            out->held++;
            unread = unread || item->resource == NULL;
            differs = differs || (item->resource != NULL && !w->same(w->sent->pdata[i], item->resource));
            if (out->version == NULL && item->resource != NULL)
                out->version = fhir_version_id(item->resource);
        }
        refused = refused || item->state == OUTBOX_REFUSED;
        conflict = conflict || item->state == OUTBOX_CONFLICT;
        unknown = unknown || item->state == OUTBOX_UNKNOWN || item->state == OUTBOX_SENDING;
        if (out->text == NULL)
            out->text = written_against(item);
    }
    if (result == NULL || result->never_sent)
        return WRITTEN_NOT_SENT;
    if (out->held == out->sent)
        return differs ? WRITTEN_DIFFERS : unread ? WRITTEN_UNREAD : WRITTEN_DONE;
    if (unknown)
        return WRITTEN_UNKNOWN;
    return out->held > 0 ? WRITTEN_PARTLY : conflict ? WRITTEN_OVERTAKEN : refused ? WRITTEN_REFUSED : WRITTEN_NOT_SENT;
}

static void on_written(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Writing *w = data;
    Written out = {.sent = w->sent->len, .error = error, .can_ask = w->can_ask};
    out.outcome = outcome_of(w, result, &out);
    scope_remove(w->scope, w->scope_id);
    w->fn(&out, w->data);
    writing_free(w);
}

void written_send(Client *client, Scope *scope, PatientCtx *patient, const ClientWrite *writes, guint n,
                  WrittenSame same, WrittenFn fn, gpointer data)
{
    Writing *w = g_new0(Writing, 1);
    *w = (Writing){.sent = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref), .same = same,
                   .fn = fn, .data = data, .scope = scope, .can_ask = TRUE};
    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(w->sent, fhir_resource_ref(writes[i].resource));
        w->can_ask = w->can_ask && (writes[i].kind != CLIENT_CREATE || client_can_look_for(client, fhir_type(writes[i].resource)));
    }
    w->scope_id = scope_add(scope, writing_free, w);
    client_write(client, scope, patient, writes, n, on_written, w);
}

char *written_identifier(const char *draft, const char *word)
{
    guint8 h[20];
    gsize n = sizeof h;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
    g_checksum_update(sum, (const guchar *)draft, -1);
    g_checksum_update(sum, (const guchar *)word, -1);
    g_checksum_get_digest(sum, h, &n);
    h[6] = (guint8)((h[6] & 0x0f) | 0x50); /* RFC 4122: a name-based UUID */
    h[8] = (guint8)((h[8] & 0x3f) | 0x80);
    return g_strdup_printf("urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", h[0], h[1], h[2], h[3],
                           h[4], h[5], h[6], h[7], h[8], h[9], h[10], h[11], h[12], h[13], h[14], h[15]);
}
