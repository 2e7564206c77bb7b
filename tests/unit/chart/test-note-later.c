/* SPDX-License-Identifier: GPL-3.0-or-later
 * A note after it has come into the record: its later versions, additions and attestations. */
#include "chart/note-sign.h"
#include "client/fixture.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)
#define SIGNED_BY_EK "\"author\":[{\"reference\":\"Practitioner/ek\",\"display\":\"Ek Johan, läkare\"}],\"authenticator\":{\"reference\":\"Practitioner/ek\"},"

static FhirResource *parse(const char *json)
{
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(bytes, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

static char *base_json(const char *doc_status, const char *people, const char *text, guint version)
{
    g_autofree char *data = g_base64_encode((const guchar *)text, strlen(text));
    return g_strdup_printf("{\"resourceType\":\"DocumentReference\",\"id\":\"base\",\"meta\":{\"versionId\":\"%u\"},\"status\":\"current\","
                           "\"docStatus\":\"%s\",\"type\":{\"text\":\"Daganteckning\"},\"subject\":{\"reference\":\"Patient/p1\"},"
                           "\"date\":\"2025-11-20T08:00:00+01:00\",%s\"content\":[{\"attachment\":{\"contentType\":"
                           "\"text/plain; charset=utf-8\",\"data\":\"%s\"}}]}", version, doc_status, people, data);
}

static GPtrArray *templates(void)
{
    g_autofree char *dir = g_build_filename(g_getenv("ROND_DATA"), "forms", NULL);
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *all = note_templates(dir, NULL, problems);
    cr_assert(all->len > 3 && problems->len == 0);
    return all;
}

static NoteWriting correction(FhirResource *base)
{
    return (NoteWriting){.identifier = "urn:uuid:3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a31", .practitioner = "dr1", .name = "Test Läkare",
                         .relation = NOTE_REPLACES, .base = base, .reason = "fel sida", .event = NOW, .now = NOW, .sign = TRUE};
}

static FhirResource *written(const Note *note, const NoteWriting *w)
{
    g_autoptr(FhirResource) patient = parse("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
    g_autoptr(GError) error = NULL;
    FhirResource *r = note_document(note, patient, w, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

/* ---- words back into their sökord ---- */

static const char *const pieces[] = {"Åter feber 38,4.", "Aktuellt", "Status: opåverkad\nej smärta", "Buk: mjuk", "\n\nlång\n\n", "", "", "å"};

Test(note_later, words_come_back_in_the_sokord_they_were_written_in)
{
    g_autoptr(GPtrArray) all = templates();
    guint32 seed = g_random_int();
    GRand *rand = g_rand_new_with_seed(seed);
    guint kept = 0;
    for (guint n = 0; n < 600; n++) {
        g_autoptr(Note) note = note_new(all->pdata[n % all->len], NULL);
        for (guint i = 0; i < note->sections->len; i++) {
            NoteSection *s = note->sections->pdata[i];
            g_free(s->text);
            s->text = g_strdup(s->takes_text ? pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))] : "");
        }
        NoteWriting w = {.practitioner = "dr1", .name = "Test Läkare", .event = NOW, .now = NOW};
        g_autofree char *text = note_text(note);
        g_autoptr(FhirResource) d = written(note, &w);
        g_autoptr(Note) back = note_of_document(d, all, text);
        g_autofree char *again = note_text(back);
        cr_assert_str_eq(again, text, "seed %u", seed); /* always, whatever was recognised */
        kept += strcmp(back->template_id, note->template_id) == 0;
    }
    cr_assert_gt(kept, 200, "seed %u: only %u", seed, kept);
    g_rand_free(rand);
}

Test(note_later, words_of_another_system_are_one_text)
{
    g_autoptr(GPtrArray) all = templates();
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "# Aktuellt\nMår bra.", 1);
    g_autoptr(FhirResource) d = parse(json);
    g_autofree char *text = note_document_text(d);
    g_autoptr(Note) note = note_of_document(d, all, text);
    g_autofree char *again = note_text(note);
    cr_assert_eq(note->sections->len, 1);
    cr_assert_str_eq(again, "# Aktuellt\nMår bra.");
}

/* ---- what is written ---- */

Test(note_later, a_correction_names_all_says_why_and_leaves_the_words_before)
{
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 3);
    g_autoptr(FhirResource) base = parse(json);
    g_autoptr(Note) note = note_of_document(base, NULL, "Höger.");
    NoteWriting w = correction(base);
    g_autoptr(FhirResource) d = written(note, &w), old = note_superseded(&w, NULL);
    FhirNode root = fhir_root(d);
    cr_assert(fhir_is(root, "docStatus", "amended"));
    cr_assert(fhir_is(root, "relatesTo[0].code", "replaces") && fhir_is(root, "relatesTo[0].target.reference", "DocumentReference/base"));
    cr_assert(fhir_is(root, "author[0].reference", "Practitioner/ek") && fhir_is(root, "author[1].reference", "Practitioner/dr1"));
    cr_assert(fhir_is(root, "authenticator.reference", "Practitioner/dr1"));
    cr_assert(fhir_is(root, "description", "Rättelse: fel sida"));
    cr_assert(fhir_is(fhir_root(old), "status", "superseded") && fhir_is(fhir_root(old), "docStatus", "final"));
    cr_assert(note_same_text(old, "Vänster.") && note_same_text(d, "Höger."));
}

/* Changed and changed again it is still as old as its first version; written down or added it is new. */
Test(note_later, a_later_version_is_as_old_as_the_first)
{
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 3);
    g_autoptr(FhirResource) base = parse(json);
    g_autoptr(Note) note = note_of_document(base, NULL, "Höger.");
    NoteWriting w = correction(base);
    g_autoptr(FhirResource) second = written(note, &w);
    w.base = second;
    w.reason = NULL;
    w.now += G_TIME_SPAN_DAY;
    g_autoptr(FhirResource) third = written(note, &w);
    cr_assert_eq(note_locks_at(third, 14), note_locks_at(base, 14));
    g_autofree char *made = fhir_string(fhir_root(third), "content[1].attachment.creation");
    cr_assert(g_str_has_prefix(made, "2025-11-20T08:00:00"), "%s", made);
    w.relation = NOTE_ADDS_TO;
    g_autoptr(FhirResource) addition = written(note, &w);
    cr_assert_gt(note_locks_at(addition, 14), note_locks_at(base, 14));
}

Test(note_later, a_secretary_writes_for_the_author_and_signs_nothing)
{
    g_autofree char *json = base_json("preliminary", "\"author\":[{\"reference\":\"Practitioner/ek\",\"display\":\"Ek\"}],", "", 1);
    g_autoptr(FhirResource) base = parse(json);
    g_autoptr(Note) note = note_of_document(base, NULL, "Utskrivet.");
    NoteWriting w = {.practitioner = "sec", .name = "Test Sekreterare", .relation = NOTE_TRANSCRIBES, .base = base, .event = NOW, .now = NOW};
    g_autoptr(FhirResource) d = written(note, &w);
    cr_assert(fhir_is(fhir_root(d), "author[0].reference", "Practitioner/ek") && fhir_is(fhir_root(d), "author[1].reference", "Practitioner/sec"));
    cr_assert(fhir_is(fhir_root(d), "docStatus", "preliminary") && !fhir_exists(fhir_at(fhir_root(d), "authenticator")));
    cr_assert_eq(note_state(d), NOTE_TRANSCRIBED);
    w.relation = NOTE_STANDS_ALONE;
    w.base = NULL;
    w.author = "ek";
    w.author_name = "Ek";
    g_autoptr(FhirResource) alone = written(note, &w);
    cr_assert(fhir_is(fhir_root(alone), "author[0].reference", "Practitioner/ek") && fhir_is(fhir_root(alone), "author[1].reference", "Practitioner/sec"));
}

Test(note_later, an_addition_changes_nothing_in_what_it_is_added_to)
{
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 3);
    g_autoptr(FhirResource) base = parse(json);
    g_autoptr(Note) note = note_of_document(base, NULL, "Anhörig informerad.");
    NoteWriting w = correction(base);
    w.relation = NOTE_ADDS_TO;
    w.reason = NULL;
    g_autoptr(FhirResource) d = written(note, &w);
    cr_assert_null(note_superseded(&w, NULL));
    cr_assert(fhir_is(fhir_root(d), "relatesTo[0].code", "appends") && fhir_is(fhir_root(d), "docStatus", "final"));
    cr_assert(fhir_is(fhir_root(d), "type.text", "Tillägg: Daganteckning") && !fhir_exists(fhir_at(fhir_root(d), "author[1]")));
}

/* A corrected addition is an addition still, and a corrected transcription still that of its dictation. */
Test(note_later, a_later_version_belongs_where_the_earlier_did)
{
    g_autofree char *json = base_json("final", SIGNED_BY_EK "\"relatesTo\":[{\"code\":\"replaces\",\"target\":{\"reference\":\"DocumentReference/old\"}},"
                                      "{\"code\":\"appends\",\"target\":{\"reference\":\"DocumentReference/a\"}}],", "Vänster.", 3);
    g_autoptr(FhirResource) base = parse(json);
    g_autoptr(Note) note = note_of_document(base, NULL, "Höger.");
    NoteWriting w = correction(base);
    g_autoptr(FhirResource) d = written(note, &w);
    cr_assert(note_relates(d, NOTE_REPLACES, "base") && note_relates(d, NOTE_ADDS_TO, "a") && !note_relates(d, NOTE_REPLACES, "old"));
    cr_assert(note_follows(d, "base") && !note_follows(d, "a") && !note_relates(d, NOTE_ADDS_TO, "base"));
    NoteReading *r = note_read(d);
    cr_assert_eq(r->relation, NOTE_REPLACES);
    cr_assert_str_eq(r->related, "base");
    note_reading_free(r);
    w.relation = NOTE_ADDS_TO;
    g_autoptr(FhirResource) addition = written(note, &w);
    cr_assert(note_relates(addition, NOTE_ADDS_TO, "base") && !note_relates(addition, NOTE_ADDS_TO, "a"));
}

Test(note_later, a_name_is_put_to_the_words_and_they_stay)
{
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 3);
    g_autoptr(FhirResource) base = parse(json);
    NoteAttesting a = {NOTE_COUNTERSIGN, "dr1", "Test Läkare", NULL, NOW};
    g_autoptr(FhirResource) second = note_attested(base, &a, NULL);
    NoteReading *r = note_read(second);
    cr_assert_eq(r->life, NOTE_COUNTERSIGNED);
    cr_assert_str_eq(r->countersigner, "Test Läkare");
    cr_assert_eq(r->countersigned, NOW);
    cr_assert_str_eq(r->text, "Vänster.");
    note_reading_free(r);
    a.act = NOTE_STRIKE;
    a.reason = "fel patient";
    g_autoptr(FhirResource) struck = note_attested(base, &a, NULL);
    r = note_read(struck);
    cr_assert(r->struck && strstr(r->why, "av Test Läkare: fel patient"), "%s", r->why);
    cr_assert_str_eq(r->text, "Vänster.");
    note_reading_free(r);
    g_autoptr(FhirEdit) e = fhir_edit_new(base);
    fhir_edit_set_string(e, "description", "Rättelse: fel sida");
    g_autoptr(FhirResource) corrected = fhir_edit_finish(e, NULL), gone = note_attested(corrected, &a, NULL);
    r = note_read(gone);
    cr_assert(g_str_has_prefix(r->why, "Rättelse: fel sida · ") && strstr(r->why, "fel patient"), "%s", r->why);
    note_reading_free(r);
}

/* ---- two who correct ---- */

typedef struct {
    gboolean done;
    WrittenOutcome outcome;
    char *now; /* status of what the core holds */
    guint left;
} Told;

static void on_told(const NoteSigned *result, gpointer data)
{
    Told *t = data;
    t->done = TRUE;
    t->outcome = result->outcome;
    t->now = result->document ? fhir_string(fhir_root(result->document), "status") : NULL;
}

static Told correct(Fx *f, FhirResource *base, const char *text)
{
    Told told = {0};
    g_autoptr(Note) note = note_of_document(base, NULL, text);
    NoteWriting w = correction(base);
    g_autoptr(GError) error = NULL;
    cr_assert(note_sign(f->client, f->scope, f->ctx, note, &w, on_told, &told, &error), "%s", error ? error->message : "");
    cr_assert(loop_until(&told.done));
    return told;
}

static void one_wins(gboolean transactions)
{
    Fx f;
    fx_begin(&f);
    f.core->transactions = transactions;
    Done done = {0};
    client_discover(f.client, f.scope, fx_on_done, &done);
    cr_assert(loop_until(&done.done));
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 1);
    g_autoptr(FhirResource) base = parse(json);
    minicore_put(f.core, json);
    g_autofree char *theirs = base_json("final", SIGNED_BY_EK, "Vänster.", 2);
    g_auto(GStrv) parts = g_strsplit(theirs, "current", 2);
    g_autofree char *superseded = g_strjoinv("superseded", parts);
    minicore_put(f.core, superseded);
    Told told = correct(&f, base, "Höger.");
    cr_assert_eq(told.outcome, WRITTEN_OVERTAKEN, "%d", told.outcome);
    cr_assert_str_eq(told.now, "superseded");
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1); /* nothing of mine */
    cr_assert_eq(minicore_versions(f.core, "DocumentReference/base"), 2);
    g_free(told.now);
    fx_end(&f);
}

Test(note_later, of_two_who_correct_one_is_told_in_one_transaction)
{
    one_wins(TRUE);
}

Test(note_later, of_two_who_correct_one_is_told_also_one_by_one)
{
    one_wins(FALSE);
}

static void refuse_new(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    guint *times = data;
    if (!g_str_equal(q->method, "POST") || !strstr(q->target, "DocumentReference") || !*times)
        return;
    --*times;
    httpd_text(a, 422, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"invalid\"}]}");
}

/* On a core that takes one thing at a time the earlier version is put aside and the new one refused: signing
 * again goes on from there, with what was mended in it, and leaves nothing behind. */
Test(note_later, a_correction_that_was_half_done_is_finished_by_signing_again)
{
    Fx f;
    guint refusals = 2;
    fx_begin(&f);
    f.core->transactions = FALSE;
    fx_discover(&f);
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 1);
    g_autoptr(FhirResource) base = parse(json);
    minicore_put(f.core, json);
    f.core->hook = refuse_new;
    f.core->hook_data = &refusals;
    Told told = correct(&f, base, "Höger.");
    cr_assert_eq(told.outcome, WRITTEN_HALF, "%d", told.outcome);
    cr_assert_eq(client_outbox_count(f.client), 1);
    told = correct(&f, base, "Höger.");
    cr_assert_eq(told.outcome, WRITTEN_HALF, "%d", told.outcome);
    cr_assert_eq(client_outbox_count(f.client), 1); /* the later row says all of it */
    told = correct(&f, base, "Höger lunga.");
    cr_assert_eq(told.outcome, WRITTEN_DONE, "%d", told.outcome);
    g_free(told.now);
    cr_assert_eq(client_outbox_count(f.client), 0);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 2);
    cr_assert_eq(minicore_versions(f.core, "DocumentReference/base"), 2);
    fx_end(&f);
}

/* Somebody else's mark on the earlier version is never taken for one's own. */
Test(note_later, what_another_has_put_aside_is_not_gone_on_from)
{
    Fx f;
    guint refusals = 1;
    fx_begin(&f);
    f.core->transactions = FALSE;
    fx_discover(&f);
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 1);
    g_autoptr(FhirResource) base = parse(json);
    minicore_put(f.core, json);
    f.core->hook = refuse_new;
    f.core->hook_data = &refusals;
    Told told = correct(&f, base, "Höger.");
    cr_assert_eq(told.outcome, WRITTEN_HALF);
    g_autoptr(Note) note = note_of_document(base, NULL, "Bäckenet.");
    NoteWriting w = correction(base);
    w.identifier = "urn:uuid:3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a32"; /* another draft */
    told = (Told){0};
    cr_assert(note_sign(f.client, f.scope, f.ctx, note, &w, on_told, &told, NULL));
    cr_assert(loop_until(&told.done));
    cr_assert_eq(told.outcome, WRITTEN_OVERTAKEN, "%d", told.outcome);
    g_free(told.now);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
    fx_end(&f);
}

static void put_aside_by_a_rival(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Fx *f = data;
    (void)a;
    if (!g_str_equal(q->method, "GET") || !strstr(q->target, "DocumentReference/base") || minicore_versions(f->core, "DocumentReference/base") > 1)
        return;
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 2);
    g_auto(GStrv) parts = g_strsplit(json, "current", 2);
    g_autofree char *superseded = g_strjoinv("superseded", parts);
    minicore_put(f->core, superseded);
}

/* One's own mark was lost and a rival's looks the same: what is known by its words only is not gone on from. */
Test(note_later, a_mark_that_may_be_a_rivals_is_not_gone_on_from)
{
    Fx f;
    fx_begin(&f);
    f.core->transactions = FALSE;
    fx_discover(&f);
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 1);
    g_autoptr(FhirResource) base = parse(json);
    minicore_put(f.core, json);
    f.core->fault = FAULT_DROP_BEFORE;
    f.core->faults = 1;
    f.core->hook = put_aside_by_a_rival;
    f.core->hook_data = &f;
    Told told = correct(&f, base, "Höger.");
    cr_assert_eq(told.outcome, WRITTEN_HALF, "%d", told.outcome);
    told = correct(&f, base, "Höger.");
    cr_assert_eq(told.outcome, WRITTEN_OVERTAKEN, "%d", told.outcome);
    g_free(told.now);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
    fx_end(&f);
}

Test(note_later, a_correction_without_an_answer_is_done_once)
{
    Fx f;
    fx_begin(&f);
    g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 1);
    g_autoptr(FhirResource) base = parse(json);
    minicore_put(f.core, json);
    f.core->fault = FAULT_DROP_AFTER;
    f.core->faults = 1;
    Told told = correct(&f, base, "Höger.");
    cr_assert_eq(told.outcome, WRITTEN_DONE, "%d", told.outcome);
    g_free(told.now);
    told = correct(&f, base, "Höger.");
    cr_assert_eq(told.outcome, WRITTEN_DONE, "%d", told.outcome);
    g_free(told.now);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 2);
    cr_assert_eq(minicore_versions(f.core, "DocumentReference/base"), 2);
    fx_end(&f);
}

static void on_unknown(const NoteSigned *result, gpointer data)
{
    gpointer *f_and_told = data;
    Fx *f = f_and_told[0];
    cr_assert_eq(result->outcome, WRITTEN_UNKNOWN, "%d", result->outcome);
    note_follow(f->client, f->scope, result, on_told, f_and_told[1]);
    f_and_told[0] = NULL;
}

/* The answer is lost, and the core cannot be asked at first: the receipt comes when it has said, whoever has gone on. */
Test(note_later, the_answer_comes_after_the_silence)
{
    for (int there = 0; there < 2; there++) {
        clock_test_begin(NOW);
        Fx f;
        fx_begin(&f);
        f.core->conditional = FALSE;
        fx_discover(&f);
        f.core->fault = there ? FAULT_DROP_AFTER : FAULT_DROP_BEFORE;
        f.core->faults = 1;
        f.core->search_down = TRUE;
        g_autofree char *json = base_json("final", SIGNED_BY_EK, "Vänster.", 1);
        g_autoptr(FhirResource) base = parse(json);
        g_autoptr(Note) note = note_of_document(base, NULL, "Höger.");
        NoteWriting w = correction(NULL);
        w.relation = NOTE_STANDS_ALONE;
        Told told = {0};
        gpointer both[] = {&f, &told};
        cr_assert(note_sign(f.client, f.scope, f.ctx, note, &w, on_unknown, both, NULL));
        for (int i = 0; i < 40 && both[0]; i++) {
            loop_settle();
            clock_test_advance(10 * G_USEC_PER_SEC);
        }
        cr_assert_not(both[0] || told.done);
        f.core->search_down = FALSE;
        clock_test_advance(125 * G_USEC_PER_SEC);
        cr_assert(loop_until(&told.done));
        cr_assert_eq(told.outcome, there ? WRITTEN_DONE : WRITTEN_NOT_SENT, "%d", told.outcome);
        cr_assert_eq(minicore_count(f.core, "DocumentReference"), (guint)there);
        g_free(told.now);
        fx_end(&f);
        clock_test_end();
    }
}

/* ---- struck ---- */

/* Three versions: the dictation's transcription, and two corrections of it. */
static void put_versions(Fx *f, const char *first_status)
{
    static const char *const follows[] = {"", "\"relatesTo\":[{\"code\":\"replaces\",\"target\":{\"reference\":\"DocumentReference/base\"}}],",
                                          "\"relatesTo\":[{\"code\":\"replaces\",\"target\":{\"reference\":\"DocumentReference/v2\"}}],"};
    static const char *const ids[] = {"base", "v2", "v3"};
    for (gsize i = 0; i < 3; i++) {
        g_autofree char *people = g_strconcat(SIGNED_BY_EK, follows[i], NULL), *json = base_json("final", people, "Vänster.", 1);
        g_auto(GStrv) id = g_strsplit(json, "\"id\":\"base\"", 2), status = NULL;
        g_autofree char *named = g_strdup_printf("%s\"id\":\"%s\"%s", id[0], ids[i], id[1]);
        status = g_strsplit(named, "\"status\":\"current\"", 2);
        g_autofree char *whole = g_strdup_printf("%s\"status\":\"%s\"%s", status[0], i == 2 ? "current" : i == 0 ? first_status : "superseded", status[1]);
        minicore_put(f->core, whole);
    }
}

static FhirResource *held(Fx *f, const char *id)
{
    g_autofree char *at = g_strconcat("DocumentReference/", id, NULL);
    const GPtrArray *versions = g_hash_table_lookup(f->core->resources, at);
    return parse(versions->pdata[versions->len - 1]);
}

static void on_struck(const NoteSigned *result, gpointer data)
{
    on_told(result, data);
    ((Told *)data)->left = result->left;
}

static Told strike_last(Fx *f)
{
    Told told = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) last = held(f, "v3");
    const NoteAttesting a = {NOTE_STRIKE, "dr1", "Test Läkare", "fel patient", NOW};
    cr_assert(note_attest(f->client, f->scope, f->ctx, last, &a, on_struck, &told, &error), "%s", error ? error->message : "");
    cr_assert(loop_until(&told.done));
    return told;
}

/* PDL 3:14: what was wrong stays readable, and none of it stands on as if it were valid. */
Test(note_later, a_note_is_struck_with_all_its_versions, .timeout = 20)
{
    for (int transactions = 0; transactions < 2; transactions++) {
        Fx f;
        fx_begin(&f);
        f.core->transactions = transactions;
        fx_discover(&f);
        put_versions(&f, "superseded");
        Told told = strike_last(&f);
        cr_assert_eq(told.outcome, WRITTEN_DONE, "%d", told.outcome);
        cr_assert_eq(told.left, 0);
        g_free(told.now);
        static const char *const ids[] = {"base", "v2", "v3"};
        for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
            g_autoptr(FhirResource) d = held(&f, ids[i]);
            g_autofree char *why = fhir_string(fhir_root(d), "description");
            cr_assert_eq(note_state(d), NOTE_STRUCK, "%s is not struck", ids[i]);
            cr_assert(why && strstr(why, "fel patient") && note_same_text(d, "Vänster."), "%s", ids[i]);
        }
        fx_end(&f);
    }
}

/* One that is struck already is left as it is; one that cannot be read is told. */
Test(note_later, an_earlier_version_that_is_not_marked_is_told, .timeout = 20)
{
    Fx f;
    fx_begin(&f);
    fx_discover(&f);
    put_versions(&f, "entered-in-error");
    g_hash_table_remove(f.core->resources, "DocumentReference/v2");
    Told told = strike_last(&f);
    cr_assert_eq(told.outcome, WRITTEN_DONE, "%d", told.outcome);
    cr_assert_eq(told.left, 1);
    g_free(told.now);
    cr_assert_eq(minicore_versions(f.core, "DocumentReference/base"), 1);
    fx_end(&f);
}
