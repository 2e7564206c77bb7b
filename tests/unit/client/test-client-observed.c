/* SPDX-License-Identifier: GPL-3.0-or-later
 * The dialect report names what the answers have shown, and how each row is known. */
#include "client/fixture.h"

static const char *const sources[DIALECT_SOURCES] = {"said", "header", "seen", "profile", "assumed"};

static void join(const DialectRow *row, gpointer data)
{
    g_string_append_printf(data, "%s: %s [%s]\n", row->what, row->value, sources[row->source]);
}

static gboolean reports(const Fx *f, const char *line)
{
    g_autoptr(GString) rows = g_string_new(NULL);
    client_dialect_each(f->client, join, rows);
    gboolean there = strstr(rows->str, line) != NULL;
    if (!there)
        cr_log_error("%s", rows->str);
    return there;
}

static void on_wrote(const ClientWriteResult *r, const GError *error, gpointer data)
{
    (void)r;
    (void)error;
    *(gboolean *)data = TRUE;
}

static void write_one(Fx *f, ClientWriteKind kind, const char *json)
{
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    gboolean done = FALSE;
    client_write(f->client, f->scope, f->ctx, &(ClientWrite){.kind = kind, .resource = r}, 1, on_wrote, &done);
    cr_assert(loop_until(&done));
}

#define NEW_TASK "{\"resourceType\":\"Task\",\"status\":\"requested\",\"for\":{\"reference\":\"Patient/p1\"}}"
#define TASK(V) "{\"resourceType\":\"Task\",\"id\":\"t1\",\"meta\":{\"versionId\":\"" V "\"},\"status\":\"x\",\"for\":{\"reference\":\"Patient/p1\"}}"

Test(observed, nothing_is_said_to_be_seen_before_it_is)
{
    Fx f;
    fx_begin(&f);
    client_take_observed(f.client, NULL); /* the opening has shown something already */
    cr_expect(reports(&f, "change that came too late: 409, 412 and 423 are one: it is read again and shown [assumed]"));
    cr_expect(reports(&f, "answer to what is written: whole, or read back [assumed]"));
    cr_expect(reports(&f, "pages of a list: each thing once; a list that expires is begun again, once [assumed]"));
    cr_expect(reports(&f, "several writes: all or nothing, in one transaction [said]"));
    fx_end(&f);
}

Test(observed, a_change_too_late_shows_its_status)
{
    static const guint statuses[] = {412, 409, 423};
    static const char *const seen[] = {"too late: 412 [seen]", "too late: 409; 412 [seen]",
                                       "too late: 409; 412; 423, being edited [seen]"};
    Fx f;
    fx_begin(&f);
    f.core->transactions = FALSE;
    fx_discover(&f);
    minicore_put(f.core, TASK("1"));
    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
        f.core->fault = FAULT_STATUS;
        f.core->fault_status = statuses[i];
        f.core->faults = 1;
        write_one(&f, CLIENT_UPDATE, TASK("1"));
        cr_expect(reports(&f, seen[i]), "%u", statuses[i]);
    }
    fx_end(&f);
}

Test(observed, what_a_new_one_is_answered_with)
{
    Fx f;
    fx_begin(&f);
    f.core->transactions = FALSE;
    fx_discover(&f);
    write_one(&f, CLIENT_CREATE, NEW_TASK);
    cr_expect(reports(&f, "what is written: the whole of it [seen]"));
    cr_expect(reports(&f, "where a new one lies: said in Location [seen]"));
    f.core->minimal = TRUE;
    write_one(&f, CLIENT_CREATE, NEW_TASK);
    cr_expect(reports(&f, "what is written: the whole of it; empty: it is read back [seen]"));
    fx_end(&f);
}

typedef struct {
    const char *headers, *body;
    guint status;
} Say;

static void say(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    const Say *s = data;
    if (!strstr(q->target, "Task?"))
        return;
    httpd_text(a, s->status, s->body);
    a->headers = g_strdup(s->headers);
}

Test(observed, what_answers_to_questions_show)
{
    static const struct {
        Say say;
        const char *row;
    } cases[] = {
        {{"Content-Type: application/fhir+json\r\n", "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}", 200},
         "number of hits: not said [seen]"},
        {{"Content-Type: application/fhir+json\r\n", "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":0}", 200},
         "number of hits: said [seen]"},
        {{"Content-Type: text/plain\r\n", "no supported search parameters provided", 400}, "errors: in plain words [seen]"},
        {{"Content-Type: application/fhir+json\r\n", "{\"resourceType\":\"OperationOutcome\"}", 400},
         "errors: as an OperationOutcome [seen]"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Fx f;
        fx_begin(&f);
        client_take_observed(f.client, NULL);
        Say s = cases[i].say;
        f.core->hook = say;
        f.core->hook_data = &s;
        Got got = {0};
        fx_search(&f, "Task", CLIENT_DEFAULT, &got);
        cr_assert(loop_until(&got.done));
        cr_expect(reports(&f, cases[i].row));
        got_clear(&got);
        fx_end(&f);
    }
}

/* Kept from one session to the next at the same core, with the time. */
Test(observed, is_kept_with_its_time)
{
    Fx f;
    fx_begin(&f);
    f.core->minimal = TRUE;
    f.core->transactions = FALSE;
    fx_discover(&f);
    write_one(&f, CLIENT_CREATE, NEW_TASK);
    g_autofree char *kept = client_observed_text(f.client);
    cr_assert(strstr(kept, "empty "));
    client_take_observed(f.client, NULL);
    cr_assert(reports(&f, "answer to what is written: whole, or read back [assumed]"));
    g_autofree char *later = g_strconcat("tomorrow 1762758000\nempty\nempty x\nemp 1762758000\n", kept, "429 1762758000\n", NULL);
    client_take_observed(f.client, later);
    cr_expect(reports(&f, "answer to what is written: empty: it is read back [seen]"));
    g_autofree char *again = client_observed_text(f.client);
    cr_expect(g_str_has_prefix(again, kept) && strstr(again, "429 17627"), "%s", again);
    cr_expect_not(strstr(again, "tomorrow"));
    client_take_observed(f.client, "429 9999999999\n");
    g_autofree char *never = client_observed_text(f.client);
    cr_expect_not(strstr(never, "9999999999"), "not in the future");
    fx_end(&f);
}

static void nameless(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (!strstr(q->target, "metadata"))
        return;
    httpd_text(a, 200, "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"4.0.1\"}");
    a->headers = g_strdup_printf("Content-Type: application/fhir+json\r\n%s\r\n", (const char *)data);
}

Test(observed, a_statement_without_a_name_is_known_by_its_headers)
{
    Fx f;
    fx_begin(&f);
    f.core->hook = nameless;
    f.core->hook_data = (gpointer) "X-Powered-By: HAPI FHIR 7.4.0 REST Server";
    fx_discover(&f);
    cr_expect_str_eq(client_dialect(f.client)->name, "hapi");
    cr_expect(reports(&f, "recognised as: HAPI FHIR [header]"));
    f.core->hook_data = (gpointer) "Server: nginx";
    fx_discover(&f);
    cr_expect_str_eq(client_dialect(f.client)->name, "generic");
    cr_expect(reports(&f, "rows a page: 100 [assumed]"));
    fx_end(&f);
}
