/* SPDX-License-Identifier: GPL-3.0-or-later
 * A part of the record as it will stand on paper: one patient's, with what it is marked on each page and what is
 * not there told with its number; asked for, and logged before it leaves. */
#include "chart/paper-gather.h"
#include "chart/paper-parts.h"
#include "client/fixture.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)

static FhirResource *resource(const char *json)
{
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(bytes, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

static void unref_resource(gpointer r)
{
    fhir_resource_unref(r);
}

static const PaperMaker maker = {.name = "Lind Eva, läkare", .unit = "Medicin avd 3", .now = NOW};

static Paper *paper(const char *patient_more, const PaperMaker *by)
{
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Patient\",\"id\":\"p1\",%s\"name\":[{\"family\":\"Öberg\",\"given\":[\"Sven-Åke\"]}],"
        "\"address\":[{\"line\":[\"Hemliga gatan 1\"],\"city\":\"Göteborg\"}],\"telecom\":[{\"value\":\"0700-000000\"}]}", patient_more);
    FhirResource *r = resource(json);
    Paper *p = paper_new(r, "Daganteckning", by);
    fhir_resource_unref(r);
    return p;
}

static char *note(const char *id, const char *patient, const char *status, const char *doc_status, const char *text)
{
    g_autofree char *data = g_base64_encode((const guchar *)text, strlen(text));
    return g_strdup_printf(
        "{\"resourceType\":\"DocumentReference\",\"id\":\"%s\",\"meta\":{\"versionId\":\"3\"},\"status\":\"%s\",%s"
        "\"type\":{\"text\":\"Daganteckning\"},\"subject\":{\"reference\":\"Patient/%s\"},\"date\":\"2025-11-20T08:00:00+01:00\","
        "\"author\":[{\"display\":\"Ek Johan, läkare\"}],\"authenticator\":{\"display\":\"Berg Ann, läkare\"},"
        "\"content\":[{\"attachment\":{\"contentType\":\"text/plain\",\"data\":\"%s\"}},{\"attachment\":{\"contentType\":\"image/png\"}}]}",
        id, status, doc_status, patient, data);
}

/* All that the document says, a block a line: marks first. */
static char *words(const Paper *p)
{
    g_autoptr(GVariant) wire = paper_wire(p);
    g_autoptr(GVariantIter) blocks = NULL;
    g_auto(GStrv) marks = NULL;
    const char *name, *number, *title, *foot, *page, *of, *text;
    guint8 kind;
    g_variant_get(wire, "(&s&s&s^as&s&s&sa(ys))", &name, &number, &title, &marks, &foot, &page, &of, &blocks);
    g_autofree char *all = g_strjoinv(" | ", marks);
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "%s %s\n%s\n%s\n%s\n", name, number, title, all, foot);
    while (g_variant_iter_next(blocks, "(y&s)", &kind, &text))
        g_string_append_printf(out, "%s\n", text);
    return g_string_free(out, FALSE);
}

static void add_note(Paper *p, gboolean alone, const char *patient, const char *status, const char *doc_status, const char *text)
{
    g_autofree char *json = note("n1", patient, status, doc_status, text);
    FhirResource *d = resource(json);
    paper_note(p, d, note_state(d), alone, NULL);
    fhir_resource_unref(d);
}

/* ---- one note ---- */

Test(paper, a_note_says_author_signer_version_and_what_is_not_shown)
{
    g_autoptr(Paper) p = paper("", &maker);
    add_note(p, TRUE, "p1", "current", "\"docStatus\":\"final\",", "Mår bättre.");
    g_autofree char *all = words(p);
    const char *const wanted[] = {"Öberg, Sven-Åke", "Ek Johan, läkare", "Signed by: Berg Ann, läkare", "version 3", "2025-11-20 08:00", "Mår bättre.",
                                  "1 attachment of “Daganteckning”", "Lind Eva, läkare", "Medicin avd 3", "2025-11-21 09:00"};
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
        cr_assert(strstr(all, wanted[i]), "lacks %s in\n%s", wanted[i], all);
    cr_assert_str_eq(paper_contents(p)[0], "DocumentReference/n1/_history/3");
    cr_assert_null(paper_contents(p)[1]);
}

Test(paper, what_is_not_signed_or_no_longer_stands_is_marked_on_each_page)
{
    static const struct {
        const char *status, *doc_status, *alone, *among;
    } lives[] = {{"current", "\"docStatus\":\"preliminary\",", "DRAFT – UNSIGNED", "HOLDS UNSIGNED NOTES"},
                 {"superseded", "\"docStatus\":\"preliminary\",", "REPLACED BY A LATER VERSION", "HOLDS REPLACED NOTES"},
                 {"superseded", "\"docStatus\":\"final\",", "REPLACED BY A CORRECTION", "HOLDS REPLACED NOTES"},
                 {"entered-in-error", "\"docStatus\":\"entered-in-error\",", "STRUCK", "HOLDS STRUCK NOTES"}};
    for (gsize i = 0; i < G_N_ELEMENTS(lives); i++)
        for (int alone = 0; alone < 2; alone++) {
            g_autoptr(Paper) p = paper("", &maker);
            add_note(p, alone, "p1", lives[i].status, lives[i].doc_status, "x");
            g_autofree char *all = words(p);
            g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
            cr_assert_str_eq(lines[2], alone ? lives[i].alone : lives[i].among);
        }
}

/* In the heading, and in the head of every page that it goes on to, until the next one begins. */
Test(paper, what_is_struck_or_replaced_says_so_in_its_heading_and_as_long_as_it_goes_on)
{
    static const struct {
        const char *status, *doc_status, *word;
    } lives[] = {{"superseded", "\"docStatus\":\"final\",", "REPLACED BY A CORRECTION"},
                 {"entered-in-error", "\"docStatus\":\"entered-in-error\",", "STRUCK"}};
    for (gsize i = 0; i < G_N_ELEMENTS(lives); i++) {
        g_autoptr(Paper) p = paper("", &maker);
        add_note(p, FALSE, "p1", "current", "\"docStatus\":\"final\",", "gäller");
        add_note(p, FALSE, "p1", lives[i].status, lives[i].doc_status, "gäller inte");
        g_autofree char *all = words(p);
        g_autofree char *heading = g_strdup_printf("Daganteckning · 2025-11-20 08:00 · %s\n%s: Daganteckning · 2025-11-20 08:00\n", lives[i].word, lives[i].word);
        char *after = strstr(all, "gäller inte");
        cr_assert(after && strstr(all, heading), "%s", all);
        cr_assert(strstr(all, "Daganteckning · 2025-11-20 08:00 · signed\nAuthor"), "what stands is not marked: %s", all);
        cr_assert(g_str_has_suffix(all, "[1 attachment is not shown]\n\n\n"), "the mark ends with it: %s", all);
        cr_assert(strstr(all, "Signed by: Berg Ann, läkare\nHappened"), "%s", all);
    }
}

/* As many as are told on the first page. */
Test(paper, what_is_not_in_it_is_counted_as_it_is_told)
{
    g_autoptr(Paper) p = paper("", &maker);
    add_note(p, TRUE, "p1", "current", "\"docStatus\":\"final\",", "x");
    add_note(p, FALSE, "p2", "current", "\"docStatus\":\"final\",", "andras ord");
    g_autofree char *all = words(p);
    guint told = 0;
    for (const char *at = all; (at = strstr(at, "\n– ")); at++)
        told++;
    cr_assert_eq(paper_missing(p), told, "%u, not %u: %s", paper_missing(p), told, all);
    cr_assert_eq(told, 4);
}

Test(paper, training_and_protected_identity_stand_on_each_page_and_no_address_ever)
{
    PaperMaker training = maker;
    training.training = TRUE;
    g_autoptr(Paper) p = paper("\"meta\":{\"security\":[{\"code\":\"sekretessmarkering\"}]},", &training);
    add_note(p, TRUE, "p1", "current", "\"docStatus\":\"final\",", "x");
    g_autofree char *all = words(p);
    cr_assert(strstr(all, "EXERCISE – not for clinical use | PROTECTED PERSONAL DATA"), "%s", all);
    cr_assert(!strstr(all, "Hemliga") && !strstr(all, "Göteborg") && !strstr(all, "0700"), "%s", all);
}

/* ---- another patient ---- */

#define ABOUT_OTHER(TYPE, WHO) "{\"resourceType\":\"" TYPE "\",\"id\":\"o1\"," WHO "\"code\":{\"text\":\"andras\"}}"

Test(paper, nothing_of_another_patient_stands_there_and_that_is_counted)
{
    g_autoptr(Paper) p = paper("", &maker);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(unref_resource), none = g_ptr_array_new();
    add_note(p, FALSE, "p2", "current", "\"docStatus\":\"final\",", "andras ord");
    FeedState s = {.items = items, .answered = TRUE, .known = KNOWN_WHOLE, .as_of = INSTANT_NONE};
    FeedState empty = {.items = none, .answered = TRUE, .known = KNOWN_WHOLE, .as_of = INSTANT_NONE};
    g_ptr_array_add(items, resource(ABOUT_OTHER("AllergyIntolerance", "\"patient\":{\"reference\":\"Patient/p2\"},")));
    paper_alerts(p, &s, &empty);
    g_ptr_array_set_size(items, 0);
    g_ptr_array_add(items, resource(ABOUT_OTHER("Condition", "\"subject\":{\"reference\":\"Patient/p2\"},")));
    paper_problems(p, &s);
    g_ptr_array_set_size(items, 0);
    g_ptr_array_add(items, resource("{\"resourceType\":\"MedicationRequest\",\"id\":\"m1\",\"status\":\"active\",\"intent\":\"order\","
                                    "\"medicationCodeableConcept\":{\"text\":\"andras\"},\"subject\":{\"reference\":\"Patient/p2\"}}"));
    paper_medicines(p, &s, NULL);
    g_ptr_array_set_size(items, 0);
    g_ptr_array_add(items, resource("{\"resourceType\":\"Observation\",\"id\":\"v1\",\"status\":\"final\",\"code\":{\"text\":\"andras\"},"
                                    "\"subject\":{\"reference\":\"Patient/p2\"},\"effectiveDateTime\":\"2025-11-20T08:00:00Z\","
                                    "\"valueQuantity\":{\"value\":6.1,\"unit\":\"mmol/L\"}}"));
    paper_results(p, &s);
    g_autofree char *all = words(p);
    cr_assert(!strstr(all, "andras"), "%s", all);
    cr_assert(strstr(all, "5 entries that the core gave and that are about another patient"), "%s", all);
    cr_assert_null(paper_contents(p)[0]);
}

/* ---- lists ---- */

Test(paper, none_is_said_only_where_it_is_known_and_a_doubt_is_told)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    const FeedState whole = {.items = none, .answered = TRUE, .known = KNOWN_WHOLE, .as_of = INSTANT_NONE};
    const FeedState refused = {.items = none, .answered = TRUE, .known = KNOWN_NOT, .unknown = (char *)"The core refused.", .as_of = INSTANT_NONE};
    const FeedState cut = {.items = none, .answered = TRUE, .known = KNOWN_MORE, .more = TRUE, .beyond = 17, .as_of = INSTANT_NONE};
    const FeedState skipped = {.items = none, .answered = TRUE, .known = KNOWN_PARTLY, .skipped = 2, .as_of = INSTANT_NONE};
    static const struct {
        gboolean said;
        const char *doubt;
    } wanted[] = {{TRUE, NULL}, {FALSE, "NOT KNOWN: The core refused."}, {FALSE, "17 more that were not fetched"}, {FALSE, "2 entries are not shown"}};
    const FeedState *const states[] = {&whole, &refused, &cut, &skipped};
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autoptr(Paper) p = paper("", &maker);
        paper_alerts(p, states[i], &whole);
        g_autofree char *all = words(p);
        cr_assert_eq(strstr(all, "No hypersensitivity and no alerts") != NULL, wanted[i].said, "%zu\n%s", i, all);
        cr_assert(!wanted[i].doubt || strstr(all, wanted[i].doubt), "%s", all);
    }
}

Test(paper, a_value_has_its_unit_flag_reference_and_day)
{
    g_autoptr(Paper) p = paper("", &maker);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(unref_resource);
    const FeedState s = {.items = items, .answered = TRUE, .known = KNOWN_WHOLE, .as_of = INSTANT_NONE};
    g_ptr_array_add(items, resource("{\"resourceType\":\"Observation\",\"id\":\"v1\",\"status\":\"final\",\"code\":{\"text\":\"K\"},"
                                    "\"subject\":{\"reference\":\"Patient/p1\"},\"effectiveDateTime\":\"2025-11-21T06:47:00+01:00\","
                                    "\"interpretation\":[{\"coding\":[{\"code\":\"HH\"}]}],\"referenceRange\":[{\"text\":\"3,5–4,4\"}],"
                                    "\"valueQuantity\":{\"value\":6.10,\"unit\":\"mmol/L\"}}"));
    g_ptr_array_add(items, resource("{\"resourceType\":\"Observation\",\"id\":\"v2\",\"status\":\"entered-in-error\",\"code\":{\"text\":\"Na\"},"
                                    "\"subject\":{\"reference\":\"Patient/p1\"},\"valueQuantity\":{\"value\":1,\"unit\":\"mmol/L\"}}"));
    paper_results(p, &s);
    g_autofree char *all = words(p);
    cr_assert(strstr(all, "K · 6,10 mmol/L · HH · 2025-11-21 06:47 · reference 3,5–4,4"), "%s", all);
    cr_assert(strstr(all, "1 entry that is struck or cannot be read"), "%s", all);
}

/* ---- asked for ---- */

typedef struct {
    gboolean done;
    Paper *paper;
} Gathered;

static void on_paper(Paper *p, gpointer data)
{
    *(Gathered *)data = (Gathered){TRUE, p};
}

static char *gathered(Fx *f, const PaperChoice *choice)
{
    Gathered got = {0};
    paper_gather(f->client, f->scope, f->ctx, choice, &maker, on_paper, &got);
    cr_assert(loop_until(&got.done));
    char *all = words(got.paper);
    paper_free(got.paper);
    return all;
}

Test(paper, a_note_comes_with_what_was_added_to_it_and_nothing_else, .timeout = 20)
{
    Fx f;
    fx_begin(&f);
    g_autofree char *one = note("n1", "p1", "current", "\"docStatus\":\"final\",", "det första");
    g_autofree char *other = note("n2", "p1", "current", "\"docStatus\":\"final\",", "något annat");
    g_autofree char *added = note("n3", "p1", "current",
                                  "\"docStatus\":\"final\",\"relatesTo\":[{\"code\":\"appends\",\"target\":{\"reference\":\"DocumentReference/n1\"}}],",
                                  "tillagt sedan");
    minicore_put(f.core, one);
    minicore_put(f.core, other);
    minicore_put(f.core, added);
    PaperChoice choice = {.alone = TRUE, .notes = g_strsplit("n1", " ", -1)};
    choice.parts[PAPER_NOTES] = TRUE;
    g_autofree char *all = gathered(&f, &choice);
    cr_assert(strstr(all, "det första") && strstr(all, "tillagt sedan") && !strstr(all, "något annat"), "%s", all);
    choice.alone = FALSE;
    g_autofree char *chosen = gathered(&f, &choice);
    cr_assert(strstr(chosen, "2 of 3 notes, which were not chosen") && !strstr(chosen, "något annat"), "%s", chosen);
    paper_choice_clear(&choice);
    fx_end(&f);
}

/* The core still says replaced; the note is struck with all its versions. What was added to it says what it belongs to. */
Test(paper, what_a_struck_note_replaced_is_struck_too, .timeout = 20)
{
    Fx f;
    fx_begin(&f);
    g_autofree char *first = note("n1", "p1", "superseded", "\"docStatus\":\"final\",", "det första");
    g_autofree char *second = note("n2", "p1", "superseded",
                                   "\"docStatus\":\"amended\",\"relatesTo\":[{\"code\":\"replaces\",\"target\":{\"reference\":\"DocumentReference/n1\"}}],",
                                   "det andra");
    g_autofree char *third = note("n3", "p1", "entered-in-error",
                                  "\"docStatus\":\"entered-in-error\",\"description\":\"Makulerad: fel patient\",\"relatesTo\":[{\"code\":\"replaces\","
                                  "\"target\":{\"reference\":\"DocumentReference/n2\"}}],", "det tredje");
    g_autofree char *added = note("n4", "p1", "current",
                                  "\"docStatus\":\"final\",\"relatesTo\":[{\"code\":\"appends\",\"target\":{\"reference\":\"DocumentReference/n1\"}}],",
                                  "tillagt");
    char *const all[] = {first, second, third, added};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        minicore_put(f.core, all[i]);
    PaperChoice choice = {.alone = TRUE, .notes = g_strsplit("n1", " ", -1)};
    choice.parts[PAPER_NOTES] = TRUE;
    g_autofree char *one = gathered(&f, &choice);
    cr_assert(strstr(one, "\nSTRUCK\n") && strstr(one, "Ek Johan, läkare · STRUCK") && strstr(one, "STRUCK: with the later version of it"), "%s", one);
    paper_choice_clear(&choice);
    choice = (PaperChoice){.alone = TRUE, .notes = g_strsplit("n4", " ", -1)};
    choice.parts[PAPER_NOTES] = TRUE;
    g_autofree char *addition = gathered(&f, &choice);
    /* Under its own heading, never at the end of what stands before; and in the head of each page that it goes on to. */
    cr_assert(strstr(addition, "Daganteckning · 2025-11-20 08:00 · signed\nBELONGS TO A STRUCK NOTE: Daganteckning · STRUCK\n"
                               "BELONGS TO A STRUCK NOTE: Daganteckning · STRUCK\nAuthor"), "%s", addition);
    cr_assert(g_str_has_suffix(addition, "[1 attachment is not shown]\n\n\n"), "the mark ends with it: %s", addition);
    paper_choice_clear(&choice);
    choice = (PaperChoice){.notes = g_strsplit("n1 n4", " ", -1)};
    choice.parts[PAPER_NOTES] = TRUE;
    g_autofree char *both = gathered(&f, &choice);
    cr_assert(strstr(both, "[1 attachment is not shown]\n\n\nDaganteckning · 2025-11-20 08:00 · signed\nBELONGS TO"), "%s", both);
    paper_choice_clear(&choice);
    fx_end(&f);
}

Test(paper, what_the_core_does_not_answer_is_told_on_it, .timeout = 20)
{
    Fx f;
    fx_begin(&f);
    f.core->token = "closed";
    PaperChoice choice = {.parts = {[PAPER_ALERTS] = TRUE, [PAPER_MEDICINES] = TRUE}};
    g_autofree char *all = gathered(&f, &choice);
    cr_assert(strstr(all, "Hypersensitivity: NOT KNOWN") && strstr(all, "Medicines: NOT KNOWN"), "%s", all);
    cr_assert(!strstr(all, "No medicines"), "%s", all);
    fx_end(&f);
}

/* ---- logged ---- */

Test(paper, a_disclosure_is_on_the_disk_before_anything_leaves, .timeout = 20)
{
    static const char *const what[] = {"DocumentReference/n1/_history/3", "printer", NULL};
    Fx f;
    fx_begin(&f);
    loop_settle();
    Done done = {0};
    f.store->audit_slow = TRUE;
    client_log_disclosure(f.client, f.scope, f.ctx, what, fx_on_done, &done);
    loop_settle();
    cr_assert(!done.done, "it was told before it was on the disk");
    f.core->token = "closed";
    memstore_sync(f.store);
    cr_assert(done.done && done.code == -1);
    g_autoptr(FhirResource) event = fhir_resource_parse(g_hash_table_lookup(f.store->audit, f.store->audit_ids->pdata[0]), NULL);
    g_autofree char *of = fhir_string(fhir_root(event), "entity[0].what.reference"), *version = fhir_string(fhir_root(event), "entity[1].what.reference");
    g_autofree char *to = fhir_string(fhir_root(event), "entity[2].name"), *type = fhir_string(fhir_root(event), "type.code");
    cr_assert_str_eq(of, "Patient/p1");
    cr_assert_str_eq(version, what[0]);
    cr_assert_str_eq(to, "printer");
    cr_assert_str_eq(type, "110106");
    f.store->audit_slow = FALSE;
    f.store->audit_fails = TRUE;
    done = (Done){0};
    client_log_disclosure(f.client, f.scope, f.ctx, what, fx_on_done, &done);
    cr_assert(loop_until(&done.done));
    cr_assert_eq(done.code, CLIENT_ERROR_AUDIT);
    fx_end(&f);
}
