/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is said outside of a screen: nothing that a terminal would obey, in its own character set. */
#include "base/say.h"

#include <criterion/criterion.h>
#include <string.h>

static const gunichar formats[] = {0xAD, 0x200B, 0x200E, 0x202E, 0x2028, 0x2066, 0xFEFF, 0xE0001};

/* What @text becomes where the terminal's character set is @charset; GLib remembers the first it is asked for. */
static char *said(const char *charset, const char *text)
{
    char *bytes = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&bytes, &n);
    g_setenv("CHARSET", charset, TRUE);
    say(to, text);
    fclose(to);
    char *copy = g_strndup(bytes, n);
    free(bytes);
    return copy;
}

Test(say, words_lines_and_tabs_stay)
{
    g_autofree char *out = said("UTF-8", "Ändra\ti “Öberg”\n");
    cr_expect_str_eq(out, "Ändra\ti “Öberg”\n");
}

Test(say, an_older_terminal_gets_its_own_letters)
{
    g_autofree char *out = said("ISO-8859-1", "Ändra\tÖ\n");
    cr_expect_str_eq(out, "\xc4ndra\t\xd6\n");
}

Test(say, where_no_set_is_named_a_program_reads)
{
    g_autofree char *out = said("ANSI_X3.4-1968", "Ändra\n");
    cr_expect_str_eq(out, "Ändra\n");
}

/* Every control and every format character: none as what it is, nor as a byte that is a control. */
static void expect_none_through(const char *charset, gboolean bytes_are_characters)
{
    for (guint i = 1; i < 0xA0 + G_N_ELEMENTS(formats); i++) {
        gunichar c = i < 0xA0 ? i : formats[i - 0xA0];
        char utf8[8] = "", text[16];
        if (c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7F))
            continue;
        utf8[g_unichar_to_utf8(c, utf8)] = '\0';
        g_snprintf(text, sizeof text, "a%sb\n", utf8);
        g_autofree char *out = said(charset, text);
        cr_expect_null(strstr(out, utf8), "U+%04X", c);
        cr_expect(out[0] == 'a' && strstr(out, "b\n"), "U+%04X: %s", c, out);
        for (const guchar *p = (const guchar *)out; *p; p++) {
            cr_expect(*p >= 0x20 || *p == '\n', "byte %02x of U+%04X", *p, c);
            cr_expect(!bytes_are_characters || *p < 0x7F || *p >= 0xA0, "byte %02x of U+%04X", *p, c);
        }
    }
}

Test(say, no_control_gets_through)
{
    expect_none_through("UTF-8", FALSE);
}

Test(say, no_control_gets_through_to_an_older_terminal)
{
    expect_none_through("ISO-8859-1", TRUE);
}

Test(say, what_the_terminal_lacks_is_a_question_mark)
{
    g_autofree char *out = said("ISO-8859-1", "“dos” 5 → 6 µg\n");
    cr_expect_str_eq(out, "?dos? 5 ? 6 \xb5g\n");
}
