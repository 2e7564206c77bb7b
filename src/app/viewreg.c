/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/viewreg.h"

#include <string.h>

const ViewClass *view_class_find(const char *name)
{
    for (const ViewClass *const *v = view_table; *v; v++)
        if (strcmp((*v)->name, name) == 0)
            return *v;
    return NULL;
}
