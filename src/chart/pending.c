/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/pending.h"

#include "chart/patient.h"
#include "client/query.h"
#include "client/write.h"

void pending_write_free(PendingWrite *p)
{
    if (!p)
        return;
    g_free(p->id);
    g_free(p->patient);
    g_free(p->what);
    g_free(p);
}

static guint count_of(const ClientWriteResult *row, OutboxState state)
{
    guint n = 0;
    for (guint i = 0; i < row->items->len; i++)
        n += ((ClientWriteItem *)row->items->pdata[i])->state == state;
    return n;
}

static PendingState state_of(const ClientWriteResult *row)
{
    static const struct {
        OutboxState is;
        PendingState means;
    } worst[] = {{OUTBOX_UNKNOWN, PENDING_UNKNOWN},   {OUTBOX_SENDING, PENDING_UNKNOWN},
                 {OUTBOX_CONFLICT, PENDING_CHANGED},  {OUTBOX_REFUSED, PENDING_REFUSED},
                 {OUTBOX_PREPARED, PENDING_NOT_SENT}, {OUTBOX_CONFIRMED, PENDING_DONE}};
    if (row->half == CLIENT_HALF_LATER)
        return PENDING_HALF;
    if (row->half == CLIENT_HALF_BACK)
        return PENDING_REFUSED;
    guint done = count_of(row, OUTBOX_CONFIRMED);
    gboolean known = !count_of(row, OUTBOX_UNKNOWN) && !count_of(row, OUTBOX_SENDING);
    if (known && done > 0 && done < row->items->len)
        return PENDING_PARTLY;
    for (gsize k = 0; k < G_N_ELEMENTS(worst); k++) /* what is not known first */
        if (count_of(row, worst[k].is))
            return worst[k].means;
    return PENDING_UNKNOWN;
}

static gboolean is_unsent(const ClientWriteResult *row)
{
    return count_of(row, OUTBOX_PREPARED) &&
           count_of(row, OUTBOX_PREPARED) + count_of(row, OUTBOX_CONFIRMED) == row->items->len;
}

static void take_row(const ClientWriteResult *row, Instant created, gpointer data)
{
    const ClientWriteItem *first = row->items->len ? row->items->pdata[0] : NULL;
    PendingWrite *p = g_new0(PendingWrite, 1);
    p->id = g_strdup(row->id);
    p->patient = g_strdup(row->patient);
    p->what = g_strdup(first && first->resource ? fhir_type(first->resource) : NULL);
    p->state = row->under_way ? PENDING_ASKED : state_of(row);
    p->unsent = !row->under_way && is_unsent(row);
    p->created = created;
    g_ptr_array_add(data, p);
}

GPtrArray *pending_list(Client *client, guint *ret_unreadable)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)pending_write_free);
    *ret_unreadable = client_outbox_unreadable(client);
    client_outbox_each(client, take_row, out);
    return out;
}

typedef struct {
    PendingFn fn;
    gpointer data;
} Asking;

static void on_asked(const ClientWriteResult *result, const GError *error, gpointer data)
{
    g_autofree Asking *a = data;
    PendingState state = result ? state_of(result)
                         : g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_ASKED)   ? PENDING_ASKED
                         : g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_SETTLED) ? PENDING_SETTLED
                                                                                      : PENDING_UNKNOWN;
    a->fn(state, error, a->data);
}

static Asking *asking_new(PendingFn fn, gpointer data)
{
    Asking *a = g_new(Asking, 1);
    *a = (Asking){fn, data};
    return a;
}

void pending_ask(Client *client, Scope *scope, const char *id, PendingFn fn, gpointer data)
{
    client_outbox_ask(client, scope, id, on_asked, asking_new(fn, data));
}

void pending_send(Client *client, Scope *scope, const char *id, PendingFn fn, gpointer data)
{
    client_outbox_send(client, scope, id, on_asked, asking_new(fn, data));
}

void pending_forget(Client *client, const char *id)
{
    client_outbox_forget(client, id);
}

typedef struct {
    PatientNamesFn fn;
    gpointer data;
    GHashTable *names;
} Naming;

static void naming_free(gpointer p)
{
    Naming *n = p;
    g_hash_table_unref(n->names);
    g_free(n);
}

static void on_names(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Naming *n = data;
    (void)error;
    for (guint i = 0; result && i < result->items->len; i++) {
        const FhirResource *p = result->items->pdata[i];
        g_autofree char *name = chart_patient_list_name(p), *number = chart_patient_number(p);
        g_hash_table_replace(n->names, g_strdup(fhir_id(p)), g_strdup_printf("%s %s", name, number ? number : ""));
    }
    if (done)
        n->fn(n->names, n->data);
}

void patient_names_load(Client *client, Scope *scope, const GPtrArray *ids, PatientNamesFn fn, gpointer data)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(list, "%s%s", i ? "," : "", (const char *)ids->pdata[i]);
    if (!list->len)
        return;
    Naming *n = g_new0(Naming, 1);
    n->fn = fn;
    n->data = data;
    n->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    scope_add(scope, naming_free, n);
    g_autoptr(FhirQuery) q = fhir_query_new("Patient");
    fhir_query_add_raw(q, "_id", list->str);
    client_search(client, scope, NULL, q, CLIENT_DEFAULT, on_names, n);
}
