/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/colleagues.h"

#include <string.h>

#include "base/text.h"
#include "client/query.h"

typedef struct {
    ColleaguesFn fn;
    gpointer data;
} Asking;

static void colleague_free(gpointer p)
{
    Colleague *c = p;
    g_free(c->id);
    g_free(c->name);
    g_free(c->role);
    g_free(c);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return text_compare_sv((*(Colleague *const *)a)->name, (*(Colleague *const *)b)->name);
}

/* One person may have several assignments at a unit. */
static gboolean is_there(const GPtrArray *people, const char *id)
{
    for (guint i = 0; i < people->len; i++)
        if (strcmp(((Colleague *)people->pdata[i])->id, id) == 0)
            return TRUE;
    return FALSE;
}

static void add(GPtrArray *people, const FhirResource *assignment)
{
    FhirNode root = fhir_root(assignment);
    g_autofree char *type = NULL, *id = NULL, *shown = fhir_string(root, "practitioner.display");
    char *role = fhir_concept_text(fhir_first(fhir_at(root, "code")), "");
    if (!shown || !fhir_reference(root, "practitioner", &type, &id) || is_there(people, id)) {
        g_free(role);
        return;
    }
    Colleague *c = g_new0(Colleague, 1);
    shown[strcspn(shown, ",")] = '\0'; /* the record names the role, not the title */
    c->name = role ? g_strdup_printf("%s, %s", shown, role) : g_strdup(shown);
    c->id = g_steal_pointer(&id);
    c->role = role;
    g_ptr_array_add(people, c);
}

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Asking *a = data;
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(colleague_free);
    if (!done)
        return;
    for (guint i = 0; result && i < result->items->len; i++)
        add(people, result->items->pdata[i]);
    g_ptr_array_sort(people, by_name);
    a->fn(people, result ? NULL : error, a->data);
}

void colleagues_load(Client *client, Scope *scope, const char *unit, ColleaguesFn fn, gpointer data)
{
    Asking *a = g_new(Asking, 1);
    *a = (Asking){fn, data};
    scope_add(scope, g_free, a);
    g_autoptr(FhirQuery) q = fhir_query_new("PractitionerRole");
    g_autofree char *at = g_strconcat("Organization/", unit, NULL);
    fhir_query_add_raw(q, "organization", at);
    client_search(client, scope, NULL, q, CLIENT_FRESH, on_answer, a);
}
