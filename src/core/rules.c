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

gboolean rules_is_signed(const FhirResource *note)
{
    FhirNode root = fhir_root(note);
    return fhir_is(root, "docStatus", "final") || fhir_is(root, "docStatus", "amended");
}

static const char *const ATTESTER = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.attester";

gboolean rules_is_self(const CoreRequest *request, FhirNode node, const char *path)
{
    g_autofree char *type = NULL, *id = NULL;
    const Session *who = request->session;
    return fhir_reference(node, path, &type, &id) &&
           ((g_str_equal(type, "Practitioner") && g_str_equal(id, who->practitioner)) ||
            (g_str_equal(type, "PractitionerRole") && g_str_equal(id, who->role_id)));
}

static gboolean signed_by_self(const CoreRequest *request, const FhirResource *note,
                               CoreReply *reply)
{
    if (!fhir_exists(fhir_at(fhir_root(note), "authenticator")))
        return reply_fail(reply, 422, "required", "DocumentReference.authenticator",
                          "A signed note names who signed it.");
    if (rules_is_self(request, fhir_root(note), "authenticator"))
        return TRUE;
    return reply_fail(reply, 403, "forbidden", "DocumentReference.authenticator",
                      "A note is signed by the person who is logged in, nobody else.");
}

/* ---- what may become of a note that is in the record ---- */

static gboolean note_refused(CoreReply *reply)
{
    return reply_fail(reply, 422, "business-rule", "DocumentReference",
                      "The words of a note in the record stay: write a new one that replaces it, or mark it"
                      " as entered in error.");
}

/* The author's own name under what was unsigned. */
static gboolean note_signed_now(const CoreRequest *request, const FhirResource *new, const FhirResource *old,
                                CoreReply *reply)
{
    static const char *const BUT[] = {"docStatus", "authenticator", "meta", NULL};
    if (!same_but(new, old, BUT))
        return note_refused(reply);
    if (fhir_exists(fhir_at(fhir_root(old), "author")) && !rules_is_self(request, fhir_root(old), "author[0]"))
        return reply_fail(reply, 403, "forbidden", "DocumentReference.authenticator",
                          "An unsigned note is signed by its author.");
    return signed_by_self(request, new, reply);
}

static guint attesters(const FhirResource *note, FhirNode *ret_last)
{
    guint n = 0;
    for (FhirNode e = fhir_first(fhir_at(fhir_root(note), "extension")); fhir_exists(e); e = fhir_next(e)) {
        *ret_last = e;
        n++;
    }
    return n;
}

/* One more attester, a second person, at the end of what stands there. */
static gboolean note_countersigned(const CoreRequest *request, const FhirResource *new, const FhirResource *old,
                                   CoreReply *reply)
{
    static const char *const BUT[] = {"extension", "meta", NULL};
    FhirNode added = {0}, unused = {0};
    guint had = attesters(old, &unused), has = attesters(new, &added);
    if (has != had + 1 || !same_but(new, old, BUT) || !fhir_is(added, "url", ATTESTER))
        return note_refused(reply);
    FhirNode x = fhir_first(fhir_at(fhir_root(new), "extension")), y = fhir_first(fhir_at(fhir_root(old), "extension"));
    for (; fhir_exists(y); x = fhir_next(x), y = fhir_next(y)) {
        g_autofree char *before = fhir_raw(y), *after = fhir_raw(x);
        if (!g_str_equal(before, after))
            return note_refused(reply);
    }
    if (!rules_is_self(request, added, "extension[url=party].valueReference"))
        return reply_fail(reply, 403, "forbidden", "DocumentReference.extension",
                          "A note is countersigned by the person who is logged in, nobody else.");
    gboolean wrote = rules_is_self(request, fhir_root(old), "authenticator");
    for (FhirNode a = fhir_first(fhir_at(fhir_root(old), "author")); fhir_exists(a); a = fhir_next(a))
        wrote = wrote || rules_is_self(request, a, "");
    return !wrote || reply_fail(reply, 403, "forbidden", "DocumentReference.extension",
                                "A note is countersigned by a second person, not by who wrote or signed it.");
}

static gboolean note_struck_now(const FhirResource *new, const FhirResource *old, CoreReply *reply)
{
    static const char *const BUT[] = {"status", "docStatus", "description", "meta", NULL};
    FhirNode now = fhir_root(new);
    g_autofree char *doc_was = fhir_string(fhir_root(old), "docStatus"), *why = fhir_string(now, "description");
    if (!same_but(new, old, BUT) ||
        (!fhir_is(now, "docStatus", "entered-in-error") && !(doc_was && fhir_is(now, "docStatus", doc_was))))
        return note_refused(reply);
    return (why && *why) || reply_fail(reply, 422, "required", "DocumentReference.description",
                                       "A note that is marked as entered in error says why, in its description.");
}

static gboolean note_transition(const CoreRequest *request, const FhirResource *new, const FhirResource *old,
                                CoreReply *reply)
{
    static const char *const META[] = {"meta", NULL}, *const STATUS[] = {"status", "meta", NULL};
    FhirNode now = fhir_root(new), was = fhir_root(old);
    gboolean current = fhir_is(was, "status", "current");
    if (same_but(new, old, META))
        return TRUE;
    if ((current || fhir_is(was, "status", "superseded")) && fhir_is(now, "status", "entered-in-error"))
        return note_struck_now(new, old, reply); /* an earlier version: with the last one, note-hand.h */
    if (current && fhir_is(now, "status", "superseded"))
        return same_but(new, old, STATUS) || note_refused(reply);
    if (current && !rules_is_signed(old) && fhir_is(now, "status", "current") && fhir_is(now, "docStatus", "final"))
        return note_signed_now(request, new, old, reply);
    if (current && rules_is_signed(old))
        return note_countersigned(request, new, old, reply);
    return note_refused(reply);
}

gboolean rules_supersedes(const FhirResource *new, const FhirResource *old)
{
    return old && g_str_equal(fhir_type(new), "DocumentReference") && fhir_is(fhir_root(new), "status", "superseded") &&
           !fhir_is(fhir_root(old), "status", "superseded");
}

char *rules_replaced(const FhirResource *new)
{
    g_autofree char *type = NULL;
    char *id = NULL;
    for (FhirNode r = fhir_first(fhir_at(fhir_root(new), "relatesTo")); fhir_exists(r); r = fhir_next(r))
        if (g_str_equal(fhir_type(new), "DocumentReference") &&
            (fhir_is(r, "code", "replaces") || fhir_is(r, "code", "transforms")) &&
            fhir_reference(r, "target", &type, &id))
            return id;
    return NULL;
}

gboolean rules_check(const CoreRequest *request, const FhirResource *new, const FhirResource *old,
                     CoreReply *reply)
{
    if (g_str_equal(fhir_type(new), "DocumentReference")) {
        if (old)
            return note_transition(request, new, old, reply);
        return !rules_is_signed(new) || signed_by_self(request, new, reply);
    }
    if (g_str_equal(fhir_type(new), "Slot") && old && !request->if_match)
        return reply_fail(reply, 412, "conflict", "Slot",
                          "A time in the diary is changed with If-Match, so that only one booking"
                          " can take it. Read the Slot again and send its ETag.");
    return TRUE;
}
