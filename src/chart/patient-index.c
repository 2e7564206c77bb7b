/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/patient-index-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/patient.h"
#include "client/query.h"

/* ---- what is held of a patient ---- */

/* All strings lie in one block: ten thousand patients are let go of at once with the index. */
static char *kept(PatientIndex *x, char *owned)
{
    g_autofree char *text = owned;
    return text ? g_string_chunk_insert(x->strings, text) : NULL;
}

static gsize digits_of(const char *number, char ret[13])
{
    gsize n = 0;
    for (const char *p = number ? number : ""; *p && n < 12; p++)
        if (g_ascii_isalnum(*p))
            ret[n++] = g_ascii_toupper(*p);
    ret[n] = '\0';
    return n;
}

static void entry_fill(PatientIndex *x, Entry *e, const FhirResource *p)
{
    g_autofree char *full = chart_patient_banner_name(p);
    g_autofree char *folded = text_fold(full);
    e->name = kept(x, chart_patient_list_name(p));
    e->number = kept(x, chart_patient_number(p));
    e->sex_age = kept(x, chart_patient_sex_age(p, x->today, _("language-code")));
    e->folded = kept(x, g_strconcat(" ", folded, NULL));
    e->sort_key = kept(x, text_sort_key_sv(e->name));
    e->name_hash = g_str_hash(e->sort_key);
    find_words(e);
    e->birth_year = chart_patient_birth(p).year;
    e->protected_identity = chart_patient_protected(p) != FALSE;
    e->n_digits = (guint8)digits_of(e->number, e->digits);
}

void patient_index_add(PatientIndex *x, const FhirResource *p)
{
    Entry *e = fhir_id(p) ? g_hash_table_lookup(x->by_id, fhir_id(p)) : NULL;
    guint version = fhir_version_id(p) ? g_str_hash(fhir_version_id(p)) : 0;
    if (!fhir_id(p) || (e && version && e->version == version))
        return;
    if (!e) {
        e = g_new0(Entry, 1);
        e->id = kept(x, g_strdup(fhir_id(p)));
        g_hash_table_insert(x->by_id, e->id, e);
        g_ptr_array_add(x->entries, e);
    }
    e->version = version;
    entry_fill(x, e, p);
}

PatientIndex *patient_index_empty(CivilDate today)
{
    PatientIndex *x = g_new0(PatientIndex, 1);
    x->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    x->entries = g_ptr_array_new_with_free_func(g_free);
    x->strings = g_string_chunk_new(1 << 16);
    x->beds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    x->listeners = g_ptr_array_new();
    x->today = today;
    return x;
}

void patient_index_clear(PatientIndex *x, CivilDate today)
{
    g_hash_table_remove_all(x->by_id);
    g_ptr_array_set_size(x->entries, 0);
    g_string_chunk_clear(x->strings);
    x->today = today;
}

void patient_index_free(PatientIndex *x)
{
    if (!x)
        return;
    g_clear_pointer(&x->ask_scope, scope_close);
    g_hash_table_unref(x->by_id);
    g_ptr_array_unref(x->entries);
    g_string_chunk_free(x->strings);
    g_hash_table_unref(x->beds);
    g_ptr_array_unref(x->listeners);
    g_free(x->asked);
    g_free(x);
}

PatientIndex *patient_index_of(const GPtrArray *patients, CivilDate today)
{
    PatientIndex *x = patient_index_empty(today);
    for (guint i = 0; i < patients->len; i++)
        patient_index_add(x, patients->pdata[i]);
    x->complete = TRUE;
    return x;
}

gboolean patient_index_complete(const PatientIndex *x)
{
    return x->complete && !x->large;
}

gboolean patient_index_asks(const PatientIndex *x)
{
    return x->large;
}

gboolean patient_index_asking(const PatientIndex *x)
{
    return x->asking > 0;
}

gboolean patient_index_answered(const PatientIndex *x)
{
    g_autofree char *doubt = patient_index_doubt(x);
    return x->large && x->questions && !x->asking && !doubt;
}

guint patient_index_size(const PatientIndex *x)
{
    return x->entries->len;
}

/* ---- a core too large to hold ---- */

/* One question of several: what one of them leaves unknown is not known, whatever the others give. */
static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    PatientIndex *x = data;
    if (done && (error || (result && (result->skipped || result->doubt != DOUBT_NONE))))
        patient_index_why(x, result, error);
    if (done && error)
        patient_index_failed(x, error);
    if (done && x->asking)
        x->asking--;
    x->more |= done && result && result->known == KNOWN_MORE;
    for (guint i = 0; result && i < result->items->len; i++)
        patient_index_add(x, result->items->pdata[i]);
    patient_index_tell(x);
}

static void ask(PatientIndex *x, const char *name, const char *value)
{
    g_autoptr(FhirQuery) f = fhir_query_new("Patient");
    fhir_query_add_raw(f, "_count", "50");
    fhir_query_add(f, name, value);
    x->asking++;
    x->questions++;
    client_search(x->client, x->ask_scope, NULL, f, CLIENT_ONE_PAGE | CLIENT_NO_STORE, on_answer, x);
}

/* With one typing error at least one half of the word is as it should be. */
void patient_index_ask(PatientIndex *x, const char *query, char **words, const GPtrArray *numbers)
{
    if (g_strcmp0(query, x->asked) == 0)
        return;
    g_free(x->asked);
    x->asked = g_strdup(query);
    g_clear_pointer(&x->ask_scope, scope_close);
    x->ask_scope = scope_new();
    patient_index_why(x, NULL, NULL);
    x->more = FALSE;
    x->asking = x->questions = 0;
    for (char **w = words; *w; w++) {
        gsize n = strlen(*w);
        if (n >= 2)
            ask(x, "name", *w);
        if (n >= 6) {
            g_autofree char *front = g_strndup(*w, n / 2);
            ask(x, "name", front);
            ask(x, "name:contains", *w + n / 2);
        }
    }
    for (guint i = 0; i < numbers->len; i++)
        if (strlen(numbers->pdata[i]) >= 10)
            ask(x, "identifier", numbers->pdata[i]);
}
