/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include <stdlib.h>
#include <string.h>

#define ORGANIZATION_TYPE "http://terminology.hl7.org/CodeSystem/organization-type"
#define PHYSICAL_TYPE     "http://terminology.hl7.org/CodeSystem/location-physical-type"
#define ROLE_CODE         "http://terminology.hl7.org/CodeSystem/practitioner-role"
#define PRESCRIBER        "urn:oid:1.2.752.116.3.1.2"
#define WORKPLACE         "urn:rond:workplace-code"

static void b_hsa(FhirBuild *b, const char *hsa)
{
    fhir_b_array(b, "identifier");
    fhir_b_identifier(b, NULL, SEED_OID_HSA, hsa);
    fhir_b_end(b);
}

static void b_phone(FhirBuild *b, const char *phone)
{
    fhir_b_array(b, "telecom");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "system", "phone");
    fhir_b_string(b, "value", phone);
    fhir_b_end(b);
    fhir_b_end(b);
}

static gboolean give_unit(Seed *s, guint row, GError **error)
{
    const char *parent = seed_cell(s->units, row, "parent"),
               *kind = seed_cell(s->units, row, "kind");
    gboolean provider = !strcmp(kind, "region") || !strcmp(kind, "sjukhus");
    g_autoptr(FhirBuild) b = fhir_build_new("Organization");
    const char *workplace = seed_cell(s->units, row, "workplace");
    fhir_b_string(b, "id", seed_cell(s->units, row, "id"));
    fhir_b_array(b, "identifier");
    fhir_b_identifier(b, NULL, SEED_OID_HSA, seed_cell(s->units, row, "hsa"));
    if (*workplace)
        fhir_b_identifier(b, NULL, WORKPLACE, workplace);
    fhir_b_end(b);
    fhir_b_bool(b, "active", TRUE);
    fhir_b_array(b, "type");
    fhir_b_concept(b, NULL, ORGANIZATION_TYPE, provider ? "prov" : "dept", NULL, kind);
    fhir_b_end(b);
    fhir_b_string(b, "name", seed_cell(s->units, row, "name"));
    b_phone(b, seed_cell(s->units, row, "phone"));
    if (*parent)
        fhir_b_reference(b, "partOf", "Organization", parent,
                         seed_lookup(s->units, parent, "name"));
    return seed_give(s, b, error);
}

typedef struct {
    const char *id, *name, *type, *type_text, *unit, *part_of;
} Place;

static gboolean give_place(Seed *s, const Place *p, GError **error)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Location");
    fhir_b_string(b, "id", p->id);
    fhir_b_string(b, "status", "active");
    fhir_b_string(b, "name", p->name);
    fhir_b_string(b, "mode", "instance");
    fhir_b_concept(b, "physicalType", PHYSICAL_TYPE, p->type, NULL, p->type_text);
    fhir_b_reference(b, "managingOrganization", "Organization", p->unit,
                     seed_lookup(s->units, p->unit, "name"));
    if (p->part_of)
        fhir_b_reference(b, "partOf", "Location", p->part_of, NULL);
    return seed_give(s, b, error);
}

/* "7:2 8:4" → 7-1, 7-2, 8-1 … as loc-medavd3-7-1 */
static gboolean give_beds(Seed *s, guint row, const char *ward, GError **error)
{
    g_auto(GStrv) rooms = g_strsplit(seed_cell(s->units, row, "beds"), " ", -1);
    const char *unit = seed_cell(s->units, row, "id");
    for (char **room = rooms; *room && **room; room++) {
        g_auto(GStrv) parts = g_strsplit(*room, ":", 2);
        guint n = parts[1] ? (guint)g_ascii_strtoull(parts[1], NULL, 10) : 0;
        for (guint i = 1; i <= n; i++) {
            g_autofree char *name = g_strdup_printf("%s-%u", parts[0], i);
            g_autofree char *lower = g_ascii_strdown(name, -1);
            g_autofree char *id = g_strdup_printf("loc-%s-%s", unit + strlen("org-"), lower);
            Place p = {id, name, "bd", "Vårdplats", unit, ward};
            if (!give_place(s, &p, error))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean give_places(Seed *s, GError **error)
{
    for (guint i = 0; i < seed_table_rows(s->units); i++) {
        const char *id = seed_cell(s->units, i, "id"), *ward = seed_cell(s->units, i, "location");
        Place p = {ward, seed_cell(s->units, i, "name"), "wa", seed_cell(s->units, i, "kind"), id,
                   NULL};
        if (*ward && (!give_place(s, &p, error) || !give_beds(s, i, ward, error)))
            return FALSE;
    }
    for (guint i = 0; i < seed_table_rows(s->rooms); i++) {
        const char *unit = seed_cell(s->rooms, i, "unit");
        Place p = {seed_cell(s->rooms, i, "id"),
                   seed_cell(s->rooms, i, "name"),
                   "ro",
                   "Rum",
                   unit,
                   seed_lookup(s->units, unit, "location")};
        if (!give_place(s, &p, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean give_person(Seed *s, guint row, GError **error)
{
    const char *given = seed_cell(s->staff, row, "given"),
               *family = seed_cell(s->staff, row, "family");
    const char *prescriber = seed_cell(s->staff, row, "prescriber");
    g_autofree char *text = g_strdup_printf("%s %s", given, family);
    g_autoptr(FhirBuild) b = fhir_build_new("Practitioner");
    fhir_b_string(b, "id", seed_cell(s->staff, row, "id"));
    b_hsa(b, seed_cell(s->staff, row, "hsa"));
    fhir_b_bool(b, "active", TRUE);
    fhir_b_array(b, "name");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "use", "official");
    fhir_b_string(b, "text", text);
    fhir_b_string(b, "family", family);
    fhir_b_array(b, "given");
    fhir_b_string(b, NULL, given);
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_array(b, "qualification");
    fhir_b_object(b, NULL);
    if (*prescriber) {
        fhir_b_array(b, "identifier");
        fhir_b_identifier(b, NULL, PRESCRIBER, prescriber);
        fhir_b_end(b);
    }
    fhir_b_concept(b, "code", NULL, NULL, NULL, seed_cell(s->staff, row, "title"));
    fhir_b_end(b);
    fhir_b_end(b);
    return seed_give(s, b, error);
}

static void b_extension(FhirBuild *b, const char *url, const char *value)
{
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", url);
    fhir_b_string(b, "valueString", value);
    fhir_b_end(b);
}

/* R4 has no place for a commission's name and purpose. */
static gboolean give_assignment(Seed *s, guint row, GError **error)
{
    const char *staff = seed_cell(s->assignments, row, "staff"),
               *unit = seed_cell(s->assignments, row, "unit");
    const char *role = seed_lookup(s->staff, staff, "role");
    const char *code = !strcmp(role, "läkare")          ? "doctor"
                       : !strcmp(role, "sjuksköterska") ? "nurse"
                                                        : NULL;
    const char *place = seed_lookup(s->units, unit, "location");
    g_autoptr(FhirBuild) b = fhir_build_new("PractitionerRole");
    fhir_b_string(b, "id", seed_cell(s->assignments, row, "id"));
    fhir_b_array(b, "extension");
    b_extension(b, "urn:rond:commission-name", seed_cell(s->assignments, row, "name"));
    b_extension(b, "urn:rond:commission-purpose", seed_cell(s->assignments, row, "purpose"));
    fhir_b_end(b);
    b_hsa(b, seed_cell(s->assignments, row, "hsa"));
    fhir_b_bool(b, "active", TRUE);
    seed_b_staff(&(SeedChart){.seed = s}, b, "practitioner", staff);
    fhir_b_reference(b, "organization", "Organization", unit, seed_lookup(s->units, unit, "name"));
    fhir_b_array(b, "code");
    fhir_b_concept(b, NULL, code ? ROLE_CODE : NULL, code, NULL, role);
    fhir_b_end(b);
    if (*place) {
        fhir_b_array(b, "location");
        fhir_b_reference(b, NULL, "Location", place, NULL);
        fhir_b_end(b);
    }
    return seed_give(s, b, error);
}

gboolean seed_hospital(Seed *s, GError **error)
{
    for (guint i = 0; i < seed_table_rows(s->units); i++)
        if (!give_unit(s, i, error))
            return FALSE;
    if (!give_places(s, error))
        return FALSE;
    for (guint i = 0; i < seed_table_rows(s->staff); i++)
        if (!give_person(s, i, error))
            return FALSE;
    for (guint i = 0; i < seed_table_rows(s->assignments); i++)
        if (!give_assignment(s, i, error))
            return FALSE;
    return TRUE;
}
