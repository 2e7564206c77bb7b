/* SPDX-License-Identifier: GPL-3.0-or-later
 * cuts [--sample N] [--seed S, or ROND_SEED] [--only NAME] [--run STORY:ANSWER:KIND:BYTE:GONE] — a login, a search, a
 * signing and a booking, with each answer cut once at each byte, the next question answered again; at
 * every sixteenth and the last with nobody to answer from then on until the fault is over; and each answer late, dropped,
 * never sent, dripping, longer or shorter than it says, and overtaken.
 *
 * A screen is right when it holds the truth or says that it is not known:
 *  - that there is none of something is said only when the core has answered so, wholly, to that question;
 *  - "signed" or "booked" only when the core has said it, wholly; "not signed" only when nothing reached it;
 *  - a list that lacks one of its rows says that it is not whole;
 *  - no control character is on it.
 * The answers that the story gives a name, the write and its like: half of a sample is taken among them, and
 * each of them dropped with nobody to answer afterwards is always part of it.
 * Keys are answered while the fault lasts. When it is over, what was written is at the core once: asked about
 * where the answer was cut, sent again by the person where nothing had come; and the screen is the one of the
 * story without a fault. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "replay/cuts-table.h"
#include "replay/play.h"
#include "replay/signin.h"
#include "tests/screen/hospital.h"

enum { STEADY_S = 10, OVER_S = 200, HANG_S = 15, GONE_EVERY = 16 };

typedef struct {
    ReplayFaultKind kind;
    guint index, use;
    gsize at;
    gboolean gone;
    gboolean named; /* the story gives it a name: what it is about */
    char what[40];  /* "GET Slot #2" */
} Cut;

typedef struct {
    const Tale *tale;
    const Cut *cut; /* NULL: without a fault */
    Drive d;
    Replay *replay;
    GString *faults;
    char *last; /* the screen that was judged last */
    guint answers; /* how many there were before the fault was over */
    gboolean show;
} Run;

static const char *const kinds[REPLAY_KINDS] = {
    [REPLAY_CUT] = "cut",       [REPLAY_DROP] = "drop",     [REPLAY_HANG] = "hang",       [REPLAY_DELAY] = "late",
    [REPLAY_DRIP] = "drip",     [REPLAY_LONGER] = "longer", [REPLAY_SHORTER] = "shorter", [REPLAY_OVERTAKEN] = "overtaken"};

/* ---- what is right ---- */

static void wrong(Run *r, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void wrong(Run *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_string_append(r->faults, "  ");
    g_string_append_vprintf(r->faults, format, args);
    g_string_append_c(r->faults, '\n');
    va_end(args);
}

/* The core has said so: wholly, and to a question about that type. People are looked for in the list that
 * was read at the login. */
static gboolean said_none(const Run *r, const char *type)
{
    guint n;
    if (g_str_equal(type, "Patient") && replay_whole(r->replay, "patients"))
        return TRUE;
    const ReplayAnswer *a = replay_answers(r->replay, &n);
    for (guint i = 0; i < n; i++)
        if (a[i].whole && a[i].rule->answer.empty && g_str_equal(a[i].rule->path_text, type))
            return TRUE;
    return FALSE;
}

static void judge_absence(Run *r, const char *screen)
{
    for (const Absence *a = absences; a->type; a++) {
        gboolean any = FALSE;
        for (const Absence *b = absences; b->type; b++)
            any |= g_str_equal(a->words, b->words) && said_none(r, b->type);
        if (strstr(screen, a->words) && !any)
            wrong(r, "says \"%s\", and the core has not", a->words);
    }
}

static void judge_written(Run *r, const char *screen)
{
    gboolean confirmed = replay_whole(r->replay, "wrote") + replay_whole(r->replay, "asked") > 0;
    for (const char *const *w = r->tale->done; w && *w; w++)
        if (strstr(screen, *w) && !confirmed)
            wrong(r, "says \"%s\", and the core has not", *w);
    for (const char *const *w = r->tale->not_done; w && *w; w++)
        if (strstr(screen, *w) && replay_asked(r->replay, "wrote"))
            wrong(r, "says \"%s\", and it has reached the core", *w);
}

static gboolean says_more(const char *screen)
{
    static const char *const words[] = {"OKÄN", "fler ", "1 till", " 1+", "tillfrågas", NULL};
    for (const char *const *w = words; *w; w++)
        if (strstr(screen, *w))
            return TRUE;
    return FALSE;
}

static void judge_list(Run *r, const char *screen)
{
    for (const char *const *w = r->tale->together; w && *w; w += 2)
        if (!strstr(screen, w[0]) != !strstr(screen, w[1]) && !says_more(screen))
            wrong(r, "a part of the list stands for the whole: %s", w[0]);
}

static void judge(Run *r)
{
    g_autofree char *screen = term_mem_text(r->d.term);
    gsize before = r->faults->len;
    if (g_strcmp0(screen, r->last) == 0)
        return;
    if (!text_is_safe(screen, (gssize)strlen(screen), TRUE))
        wrong(r, "a control character is on the screen");
    judge_absence(r, screen);
    judge_written(r, screen);
    judge_list(r, screen);
    if (r->show)
        printf("%s\n", screen);
    if (r->faults->len > before)
        g_string_append_printf(r->faults, "%s\n", screen);
    g_free(r->last);
    r->last = g_steal_pointer(&screen);
}

/* ---- what is done ---- */

static void wait(Run *r, int seconds)
{
    for (; seconds > 0; seconds -= STEADY_S) {
        drive_advance(&r->d, MIN(seconds, STEADY_S) * G_TIME_SPAN_SECOND);
        judge(r);
    }
}

static void keys(Run *r, const char *names)
{
    g_auto(GStrv) each = g_strsplit(names, " ", -1);
    for (char **k = each; *k; k++) {
        drive_keys(&r->d, *k, NULL);
        judge(r);
    }
}

static void perform(Run *r, const char *const *steps)
{
    for (; steps && *steps; steps++) {
        const char *what = **steps == '.' ? "" : *steps + 2;
        if (**steps == '!' && drive_shows(&r->d, what))
            while (steps[1] && **steps != '.')
                steps++;
        else if (strchr("!.", **steps))
            continue;
        else if (**steps == 'k')
            keys(r, what);
        else if (**steps == 't')
            drive_type(&r->d, what);
        else if (**steps == 'b')
            drive_feed(&r->d, what, strlen(what));
        else
            wait(r, (int)g_ascii_strtoll(what, NULL, 10));
        judge(r);
    }
}

/* While nobody answers a key still does. */
static void press_a_key(Run *r)
{
    drive_keys(&r->d, "<F1>", NULL);
    if (!drive_shows(&r->d, "Tangenter"))
        wrong(r, "a key is not answered");
    drive_keys(&r->d, "<Esc>", NULL);
}

/* The screen without the row of times on top, messages and hints; a minute more or less is no difference. */
static char *state_of(const Run *r)
{
    g_autofree char *screen = term_mem_text(r->d.term);
    g_autoptr(GRegex) minute = g_regex_new("08:\\d\\d", 0, 0, NULL);
    g_autofree char *masked = g_regex_replace_literal(minute, screen, -1, 0, "08:--", 0, NULL);
    g_auto(GStrv) rows = g_strsplit(masked, "\n", -1);
    GString *s = g_string_new(NULL);
    for (guint i = 1; rows[i] && i < (guint)r->d.rows - 2; i++)
        g_string_append_printf(s, "%s\n", rows[i]);
    return g_string_free(s, FALSE);
}

static gboolean begin(Run *r, const Tale *tale, const Cut *cut)
{
    g_autoptr(GError) error = NULL;
    *r = (Run){.tale = tale, .cut = cut, .faults = g_string_new(NULL)};
    g_autofree char *path = g_build_filename(g_getenv("ROND_REPLAY"), tale->file, NULL);
    Story *story = story_read(path, &error);
    if (story && tale->login) {
        drive_init(&r->d);
        signin_play(story);
        drive_start(&r->d, &error);
        r->replay = signin_replay();
    } else if (story && play_begin(&r->d, story, &error)) {
        r->replay = hospital_replay(screen_app_hospital(r->d.app));
    }
    if (error)
        wrong(r, "%s", error->message);
    return !error;
}

static void end(Run *r)
{
    drive_clear(&r->d);
    g_string_free(r->faults, TRUE);
    g_free(r->last);
}

/* From the first answer that is this story's own. */
static guint first_own(const Run *r)
{
    guint n;
    replay_answers(r->replay, &n);
    return r->tale->login ? 0 : n;
}

static void play(Run *r, const char *reference, char **ret_state)
{
    clock_t from = clock();
    if (r->cut)
        replay_fault(r->replay, &(ReplayFault){r->cut->kind, r->cut->index, r->cut->use, r->cut->at, r->cut->gone});
    perform(r, r->tale->go);
    press_a_key(r);
    wait(r, STEADY_S);
    if (r->cut && !replay_struck(r->replay))
        wrong(r, "that answer was never asked for: nothing went wrong");
    replay_answers(r->replay, &r->answers);
    replay_mend(r->replay);
    if (r->cut)
        wait(r, r->cut->gone || r->cut->kind != REPLAY_CUT ? OVER_S : STEADY_S);
    if (r->tale->again && !replay_asked(r->replay, "wrote"))
        perform(r, r->tale->again);
    perform(r, r->tale->look);
    *ret_state = state_of(r);
    if (reference && strcmp(reference, *ret_state) != 0)
        wrong(r, "not the state it was to come to:\n%s", *ret_state);
    if (r->tale->again && replay_asked(r->replay, "wrote") != 1)
        wrong(r, "written %u times", replay_asked(r->replay, "wrote"));
    if (*replay_faults(r->replay))
        wrong(r, "%s", replay_faults(r->replay));
    if (clock() - from > HANG_S * CLOCKS_PER_SEC)
        wrong(r, "it ran on and on");
}

/* ---- all that can go wrong ---- */

static void add_cuts(GArray *cuts, const ReplayAnswer *a)
{
    Cut c = {.index = a->index, .use = a->use, .named = a->rule->name != NULL};
    g_snprintf(c.what, sizeof c.what, "%s %.20s #%u", a->rule->method, a->rule->path_text, a->use + 1);
    for (c.at = 0; c.at < a->bytes; c.at++)
        g_array_append_val(cuts, c);
    c.gone = TRUE;
    for (c.at = 0; c.at < a->bytes; c.at += c.at + 1 < a->bytes ? MIN(GONE_EVERY, a->bytes - 1 - c.at) : 1)
        g_array_append_val(cuts, c);
}

static void add_others(GArray *cuts, const ReplayAnswer *a)
{
    Cut c = {.index = a->index, .use = a->use, .at = 7, .named = a->rule->name != NULL};
    g_snprintf(c.what, sizeof c.what, "%s %.20s #%u", a->rule->method, a->rule->path_text, a->use + 1);
    for (c.kind = REPLAY_CUT + 1; c.kind < REPLAY_KINDS; c.kind++)
        g_array_append_val(cuts, c);
}

/* A question in a batch has no answer of its own to go wrong: the batch has. */
static void add_answer(GArray *cuts, const ReplayAnswer *a, guint *answers)
{
    if (a->index == G_MAXUINT)
        return;
    add_cuts(cuts, a);
    add_others(cuts, a);
    ++*answers;
}

/* The story as it should be: its end, and every answer that can be cut until the fault would be over. */
static char *learn(const Tale *tale, GArray *cuts, guint *ret_answers)
{
    Run r;
    char *state = NULL;
    if (begin(&r, tale, NULL)) {
        guint from = first_own(&r), n;
        play(&r, NULL, &state);
        const ReplayAnswer *a = replay_answers(r.replay, &n);
        for (guint i = from; i < r.answers; i++)
            add_answer(cuts, &a[i], ret_answers);
    }
    if (r.faults->len) {
        printf("not ok %s without a fault\n%s", tale->name, r.faults->str);
        g_clear_pointer(&state, g_free);
    }
    end(&r);
    return state;
}

static gboolean try(const Tale *tale, const Cut *cut, const char *reference, gboolean show)
{
    Run r;
    g_autofree char *state = NULL;
    gboolean begun = begin(&r, tale, cut);
    r.show = show;
    if (begun)
        play(&r, reference, &state);
    gboolean good = r.faults->len == 0;
    if (!good || show)
        printf("%s %s: %s, %s, byte %u%s (--run %s:%u:%u:%u:%u:%d)\n%s", good ? "ok" : "not ok", tale->name, cut->what,
               kinds[cut->kind], (guint)cut->at, cut->gone ? ", then nobody" : "", tale->name, cut->index, cut->use, cut->kind,
               (guint)cut->at, cut->gone, r.faults->str);
    if (show)
        printf("%s\n%s", replay_log(r.replay), state);
    end(&r);
    return good;
}

static const Cut *by_chance(const GArray *cuts, GRand *rand, gboolean named)
{
    const Cut *c;
    do
        c = &g_array_index(cuts, Cut, (guint)g_rand_int_range(rand, 0, (gint32)cuts->len));
    while (named && !c->named);
    return c;
}

typedef struct {
    int sample, seed;
    char *only, *run;
} Wanted;

static gboolean read_run(const char *text, const Tale *tale, Cut *ret_cut)
{
    g_auto(GStrv) p = g_strsplit(text, ":", -1);
    if (g_strv_length(p) != 6 || !g_str_equal(p[0], tale->name))
        return FALSE;
    guint64 n[5];
    for (int i = 0; i < 5; i++)
        n[i] = g_ascii_strtoull(p[i + 1], NULL, 10);
    *ret_cut = (Cut){.index = (guint)n[0], .use = (guint)n[1], .kind = (ReplayFaultKind)n[2], .at = n[3], .gone = n[4] != 0};
    return TRUE;
}

static void play_tale(const Tale *tale, const Wanted *w, GRand *rand, guint *all, guint *good)
{
    g_autoptr(GArray) cuts = g_array_new(FALSE, TRUE, sizeof(Cut));
    guint answers = 0, done = 0, fine = 0;
    Cut one;
    g_autofree char *reference = learn(tale, cuts, &answers);
    gboolean chosen = w->run && read_run(w->run, tale, &one);
    if (!reference) {
        ++*all;
    } else if (chosen) {
        fine += try(tale, &one, reference, TRUE);
        done++;
    } else if (!w->run) {
        guint n = w->sample ? MIN((guint)w->sample, cuts->len) : cuts->len;
        for (guint i = 0; w->sample && i < cuts->len; i++) {
            const Cut *c = &g_array_index(cuts, Cut, i);
            if (!c->named || !c->gone || c->at > 0)
                continue;
            fine += try(tale, c, reference, FALSE);
            done++;
        }
        for (guint i = 0; i < n; i++, done++) {
            const Cut *c = w->sample ? by_chance(cuts, rand, i % 2) : &g_array_index(cuts, Cut, i);
            fine += try(tale, c, reference, FALSE);
        }
        printf("%s: %u of %u runs, out of %u ways in which one of %u answers goes wrong\n", tale->name, fine, done, cuts->len,
               answers);
        fflush(stdout);
    }
    *all += done;
    *good += fine;
}

int main(int argc, char **argv)
{
    Wanted w = {0};
    const GOptionEntry entries[] = {
        {"sample", 0, 0, G_OPTION_ARG_INT, &w.sample, "so many of each story, by chance", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &w.seed, "which", "N"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &w.only, "one story", "NAME"},
        {"run", 0, 0, G_OPTION_ARG_STRING, &w.run, "one run, as a failing one is told", "STORY:…"},
        {0}};
    g_autoptr(GOptionContext) options = g_option_context_new(NULL);
    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, NULL))
        return 2;
    drive_locale();
    const char *given = g_getenv("ROND_SEED");
    if (w.sample && !w.seed && given)
        w.seed = (int)g_ascii_strtoll(given, NULL, 10);
    else if (w.sample && !w.seed)
        w.seed = (int)g_random_int_range(1, G_MAXINT);
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)w.seed);
    guint all = 0, good = 0;
    if (w.sample)
        printf("seed %d\n", w.seed);
    for (const Tale *t = tales; t->name; t++)
        if (!w.only || g_str_equal(w.only, t->name))
            play_tale(t, &w, rand, &all, &good);
    printf("%u of %u runs right\n", good, all);
    g_free(w.only);
    g_free(w.run);
    return good == all && all ? 0 : 1;
}
