/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/med-change.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/med-list.h"

#define OWN_SYSTEM  "urn:rond:status-reason"
#define HL7_SYSTEM  "http://terminology.hl7.org/CodeSystem/medicationrequest-status-reason"
#define CHANGED_URL "http://hl7.org/fhir/5.0/StructureDefinition/extension-MedicationRequest.statusChanged"
#define UNTIL_URL   "urn:rond:paused-until"

static const MedReason stop_reasons[] = {
    {"done", NULL, RW_WHY_DONE},           {"side-effect", "sintol", RW_WHY_SIDE_EFFECT}, {"no-effect", NULL, RW_WHY_NO_EFFECT},
    {"interaction", "sddi", RW_WHY_INTERACTION}, {"double", "sdupther", RW_WHY_DOUBLE},   {"contraindicated", NULL, RW_WHY_CONTRAINDICATED},
    {"wish", NULL, RW_WHY_WISH},           {"misordered", NULL, RW_WHY_MISORDERED},       {"dead", NULL, RW_WHY_DEAD},
    {0}};
static const MedReason pause_reasons[] = {
    {"procedure", "surg", RW_WHY_PROCEDURE},     {"waits-for-test", "labint", RW_WHY_TEST}, {"side-effect", "sintol", RW_WHY_SIDE_EFFECT},
    {"interaction", "sddi", RW_WHY_INTERACTION}, {"acute", NULL, RW_WHY_ACUTE},             {"fasting", NULL, RW_WHY_FASTING},
    {"missing", "non-avail", RW_WHY_MISSING},    {0}};
static const MedReason strike_reasons[] = {
    {"wrong-patient", NULL, RW_WHY_WRONG_PATIENT}, {"wrong-medicine", NULL, RW_WHY_WRONG_MEDICINE}, {"wrong-dose", NULL, RW_WHY_WRONG_DOSE},
    {"entered-twice", NULL, RW_WHY_TWICE},         {0}};

#define BIT(S) (1u << (S))
#define ON (BIT(MED_ACTIVE) | BIT(MED_FUTURE))

const MedChange med_changes[] = {
    {"renew", "med-renew", N_("Renew"), BIT(MED_ACTIVE) | BIT(MED_PAST), "completed", .orders = TRUE, .line = TRUE, .several = TRUE,
     .implied = RW_WHY_RENEWED, .note = RW_MED_RENEWED},
    {"change", "med-change", N_("Change"), ON | BIT(MED_ON_HOLD), "stopped", .orders = TRUE, .line = TRUE, .implied = RW_WHY_REPLACED,
     .note = RW_MED_REPLACED},
    {"pause", "med-pause", N_("Pause"), ON, "on-hold", .several = TRUE, .until = TRUE, .reasons = pause_reasons, .implied = RW_COUNT,
     .note = RW_MED_PAUSED},
    {"resume", "med-resume", N_("Resume"), BIT(MED_ON_HOLD), "active", .line = TRUE, .implied = RW_COUNT, .note = RW_MED_RESUMED},
    {"stop", "med-stop", N_("Stop"), ON | BIT(MED_ON_HOLD), "stopped", .reasons = stop_reasons, .implied = RW_COUNT, .note = RW_MED_STOPPED},
    {"strike", "med-strike", N_("Strike"), ON | BIT(MED_ON_HOLD) | BIT(MED_PAST) | BIT(MED_STOPPED) | BIT(MED_NOT_TO_BE_GIVEN),
     "entered-in-error", .reasons = strike_reasons, .implied = RW_COUNT, .note = RW_MED_STRUCK},
    {0}};

const MedChange *med_change(const char *id)
{
    for (const MedChange *c = med_changes; c->id; c++)
        if (g_strcmp0(c->id, id) == 0)
            return c;
    return NULL;
}

const MedChange *med_change_of_command(const char *command)
{
    for (const MedChange *c = med_changes; c->id; c++)
        if (g_strcmp0(c->command, command) == 0)
            return c;
    return NULL;
}

const MedReason *med_reason(const MedChange *c, const char *code)
{
    for (const MedReason *r = c->reasons; r && r->code; r++)
        if (g_strcmp0(r->code, code) == 0)
            return r;
    return NULL;
}

guint med_reason_count(const MedChange *c)
{
    guint n = 0;
    while (c->reasons && c->reasons[n].code)
        n++;
    return n;
}

/* ---- whether it can be done ---- */

static const char *const why_not[] = {
    [MED_ACTIVE] = N_("It is given now, not paused"),
    [MED_FUTURE] = N_("It has not begun yet"),
    [MED_ON_HOLD] = N_("It is paused: resume it or stop it"),
    [MED_PAST] = N_("It has ended"),
    [MED_STOPPED] = N_("It has been stopped: order it anew"),
    [MED_DRAFT] = N_("It has not been ordered yet"),
    [MED_NOT_TO_BE_GIVEN] = N_("It says that the medicine is NOT to be given"),
    [MED_VOID] = N_("It was entered in error"),
    [MED_UNKNOWN] = N_("Its state is not known here: nothing can be done with it"),
};

gboolean med_change_possible(const MedChange *c, const FhirResource *r, Instant now, GError **error)
{
    const char *why = NULL;
    MedState state = medication_state(r, now);
    if (strcmp(fhir_type(r), "MedicationRequest") != 0 || !fhir_id(r) || !fhir_version_id(r))
        why = N_("The core has not said which version of the order this is");
    else if (fhir_read_only(r))
        why = N_("Its text is damaged: it cannot be written back");
    else if (fhir_has_modifier(r))
        why = why_not[MED_UNKNOWN];
    else if (!(c->from & BIT(state)))
        why = why_not[state];
    if (why)
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_DATA, _(why));
    return why == NULL;
}

char *med_change_text(const FhirResource *r, const DrugList *drugs, Instant now)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, (gpointer)r);
    g_autoptr(GPtrArray) lines = med_lines(one, NULL, drugs, now);
    const MedLine *l = lines->len ? lines->pdata[0] : NULL;
    return l ? g_strdup_printf("%s, %s%s%s", l->name, l->dosage, *l->reason ? " – " : "", l->reason) : g_strdup("?");
}

/* ---- the old order as it is to stand ---- */

static void remove_extension(FhirEdit *e, FhirNode root, const char *url)
{
    guint i = 0, n = fhir_count(fhir_at(root, "extension"));
    for (FhirNode x = fhir_first(fhir_at(root, "extension")); i < n && fhir_exists(x); x = fhir_next(x), i++)
        if (fhir_is(x, "url", url)) {
            g_autofree char *path = g_strdup_printf("extension[%u]", i);
            fhir_edit_remove(e, path);
            return;
        }
}

static void add_extension(FhirEdit *e, const char *url, const char *key, const char *value)
{
    g_autofree char *json = g_strdup_printf("{\"url\":\"%s\",\"%s\":\"%s\"}", url, key, value);
    fhir_edit_append(e, "extension", json);
}

static void set_reason(FhirEdit *e, const MedReason *why, RecordWord implied)
{
    fhir_edit_remove(e, "statusReason");
    if (!why && implied == RW_COUNT)
        return;
    fhir_edit_set_string(e, "statusReason.text", record_word(why ? why->words : implied));
    if (why) {
        fhir_edit_set_string(e, "statusReason.coding[0].system", OWN_SYSTEM);
        fhir_edit_set_string(e, "statusReason.coding[0].code", why->code);
    }
    if (why && why->hl7) {
        fhir_edit_set_string(e, "statusReason.coding[1].system", HL7_SYSTEM);
        fhir_edit_set_string(e, "statusReason.coding[1].code", why->hl7);
    }
}

static char *note_words(const MedChange *c, const MedReason *why, const MedChanging *w)
{
    if (!why)
        return record_text(c->note, w->name);
    if (!w->until.year)
        return record_text(c->note, w->name, record_word(why->words));
    g_autofree char *day = civil_date_to_text(w->until);
    return record_text(RW_MED_PAUSED_UNTIL, day, w->name, record_word(why->words));
}

static void add_note(FhirEdit *e, FhirNode root, const char *words, const MedChanging *w)
{
    guint n = fhir_count(fhir_at(root, "note"));
    g_autofree char *at = instant_to_fhir(w->now), *who = g_strdup_printf("Practitioner/%s", w->practitioner);
    const struct {
        const char *path, *value;
    } parts[] = {{"text", words}, {"time", at}, {"authorReference.reference", who}, {"authorReference.display", w->name}};
    fhir_edit_append(e, "note", "{\"text\":\"-\"}");
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_strdup_printf("note[%u].%s", n, parts[i].path);
        fhir_edit_set_string(e, path, parts[i].value);
    }
}

FhirResource *med_changed(const MedChange *c, const FhirResource *r, const MedChanging *w, GError **error)
{
    const MedReason *why = med_reason(c, w->reason);
    FhirNode root = fhir_root(r);
    if (!med_change_possible(c, r, w->now, error))
        return NULL;
    if (c->reasons && !why) {
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_INCOMPLETE, _("The change has no reason"));
        return NULL;
    }
    g_autoptr(FhirEdit) e = fhir_edit_new(r);
    g_autofree char *words = note_words(c, why, w), *at = instant_to_fhir(w->now);
    fhir_edit_set_string(e, "status", c->status);
    set_reason(e, why, c->implied);
    add_note(e, root, words, w);
    remove_extension(e, root, CHANGED_URL);
    g_autoptr(FhirResource) step = fhir_edit_finish(e, error);
    if (!step)
        return NULL;
    g_autoptr(FhirEdit) more = fhir_edit_new(step);
    remove_extension(more, fhir_root(step), UNTIL_URL);
    add_extension(more, CHANGED_URL, "valueDateTime", at);
    if (c->until && w->until.year) {
        g_autofree char *day = civil_date_to_text(w->until);
        add_extension(more, UNTIL_URL, "valueDate", day);
    }
    return fhir_edit_finish(more, error);
}

GBytes *med_change_back(const FhirResource *r, const FhirResource *changed)
{
    static const char *const members[] = {"status", "statusReason", "note", "extension"};
    g_autoptr(GString) patch = g_string_new("[");
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *was = fhir_raw(fhir_at(fhir_root(r), members[i]));
        const char *comma = patch->len > 1 ? "," : "";
        if (was)
            g_string_append_printf(patch, "%s{\"op\":\"add\",\"path\":\"/%s\",\"value\":%s}", comma, members[i], was);
        else if (fhir_exists(fhir_at(fhir_root(changed), members[i])))
            g_string_append_printf(patch, "%s{\"op\":\"remove\",\"path\":\"/%s\"}", comma, members[i]);
    }
    g_string_append_c(patch, ']');
    return g_string_free_to_bytes(g_steal_pointer(&patch));
}

/* ---- read back ---- */

Instant med_changed_at(const FhirResource *r, char **ret_by)
{
    FhirTime at, written;
    *ret_by = NULL;
    if (!fhir_time(fhir_root(r), "extension[url=" CHANGED_URL "].valueDateTime", &at))
        return INSTANT_NONE;
    for (FhirNode n = fhir_first(fhir_at(fhir_root(r), "note")); fhir_exists(n); n = fhir_next(n))
        if (fhir_time(n, "time", &written) && written.instant == at.instant) {
            g_free(*ret_by);
            *ret_by = fhir_string(n, "authorReference.display");
        }
    return at.instant;
}

char *med_paused_until(const FhirResource *r)
{
    return fhir_string(fhir_root(r), "extension[url=" UNTIL_URL "].valueDate");
}
