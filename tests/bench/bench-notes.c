/* SPDX-License-Identifier: GPL-3.0-or-later
 * A patient with 2,000 notes: what it costs to open them from the sealed store, to have them all, and to look for a word
 * in them. Fails when opening or a search takes more of the processor's time than the budget, or one turn of the main
 * loop more than it may. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <time.h>

#include "chart/note-timeline.h"
#include "bind/bind.h"
#include "client/fixture.h"

#define BUDGET_MS 100.0
#define TURN_MS 8.0
enum { PAGES = 80, A_PAGE = 25, NOTES = PAGES * A_PAGE };

static const char sentence[] = "Mår efter omständigheterna väl, ingen bröstsmärta, andningen opåverkad. BT 132/84, puls 72, temp 37,4. ";

static double processor_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void append_note(GString *out, guint n)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 15; i++)
        g_string_append(text, sentence);
    g_string_append_printf(text, "Anteckning nummer %u.", n);
    g_autofree char *data = g_base64_encode((const guchar *)text->str, text->len);
    g_string_append_printf(out, "{\"resource\":{\"resourceType\":\"DocumentReference\",\"id\":\"n%u\",\"meta\":{\"versionId\":\"1\"},"
                           "\"status\":\"current\",\"docStatus\":\"final\",\"type\":{\"text\":\"Daganteckning\"},"
                           "\"subject\":{\"reference\":\"Patient/p1\"},\"date\":\"2026-11-20T08:00:00+01:00\","
                           "\"author\":[{\"display\":\"Lind Eva, läkare\"}],\"custodian\":{\"display\":\"Medicin avd 3\"},"
                           "\"content\":[{\"attachment\":{\"contentType\":\"text/plain\",\"data\":\"%s\"}}]},"
                           "\"search\":{\"mode\":\"match\"}}", n, data);
}

static void on_pages(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    const char *at = strstr(q->target, "page=");
    if (data && *(gboolean *)data) { /* it is slow, or gone */
        a->how = HTTPD_HANG;
        a->status = 200;
        return;
    }
    if (!strstr(q->target, "DocumentReference?"))
        return;
    guint page = at ? (guint)g_ascii_strtoull(at + 5, NULL, 10) : 1;
    g_autoptr(GString) out = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[");
    g_string_append_printf(out, "{\"relation\":\"self\",\"url\":\"http://x%s\"}", q->target);
    if (page < PAGES)
        g_string_append_printf(out, ",{\"relation\":\"next\",\"url\":\"/fhir/DocumentReference?patient=Patient/p1&page=%u\"}", page + 1);
    g_string_append(out, "],\"entry\":[");
    for (guint i = 0; i < A_PAGE; i++) {
        g_string_append(out, i ? "," : "");
        append_note(out, (page - 1) * A_PAGE + i);
    }
    g_string_append(out, "]}");
    httpd_text(a, 200, out->str);
}

static void on_timeline(NoteTimeline *t, gpointer data)
{
    (void)t;
    *(gboolean *)data = TRUE;
}

Test(bench_notes, search_in_two_thousand, .timeout = 120)
{
    static const struct {
        const char *text;
        guint hits;
    } asked[] = {{"m", NOTES}, {"ingen bröst", NOTES}, {"nummer 1999.", 1}, {"finns inte här", 0},
                 {"132/84 lind daganteckning", NOTES}};
    Fx f;
    gboolean told = FALSE;
    double worst = 0;
    fx_begin(&f);
    f.core->hook = on_pages;
    NoteTimeline *t = note_timeline_watch(f.client, f.scope, f.ctx, on_timeline, &told);
    while (!(told && note_timeline_is_whole(t)))
        g_main_context_iteration(NULL, TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(asked); i++) {
        guint blind;
        double start = processor_ms();
        g_autoptr(GPtrArray) found = note_timeline_find(t, &(NoteFilter){.text = (char *)asked[i].text}, &blind);
        double ms = processor_ms() - start;
        worst = MAX(worst, ms);
        printf("  “%s”: %u of %u in %.2f ms\n", asked[i].text, found->len, note_timeline_rows(t)->len, ms);
        cr_assert(found->len == asked[i].hits && blind == 0, "“%s”: %u, %u cannot be searched", asked[i].text, found->len, blind);
    }
    printf("search in %u notes of one patient: at most %.1f ms (budget %.0f)\n", note_timeline_rows(t)->len, worst, BUDGET_MS);
    cr_assert_leq(worst, BUDGET_MS);
    fx_end(&f);
}

/* ---- from the cache ---- */

typedef struct {
    Fx fx;
    char *dir;
    Store *store;
    ClientBinding *binding;
    gboolean silent;
} Ward;

/* The client against the real sealed store. */
static void ward_begin(Ward *w)
{
    guint8 bytes[STORE_KEY_BYTES] = {1};
    g_autoptr(SecretBuf) key = secret_new_from(bytes, sizeof bytes);
    *w = (Ward){.dir = g_dir_make_tmp("rond-bench-XXXXXX", NULL)};
    w->store = store_open(w->dir, "bench", STORE_VOLATILE, NULL);
    cr_assert(w->store && store_unlock(w->store, key, NULL));
    w->binding = client_binding_new();
    client_binding_set_store(w->binding, w->store);
    w->fx = (Fx){.core = minicore_new(), .store = memstore_new()};
    minicore_put(w->fx.core, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Test\"}]}");
    w->fx.core->hook = on_pages;
    w->fx.core->hook_data = &w->silent;
    ClientConfig config = {.net = {.origin = httpd_origin(w->fx.core->httpd), .base_path = "/fhir"},
                           .identity = {.practitioner_id = "dr1", .name = "Test Läkare", .hsa_id = "SE2321000016-0001",
                                        .unit_id = "u1", .commission_hsa_id = "SE2321000016-0002"},
                           .store = &client_binding_store, .store_data = w->binding, .auth = &fx_auth, .auth_data = &w->fx.login};
    w->fx.client = client_new(&config, NULL);
    cr_assert(w->fx.client);
    w->fx.scope = scope_new();
    fx_discover(&w->fx);
    fx_open(&w->fx);
}

static void ward_end(Ward *w)
{
    fx_end(&w->fx);
    client_binding_free(w->binding);
    store_close(w->store);
    g_autoptr(GDir) left = g_dir_open(w->dir, 0, NULL);
    for (const char *name; left && (name = g_dir_read_name(left));) {
        g_autofree char *path = g_build_filename(w->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(w->dir);
    g_free(w->dir);
}

Test(bench_notes, two_thousand_from_the_cache, .timeout = 120)
{
    Ward w;
    gboolean told = FALSE;
    double worst = 0, first = 0, spent = 0;
    ward_begin(&w);
    Scope *before = scope_new();
    NoteTimeline *t = note_timeline_watch(w.fx.client, before, w.fx.ctx, on_timeline, &told);
    while (!(told && note_timeline_is_whole(t)))
        g_main_context_iteration(NULL, TRUE);
    guint all = note_timeline_rows(t)->len;
    cr_assert_eq(all, NOTES);
    cr_assert(store_flush(w.store, NULL));
    loop_settle();
    scope_close(before);
    w.silent = TRUE;

    told = FALSE;
    double start = processor_ms();
    t = note_timeline_watch(w.fx.client, w.fx.scope, w.fx.ctx, on_timeline, &told);
    worst = spent = processor_ms() - start;
    while (!told || note_timeline_rows(t)->len < all) {
        start = processor_ms();
        g_main_context_iteration(NULL, TRUE);
        double ms = processor_ms() - start;
        spent += ms;
        worst = MAX(worst, ms);
        if (!first && told && note_timeline_rows(t)->len)
            first = spent;
    }
    printf("%u notes of one patient from the cache: the first are there after %.1f ms (budget %.0f), all after %.0f ms; the longest turn %.1f ms (budget %.0f)\n",
           all, first, BUDGET_MS, spent, worst, TURN_MS);
    guint blind, last = NOTES - 1;
    g_autofree char *words = g_strdup_printf("nummer %u.", last);
    g_autoptr(GPtrArray) found = note_timeline_find(t, &(NoteFilter){.text = words}, &blind);
    cr_expect_eq(found->len, 1, "the last of them is not there to be read");
    cr_expect(note_timeline_state(t)->cached);
    cr_expect_leq(first, BUDGET_MS);
    cr_expect_leq(worst, TURN_MS);
    ward_end(&w);
}
