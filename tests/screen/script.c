/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/screen/script.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/text.h"
#include "ui/input.h"
#include "tests/screen/hospital.h"
#include "ui/theme.h"

#include <gio/gio.h>

#include <stdio.h>
#include <string.h>

#define WAIT_S 5

typedef gboolean (*StepFn)(Run *r, const char *rest, GError **error);

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
    return FALSE;
}

/* ---- arguments ---- */

/* "text" with escapes; *ret_rest is what follows. */
static char *quoted(const char *rest, const char **ret_rest, GError **error)
{
    GString *out = g_string_new(NULL);
    const char *p = rest;
    if (*p++ == '"') {
        for (; *p && *p != '"'; p++) {
            if (*p == '\\' && p[1])
                g_string_append_c(out, *++p == 'n' ? '\n' : *p == 'e' ? '\033' : *p == 't' ? '\t' : *p);
            else
                g_string_append_c(out, *p);
        }
        if (*p == '"') {
            *ret_rest = p + 1 + strspn(p + 1, " ");
            return g_string_free(out, FALSE);
        }
    }
    g_string_free(out, TRUE);
    fail(error, "needs a text in \"quotes\": %s", rest);
    return NULL;
}

static gint64 microseconds(const char *text)
{
    char *unit = NULL;
    gint64 n = g_ascii_strtoll(text, &unit, 10);
    return strcmp(unit, "ms") == 0   ? n * G_TIME_SPAN_MILLISECOND
           : strcmp(unit, "s") == 0   ? n * G_TIME_SPAN_SECOND
           : strcmp(unit, "min") == 0 ? n * G_TIME_SPAN_MINUTE
           : strcmp(unit, "h") == 0   ? n * G_TIME_SPAN_HOUR
                                      : -1;
}

/* ---- steps ---- */

gboolean run_size(Run *r, const char *rest, GError **error)
{
    if (strcmp(rest, "mono") == 0)
        r->d.caps.colours = COLOUR_MONO;
    else if (strcmp(rest, "ascii") == 0)
        r->d.caps.ascii_lines = TRUE;
    else if (strcmp(rest, "latin1") == 0)
        r->d.caps = (TermCaps){CHARSET_LATIN1, TRUE, r->d.caps.colours};
    else if (sscanf(rest, "%dx%d", &r->d.cols, &r->d.rows) != 2)
        return fail(error, "size is COLSxROWS, mono, ascii or latin1");
    return TRUE;
}

static gboolean step_clock(Run *r, const char *rest, GError **error)
{
    FhirTime t;
    if (!fhir_time_parse(rest, &t))
        return fail(error, "no such time: %s", rest);
    r->d.clock = t.instant;
    return TRUE;
}

static gboolean step_set(Run *r, const char *rest, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(rest, " ", 2);
    if (g_strv_length(parts) != 2)
        return fail(error, "set NAME VALUE");
    g_hash_table_replace(r->d.settings, g_strdup(parts[0]), g_strdup(parts[1]));
    return TRUE;
}

static gboolean step_keys(Run *r, const char *rest, GError **error)
{
    return drive_keys(&r->d, rest, error);
}

static gboolean step_type(Run *r, const char *rest, GError **error)
{
    g_autofree char *text = quoted(rest, &rest, error);
    if (text)
        drive_type(&r->d, text);
    return text != NULL;
}

static gboolean step_burst(Run *r, const char *rest, GError **error)
{
    g_autofree char *text = quoted(rest, &rest, error);
    if (text)
        drive_feed(&r->d, text, strlen(text));
    return text != NULL;
}

static gboolean step_paste(Run *r, const char *rest, GError **error)
{
    g_autofree char *text = quoted(rest, &rest, error);
    g_autofree char *bytes = g_strdup_printf("\033[200~%s\033[201~", text ? text : "");
    if (text)
        drive_feed(&r->d, bytes, strlen(bytes));
    return text != NULL;
}

static gboolean wait_for(Run *r, const char *rest, gboolean there, GError **error)
{
    g_autofree char *text = quoted(rest, &rest, error);
    if (!text)
        return FALSE;
    gint64 limit = *rest ? microseconds(rest) : WAIT_S * G_TIME_SPAN_SECOND;
    return drive_wait(&r->d, text, there, limit) ||
           fail(error, there ? "never came: %s" : "never went: %s", text);
}

static gboolean step_wait(Run *r, const char *rest, GError **error)
{
    return wait_for(r, rest, TRUE, error);
}

static gboolean step_gone(Run *r, const char *rest, GError **error)
{
    return wait_for(r, rest, FALSE, error);
}

static gboolean step_advance(Run *r, const char *rest, GError **error)
{
    gint64 us = microseconds(rest);
    if (us < 0)
        return fail(error, "advance 200ms, 61s, 5min or 2h");
    drive_advance(&r->d, us);
    return TRUE;
}

static gboolean step_jump(Run *r, const char *rest, GError **error)
{
    gint64 us = microseconds(rest);
    if (us < 0)
        return fail(error, "jump 1439min or 25h");
    clock_test_jump(us);
    drive_settle(&r->d);
    return TRUE;
}

static gboolean step_core(Run *r, const char *rest, GError **error)
{
    if (strcmp(rest, "stop") != 0)
        return fail(error, "core stop");
    screen_app_stop_core(r->d.app);
    return TRUE;
}

static gboolean step_card(Run *r, const char *rest, GError **error)
{
    static const char *const kinds[] = {"present", "gone", "swapped", "gone-at-login", NULL};
    if (!g_strv_contains(kinds, rest))
        return fail(error, "card present, gone, swapped or gone-at-login");
    screen_app_card(r->d.app, rest);
    drive_settle(&r->d);
    return TRUE;
}

static gboolean step_resize(Run *r, const char *rest, GError **error)
{
    if (sscanf(rest, "%dx%d", &r->d.cols, &r->d.rows) != 2)
        return fail(error, "resize COLSxROWS");
    term_mem_set_size(r->d.term, r->d.rows, r->d.cols);
    screen_app_resized(r->d.app);
    drive_settle(&r->d);
    return TRUE;
}

static gboolean step_expect(Run *r, const char *rest, GError **error)
{
    g_autofree char *text = quoted(rest, &rest, error);
    return text && (drive_shows(&r->d, text) || fail(error, "not on the screen: %s", text));
}

static gboolean step_expect_not(Run *r, const char *rest, GError **error)
{
    g_autofree char *text = quoted(rest, &rest, error);
    return text && (!drive_shows(&r->d, text) || fail(error, "on the screen: %s", text));
}

static gboolean step_cursor(Run *r, const char *rest, GError **error)
{
    int row, col;
    g_autofree char *text = quoted(rest, &rest, error);
    if (!text)
        return FALSE;
    term_mem_cursor(r->d.term, &row, &col);
    g_autofree char *line = row >= 0 ? term_mem_row(r->d.term, row) : g_strdup("");
    return strstr(line, text) || fail(error, "the cursor is at %d,%d: %s", row + 1, col + 1, line);
}

static gboolean step_style(Run *r, const char *rest, GError **error)
{
    g_autofree char *text = quoted(rest, &rest, error);
    if (!text)
        return FALSE;
    for (int row = 0; row < r->d.rows; row++) {
        g_autofree char *line = term_mem_row(r->d.term, row);
        const char *hit = strstr(line, text);
        if (!hit)
            continue;
        const char *role = theme_role_name(term_mem_style(r->d.term, row, text_width(line, hit - line)));
        return strcmp(role, rest) == 0 || fail(error, "%s is painted as %s", text, role);
    }
    return fail(error, "not on the screen: %s", text);
}

static gboolean step_mask(Run *r, const char *rest, GError **error)
{
    g_autofree char *text = quoted(rest, &rest, error);
    GRegex *regex = text ? g_regex_new(text, G_REGEX_MULTILINE, 0, error) : NULL;
    if (regex)
        g_ptr_array_add(r->masks, regex);
    return regex != NULL;
}

static gboolean dots(const GMatchInfo *match, GString *out, gpointer unused)
{
    g_autofree char *hit = g_match_info_fetch(match, 0);
    for (glong n = g_utf8_strlen(hit, -1); n > 0; n--)
        g_string_append(out, "·");
    return FALSE;
}

static char *masked(const Run *r, const char *text, GError **error)
{
    char *out = g_strdup(text);
    for (guint i = 0; out && i < r->masks->len; i++) {
        g_autofree char *before = out;
        out = g_regex_replace_eval(r->masks->pdata[i], before, -1, 0, 0, dots, NULL, error);
    }
    return out;
}

/* What --ascii may leave on the terminal beside ASCII: letters, which are the record's text. */
static gboolean only_letters(const char *screen, GError **error)
{
    for (const char *p = screen; *p; p = g_utf8_next_char(p)) {
        gunichar ch = g_utf8_get_char(p);
        if (ch > 126 && !g_unichar_isalpha(ch))
            return fail(error, "U+%04X is neither ASCII nor a letter", ch);
    }
    return TRUE;
}

static gboolean step_without(Run *r, const char *rest, GError **error)
{
    r->no_hints = strcmp(rest, "hints") == 0;
    return r->no_hints || fail(error, "without hints");
}

static gboolean step_screen(Run *r, const char *rest, GError **error)
{
    int row, col;
    g_autofree char *painted = term_mem_text(r->d.term);
    if (r->only_ascii && !only_letters(painted, error))
        return FALSE;
    term_mem_cursor(r->d.term, &row, &col);
    gsize n = strlen(painted);
    char *last = r->no_hints && n > 1 ? g_strrstr_len(painted, (gssize)n - 1, "\n") : NULL;
    if (last)
        last[1] = '\0';
    g_autofree char *screen = masked(r, painted, error);
    if (!screen)
        return FALSE;
    g_string_append_printf(r->noted, "== %s (%dx%d, cursor %d,%d)\n%s", *rest ? rest : "end", r->d.cols,
                           r->d.rows, row + 1, col + 1, screen);
    r->n_noted++;
    return TRUE;
}

static Replay *replayed(const Run *r, GError **error)
{
    Replay *replay = hospital_replay(screen_app_hospital(r->d.app));
    if (!replay)
        fail(error, "the core is no replayed story");
    return replay;
}

static gboolean step_asked(Run *r, const char *rest, GError **error)
{
    g_autofree char *glob = quoted(rest, &rest, error);
    Replay *replay = glob ? replayed(r, error) : NULL;
    if (!replay)
        return FALSE;
    g_auto(GStrv) lines = g_strsplit(replay_log(replay), "\n", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    for (char **line = lines; *line; line++)
        if (g_pattern_match_simple(glob, *line))
            g_string_append_printf(out, "%s\n", *line);
    g_autofree char *shown = masked(r, out->str, error);
    if (shown)
        g_string_append_printf(r->noted, "-- asked %s\n%s", glob, shown);
    r->n_noted++;
    return shown != NULL;
}

static gboolean step_played(Run *r, const char *rest, GError **error)
{
    Replay *replay = replayed(r, error);
    g_autofree char *verdict = replay ? replay_verdict(replay) : NULL;
    return verdict && (*verdict == '\0' || fail(error, "%s", verdict));
}

static const struct {
    const char *name;
    StepFn run;    gboolean before; /* does not start the program */
} steps[] = {
    {"size", run_size, TRUE},        {"clock", step_clock, TRUE},   {"set", step_set, TRUE},
    {"mask", step_mask, TRUE},        {"without", step_without, TRUE},
    {"keys", step_keys, FALSE},    {"type", step_type, FALSE},
    {"burst", step_burst, FALSE},     {"paste", step_paste, FALSE},  {"wait", step_wait, FALSE},
    {"gone", step_gone, FALSE},       {"advance", step_advance, FALSE}, {"resize", step_resize, FALSE},
    {"jump", step_jump, FALSE},       {"card", step_card, FALSE},
    {"core", step_core, FALSE},       {"expect", step_expect, FALSE},   {"expect-not", step_expect_not, FALSE},
    {"cursor", step_cursor, FALSE},   {"style", step_style, FALSE},  {"screen", step_screen, FALSE},
    {"asked", step_asked, FALSE},    {"played", step_played, FALSE},
};

gboolean run_line(Run *r, char *line, GError **error)
{
    g_strstrip(line);
    if (*line == '\0' || *line == '#')
        return TRUE;
    char *rest = line + strcspn(line, " ");
    if (*rest)
        *rest++ = '\0';
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
        if (strcmp(steps[i].name, line) == 0)
            return (steps[i].before || drive_start(&r->d, error)) && steps[i].run(r, g_strchug(rest), error);
    return fail(error, "no such step: %s", line);
}

void run_begin(Run *r, gboolean only_ascii)
{
    *r = (Run){.only_ascii = only_ascii};
    drive_init(&r->d);
    r->d.caps.ascii_lines = only_ascii;
    r->noted = g_string_new(NULL);
    r->masks = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
}

void run_clear(Run *r)
{
    drive_clear(&r->d);
    g_string_free(r->noted, TRUE);
    g_ptr_array_unref(r->masks);
}

gboolean run_last(Run *r, GError **error)
{
    return r->n_noted || (drive_start(&r->d, error) && step_screen(r, "", error));
}
