/* SPDX-License-Identifier: GPL-3.0-or-later
 * Whether what is swapped out lies open on a disk, told from a /proc/swaps and a /sys made here. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>

#include "main/diag.h"

#define HEAD "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

static void put(const char *sys, const char *path, const char *text)
{
    g_autofree char *file = g_build_filename(sys, "block", path, NULL), *dir = g_path_get_dirname(file);
    g_mkdir_with_parents(dir, 0700);
    cr_assert(g_file_set_contents(file, text, -1, NULL));
}

static void folder(const char *sys, const char *path)
{
    g_autofree char *dir = g_build_filename(sys, "block", path, NULL);
    g_mkdir_with_parents(dir, 0700);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_tree(below);
    }
    g_remove(path);
}

Test(diag, open_swap_is_a_fault_and_sealed_is_not)
{
    static const struct {
        const char *swaps;
        DiagState state;
        const char *where;
    } rows[] = {
        {"", DIAG_OK, NULL},
        {HEAD, DIAG_OK, NULL},
        {HEAD "/dev/sdx9    partition\t100\t0\t-2\n", DIAG_FAULT, "/dev/sdx9"},
        {HEAD "/dev/dm-91   partition\t100\t0\t-2\n", DIAG_OK, "/dev/dm-91"},
        {HEAD "/dev/dm-92   partition\t100\t0\t-2\n", DIAG_OK, "/dev/dm-92"},
        {HEAD "/dev/dm-93   partition\t100\t0\t-2\n", DIAG_FAULT, "/dev/dm-93"},
        {HEAD "/dev/zram0   partition\t100\t0\t100\n", DIAG_OK, "/dev/zram0"},
        {HEAD "/swapfile-x  file\t\t100\t0\t-2\n", DIAG_NOTE, "/swapfile-x"},
        {HEAD "/dev/dm-91   partition\t1\t0\t1\n/dev/sdx9 partition\t1\t0\t1\n", DIAG_FAULT, "/dev/sdx9"},
    };
    g_autofree char *sys = g_dir_make_tmp("rond-sys-XXXXXX", NULL);
    put(sys, "dm-91/dm/uuid", "CRYPT-LUKS2-0123\n");
    put(sys, "dm-92/dm/uuid", "LVM-0123\n"); /* a volume on what is sealed */
    folder(sys, "dm-92/slaves/dm-91");
    put(sys, "dm-93/dm/uuid", "LVM-0124\n"); /* a volume on two, one of them open */
    folder(sys, "dm-93/slaves/dm-91");
    folder(sys, "dm-93/slaves/sdx9");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *where = NULL;
        cr_expect_eq(swap_judge(rows[i].swaps, sys, &where), rows[i].state, "%s", rows[i].swaps);
        cr_expect(g_strcmp0(where, rows[i].where) == 0, "%s: %s", rows[i].swaps, where);
    }
    remove_tree(sys);
}
