/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/entry-fixture.h — a typed line, and the resource it makes or changes. */
#pragma once
#include "chart/entry-write.h"
#include "chart/header.h"
#include "chart/news2-order.h"
#include "client/fixture.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)

static const EntryWriting writing = {.draft = "dddddddd-0000-4000-8000-000000000001", .practitioner = "dr1", .name = "Test Läkare", .now = NOW};

static inline Entry *typed(const char *line, EntryAct act, const FhirResource *old)
{
    EntryContext c = {.domain = ENTRY_ALERT, .act = act, .old = old, .now = NOW};
    return entry_read(line, &c);
}

static inline FhirResource *made(const char *line)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Entry) e = typed(line, ENTRY_NEW, NULL);
    FhirResource *r = entry_resource(e, "p1", &writing, &error);
    cr_assert(r, "%s: %s", line, error ? error->message : "");
    return r;
}

static inline FhirResource *after(const FhirResource *old, const char *line, EntryAct act)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Entry) e = typed(line, act, old);
    FhirResource *r = entry_changed(old, e, act, &writing, &error);
    cr_assert(r, "%s: %s", line, error ? error->message : "");
    return r;
}

static inline void expect(const FhirResource *r, const char *path, const char *text)
{
    g_autofree char *is = fhir_string(fhir_root(r), path);
    cr_expect(g_strcmp0(is, text) == 0, "%s is “%s”, not “%s”", path, is ? is : "", text ? text : "");
}

/* ---- diagnoses ---- */

static inline FhirResource *visit(const char *diagnoses)
{
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"meta\":{\"versionId\":\"3\"},\"status\":\"in-progress\","
                                            "\"subject\":{\"reference\":\"Patient/p1\"}%s}", diagnoses);
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    return fhir_resource_parse(text, NULL);
}

static inline Entry *diagnosis(const char *line, const FhirResource *in, EntryAct act, const FhirResource *old)
{
    EntryContext c = {.domain = ENTRY_DIAGNOSIS, .act = act, .old = old, .visit = in, .now = NOW};
    return entry_read(line, &c);
}
