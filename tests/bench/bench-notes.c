/* SPDX-License-Identifier: GPL-3.0-or-later
 * What it costs to look for a word in 2,000 notes of one patient, and to read them once. Fails when a search takes
 * more of the processor's time than the budget. */
#include <stdio.h>
#include <time.h>

#include "chart/note-timeline.h"
#include "client/fixture.h"

#define BUDGET_MS 100.0
enum { PAGES = 80, A_PAGE = 25 };

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
    (void)data;
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
    static const char *const asked[] = {"m", "ingen bröst", "nummer 1999.", "finns inte här", "132/84 lind daganteckning"};
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
        g_autoptr(GPtrArray) found = note_timeline_find(t, &(NoteFilter){.text = (char *)asked[i]}, &blind);
        double ms = processor_ms() - start;
        worst = MAX(worst, ms);
        printf("  “%s”: %u of %u in %.2f ms\n", asked[i], found->len, note_timeline_rows(t)->len, ms);
    }
    printf("search in %u notes of one patient: at most %.1f ms (budget %.0f)\n", note_timeline_rows(t)->len, worst, BUDGET_MS);
    cr_assert_leq(worst, BUDGET_MS);
    fx_end(&f);
}
