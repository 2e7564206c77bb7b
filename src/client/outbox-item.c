/* SPDX-License-Identifier: GPL-3.0-or-later
 * Items of a write: the states they go through, and how they lie in the outbox. */
#include <string.h>
#include "base/text.h"
#include "client/outbox.h"
#include "fhir/patch.h"
#include "fhir/outcome.h"
#include "json/document.h"
#include "json/writer.h"

#define UUID_SYSTEM "urn:ietf:rfc:3986"
/* What may follow what; anything else is a fault in this program. */
static const struct {
    OutboxState from;
    WriteEvent on;
    OutboxState to;
} road[] = {
    {OUTBOX_PREPARED, ON_SEND, OUTBOX_SENDING},
    {OUTBOX_PREPARED, ON_SILENCE, OUTBOX_UNKNOWN}, /* may have been begun before */
    {OUTBOX_PREPARED, ON_TAKEN_OVER, OUTBOX_CONFIRMED},
    {OUTBOX_SENDING, ON_OK, OUTBOX_CONFIRMED},
    {OUTBOX_SENDING, ON_CONFLICT, OUTBOX_CONFLICT},
    {OUTBOX_SENDING, ON_REFUSED, OUTBOX_REFUSED},
    {OUTBOX_SENDING, ON_NEVER_SENT, OUTBOX_PREPARED},
    {OUTBOX_SENDING, ON_SILENCE, OUTBOX_UNKNOWN},
    {OUTBOX_UNKNOWN, ON_SILENCE, OUTBOX_UNKNOWN},
    {OUTBOX_UNKNOWN, ON_FOUND, OUTBOX_CONFIRMED},
    {OUTBOX_UNKNOWN, ON_ABSENT, OUTBOX_PREPARED},
    {OUTBOX_UNKNOWN, ON_OVERTAKEN, OUTBOX_CONFLICT},
    {OUTBOX_CONFLICT, ON_REFUSED, OUTBOX_REFUSED}, /* the rival was another item's */
    {OUTBOX_CONFLICT, ON_FOUND, OUTBOX_CONFIRMED}, /* the rival was an earlier attempt at the same */
    {OUTBOX_CONFLICT, ON_OTHER_ETAG, OUTBOX_PREPARED},
    {OUTBOX_PREPARED, ON_GIVEN_UP, OUTBOX_REFUSED},
};

gboolean outbox_next(OutboxState from, WriteEvent on, OutboxState *ret_to)
{
    for (guint i = 0; i < G_N_ELEMENTS(road); i++) {
        if (road[i].from == from && road[i].on == on) {
            *ret_to = road[i].to;
            return TRUE;
        }
    }
    return FALSE;
}

void item_event(Item *item, WriteEvent event)
{
    if (!outbox_next(item->out.state, event, &item->out.state))
        g_assert_not_reached();
    if (event == ON_OK || event == ON_TAKEN_OVER)
        item->answered = TRUE;
    if (event == ON_SEND)
        item->left = TRUE;
    else if (item->out.state == OUTBOX_PREPARED)
        item->left = FALSE; /* surely without effect */
}

void item_free(Item *item)
{
    if (!item)
        return;
    g_free(item->type);
    g_free(item->id);
    g_free(item->full_url);
    g_free(item->if_match);
    g_free(item->provenance);
    g_free(item->reason);
    fhir_resource_unref(item->resource);
    g_clear_pointer(&item->patch, g_bytes_unref);
    g_clear_pointer(&item->back, g_bytes_unref);
    g_free(item->made);
    g_free(item->base);
    fhir_resource_unref(item->out.resource);
    g_free(item->out.etag);
    g_free(item->out.identifier);
    g_clear_pointer(&item->out.issues, g_ptr_array_unref);
    g_clear_pointer(&item->issue_owner, g_ptr_array_unref);
    g_free(item);
}

static GPtrArray *no_issues(void)
{
    return g_ptr_array_new();
}

static char *identifier_json(const char *value)
{
    g_autoptr(JsonWriter) w = json_writer_new();
    json_write_object(w, NULL);
    json_write_string(w, "system", UUID_SYSTEM);
    json_write_string(w, "value", value);
    json_write_end(w);
    g_autoptr(GBytes) text = json_writer_finish(w);
    return text_of_bytes(text);
}

gboolean item_holds(const Item *item, const FhirResource *r)
{
    FhirNode all = fhir_at(fhir_root(r), "identifier");
    if (client_type(item->type)->identifier == IDENTIFIER_ONE)
        return item->out.identifier && fhir_is(all, "value", item->out.identifier);
    /* fhir_at without an index means the first item: go through all of them */
    for (guint i = 0;; i++) {
        g_autofree char *path = g_strdup_printf("identifier[%u]", i);
        FhirNode one = fhir_at(fhir_root(r), path);
        if (!fhir_exists(one))
            return FALSE;
        if (item->out.identifier && fhir_is(one, "value", item->out.identifier))
            return TRUE;
    }
}

/* A new resource carries the write's UUID, so that the core can be asked about it. */
static FhirResource *with_identifier(const Item *item, const FhirResource *r, GError **error)
{
    IdentifierKind kind = client_type(item->type)->identifier;
    if (kind == IDENTIFIER_NONE || item_holds(item, r))
        return fhir_resource_ref(r);
    g_autofree char *json = identifier_json(item->out.identifier);
    g_autoptr(FhirEdit) edit = fhir_edit_new(r);
    if (kind == IDENTIFIER_ONE)
        fhir_edit_set(edit, "identifier", json);
    else
        fhir_edit_append(edit, "identifier", json);
    return fhir_edit_finish(edit, error);
}

Item *item_new(const ClientWrite *from, GError **error)
{
    Item *item = g_new0(Item, 1);
    item->kind = from->kind;
    item->type = g_strdup(fhir_type(from->resource));
    item->out.issues = no_issues();
    item->provenance = g_strdup(from->provenance);
    item->reason = g_strdup(from->reason);
    item->patch = from->patch ? g_bytes_ref(from->patch) : NULL;
    item->back = from->take_back ? g_bytes_ref(from->take_back) : NULL;
    if (from->kind == CLIENT_CREATE) {
        item->ask_first = from->identifier != NULL;
        item->out.identifier = from->identifier ? g_strdup(from->identifier) : client_new_uuid();
        item->full_url = from->full_url ? g_strdup(from->full_url) : client_new_uuid();
        item->resource = with_identifier(item, from->resource, error);
    } else {
        item->id = g_strdup(fhir_id(from->resource));
        const char *version = fhir_version_id(from->resource);
        item->base = g_strdup(version);
        item->tagged = from->if_match != NULL;
        item->if_match = from->if_match ? g_strdup(from->if_match)
                         : version      ? g_strdup_printf("W/\"%s\"", version)
                                        : NULL;
        /* Without a version there is no telling what would be overwritten; what was read damaged
         * must not go back. */
        if (item->id && item->if_match && !fhir_read_only(from->resource))
            item->resource = fhir_resource_ref(from->resource);
        else
            g_propagate_error(error, client_error_make(CLIENT_ERROR_REFUSED));
    }
    if (item->resource)
        return item;
    item_free(item);
    return NULL;
}

FhirResource *item_expected(const Item *item)
{
    if (item->kind == CLIENT_PATCH)
        return fhir_patch_apply(item->resource, item->patch, NULL);
    return fhir_resource_ref(item->resource);
}

/* Under the version that this very write made: what somebody has changed since is theirs. */
Item *item_undo(const Item *done)
{
    g_autoptr(FhirResource) stands = done->made && done->back ? item_expected(done) : NULL;
    FhirResource *before = stands ? fhir_patch_apply(stands, done->back, NULL) : NULL;
    if (!before)
        return NULL;
    Item *item = g_new0(Item, 1);
    item->kind = done->patch ? CLIENT_PATCH : CLIENT_UPDATE;
    item->undo = TRUE;
    item->type = g_strdup(done->type);
    item->id = g_strdup(done->id);
    item->if_match = g_strdup(done->made);
    item->tagged = TRUE;
    item->out.issues = no_issues();
    item->resource = done->patch ? fhir_resource_ref(stands) : fhir_resource_ref(before);
    item->patch = done->patch ? g_bytes_ref(done->back) : NULL;
    fhir_resource_unref(before);
    return item;
}

/* ---- comparing ----------------------------------------------------------------------------- */

static gboolean same_value(const Write *w, JsonValue a, JsonValue b, gboolean top);

/* @ours refers to something new of the same write; a core that takes all together replaces that by where it put it. */
static gboolean is_new_of(const Write *w, const char *ours, const char *theirs)
{
    for (guint i = 0; w && ours && theirs && i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        if (g_strcmp0(item->full_url, ours) != 0 || (!item->id && item->out.state != OUTBOX_UNKNOWN))
            continue;
        g_autofree char *place = g_strconcat(item->type, "/", item->id, NULL); /* where in it may not be known */
        const char *at = strstr(theirs, place);
        if (at && (at == theirs || at[-1] == '/') && (!item->id || at[strlen(place)] == '\0'))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_servers_own(JsonValue member)
{
    return json_key_is(member, "meta") || json_key_is(member, "text") || json_key_is(member, "id");
}

static guint members(JsonValue object, gboolean top)
{
    guint n = 0;
    for (JsonValue m = json_first(object); json_exists(m); m = json_next(m))
        n += !(top && is_servers_own(m));
    return n;
}

static gboolean same_object(const Write *w, JsonValue a, JsonValue b, gboolean top)
{
    if (members(a, top) != members(b, top))
        return FALSE;
    for (JsonValue m = json_first(a); json_exists(m); m = json_next(m)) {
        if (top && is_servers_own(m))
            continue;
        g_autofree char *key = json_key(m);
        if (!same_value(w, m, json_member(b, key), FALSE))
            return FALSE;
    }
    return TRUE;
}

static gboolean same_array(const Write *w, JsonValue a, JsonValue b)
{
    JsonValue x = json_first(a), y = json_first(b);
    for (; json_exists(x) && json_exists(y); x = json_next(x), y = json_next(y))
        if (!same_value(w, x, y, FALSE))
            return FALSE;
    return !json_exists(x) && !json_exists(y);
}

static gboolean same_value(const Write *w, JsonValue a, JsonValue b, gboolean top)
{
    JsonKind kind = json_kind(a);
    if (kind != json_kind(b))
        return FALSE;
    if (kind == JSON_KIND_OBJECT)
        return same_object(w, a, b, top);
    if (kind == JSON_KIND_ARRAY)
        return same_array(w, a, b);
    g_autofree char *x = kind == JSON_KIND_STRING ? json_text(a) : json_number(a);
    g_autofree char *y = kind == JSON_KIND_STRING ? json_text(b) : json_number(b);
    return g_strcmp0(x, y) == 0 || (kind == JSON_KIND_STRING && is_new_of(w, x, y));
}

gboolean same_content(const Write *w, const FhirResource *a, const FhirResource *b)
{
    g_autoptr(JsonDoc) x = json_doc_parse(fhir_text(a), NULL);
    g_autoptr(JsonDoc) y = json_doc_parse(fhir_text(b), NULL);
    return x && y && same_value(w, json_root(x), json_root(y), TRUE);
}

gboolean same_version(const char *etag, const FhirResource *r)
{
    const char *version = fhir_version_id(r);
    if (!etag || !version)
        return FALSE;
    if (g_str_has_prefix(etag, "W/"))
        etag += 2;
    gsize len = strlen(etag);
    if (len >= 2 && etag[0] == '"' && etag[len - 1] == '"')
        return strlen(version) == len - 2 && strncmp(etag + 1, version, len - 2) == 0;
    return g_str_equal(etag, version);
}

/* ---- as text ------------------------------------------------------------------------------- */

OutboxState write_state(const Write *w)
{
    static const int order[] = {OUTBOX_UNKNOWN, OUTBOX_SENDING, OUTBOX_PREPARED, OUTBOX_CONFLICT,
                                OUTBOX_REFUSED};
    for (guint o = 0; o < G_N_ELEMENTS(order); o++)
        for (guint i = 0; i < w->items->len; i++)
            if ((int)((Item *)w->items->pdata[i])->out.state == order[o])
                return (OutboxState)order[o];
    return OUTBOX_CONFIRMED;
}

static void write_bytes(JsonWriter *w, const char *key, GBytes *text)
{
    gsize len;
    const char *s = g_bytes_get_data(text, &len);
    json_write_raw(w, key, s, (gssize)len);
}

GBytes *write_to_text(const Write *write)
{
    g_autoptr(JsonWriter) w = json_writer_new();
    json_write_object(w, NULL);
    json_write_bool(w, "transaction", write->transaction);
    json_write_int(w, "sent", write->sent);
    if (write->given_up)
        json_write_bool(w, "givenUp", TRUE);
    json_write_array(w, "items");
    for (guint i = 0; i < write->items->len; i++) {
        const Item *item = write->items->pdata[i];
        json_write_object(w, NULL);
        json_write_int(w, "kind", item->kind);
        json_write_int(w, "state", item->out.state);
        json_write_bool(w, "left", item->left);
        json_write_bool(w, "answered", item->answered);
        if (item->undo)
            json_write_bool(w, "undo", TRUE);
        json_write_string(w, "type", item->type);
        json_write_string(w, "id", item->id);
        json_write_string(w, "identifier", item->out.identifier);
        json_write_string(w, "fullUrl", item->full_url);
        json_write_string(w, "ifMatch", item->if_match);
        if (item->base)
            json_write_string(w, "base", item->base);
        if (item->tagged)
            json_write_bool(w, "tagged", TRUE);
        json_write_string(w, "provenance", item->provenance);
        json_write_string(w, "reason", item->reason);
        write_bytes(w, "resource", fhir_text(item->resource));
        if (item->patch)
            write_bytes(w, "patch", item->patch);
        if (item->back)
            write_bytes(w, "back", item->back);
        if (item->made)
            json_write_string(w, "made", item->made);
        json_write_end(w);
    }
    json_write_end(w);
    json_write_end(w);
    return json_writer_finish(w);
}

static GBytes *piece(JsonDoc *doc, JsonValue v)
{
    if (!json_exists(v))
        return NULL;
    gsize start, len;
    json_extent(v, &start, &len);
    return g_bytes_new_from_bytes(json_doc_text(doc), start, len);
}

static gint64 number(JsonValue object, const char *key)
{
    g_autofree char *digits = json_number(json_member(object, key));
    return digits ? g_ascii_strtoll(digits, NULL, 10) : -1;
}

static Item *item_from_text(const Write *w, JsonDoc *doc, JsonValue v)
{
    gint64 kind = number(v, "kind"), state = number(v, "state");
    g_autoptr(GBytes) text = piece(doc, json_member(v, "resource"));
    FhirResource *resource = text ? fhir_resource_parse(text, NULL) : NULL;
    if (!resource || kind < CLIENT_CREATE || kind > CLIENT_PATCH || state < OUTBOX_PREPARED ||
        state > OUTBOX_REFUSED) {
        fhir_resource_unref(resource);
        return NULL;
    }
    Item *item = g_new0(Item, 1);
    item->kind = (ClientWriteKind)kind;
    item->resource = resource;
    item->patch = piece(doc, json_member(v, "patch"));
    item->back = piece(doc, json_member(v, "back"));
    item->made = json_text(json_member(v, "made"));
    item->undo = json_bool(json_member(v, "undo"));
    item->type = g_strdup(fhir_type(resource));
    item->id = json_text(json_member(v, "id"));
    item->full_url = json_text(json_member(v, "fullUrl"));
    item->if_match = json_text(json_member(v, "ifMatch"));
    item->base = json_text(json_member(v, "base"));
    item->tagged = json_bool(json_member(v, "tagged"));
    item->provenance = json_text(json_member(v, "provenance"));
    item->reason = json_text(json_member(v, "reason"));
    item->ask_first = TRUE;
    item->late_until = w->sent > 0 ? w->sent + WRITE_LATE_US : 0;
    item->out.identifier = json_text(json_member(v, "identifier"));
    item->out.issues = no_issues();
    /* What was being sent when the program ended may have arrived. */
    item->out.state = state == OUTBOX_SENDING ? OUTBOX_UNKNOWN : (OutboxState)state;
    item->answered = json_bool(json_member(v, "answered"));
    JsonValue left = json_member(v, "left");
    item->left = json_exists(left) ? json_bool(left) : state != OUTBOX_PREPARED;
    return item;
}

gboolean write_from_text(Write *w, GBytes *text)
{
    g_autoptr(JsonDoc) doc = json_doc_parse(text, NULL);
    if (!doc)
        return FALSE;
    JsonValue root = json_root(doc);
    w->transaction = json_bool(json_member(root, "transaction"));
    w->sent = number(root, "sent");
    w->given_up = json_bool(json_member(root, "givenUp"));
    for (JsonValue v = json_first(json_member(root, "items")); json_exists(v); v = json_next(v)) {
        Item *item = item_from_text(w, doc, v);
        if (!item)
            return FALSE;
        g_ptr_array_add(w->items, item);
    }
    return w->items->len > 0;
}
