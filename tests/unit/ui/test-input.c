/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/input.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A decoder in a time of its own; what it tells is written down as "key <Up>|text abc|…". */
typedef struct {
    InputDecoder *decoder;
    gint64 now;
    GString *log;
    guint keys, queued, repeated;
} Sim;

static void on_event(const InputEvent *e, gpointer data)
{
    Sim *s = data;
    if (s->log->len)
        g_string_append_c(s->log, '|');
    if (e->kind == INPUT_KEY) {
        g_string_append_printf(s->log, "key %s", e->name);
        s->keys++;
        s->queued += e->queued;
        s->repeated += e->repeated;
    } else {
        g_string_append_printf(s->log, "text %s", e->text);
    }
}

static void sim_begin(Sim *s, Charset charset, gboolean text_mode)
{
    *s = (Sim){.now = G_TIME_SPAN_SECOND, .log = g_string_new(NULL)};
    s->decoder = input_decoder_new(charset, on_event, s);
    input_decoder_text_mode(s->decoder, text_mode);
}

static void sim_wait(Sim *s, gint64 us)
{
    gint64 until = s->now + us, due;
    while ((due = input_decoder_deadline(s->decoder)) != 0 && due <= until) {
        s->now = due;
        input_decoder_due(s->decoder, due);
    }
    s->now = until;
}

static void sim_read(Sim *s, const char *bytes, gsize n)
{
    input_decoder_feed(s->decoder, bytes, n, s->now);
}

static void sim_type(Sim *s, const char *bytes)
{
    sim_read(s, bytes, strlen(bytes));
    sim_wait(s, 700 * 1000);
}

static void sim_end(Sim *s)
{
    input_decoder_free(s->decoder);
    g_string_free(s->log, TRUE);
}

static void expect_log(Charset charset, gboolean text_mode, const char *bytes, const char *log)
{
    Sim s;
    sim_begin(&s, charset, text_mode);
    sim_type(&s, bytes);
    cr_expect_str_eq(s.log->str, log);
    sim_end(&s);
}

Test(input, keys)
{
    static const char *const rows[][2] = {
        {"n", "key n"},           {"å", "key å"},            {" ", "key <Space>"},
        {"\r", "key <Enter>"},    {"\t", "key <Tab>"},       {"\177", "key <BS>"},
        {"\022", "key <C-r>"},    {"\033", "key <Esc>"},     {"\033[A", "key <Up>"},
        {"\033OA", "key <Up>"},   {"\033OP", "key <F1>"},    {"\033[11~", "key <F1>"},
        {"\033[[A", "key <F1>"},  {"\033[24~", "key <F12>"}, {"\033[Z", "key <S-Tab>"},
        {"\033[1~", "key <Home>"}, {"\033[7~", "key <Home>"}, {"\033[6~", "key <PgDn>"},
        {"\033[1;5C", "key <C-Right>"}, {"\033[3;2~", "key <S-Del>"}, {"\033x", "key <M-x>"},
        {"\0331", "key <F1>"},    {"\0330", "key <F10>"},    {"\033[201~", ""},
        {"\033[?2026;2$y", ""},   {"\033]11;rgb:0000/0000/0000\033\\", ""},
        {"\033[M !!", ""},        {"\033[<0;10;10M", ""},    {"\xff\xfe", ""},
        {"\033å", "key <M-å>"},   {"\033Oj", "key *"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        expect_log(CHARSET_UTF8, FALSE, rows[i][0], rows[i][1]);
    expect_log(CHARSET_LATIN1, FALSE, "\xe5", "key å");
    expect_log(CHARSET_LATIN1, FALSE, "\x9b" "A", "key <Up>");
}

/* What a terminal keeps for itself (F1, F10, F11 are often taken) must be reachable on any keyboard. */
Test(input, every_function_key_has_its_twin)
{
    for (int n = 1; n <= 10; n++) {
        g_autofree char *bytes = g_strdup_printf("\033%d", n % 10), *log = g_strdup_printf("key <F%d>", n);
        expect_log(CHARSET_UTF8, FALSE, bytes, log);
        expect_log(CHARSET_UTF8, TRUE, bytes, log);
    }
}

Test(input, a_name_gives_its_bytes)
{
    static const char *const names[] = {"<F1>", "<F5>", "<Up>", "<C-r>", "<Enter>", "<BS>", "<S-Tab>",
                                        "<Esc>", "<PgDn>", "<C-Left>", "<S-F6>", "<Space>", "å", "<M-x>", "<M-PgDn>"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *bytes = input_key_bytes(names[i]);
        g_autofree char *log = g_strdup_printf("key %s", names[i]);
        expect_log(CHARSET_UTF8, FALSE, bytes, log);
    }
    cr_expect_null(input_key_bytes("<Nothing>"));
}

Test(input, a_lone_escape_acts_after_25_ms_and_not_before)
{
    Sim s;
    sim_begin(&s, CHARSET_UTF8, FALSE);
    sim_read(&s, "\033", 1);
    sim_wait(&s, 24 * 1000);
    cr_expect_str_eq(s.log->str, "");
    sim_wait(&s, 1000);
    cr_expect_str_eq(s.log->str, "key <Esc>");
    sim_end(&s);
}

Test(input, what_is_typed_after_escape_is_not_lost)
{
    Sim s;
    sim_begin(&s, CHARSET_UTF8, FALSE);
    sim_type(&s, "\033");
    sim_type(&s, "O");
    sim_type(&s, "k");
    cr_expect_str_eq(s.log->str, "key <Esc>|key O|key k");
    sim_end(&s);
}

/* A late "O" that nothing follows was typed, but too late to mean anything that must not be late. */
Test(input, late_keys_are_marked)
{
    Sim s;
    sim_begin(&s, CHARSET_UTF8, FALSE);
    sim_read(&s, "\033", 1);
    sim_wait(&s, 100 * 1000);
    sim_read(&s, "9", 1);
    sim_wait(&s, 100 * 1000);
    cr_expect_str_eq(s.log->str, "key <Esc>|key <F9>");
    cr_expect_eq(s.queued, 1);
    sim_end(&s);
}

/* Closing something with Esc and scanning at once must not cost the number its first digit. */
Test(input, a_burst_right_after_escape_is_whole)
{
    static const char *const scans[] = {"19120211-9192\r", "OBS prov 12\r", "[3] svar\r"};
    for (gsize i = 0; i < G_N_ELEMENTS(scans); i++) {
        for (int text_mode = 0; text_mode < 2; text_mode++) {
            Sim s;
            g_autofree char *scanned = g_strdelimit(g_strdup(scans[i]), "\r", '\n');
            g_autofree char *log = g_strdup_printf("key <Esc>|text %s", scanned);
            sim_begin(&s, CHARSET_UTF8, text_mode);
            sim_read(&s, "\033", 1);
            sim_wait(&s, 100 * 1000);
            sim_type(&s, scans[i]);
            cr_expect_str_eq(s.log->str, log);
            sim_end(&s);
        }
    }
}

/* Where Esc changes the mode of a text: the 0 typed behind it is a 0, and locks nothing. */
Test(input, a_digit_behind_escape_may_be_typed)
{
    Sim s;
    sim_begin(&s, CHARSET_UTF8, FALSE);
    input_decoder_esc_types(s.decoder, TRUE);
    sim_read(&s, "\033", 1);
    sim_wait(&s, 100 * 1000);
    sim_read(&s, "0", 1);
    sim_wait(&s, 100 * 1000);
    cr_expect_str_eq(s.log->str, "key <Esc>|key 0");
    sim_end(&s);
}

Test(input, repeats_and_queues_are_marked)
{
    Sim s;
    sim_begin(&s, CHARSET_UTF8, FALSE);
    for (int i = 0; i < 3; i++) {
        sim_read(&s, "\033[20~", 5);
        sim_wait(&s, 33 * 1000);
    }
    cr_expect_eq(s.repeated, 2);
    cr_expect_eq(s.queued, 0);
    sim_wait(&s, 500 * 1000);
    sim_read(&s, "\033[B\033[B\033[20~", 11);
    cr_expect_eq(s.queued, 3);
    sim_wait(&s, 500 * 1000);
    sim_read(&s, "\033[20~\033[20~", 10); /* piled up: the first of them has waited too */
    cr_expect_eq(s.queued, 5);
    sim_wait(&s, 500 * 1000);
    sim_read(&s, "\033[B", 3);
    sim_read(&s, "\033[20~", 5); /* and one that is read just after another */
    cr_expect_eq(s.queued, 6);
    sim_end(&s);
}

Test(input, a_burst_is_text)
{
    expect_log(CHARSET_UTF8, FALSE, "19120211-9192\r", "text 19120211-9192\n");
    expect_log(CHARSET_UTF8, FALSE, "xd", "text xd");
    expect_log(CHARSET_UTF8, FALSE, "ab\033[20~\001c", "text abc");
    expect_log(CHARSET_UTF8, FALSE, "x\033", "text x");
    expect_log(CHARSET_UTF8, TRUE, "ab\177c", "text ab|key <BS>|text c");
    expect_log(CHARSET_UTF8, FALSE, "\033[B\033[B", "key <Down>|key <Down>");
    expect_log(CHARSET_UTF8, TRUE, "a", "key a");
}

Test(input, text_mode_does_not_wait)
{
    Sim s;
    sim_begin(&s, CHARSET_UTF8, TRUE);
    sim_read(&s, "a", 1);
    cr_expect_str_eq(s.log->str, "key a");
    sim_wait(&s, 500);
    sim_read(&s, "b\r", 2);
    sim_wait(&s, 5000);
    cr_expect_str_eq(s.log->str, "key a|text b\n");
    sim_end(&s);
}

Test(input, a_paste_is_text_however_it_is_split)
{
    const char *bytes = "\033[200~rad ett\r\nd\033[20~x\tå\033[201~n";
    for (gsize cut = 1; cut < strlen(bytes); cut++) {
        for (gint64 gap = 0; gap <= 500; gap += 100) {
            Sim s;
            sim_begin(&s, CHARSET_UTF8, FALSE);
            sim_read(&s, bytes, cut);
            sim_wait(&s, gap * 1000);
            sim_read(&s, bytes + cut, strlen(bytes) - cut);
            sim_wait(&s, 700 * 1000);
            cr_expect(strstr(s.log->str, "text rad ett\nd[20~x\tå") != NULL, "cut %zu gap %d: %s", cut,
                      (int)gap, s.log->str);
            cr_expect(strstr(s.log->str, "key d") == NULL && strstr(s.log->str, "key <F") == NULL);
            sim_end(&s);
        }
    }
}

Test(input, a_paste_without_an_end_does_not_take_the_keyboard)
{
    Sim s;
    sim_begin(&s, CHARSET_UTF8, FALSE);
    sim_type(&s, "\033[200~abc");
    sim_wait(&s, 4 * G_TIME_SPAN_SECOND);
    sim_type(&s, "n");
    cr_expect_str_eq(s.log->str, "text abc|key n");
    sim_end(&s);
}

static guint random_seed(void)
{
    const char *given = getenv("ROND_SEED");
    guint seed = given ? (guint)g_ascii_strtoull(given, NULL, 10) : (guint)time(NULL);
    fprintf(stderr, "ROND_SEED=%u\n", seed);
    return seed;
}

static const char *const sequences[] = {
    "\033[A",   "\033OB",    "\033[5~",   "\033OP",       "\033[20~",      "\033[24;2~",
    "\033[1;5C", "\033[[C",  "\033[Z",    "\033[3$",      "\033[8^",       "\033[200~xyz\033[201~",
    "\033[?62;22c", "\033[12;40R", "\033[<0;3;4M", "\0339", "\033O5A",
};

/* Each sequence, cut anywhere, with gaps of 0–500 ms: it is its own key, or Esc and nothing more. */
Test(input, split_sequences_run_nothing)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(random_seed());
    for (int round = 0; round < 4000; round++) {
        const char *seq = sequences[round % G_N_ELEMENTS(sequences)];
        g_autoptr(GString) told = g_string_new(NULL);
        Sim whole, s;
        sim_begin(&whole, CHARSET_UTF8, round & 1);
        sim_type(&whole, seq);
        sim_begin(&s, CHARSET_UTF8, round & 1);
        for (const char *p = seq; *p; p++) {
            g_string_append_printf(told, " %02x", (guchar)*p);
            sim_read(&s, p, 1);
            gint64 gap = g_rand_boolean(rand) ? g_rand_int_range(rand, 0, 500001)
                                              : g_rand_int_range(rand, 0, 26000);
            if (p[1])
                g_string_append_printf(told, " +%d", (int)gap);
            sim_wait(&s, p[1] ? gap : 700 * 1000);
        }
        g_autofree char *after_escape = g_strdup_printf("key <Esc>|%s", whole.log->str);
        gboolean good = strcmp(s.log->str, whole.log->str) == 0 || strcmp(s.log->str, "key <Esc>") == 0;
        if (strcmp(seq, "\0339") == 0 || strstr(seq, "200~")) /* the twin and the paste still count */
            good = good || strcmp(s.log->str, after_escape) == 0;
        cr_assert(good, "%s: %s", told->str, s.log->str);
        sim_end(&whole);
        sim_end(&s);
    }
}

/* Scans and pastes without brackets, in reads of any size less than a millisecond apart. */
Test(input, bursts_run_nothing)
{
    static const char letters[] = "abcxdn 0123456789-\r\t:/?q";
    g_autoptr(GRand) rand = g_rand_new_with_seed(random_seed());
    for (int round = 0; round < 2000; round++) {
        Sim s;
        sim_begin(&s, CHARSET_UTF8, FALSE);
        int n = g_rand_int_range(rand, 2, 60);
        for (int i = 0; i < n;) {
            char chunk[16];
            int take = MIN(g_rand_int_range(rand, 1, 16), n - i);
            for (int k = 0; k < take; k++)
                chunk[k] = letters[g_rand_int_range(rand, 0, sizeof letters - 1)];
            sim_read(&s, chunk, (gsize)take);
            sim_wait(&s, g_rand_int_range(rand, 0, INPUT_BURST_US));
            i += take;
        }
        sim_wait(&s, 700 * 1000);
        cr_assert_eq(s.keys, 0, "%s", s.log->str);
        sim_end(&s);
    }
}

/* Noise must neither crash nor leave anything pending. */
Test(input, noise)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(random_seed());
    for (int round = 0; round < 2000; round++) {
        Sim s;
        sim_begin(&s, round & 1 ? CHARSET_UTF8 : CHARSET_LATIN1, round & 2);
        for (int i = 0; i < 40; i++) {
            char byte = (char)(g_rand_boolean(rand) ? g_rand_int_range(rand, 0, 256)
                                                    : "\033[O~;0123$M"[g_rand_int_range(rand, 0, 12)]);
            sim_read(&s, &byte, 1);
            if (g_rand_boolean(rand))
                sim_wait(&s, g_rand_int_range(rand, 0, 700000));
        }
        sim_wait(&s, 10 * G_TIME_SPAN_SECOND);
        cr_assert_eq(input_decoder_deadline(s.decoder), 0);
        sim_end(&s);
    }
}
