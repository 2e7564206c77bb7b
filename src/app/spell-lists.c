/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/spell-lists.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/speller.h"
#include "base/text.h"

#define MOST_BYTES (256u << 10) /* of a file */

static void take_lines(GPtrArray *words, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **l = lines; *l; l++) {
        (*l)[strcspn(*l, "#")] = '\0';
        g_strstrip(*l);
        if (**l && text_is_safe(*l, -1, FALSE))
            g_ptr_array_add(words, text_nfc(*l));
    }
}

static void learn(App *app, GPtrArray *words)
{
    g_ptr_array_add(words, NULL);
    speller_learn(app->speller, (const char *const *)words->pdata);
}

/* ---- on the worker: the folder is the site's, and may lie on another machine ---- */

typedef struct {
    App *app;
    char *folders[2]; /* everybody's and the unit's, or NULL */
    GPtrArray *words;
} Reading;

static void reading_free(gpointer data)
{
    Reading *r = data;
    for (gsize i = 0; i < G_N_ELEMENTS(r->folders); i++)
        g_free(r->folders[i]);
    g_ptr_array_unref(r->words);
    g_free(r);
}

/* All *.words of a folder; one that is too large or no text is left out. */
static void read_folder(GPtrArray *words, const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *file = g_build_filename(path, name, NULL), *text = NULL;
        GStatBuf st;
        if (g_str_has_suffix(name, ".words") && g_stat(file, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= (goffset)MOST_BYTES &&
            g_file_get_contents(file, &text, NULL, NULL) && g_utf8_validate(text, -1, NULL))
            take_lines(words, text);
    }
}

static void read_folders(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    Reading *r = data;
    for (gsize i = 0; i < G_N_ELEMENTS(r->folders); i++)
        if (r->folders[i])
            read_folder(r->words, r->folders[i]);
    g_task_return_boolean(task, TRUE);
}

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Reading *r = g_task_get_task_data(G_TASK(result));
    if (!g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))) && r->app->speller)
        learn(r->app, r->words);
}

/* ---- on the main loop ---- */

static char *own_words(const App *app)
{
    g_autoptr(GBytes) bytes = app->services.words_get ? app->services.words_get(app->services.self) : NULL;
    return text_of_bytes(bytes);
}

void spell_lists_load(App *app, Scope *scope)
{
    const char *folder = option_text(app->options, "spelling.words");
    g_autofree char *unit = app->who && app->who->unit ? g_strdelimit(g_strdup(app->who->unit), "/.", '_') : NULL, *own = own_words(app);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    take_lines(words, own);
    learn(app, words);
    Reading *r = g_new0(Reading, 1);
    *r = (Reading){app, {g_strdup(folder), unit ? g_build_filename(folder, unit, NULL) : NULL}, g_ptr_array_new_with_free_func(g_free)};
    g_autoptr(GTask) task = g_task_new(NULL, scope_cancellable(scope), on_read, NULL);
    g_task_set_task_data(task, r, reading_free);
    g_task_run_in_thread(task, read_folders);
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
