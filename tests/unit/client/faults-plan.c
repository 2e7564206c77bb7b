/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/faults.h"

const char *const plan_names[PLAN_KINDS] = {"notes",     "baskets",     "bookings", "signatures",
                                            "additions", "corrections", "strikes",  "diagnoses",
                                            "sets of measurements"};
const char *const plan_there[] = {
    "{\"resourceType\":\"Patient\",\"id\":\"p1\"}",
    "{\"resourceType\":\"Patient\",\"id\":\"p2\"}",
    "{\"resourceType\":\"Slot\",\"id\":\"s1\",\"status\":\"free\"}",
    "{\"resourceType\":\"Slot\",\"id\":\"s2\",\"status\":\"free\"}",
    "{\"resourceType\":\"DocumentReference\",\"id\":\"d1\",\"subject\":{\"reference\":\"Patient/p1\"}}",
    "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"subject\":{\"reference\":\"Patient/p1\"}}",
    "{\"resourceType\":\"Task\",\"id\":\"t1\",\"for\":{\"reference\":\"Patient/p1\"}}",
    NULL};

gboolean plan_changes(const Plan *p)
{
    gboolean any = FALSE;
    for (guint i = 0; i < p->n; i++)
        any = any || p->part[i].target;
    return any;
}

gboolean plan_repeats(const Plan *p)
{
    gboolean any = FALSE;
    for (guint i = 0; i < p->n; i++)
        any = any || p->part[i].identifier;
    return any && p->kind != PLAN_BOOKING;
}

char *plan_mark(const Plan *p)
{
    return g_strdup_printf("%p", (const void *)p);
}

/* ---- what is meant ---- */

static void add_new(Plan *p, const char *type)
{
    p->part[p->n++] = (Part){.type = type, .identifier = client_new_uuid()};
}

static void add_change(Run *r, Plan *p, const char *type, const char *id)
{
    char *target = g_strdup_printf("%s/%s", type, id);
    p->part[p->n++] = (Part){.type = type, .target = target, .from = minicore_versions(r->f.core, target)};
}

static void add_parts(Run *r, Plan *p)
{
    switch (p->kind) {
    case PLAN_NOTE:
    case PLAN_ADDITION:
        add_new(p, "DocumentReference");
        break;
    case PLAN_BASKET:
        for (guint n = 1 + run_below(r, 3); n > 0; n--)
            add_new(p, "MedicationRequest");
        break;
    case PLAN_BOOKING:
        add_change(r, p, "Slot", run_below(r, 2) ? "s2" : "s1");
        add_new(p, "Appointment");
        break;
    case PLAN_SIGN:
        add_change(r, p, "DocumentReference", "d1");
        break;
    case PLAN_CORRECTION:
        add_change(r, p, "DocumentReference", "d1");
        add_new(p, "DocumentReference");
        if (g_rand_double(r->wide) < 0.5)
            break;
        p->full_url = client_new_uuid();
        add_change(r, p, "Task", "t1");
        break;
    case PLAN_STRIKE:
        add_change(r, p, "DocumentReference", "d1");
        add_change(r, p, "Task", "t1");
        break;
    case PLAN_DIAGNOSIS:
        p->full_url = client_new_uuid();
        add_new(p, "Condition");
        add_change(r, p, "Encounter", "e1");
        break;
    case PLAN_MEASURED:
        for (gint32 n = g_rand_int_range(r->wide, 2, MAX_PARTS + 1); n > 0; n--)
            add_new(p, "Observation");
        break;
    case PLAN_KINDS:
        break;
    }
}

/* Of the two patients the first has what is changed. */
Plan *plan_new(Run *r)
{
    Plan *p = g_new0(Plan, 1);
    p->kind = (PlanKind)run_below(r, PLAN_KINDS_FIRST);
    p->patient = p->kind == PLAN_SIGN ? 0 : run_below(r, 2);
    if (r->wide && g_rand_double(r->wide) < 0.55) {
        p->kind = (PlanKind)g_rand_int_range(r->wide, PLAN_KINDS_FIRST, PLAN_KINDS);
        p->patient = p->kind == PLAN_MEASURED ? p->patient : 0;
    }
    add_parts(r, p);
    g_ptr_array_add(r->plans, p);
    return p;
}

void plan_free(gpointer data)
{
    Plan *p = data;
    for (guint i = 0; i < p->n; i++) {
        g_free(p->part[i].identifier);
        g_free(p->part[i].target);
    }
    g_free(p->full_url);
    g_free(p);
}

/* ---- as it is written ---- */

static FhirResource *parsed(const char *json)
{
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    FhirResource *r = fhir_resource_parse(text, NULL);
    cr_assert(r, "%s", json);
    return r;
}

static FhirResource *made(const Plan *p, guint i)
{
    g_autofree char *subject =
        p->kind == PLAN_BOOKING
            ? g_strdup_printf("\"participant\":[{\"actor\":{\"reference\":\"Patient/p%u\"}}]", p->patient + 1)
            : g_strdup_printf("\"subject\":{\"reference\":\"Patient/p%u\"}", p->patient + 1);
    const char *adds = p->kind == PLAN_ADDITION ? ",\"relatesTo\":[{\"code\":\"appends\",\"target\":{\"reference\":\"DocumentReference/d1\"}}]" : "";
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"%s\",\"status\":\"active\",%s,\"x\":%u.50%s}",
                                            p->part[i].type, subject, i, adds);
    return parsed(json);
}

/* What is changed, at the version this person has seen. */
static FhirResource *seen(const Plan *p, const Part *part)
{
    g_autofree char *mark = plan_mark(p);
    g_autofree char *about = p->full_url ? g_strdup_printf(",\"about\":[{\"reference\":\"%s\"}]", p->full_url) : g_strdup("");
    const char *whose = g_str_equal(part->type, "Slot")   ? ""
                        : g_str_equal(part->type, "Task") ? ",\"for\":{\"reference\":\"Patient/p1\"}"
                                                          : ",\"subject\":{\"reference\":\"Patient/p1\"}";
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"%s\",\"id\":\"%s\",\"meta\":{\"versionId\":\"%u\"},"
                                            "\"status\":\"busy\",\"comment\":\"%s\"%s%s}",
                                            part->type, strchr(part->target, '/') + 1, part->from, mark, whose, about);
    return parsed(json);
}

void plan_told(const ClientWriteResult *w, const GError *error, gpointer data)
{
    Plan *p = data;
    cr_assert_not(p->told, "told twice");
    p->told = TRUE;
    p->waited &= w == NULL;
    p->null = w == NULL;
    p->never_sent = w ? w->never_sent : TRUE;
    p->all = w && w->all_confirmed;
    if (p->all && !p->done)
        p->done = p->core->created;
    p->half = w ? w->half : CLIENT_HALF_NONE;
    for (guint i = 0; w && i < w->items->len; i++)
        p->part[i].state = ((ClientWriteItem *)w->items->pdata[i])->state;
}

void plan_send(Run *r, Plan *p)
{
    static const char free_again[] = "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"free\"}]";
    g_autoptr(GBytes) back = g_bytes_new_static(free_again, sizeof free_again - 1);
    ClientWrite writes[MAX_PARTS] = {0};
    p->told = FALSE;
    if (!p->core)
        p->begun = r->f.core->created;
    p->core = r->f.core;
    for (guint i = 0; i < p->n; i++) {
        const Part *part = &p->part[i];
        writes[i] = part->target ? (ClientWrite){.kind = CLIENT_UPDATE, .resource = seen(p, part),
                                                 .take_back = p->kind == PLAN_BOOKING ? back : NULL}
                                 : (ClientWrite){.kind = CLIENT_CREATE, .resource = made(p, i), .identifier = part->identifier,
                                                 .full_url = p->full_url, .provenance = "author"};
    }
    client_write(r->f.client, r->f.scope, r->ctx[p->patient], writes, p->n, plan_told, p);
    for (guint i = 0; i < p->n; i++)
        fhir_resource_unref((FhirResource *)writes[i].resource);
}
