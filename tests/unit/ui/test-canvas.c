/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "ui/banner.h"
#include "ui/layout.h"
#include "ui/paint.h"
#include "ui/statusbar.h"
#include "ui/theme.h"
#include "ui/rows.h"

#include <string.h>

Test(canvas, hostile_text_is_made_safe)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    canvas_text(c, 0, 0, STYLE_NORMAL, "a\033]0;x\a\u202eb\xc2\x9b" "31m\xff");
    g_autofree char *is = row_text(c, 0);
    for (const char *p = is; *p; p = g_utf8_next_char(p)) {
        gunichar ch = g_utf8_get_char(p);
        cr_expect(ch >= 0x20 && !(ch >= 0x7f && ch < 0xa0) && ch != 0x202e, "U+%04X", ch);
    }
    cr_expect(g_str_has_prefix(is, "a"));
}

Test(canvas, clips_and_nests)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    canvas_push(c, (Rect){2, 10, 3, 5});
    canvas_text(c, 0, 0, STYLE_NORMAL, "abcdefgh");
    canvas_text(c, 0, -2, STYLE_NORMAL, "xy");
    canvas_push(c, (Rect){1, 3, 9, 9});
    canvas_text(c, 0, 0, STYLE_NORMAL, "åäö");
    canvas_text(c, 5, 0, STYLE_NORMAL, "below");
    canvas_pop(c);
    canvas_pop(c);
    expect_row(c, 2, "          abcde");
    expect_row(c, 3, "             åä");
    expect_row(c, 8, "");
}

Test(canvas, wide_characters_leave_no_halves)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    canvas_text(c, 0, 0, STYLE_NORMAL, "漢字");
    canvas_text(c, 0, 1, STYLE_NORMAL, "x");
    expect_row(c, 0, " x字");
    canvas_push(c, (Rect){1, 0, 1, 3});
    canvas_text(c, 0, 0, STYLE_NORMAL, "漢字");
    canvas_pop(c);
    expect_row(c, 1, "漢");
}

Test(canvas, cells_and_wraps)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    canvas_cell(c, 0, 0, 6, -1, STYLE_NORMAL, "Öberg, Sven");
    canvas_cell(c, 0, 7, 5, 1, STYLE_NORMAL, "78");
    expect_row(c, 0, "Öberg…    78");
    cr_expect_eq(canvas_wrap(c, 1, 0, 10, 5, STYLE_NORMAL, "ett två tre\nfyra"), 3);
    expect_row(c, 1, "ett två");
    expect_row(c, 2, "tre");
    expect_row(c, 3, "fyra");
}

Test(canvas, boxes_and_rules)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    canvas_box(c, (Rect){0, 0, 3, 12}, "Titel");
    expect_row(c, 0, "┌─ Titel ──┐");
    expect_row(c, 1, "│          │");
    expect_row(c, 2, "└──────────┘");
    canvas_push(c, (Rect){4, 0, 1, 14});
    canvas_rule(c, 0, "Problem");
    canvas_pop(c);
    expect_row(c, 4, "─ Problem ────");
}

/* ---- glyphs, themes ---- */

Test(term, limited_character_sets_keep_the_width)
{
    TermCaps latin1 = {CHARSET_LATIN1, TRUE, COLOUR_MONO}, ascii = {CHARSET_ASCII, TRUE, COLOUR_MONO};
    TermCaps lines = {CHARSET_UTF8, TRUE, COLOUR_256}, full = {CHARSET_UTF8, FALSE, COLOUR_256};
    static const struct {
        const char *text, *full, *lines, *latin1, *ascii;
    } rows[] = {
        {"å", "å", "å", "å", "a"}, {"│", "│", "|", "|", "|"}, {"▌", "▌", ">", ">", ">"},
        {"…", "…", "~", "~", "~"}, {"ł", "ł", "ł", "?", "?"}, {"É", "É", "É", "É", "E"},
        {"–", "–", "-", "-", "-"}, {"x", "x", "x", "x", "x"}, {"●", "●", "*", "*", "*"},
        {"ő", "ő", "ő", "o", "o"}, {"·", "·", ".", ".", "."}, {"“", "“", "\"", "\"", "\""}, {"⚕", "⚕", "?", "?", "?"},
        {"²", "²", "2", "2", "2"}, {"⁹", "⁹", "?", "?", "?"}, {"µ", "µ", "u", "u", "u"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        char is[CELL_BYTES];
        term_glyph(&full, rows[i].text, is);
        cr_expect_str_eq(is, rows[i].full);
        term_glyph(&lines, rows[i].text, is);
        cr_expect_str_eq(is, rows[i].lines);
        term_glyph(&latin1, rows[i].text, is);
        cr_expect_str_eq(is, rows[i].latin1);
        term_glyph(&ascii, rows[i].text, is);
        cr_expect_str_eq(is, rows[i].ascii);
    }
}

Test(theme, every_role_has_a_name_and_mono_has_no_colour)
{
    for (int role = 0; role < STYLE_ROLES; role++) {
        cr_expect_not_null(theme_role_name((Style)role));
        const Look *mono = theme_look((Style)role, COLOUR_MONO);
        cr_expect(mono->fg == -1 && mono->bg == -1, "%s", theme_role_name((Style)role));
        const Look *sixteen = theme_look((Style)role, COLOUR_16);
        cr_expect(sixteen->fg < 8 && sixteen->bg < 8);
    }
}

/* ---- frames ---- */

typedef struct {
    int frames, painted, mark;
    gint64 at;
} Scene;

static void on_paint(Canvas *c, guint dirty, gpointer data)
{
    Scene *s = data;
    s->frames++;
    canvas_clear(c);
    canvas_text(c, 0, 0, STYLE_NORMAL, "rad");
    canvas_gutter(c, s->mark);
}

static void on_painted(gint64 at, gpointer data)
{
    ((Scene *)data)->painted++;
    ((Scene *)data)->at = at;
}

static void turn(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

Test(paint, one_frame_a_turn_and_only_what_differs)
{
    Scene s = {.mark = 3};
    Term *term = term_mem_new(24, 80, NULL);
    g_autoptr(Paint) p = paint_new(term, on_paint, &s);
    paint_on_painted(p, on_painted, &s);
    for (int i = 0; i < 5; i++)
        paint_dirty(p, PAINT_BODY);
    turn();
    cr_expect_eq(s.frames, 1);
    cr_expect_eq(s.painted, 1);
    cr_expect_eq(term_mem_frames(term), 1);
    s.mark = 4;
    paint_dirty(p, PAINT_BODY);
    turn();
    cr_expect_eq(term_mem_changed(term), 2, "a row move changes two cells: %u", term_mem_changed(term));
    int row, col;
    term_mem_cursor(term, &row, &col);
    cr_expect_eq(row, 4);
    cr_expect_eq(paint_last(p), s.at);
    turn();
    cr_expect_eq(s.frames, 2, "nothing dirty, nothing painted");
    term_mem_set_size(term, 10, 40);
    cr_expect(term_resize(term));
    paint_resized(p);
    turn();
    g_autofree char *first = term_mem_row(term, 0);
    cr_expect_str_eq(first, "rad");
    paint_free(g_steal_pointer(&p));
    term_free(term);
}

/* ---- layout, banner, status ---- */

Test(layout, the_same_place_for_the_same_thing)
{
    Layout l = layout_make(24, 80, TRUE);
    cr_expect_not(l.too_small);
    cr_expect_eq(l.where.row, 0);
    cr_expect_eq(l.patient.row, 1);
    cr_expect_eq(l.body.row, 3);
    cr_expect_eq(l.body.rows, 19);
    cr_expect_eq(l.status.row, 22);
    cr_expect_eq(l.hint.row, 23);
    cr_expect(layout_make(23, 80, FALSE).too_small);
    cr_expect(layout_make(24, 79, FALSE).too_small);
    cr_expect_eq(layout_make(24, 80, FALSE).body.rows, 21);
}

/* Whatever the size: both halves are the body, and there is room to write in the one. */
Test(layout, two_halves_leave_room_to_write)
{
    for (int rows = 24; rows < 70; rows++)
        for (int cols = 80; cols < 240; cols++) {
            Layout l = layout_make(rows, cols, TRUE);
            layout_split(&l);
            gboolean below = cols < LAYOUT_COLUMNS;
            cr_assert_eq(l.main.rows * l.main.cols + l.beside.rows * l.beside.cols, l.body.rows * l.body.cols);
            cr_assert_eq(below ? l.main.row + l.main.rows : l.main.col + l.main.cols, below ? l.beside.row : l.beside.col);
            cr_assert_geq(l.main.rows, 9);
            cr_assert_geq(l.beside.rows, 9);
            cr_assert_geq(l.main.cols, 56);
            cr_assert_geq(l.beside.cols, 64);
        }
}

Test(banner, says_where_and_who)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    canvas_push(c, (Rect){0, 0, 1, 80});
    banner_where_paint(c, &(BannerWhere){.exercise = TRUE, .unit = "Medicin avd 3", .purpose = "Vård och behandling",
                                         .person = "Lind Eva", .role = "läkare", .core = CORE_ONLINE,
                                         .time = "07:42", .week = 47});
    canvas_pop(c);
    expect_row(c, 0, " EXERCISE  │ Medicin avd 3 · Vård och behandling  Lind Eva, läkare │ ● 07:42 w47");
}

/* As the chart says it: in words "+2 kinds", in brief "+2 k". */
static char *rest(const char *const *hidden, guint64 kills, gboolean brief)
{
    return g_strdup_printf("+%u %s%s", g_strv_length((char **)hidden), brief ? "k" : "kinds", kills & 1 ? " KILL" : "");
}

Test(banner, flags_that_do_not_fit_are_counted)
{
    static const char *const flags[] = {"[!Ö] penicillin LIVSHOTANDE", "[!V] ej HLR 19 nov",
                                        "eGFR 27 ej stabil (06:55)", "[!S] MRSA konstaterad 2024", NULL};
    g_autoptr(Canvas) c = canvas_new(24, 80);
    banner_patient_paint(c, &(BannerPatient){.name = "Öberg, Sven-Åke", .sex_age = "man, 78 år",
                                             .flags = flags, .rest = rest, .kills = 3});
    expect_row(c, 0, " Öberg, Sven-Åke  man, 78 år");
    expect_row(c, 1, " [!Ö] penicillin LIVSHOTANDE  [!V] ej HLR 19 nov  eGFR 27 ej stabil…  +1 kinds");
    cr_expect_eq(canvas_row(c, 1)[1].style, STYLE_ALERT);
}

/* Words about what is hidden never hide one more; and what can kill is said of what is hidden too. */
Test(banner, the_words_of_the_hidden_take_no_room_from_the_seen)
{
    static const char *const flags[] = {"[!Ö] aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "[!Ö] bbbbbbbbbbbbbbbbbbbbbbbb", "[!S] cc dddddddd", "[!T] e", NULL};
    g_autoptr(Canvas) c = canvas_new(24, 80);
    BannerPatient b = {.name = "Öberg", .flags = flags, .rest = rest, .kills = 1 << 2};
    banner_patient_paint(c, &b);
    expect_row(c, 1, " [!Ö] aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  [!Ö] bbbbbbbbbbbbbbbbbbbbbbbb  +2 k KILL");
    b.unknown = "NOT KNOWN: everything that there is to know of it";
    banner_patient_paint(c, &b);
    g_autofree char *is = row_text(c, 1);
    cr_expect(strstr(is, "[!Ö] aa") && strstr(is, "+3"), "%s", is);
}

Test(banner, a_long_name_never_hides_the_number)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    banner_patient_paint(c, &(BannerPatient){
        .name = "af Ugglas-Wachtmeister von Essen, Margareta Ulrika Lovisa Fredrika Vilhelmina",
        .number = "19480930-1551", .sex_age = "man, 78 år", .place = "12-1"});
    expect_row(c, 0, " af Ugglas-Wachtmeister von Essen, Margareta Ulrika …  19480930-1551  man, 78 år");
}

Test(statusbar, a_message_gives_way_to_the_receipt)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    g_autoptr(StatusBar) s = statusbar_new();
    statusbar_receipt(s, "Signerat 07:38");
    statusbar_set(s, STATUS_WARN, "Ingen patient vald");
    cr_expect_not(statusbar_key(s), "not before it was seen");
    statusbar_paint(s, c);
    expect_row(c, 0, " Ingen patient vald");
    cr_expect(statusbar_key(s));
    statusbar_paint(s, c);
    expect_row(c, 0, " Signerat 07:38");
}

/* Another view is looked at: what has been seen goes, and nothing that has not. */
Test(statusbar, a_receipt_goes_with_its_view_when_it_has_been_seen)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    g_autoptr(StatusBar) s = statusbar_new();
    clock_test_begin(0);
    statusbar_receipt(s, "Signerat 07:38");
    statusbar_set(s, STATUS_ERROR, "Inte bokat");
    clock_test_advance(5 * G_TIME_SPAN_SECOND);
    statusbar_leave(s);
    statusbar_paint(s, c);
    expect_row(c, 0, " Inte bokat");
    statusbar_leave(s);
    statusbar_paint(s, c);
    expect_row(c, 0, " Signerat 07:38");
    clock_test_advance(900 * G_TIME_SPAN_MILLISECOND);
    statusbar_leave(s);
    statusbar_paint(s, c);
    expect_row(c, 0, " Signerat 07:38");
    clock_test_advance(100 * G_TIME_SPAN_MILLISECOND);
    statusbar_leave(s);
    statusbar_paint(s, c);
    expect_row(c, 0, "");
    clock_test_end();
}

Test(statusbar, that_the_core_is_away_is_not_said_when_it_is_back)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    g_autoptr(StatusBar) s = statusbar_new();
    statusbar_set(s, STATUS_WARN, "Välj en rad först");
    cr_expect_not(statusbar_online(s));
    statusbar_set(s, STATUS_OFFLINE, "Kärnsystemet svarar inte");
    statusbar_paint(s, c);
    expect_row(c, 0, " Kärnsystemet svarar inte");
    cr_expect(statusbar_online(s));
    statusbar_paint(s, c);
    expect_row(c, 0, "");
}

/* A name as long as the screen must not push out who it is, nor may half a number stand there. */
Test(banner, who_it_is_stands_whole_beside_a_long_name)
{
    g_autofree char *name = g_strnfill(100, 'x');
    g_autoptr(Canvas) c = canvas_new(24, 80);
    BannerPatient b = {.name = name, .number = "19480930-1551", .sex_age = "man, 78 år"};
    banner_patient_paint(c, &b);
    g_autofree char *is = row_text(c, 0);
    cr_expect(strstr(is, "19480930-1551") && strstr(is, "man, 78 år"), "%s", is);
    cr_expect(g_str_has_prefix(is, " xxxx"), "%s", is);
}

Test(banner, a_part_with_a_number_stands_whole_or_not_at_all)
{
    g_autoptr(Canvas) c = canvas_new(24, 80);
    BannerPatient b = {.name = "Öberg, Sven-Åke", .number = "19480930-1551", .sex_age = "man, 78 år", .place = "12-1"};
    for (int n = 1; n < 40; n++) {
        g_autofree char *before = g_strnfill((gsize)n, 'y');
        g_autofree char *more = g_strconcat(before, "  vikt 84,25 kg", NULL);
        b.more = more;
        banner_patient_paint(c, &b);
        g_autofree char *is = row_text(c, 0);
        cr_expect(!strstr(is, "vik") || strstr(is, "vikt 84,25 kg"), "%d: %s", n, is);
    }
}

Test(banner, alerts_without_room_are_counted)
{
    static const char *const flags[] = {"[!Ö] penicillin LIVSHOTANDE", "[!V] ej HLR", "[!S] MRSA i näsa och sår",
                                        "[!T] antikoagulantia", "[!] epilepsi", "[!] diabetes", NULL};
    g_autoptr(Canvas) c = canvas_new(24, 80);
    BannerPatient b = {.name = "Öberg, Sven-Åke", .number = "19480930-1551", .flags = flags, .rest = rest, .kills = 1};
    banner_patient_paint(c, &b);
    g_autofree char *is = row_text(c, 1);
    guint seen = 0;
    for (int i = 0; flags[i]; i++) {
        g_autofree char *mark = g_strndup(flags[i], strcspn(flags[i], " ") + 4);
        seen += strstr(is, mark) != NULL;
    }
    g_autofree char *counted = g_strdup_printf("+%u k", (guint)g_strv_length((char **)flags) - seen);
    cr_expect(seen > 0 && seen < 6 && strstr(is, counted), "%u seen: %s", seen, is);
}
