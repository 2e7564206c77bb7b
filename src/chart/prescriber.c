/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/prescriber.h"

#include "chart/prescription.h"
#include "client/query.h"

enum { PERSON, UNIT, SOURCES };

struct PrescriberCodes {
    char *code[SOURCES];
    gboolean told[SOURCES], refused[SOURCES];
    PrescriberFn fn;
    gpointer data;
};

static void codes_free(gpointer p)
{
    PrescriberCodes *c = p;
    for (int i = 0; i < SOURCES; i++)
        g_free(c->code[i]);
    g_free(c);
}

static char *identifier_in(FhirNode holder, const char *system)
{
    for (FhirNode i = fhir_first(fhir_at(holder, "identifier")); fhir_exists(i); i = fhir_next(i))
        if (fhir_is(i, "system", system))
            return fhir_string(i, "value");
    return NULL;
}

char *prescriber_identifier(const FhirResource *r, const char *system)
{
    FhirNode root = fhir_root(r);
    char *found = identifier_in(root, system);
    for (FhirNode q = fhir_first(fhir_at(root, "qualification")); !found && fhir_exists(q); q = fhir_next(q))
        found = identifier_in(q, system);
    return found;
}

static void take(PrescriberCodes *c, int source, const char *system, const ClientResult *result)
{
    const FhirResource *r = result && result->items->len ? result->items->pdata[0] : NULL;
    c->told[source] = TRUE;
    c->refused[source] = !r;
    g_free(c->code[source]);
    c->code[source] = r ? prescriber_identifier(r, system) : NULL;
    if (prescriber_codes_settled(c))
        c->fn(c->data);
}

static void on_person(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    (void)error;
    if (done)
        take(data, PERSON, PRESCRIBER_CODE_SYSTEM, result);
}

static void on_unit(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    (void)error;
    if (done)
        take(data, UNIT, WORKPLACE_CODE_SYSTEM, result);
}

PrescriberCodes *prescriber_codes_ask(Client *client, Scope *scope, const char *practitioner, const char *unit, PrescriberFn fn,
                                      gpointer data)
{
    PrescriberCodes *c = g_new0(PrescriberCodes, 1);
    c->fn = fn;
    c->data = data;
    c->told[PERSON] = c->refused[PERSON] = practitioner == NULL;
    c->told[UNIT] = c->refused[UNIT] = unit == NULL;
    scope_add(scope, codes_free, c);
    if (practitioner)
        client_read(client, scope, NULL, "Practitioner", practitioner, CLIENT_FRESH, on_person, c);
    if (unit)
        client_read(client, scope, NULL, "Organization", unit, CLIENT_FRESH, on_unit, c);
    return c;
}

gboolean prescriber_codes_settled(const PrescriberCodes *c)
{
    return c && c->told[PERSON] && c->told[UNIT];
}

const char *prescriber_code(const PrescriberCodes *c)
{
    return c ? c->code[PERSON] : NULL;
}

const char *prescriber_workplace(const PrescriberCodes *c)
{
    return c ? c->code[UNIT] : NULL;
}

static const char *said(const PrescriberCodes *c, int source)
{
    return !c || !c->told[source] ? "hämtas" : c->code[source] ? c->code[source] : c->refused[source] ? "kunde inte hämtas" : "saknas";
}

char *prescriber_codes_text(const PrescriberCodes *c)
{
    return g_strdup_printf("förskrivarkod %s, arbetsplatskod %s", said(c, PERSON), said(c, UNIT));
}
