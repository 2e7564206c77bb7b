/* SPDX-License-Identifier: GPL-3.0-or-later
 * Training and production never mix: what a core says of itself decides, both ways. */
#include "safety/hospital.h"

static void on_done(const GError *error, gpointer data)
{
    (void)error;
    *(gboolean *)data = TRUE;
}

Test(worlds, a_training_core_is_refused_by_production, .timeout = 60)
{
    Hospital h;
    Person doctor;
    hospital_begin(&h);
    person_begin(&doctor, &h, "SE2329999993-U5001", "prac-lind");
    cr_expect(client_dialect(doctor.client)->training);
    const char *why = client_wrong_world(doctor.client, FALSE);
    cr_expect(why && strstr(why, "training environment"), "%s", why);
    cr_expect_null(client_wrong_world(doctor.client, TRUE));
    person_end(&doctor);
    hospital_end(&h);
}

/* @origin of a core that does not call itself training, or of nothing at all. */
static void expect_refused(const char *origin, gboolean production_may)
{
    g_autoptr(GError) error = NULL;
    MemStore *store = memstore_new();
    Scope *scope = scope_new();
    gboolean done = FALSE;
    ClientConfig config = {.net = {.origin = origin, .base_path = "/fhir"}, .store = &memstore_table, .store_data = store};
    Client *client = client_new(&config, &error);
    cr_assert_not_null(client, "%s", error ? error->message : "");
    cr_expect_not_null(client_wrong_world(client, TRUE), "not before it has said what it is");
    cr_expect_not_null(client_wrong_world(client, FALSE));
    client_discover(client, scope, on_done, &done);
    cr_assert(loop_until(&done));
    cr_expect_not_null(client_wrong_world(client, TRUE));
    cr_expect_eq(client_wrong_world(client, FALSE) == NULL, production_may);
    scope_close(scope);
    client_free(client);
    memstore_free(store);
}

Test(worlds, a_core_that_is_no_training_core_is_refused_by_training, .timeout = 60)
{
    g_autoptr(MiniCore) core = minicore_new();
    expect_refused(httpd_origin(core->httpd), TRUE);
}

Test(worlds, a_core_that_cannot_be_asked_is_refused_by_both, .timeout = 60)
{
    expect_refused("http://127.0.0.1:1", FALSE);
}
