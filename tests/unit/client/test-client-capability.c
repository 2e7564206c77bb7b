/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a core says that it can; silence is no no. */
#include "client/fixture.h"

/* ---- what the core cannot ---- */

static void on_statement(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (strstr(q->target, "/metadata"))
        httpd_text(a, 200, data);
}

static void fx_states(Fx *f, const char *statement)
{
    fx_begin(f);
    f->core->hook = on_statement;
    f->core->hook_data = (gpointer)statement;
    fx_discover(f);
}

#define STATEMENT(head, resources) \
    "{\"resourceType\":\"CapabilityStatement\"," head ",\"fhirVersion\":\"4.0.1\",\"rest\":[{\"resource\":[" resources "]}]}"
#define CODE(word) "{\"code\":\"" word "\"}"

Test(capability, what_is_not_listed_is_said_and_silence_is_not_a_no)
{
    static const char statement[] =
        STATEMENT("\"software\":{\"name\":\"x\"}",
                  "{\"type\":\"Appointment\",\"interaction\":[" CODE("read") "]},"
                  "{\"type\":\"Slot\",\"interaction\":[" CODE("update") "],\"searchParam\":[{\"name\":\"start\"}]},"
                  "{\"type\":\"DocumentReference\",\"interaction\":[" CODE("create") "]},{\"type\":\"Condition\"}");
    Fx f;
    fx_states(&f, statement);
    cr_expect_not_null(client_cannot(f.client, "Appointment create"));
    cr_expect_not_null(client_cannot(f.client, "Slot update, Appointment create"), "the second counts too");
    cr_expect_not_null(client_cannot(f.client, "MedicationRequest create"), "a type that is not there at all");
    cr_expect_not_null(client_cannot(f.client, "Slot ?schedule"));
    cr_expect_null(client_cannot(f.client, "Slot update"));
    cr_expect_null(client_cannot(f.client, "DocumentReference create"));
    cr_expect_null(client_cannot(f.client, "Condition search-type"), "it lists the type and says no more of it");
    cr_expect_null(client_cannot(f.client, NULL));
    fx_end(&f);
}

Test(capability, a_statement_without_resources_denies_nothing)
{
    Fx f;
    fx_states(&f, STATEMENT("\"software\":{\"name\":\"x\"}", ""));
    cr_expect_null(client_cannot(f.client, "Appointment create"));
    fx_end(&f);
}

static void join_row(const DialectRow *row, gpointer data)
{
    g_string_append_printf(data, "%s: %s%s\n", row->what, row->value, row->source == BY_PROFILE || row->source == ASSUMED ? " *" : "");
}

/* What it does not speak of is not told as impossible; what its list leaves out is. */
Test(capability, what_is_not_said_is_told_so)
{
    static const struct {
        const char *resources, *order, *slot;
    } cores[] = {
        {"", "not said", "not said"},
        {"{\"type\":\"MedicationRequest\"},{\"type\":\"Slot\"}", "not said", "not said"},
        {"{\"type\":\"MedicationRequest\",\"interaction\":[" CODE("read") "]},{\"type\":\"Slot\",\"interaction\":[" CODE("read") "]}", "no", "no"},
        {"{\"type\":\"Condition\"}", "no", "no"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cores); i++) {
        Fx f;
        g_autofree char *statement = g_strdup_printf("{\"resourceType\":\"CapabilityStatement\",\"rest\":[{\"resource\":[%s]}]}", cores[i].resources);
        fx_states(&f, statement);
        g_autoptr(GString) rows = g_string_new(NULL);
        client_dialect_each(f.client, join_row, rows);
        g_autofree char *order = g_strdup_printf("new medicine order: %s\n", cores[i].order), *slot = g_strdup_printf("take a free time: %s\n", cores[i].slot);
        g_autofree char *history = g_strdup_printf("earlier versions of a time: %s\n", cores[i].slot);
        cr_expect(strstr(rows->str, order) && strstr(rows->str, slot) && strstr(rows->str, history), "%zu: %s", i, rows->str);
        fx_end(&f);
    }
}

Test(capability, a_core_is_known_by_what_it_says_of_itself)
{
    static const struct {
        const char *statement, *name;
        guint page_size;
    } cores[] = {
        {STATEMENT("\"software\":{\"name\":\"HAPI FHIR Server\",\"version\":\"6.1\"}", ""), "hapi", 200},
        {STATEMENT("\"publisher\":\"Cerner\"", ""), "oracle", 100},
        {STATEMENT("\"implementation\":{\"description\":\"Millennium R4\"}", ""), "oracle", 100},
        {STATEMENT("\"software\":{\"name\":\"medplum\"},\"publisher\":\"Cerner\"", ""), "medplum", 200},
        {STATEMENT("\"software\":{\"name\":\"rond-core\"}", ""), "rond-core", 200},
        {STATEMENT("\"publisher\":\"Region X\"", ""), "generic", 100},
        {STATEMENT("\"status\":\"active\"", ""), "generic", 100},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cores); i++) {
        Fx f;
        fx_states(&f, cores[i].statement);
        cr_expect_str_eq(client_dialect(f.client)->name, cores[i].name, "%s", cores[i].statement);
        cr_expect_eq(client_dialect(f.client)->page_size, cores[i].page_size, "%u", client_dialect(f.client)->page_size);
        g_autoptr(GString) rows = g_string_new(NULL);
        client_dialect_each(f.client, join_row, rows);
        g_autofree char *page = g_strdup_printf("rows a page: %u *", cores[i].page_size);
        cr_expect(strstr(rows->str, page), "%s", rows->str);
        cr_expect(strstr(rows->str, "FHIR version: 4.0.1\n"), "%s", rows->str);
        cr_expect(i > 0 || strstr(rows->str, "calls itself: HAPI FHIR Server 6.1\n"), "%s", rows->str);
        fx_end(&f);
    }
}

/* What its statement lists as create is a note of what the patient takes at home. */
Test(capability, orders_are_not_taken_where_only_home_medication_is)
{
    static const char resources[] = "{\"type\":\"MedicationRequest\",\"interaction\":[" CODE("create") "]}";
    g_autofree char *oracle = g_strconcat("{\"resourceType\":\"CapabilityStatement\",\"publisher\":\"Cerner\",\"rest\":[{"
                                          "\"resource\":[", resources, "]}]}", NULL);
    g_autofree char *other = g_strconcat("{\"resourceType\":\"CapabilityStatement\",\"publisher\":\"X\",\"rest\":[{"
                                         "\"resource\":[", resources, "]}]}", NULL);
    Fx f;
    fx_states(&f, oracle);
    g_autoptr(GString) rows = g_string_new(NULL);
    client_dialect_each(f.client, join_row, rows);
    cr_expect_not_null(client_cannot(f.client, "MedicationRequest create"));
    cr_expect(strstr(rows->str, "new medicine order: no *\n"), "%s", rows->str);
    fx_end(&f);
    fx_states(&f, other);
    cr_expect_null(client_cannot(f.client, "MedicationRequest create"));
    fx_end(&f);
}
