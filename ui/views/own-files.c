/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/own-files.h"

#include <glib/gi18n.h>

#include "base/xdg.h"

#define SITE "/etc/rond"

char **own_dirs(const Who *who, const char *kind)
{
    g_autofree char *shipped = data_path(kind), *config = xdg_config_path(kind, NULL);
    const char *own = config ? config : shipped;
    g_autofree char *person = g_strdelimit(g_strdup(who->hsa_id ? who->hsa_id : "-"), "/.", '_');
    g_autofree char *unit = g_strdelimit(g_strdup(who->unit ? who->unit : "-"), "/.", '_');
    GPtrArray *dirs = g_ptr_array_new();
    g_ptr_array_add(dirs, g_build_filename(own, person, NULL));
    g_ptr_array_add(dirs, g_strdup(own));
    g_ptr_array_add(dirs, g_build_filename(SITE, kind, unit, NULL));
    g_ptr_array_add(dirs, g_build_filename(SITE, kind, NULL));
    g_ptr_array_add(dirs, g_steal_pointer(&shipped));
    g_ptr_array_add(dirs, NULL);
    return (char **)g_ptr_array_free(dirs, FALSE);
}

const char *own_dir_whose(guint rank)
{
    return rank < 2 ? _("one's own") : rank < 4 ? _("the unit's") : _("rond's");
}
