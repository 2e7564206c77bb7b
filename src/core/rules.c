/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rules.h"

#include "json/document.h"
#include <string.h>

static gboolean same(JsonValue a, JsonValue b);

/* Members of @a, but for those in @but, are the same in @b. */
static gboolean covered(JsonValue a, JsonValue b, const char *const *but)
{
    for (JsonValue m = json_first(a); json_exists(m); m = json_next(m)) {
        g_autofree char *key = json_key(m);
        if (!(but && g_strv_contains(but, key)) && !same(m, json_member(b, key)))
            return FALSE;
    }
    return TRUE;
}

static gboolean same(JsonValue a, JsonValue b)
{
    if (json_kind(a) != json_kind(b))
        return FALSE;
    if (json_kind(a) == JSON_KIND_OBJECT)
        return json_count(a) == json_count(b) && covered(a, b, NULL);
    if (json_kind(a) == JSON_KIND_ARRAY) {
        if (json_count(a) != json_count(b))
            return FALSE;
        JsonValue x = json_first(a), y = json_first(b);
        for (; json_exists(x); x = json_next(x), y = json_next(y))
            if (!same(x, y))
                return FALSE;
        return TRUE;
    }
    if (json_kind(a) == JSON_KIND_STRING) {
        g_autofree char *text = json_text(a);
        return json_string_is(b, text);
    }
    if (json_kind(a) == JSON_KIND_NUMBER) {
        g_autofree char *x = json_number(a), *y = json_number(b);
        return g_str_equal(x, y);
    }
    return TRUE;
}

static gboolean same_but(const FhirResource *a, const FhirResource *b, const char *const *but)
{
    g_autoptr(JsonDoc) x = json_doc_parse(fhir_text(a), NULL);
    g_autoptr(JsonDoc) y = json_doc_parse(fhir_text(b), NULL);
    return x && y && covered(json_root(x), json_root(y), but) &&
           covered(json_root(y), json_root(x), but);
}

static gboolean signed_note(const FhirResource *note)
{
    FhirNode root = fhir_root(note);
    return fhir_is(root, "docStatus", "final") || fhir_is(root, "docStatus", "amended");
}

/* A signed note stays as it is; it can only be superseded or struck. */
static gboolean note_unchanged(const FhirResource *new, const FhirResource *old, CoreReply *reply)
{
    static const char *const BUT[] = {"status", "docStatus", "meta", NULL};
    FhirNode now = fhir_root(new), was = fhir_root(old);
    g_autofree char *doc_was = fhir_string(was, "docStatus");
    gboolean doc_kept = fhir_is(now, "docStatus", doc_was);
    gboolean struck = fhir_is(now, "status", "entered-in-error") &&
                      (doc_kept || fhir_is(now, "docStatus", "entered-in-error"));
    gboolean superseded = fhir_is(now, "status", "superseded") && doc_kept;
    g_autofree char *status = fhir_string(was, "status");
    gboolean kept = status && fhir_is(now, "status", status) && doc_kept;
    if ((struck || superseded || kept) && same_but(new, old, BUT))
        return TRUE;
    return reply_fail(reply, 422, "business-rule", "DocumentReference",
                      "A signed note cannot be changed: write a new one that replaces it, or mark"
                      " it as superseded or entered in error.");
}

static gboolean signed_by_self(const CoreRequest *request, const FhirResource *note,
                               CoreReply *reply)
{
    g_autofree char *type = NULL, *id = NULL;
    const Session *who = request->session;
    if (!fhir_reference(fhir_root(note), "authenticator", &type, &id))
        return reply_fail(reply, 422, "required", "DocumentReference.authenticator",
                          "A signed note names who signed it.");
    if ((g_str_equal(type, "Practitioner") && g_str_equal(id, who->practitioner)) ||
        (g_str_equal(type, "PractitionerRole") && g_str_equal(id, who->role_id)))
        return TRUE;
    return reply_fail(reply, 403, "forbidden", "DocumentReference.authenticator",
                      "A note is signed by the person who is logged in, nobody else.");
}

gboolean rules_check(const CoreRequest *request, const FhirResource *new, const FhirResource *old,
                     CoreReply *reply)
{
    if (g_str_equal(fhir_type(new), "DocumentReference")) {
        if (old && signed_note(old))
            return note_unchanged(new, old, reply);
        return !signed_note(new) || signed_by_self(request, new, reply);
    }
    if (g_str_equal(fhir_type(new), "Slot") && old && !request->if_match)
        return reply_fail(reply, 412, "conflict", "Slot",
                          "A time in the diary is changed with If-Match, so that only one booking"
                          " can take it. Read the Slot again and send its ETag.");
    return TRUE;
}
