/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/patient-index.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/patient.h"
#include "client/query.h"

typedef struct {
    char *id, *name, *number, *sex_age;
    char *folded;      /* names only, folded, one blank between words and one first */
    char digits[13];   /* the number without separators, "" when none */
    char *place;       /* bed as shown */
    gint16 birth_year;
    gboolean protected_identity;
} Entry;

struct PatientIndex {
    Client *client;
    Scope *scope;
    GHashTable *by_id;   /* id → Entry */
    GPtrArray *entries;  /* Entry, owned */
    GHashTable *beds;    /* patient id → bed */
    gboolean complete, large;
    char *asked;         /* large core: the query that was sent last */
    Scope *ask_scope;
    void (*changed)(gpointer data);
    gpointer data;
    CivilDate today;
};

/* ---- filling ---- */

static void entry_free(gpointer p)
{
    Entry *e = p;
    g_free(e->id);
    g_free(e->name);
    g_free(e->number);
    g_free(e->sex_age);
    g_free(e->folded);
    g_free(e->place);
    g_free(e);
}

static void digits_of(const char *number, char ret[13])
{
    gsize n = 0;
    for (const char *p = number ? number : ""; *p && n < 12; p++)
        if (g_ascii_isalnum(*p))
            ret[n++] = *p;
    ret[n] = '\0';
}

static void entry_fill(Entry *e, const FhirResource *p, CivilDate today)
{
    g_autofree char *full = chart_patient_banner_name(p);
    g_autofree char *folded = text_fold(full);
    g_free(e->name);
    g_free(e->number);
    g_free(e->sex_age);
    g_free(e->folded);
    e->name = chart_patient_list_name(p);
    e->number = chart_patient_number(p);
    e->sex_age = chart_patient_sex_age(p, today, _("language-code"));
    e->folded = g_strconcat(" ", folded, NULL);
    e->birth_year = chart_patient_birth(p).year;
    e->protected_identity = chart_patient_protected(p);
    digits_of(e->number, e->digits);
}

static void add_patient(PatientIndex *x, const FhirResource *p)
{
    Entry *e = fhir_id(p) ? g_hash_table_lookup(x->by_id, fhir_id(p)) : NULL;
    if (!fhir_id(p))
        return;
    if (!e) {
        e = g_new0(Entry, 1);
        e->id = g_strdup(fhir_id(p));
        g_hash_table_insert(x->by_id, e->id, e);
        g_ptr_array_add(x->entries, e);
    }
    entry_fill(e, p, x->today);
}

static void tell(PatientIndex *x)
{
    if (x->changed)
        x->changed(x->data);
}

static void on_patients(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    PatientIndex *x = data;
    if (result)
        for (guint i = 0; i < result->items->len; i++)
            add_patient(x, result->items->pdata[i]);
    x->complete = result && result->complete && !result->cached && !result->unknown && !error && done;
    tell(x);
}

static void on_beds(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    PatientIndex *x = data;
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
    tell(x);
}

static void fill(PatientIndex *x)
{
    g_autoptr(FhirQuery) q = fhir_query_new("Patient");
    fhir_query_add_raw(q, "_sort", "_id");
    client_search(x->client, x->scope, NULL, q, CLIENT_DEFAULT, on_patients, x);
}

static void on_count(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    PatientIndex *x = data;
    if (!done)
        return;
    x->large = error || !result || result->total < 0 || result->total > PATIENT_INDEX_MAX;
    if (!x->large)
        fill(x);
}

static PatientIndex *index_new(CivilDate today)
{
    PatientIndex *x = g_new0(PatientIndex, 1);
    x->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    x->entries = g_ptr_array_new_with_free_func(entry_free);
    x->beds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    x->today = today;
    return x;
}

void patient_index_free(PatientIndex *x)
{
    if (!x)
        return;
    g_clear_pointer(&x->ask_scope, scope_close);
    g_clear_pointer(&x->scope, scope_close);
    g_hash_table_unref(x->by_id);
    g_ptr_array_unref(x->entries);
    g_hash_table_unref(x->beds);
    g_free(x->asked);
    g_free(x);
}

static void on_scope_closed(gpointer p)
{
    patient_index_free(p);
}

PatientIndex *patient_index_new(Client *client, Scope *scope, void (*changed)(gpointer data), gpointer data)
{
    PatientIndex *x = index_new(civil_date_at(clock_clinical_us()));
    x->client = client;
    x->scope = scope_new();
    x->changed = changed;
    x->data = data;
    scope_add(scope, on_scope_closed, x);
    g_autoptr(FhirQuery) count = fhir_query_new("Patient");
    fhir_query_add_raw(count, "_summary", "count");
    client_search(client, x->scope, NULL, count, CLIENT_FRESH | CLIENT_NO_STORE, on_count, x);
    g_autoptr(FhirQuery) beds = fhir_query_new("Encounter");
    fhir_query_add_raw(beds, "status", "in-progress");
    fhir_query_add_raw(beds, "class", "IMP,EMER");
    client_search(client, x->scope, NULL, beds, CLIENT_DEFAULT, on_beds, x);
    return x;
}

PatientIndex *patient_index_of(const GPtrArray *patients, CivilDate today)
{
    PatientIndex *x = index_new(today);
    for (guint i = 0; i < patients->len; i++)
        add_patient(x, patients->pdata[i]);
    x->complete = TRUE;
    return x;
}

gboolean patient_index_complete(const PatientIndex *x)
{
    return x->complete && !x->large;
}

guint patient_index_size(const PatientIndex *x)
{
    return x->entries->len;
}

/* ---- what a query means ---- */

typedef struct {
    char *names;        /* folded words */
    GPtrArray *numbers; /* char* digits typed together */
    char *bed;
} Query;

static void query_clear(Query *q)
{
    g_free(q->names);
    g_free(q->bed);
    g_ptr_array_unref(q->numbers);
}

static gboolean looks_like_bed(const char *w)
{
    const char *dash = strchr(w, '-');
    return dash && dash > w && strlen(w) <= 6 && strlen(dash) >= 2 && strlen(dash) <= 3;
}

/* "19481102-2389", "481102+2389", "4811022389", "ö1234", "öbe 48", "12-1" */
static void query_word(Query *q, GString *names, const char *w)
{
    GString *digits = g_string_new(NULL), *letters = g_string_new(NULL);
    for (const char *p = w; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isdigit(c))
            g_string_append_unichar(digits, c);
        else if (!strchr("-+ ", *p))
            g_string_append_unichar(letters, c);
    }
    if (looks_like_bed(w) && digits->len && digits->len <= 4) {
        g_free(q->bed);
        q->bed = g_utf8_strup(w, -1);
    } else {
        if (digits->len)
            g_ptr_array_add(q->numbers, g_strdup(digits->str));
        if (letters->len)
            g_string_append_printf(names, "%s%s", names->len ? " " : "", letters->str);
    }
    g_string_free(digits, TRUE);
    g_string_free(letters, TRUE);
}

static void query_parse(Query *q, const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " ,\t", -1);
    GString *names = g_string_new(NULL);
    q->bed = NULL;
    q->numbers = g_ptr_array_new_with_free_func(g_free);
    for (char **w = words; *w; w++)
        if (**w)
            query_word(q, names, *w);
    q->names = text_fold(names->str);
    g_string_free(names, TRUE);
}

/* Two digits are a birth year; four are the last four or a birth year; more are part of the number,
 * with or without its century. */
static gboolean number_fits(const Entry *e, const char *n)
{
    gsize len = strlen(n), have = strlen(e->digits);
    if (len == 2)
        return (e->birth_year && e->birth_year % 100 == g_ascii_strtoll(n, NULL, 10)) ||
               (have == 12 && strncmp(e->digits + 2, n, 2) == 0);
    if (len == 4 && ((have == 12 && strcmp(e->digits + 8, n) == 0) || e->birth_year == g_ascii_strtoll(n, NULL, 10)))
        return TRUE;
    return have == 12 && (strncmp(e->digits, n, len) == 0 || strncmp(e->digits + 2, n, len) == 0);
}

/* Every word begins a name. */
static gboolean names_exact(const char *folded, const char *names)
{
    g_auto(GStrv) words = g_strsplit(names, " ", -1);
    for (char **w = words; *w; w++) {
        g_autofree char *begin = g_strconcat(" ", *w, NULL);
        if (**w && !strstr(folded, begin))
            return FALSE;
    }
    return TRUE;
}

static gboolean entry_fits(const PatientIndex *x, const Entry *e, const Query *q, gboolean *ret_exact, int *ret_score)
{
    *ret_exact = TRUE;
    *ret_score = 0;
    if (q->bed) {
        const char *bed = g_hash_table_lookup(x->beds, e->id);
        if (!bed || g_ascii_strcasecmp(bed, q->bed) != 0)
            return FALSE;
    }
    for (guint i = 0; i < q->numbers->len; i++)
        if (!number_fits(e, q->numbers->pdata[i]))
            return FALSE;
    if (!*q->names)
        return q->bed || q->numbers->len;
    if (names_exact(e->folded, q->names))
        return TRUE;
    *ret_exact = FALSE;
    return text_match(q->names, e->folded, ret_score);
}

static void hit_free(gpointer p)
{
    PatientHit *h = p;
    g_free(h->id);
    g_free(h->name);
    g_free(h->number);
    g_free(h->sex_age);
    g_free(h->place);
    g_free(h);
}

static PatientHit *hit_new(const PatientIndex *x, const Entry *e, gboolean exact, int score)
{
    PatientHit *h = g_new0(PatientHit, 1);
    h->id = g_strdup(e->id);
    h->name = g_strdup(e->name);
    h->number = g_strdup(e->number);
    h->sex_age = g_strdup(e->sex_age);
    h->place = g_strdup(g_hash_table_lookup(x->beds, e->id));
    h->protected_identity = e->protected_identity;
    h->exact = exact;
    h->score = score;
    return h;
}

typedef struct {
    const Entry *entry;
    gboolean exact;
    int score;
} Found;

/* As typed before nearly; then the admitted before the others; then by name. */
static int by_fit(gconstpointer a, gconstpointer b, gpointer data)
{
    const PatientIndex *x = data;
    const Found *f = a, *g = b;
    if (f->exact != g->exact)
        return f->exact ? -1 : 1;
    if (f->score != g->score)
        return f->score - g->score;
    gboolean in_f = g_hash_table_contains(x->beds, f->entry->id), in_g = g_hash_table_contains(x->beds, g->entry->id);
    if (in_f != in_g)
        return in_f ? -1 : 1;
    return text_compare_sv(f->entry->name, g->entry->name);
}

static GArray *search(PatientIndex *x, const Query *q)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Found));
    for (guint i = 0; i < x->entries->len; i++) {
        Found f = {.entry = x->entries->pdata[i]};
        if (entry_fits(x, f.entry, q, &f.exact, &f.score))
            g_array_append_val(found, f);
    }
    return found;
}

/* ---- a core too large to hold ---- */

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    PatientIndex *x = data;
    (void)error;
    (void)done;
    for (guint i = 0; result && i < result->items->len; i++)
        add_patient(x, result->items->pdata[i]);
    tell(x);
}

static void ask(PatientIndex *x, const char *name, const char *value)
{
    g_autoptr(FhirQuery) f = fhir_query_new("Patient");
    fhir_query_add_raw(f, "_count", "50");
    fhir_query_add(f, name, value);
    client_search(x->client, x->ask_scope, NULL, f, CLIENT_ONE_PAGE | CLIENT_NO_STORE, on_answer, x);
}

/* With one typing error at least one half of the word is as it should be. */
static void ask_core(PatientIndex *x, const char *query, const Query *q)
{
    if (g_strcmp0(query, x->asked) == 0)
        return;
    g_free(x->asked);
    x->asked = g_strdup(query);
    g_clear_pointer(&x->ask_scope, scope_close);
    x->ask_scope = scope_new();
    g_auto(GStrv) words = g_strsplit(q->names, " ", -1);
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
    for (guint i = 0; i < q->numbers->len; i++)
        if (strlen(q->numbers->pdata[i]) >= 10)
            ask(x, "identifier", q->numbers->pdata[i]);
}

GPtrArray *patient_index_find(PatientIndex *x, const char *query, guint max, guint *ret_all)
{
    Query q;
    query_parse(&q, query);
    GPtrArray *out = g_ptr_array_new_with_free_func(hit_free);
    if (x->large && x->client)
        ask_core(x, query, &q);
    g_autoptr(GArray) found = search(x, &q);
    g_array_sort_with_data(found, by_fit, x);
    for (guint i = 0; i < found->len && i < max; i++) {
        const Found *f = &g_array_index(found, Found, i);
        PatientHit *h = hit_new(x, f->entry, f->exact, f->score);
        for (guint k = 0; k < found->len; k++)
            h->namesake |= k != i && strcmp(g_array_index(found, Found, k).entry->name, h->name) == 0;
        g_ptr_array_add(out, h);
    }
    *ret_all = found->len;
    query_clear(&q);
    return out;
}

const char *patient_index_unique(PatientIndex *x, const char *query)
{
    const char *id = NULL;
    guint exact = 0;
    Query q;
    if (!patient_index_complete(x))
        return NULL;
    query_parse(&q, query);
    g_autoptr(GArray) found = search(x, &q);
    for (guint i = 0; i < found->len; i++)
        if (g_array_index(found, Found, i).exact) {
            exact++;
            id = g_array_index(found, Found, i).entry->id;
        }
    query_clear(&q);
    return exact == 1 ? id : NULL;
}
