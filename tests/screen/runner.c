/* SPDX-License-Identifier: GPL-3.0-or-later
 * runner [--update] [--size COLSxROWS] NAME.script …
 *
 * Plays each script (tests/screen/script.h). All noted screens together must be NAME.screen, or with --size
 * NAME.COLSxROWS.screen; --update
 * writes it. */
#include "tests/screen/script.h"

#include <gio/gio.h>

#include <stdio.h>
#include <string.h>

/* ---- comparing ---- */

static gboolean compare(const char *path, const char *is)
{
    g_autofree char *should = NULL;
    if (!g_file_get_contents(path, &should, NULL, NULL)) {
        fprintf(stderr, "%s is missing; accept this one with --update:\n%s", path, is);
        return FALSE;
    }
    if (strcmp(should, is) == 0)
        return TRUE;
    g_auto(GStrv) a = g_strsplit(should, "\n", -1);
    g_auto(GStrv) b = g_strsplit(is, "\n", -1);
    guint na = g_strv_length(a), nb = g_strv_length(b);
    fprintf(stderr, "%s differs:\n", path);
    for (guint i = 0; i < MAX(na, nb); i++) {
        const char *x = i < na ? a[i] : "", *y = i < nb ? b[i] : "";
        if (strcmp(x, y) != 0)
            fprintf(stderr, "%4u -%s\n     +%s\n", i + 1, x, y);
    }
    return FALSE;
}

static gboolean run_script(const char *path, gboolean update, const char *size, gboolean only_ascii)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    if (!g_str_has_suffix(path, ".script") || !g_file_get_contents(path, &text, NULL, &error)) {
        fprintf(stderr, "%s: %s\n", path, error ? error->message : "not a .script");
        return FALSE;
    }
    g_autofree char *base = g_strndup(path, strlen(path) - strlen(".script"));
    g_autofree char *wanted = size ? g_strconcat(base, ".", size, ".screen", NULL) : g_strconcat(base, ".screen", NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Run r;
    run_begin(&r, only_ascii);
    gboolean good = !size || run_size(&r, size, &error);
    for (guint i = 0; lines[i] && good; i++) {
        good = run_line(&r, lines[i], &error);
        if (!good) {
            g_autofree char *screen = r.d.term ? term_mem_text(r.d.term) : g_strdup("");
            fprintf(stderr, "%s:%u: %s\n%s", path, i + 1, error->message, screen);
        }
    }
    good = good && run_last(&r, &error);
    if (good && update)
        good = g_file_set_contents(wanted, r.noted->str, -1, &error);
    else if (good && !only_ascii)
        good = compare(wanted, r.noted->str);
    run_clear(&r);
    return good;
}

int main(int argc, char **argv)
{
    gboolean update = FALSE, only_ascii = FALSE, good = TRUE;
    const char *size = NULL;
    drive_locale();
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--update") == 0)
            update = TRUE;
        else if (strcmp(argv[i], "--ascii") == 0) /* looks at the characters only */
            only_ascii = TRUE;
        else if (strcmp(argv[i], "--size") == 0 && i + 1 < argc)
            size = argv[++i];
        else
            good = run_script(argv[i], update, size, only_ascii) && good;
    }
    return good ? 0 : 1;
}
