/* SPDX-License-Identifier: GPL-3.0-or-later
 * The session's end of the spelling against a helper that is played here: which words are asked about, what is
 * remembered, and what becomes of a helper that dies, is silent, does not read or says what no helper says. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/speller.h"
#include "app/spellword.h"
#include "base/clock.h"
#include "base/event.h"
#include "spell/protocol.h"

typedef struct {
    Speller *s;
    int far;          /* the helper's end; -1 */
    guint started, said, events;
    char *last;       /* what was said */
    guint listener;
} Desk;

static void start(gpointer data)
{
    ((Desk *)data)->started++;
}

static void say(const char *sentence, gpointer data)
{
    Desk *d = data;
    d->said++;
    g_free(d->last);
    d->last = g_strdup(sentence);
}

static void on_event(const Event *ev, gpointer data)
{
    ((Desk *)data)->events++;
}

static void desk_begin(Desk *d)
{
    *d = (Desk){.far = -1};
    clock_test_begin(1700000000 * G_TIME_SPAN_SECOND);
    d->s = speller_new(&(SpellerHooks){start, say, d});
    d->listener = event_listen(EVENT_SPELLING, on_event, d);
}

static void desk_end(Desk *d)
{
    event_unlisten(d->listener);
    speller_free(d->s);
    if (d->far >= 0)
        close(d->far);
    g_free(d->last);
    clock_test_end();
}

static void settle(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void advance(gint64 ms)
{
    clock_test_advance(ms * 1000);
    settle();
}

static void connect_helper(Desk *d)
{
    int ends[2];
    if (d->far >= 0)
        close(d->far);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    d->far = ends[1];
    speller_attach(d->s, ends[0]);
}

static void tell(Desk *d, const struct spell_message *m)
{
    cr_assert_eq(send(d->far, m, sizeof *m, MSG_NOSIGNAL), (gssize)sizeof *m);
    settle();
}

static void hello(Desk *d, guint dictionaries, const char *missing)
{
    struct spell_message m = {.op = SPELL_HELLO, .count = (uint16_t)dictionaries};
    g_strlcpy(m.word[0], missing ? missing : "", sizeof m.word[0]);
    connect_helper(d);
    tell(d, &m);
}

/* The next question, or FALSE. */
static gboolean asked(Desk *d, struct spell_message *ret)
{
    return recv(d->far, ret, sizeof *ret, MSG_DONTWAIT) == (gssize)sizeof *ret;
}

/* Answers a check: wrong is what begins with x. */
static void answer(Desk *d, struct spell_message *m)
{
    m->wrong = 0;
    for (guint i = 0; i < m->count; i++)
        m->wrong |= (guint64)(m->word[i][0] == 'x') << i;
    tell(d, m);
}

static void want(Desk *d, const char *word)
{
    speller_want(d->s, word);
}

/* ---- words ---- */

static char *words_in(const char *text)
{
    GString *out = g_string_new(NULL);
    gsize at = 0, to = 0, len = strlen(text);
    for (; spellword_next(text, len, &at, &to); at = to) {
        g_autofree char *word = spellword_asked(text, len, at, to);
        g_string_append_printf(out, "%s|", word);
    }
    return g_string_free(out, FALSE);
}

static void expect_words(const char *text, const char *words)
{
    g_autofree char *got = words_in(text);
    cr_expect_str_eq(got, words, "%s: %s", text, got);
}

Test(speller, what_is_judged)
{
    expect_words("Buken mjuk, oöm. Inga resistenser", "Buken|mjuk|oöm.|Inga|resistenser|");
    expect_words("SpO2 92%, LVEF 35, HbA1c 48 mmol/mol, EKG:t u.a.", "mmol|mol|u.a.|");
    expect_words("ring 19480930-1551 eller 72-årig", "ring|eller|");
    expect_words(".status och .bt", "och|");
    expect_words("[[AT: fritt ord|gott]] sover", "sover|");
    expect_words("anna@sjukhus.example https://x.example/a_b mejl", "mejl|");
    expect_words("a op dx", "");
    expect_words("hjärt-lungräddning vid behov", "hjärt-lungräddning|vid|behov|");
    expect_words("träffar Malmqvist, Öberg. Lindgren kommer", "träffar|Lindgren|kommer|");
    expect_words("Resp. besvär", "Resp.|besvär|");
    expect_words("BT 104/62 (2026-11-10 07:10) Yrsle kommer", "Yrsle|kommer|"); /* behind a phrase */
    expect_words("syster (Anna) Malmqvist", "syster|");
    expect_words("na\xcc\x88r", "na\xcc\x88r|");
    g_autofree char *long_word = g_strnfill(SPELL_WORD_BYTES - 1, 'a');
    expect_words(long_word, "");
    expect_words(" \n\t…—", "");
}

Test(speller, every_text_is_gone_through)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(41);
    static const char *const bits[] = {"a", "Å", "ö", ".", "[[", "]]", " ", "\n", "-", "1", "@", "_", "://", "\xcc\x88", "…", "ord"};
    for (guint run = 0; run < 20000; run++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (gint n = g_rand_int_range(rand, 0, 12); n > 0; n--)
            g_string_append(text, bits[g_rand_int_range(rand, 0, G_N_ELEMENTS(bits))]);
        gsize at = 0, to = 0, before = 0;
        for (; spellword_next(text->str, text->len, &at, &to); at = before = to)
            cr_assert(at >= before && to > at && to <= text->len && g_utf8_validate(text->str + at, (gssize)(to - at), NULL), "%s",
                      text->str);
    }
}

/* ---- asking ---- */

Test(speller, asks_when_typing_rests_and_remembers)
{
    Desk d;
    struct spell_message m;
    desk_begin(&d);
    want(&d, "rätt");
    advance(200);
    want(&d, "xfel");
    advance(200);
    cr_expect_eq(d.started, 0, "asked while somebody types");
    advance(150);
    cr_expect_eq(d.started, 1);
    hello(&d, 2, NULL);
    cr_assert(asked(&d, &m));
    cr_expect_eq(m.count, 2);
    cr_expect_eq(speller_verdict(d.s, "xfel"), SPELL_UNKNOWN);
    answer(&d, &m);
    cr_expect_eq(speller_verdict(d.s, "xfel"), SPELL_WRONG);
    cr_expect_eq(speller_verdict(d.s, "rätt"), SPELL_RIGHT);
    cr_expect_gt(d.events, 0);
    desk_end(&d);
}

Test(speller, learned_words_are_right_also_with_the_next_helper)
{
    Desk d;
    struct spell_message m;
    const char *const words[] = {"xeget", NULL};
    desk_begin(&d);
    speller_learn(d.s, words);
    want(&d, "xeget");
    advance(400);
    for (guint i = 0; i < 2; i++) {
        hello(&d, 1, NULL);
        cr_assert(asked(&d, &m));
        cr_expect_eq(m.op, SPELL_ADD);
        cr_expect_str_eq(m.word[0], "xeget");
        close(d.far);
        d.far = -1;
        settle();
        want(&d, "xeget");
        advance(400);
    }
    desk_end(&d);
}

static guint64 told_others;

static void on_suggested(const char *const *suggestions, guint64 others, gpointer data)
{
    char **all = data;
    told_others = others;
    g_free(*all);
    *all = suggestions ? g_strjoinv("|", (char **)suggestions) : g_strdup("nobody");
}

Test(speller, suggestions_are_made_safe)
{
    Desk d;
    struct spell_message m;
    g_autofree char *got = NULL;
    desk_begin(&d);
    speller_suggest(d.s, NULL, "xfel", on_suggested, &got);
    hello(&d, 1, NULL);
    cr_assert(asked(&d, &m));
    cr_expect_eq(m.op, SPELL_SUGGEST);
    m.count = 60000;
    memset(m.word[0], 'a', SPELL_WORD_BYTES); /* no end */
    g_strlcpy(m.word[1], "r\xc3", SPELL_WORD_BYTES);
    g_strlcpy(m.word[2], "\033[2J", SPELL_WORD_BYTES);
    g_strlcpy(m.word[3], "fel\nrad", SPELL_WORD_BYTES);
    g_strlcpy(m.word[4], "", SPELL_WORD_BYTES);
    g_strlcpy(m.word[5], "fel", SPELL_WORD_BYTES);
    for (guint i = 6; i < SPELL_BATCH; i++)
        g_snprintf(m.word[i], SPELL_WORD_BYTES, "ord%u", i);
    m.wrong = 1 << 1 | 1 << 7 | 1 << 8;
    tell(&d, &m);
    cr_expect_str_eq(got, "fel|ord6|ord7|ord8", "%s", got);
    cr_expect_eq(told_others, 1 << 2 | 1 << 3); /* of another language, where what is not safe has gone */
    desk_end(&d);
}

Test(speller, nobody_hears_an_answer_when_the_scope_has_closed)
{
    Desk d;
    struct spell_message m;
    char *got = NULL;
    Scope *scope = scope_new();
    desk_begin(&d);
    speller_suggest(d.s, scope, "xfel", on_suggested, &got);
    hello(&d, 1, NULL);
    cr_assert(asked(&d, &m));
    scope_close(scope);
    tell(&d, &m);
    cr_expect_null(got);
    desk_end(&d);
}

/* ---- helpers that fail ---- */

Test(speller, a_silent_helper_is_replaced_and_then_given_up_once)
{
    Desk d;
    struct spell_message m;
    desk_begin(&d);
    for (guint i = 0; i < 3; i++) {
        want(&d, "ord");
        advance(400);
        cr_expect_eq(d.started, i + 1);
        hello(&d, 1, NULL);
        cr_assert(asked(&d, &m));
        cr_expect_eq(d.said, 0);
        advance(3100);
    }
    cr_expect(speller_is_off(d.s));
    cr_expect_eq(d.said, 1);
    want(&d, "ord");
    advance(60000);
    cr_expect_eq(d.started, 3);
    cr_expect_eq(d.said, 1);
    cr_expect_eq(speller_verdict(d.s, "ord"), SPELL_UNKNOWN);
    desk_end(&d);
}

Test(speller, a_helper_that_never_comes)
{
    Desk d;
    g_autofree char *got = NULL;
    desk_begin(&d);
    for (guint i = 0; i < 3; i++) {
        speller_suggest(d.s, NULL, "ord", on_suggested, &got);
        advance(20100);
        cr_expect_str_eq(got, "nobody");
    }
    cr_expect_eq(d.said, 1);
    desk_end(&d);
}

/* The socket is full: a key would wait for ever if the sending did. */
Test(speller, a_helper_that_does_not_read_delays_no_key, .timeout = 20)
{
    Desk d;
    char part[4096] = "";
    int ends[2];
    desk_begin(&d);
    want(&d, "ord");
    advance(400);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    while (send(ends[0], part, sizeof part, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
        ;
    d.far = ends[1];
    speller_attach(d.s, ends[0]);
    tell(&d, &(struct spell_message){.op = SPELL_HELLO, .count = 1});
    for (guint i = 0; i < 50000; i++) { /* a long note, typed without a rest and with */
        g_autofree char *word = g_strdup_printf("ord%u", i);
        want(&d, word);
        speller_verdict(d.s, word);
        if (i % 1000 == 0)
            advance(400);
    }
    cr_expect(!speller_is_off(d.s) || d.said == 1);
    desk_end(&d);
}

static void expect_lost(Desk *d, const char *why)
{
    struct spell_message m;
    guint was = d->started;
    cr_expect_eq(recv(d->far, &m, sizeof m, MSG_DONTWAIT), 0, "%s", why);
    want(d, "ord");
    advance(400);
    cr_expect_eq(d->started, was + 1, "%s", why);
}

Test(speller, what_no_helper_says_ends_it)
{
    for (guint i = 0; i < 6; i++) {
        Desk d;
        struct spell_message m;
        desk_begin(&d);
        want(&d, "ord");
        advance(400);
        hello(&d, 1, NULL);
        cr_assert(asked(&d, &m));
        switch (i) {
        case 0: m.id++; break;                /* another question's answer */
        case 1: m.op = SPELL_SUGGEST; break;
        case 2: m.op = 77; break;
        case 3: m.op = SPELL_HELLO; break;    /* twice */
        default: break;
        }
        if (i < 4)
            tell(&d, &m);
        else
            cr_assert(send(d.far, &m, i == 4 ? 1 : sizeof m - 1, 0) > 0);
        settle();
        expect_lost(&d, "not lost");
        cr_expect_eq(d.said, 0);
        desk_end(&d);
    }
}

Test(speller, no_dictionary_is_said_once)
{
    Desk d;
    desk_begin(&d);
    want(&d, "ord");
    advance(400);
    hello(&d, 0, "sv_SE");
    cr_expect(speller_is_off(d.s));
    cr_expect_eq(d.said, 1);
    want(&d, "ord");
    advance(5000);
    cr_expect_eq(d.started, 1);
    desk_end(&d);
}

Test(speller, a_dictionary_that_lacks_is_named)
{
    Desk d;
    desk_begin(&d);
    want(&d, "ord");
    advance(400);
    hello(&d, 1, "en_GB");
    cr_expect_eq(d.said, 1);
    cr_expect_not_null(strstr(d.last, "en_GB"));
    cr_expect(!speller_is_off(d.s));
    desk_end(&d);
}

Test(speller, what_is_remembered_is_bounded)
{
    Desk d;
    struct spell_message m;
    desk_begin(&d);
    want(&d, "ord");
    advance(400);
    hello(&d, 1, NULL);
    cr_assert(asked(&d, &m));
    answer(&d, &m);
    for (guint i = 0; i < 10000; i++) {
        g_autofree char *word = g_strdup_printf("x%u", i);
        want(&d, word);
        if (i % 500 == 499)
            for (advance(400); asked(&d, &m);)
                answer(&d, &m);
    }
    cr_expect_eq(speller_verdict(d.s, "x0"), SPELL_UNKNOWN);
    cr_expect_eq(speller_verdict(d.s, "x9999"), SPELL_WRONG);
    desk_end(&d);
}
