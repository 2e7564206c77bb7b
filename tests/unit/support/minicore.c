/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/minicore.h"
#include <string.h>
#include "fhir/bundle.h"
#include "fhir/search.h"

static void versions_free(gpointer versions)
{
    g_ptr_array_unref(versions);
}

static FhirResource *parse(const char *json)
{
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    GError *error = NULL;
    FhirResource *r = fhir_resource_parse(text, &error);
    g_assert_no_error(error);
    return r;
}

static GPtrArray *versions_of(MiniCore *c, const char *key)
{
    return g_hash_table_lookup(c->resources, key);
}

static const char *newest(MiniCore *c, const char *key)
{
    GPtrArray *v = versions_of(c, key);
    return v ? v->pdata[v->len - 1] : NULL;
}

/* Stores with id and meta.versionId; returns the key. */
static char *store(MiniCore *c, const FhirResource *r, const char *id)
{
    char *key = g_strconcat(fhir_type(r), "/", id, NULL);
    GPtrArray *versions = versions_of(c, key);
    if (!versions) {
        versions = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(c->resources, g_strdup(key), versions);
    }
    g_autofree char *meta =
        g_strdup_printf("{\"versionId\":\"%u\",\"lastUpdated\":\"2026-11-21T10:00:%02uZ\"}",
                        versions->len + 1, versions->len);
    g_autoptr(FhirEdit) edit = fhir_edit_new(r);
    fhir_edit_set_string(edit, "id", id);
    fhir_edit_set(edit, "meta", meta);
    GError *error = NULL;
    g_autoptr(FhirResource) done = fhir_edit_finish(edit, &error);
    g_assert_no_error(error);
    gsize len;
    const char *text = g_bytes_get_data(fhir_text(done), &len);
    g_ptr_array_add(versions, g_strndup(text, len));
    return key;
}

void minicore_put(MiniCore *c, const char *json)
{
    g_autoptr(FhirResource) r = parse(json);
    g_free(store(c, r, fhir_id(r)));
}

guint minicore_count(const MiniCore *c, const char *type)
{
    g_autofree char *prefix = g_strconcat(type, "/", NULL);
    guint n = 0;
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, c->resources);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        n += g_str_has_prefix(key, prefix);
    return n;
}

guint minicore_identified(const MiniCore *c, const char *type, const char *identifier)
{
    g_autofree char *prefix = g_strconcat(type, "/", NULL);
    guint n = 0;
    GHashTableIter iter;
    gpointer key, versions;
    g_hash_table_iter_init(&iter, c->resources);
    while (g_hash_table_iter_next(&iter, &key, &versions)) {
        GPtrArray *v = versions;
        n += g_str_has_prefix(key, prefix) && strstr(v->pdata[v->len - 1], identifier) != NULL;
    }
    return n;
}

guint minicore_versions(const MiniCore *c, const char *key)
{
    GPtrArray *v = g_hash_table_lookup(c->resources, key);
    return v ? v->len : 0;
}

/* ---- answers ------------------------------------------------------------------------------- */

static void say(HttpdAnswer *a, guint status, const char *text)
{
    g_autofree char *json =
        g_strdup_printf("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\","
                        "\"code\":\"processing\",\"details\":{\"text\":\"%s\"}}]}",
                        text);
    httpd_text(a, status, json);
}

static void metadata(MiniCore *c, HttpdAnswer *a)
{
    static const char *const types[] = {"Patient",           "Observation", "MedicationRequest",
                                        "DocumentReference", "Task",        "AuditEvent",
                                        "Practitioner",      "Appointment", "Slot", "Provenance",
                                        "Condition",         "Encounter"};
    c->metadata++;
    GString *s = g_string_new("{\"resourceType\":\"CapabilityStatement\",\"software\":{\"name\":"
                              "\"minicore\"},\"rest\":[{\"mode\":\"server\",");
    if (c->transactions || c->batch)
        g_string_append_printf(
            s, "\"interaction\":[%s%s%s],", c->transactions ? "{\"code\":\"transaction\"}" : "",
            c->transactions && c->batch ? "," : "", c->batch ? "{\"code\":\"batch\"}" : "");
    g_string_append(s, "\"resource\":[");
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        g_string_append_printf(s,
                               "%s{\"type\":\"%s\",\"conditionalCreate\":%s,\"updateCreate\":%s,"
                               "\"interaction\":[{\"code\":\"read\"},"
                               "{\"code\":\"create\"},{\"code\":\"update\"}%s],\"searchParam\":[{"
                               "\"name\":\"%s\"}]}",
                               i ? "," : "", types[i], c->conditional ? "true" : "false",
                               c->update_create ? "true" : "false",
                               c->history ? ",{\"code\":\"history-instance\"}" : "",
                               c->unsearchable ? "_id" : "identifier");
    g_string_append(s, "]}]}");
    httpd_text(a, 200, s->str);
    g_string_free(s, TRUE);
}

static gboolean has_identifier(const char *json, const char *value)
{
    return strstr(json, value) && strstr(json, "\"identifier\"");
}

static char *find_identifier(MiniCore *c, const char *type, const char *query)
{
    const char *value = query ? strstr(query, "urn:uuid:") : NULL;
    g_autofree char *prefix = g_strconcat(type, "/", NULL);
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, c->resources);
    while (value && g_hash_table_iter_next(&iter, &key, NULL))
        if (g_str_has_prefix(key, prefix) && has_identifier(newest(c, key), value))
            return g_strdup(key);
    return NULL;
}

/* Filters by identifier, by _id, by patient; everything else is for the hook. */
static void search(MiniCore *c, const char *type, const char *query, const char *if_none_match,
                   HttpdAnswer *a)
{
    g_autofree char *plain = g_uri_unescape_string(query, NULL);
    const char *wanted = strstr(plain, "urn:uuid:");
    const char *patient = strstr(plain, "patient=");
    g_autofree char *prefix = g_strconcat(type, "/", NULL);
    g_autofree char *about = patient ? g_strndup(patient + 8, strcspn(patient + 8, "&")) : NULL;
    GString *entries = g_string_new(NULL);
    GHashTableIter iter;
    gpointer key;
    guint n = 0, sum = 0;
    g_hash_table_iter_init(&iter, c->resources);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const char *json = newest(c, key);
        if (!g_str_has_prefix(key, prefix) || (wanted && !has_identifier(json, wanted)) ||
            (about && !strstr(json, about)))
            continue;
        sum += versions_of(c, key)->len;
        g_string_append_printf(entries, "%s{\"resource\":%s,\"search\":{\"mode\":\"match\"}}",
                               n++ ? "," : "", json);
    }
    g_autofree char *etag = g_strdup_printf("W/\"%u-%u\"", n, sum);
    g_autofree char *body = g_strdup_printf(
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":%u,\"link\":[{\"relation\":"
        "\"self\",\"url\":\"%s?%s\"}]%s%s%s}",
        n, type, query, n ? ",\"entry\":[" : "", entries->str, n ? "]" : "");
    g_string_free(entries, TRUE);
    if (g_strcmp0(if_none_match, etag) == 0)
        a->status = 304;
    else
        httpd_text(a, 200, body);
    a->headers = g_strdup_printf("Content-Type: application/fhir+json\r\nETag: %s\r\n", etag);
}

static void history(MiniCore *c, const char *key, HttpdAnswer *a)
{
    GPtrArray *v = versions_of(c, key);
    GString *s = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[");
    for (guint i = v ? v->len : 0; i-- > 0;)
        g_string_append_printf(s, "{\"resource\":%s}%s", (char *)v->pdata[i], i ? "," : "");
    g_string_append(s, "]}");
    httpd_text(a, v ? 200 : 404, s->str);
    g_string_free(s, TRUE);
}

static char *etag_of(const MiniCore *c, guint version)
{
    return c->opaque ? g_strdup_printf("\"x%x\"", 4711 + version * 7919) : g_strdup_printf("W/\"%u\"", version);
}

static void read_one(MiniCore *c, const char *key, HttpdAnswer *a)
{
    const char *json = newest(c, key);
    if (!json) {
        say(a, 404, "not here");
        return;
    }
    g_autofree char *etag = etag_of(c, versions_of(c, key)->len);
    httpd_text(a, 200, json);
    a->headers = g_strdup_printf("Content-Type: application/fhir+json\r\nETag: %s\r\n", etag);
}

/* ---- writes -------------------------------------------------------------------------------- */

/* Returns the status; *ret_key = where it lies. */
static guint write_one(MiniCore *c, const char *method, const char *url, const char *condition,
                       const FhirResource *r, char **ret_key)
{
    if (g_str_equal(method, "POST")) {
        char *there = c->conditional && condition ? find_identifier(c, url, condition) : NULL;
        if (there) {
            *ret_key = there;
            return 200;
        }
        g_autofree char *id = g_strdup_printf("m%u", ++c->created);
        *ret_key = store(c, r, id);
        return 201;
    }
    g_autofree char *now = etag_of(c, minicore_versions(c, url));
    if (condition && !g_str_equal(condition, now))
        return 412;
    c->puts++;
    *ret_key = store(c, r, strchr(url, '/') + 1);
    return 200;
}

typedef struct {
    char *method, *url, *full_url, *condition;
    FhirResource *resource;
    char *answer; /* this entry's, done */
} TxEntry;

static void tx_entry_free(gpointer data)
{
    TxEntry *e = data;
    g_free(e->method);
    g_free(e->url);
    g_free(e->full_url);
    g_free(e->condition);
    g_free(e->answer);
    fhir_resource_unref(e->resource);
    g_free(e);
}

static GPtrArray *tx_entries(GBytes *body)
{
    g_autoptr(FhirBundle) bundle = fhir_bundle_parse(body, NULL);
    g_autoptr(FhirResource) whole = fhir_resource_parse(body, NULL);
    GPtrArray *entries = g_ptr_array_new_with_free_func(tx_entry_free);
    for (guint i = 0; i < fhir_bundle_count(bundle); i++) {
        g_autofree char *path = g_strdup_printf("entry[%u]", i);
        FhirNode entry = fhir_at(fhir_root(whole), path), request = fhir_at(entry, "request");
        TxEntry *e = g_new0(TxEntry, 1);
        e->method = fhir_string(request, "method");
        e->url = fhir_string(request, "url");
        e->full_url = fhir_string(entry, "fullUrl");
        e->condition = fhir_string(request, g_str_equal(e->method, "POST") ? "ifNoneExist" : "ifMatch");
        e->resource = fhir_resource_ref(fhir_bundle_entry(bundle, i)->resource);
        g_ptr_array_add(entries, e);
    }
    return entries;
}

/* Those that name what is new by its full URL get where it lies now. */
static void tx_resolve(GPtrArray *entries, const char *full_url, const char *key)
{
    g_autofree char *from = g_strdup_printf("\"%s\"", full_url), *to = g_strdup_printf("\"%s\"", key);
    for (guint i = 0; full_url && i < entries->len; i++) {
        TxEntry *e = entries->pdata[i];
        gsize len;
        const char *bytes = g_bytes_get_data(fhir_text(e->resource), &len);
        g_autoptr(GString) text = g_string_new_len(bytes, (gssize)len);
        if (e->answer || !g_string_replace(text, from, to, 0))
            continue;
        fhir_resource_unref(e->resource);
        e->resource = parse(text->str);
    }
}

static void tx_do(MiniCore *c, GPtrArray *entries, TxEntry *e)
{
    g_autofree char *key = NULL;
    guint status = write_one(c, e->method, e->url, e->condition, e->resource, &key);
    guint version = versions_of(c, key)->len;
    tx_resolve(entries, e->full_url, key);
    g_autofree char *etag = etag_of(c, version), *quoted = g_strescape(etag, NULL);
    e->answer = g_strdup_printf("{%s%s%s\"response\":{\"status\":\"%u\",\"location\":\"%s/_history/%u\",\"etag\":\"%s\"}}",
                                c->minimal ? "" : "\"resource\":", c->minimal ? "" : newest(c, key), c->minimal ? "" : ",",
                                status, key, version, quoted);
}

/* Done when every If-Match holds: what is new first, as FHIR has it, then what is changed. */
static void transaction(MiniCore *c, GBytes *body, HttpdAnswer *a)
{
    g_autoptr(GPtrArray) entries = tx_entries(body);
    for (guint i = 0; i < entries->len; i++) {
        const TxEntry *e = entries->pdata[i];
        g_autofree char *now = etag_of(c, minicore_versions(c, e->url));
        if (g_str_equal(e->method, "PUT") && e->condition && !g_str_equal(e->condition, now)) {
            say(a, 412, "changed");
            return;
        }
    }
    for (int post = 1; post >= 0; post--)
        for (guint i = 0; i < entries->len; i++) {
            TxEntry *e = entries->pdata[i];
            if (g_str_equal(e->method, "POST") == post)
                tx_do(c, entries, e);
        }
    g_autoptr(GString) s = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"transaction-response\",\"entry\":[");
    for (guint i = 0; i < entries->len; i++)
        g_string_append_printf(s, "%s%s", i ? "," : "", ((TxEntry *)entries->pdata[i])->answer);
    g_string_append(s, "]}");
    httpd_text(a, 200, s->str);
}

static void single(MiniCore *c, const HttpdRequest *q, const char *path, HttpdAnswer *a)
{
    g_autoptr(FhirResource) r = fhir_resource_parse(q->body, NULL);
    g_autofree char *key = NULL;
    const char *condition =
        httpd_header(q, g_str_equal(q->method, "POST") ? "if-none-exist" : "if-match");
    guint status = write_one(c, q->method, path, condition, r, &key);
    if (!key) {
        say(a, status, "changed");
        return;
    }
    httpd_text(a, status, c->minimal ? "" : newest(c, key));
    g_autofree char *etag = etag_of(c, versions_of(c, key)->len);
    a->headers = g_strdup_printf(
        "Location: http://127.0.0.1:1/fhir/%s/_history/1\r\nETag: %s\r\nContent-Type: %s\r\n",
        key, etag, c->minimal ? "text/html" : "application/fhir+json");
}

static void carry_out(MiniCore *c, const HttpdRequest *q, const char *path, HttpdAnswer *a)
{
    if (*path == '\0')
        transaction(c, q->body, a);
    else
        single(c, q, path, a);
}

typedef struct {
    char *method, *path;
    HttpdRequest request;
} Late;

static void late_free(gpointer data)
{
    Late *l = data;
    g_bytes_unref(l->request.body);
    g_hash_table_unref(l->request.headers);
    g_free(l->method);
    g_free(l->path);
    g_free(l);
}

static void keep_for_later(MiniCore *c, const HttpdRequest *q, const char *path)
{
    Late *l = g_new0(Late, 1);
    l->method = g_strdup(q->method);
    l->path = g_strdup(path);
    l->request = *q;
    l->request.method = l->method;
    l->request.body = g_bytes_ref(q->body);
    l->request.headers = g_hash_table_ref(q->headers);
    g_queue_push_tail(&c->late, l);
}

void minicore_arrive(MiniCore *c)
{
    minicore_overtake(c, 0);
}

void minicore_overtake(MiniCore *c, guint n)
{
    Late *l = g_queue_pop_nth(&c->late, n);
    HttpdAnswer unheard = {0};
    if (!l)
        return;
    carry_out(c, &l->request, l->path, &unheard);
    g_clear_pointer(&unheard.body, g_bytes_unref);
    g_free(unheard.headers);
    late_free(l);
}

static void write_it(MiniCore *c, const HttpdRequest *q, const char *path, HttpdAnswer *a)
{
    c->writes++;
    Fault fault = c->faults ? c->fault : FAULT_NONE;
    c->faults -= c->faults > 0;
    if (fault == FAULT_DROP_BEFORE || fault == FAULT_HANG_BEFORE) {
        a->how = fault == FAULT_DROP_BEFORE ? HTTPD_DROP : HTTPD_HANG;
        return;
    }
    if (fault == FAULT_LATE) {
        keep_for_later(c, q, path);
        a->how = HTTPD_HANG;
        return;
    }
    if (fault == FAULT_STATUS) {
        say(a, c->fault_status, "told to");
        return;
    }
    carry_out(c, q, path, a);
    if (fault == FAULT_TWICE)
        keep_for_later(c, q, path);
    if (fault == FAULT_DROP_AFTER || fault == FAULT_HANG_AFTER)
        a->how = fault == FAULT_DROP_AFTER ? HTTPD_DROP : HTTPD_HANG;
    if (fault == FAULT_CUT)
        a->cut = c->cut;
}

static void audit(MiniCore *c, const HttpdRequest *q, HttpdAnswer *a)
{
    g_autoptr(FhirResource) r = fhir_resource_parse(q->body, NULL);
    g_free(store(c, r, fhir_id(r)));
    a->status = 201;
}

static void on_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    MiniCore *c = data;
    g_free(c->last_target);
    c->last_target = g_strdup(q->target);
    const char *auth = httpd_header(q, "authorization");
    if (c->token && (!auth || !g_str_has_suffix(auth, c->token))) {
        say(a, 401, "token");
        return;
    }
    if (c->hook)
        c->hook(q, a, c->hook_data);
    if (a->status || a->how != HTTPD_ANSWER)
        return;
    const char *path = q->target + strlen("/fhir");
    path += *path == '/';
    const char *query = strchr(path, '?');
    g_autofree char *plain = g_strndup(path, query ? (gsize)(query - path) : strlen(path));
    if (g_str_has_prefix(plain, "AuditEvent")) {
        audit(c, q, a);
    } else if (!g_str_equal(q->method, "GET")) {
        write_it(c, q, plain, a);
    } else if (g_str_equal(plain, "metadata")) {
        metadata(c, a);
    } else if (c->search_down) {
        say(a, 500, "down");
    } else if (g_str_has_suffix(plain, "/_history")) {
        plain[strlen(plain) - strlen("/_history")] = '\0';
        history(c, plain, a);
    } else if (strchr(plain, '/')) {
        read_one(c, plain, a);
    } else if (c->unsearchable && query && strstr(query, "identifier=")) {
        say(a, 400, "no such parameter");
    } else {
        c->searches++;
        search(c, plain, query ? query + 1 : "", httpd_header(q, "if-none-match"), a);
    }
}

MiniCore *minicore_new(void)
{
    MiniCore *c = g_new0(MiniCore, 1);
    c->resources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, versions_free);
    c->transactions = c->conditional = c->history = c->batch = c->update_create = TRUE;
    c->httpd = httpd_new(NULL, on_request, c);
    return c;
}

void minicore_free(MiniCore *c)
{
    httpd_free(c->httpd);
    g_queue_clear_full(&c->late, late_free);
    g_hash_table_unref(c->resources);
    g_free(c->last_target);
    g_free(c);
}
