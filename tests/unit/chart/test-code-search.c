/* SPDX-License-Identifier: GPL-3.0-or-later
 * Codes from the core while one types: when it is asked, what of its answer may be chosen, that a code goes into the
 * record as it came, and what is said where the core has none to give. */
#include <glib/gi18n.h>

#include "chart/code-search.h"
#include "chart/entry-write.h"
#include "client/fixture.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)
#define SET "urn:oid:1.2.752.116.1.1.1.1.3?fhir_vs"
#define ICD "\"system\":\"urn:oid:1.2.752.116.1.1.1.1.3\""
#define STATEMENT                                                                                                       \
    "{\"resourceType\":\"CapabilityStatement\",\"status\":\"active\",\"date\":\"2026\",\"kind\":\"instance\","           \
    "\"fhirVersion\":\"4.0.1\",\"format\":[\"json\"],\"rest\":[{\"mode\":\"server\",\"resource\":[{\"type\":\"Patient\"," \
    "\"interaction\":[{\"code\":\"read\"}]},{\"type\":\"ValueSet\"%s}]}]}"
#define OPERATION ",\"operation\":[{\"name\":\"expand\",\"definition\":\"http://hl7.org/fhir/OperationDefinition/ValueSet-expand\"}]"

typedef struct {
    gboolean silent; /* its statement names no operation */
    gboolean hang;
    guint status, asked;
    const char *body;  /* NULL: made from @contains */
    const char *contains, *more; /* @more: from offset 20 on */
    char *target;      /* last */
} Tx;

typedef struct {
    Fx fx;
    Tx tx;
    CodeSearch *search;
    guint told;
} Bed;

static void on_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Tx *t = data;
    if (strstr(q->target, "/metadata")) {
        g_autofree char *text = g_strdup_printf(STATEMENT, t->silent ? "" : OPERATION);
        httpd_text(a, 200, text);
    }
    if (!strstr(q->target, "ValueSet/"))
        return;
    t->asked++;
    g_free(t->target);
    t->target = g_uri_unescape_string(q->target, NULL);
    if (t->hang)
        a->how = HTTPD_HOLD;
    const char *contains = strstr(q->target, "offset=0") ? t->contains : t->more ? t->more : "";
    g_autofree char *made = g_strdup_printf("{\"resourceType\":\"ValueSet\",\"status\":\"active\",\"expansion\":{\"timestamp\":"
                                            "\"2026-11-10T07:10:00+01:00\"%s}}", contains ? contains : "");
    httpd_text(a, t->status ? t->status : 200, t->body ? t->body : made);
}

static void on_told(gpointer data)
{
    ((Bed *)data)->told++;
}

static void begin(Bed *b, Tx tx)
{
    *b = (Bed){.tx = tx};
    fx_begin(&b->fx);
    b->fx.core->hook = on_request;
    b->fx.core->hook_data = &b->tx;
    fx_discover(&b->fx);
    b->search = code_search_new(b->fx.client, SET, on_told, b);
    clock_test_begin(0);
}

static void end(Bed *b)
{
    clock_test_end();
    code_search_free(b->search);
    fx_end(&b->fx);
    g_free(b->tx.target);
}

static void rest(Bed *b)
{
    guint before = b->told;
    clock_test_advance(250 * 1000);
    if (!b->tx.hang && b->told == before)
        cr_assert(loop_until_count(&b->told, before + 1));
}

static void typed(Bed *b, const char *words)
{
    code_search_type(b->search, words);
    rest(b);
}

Test(codes, asked_after_a_rest_and_once)
{
    Bed b;
    begin(&b, (Tx){.contains = ",\"contains\":[{" ICD ",\"code\":\"I21.4\",\"display\":\"Akut subendokardiell infarkt\"}]"});
    code_search_type(b.search, "h");
    clock_test_advance(1000 * 1000);
    code_search_type(b.search, "hj");
    clock_test_advance(249 * 1000);
    code_search_type(b.search, "hjärt & b12");
    clock_test_advance(249 * 1000);
    loop_settle();
    cr_assert_eq(b.tx.asked, 0);
    clock_test_advance(1000);
    cr_assert(loop_until_count(&b.told, 1));
    cr_assert_eq(b.tx.asked, 1);
    cr_assert(strstr(b.tx.target, "ValueSet/$expand?url=" SET "&filter=hjärt & b12&count=20&offset=0"), "%s", b.tx.target);
    cr_assert_str_eq(code_search_words(b.search), "hjärt & b12");
    cr_assert_eq(code_search_found(b.search)->len, 1);
    code_search_type(b.search, " hjärt & b12 ");
    clock_test_advance(1000 * 1000);
    loop_settle();
    cr_assert_eq(b.tx.asked, 1, "the same words again");
    end(&b);
}

/* What was asked for other words than those that stand there now is never shown. */
Test(codes, a_late_answer_is_thrown_away)
{
    Bed b;
    begin(&b, (Tx){.hang = TRUE});
    typed(&b, "pneumoni");
    cr_assert(loop_until_count(&b.tx.asked, 1));
    b.tx.hang = FALSE;
    b.tx.contains = ",\"contains\":[{" ICD ",\"code\":\"I48.9\",\"display\":\"Förmaksflimmer\"}]";
    code_search_type(b.search, "flimmer");
    cr_assert_null(code_search_found(b.search), "nothing is known of the new words");
    httpd_release(b.fx.core->httpd, httpd_requests(b.fx.core->httpd));
    loop_settle();
    cr_assert_null(code_search_found(b.search));
    rest(&b);
    cr_assert_str_eq(code_search_words(b.search), "flimmer");
    cr_assert_str_eq(((const CodeItem *)code_search_found(b.search)->pdata[0])->code, "I48.9");
    end(&b);
}

Test(codes, only_what_can_be_chosen)
{
    Bed b;
    begin(&b, (Tx){.contains = ",\"total\":9,\"parameter\":[{\"name\":\"version\",\"valueUri\":\"urn:oid:1.2.752.116.1.1.1.1.3|2026\"}],"
                               "\"contains\":[{" ICD ",\"abstract\":true,\"code\":\"J\",\"display\":\"Andningsorgan\",\"contains\":["
                               "{" ICD ",\"version\":\"2025\",\"code\":\"J18.9\",\"display\":\"Pneumoni, ospecificerad\","
                               "\"designation\":[{\"value\":\"lunginflammation\"}]}]},"
                               "{" ICD ",\"code\":\"J18.8\"},{" ICD ",\"display\":\"Utan kod\"},{\"code\":\"X\",\"display\":\"Utan system\"},"
                               "{" ICD ",\"inactive\":true,\"code\":\"J00\",\"display\":\"Gammal\"},"
                               "{" ICD ",\"code\":\"J01\",\"display\":\"Rad\\nbrytning\"},{" ICD ",\"code\":\"J15.9\",\"display\":\"Pneumoni\"}]"});
    typed(&b, "pneumoni");
    const GPtrArray *found = code_search_found(b.search);
    cr_assert_eq(found->len, 2);
    const CodeItem *first = found->pdata[0], *second = found->pdata[1];
    cr_assert(first->from_core && strcmp(first->code, "J18.9") == 0 && strcmp(first->version, "2025") == 0);
    cr_assert(code_item_called(first, "Lunginflammation") && !code_item_called(first, "pneumoni"));
    cr_assert_null(second->version, "the version of the set is not said of the code");
    g_autofree char *edition = code_search_edition(b.search);
    cr_assert(strstr(edition, "2026"), "%s", edition);
    cr_assert_eq(code_search_total(b.search), 9);
    end(&b);
}

Test(codes, the_next_page_and_a_core_that_knows_no_pages)
{
    GString *first = g_string_new(",\"total\":25,\"contains\":[");
    for (guint i = 0; i < 20; i++)
        g_string_append_printf(first, "%s{" ICD ",\"code\":\"A%02u\",\"display\":\"Kod %u\"}", i ? "," : "", i, i);
    g_string_append(first, "]");
    Bed b;
    begin(&b, (Tx){.contains = first->str, .more = ",\"total\":25,\"contains\":[{" ICD ",\"code\":\"B01\",\"display\":\"Kod B\"}]"});
    typed(&b, "kod");
    cr_assert(code_search_more(b.search));
    cr_assert(loop_until_count(&b.told, 2));
    cr_assert(strstr(b.tx.target, "offset=20"));
    cr_assert_eq(code_search_found(b.search)->len, 21);
    b.tx.more = first->str;
    cr_assert(code_search_more(b.search));
    cr_assert(loop_until_count(&b.told, 3));
    cr_assert_eq(code_search_found(b.search)->len, 21, "nothing twice");
    cr_assert_not(code_search_more(b.search));
    end(&b);
    g_string_free(first, TRUE);
}

/* Where the core gives no codes it is said why, and only the question is harmed by it. */
Test(codes, why_there_are_none)
{
    g_autofree char *large = g_strnfill(600 * 1024, ' ');
    large[0] = '{';
    const struct {
        Tx tx;
        const char *why; /* NULL: the core's own word */
    } rows[] = {
        {{.silent = TRUE}, "the core gives out none"},
        {{.status = 422, .body = "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"too-costly\"}]}"},
         "the core finds too many: type more"},
        {{.contains = ",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/valueset-toocostly\",\"valueBoolean\":true}]"},
         "the core finds too many: type more"},
        {{.status = 404, .body = "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"not-found\"}]}"},
         "the core does not have this set of codes"},
        {{.status = 500, .body = "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"exception\","
                                 "\"details\":{\"text\":\"inget lexikon\"}}]}"}, "inget lexikon"},
        {{.status = 503, .body = "x"}, "the core's codes cannot be had"},
        {{.body = "<html>"}, "the core's codes cannot be had"},
        {{.body = large}, "the core's codes cannot be had"},
        {{.contains = ",\"total\":0"}, "the core has none for these words"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Bed b;
        begin(&b, rows[i].tx);
        if (rows[i].tx.silent)
            code_search_type(b.search, "pneumoni");
        else
            typed(&b, "pneumoni");
        g_autofree char *why = code_search_why(b.search);
        cr_expect(why && strstr(why, rows[i].why), "%u: %s", (guint)i, why ? why : "nothing");
        cr_expect(!code_search_found(b.search) || code_search_found(b.search)->len == 0);
        cr_expect(client_online(b.fx.client, NULL), "%u: the core is not gone for it", (guint)i);
        cr_expect_eq(b.tx.asked, rows[i].tx.silent ? 0 : 1);
        code_search_type(b.search, NULL);
        g_autofree char *nothing = code_search_why(b.search);
        cr_expect_null(nothing);
        end(&b);
    }
}

/* ---- in an entry ---- */

static const EntryWriting writing = {.draft = "dddddddd-0000-4000-8000-000000000001", .practitioner = "dr1", .name = "Test Läkare", .now = NOW};

static GPtrArray *core_codes(void)
{
    static const char *const names[] = {"lunginfl", NULL}, *const none[] = {NULL};
    static const char icd[] = "urn:oid:1.2.752.116.1.1.1.1.3";
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)code_item_unref);
    g_ptr_array_add(found, code_item_new(icd, "2026", "J18.9", "Pneumoni, ospecificerad", names));
    g_ptr_array_add(found, code_item_new(icd, NULL, "J15.9", "Bakteriell pneumoni", none));
    g_ptr_array_add(found, code_item_new(icd, "2026", "Z1", "Samma ord", none));
    g_ptr_array_add(found, code_item_new("http://example.org/annat", "2", "Z1", "Samma ord", none));
    return found;
}

static Entry *said(const char *line, const GPtrArray *found, const char *found_for, const CodeItem *taken)
{
    EntryContext c = {.domain = ENTRY_DIAGNOSIS, .act = ENTRY_NEW, .now = NOW, .found = found, .found_for = found_for, .taken = taken};
    return entry_read(line, &c);
}

Test(codes, the_cores_code_goes_in_as_it_came)
{
    g_autoptr(GPtrArray) found = core_codes();
    static const struct {
        const char *line, *found_for;
        int taken; /* -1: typed out */
        const char *system, *version, *code, *display;
    } rows[] = {
        {"pneumoni, ospecificerad, problem", "pneumoni", -1, "urn:oid:1.2.752.116.1.1.1.1.3", "2026", "J18.9", "Pneumoni, ospecificerad"},
        {"j18.9 problem", "j18.9", -1, "urn:oid:1.2.752.116.1.1.1.1.3", "2026", "J18.9", "Pneumoni, ospecificerad"},
        {"lunginfl, problem", "lunginfl", -1, "urn:oid:1.2.752.116.1.1.1.1.3", "2026", "J18.9", "Pneumoni, ospecificerad"},
        /* what only the unit's list calls so is the core's code of that number */
        {"pneumoni, problem", "pneumoni", -1, "urn:oid:1.2.752.116.1.1.1.1.3", "2026", "J18.9", "Pneumoni, ospecificerad"},
        {"Bakteriell pneumoni, problem", NULL, 1, "urn:oid:1.2.752.116.1.1.1.1.3", NULL, "J15.9", "Bakteriell pneumoni"},
        {"Samma ord, problem", NULL, 3, "http://example.org/annat", "2", "Z1", "Samma ord"},
        /* before the core has answered, and where it has answered other words: the unit's own */
        {"pneumoni, problem", "annat", -1, "urn:oid:1.2.752.116.1.1.1.1.3", NULL, "J18.9", "Lunginflammation (pneumoni)"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Entry) e = said(rows[i].line, rows[i].found_for ? found : NULL, rows[i].found_for,
                                  rows[i].taken >= 0 ? found->pdata[rows[i].taken] : NULL);
        g_autoptr(FhirResource) r = entry_resource(e, "p1", &writing, &error);
        cr_assert(r, "%s: %s", rows[i].line, error ? error->message : "");
        const struct {
            const char *path, *text;
        } wanted[] = {{"code.coding[0].system", rows[i].system}, {"code.coding[0].version", rows[i].version},
                      {"code.coding[0].code", rows[i].code}, {"code.coding[0].display", rows[i].display},
                      {"code.text", rows[i].display}, {"code.coding[1].code", NULL}};
        for (gsize k = 0; k < G_N_ELEMENTS(wanted); k++) {
            g_autofree char *is = fhir_string(fhir_root(r), wanted[k].path);
            cr_expect(g_strcmp0(is, wanted[k].text) == 0, "%s: %s is “%s”", rows[i].line, wanted[k].path, is ? is : "");
        }
    }
}

Test(codes, what_the_core_does_not_name_alone_is_asked_about)
{
    g_autoptr(GPtrArray) found = core_codes();
    static const char *const lines[] = {"samma ord, problem", "samma, problem", "tonsillit, problem"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *first = g_strndup(lines[i], strcspn(lines[i], ","));
        g_autoptr(Entry) e = said(lines[i], found, first, NULL);
        cr_expect_null(e->item, "%s", lines[i]);
        cr_expect(entry_issue(e, ENTRY_WHAT) && e->choices->len == found->len, "%s", lines[i]);
        cr_expect_str_eq(e->asked, first);
    }
    g_autoptr(Entry) chosen = said("Samma ord, problem", NULL, NULL, found->pdata[2]);
    cr_expect_null(chosen->asked, "what is chosen is not asked about again");
    g_autoptr(Entry) words = said("en sällsynt sak!, problem", found, "en sällsynt sak", NULL);
    cr_expect(words->free_text && !words->asked);
}
