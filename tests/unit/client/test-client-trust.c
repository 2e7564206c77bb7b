/* SPDX-License-Identifier: GPL-3.0-or-later
 * An answer is believed only for what it is: the resource that was asked for, about the patient it was
 * asked about, a receipt for every part that was sent. */
#include "base/text.h"
#include "client/fixture.h"

/* Answers what the test says to @method of a target that holds @mark. */
typedef struct {
    const char *method, *mark, *body;
    guint status, n;
    const char *type;
} Says;

static void on_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Says *s = data;
    if (!g_str_equal(q->method, s->method) || !strstr(q->target, s->mark))
        return;
    s->n++;
    httpd_text(a, s->status ? s->status : 200, s->body);
    if (s->type) {
        g_free(a->headers);
        a->headers = g_strdup_printf("Content-Type: %s\r\n", s->type);
    }
}

static void let_say(Fx *f, Says *s)
{
    f->core->hook = on_request;
    f->core->hook_data = s;
}

static char *last_words;

static void on_words(const GError *error, gpointer data)
{
    last_words = g_strdup(error ? error->message : NULL);
    fx_on_done(error, data);
}

/* ---- reading ---- */

Test(trust, another_resource_than_was_asked_for_is_not_shown)
{
    static const char *const others[] = {
        "{\"resourceType\":\"Observation\",\"id\":\"o2\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"}}",
        "{\"resourceType\":\"Condition\",\"id\":\"o1\",\"subject\":{\"reference\":\"Patient/p1\"}}",
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"}}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        Fx f;
        Got got = {0};
        Says says = {.method = "GET", .mark = "Observation/o1", .body = others[i]};
        fx_begin(&f);
        let_say(&f, &says);
        client_read(f.client, f.scope, f.ctx, "Observation", "o1", CLIENT_DEFAULT, fx_on_result, &got);
        cr_assert(loop_until(&got.done));
        cr_expect_not(got.has_result, "%s", others[i]);
        cr_expect_eq(got.code, CLIENT_ERROR_ANSWER);
        cr_expect_eq(says.n, 1);
        got_clear(&got);
        fx_end(&f);
    }
}

/* Which element says whom a resource is about: by the specification, not by the client's own table. */
static const char *const about[][2] = {
    {"AllergyIntolerance", "patient"}, {"CarePlan", "subject"}, {"Communication", "subject"},
    {"Composition", "subject"}, {"Condition", "subject"}, {"DiagnosticReport", "subject"},
    {"DocumentReference", "subject"}, {"Encounter", "subject"}, {"Flag", "subject"},
    {"Immunization", "patient"}, {"List", "subject"}, {"MedicationAdministration", "subject"},
    {"MedicationRequest", "subject"}, {"MedicationStatement", "subject"}, {"Observation", "subject"},
    {"Procedure", "subject"}, {"QuestionnaireResponse", "subject"}, {"ServiceRequest", "subject"},
    {"Task", "for"},
};

/* "@" stands for where the core lies. */
static char *filled(const char *text, const char *origin)
{
    g_auto(GStrv) parts = g_strsplit(text, "@", -1);
    return g_strjoinv(origin, parts);
}

static void expect_one_of_two(const char *type, const char *mine, const char *other)
{
    Fx f;
    Got got = {0};
    g_autofree char *both = g_strdup_printf(
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":{\"resourceType\":\"%s\","
        "\"id\":\"mine\",%s}},{\"resource\":{\"resourceType\":\"%s\",\"id\":\"other\",%s}}]}", type, mine, type, other);
    fx_begin(&f);
    g_autofree char *body = filled(both, httpd_origin(f.core->httpd));
    Says says = {.method = "GET", .mark = type, .body = body};
    let_say(&f, &says);
    fx_search(&f, type, CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_expect_eq(got.items, 1, "%s: %u of two", type, got.items);
    cr_expect(got.first && strstr(got.first, "\"mine\""), "%s", type);
    cr_expect(got.skipped == 1 && got.unknown, "%s: what is left out is told", type);
    got_clear(&got);
    fx_end(&f);
}

Test(trust, of_every_type_only_this_patients_are_shown)
{
    for (gsize i = 0; i < G_N_ELEMENTS(about); i++) {
        g_autofree char *mine = g_strdup_printf("\"%s\":{\"reference\":\"Patient/p1\"}", about[i][1]);
        g_autofree char *other = g_strdup_printf("\"%s\":{\"reference\":\"Patient/p2\"}", about[i][1]);
        expect_one_of_two(about[i][0], mine, other);
    }
}

/* Whom a resource is about must be readable: what names somebody in another way is not this patient's. */
Test(trust, who_is_named_unreadably_is_not_this_patient)
{
    static const char *const named[] = {
        "{\"reference\":\"Patient/p2/\"}", "{\"reference\":\"Patient/p2?x=1\"}", "{\"reference\":\"patient/p2\"}",
        "{\"reference\":\"urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a12\"}", "{\"reference\":\"Group/p1\"}",
        "{\"reference\":\"#p1\"}", "{\"identifier\":{\"value\":\"MRN-1\"}}", "{\"display\":\"Test\"}", "\"Patient/\"",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(named); i++) {
        g_autofree char *subject = g_strdup_printf("\"subject\":%s", named[i]);
        g_autofree char *unknown = g_strdup_printf("\"patient\":%s", named[i]);
        expect_one_of_two("Observation", "\"subject\":{\"reference\":\"Patient/p1\"}", subject);
        expect_one_of_two("Observation", "\"status\":\"final\"", subject); /* names nobody: as the question was */
        expect_one_of_two("Observation", "\"subject\":{\"reference\":\"#\"}", subject);
        expect_one_of_two("Specimen", "\"subject\":{\"reference\":\"Patient/p1\"}", subject);
        expect_one_of_two("Coverage", "\"patient\":{\"reference\":\"Patient/p1\"}", unknown);
    }
}

#define ACTOR(who) "{\"actor\":{\"reference\":\"" who "\"},\"status\":\"accepted\"}"

/* Two patients can share one time, as in a group; it is the visit of both. */
Test(trust, an_appointment_is_about_each_patient_it_names)
{
    expect_one_of_two("Appointment", "\"participant\":[" ACTOR("Patient/p2") "," ACTOR("Patient/p1") "]",
                      "\"participant\":[" ACTOR("Practitioner/p1") "," ACTOR("Patient/p2") "]");
    expect_one_of_two("Appointment", "\"participant\":[" ACTOR("Practitioner/p1") ",{\"actor\":{\"display\":\"Rum 1\"}}]",
                      "\"participant\":[" ACTOR("Practitioner/p1") "," ACTOR("patient/p2") "]");
    expect_one_of_two("Appointment", "\"participant\":[" ACTOR("Patient/p2/") "," ACTOR("Patient/p1") "]",
                      "\"participant\":[{\"actor\":{\"type\":\"Patient\",\"display\":\"Test\"}}]");
}

/* The same id on another server is somebody else; only the core's own base is this core. */
Test(trust, the_same_id_on_another_server_is_another_patient)
{
    static const char *const here[] = {"@/fhir/Patient/p1", "@/fhir/Patient/p1/_history/3", "/fhir/Patient/p1", "Patient/p1/_history/3"};
    static const char *const elsewhere[] = {
        "https://other.example/fhir/Patient/p1", "https://other.example/fhir/Patient/p1/_history/3", "@/other/Patient/p1",
        "@/fhir/tenant/Patient/p1", "//other.example/fhir/Patient/p1",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(elsewhere); i++) {
        const char *ours = here[i % G_N_ELEMENTS(here)];
        g_autofree char *subject = g_strdup_printf("\"subject\":{\"reference\":\"%s\"}", ours);
        g_autofree char *other = g_strdup_printf("\"subject\":{\"reference\":\"%s\"}", elsewhere[i]);
        g_autofree char *visit = g_strdup_printf("\"participant\":[" ACTOR("%s") "," ACTOR("%s") "]", elsewhere[i], ours);
        g_autofree char *their = g_strdup_printf("\"participant\":[" ACTOR("Patient/p2") "," ACTOR("%s") "]", elsewhere[i]);
        expect_one_of_two("Observation", subject, other);
        expect_one_of_two("Appointment", visit, their);
    }
}

/* The entry says by its address where it lies, whoever it is about. */
Test(trust, an_entry_of_another_server_is_left_out)
{
    static const char *const pages[] = {
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":["
        "{\"fullUrl\":\"@/fhir/Observation/mine\",\"resource\":{\"resourceType\":\"Observation\",\"id\":\"mine\",\"subject\":{\"reference\":\"Patient/p1\"}}},"
        "{\"fullUrl\":\"https://other.example/fhir/Observation/other\",\"resource\":{\"resourceType\":\"Observation\",\"id\":\"other\","
        "\"subject\":{\"reference\":\"Patient/p1\"}}}]}",
        /* behind a proxy: what all its answers carry is ours */
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[{\"relation\":\"self\",\"url\":\"http://inner:8080/r4/Observation?patient=p1\"}],"
        "\"entry\":[{\"fullUrl\":\"http://inner:8080/r4/Observation/mine\",\"resource\":{\"resourceType\":\"Observation\",\"id\":\"mine\","
        "\"subject\":{\"reference\":\"http://inner:8080/r4/Patient/p1\"}}},"
        "{\"fullUrl\":\"http://inner:8080/r4/Observation/other\",\"resource\":{\"resourceType\":\"Observation\",\"id\":\"other\","
        "\"subject\":{\"reference\":\"https://other.example/r4/Patient/p1\"}}}]}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++)
        for (int patient = 0; patient < 2; patient++) {
            Fx f;
            Got got = {0};
            static const char t[] = "Observation";
            fx_begin(&f);
            g_autofree char *body = filled(pages[i], httpd_origin(f.core->httpd));
            Says says = {.method = "GET", .mark = t, .body = body};
            let_say(&f, &says);
            g_autoptr(FhirQuery) query = fhir_query_new(t);
            fhir_query_add(query, "patient", "p1");
            client_search(f.client, f.scope, patient ? f.ctx : NULL, query, CLIENT_DEFAULT, fx_on_result, &got);
            cr_assert(loop_until(&got.done));
            cr_expect_eq(got.items, 1, "page %zu: %u", i, got.items);
            cr_expect(got.first && strstr(got.first, "\"mine\""));
            cr_expect(got.skipped == 1 && got.doubt == (i ? DOUBT_FOREIGN : DOUBT_ELSEWHERE));
            got_clear(&got);
            fx_end(&f);
        }
}

/* What the first answer of a core carries, its references carry where no answer says it: a single one. */
Test(trust, one_that_was_asked_for_is_read_by_what_the_core_calls_itself)
{
    static const struct {
        const char *base;
        gboolean learnt, shown;
    } cases[] = {{"https://other.example/fhir", FALSE, FALSE}, {"http://inner:8080/r4", TRUE, TRUE}, {"https://other.example/fhir", TRUE, FALSE}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Fx f;
        Got got = {0};
        g_autofree char *body = g_strdup_printf("{\"resourceType\":\"Observation\",\"id\":\"o1\",\"subject\":{\"reference\":\"%s/Patient/p1\"}}", cases[i].base);
        Says first = {.method = "GET", .mark = "Condition", .body = "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"fullUrl\":"
                      "\"http://inner:8080/r4/Condition/c1\",\"resource\":{\"resourceType\":\"Condition\",\"id\":\"c1\",\"subject\":{\"reference\":\"Patient/p1\"}}}]}"};
        Says then = {.method = "GET", .mark = "Observation/o1", .body = body};
        fx_begin(&f);
        let_say(&f, &first);
        if (cases[i].learnt) {
            fx_search(&f, "Condition", CLIENT_DEFAULT, &got);
            cr_assert(loop_until(&got.done));
            cr_expect_eq(got.items, 1);
            got_clear(&got);
        }
        let_say(&f, &then);
        client_read(f.client, f.scope, f.ctx, "Observation", "o1", CLIENT_DEFAULT, fx_on_result, &got);
        cr_assert(loop_until(&got.done));
        cr_expect_eq(got.has_result && got.items, cases[i].shown, "%zu", i);
        got_clear(&got);
        fx_end(&f);
    }
}

/* The words of a core stand in an error; what else it sends along does not. */
Test(trust, the_words_of_a_core_are_made_safe)
{
    Fx f;
    Done done = {0};
    Says says = {.method = "GET", .mark = "metadata", .status = 400, .type = "text/plain", .body = "F\033]0;x\aG\xc2\x9b"};
    fx_begin(&f);
    let_say(&f, &says);
    g_clear_pointer(&last_words, g_free);
    client_discover(f.client, f.scope, on_words, &done);
    cr_assert(loop_until(&done.done));
    cr_assert(last_words && strchr(last_words, 'F') && strchr(last_words, 'G'), "%s", last_words);
    cr_expect(text_is_safe(last_words, -1, FALSE), "%s", last_words);
    g_clear_pointer(&last_words, g_free);
    fx_end(&f);
}

/* ---- writing ---- */

typedef struct {
    gboolean done, all, null_result;
    guint n;
    OutboxState state[2];
    int code;
} Wrote;

static void on_wrote(const ClientWriteResult *r, const GError *error, gpointer data)
{
    Wrote *w = data;
    *w = (Wrote){.done = TRUE, .null_result = r == NULL, .all = r && r->all_confirmed,
                 .code = error ? error->code : -1};
    for (w->n = 0; r && w->n < MIN(r->items->len, 2); w->n++)
        w->state[w->n] = ((ClientWriteItem *)r->items->pdata[w->n])->state;
}

static FhirResource *res(const char *json)
{
    g_autoptr(GBytes) text = g_bytes_new(json, strlen(json));
    FhirResource *r = fhir_resource_parse(text, NULL);
    cr_assert(r);
    return r;
}

#define ORDER                                                                                      \
    "{\"resourceType\":\"MedicationRequest\",\"status\":\"active\",\"intent\":\"order\","          \
    "\"subject\":{\"reference\":\"Patient/p1\"}}"

/* @n orders to a core that answers @says and would not stop a second one. */
static void write_orders(gboolean transactions, guint n, Says *says, Wrote *w)
{
    Fx f;
    clock_test_begin(1000 * G_USEC_PER_SEC);
    fx_begin(&f);
    f.core->transactions = transactions;
    f.core->conditional = FALSE;
    fx_discover(&f);
    let_say(&f, says);
    g_autoptr(FhirResource) r = res(ORDER);
    const ClientWrite writes[2] = {{.kind = CLIENT_CREATE, .resource = r}, {.kind = CLIENT_CREATE, .resource = r}};
    client_write(f.client, f.scope, f.ctx, writes, n, on_wrote, w);
    for (guint i = 0; i < 40 && !w->done; i++) {
        loop_settle();
        clock_test_advance(G_USEC_PER_SEC);
    }
    cr_assert(w->done);
    cr_expect_eq(says->n, 1, "sent once, not again on a guess");
    fx_end(&f);
    clock_test_end();
}

/* A login page, half a resource, another resource: with status 200, and no receipt. */
Test(trust, a_page_is_no_receipt)
{
    static const char *const pages[][2] = {
        {"text/html", "<html>Logga in</html>"},
        {"application/fhir+json", "{\"resourceType\":\"Medicat"},
        {"application/fhir+json", "{\"resourceType\":\"Patient\",\"id\":\"x\"}"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
        Wrote w = {0};
        Says says = {.method = "POST", .mark = "MedicationRequest", .body = pages[i][1], .type = pages[i][0]};
        write_orders(FALSE, 1, &says, &w);
        cr_expect_not(w.all, "%s", pages[i][1]);
        cr_expect_eq(w.state[0], OUTBOX_UNKNOWN, "%s: state %d", pages[i][1], w.state[0]);
    }
}

#define RESPONSE(entries) "{\"resourceType\":\"Bundle\",\"type\":\"transaction-response\",\"entry\":[" entries "]}"
#define MADE              "{\"response\":{\"status\":\"201 Created\",\"location\":\"MedicationRequest/m1/_history/1\"}}"

/* An answer that does not account for each part is trusted for none. */
Test(trust, a_transaction_is_done_when_every_part_is_accounted_for)
{
    static const char *const answers[] = {
        RESPONSE(""), RESPONSE(MADE), RESPONSE(MADE ",{}"),
        RESPONSE(MADE ",{\"response\":{\"status\":\"404\"}}"), RESPONSE(MADE ",{\"response\":{\"status\":\"\"}}"),
        "{\"resourceType\":\"OperationOutcome\",\"issue\":[]}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
        Wrote w = {0};
        Says says = {.method = "POST", .mark = "/fhir", .body = answers[i]};
        write_orders(TRUE, 2, &says, &w);
        cr_expect_not(w.all, "%s", answers[i]);
        cr_expect_eq(w.n, 2);
        cr_expect(w.state[0] == OUTBOX_UNKNOWN && w.state[1] == OUTBOX_UNKNOWN, "%s: %d %d", answers[i], w.state[0],
                  w.state[1]);
    }
}

typedef struct {
    char *condition;
    guint posts;
} Seen;

static void look_at_condition(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Seen *seen = data;
    if (!g_str_equal(q->method, "POST") || !strstr(q->target, "MedicationRequest"))
        return;
    seen->posts++;
    g_free(seen->condition);
    seen->condition = g_strdup(httpd_header(q, "if-none-exist"));
}

/* The core itself is asked to make no second one, where it can; where it cannot nothing is pretended. */
Test(trust, a_new_resource_goes_out_under_its_condition)
{
    static const char identifier[] = "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a12";
    for (int conditional = 0; conditional < 2; conditional++) {
        Fx f;
        Wrote w = {0};
        Seen seen = {0};
        fx_begin(&f);
        f.core->transactions = FALSE;
        f.core->conditional = conditional;
        fx_discover(&f);
        f.core->hook = look_at_condition;
        f.core->hook_data = &seen;
        g_autoptr(FhirResource) r = res(ORDER);
        ClientWrite one = {.kind = CLIENT_CREATE, .resource = r, .identifier = identifier};
        client_write(f.client, f.scope, f.ctx, &one, 1, on_wrote, &w);
        cr_assert(loop_until(&w.done));
        cr_assert(w.all);
        cr_assert_eq(seen.posts, 1);
        cr_assert_eq(seen.condition != NULL, conditional, "%s", seen.condition);
        cr_assert(!conditional || strstr(seen.condition, identifier), "%s", seen.condition);
        g_free(seen.condition);
        fx_end(&f);
    }
}

/* What names somebody unreadably is written neither for this patient nor as nobody's. */
Test(trust, what_names_somebody_unreadably_is_not_written)
{
    for (int open = 0; open < 2; open++) {
        Fx f;
        Wrote w = {0};
        fx_begin(&f);
        g_autoptr(FhirResource) r = res("{\"resourceType\":\"Task\",\"for\":{\"reference\":\"Patient/p1/\"}}");
        client_write(f.client, f.scope, open ? f.ctx : NULL, &(ClientWrite){.kind = CLIENT_CREATE, .resource = r}, 1,
                     on_wrote, &w);
        cr_assert(loop_until(&w.done));
        cr_expect(w.null_result && w.code == CLIENT_ERROR_PATIENT);
        cr_expect_eq(f.core->writes, 0);
        fx_end(&f);
    }
}

/* Without a version nobody knows what would be overwritten; what was read damaged would come back changed. */
Test(trust, what_has_no_version_or_is_damaged_is_not_written)
{
    static const char *const tasks[] = {
        "{\"resourceType\":\"Task\",\"id\":\"t1\",\"status\":\"completed\",\"for\":{\"reference\":\"Patient/p1\"}}",
        "{\"resourceType\":\"Task\",\"meta\":{\"versionId\":\"1\"},\"for\":{\"reference\":\"Patient/p1\"}}",
        ("{\"resourceType\":\"Task\",\"id\":\"t1\",\"meta\":{\"versionId\":\"1\"},\"description\":\"\xff\","
         "\"for\":{\"reference\":\"Patient/p1\"}}"),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(tasks); i++) {
        Fx f;
        Wrote w = {0};
        fx_begin(&f);
        g_autoptr(FhirResource) r = res(tasks[i]);
        client_write(f.client, f.scope, f.ctx, &(ClientWrite){.kind = CLIENT_UPDATE, .resource = r}, 1, on_wrote, &w);
        cr_assert(loop_until(&w.done));
        cr_expect(w.null_result && w.code == CLIENT_ERROR_REFUSED, "%s", tasks[i]);
        cr_expect_eq(f.core->writes, 0);
        cr_expect_eq(g_hash_table_size(f.store->outbox), 0);
        fx_end(&f);
    }
}
