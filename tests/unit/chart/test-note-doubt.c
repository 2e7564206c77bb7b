/* SPDX-License-Identifier: GPL-3.0-or-later
 * What looks like a slip in a note that is about to be signed, and what does not. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "chart/note-doubt.h"

static const CivilDate today = {2026, 11, 22};

static Phrases *some_phrases(void)
{
    g_autofree char *dir = g_dir_make_tmp("rond-doubt-XXXXXX", NULL), *path = g_build_filename(dir, "egna.phrases", NULL);
    cr_assert(g_file_set_contents(path, ".cor  Hjärta\nCor: regelbunden rytm.\n\n.bt  Blodtryck\nBT {bt}\n", -1, NULL));
    const char *const dirs[] = {dir, NULL};
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    Phrases *p = phrases_load(dirs, problems);
    cr_assert_eq(phrases_count(p), 2);
    g_unlink(path);
    g_rmdir(dir);
    return p;
}

static const struct {
    const char *text, *own, *doubt; /* NULL: none */
} rows[] = {
    {"Mår väl.", "19480930-1551", NULL},
    {"Gunnar 19401127-9090 mår väl.", "19480930-1551", "19401127-9090"},
    {"Gunnar 401127-9090.", "19480930-1551", "19401127-9090"},
    {"pnr194011279090", "19480930-1551", "19401127-9090"},
    {"Reservnummer 19450829-K088", "19480930-1551", "19450829-K088"},
    {"19480930-1551 och 480930-1551 och 194809301551", "19480930-1551", NULL},
    {"19401127-9090", "19401127-9090", NULL},
    {"19401127-9090", NULL, "19401127-9090"},
    {"480930-1551, 401127-9090, 19450829-K088, 401127-9090", "19480930-1551", "19401127-9090, 19450829-K088"},
    {"Tel 031-112 90 90, remiss 12345678-1234, tel 0701234567, EAN 07350001234567", "19480930-1551", NULL},
    {"Provet 4011279090 togs", "19480930-1551", NULL}, /* ten digits in a row are seldom a person */
    {"r\357\277\275ksm\357\277\275rg\357\277\275s", NULL, "3"},
    {"Hjärtat.cor", NULL, ".cor"},
    {".bt och .cor, .bt", NULL, ".bt, .cor"},
    {"Kl. 08, ca. 5 st.cort", NULL, NULL},
};

Test(note_doubt, a_slip_is_named_and_nothing_else_is)
{
    g_autoptr(Phrases) phrases = some_phrases();
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) doubts = note_doubts(rows[i].text, rows[i].own, today, phrases);
        cr_assert_eq(doubts->len, rows[i].doubt ? 1 : 0, "%s: %u", rows[i].text, doubts->len);
        cr_assert(!rows[i].doubt || strstr(doubts->pdata[0], rows[i].doubt), "%s: %s", rows[i].text,
                  doubts->len ? (char *)doubts->pdata[0] : "");
    }
    g_autoptr(GPtrArray) all = note_doubts("19401127-9090 \357\277\275 .bt", NULL, today, phrases);
    cr_assert_eq(all->len, 3);
    g_autoptr(GPtrArray) none = note_doubts(".bt", NULL, today, NULL);
    cr_assert_eq(none->len, 0);
}
