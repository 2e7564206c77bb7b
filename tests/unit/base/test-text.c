/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <criterion/criterion.h>
#include <string.h>

static void is(char *got, const char *want)
{
    cr_expect_str_eq(got, want, "got \"%s\", want \"%s\"", got, want);
    g_free(got);
}

Test(text, controls_become_visible)
{
    is(text_sanitise("plain", -1, FALSE), "plain");
    is(text_sanitise("a\x1b[2Jb", -1, FALSE), "a␛[2Jb");
    is(text_sanitise("a\tb", -1, FALSE), "a b");
    is(text_sanitise("a\nb", -1, FALSE), "a␊b");
    is(text_sanitise("a\r\nb", -1, TRUE), "a\nb");
    is(text_sanitise("a\rb", -1, TRUE), "a␍b");
    is(text_sanitise("a\x7f", -1, FALSE), "a␡");
    is(text_sanitise("a\xc2\x9b"
                     "31m",
                     -1, FALSE),
       "a\xef\xbf\xbd"
       "31m"); /* C1 CSI */
    is(text_sanitise("a\xe2\x80\xae"
                     "b",
                     -1, FALSE),
       "a\xef\xbf\xbd"
       "b"); /* bidi override */
    is(text_sanitise("a\xe2\x80\x8b"
                     "b",
                     -1, FALSE),
       "a\xef\xbf\xbd"
       "b"); /* zero width space */
    is(text_sanitise("a\xe2\x81\xa6"
                     "b\xe2\x81\xa9",
                     -1, FALSE),
       "a\xef\xbf\xbd"
       "b\xef\xbf\xbd");
    is(text_sanitise("a\xff"
                     "b\xc3",
                     -1, FALSE),
       "a\xef\xbf\xbd"
       "b\xef\xbf\xbd");
    is(text_sanitise("a\0b", 3, FALSE), "a\xe2\x90\x80"
                                        "b");
    is(text_sanitise("\xed\xa0\x80", -1, FALSE), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

Test(text, letters_survive_and_are_composed)
{
    is(text_sanitise("Åsa Öberg-Müller é 漢字", -1, FALSE), "Åsa Öberg-Müller é 漢字");
    is(text_sanitise("A\xcc\x8asa", -1, FALSE), "Åsa");
    is(text_sanitise("\xcc\x8a", -1, FALSE), "\xe2\x97\x8c\xcc\x8a");
    g_autoptr(GString) zalgo = g_string_new("q");
    for (int i = 0; i < 50; i++)
        g_string_append(zalgo, "\xcc\x8a");
    g_autofree char *safe = text_sanitise(zalgo->str, -1, FALSE);
    cr_assert_lt(strlen(safe), 12);
}

Test(text, sanitised_text_is_safe)
{
    guint32 seed = g_random_int();
    g_autoptr(GRand) r = g_rand_new_with_seed(seed);
    for (int round = 0; round < 5000; round++) {
        char raw[64];
        int n = g_rand_int_range(r, 0, 64);
        for (int i = 0; i < n; i++)
            raw[i] = (char)g_rand_int_range(r, 0, 256);
        g_autofree char *once = text_sanitise(raw, n, round % 2);
        cr_assert(g_utf8_validate(once, -1, NULL), "seed %u", seed);
        cr_assert(text_is_safe(once, -1, round % 2), "seed %u round %d", seed, round);
    }
    cr_assert_not(text_is_safe("a\x1b", -1, TRUE));
    cr_assert_not(text_is_safe("a\nb", -1, FALSE));
    cr_assert(text_is_safe("a\nb", -1, TRUE));
}

Test(text, width_and_cutting)
{
    cr_assert_eq(text_width("Åsa", -1), 3);
    cr_assert_eq(text_width("漢字", -1), 4);
    cr_assert_eq(text_width("e\xcc\x81x", -1), 2);
    int cells;
    cr_assert_eq(text_fit("漢字", -1, 3, &cells), 3);
    cr_assert_eq(cells, 2);
    is(text_ellipsis("Andersson", 5), "Ande…");
    is(text_ellipsis("Åsa", 3), "Åsa");
    is(text_ellipsis("漢字漢", 4), "漢…");
    is(text_ellipsis("abc", 0), "");
}

Test(text, cursor_moves_by_graphemes_and_words)
{
    const char *s = "e\xcc\x81"
                    "å x";
    gsize n = strlen(s);
    cr_assert_eq(text_next(s, n, 0), 3);
    cr_assert_eq(text_next(s, n, 3), 5);
    cr_assert_eq(text_prev(s, n, 5), 3);
    cr_assert_eq(text_prev(s, n, 3), 0);
    cr_assert_eq(text_prev(s, n, 0), 0);
    cr_assert_eq(text_next(s, n, n), n);
    const char *w = "Feber, hosta";
    cr_assert_eq(text_next_word(w, 12, 0), 7);
    cr_assert_eq(text_next_word(w, 12, 7), 12);
    cr_assert_eq(text_prev_word(w, 12, 12), 7);
    cr_assert_eq(text_prev_word(w, 12, 7), 0);
}

Test(text, folding)
{
    is(text_fold("Ängström-ÅKE"), "angstrom ake");
    is(text_fold("  Sørén, Þór  "), "soren thor");
    is(text_fold("René 19120211-9192"), "rene 19120211 9192");
    is(text_fold_keep_swedish("ÅÄÖ Éva"), "åäö éva");
    is(text_fold_keep_swedish("A\xcc\x8a"), "å");
}

Test(text, swedish_order)
{
    static const char *const sorted[] = {"1 b", "Ada", "Ek",  "Eva", "Éva",  "Vera", "Wera",
                                         "Xi",  "Yr",  "Zen", "Åke", "Ärla", "Öman"};
    for (gsize i = 0; i < G_N_ELEMENTS(sorted); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(sorted); j++) {
            int c = text_compare_sv(sorted[i], sorted[j]);
            cr_expect_eq((c > 0) - (c < 0), (i > j) - (i < j), "%s %s", sorted[i], sorted[j]);
            g_autofree char *a = text_sort_key_sv(sorted[i]), *b = text_sort_key_sv(sorted[j]);
            int k = strcmp(a, b);
            cr_expect_eq((k > 0) - (k < 0), (i > j) - (i < j), "keys of %s %s", sorted[i], sorted[j]);
        }
    cr_assert_eq(text_compare_sv("åsa", "ÅSA"), 0);
    cr_assert_lt(text_compare_sv("Ek", "Ekman"), 0);
}

static int score(const char *query, const char *text)
{
    int s = -1;
    return text_match(query, text, &s) ? s : -1;
}

Test(text, matching)
{
    const char *t = "andersson anna maria 191202119192";
    cr_assert_geq(score("anders", t), 0);
    cr_assert_geq(score("anna anders", t), 0);
    cr_assert_geq(score("9192", t), 0);
    cr_assert_geq(score("andresson", t), 0, "transposed");
    cr_assert_geq(score("andrsson", t), 0, "left out");
    cr_assert_geq(score("anderrsson", t), 0, "doubled");
    cr_assert_geq(score("andirsson", t), 0, "another letter");
    cr_assert_geq(score("qandersson", t), 0, "a letter before");
    cr_assert_geq(score("", t), 0);
    cr_assert_eq(score("andirssan", t), -1, "two errors");
    cr_assert_eq(score("andirsson mbria", t), -1, "an error in each of two words");
    cr_assert_eq(score("ann1", t), -1);
    cr_assert_eq(score("9193", t), -1, "numbers are never guessed");
    cr_assert_eq(score("anb", t), -1, "short words alone must be right");
    cr_assert_geq(score("axl andersson", "andersson axel"), 0, "beside others a short name may have an error");
    cr_assert_eq(score("mb andersson", t), -1, "but not a short beginning");
    cr_assert_eq(score("erik", t), -1);
    cr_assert_lt(score("andersson", t), score("anders", t));
    cr_assert_lt(score("anders", t), score("dersson", t));
    cr_assert_lt(score("dersson", t), score("andresson", t));
}

Test(text, signs_are_spelt_in_ascii_and_letters_stay)
{
    static const struct {
        const char *text, *ascii;
    } rows[] = {
        {"Bergström åt – 5 µg …", "Bergström åt - 5 ug ..."}, {"≥ 3,5 · 10⁹/L", ">= 3,5 . 10^9/L"},
        {"SpO₂ m² 10¹²", "SpO2 m2 10^12"}, {"“ja”\nnej", "\"ja\"\nnej"}, {"⚕", "?"}, {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *is = text_ascii(rows[i].text);
        cr_expect_str_eq(is, rows[i].ascii, "%s", is);
    }
}

Test(text, of_bytes_is_never_null)
{
    g_autoptr(GBytes) some = g_bytes_new_static("åäö", strlen("åäö")), empty = g_bytes_new(NULL, 0);
    g_autofree char *a = text_of_bytes(some), *b = text_of_bytes(empty), *c = text_of_bytes(NULL);
    cr_assert_str_eq(a, "åäö");
    cr_assert_str_eq(b, "");
    cr_assert_str_eq(c, "");
}

/* What is taken for composed without looking is: every character below the combining marks. */
Test(text, latin_letters_are_composed_already)
{
    for (gunichar c = 0x20; c < 0x310; c++) {
        char utf8[8] = {0};
        g_unichar_to_utf8(c, utf8);
        g_autofree char *text = g_strconcat("a", utf8, "e\u0301", NULL), *is = text_nfc(text), *alone = text_nfc(utf8);
        g_autofree char *want = g_utf8_normalize(text, -1, G_NORMALIZE_NFC), *want_alone = g_utf8_normalize(utf8, -1, G_NORMALIZE_NFC);
        cr_expect_str_eq(is, want, "U+%04X", c);
        cr_expect_str_eq(alone, want_alone, "U+%04X", c);
    }
}
