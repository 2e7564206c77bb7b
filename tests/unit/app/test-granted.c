/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the login gives no right to: said when one has logged in, and by each command that needs it. */
#include "app/app.h"
#include "client/fixture.h"
#include "client/internal.h"

Test(granted, scopes_of_either_version)
{
    static const struct {
        const char *granted, *type, *interaction;
        gboolean covered;
    } rows[] = {
        {"openid user/*.read user/*.write", "Observation", "create", TRUE},
        {"openid user/*.read", "Observation", "create", FALSE},
        {"openid user/*.read", "Observation", "search-type", TRUE},
        {"user/*.cruds", "Slot", "update", TRUE},
        {"user/*.rs", "Slot", "patch", FALSE},
        {"user/Observation.crus user/Patient.rs", "Observation", "update", TRUE},
        {"user/Observation.crus user/Patient.rs", "Patient", "update", FALSE},
        {"user/Observation.crus user/Patient.rs", "Flag", "search-type", FALSE},
        {"user/Observation.rs?category=vital-signs", "Observation", "search-type", TRUE},
        {"user/Observation.c user/Observation.u", "Observation", "update", TRUE},
        {"system/*.*", "Appointment", "create", TRUE},
        {"user/Observation.creates", "Observation", "create", FALSE}, /* no word of either */
        {"openid fhirUser", "Observation", "create", TRUE},           /* says nothing of resources */
        {"openid https://x.y/default", "Observation", "create", TRUE}, /* nor does an address */
        {"", "Observation", "create", TRUE},
        {NULL, "Observation", "create", TRUE},
        {"user/Patient.rs", "Slot", "?schedule", TRUE}, /* no interaction that a scope speaks of */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        cr_expect_eq(granted_covers(rows[i].granted, rows[i].type, rows[i].interaction), rows[i].covered, "%s: %s %s",
                     rows[i].granted, rows[i].type, rows[i].interaction);
}

static const char *scope_now;

static const SecretBuf *no_token(gpointer data)
{
    return NULL;
}

static const char *granted(gpointer data)
{
    return scope_now;
}

static const ClientAuth auth = {.token = no_token, .granted = granted};

static char *withheld(Client *client, const char *role, const char *scope)
{
    Who who = {.role = (char *)role, .rights = rights_of_role(role)};
    App app = {.who = &who, .client = client};
    scope_now = scope;
    return rights_withheld(&app);
}

Test(granted, what_is_withheld_is_said_of_what_the_role_may)
{
    g_autoptr(MemStore) store = memstore_new();
    ClientConfig config = {.net = {.origin = "http://localhost:1", .base_path = ""}, .store = &memstore_table, .store_data = store, .auth = &auth};
    g_autoptr(Client) client = client_new(&config, NULL);
    cr_assert_not_null(client);
    g_autofree char *all = withheld(client, "läkare", "user/*.read user/*.write"), *unsaid = withheld(client, "läkare", NULL);
    g_autofree char *reads = withheld(client, "läkare", "user/*.rs user/DocumentReference.cruds"), *nurse = withheld(client, "sjuksköterska", "user/*.rs");
    g_autofree char *blind = withheld(client, "medicinsk sekreterare", "user/*.write user/Patient.rs user/DocumentReference.rs"), *support = withheld(client, "support", "user/X.r");
    cr_assert(!all && !unsaid && !support, "%s %s %s", all, unsaid, support);
    cr_assert_str_eq(reads, "order medicines, write measurements, give medicines, write diagnoses, write hypersensitivities, book");
    cr_assert_str_eq(nurse, "write notes, write measurements, give medicines, write diagnoses, write hypersensitivities, book");
    cr_assert(g_str_has_prefix(blind, "read medicines, read measurements and results"), "%s", blind);
    scope_now = "user/*.read user/Appointment.write";
    cr_assert_str_eq(client_cannot(client, "DocumentReference create"), "Your login gives no right to this. Ask support");
    cr_assert_null(client_cannot(client, "Appointment create, Slot ?schedule, DocumentReference =preliminary"));
    cr_assert_not_null(client_cannot(client, "Appointment create, Slot update"));
}
