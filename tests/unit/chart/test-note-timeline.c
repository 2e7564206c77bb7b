/* SPDX-License-Identifier: GPL-3.0-or-later
 * The notes of a patient as one timeline: all of them, filtered, searched, and what was not searched said. */
#include "base/text.h"
#include "chart/note-seen.h"
#include "client/fixture.h"

typedef struct {
    NoteTimeline *timeline;
    guint told;
} Told;

static void on_timeline(NoteTimeline *t, gpointer data)
{
    *(Told *)data = (Told){t, ((Told *)data)->told + 1};
}

/* @type of the attachment: "text/plain" and so on. */
static char *note_json(guint n, guint version, const char *title, const char *author, const char *type, const char *text)
{
    g_autofree char *data = g_base64_encode((const guchar *)text, strlen(text));
    return g_strdup_printf(
        "{\"resourceType\":\"DocumentReference\",\"id\":\"n%u\",\"meta\":{\"versionId\":\"%u\"},\"status\":\"current\",\"docStatus\":\"final\","
        "\"type\":{\"text\":\"%s\"},\"subject\":{\"reference\":\"Patient/p1\"},\"date\":\"20%02u-11-20T08:00:00+01:00\","
        "\"author\":[{\"display\":\"%s\"}],\"custodian\":{\"display\":\"Medicin avd 3\"},"
        "\"content\":[{\"attachment\":{\"contentType\":\"%s\",\"data\":\"%s\"}}]}",
        n, version, title, 10 + n % 16, author, type, data);
}

static void put(Fx *f, guint n, const char *title, const char *author, const char *type, const char *text)
{
    g_autofree char *json = note_json(n, 1, title, author, type, text);
    minicore_put(f->core, json);
}

static void put_some(Fx *f)
{
    put(f, 1, "Daganteckning", "Lind Eva, läkare", "text/plain; charset=utf-8", "Mår bättre. BT 132/84, temp 38,4.");
    put(f, 2, "Epikris", "Ek Johan, läkare", "text/html", "<p>Ingen <b>feber</b>. <script>hemligt</script>Åter i hemmet &amp; mår väl.</p>");
    put(f, 3, "Omvårdnadsanteckning", "Nyman Sara, sjuksköterska", "application/xhtml+xml", "<div><p>Sover. FEBER i natt</p></div>");
    put(f, 4, "Remissvar", "Test, Anna", "application/pdf", "%PDF-1.7 feber");
    put(f, 5, "Daganteckning", "Lind Eva, läkare", "application/rtf", "{\\rtf1 feber}");
}

static gboolean on_late(gpointer late)
{
    *(gboolean *)late = TRUE;
    return G_SOURCE_REMOVE;
}

/* One turn of the loop; FALSE when all has been waited for long enough. */
static gboolean turn(gboolean *late)
{
    guint timer = g_timeout_add_seconds(5, on_late, late);
    g_main_context_iteration(NULL, TRUE);
    if (!*late)
        g_source_remove(timer);
    return !*late;
}

static NoteTimeline *watch(Fx *f, Told *told)
{
    gboolean late = FALSE;
    NoteTimeline *t = note_timeline_watch(f->client, f->scope, f->ctx, on_timeline, told);
    while (!(told->told && note_timeline_is_whole(t) && !note_timeline_state(t)->cached) && turn(&late))
        ;
    cr_assert(note_timeline_is_whole(t));
    return t;
}

static guint found(NoteTimeline *t, const NoteFilter *filter, guint *unsearched)
{
    g_autoptr(GPtrArray) rows = note_timeline_find(t, filter, unsearched);
    return rows->len;
}

static guint found_text(NoteTimeline *t, const char *text, guint *unsearched)
{
    return found(t, &(NoteFilter){.text = (char *)text}, unsearched);
}

Test(note_timeline, words_are_found_in_every_kind_of_text_and_what_is_no_text_is_counted, .timeout = 30)
{
    Fx f;
    Told told = {0};
    guint blind;
    fx_begin(&f);
    put_some(&f);
    NoteTimeline *t = watch(&f, &told);
    cr_expect_eq(found_text(t, "feber", &blind), 2); /* HTML and XHTML; not inside PDF or RTF */
    cr_expect_eq(blind, 2);
    cr_expect_eq(found_text(t, "38,4 132/84", &blind), 1);
    cr_expect_eq(found_text(t, "MÅR", &blind), 2);
    cr_expect_eq(found_text(t, "mar", &blind), 0); /* å is no a */
    cr_expect_eq(found_text(t, "ma\u030ar", &blind), 2);
    cr_expect_eq(found_text(t, "hemligt", &blind), 0); /* a script is no text */
    cr_expect_eq(found_text(t, "remissvar", &blind), 1); /* found by its type: nothing to say of that one */
    cr_expect_eq(blind, 1);
    cr_expect_eq(found_text(t, "", &blind), 5);
    cr_expect_eq(blind, 0);
    fx_end(&f);
}

Test(note_timeline, filtered_by_type_profession_unit_and_author, .timeout = 30)
{
    Fx f;
    Told told = {0};
    guint blind;
    fx_begin(&f);
    put_some(&f);
    NoteTimeline *t = watch(&f, &told);
    cr_expect_eq(found(t, &(NoteFilter){.facet = {[NOTE_BY_TYPE] = (char *)"Daganteckning"}}, &blind), 2);
    cr_expect_eq(found(t, &(NoteFilter){.facet = {[NOTE_BY_PROFESSION] = (char *)"läkare"}}, &blind), 3);
    cr_expect_eq(found(t, &(NoteFilter){.facet = {[NOTE_BY_PROFESSION] = (char *)"läkare", [NOTE_BY_TYPE] = (char *)"Epikris"}}, &blind), 1);
    cr_expect_eq(found(t, &(NoteFilter){.facet = {[NOTE_BY_UNIT] = (char *)"Medicin avd 3"}}, &blind), 5);
    cr_expect_eq(found(t, &(NoteFilter){.facet = {[NOTE_BY_AUTHOR] = (char *)"Test, Anna"}}, &blind), 1);
    /* of what is filtered away nothing is said to be unsearched */
    cr_expect_eq(found(t, &(NoteFilter){.facet = {[NOTE_BY_TYPE] = (char *)"Epikris"}, .text = (char *)"saknas"}, &blind), 0);
    cr_expect_eq(blind, 0);
    g_autoptr(GPtrArray) professions = note_timeline_values(t, NOTE_BY_PROFESSION); /* "Anna" is a name */
    cr_assert_eq(professions->len, 2);
    cr_expect_str_eq(((NoteValue *)professions->pdata[0])->value, "läkare");
    cr_expect_eq(((NoteValue *)professions->pdata[0])->count, 3);
    cr_expect_str_eq(((NoteValue *)professions->pdata[1])->value, "sjuksköterska");
    fx_end(&f);
}

static void on_pages(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    const guint *pages = data;
    const char *at = strstr(q->target, "page=");
    if (!strstr(q->target, "DocumentReference?"))
        return;
    guint page = at ? (guint)g_ascii_strtoull(at + 5, NULL, 10) : 1;
    g_autoptr(GString) out = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[");
    g_string_append_printf(out, "{\"relation\":\"self\",\"url\":\"http://x%s\"}", q->target);
    if (page < *pages)
        g_string_append_printf(out, ",{\"relation\":\"next\",\"url\":\"/fhir/DocumentReference?patient=Patient/p1&page=%u\"}", page + 1);
    g_string_append(out, "],\"entry\":[");
    for (guint i = 0; i < 25; i++) {
        guint n = (page - 1) * 25 + i;
        g_autofree char *text = g_strdup_printf("Anteckning nummer %u.", n);
        g_autofree char *json = note_json(n, 1, "Daganteckning", "Lind Eva, läkare", "text/plain", text);
        g_string_append_printf(out, "%s{\"resource\":%s,\"search\":{\"mode\":\"match\"}}", i ? "," : "", json);
    }
    g_string_append(out, "]}");
    httpd_text(a, 200, out->str);
}

/* Every page is read, and a search says as long as it is so that older ones are not in it. */
Test(note_timeline, no_page_is_left_out, .timeout = 60)
{
    Fx f;
    Told told = {0};
    guint pages = 14, blind, before = 0;
    fx_begin(&f);
    f.core->hook = on_pages;
    f.core->hook_data = &pages;
    NoteTimeline *t = note_timeline_watch(f.client, f.scope, f.ctx, on_timeline, &told);
    gboolean late = FALSE;
    while (!(told.told && note_timeline_is_whole(t)) && turn(&late))
        before += told.told && found_text(t, "349.", &blind) == 0;
    cr_expect_gt(before, 0); /* there were moments when it could be asked and was not there: none of them was whole */
    cr_assert(note_timeline_is_whole(t));
    cr_expect_eq(note_timeline_rows(t)->len, 350);
    cr_expect_eq(found_text(t, "349.", &blind), 1);
    fx_end(&f);
}

Test(note_timeline, a_new_version_is_read_anew_and_the_rest_is_not_lost, .timeout = 30)
{
    Fx f;
    Told told = {0};
    guint blind;
    fx_begin(&f);
    put_some(&f);
    NoteTimeline *t = watch(&f, &told);
    cr_expect_eq(found_text(t, "rättad", &blind), 0);
    g_autofree char *json = note_json(1, 2, "Daganteckning", "Lind Eva, läkare", "text/plain", "Rättad text.");
    minicore_put(f.core, json);
    note_timeline_refresh(t);
    gboolean late = FALSE;
    while (!found_text(t, "rättad", &blind) && turn(&late))
        ;
    cr_expect_eq(found_text(t, "rättad", &blind), 1);
    cr_expect_eq(found_text(t, "bättre", &blind), 0);
    cr_expect_eq(note_timeline_rows(t)->len, 5);
    fx_end(&f);
}

/* ---- what is no text, and what is too much of it ---- */

static NoteReading *reading(const char *type, const char *text)
{
    g_autofree char *json = note_json(1, 1, "Remissvar", "Test, Anna", type, text);
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(FhirResource) d = fhir_resource_parse(bytes, NULL);
    cr_assert(d);
    return note_read(d);
}

Test(note_timeline, what_is_no_text_is_named_as_what_it_is)
{
    static const struct {
        const char *type, *named;
    } kinds[] = {{"application/pdf", "PDF document"}, {"application/rtf", "RTF document"}, {"text/rtf; charset=x", "RTF document"},
                 {"image/jpeg", "picture"}, {"application/x-unheard-of", "application/x-unheard-of"}};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        NoteReading *n = reading(kinds[i].type, "secret");
        cr_expect(n->not_text && strstr(n->text, kinds[i].named) && !strstr(n->text, "secret"), "%s: %s", kinds[i].type, n->text);
        note_reading_free(n);
    }
    NoteReading *n = reading("text/html; charset=utf-8", "<p>Ej <b>feber</b> &lt; 38</p>");
    cr_expect_str_eq(n->text, "Ej feber < 38");
    cr_expect_not(n->not_text);
    note_reading_free(n);
}

/* 50 MB are said to be 50 MB: neither a part of them nor nothing is shown, and nothing is corrected from that. */
Test(note_timeline, a_note_that_is_too_large_says_so, .timeout = 60)
{
    g_autofree char *much = g_strnfill(50 * 1000 * 1000, 'x');
    g_autofree char *json = note_json(1, 1, "Epikris", "Test, Anna", "text/plain", much);
    g_autoptr(GBytes) bytes = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) d = fhir_resource_parse(bytes, NULL);
    cr_assert(d);
    cr_expect_not(note_has_words(d));
    NoteReading *n = note_read(d);
    cr_expect(n->not_text && strstr(n->text, "50 MB") && strlen(n->text) < 200, "%.200s", n->text);
    note_reading_free(n);
    much[4 << 20] = '\0';
    n = reading("text/plain", much);
    cr_expect(!n->not_text && strlen(n->text) == 4 << 20);
    note_reading_free(n);
}

/* ---- what one has not read ---- */

static void put_changed(Fx *f, guint n, guint version, const char *author, const char *last_updated)
{
    g_autofree char *json = note_json(n, version, "Daganteckning", author, "text/plain", "Text.");
    g_auto(GStrv) halves = g_strsplit(json, "\"},\"status\"", 2);
    g_autofree char *dated = g_strconcat(halves[0], "\",\"lastUpdated\":\"", last_updated, "\"},\"status\"", halves[1], NULL);
    g_autofree char *mine = g_str_equal(author, "me") ? g_strdup("{\"reference\":\"Practitioner/dr1\",\"display\":\"me\"}") : NULL;
    g_auto(GStrv) by = g_strsplit(dated, "{\"display\":\"me\"}", 2);
    g_autofree char *whole = mine ? g_strjoinv(mine, by) : g_strdup(dated);
    minicore_put(f->core, whole);
}

/* A visit: what was kept before, and what is kept after. Returns how many are unread then; @opened is read. */
static guint visit(Fx *f, GBytes **kept, const char *opened)
{
    Told told = {0};
    g_autoptr(Scope) scope = scope_new();
    Scope *outer = f->scope;
    f->scope = scope;
    NoteTimeline *t = watch(f, &told);
    f->scope = outer;
    g_autoptr(NoteSeen) seen = note_seen_new(*kept);
    note_seen_visit(seen, note_timeline_rows(t), "dr1", NULL);
    if (opened)
        note_seen_read(seen, opened);
    guint n = 0;
    for (guint i = 0; i < note_timeline_rows(t)->len; i++)
        n += note_seen_is_unread(seen, ((NoteRow *)note_timeline_rows(t)->pdata[i])->id);
    g_clear_pointer(kept, g_bytes_unref);
    *kept = note_seen_keep(seen);
    return n;
}

Test(note_seen, what_has_come_since_is_unread_until_it_is_opened, .timeout = 30)
{
    Fx f;
    g_autoptr(GBytes) kept = NULL;
    fx_begin(&f);
    put_changed(&f, 1, 1, "Ek Johan, läkare", "2026-11-20T08:00:00.000Z");
    put_changed(&f, 2, 1, "Ek Johan, läkare", "2026-11-20T09:00:00.000Z");
    cr_expect_eq(visit(&f, &kept, NULL), 0, "on a first visit nothing is new");
    cr_expect_eq(visit(&f, &kept, NULL), 0);
    put_changed(&f, 3, 1, "Ek Johan, läkare", "2026-11-20T10:00:00.000Z");
    put_changed(&f, 4, 1, "me", "2026-11-20T10:00:00.000Z");
    cr_expect_eq(visit(&f, &kept, NULL), 1, "another's, not my own");
    cr_expect_eq(visit(&f, &kept, NULL), 1, "looked at in the list it is still unread");
    put_changed(&f, 5, 1, "Ek Johan, läkare", "2026-11-20T10:00:00.000Z");
    cr_expect_eq(visit(&f, &kept, "n3"), 1, "one more of the very same moment; the other was opened");
    cr_expect_eq(visit(&f, &kept, "n5"), 0);
    put_changed(&f, 1, 2, "Ek Johan, läkare", "2026-11-20T11:00:00.000Z");
    cr_expect_eq(visit(&f, &kept, NULL), 1, "changed is unread again");
    fx_end(&f);
}

Test(note_seen, what_cannot_be_read_is_a_first_visit)
{
    static const char *const bad[] = {"", "rond-seen 1", "rond-seen 2\n5\nu n1\n", "\xff\xfe"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new(bad[i], strlen(bad[i]));
        g_autoptr(NoteSeen) seen = note_seen_new(bytes);
        cr_expect_not(note_seen_is_unread(seen, "n1"));
        cr_expect_not(note_seen_read_all(seen));
    }
}
