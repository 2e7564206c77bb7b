/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/wrote.h — an order that is written, and what was told of it. */
#pragma once
#include "client/fixture.h"

#define ORDER                                                                                      \
    "{\"resourceType\":\"MedicationRequest\",\"status\":\"active\",\"intent\":\"order\","          \
    "\"subject\":{\"reference\":\"Patient/p1\"}}"

typedef struct {
    gboolean done, null_result, all, never_sent, provenance;
    guint calls, n, issues;
    OutboxState state[8];
    int code;
    char *text, *id;
} Wrote;

static inline void on_wrote(const ClientWriteResult *r, const GError *error, gpointer data)
{
    Wrote *w = data;
    w->calls++;
    w->code = error ? error->code : -1;
    w->null_result = r == NULL;
    if (r) {
        w->all = r->all_confirmed;
        w->never_sent = r->never_sent;
        w->provenance = r->provenance;
        w->n = r->items->len;
        g_free(w->id);
        w->id = g_strdup(r->id);
        for (guint i = 0; i < r->items->len && i < 8; i++) {
            ClientWriteItem *item = r->items->pdata[i];
            w->state[i] = item->state;
            w->issues += item->issues->len;
            if (i == 0 && item->resource) {
                gsize len;
                const char *text = g_bytes_get_data(fhir_text(item->resource), &len);
                g_free(w->text);
                w->text = g_strndup(text, len);
            }
        }
    }
    w->done = TRUE;
}

static inline void wrote_clear(Wrote *w)
{
    g_free(w->text);
    g_free(w->id);
    *w = (Wrote){0};
}

static inline FhirResource *res(const char *json)
{
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    FhirResource *r = fhir_resource_parse(text, NULL);
    cr_assert(r);
    return r;
}

static inline void create(Fx *f, const char *identifier, Wrote *w)
{
    g_autoptr(FhirResource) r = res(ORDER);
    w->done = FALSE;
    ClientWrite one = {
        .kind = CLIENT_CREATE, .resource = r, .identifier = identifier, .provenance = "author"};
    client_write(f->client, f->scope, f->ctx, &one, 1, on_wrote, w);
    cr_assert(!w->done);
}

/* Runs until told, moving time on when nothing else can happen (a server that says nothing). */
static inline void wait_for(Wrote *w)
{
    for (guint i = 0; i < 40 && !w->done; i++) {
        loop_settle();
        clock_test_advance(10 * G_USEC_PER_SEC);
    }
    cr_assert(w->done);
    cr_assert_eq(w->calls, 1);
}
