/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/note-hand.h"

#include "core/access.h"
#include "core/record.h"
#include "core/rules.h"
#include "core/search.h"
#include <string.h>

enum { MAX_VERSIONS = 50 };

/* ---- whose hand ---------------------------------------------------------------------------- */

static gboolean is_among_authors(const CoreRequest *request, const FhirResource *note)
{
    for (FhirNode a = fhir_first(fhir_at(fhir_root(note), "author")); fhir_exists(a); a = fhir_next(a))
        if (rules_is_self(request, a, ""))
            return TRUE;
    return FALSE;
}

static gboolean is_profession(Core *core, const char *assignment, const AccessRole *profession)
{
    g_autoptr(Record) record = record_get(core->db, "PractitionerRole", assignment);
    g_autoptr(FhirResource) role = record ? fhir_resource_parse(record->body, NULL) : NULL;
    return role && access_role(role) == profession;
}

/* By the assignments that the record holds; one that nobody knows is of no profession. */
static gboolean same_profession(Core *core, const CoreRequest *request, FhirNode node, const char *path, CoreReply *reply)
{
    g_autofree char *type = NULL, *id = NULL;
    const AccessRole *own = request->session->role;
    if (!fhir_reference(node, path, &type, &id))
        return FALSE;
    if (g_str_equal(type, "PractitionerRole"))
        return is_profession(core, id, own);
    g_autofree char *query = g_strconcat("practitioner=Practitioner/", id, NULL);
    g_autoptr(GPtrArray) assignments = search_ids(core, "PractitionerRole", query, reply);
    for (guint i = 0; assignments && i < assignments->len; i++)
        if (is_profession(core, assignments->pdata[i], own))
            return TRUE;
    return FALSE;
}

static gboolean is_author(const CoreRequest *request, const FhirResource *note)
{
    FhirNode root = fhir_root(note);
    return rules_is_self(request, root, "author[0]") ||
           (!fhir_exists(fhir_at(root, "author")) && (!rules_is_signed(note) || rules_is_self(request, root, "authenticator")));
}

/* PDL 3:11: whoever writes in the record answers for what they have written; one of the same profession can stand in for
 * somebody who has left. Others add to it. */
static gboolean may_answer(Core *core, const CoreRequest *request, const FhirResource *note, const char *what, CoreReply *reply)
{
    FhirNode root = fhir_root(note);
    gboolean authored = fhir_exists(fhir_at(root, "author"));
    if (is_author(request, note) || (rules_is_signed(note) && rules_is_self(request, root, "authenticator")))
        return TRUE;
    if (!rules_is_signed(note))
        return reply_fail(reply, 403, "forbidden", "DocumentReference.author", "An unsigned note is %s by its author.", what);
    if (same_profession(core, request, root, authored ? "author[0]" : "authenticator", reply))
        return TRUE;
    return reply->status ? FALSE
                         : reply_fail(reply, 403, "forbidden", "DocumentReference.author",
                                      "A signed note is %s by its author, by who signed it, or by one of the author's profession."
                                      " Anybody who writes notes can add to it (relatesTo appends).", what);
}

/* ---- closed -------------------------------------------------------------------------------- */

static void earlier_of(Instant *first, Instant t)
{
    if (t != INSTANT_NONE && (*first == INSTANT_NONE || t < *first))
        *first = t;
}

/* The version before @note; NULL: it is the first. */
static FhirResource *version_before(Core *core, const FhirResource *note)
{
    g_autofree char *id = rules_replaced(note);
    g_autoptr(Record) record = id ? record_get(core->db, "DocumentReference", id) : NULL;
    return record ? fhir_resource_parse(record->body, NULL) : NULL;
}

/* What a note says of itself may be earlier than when it came here, never later. */
static Instant came(Core *core, const FhirResource *note)
{
    FhirTime t;
    Instant first = INSTANT_NONE;
    FhirNode root = fhir_root(note);
    g_autoptr(GBytes) body = record_get_version(core->db, "DocumentReference", fhir_id(note), 1);
    g_autoptr(FhirResource) one = body ? fhir_resource_parse(body, NULL) : NULL;
    earlier_of(&first, one ? fhir_last_updated(one) : INSTANT_NONE);
    if (fhir_time(root, "date", &t))
        earlier_of(&first, t.instant);
    if (fhir_time(root, "content[0].attachment.creation", &t) && t.precision == FHIR_TIME_SECOND)
        earlier_of(&first, t.instant);
    return first;
}

static gboolean is_closed(Core *core, const CoreRequest *request, const FhirResource *note)
{
    Instant first = came(core, note);
    g_autoptr(FhirResource) before = version_before(core, note);
    for (guint n = 0; before && n < MAX_VERSIONS; n++) {
        earlier_of(&first, came(core, before));
        FhirResource *earlier = version_before(core, before);
        fhir_resource_unref(before);
        before = earlier;
    }
    return first != INSTANT_NONE && request->stamp >= instant_add_days(first, core->lock_days);
}

/* ---- a later version ----------------------------------------------------------------------- */

static gboolean is_sound(const FhirResource *note)
{
    FhirNode all = fhir_at(fhir_root(note), "content");
    gboolean any = FALSE;
    for (FhirNode c = fhir_first(all); fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *type = fhir_string(c, "attachment.contentType");
        if (!type || !g_str_has_prefix(type, "audio/"))
            return FALSE;
        any = TRUE;
    }
    return any;
}

/* What is written down is somebody's spoken words, not what they have written. */
static gboolean transcribed(const FhirResource *base, CoreReply *reply)
{
    return (!rules_is_signed(base) && is_sound(base)) ||
           reply_fail(reply, 422, "business-rule", "DocumentReference.relatesTo", "Only a dictation is transcribed.");
}

static gboolean replaced(Core *core, const CoreRequest *request, const FhirResource *new, const FhirResource *base,
                         CoreReply *reply)
{
    g_autofree char *why = fhir_string(fhir_root(new), "description");
    gboolean corrects = fhir_is(fhir_root(new), "docStatus", "amended") && why && *why;
    if (!corrects && rules_is_signed(base))
        return reply_fail(reply, 422, "business-rule", "DocumentReference.relatesTo",
                          "A signed note is corrected by a signed version (amended) that says why in its description, or added to"
                          " (relatesTo appends).");
    if (!corrects && is_closed(core, request, base))
        return reply_fail(reply, 422, "business-rule", "DocumentReference.relatesTo",
                          "The note was locked %d days after it was written. It is corrected by a signed version (amended) that says"
                          " why in its description, or added to (relatesTo appends).", core->lock_days);
    if (corrects)
        return may_answer(core, request, base, "corrected", reply);
    return is_author(request, base) || is_among_authors(request, base) ||
           reply_fail(reply, 403, "forbidden", "DocumentReference.author",
                      "A note that is not signed is changed without a reason by its author, or by who wrote it down.");
}

/* A corrected transcription still names the dictation, which was put aside when it was written down. */
static gboolean related(Core *core, const CoreRequest *request, const FhirResource *new, FhirNode relation, CoreReply *reply)
{
    g_autofree char *type = NULL, *id = NULL;
    gboolean writes_down = fhir_is(relation, "code", "transforms");
    if ((!writes_down && !fhir_is(relation, "code", "replaces")) || !fhir_reference(relation, "target", &type, &id))
        return TRUE;
    g_autoptr(Record) record = record_get(core->db, "DocumentReference", id);
    g_autoptr(FhirResource) base = record ? fhir_resource_parse(record->body, NULL) : NULL;
    if (!base || !fhir_is(fhir_root(base), "status", "current"))
        return TRUE;
    return writes_down ? transcribed(base, reply) : replaced(core, request, new, base, reply);
}

/* ---- struck -------------------------------------------------------------------------------- */

static gboolean follows(const FhirResource *later, const char *id)
{
    for (FhirNode r = fhir_first(fhir_at(fhir_root(later), "relatesTo")); fhir_exists(r); r = fhir_next(r)) {
        g_autofree char *type = NULL, *target = NULL;
        if ((fhir_is(r, "code", "replaces") || fhir_is(r, "code", "transforms")) && fhir_reference(r, "target", &type, &target) &&
            g_str_equal(target, id))
            return TRUE;
    }
    return FALSE;
}

/* A note is struck with all its versions: who struck the last one has decided of those before it. */
static gboolean struck_with_the_last(Core *core, const FhirResource *old, CoreReply *reply)
{
    g_autofree char *query = g_strconcat("relatesto=DocumentReference/", fhir_id(old), NULL);
    g_autoptr(GPtrArray) ids = search_ids(core, "DocumentReference", query, reply);
    for (guint i = 0; ids && i < ids->len; i++) {
        g_autoptr(Record) record = record_get(core->db, "DocumentReference", ids->pdata[i]);
        g_autoptr(FhirResource) later = record ? fhir_resource_parse(record->body, NULL) : NULL;
        if (later && fhir_is(fhir_root(later), "status", "entered-in-error") && follows(later, fhir_id(old)))
            return TRUE;
    }
    return reply->status ? FALSE
                         : reply_fail(reply, 422, "business-rule", "DocumentReference.status",
                                      "An earlier version of a note is struck with the last one, never alone.");
}

static gboolean struck(Core *core, const CoreRequest *request, const FhirResource *new, const FhirResource *old, CoreReply *reply)
{
    if (!fhir_is(fhir_root(new), "status", "entered-in-error") || fhir_is(fhir_root(old), "status", "entered-in-error"))
        return TRUE;
    return fhir_is(fhir_root(old), "status", "superseded") ? struck_with_the_last(core, old, reply)
                                                           : may_answer(core, request, old, "struck", reply);
}

gboolean note_hand_check(Core *core, const CoreRequest *request, const FhirResource *new, const FhirResource *old,
                         CoreReply *reply)
{
    if (!g_str_equal(fhir_type(new), "DocumentReference"))
        return TRUE;
    if (old)
        return struck(core, request, new, old, reply);
    for (FhirNode r = fhir_first(fhir_at(fhir_root(new), "relatesTo")); fhir_exists(r); r = fhir_next(r))
        if (!related(core, request, new, r, reply))
            return FALSE;
    return TRUE;
}
