/* SPDX-License-Identifier: GPL-3.0-or-later
 * Pages become one list: each resource once in its newest version, nothing about another patient,
 * and every reason to doubt the list's completeness kept. */
#include <string.h>
#include "base/log.h"
#include "client/internal.h"
#include "fhir/outcome.h"

static void unref_resource(gpointer r)
{
    fhir_resource_unref(r);
}

static void page_ref_free(gpointer data)
{
    PageRef *ref = data;
    g_free(ref->url);
    g_clear_pointer(&ref->packed, g_bytes_unref);
    g_free(ref);
}

static void add_ref(ResultSet *set, const char *url, GBytes *packed)
{
    PageRef *ref = g_new0(PageRef, 1);
    *ref = (PageRef){g_strdup(url), packed ? g_bytes_ref(packed) : NULL, FALSE};
    g_ptr_array_add(set->refs, ref);
}

ResultSet *resultset_new(void)
{
    ResultSet *set = g_new0(ResultSet, 1);
    set->view.items = g_ptr_array_new_with_free_func(unref_resource);
    set->view.included = g_ptr_array_new_with_free_func(unref_resource);
    set->view.total = -1;
    set->view.as_of = INSTANT_NONE;
    set->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    set->counted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    set->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    set->later_urls = g_ptr_array_new_with_free_func(g_free);
    set->later_etags = g_ptr_array_new_with_free_func(g_free);
    set->refs = g_ptr_array_new_with_free_func(page_ref_free);
    set->held = g_array_new(FALSE, FALSE, sizeof(guint));
    return set;
}

void resultset_free(ResultSet *set)
{
    if (!set)
        return;
    g_ptr_array_unref(set->view.items);
    g_ptr_array_unref(set->view.included);
    g_hash_table_unref(set->index);
    g_hash_table_unref(set->counted);
    g_hash_table_unref(set->seen);
    g_ptr_array_unref(set->later_urls);
    g_ptr_array_unref(set->later_etags);
    g_ptr_array_unref(set->refs);
    g_array_unref(set->held);
    fhir_home_unref(set->home);
    g_free(set->next);
    g_free(set->etag);
    g_free(set->request_id);
    g_free(set);
}

void resultset_let_go(ResultSet *set)
{
    g_ptr_array_set_size(set->view.items, 0);
    g_ptr_array_set_size(set->view.included, 0);
    g_hash_table_remove_all(set->index);
    g_ptr_array_remove_range(set->refs, 0, set->held->len);
    g_array_set_size(set->held, 0);
}

void resultset_note_page(ResultSet *set, const char *etag)
{
    if (!etag || !set->next)
        return;
    g_ptr_array_add(set->later_urls, g_strdup(set->next));
    g_ptr_array_add(set->later_etags, g_strdup(etag));
}

/* The gravest reason stays. */
void resultset_doubt(ResultSet *set, Doubt doubt)
{
    if (set->view.doubt == DOUBT_NONE || doubt < set->view.doubt)
        set->view.doubt = doubt;
}

void resultset_settle(ResultSet *set)
{
    set->view.known = set->view.doubt != DOUBT_NONE ? KNOWN_PARTLY
                      : set->view.complete          ? KNOWN_WHOLE
                      : set->view.more || set->first ? KNOWN_MORE
                                                    : KNOWN_PARTLY;
}

static gboolean version_number(const FhirResource *r, guint64 *ret)
{
    const char *version = fhir_version_id(r);
    return version && g_ascii_string_to_unsigned(version, 10, 0, G_MAXUINT64, ret, NULL);
}

/* By the time, else by the number of the version. A core that says neither leaves it open which one holds. */
static gboolean is_newer(ResultSet *set, const FhirResource *a, const FhirResource *than)
{
    Instant ta = fhir_last_updated(a), tb = fhir_last_updated(than);
    guint64 na, nb;
    if (ta != INSTANT_NONE && tb != INSTANT_NONE && ta != tb)
        return ta > tb;
    if (version_number(a, &na) && version_number(than, &nb))
        return na > nb;
    if (!g_bytes_equal(fhir_text(a), fhir_text(than)))
        resultset_doubt(set, DOUBT_VERSIONS);
    return FALSE;
}

static void add(ResultSet *set, GPtrArray *list, const FhirResource *r)
{
    g_autofree char *key =
        fhir_id(r) ? g_strconcat(fhir_type(r), "/", fhir_id(r), NULL) : NULL;
    guint at = key ? GPOINTER_TO_UINT(g_hash_table_lookup(set->index, key)) : 0;
    if (at == 0) {
        g_ptr_array_add(list, fhir_resource_ref(r));
        if (key)
            g_hash_table_insert(set->index, g_steal_pointer(&key), GUINT_TO_POINTER(list->len));
        return;
    }
    /* The same one came on an earlier page; matches and includes share the index. */
    const FhirResource *old = at <= list->len ? list->pdata[at - 1] : NULL;
    if (!old || !g_str_equal(fhir_type(old), fhir_type(r)) ||
        g_strcmp0(fhir_id(old), fhir_id(r)) != 0 || !is_newer(set, r, old))
        return;
    fhir_resource_unref(list->pdata[at - 1]);
    list->pdata[at - 1] = fhir_resource_ref(r);
}

void resultset_add_one(ResultSet *set, const FhirResource *r)
{
    add(set, set->view.items, r);
}

/* The question asks for resources of other types too; not every core marks them as included. */
static gboolean asks_for_more(const PageRules *rules)
{
    g_autofree char *url = rules->asked ? fhir_query_url(rules->asked) : NULL;
    return !url || strstr(url, "include=") || strstr(url, "include%3A") || strstr(url, "include:");
}

/* What is only said for information may still say that something was held back. */
static gboolean holds_back(const FhirIssue *issue)
{
    static const char *const codes[] = {"suppressed", "incomplete", "security",      "forbidden", "login",
                                        "throttled",  "timeout",    "not-supported", "too-costly", NULL};
    if (g_strcmp0(issue->severity, "error") == 0 || g_strcmp0(issue->severity, "fatal") == 0)
        return TRUE;
    return issue->code && g_strv_contains(codes, issue->code);
}

static void add_outcome(ResultSet *set, const FhirResource *r)
{
    g_autoptr(GPtrArray) issues = fhir_outcome_issues(r);
    for (guint i = 0; i < issues->len; i++)
        if (holds_back(issues->pdata[i]))
            resultset_doubt(set, DOUBT_OUTCOME);
}

/* Our Patient/17 is not that of another server, whoever it is about and whatever it is. */
static Doubt foreign_to(const ResultSet *set, const FhirEntry *entry, const PageRules *rules)
{
    if (!fhir_home_holds(set->home, entry->full_url))
        return DOUBT_ELSEWHERE;
    fhir_resource_set_home(entry->resource, set->home);
    gboolean about = rules->patient ? client_is_about(entry->resource, rules->patient) : !client_is_elsewhere(entry->resource);
    return about ? DOUBT_NONE : DOUBT_FOREIGN;
}

static void add_entry(ResultSet *set, const FhirEntry *entry, const PageRules *rules)
{
    const FhirResource *r = entry->resource;
    if (g_str_equal(fhir_type(r), "OperationOutcome")) {
        add_outcome(set, r);
        return;
    }
    gboolean included = g_strcmp0(entry->search_mode, "include") == 0;
    Doubt foreign = foreign_to(set, entry, rules);
    if (foreign) {
        set->view.skipped++;
        resultset_doubt(set, foreign);
        log_event(LOG_ERROR, "client", "%s left out: %s", fhir_type(r), doubt_words(foreign));
        return;
    }
    gboolean match = g_str_equal(fhir_type(r), rules->type) && !included;
    if (!match && !included && !asks_for_more(rules)) {
        set->view.skipped++; /* of another type than was asked for */
        resultset_doubt(set, DOUBT_UNREADABLE);
        return;
    }
    if (match && !beyond_r4_keeps(rules->local, r))
        return;
    etag_note(rules->client, r, entry->etag);
    add(set, match ? set->view.items : set->view.included, r);
}

static void follow(ResultSet *set, const FhirBundle *page, const Client *client)
{
    const char *next = fhir_bundle_link(page, "next");
    g_clear_pointer(&set->next, g_free);
    set->ended = !next;
    if (!next)
        return;
    if (!net_is_own(client->net, next)) {
        resultset_doubt(set, DOUBT_SERVER);
    } else if (!g_hash_table_add(set->seen, g_strdup(next))) {
        resultset_doubt(set, DOUBT_CIRCLE);
    } else {
        set->next = g_strdup(next);
    }
}

/* What is held against what there is. */
static void measure(ResultSet *set)
{
    set->view.more = resultset_after(set) || set->next;
    set->view.complete = set->ended && !set->view.more && set->first == 0;
    set->view.before = set->first > 0;
}

const PageRef *resultset_after(const ResultSet *set)
{
    guint after = set->first + set->held->len;
    return after < set->refs->len ? set->refs->pdata[after] : NULL;
}

const PageRef *resultset_before(const ResultSet *set)
{
    return set->first ? set->refs->pdata[set->first - 1] : NULL;
}

/* Without a self link nobody says which question was answered; one with a parameter that the core does
 * not list it may have answered with nothing. */
static gboolean knows_all(const PageRules *rules)
{
    g_auto(GStrv) names = fhir_query_dropped(rules->asked, NULL);
    for (char **n = names; *n; n++) {
        (*n)[strcspn(*n, ":.")] = '\0';
        if (**n != '_' && !client_has_search(rules->client, rules->type, *n))
            return FALSE;
    }
    return TRUE;
}

/* A transaction tells of what it did; an answer to a search holds resources. */
static guint without_resource(FhirBundle *page)
{
    guint n = 0;
    for (guint i = 0; i < fhir_bundle_count(page); i++) {
        const FhirEntry *entry = fhir_bundle_entry(page, i);
        n += !entry || !entry->resource;
    }
    return MAX(n, fhir_bundle_skipped(page));
}

/* The last page has come, and the core had said that there was more. It counts at the time of the first. */
static void check_end(ResultSet *set, const PageRules *rules)
{
    g_autofree char *url = rules->asked ? fhir_query_url(rules->asked) : NULL;
    if (!set->ended || resultset_after(set))
        return;
    if (set->view.total > (gint64)set->entries && !(url && strstr(url, "_summary=count")))
        resultset_doubt(set, DOUBT_PAGES);
    if (set->twice && set->view.total < 0 && !dialect_repeats(rules->client))
        resultset_doubt(set, DOUBT_SHIFTED);
}

/* What came twice is one. */
static void count_entry(ResultSet *set, const FhirResource *r, const PageRules *rules)
{
    g_autofree char *key = fhir_id(r) ? g_strconcat(fhir_type(r), "/", fhir_id(r), NULL) : NULL;
    guint page = key ? GPOINTER_TO_UINT(g_hash_table_lookup(set->counted, key)) : 0;
    set->entries += page == 0;
    set->twice |= page && page != set->pages && g_str_equal(fhir_type(r), rules->type);
    if (key && page == 0)
        g_hash_table_insert(set->counted, g_steal_pointer(&key), GUINT_TO_POINTER(set->pages));
}

static void count_entries(ResultSet *set, FhirBundle *page, const PageRules *rules)
{
    for (guint i = 0; i < fhir_bundle_count(page); i++) {
        const FhirEntry *entry = fhir_bundle_entry(page, i);
        if (entry && entry->resource && g_strcmp0(entry->search_mode, "include") != 0 &&
            !g_str_equal(fhir_type(entry->resource), "OperationOutcome"))
            count_entry(set, entry->resource, rules);
    }
    set->entries += without_resource(page);
    if (set->twice)
        client_observe(rules->client, SEEN_TWICE);
}

static void check_question(ResultSet *set, FhirBundle *page, const PageRules *rules)
{
    client_observe(rules->client, fhir_bundle_total(page) < 0 ? SEEN_NO_TOTAL : SEEN_TOTAL);
    set->view.total = rules->local && rules->local->len ? -1 : fhir_bundle_total(page);
    const char *self = fhir_bundle_link(page, "self");
    if (!g_str_equal(fhir_bundle_type(page), "searchset"))
        resultset_doubt(set, DOUBT_KIND);
    g_auto(GStrv) dropped = self && rules->asked ? fhir_query_dropped(rules->asked, self) : NULL;
    if (dropped && dropped[0])
        resultset_doubt(set, DOUBT_QUESTION);
    else if (!self && !fhir_bundle_count(page) && rules->asked && !knows_all(rules))
        resultset_doubt(set, DOUBT_UNCHECKED);
}

static void add_entries(ResultSet *set, FhirBundle *page, const PageRules *rules)
{
    FhirHome *home = home_of_page(rules->client, page, rules->type, set->home);
    fhir_home_unref(set->home);
    set->home = home;
    for (guint i = 0; i < fhir_bundle_count(page); i++) {
        const FhirEntry *entry = fhir_bundle_entry(page, i);
        if (entry && entry->resource)
            add_entry(set, entry, rules);
    }
    guint skipped = without_resource(page);
    set->view.skipped += skipped;
    if (skipped)
        resultset_doubt(set, DOUBT_UNREADABLE);
}

void resultset_add_page(ResultSet *set, FhirBundle *page, const GPtrArray *parts, const PageRules *rules)
{
    gboolean known = resultset_after(set) != NULL; /* read before, and let go; or part of a large one */
    set->in_parts |= parts != NULL;
    guint before = set->view.items->len;
    if (!known) {
        add_ref(set, set->next, parts ? parts->pdata[0] : NULL);
        if (set->pages++ == 0)
            check_question(set, page, rules);
    }
    if (set->view.doubt == DOUBT_PAGES)
        set->view.doubt = DOUBT_NONE; /* what could not be fetched has come */
    PageRef *ref = set->refs->pdata[set->first + set->held->len];
    guint skipped = set->view.skipped;
    add_entries(set, page, rules);
    if (ref->counted)
        set->view.skipped = skipped;
    else
        count_entries(set, page, rules);
    ref->counted = TRUE;
    guint added = set->view.items->len - before;
    g_array_append_val(set->held, added);
    if (!known)
        follow(set, page, rules->client);
    for (guint i = 1; parts && i < parts->len; i++)
        add_ref(set, NULL, parts->pdata[i]);
    measure(set);
    check_end(set, rules);
}

/* ---- what is held of a long list ---- */

static void index_items(ResultSet *set)
{
    g_hash_table_remove_all(set->index);
    for (guint i = 0; i < set->view.items->len; i++) {
        const FhirResource *r = set->view.items->pdata[i];
        if (fhir_id(r))
            g_hash_table_insert(set->index, g_strconcat(fhir_type(r), "/", fhir_id(r), NULL), GUINT_TO_POINTER(i + 1));
    }
}

void resultset_add_before(ResultSet *set, FhirBundle *page, const PageRules *rules)
{
    g_autoptr(ResultSet) alone = resultset_new();
    guint added = 0;
    alone->home = fhir_home_ref(set->home);
    add_entries(alone, page, rules);
    for (guint i = 0; i < alone->view.items->len; i++) {
        const FhirResource *r = alone->view.items->pdata[i];
        g_autofree char *key = fhir_id(r) ? g_strconcat(fhir_type(r), "/", fhir_id(r), NULL) : NULL;
        if (!key || !g_hash_table_contains(set->index, key))
            g_ptr_array_insert(set->view.items, (int)added++, fhir_resource_ref(r));
    }
    g_array_prepend_val(set->held, added);
    set->first--;
    set->view.let_go = set->first ? set->view.let_go - MIN(added, set->view.let_go) : 0;
    if (alone->view.doubt)
        resultset_doubt(set, alone->view.doubt);
    index_items(set);
    measure(set);
}

void resultset_slide(ResultSet *set, guint most, gboolean from_front)
{
    while (set->view.items->len > most && set->held->len > 1) {
        guint at = from_front ? 0 : set->held->len - 1, n = g_array_index(set->held, guint, at);
        g_ptr_array_remove_range(set->view.items, from_front ? 0 : set->view.items->len - n, n);
        g_array_remove_index(set->held, at);
        set->first += from_front;
        set->view.let_go += from_front ? n : 0;
    }
    index_items(set);
    measure(set);
}

static gboolean same_list(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        const FhirResource *x = a->pdata[i], *y = b->pdata[i];
        if (g_strcmp0(fhir_id(x), fhir_id(y)) != 0 ||
            g_strcmp0(fhir_version_id(x), fhir_version_id(y)) != 0)
            return FALSE;
        if ((!fhir_id(x) || !fhir_version_id(x)) && !g_bytes_equal(fhir_text(x), fhir_text(y)))
            return FALSE;
    }
    return TRUE;
}

gboolean resultset_same(const ResultSet *a, const ResultSet *b)
{
    return a->view.doubt == b->view.doubt && a->view.skipped == b->view.skipped &&
           a->view.complete == b->view.complete && same_list(a->view.items, b->view.items) &&
           same_list(a->view.included, b->view.included);
}
