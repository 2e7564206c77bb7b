/* SPDX-License-Identifier: GPL-3.0-or-later
 * stray COUNT|all [PLACE…]
 *
 * In every view of the program (view_table) and every question over one: scans, pastes, and key sequences
 * in pieces. Each may be the one key it is, or the Esc that a lone first byte is; nothing else reaches
 * the runner of commands, the question or the command line, no view opens or closes, nothing is chosen,
 * and at the end nothing has been written to the core. Where there is a field the text arrives whole.
 * What does reach the runner is noted and not run, so that the place stays the same.
 * COUNT random ones in each place; "all": 1,000, and every sequence cut at each byte. ROND_SEED repeats
 * a run. */
#include "tests/screen/stray-make.h"
#include "tests/screen/stray-places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/datetime.h"
#include "tests/screen/drive.h"
#include "tests/screen/runner.h"
#include "ui/input.h"
#include "ui/prompt.h"
#include "ui/shell-internal.h"

#define ROWS 24
#define COLS 80
#define NOW "2026-11-10T08:01:00+01:00"
#define KEY_GAP_US (200 * G_TIME_SPAN_MILLISECOND)
#define AFTER_US (700 * G_TIME_SPAN_MILLISECOND)
#define PASTE_END_US (3100 * G_TIME_SPAN_MILLISECOND)
#define MANY 1000
#define STARS_MAX 19 /* the field of the PIN is 20 wide */

/* ---- at the doors: the linker puts these before the real ones (meson.build) ---- */

static struct {
    gboolean held;
    GString *told; /* "cmd back|" or "key <Esc>|" */
} door;

gboolean __real_command_run_text(App *app, const char *text, const CmdCause *cause);
gboolean __wrap_command_run_text(App *app, const char *text, const CmdCause *cause);
gboolean __real_modal_input(ModalStack *s, const char *utf8, gboolean paste);
gboolean __wrap_modal_input(ModalStack *s, const char *utf8, gboolean paste);
gboolean __real_prompt_input(const char *utf8, gboolean paste);
gboolean __wrap_prompt_input(const char *utf8, gboolean paste);

gboolean __wrap_command_run_text(App *app, const char *text, const CmdCause *cause)
{
    if (!door.held)
        return __real_command_run_text(app, text, cause);
    g_string_append_printf(door.told, "cmd %s|", text);
    return TRUE;
}

/* TRUE: a key, and noted. A letter in a field is text. */
static gboolean noted_key(const char *utf8, gboolean paste, gboolean field)
{
    if (!door.held || paste || (field && !(utf8[0] == '<' && utf8[1])) || strcmp(utf8, "<Space>") == 0)
        return FALSE;
    g_string_append_printf(door.told, "key %s|", utf8);
    return TRUE;
}

gboolean __wrap_modal_input(ModalStack *s, const char *utf8, gboolean paste)
{
    const ModalClass *top = modal_top(s);
    return (top && noted_key(utf8, paste, top->text)) || __real_modal_input(s, utf8, paste);
}

gboolean __wrap_prompt_input(const char *utf8, gboolean paste)
{
    return noted_key(utf8, paste, TRUE) || __real_prompt_input(utf8, paste);
}

/* ---- the program in its time ---- */

typedef struct {
    const StrayPlace *place;
    Term *term;
    ScreenApp *app;
    Shell *shell;
    GRand *rand;
} Visit;

static void advance(const Visit *v, gint64 us)
{
    clock_test_advance(us);
    screen_app_settle(v->app);
}

static void press(const char *bytes, gsize n, gpointer visit)
{
    const Visit *v = visit;
    if (n)
        screen_app_feed(v->app, bytes, n);
    advance(v, n ? KEY_GAP_US : G_TIME_SPAN_SECOND);
}

static gboolean visit_begin(Visit *v, const StrayPlace *place, GRand *rand, GError **error)
{
    g_autoptr(GHashTable) settings = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    FhirTime now;
    *v = (Visit){.place = place, .rand = rand};
    if (place->commission)
        g_hash_table_insert(settings, "commission", g_strdup(place->commission));
    else
        g_hash_table_insert(settings, "view", g_strndup(place->name, strcspn(place->name, "/")));
    fhir_time_parse(NOW, &now);
    clock_test_begin(now.instant);
    v->term = term_mem_new(ROWS, COLS, &(TermCaps){CHARSET_UTF8, FALSE, COLOUR_256});
    v->app = screen_app_new(v->term, settings, error);
    if (!v->app)
        return FALSE;
    v->shell = screen_app_shell(v->app);
    screen_app_settle(v->app);
    stray_way(place->keys, press, v);
    advance(v, G_TIME_SPAN_SECOND);
    return TRUE;
}

static void visit_end(Visit *v)
{
    if (v->app)
        screen_app_free(v->app);
    clock_test_end();
}

/* ---- what stands there ---- */

static char *cursor_line(const Visit *v)
{
    int row, col;
    term_mem_cursor(v->term, &row, &col);
    return row >= 0 ? term_mem_row(v->term, row) : g_strdup("");
}

/* Views, question, command line: what a command would open or close. */
static void append_stack(const Visit *v, GString *out)
{
    for (guint i = 0; i < v->shell->views->len; i++) {
        const View *view = v->shell->views->pdata[i];
        g_string_append_printf(out, "%s(%u) ", view->cls->name, view->id);
    }
    const ModalClass *m = modal_top(v->shell->modals);
    g_string_append_printf(out, "question %s, command line %d, ending %d", m ? m->context : "none", prompt_is_open(),
                           v->shell->ending);
}

static gboolean digit_to_hash(const GMatchInfo *match, GString *out, gpointer data)
{
    g_string_append_c(out, '#');
    return FALSE;
}

/* Where nothing is written, also what the screen shows; but times go on, and the last lines speak. */
static void append_screen(const Visit *v, GString *out)
{
    static GRegex *digits;
    if (!digits)
        digits = g_regex_new("[0-9]+", 0, 0, NULL);
    int row, col;
    term_mem_cursor(v->term, &row, &col);
    g_string_append_printf(out, "\ncursor %d,%d\n", row, col);
    for (row = 1; row < ROWS - 2; row++) {
        g_autofree char *line = term_mem_row(v->term, row);
        g_autofree char *masked = g_regex_replace_eval(digits, line, -1, 0, 0, digit_to_hash, NULL, NULL);
        g_string_append_printf(out, "%s\n", masked);
    }
}

/* Of @keys TRUE a key was pressed, which may have moved the cursor or changed a field. */
static char *fingerprint(const Visit *v, gboolean key)
{
    GString *out = g_string_new(NULL);
    append_stack(v, out);
    if (v->place->takes == TAKES_NOTHING && !key) {
        append_screen(v, out);
        g_autofree char *drafts = screen_app_drafts(v->app);
        g_string_append(out, drafts);
    }
    return g_string_free(out, FALSE);
}

/* ---- what one may mean ---- */

static char *door_says(const Visit *v, const char *key)
{
    const char *text = NULL;
    KeymapState keys = {0};
    if (prompt_is_open() || modal_top(v->shell->modals))
        return g_strdup_printf("key %s|", key);
    App *app = ((View *)v->shell->views->pdata[0])->app;
    KeymapAnswer answer = keymap_feed(app->keymap, &keys, shell_context(v->shell), key, &text);
    keymap_state_clear(&keys);
    if (answer != KEYMAP_MATCH)
        return g_strdup("");
    return g_strdup_printf("cmd %s|", text);
}

/* @esc and @whole: what Esc and the key meant when it came; a list over a text may have gone with it. */
static gboolean is_allowed(const Stray *s, const char *esc, const char *whole, const char *told)
{
    if (s->kind != STRAY_SEQUENCE)
        return strcmp(told, esc) == 0;
    g_autofree char *both = g_strconcat(esc, whole, NULL);
    if (!s->escape)
        return strcmp(told, whole) == 0;
    return strcmp(told, esc) == 0 || (s->twin && strcmp(told, both) == 0);
}

static guint stars(const char *line)
{
    guint n = 0;
    for (const char *p = line; *p; p++)
        n += *p == '*';
    return n;
}

/* In one line a line end is a blank, and at the end nothing. */
static gboolean text_is_whole(const Visit *v, const Stray *s)
{
    g_autofree char *line = cursor_line(v), *text = g_strdup(s->text);
    switch (v->place->takes) {
    case TAKES_LINE:
        g_strdelimit(g_strchomp(text), "\r\n\t", ' ');
        return strstr(line, text) != NULL;
    case TAKES_SECRET:
        text[strcspn(text, "\r\n")] = '\0';
        return stars(line) == MIN((guint)g_utf8_strlen(text, -1), STARS_MAX);
    case TAKES_TEXT: {
        g_autofree char *drafts = screen_app_drafts(v->app);
        return strstr(drafts, g_strchomp(text)) != NULL; /* a part of a note does not end in blanks */
    }
    default:
        return TRUE;
    }
}

/* ---- one after the other ---- */

static void clear(const Visit *v)
{
    if (v->place->clear)
        stray_way(v->place->clear, press, (gpointer)v);
}

static gboolean suffer(const Visit *v, const Stray *s)
{
    const char *p = s->bytes->str;
    g_autofree char *before = fingerprint(v, s->kind == STRAY_SEQUENCE);
    g_autofree char *esc = s->escape ? door_says(v, "<Esc>") : g_strdup("");
    g_autofree char *whole = s->kind == STRAY_SEQUENCE ? door_says(v, s->key) : NULL;
    g_string_truncate(door.told, 0);
    door.held = TRUE;
    for (guint i = 0; i < s->reads->len; i++) {
        const StrayRead *r = &g_array_index(s->reads, StrayRead, i);
        screen_app_feed(v->app, p, r->bytes);
        clock_test_advance(r->gap);
        p += r->bytes;
    }
    gboolean open = s->kind == STRAY_PASTE && !g_str_has_suffix(s->bytes->str, "\033[201~");
    advance(v, open ? PASTE_END_US : AFTER_US);
    door.held = FALSE;
    g_autofree char *after = fingerprint(v, s->kind == STRAY_SEQUENCE), *told = stray_told(s);
    gboolean good = TRUE;
    if (!is_allowed(s, esc, whole, door.told->str)) {
        fprintf(stderr, "%s: %s ran: %s\n", v->place->name, told, door.told->str);
        good = FALSE;
    }
    if (strcmp(before, after) != 0) {
        fprintf(stderr, "%s: %s changed\n%s\nto\n%s\n", v->place->name, told, before, after);
        good = FALSE;
    }
    if (s->kind != STRAY_SEQUENCE && !text_is_whole(v, s)) {
        g_autofree char *screen = term_mem_text(v->term);
        fprintf(stderr, "%s: the text of %s is not whole:\n%s\n", v->place->name, told, screen);
        good = FALSE;
    }
    clear(v);
    return good;
}

/* What the name says: VIEW, or VIEW/question or VIEW/line over it. */
static gboolean is_there(const Visit *v)
{
    const char *part = strchr(v->place->name, '/');
    const ModalClass *m = modal_top(v->shell->modals);
    g_autofree char *view = g_strndup(v->place->name, strcspn(v->place->name, "/"));
    gboolean good = strcmp(shell_top(v->shell)->cls->name, view) == 0 &&
                    (v->place->takes > TAKES_SCAN) == shell_text_mode(v->shell) &&
                    prompt_is_open() == (g_strcmp0(part, "/line") == 0) && (m != NULL) == (v->place->over != NULL) &&
                    (!m || strcmp(m->context, v->place->over) == 0);
    if (good)
        return TRUE;
    g_autoptr(GString) stack = g_string_new(NULL);
    g_autofree char *screen = term_mem_text(v->term);
    append_stack(v, stack);
    fprintf(stderr, "%s: the way leads to %s, where text is %s\n%s\n", v->place->name, stack->str,
            shell_text_mode(v->shell) ? "taken" : "not taken", screen);
    return FALSE;
}

static gboolean visit(const StrayPlace *place, GRand *rand, guint count, gboolean all)
{
    g_autoptr(GError) error = NULL;
    Visit v;
    gboolean good = visit_begin(&v, place, rand, &error);
    if (!good)
        fprintf(stderr, "%s: %s\n", place->name, error->message);
    good = good && is_there(&v);
    guint changed = good ? screen_app_changed(v.app) : 0, n = 0;
    clear(&v);
    for (; good && n < count; n++) {
        g_autoptr(Stray) s = stray_new(rand);
        good = suffer(&v, s);
    }
    for (guint i = 0; good && all && i < stray_cuts(); i++, n++) {
        g_autoptr(Stray) s = stray_cut(rand, i);
        good = suffer(&v, s);
    }
    if (good && screen_app_changed(v.app) != changed) {
        fprintf(stderr, "%s: the core holds something else than before\n", place->name);
        good = FALSE;
    }
    visit_end(&v);
    printf("%-24s %5u %s\n", place->name, n, good ? "ok" : "FAILED");
    fflush(stdout);
    return good;
}

/* A view without a place here is a view nobody tried. */
static gboolean every_view_has_a_place(void)
{
    gboolean good = TRUE;
    for (const ViewClass *const *v = view_table; *v; v++) {
        gboolean found = FALSE;
        for (const StrayPlace *p = stray_places; p->name; p++)
            found |= strcmp(p->name, (*v)->name) == 0;
        if (!found)
            fprintf(stderr, "no place in stray-places.c is the view %s\n", (*v)->name);
        good &= found;
    }
    return good;
}

int main(int argc, char **argv)
{
    drive_locale();
    gboolean all = argc > 1 && strcmp(argv[1], "all") == 0;
    guint count = all ? MANY : argc > 1 ? (guint)g_ascii_strtoull(argv[1], NULL, 10) : 0;
    const char *given = g_getenv("ROND_SEED");
    guint32 seed = given ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
    gboolean good = every_view_has_a_place();
    guint places = 0;
    printf("ROND_SEED=%u\n", seed);
    door.told = g_string_new(NULL);
    for (const StrayPlace *p = stray_places; p->name; p++) {
        if (argc > 2 && !g_strv_contains((const char *const *)argv + 2, p->name))
            continue;
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed + places++);
        good = visit(p, rand, count, all) && good;
    }
    printf("%u places, %u in each%s\n", places, count, all ? ", and every key sequence cut at each byte" : "");
    g_string_free(door.told, TRUE);
    return good ? 0 : 1;
}
