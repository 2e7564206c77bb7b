/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words of the record: every catalogue is whole, and the screen's language does not touch them. */
#include <criterion/criterion.h>
#include <gio/gio.h>
#include <string.h>

#include "chart/record-words.h"

Test(record_words, every_catalogue_is_whole)
{
    g_auto(GStrv) files = g_resources_enumerate_children("/rond/record", 0, NULL);
    cr_assert(files && files[0]);
    for (char **f = files; *f; f++) {
        g_autofree char *language = g_strndup(*f, strcspn(*f, "."));
        g_autoptr(GError) error = NULL;
        cr_assert(record_words_use(language, &error), "%s: %s", *f, error ? error->message : "");
        cr_assert_str_eq(record_language(), language);
        for (guint i = 0; i < RW_COUNT; i++)
            cr_assert(*record_word(i) && !g_str_has_suffix(record_word(i), " "), "%s: row %u", *f, i);
    }
}

Test(record_words, follow_the_record_and_not_the_screen)
{
    cr_assert_str_eq(record_language(), "sv");
    g_setenv("LANGUAGE", "en", TRUE);
    cr_assert(record_words_use("sv-SE", NULL));
    g_autofree char *times = record_text(RW_TIMES_RANGE, 3, 4);
    cr_assert_str_eq(times, "3–4 gånger");
}

Test(record_words, a_language_without_words_changes_nothing)
{
    g_autoptr(GError) error = NULL;
    cr_assert(!record_words_use("tlh", &error));
    cr_assert(error);
    cr_assert_str_eq(record_language(), "sv");
    cr_assert(record_words_use(NULL, NULL));
    cr_assert_str_eq(record_word(RW_AS_NEEDED), "vid behov");
}
