/* SPDX-License-Identifier: GPL-3.0-or-later
 * What lies on this core, under whatever base it gives it out: behind a proxy that is not the one that is asked. */
#include "client/internal.h"

void home_begin(Client *client, const FhirResource *statement)
{
    fhir_home_unref(client->home);
    client->home = fhir_home_new();
    client->home_sure = FALSE;
    fhir_home_add(client->home, net_base(client->net));
    g_autofree char *stated = statement ? fhir_string(fhir_root(statement), "implementation.url") : NULL;
    fhir_home_add(client->home, stated);
}

FhirHome *home_of_page(const Client *client, FhirBundle *page, const char *type, const FhirHome *before)
{
    return fhir_home_of_page(page, &(FhirHomeRules){before ? before : client->home, type, client->home_sure, before != NULL});
}

/* What came before keeps the home it was read by. */
void home_learn(Client *client, FhirBundle *page)
{
    g_autofree char *base = client->home_sure ? NULL : fhir_home_of_most(page);
    if (!base)
        return;
    client->home_sure = TRUE;
    if (fhir_home_holds_any(client->home, page))
        return;
    FhirHome *home = fhir_home_copy(client->home);
    fhir_home_add(home, base);
    fhir_home_unref(client->home);
    client->home = home;
}
