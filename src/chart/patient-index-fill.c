/* SPDX-License-Identifier: GPL-3.0-or-later
 * The session's patient index: filled once, in steps that no key has to wait for, and brought up to
 * date with what has changed each time somebody searches again. */
#include "chart/patient-index-private.h"

#include <glib/gi18n.h>

#include "base/clock.h"
#include "client/again.h"
#include "client/query.h"

enum {
    FEW = 1000,     /* so many the client holds as one list, and keeps */
    SLICE_US = 2000, /* of one turn of the main loop */
    TELL_MS = 250,  /* while it is being filled nobody is told more often */
};

struct Filling {
    PatientIndex *index;
    Scope *round;       /* of what is being asked; NULL when nothing is */
    Again *again;
    ClientSearch *beds;
    GPtrArray *queue;   /* FhirResource*: read but not yet added */
    guint taken, slice, timer;
    gboolean filled;    /* all patients were held once */
    gboolean changes;   /* this round asks for what has changed only */
    gboolean ended, whole; /* the core's answer is in; and was all that was asked for */
    gboolean failed, untold;
    guint skipped;      /* entries of the answer that are no patients */
    char *why;          /* the last reason for not having all, as the core or the client gave it; NULL */
    gint64 total;
    Instant newest, coming; /* the latest change at the core before it was filled; of this round */
};

typedef struct {
    PatientIndex *index;
    void (*changed)(gpointer data);
    gpointer data;
} Listener;

static void fill(Filling *f);

/* ---- telling ---- */

void patient_index_tell(PatientIndex *x)
{
    g_autoptr(GPtrArray) all = g_ptr_array_copy(x->listeners, NULL, NULL);
    for (guint i = 0; i < all->len; i++) {
        Listener *l = all->pdata[i];
        if (g_ptr_array_find(x->listeners, l, NULL)) /* one may have ended another */
            l->changed(l->data);
    }
}

static gboolean on_tell(gpointer data)
{
    Filling *f = data;
    if (!f->untold) {
        f->timer = 0;
        return G_SOURCE_REMOVE;
    }
    f->untold = FALSE;
    patient_index_tell(f->index);
    return G_SOURCE_CONTINUE;
}

static void tell_soon(Filling *f)
{
    f->untold = f->timer != 0;
    if (f->timer)
        return;
    f->timer = clock_timer_add(TELL_MS, on_tell, f);
    patient_index_tell(f->index);
}

static void tell_now(Filling *f)
{
    clock_timer_cancel(f->timer);
    f->timer = 0;
    f->untold = FALSE;
    patient_index_tell(f->index);
}

/* ---- rounds ---- */

static void unref_resource(gpointer r)
{
    fhir_resource_unref(r);
}

static void end_round(Filling *f)
{
    g_clear_handle_id(&f->slice, g_source_remove);
    g_clear_pointer(&f->round, scope_close);
    g_ptr_array_set_size(f->queue, 0);
    f->taken = 0;
}

static void begin_round(Filling *f)
{
    end_round(f);
    f->round = scope_new();
    f->changes = f->ended = f->whole = f->failed = FALSE;
}

static void round_done(Filling *f)
{
    PatientIndex *x = f->index;
    gboolean changes = f->changes, whole = f->whole;
    end_round(f);
    if (changes && (!whole || x->entries->len != f->total)) {
        begin_round(f); /* somebody was taken away, or more has changed than is told at once */
        fill(f);
        return;
    }
    f->filled = x->complete = whole;
    f->failed = !whole;
    f->newest = f->coming;
    tell_now(f);
}

static gboolean on_slice(gpointer data)
{
    Filling *f = data;
    gint64 until = clock_monotonic_us() + SLICE_US;
    while (f->taken < f->queue->len) {
        patient_index_add(f->index, f->queue->pdata[f->taken++]);
        if (f->taken % 8 == 0 && clock_monotonic_us() >= until)
            return G_SOURCE_CONTINUE;
    }
    g_ptr_array_set_size(f->queue, 0);
    f->taken = 0;
    f->slice = 0;
    if (f->ended)
        round_done(f);
    else
        tell_soon(f);
    return G_SOURCE_REMOVE;
}

void patient_index_why(PatientIndex *x, const ClientResult *result, const GError *error)
{
    Filling *f = x->filling;
    f->skipped = result ? result->skipped : 0;
    g_free(f->why);
    f->why = g_strdup(error ? error->message : result ? doubt_words(result->doubt) : NULL);
}

static void on_patients(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Filling *f = data;
    for (guint i = 0; result && i < result->items->len; i++)
        g_ptr_array_add(f->queue, fhir_resource_ref(result->items->pdata[i]));
    f->ended = done;
    f->whole = result && result->known == KNOWN_WHOLE && !result->cached && !error && done;
    patient_index_why(f->index, result, error);
    if (done)
        again_note(f->again, error);
    if (!f->slice)
        f->slice = g_idle_add_full(G_PRIORITY_DEFAULT, on_slice, f, NULL);
}

static void ask(Filling *f, FhirQuery *q, ClientFlags flags, ClientResultFn fn)
{
    client_search(f->index->client, f->round, NULL, q, flags, fn, f);
}

/* Many are read page by page and let go: the index holds names and numbers, no resources. */
static void fill(Filling *f)
{
    g_autoptr(FhirQuery) q = fhir_query_new("Patient");
    fhir_query_add_raw(q, "_sort", "_id");
    patient_index_clear(f->index, civil_date_at(clock_clinical_us()));
    f->filled = FALSE;
    ask(f, q, f->total > FEW ? CLIENT_STREAM | CLIENT_FRESH | CLIENT_NO_STORE : CLIENT_DEFAULT, on_patients);
}

static void ask_changes(Filling *f)
{
    g_autoptr(FhirQuery) q = fhir_query_new("Patient");
    fhir_query_add_instant(q, "_lastUpdated", "gt", f->newest);
    f->changes = TRUE;
    ask(f, q, CLIENT_FRESH | CLIENT_NO_STORE, on_patients);
}

/* It answers, but not this: no core gives out its list only after it has been asked often enough. */
static gboolean gives_no_list(const Filling *f, const GError *error)
{
    return error ? g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_REFUSED) || g_error_matches(error, CLIENT_ERROR, CLIENT_ERROR_NOT_FOUND)
                 : f->total < 0;
}

/* How many there are: one that does not say is too large to hold. */
static gboolean take_total(Filling *f, const ClientResult *result, const GError *error)
{
    PatientIndex *x = f->index;
    f->total = result ? result->total : -1;
    gboolean known = !error && f->total >= 0;
    x->large = known ? f->total > PATIENT_INDEX_MAX : !f->filled;
    x->unlisted = gives_no_list(f, error);
    if (known && !x->large)
        return TRUE;
    f->failed = TRUE;
    patient_index_why(x, NULL, x->unlisted ? NULL : error);
    again_note(f->again, error);
    end_round(f);
    tell_now(f);
    return FALSE;
}

static void on_count(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Filling *f = data;
    if (!done || !take_total(f, result, error))
        return;
    f->coming = INSTANT_NONE;
    fill(f);
}

static gboolean ages_stand(const PatientIndex *x)
{
    return civil_date_compare(x->today, civil_date_at(clock_clinical_us())) == 0;
}

static void on_newest(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Filling *f = data;
    PatientIndex *x = f->index;
    if (!done || !take_total(f, result, error))
        return;
    f->coming = result->items->len && !result->doubt ? fhir_last_updated(result->items->pdata[0]) : INSTANT_NONE;
    if (!f->filled || f->newest == INSTANT_NONE || !ages_stand(x)) {
        fill(f);
    } else if (f->coming == f->newest && x->entries->len == f->total) {
        f->ended = f->whole = TRUE;
        round_done(f);
    } else {
        ask_changes(f);
    }
}

/* A core that does not know when a patient was changed is read anew each time. */
static void ask_newest(Filling *f)
{
    g_autoptr(FhirQuery) q = fhir_query_new("Patient");
    begin_round(f);
    if (client_has_search(f->index->client, "Patient", "_lastUpdated")) {
        fhir_query_add_raw(q, "_sort", "-_lastUpdated");
        fhir_query_add_raw(q, "_count", "1");
        fhir_query_add_raw(q, "_total", "accurate");
        ask(f, q, CLIENT_ONE_PAGE | CLIENT_FRESH | CLIENT_NO_STORE, on_newest);
    } else {
        fhir_query_add_raw(q, "_summary", "count");
        ask(f, q, CLIENT_FRESH | CLIENT_NO_STORE, on_count);
    }
}

/* ---- beds ---- */

static void on_beds(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Filling *f = data;
    PatientIndex *x = f->index;
    (void)error;
    (void)done;
    if (!result)
        return;
    g_hash_table_remove_all(x->beds);
    for (guint i = 0; i < result->items->len; i++) {
        FhirNode e = fhir_root(result->items->pdata[i]);
        g_autofree char *type = NULL, *id = NULL;
        g_autofree char *bed = fhir_string(e, "location[0].location.display");
        if (bed && fhir_reference(e, "subject", &type, &id))
            g_hash_table_insert(x->beds, g_steal_pointer(&id), g_steal_pointer(&bed));
    }
    tell_soon(f);
}

static void ask_beds(Filling *f)
{
    if (f->beds) {
        client_refresh(f->beds);
        return;
    }
    g_autoptr(FhirQuery) q = fhir_query_new("Encounter");
    fhir_query_add_raw(q, "status", "in-progress");
    fhir_query_add_raw(q, "class", "IMP,EMER");
    f->beds = client_search(f->index->client, client_session(f->index->client), NULL, q, CLIENT_DEFAULT, on_beds, f);
}

/* ---- one for the session ---- */

static PatientIndex *session; /* a process has one login */

static void on_session_ends(gpointer data)
{
    PatientIndex *x = data;
    Filling *f = x->filling;
    if (session == x)
        session = NULL;
    for (guint i = 0; i < x->listeners->len; i++)
        ((Listener *)x->listeners->pdata[i])->index = NULL;
    end_round(f);
    clock_timer_cancel(f->timer);
    g_ptr_array_unref(f->queue);
    g_free(f->why);
    g_free(f);
    patient_index_free(x);
}

/* Somebody who searches now is told more; who comes later asks anyway. */
static void on_again(gpointer data)
{
    Filling *f = data;
    if (f->round || !f->index->listeners->len)
        return;
    g_clear_pointer(&f->index->asked, g_free);
    ask_newest(f);
}

void patient_index_failed(PatientIndex *x, const GError *error)
{
    again_note(x->filling->again, error);
}

static PatientIndex *session_index(Client *client)
{
    if (session && session->client == client)
        return session;
    PatientIndex *x = patient_index_empty(civil_date_at(clock_clinical_us()));
    x->client = client;
    x->filling = g_new0(Filling, 1);
    x->filling->index = x;
    x->filling->newest = x->filling->coming = INSTANT_NONE;
    x->filling->queue = g_ptr_array_new_with_free_func(unref_resource);
    scope_add(client_session(client), on_session_ends, x);
    x->filling->again = again_new(client_session(client), on_again, x->filling);
    return session = x;
}

static void on_listener_ends(gpointer data)
{
    Listener *l = data;
    if (l->index) /* else the session ended first */
        g_ptr_array_remove(l->index->listeners, l);
    g_free(l);
}

PatientIndex *patient_index_open(Client *client, Scope *scope, void (*changed)(gpointer data), gpointer data)
{
    PatientIndex *x = session_index(client);
    Listener *l = g_new0(Listener, 1);
    *l = (Listener){x, changed, data};
    g_ptr_array_add(x->listeners, l);
    scope_add(scope, on_listener_ends, l);
    ask_beds(x->filling);
    if (!x->filling->round) {
        x->complete = FALSE;
        ask_newest(x->filling);
    }
    return x;
}

char *patient_index_doubt(const PatientIndex *x)
{
    const Filling *f = x->filling;
    if (!f || x->complete)
        return NULL;
    if (f->skipped)
        return g_strdup_printf(ngettext("NOT KNOWN: %u entry is not shown", "NOT KNOWN: %u entries are not shown", f->skipped),
                               f->skipped);
    if (f->why)
        return g_strdup_printf(_("NOT KNOWN: %s"), _(f->why));
    if (x->large && x->more)
        return g_strdup(_("more people match than are shown: type more of the name, or the number"));
    if (x->large && x->asked && *x->asked && !x->questions)
        return g_strdup(_("the core is asked from two letters or ten digits on"));
    if (x->large && x->asked && x->questions && !x->asking)
        return NULL;
    if (x->large)
        return g_strdup(x->unlisted ? _("the core gives out no list of patients: it is asked about what is typed")
                                    : _("too many patients to hold: the core is asked"));
    if (f->failed && f->filled)
        return g_strdup(_("what has changed since the last search is not known"));
    if (f->failed)
        return g_strdup_printf(_("only %u patients could be read"), x->entries->len);
    if (f->filled || f->total <= FEW)
        return NULL; /* a moment, not worth a word that is taken back at once */
    return g_strdup_printf(_("%u of %u patients read"), x->entries->len, (guint)f->total);
}
