/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/spell-lists.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/speller.h"
#include "base/text.h"

#define MOST_BYTES (256u << 10) /* of a file */

static void learn_lines(App *app, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    for (char **l = lines; *l; l++) {
        (*l)[strcspn(*l, "#")] = '\0';
        g_strstrip(*l);
        if (**l && text_is_safe(*l, -1, FALSE))
            g_ptr_array_add(words, text_nfc(*l));
    }
    g_ptr_array_add(words, NULL);
    speller_learn(app->speller, (const char *const *)words->pdata);
}

/* All *.words of a folder; one that is too large or no text is left out. */
static void learn_folder(App *app, const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *file = g_build_filename(path, name, NULL), *text = NULL;
        GStatBuf st;
        if (g_str_has_suffix(name, ".words") && g_stat(file, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= (goffset)MOST_BYTES &&
            g_file_get_contents(file, &text, NULL, NULL) && g_utf8_validate(text, -1, NULL))
            learn_lines(app, text);
    }
}

static char *own_words(const App *app)
{
    g_autoptr(GBytes) bytes = app->services.words_get ? app->services.words_get(app->services.self) : NULL;
    return text_of_bytes(bytes);
}

void spell_lists_load(App *app)
{
    const char *folder = option_text(app->options, "spelling.words");
    g_autofree char *unit = app->who && app->who->unit ? g_strdelimit(g_strdup(app->who->unit), "/.", '_') : NULL;
    g_autofree char *of_unit = unit ? g_build_filename(folder, unit, NULL) : NULL, *own = own_words(app);
    learn_folder(app, folder);
    if (of_unit)
        learn_folder(app, of_unit);
    learn_lines(app, own);
}

gboolean spell_lists_add(App *app, const char *word, GError **error)
{
    g_autofree char *own = own_words(app), *all = g_strconcat(own, word, "\n", NULL);
    g_autoptr(GBytes) bytes = g_bytes_new(all, strlen(all));
    const char *const words[] = {word, NULL};
    if (app->services.words_put && !app->services.words_put(app->services.self, bytes, error))
        return FALSE;
    speller_learn(app->speller, words);
    return TRUE;
}
