/* SPDX-License-Identifier: GPL-3.0-or-later
 * Runs a fuzz target over the files of the folders or files named, as a plain test: what fuzzing
 * found once stays found. Also for a crash file at hand. */
#include "fuzz.h"

static gboolean run_file(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize len;
    if (!g_file_get_contents(path, &text, &len, &error)) {
        g_printerr("%s\n", error->message);
        return FALSE;
    }
    guint8 *exact = g_memdup2(text, len); /* so that a sanitizer sees a read past the end */
    LLVMFuzzerTestOneInput(exact, len);
    g_free(exact);
    return TRUE;
}

static gboolean run_folder(const char *path, guint *ret_files)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    gboolean ok = dir != NULL;
    while (ok && (name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        ok = run_file(file);
        ++*ret_files;
    }
    return ok;
}

int main(int argc, char **argv)
{
    guint files = 0;
    gboolean ok = TRUE;
    for (int i = 1; i < argc && ok; i++) {
        if (g_file_test(argv[i], G_FILE_TEST_IS_DIR))
            ok = run_folder(argv[i], &files);
        else if ((ok = run_file(argv[i])))
            files++;
    }
    g_printerr("%u inputs replayed\n", files);
    return ok && files ? 0 : 1;
}
