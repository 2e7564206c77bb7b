/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/complete.h"

#include <string.h>

typedef struct {
    App *app;
    GPtrArray *names;
} Offer;

static void offer(const Command *c, gpointer data)
{
    Offer *o = data;
    if (!command_check(o->app, c, NULL))
        return;
    g_ptr_array_add(o->names, g_strdup(command_word(c)));
    if (strcmp(command_word(c), c->name) != 0)
        g_ptr_array_add(o->names, g_strdup(c->name));
}

char **complete_command(const char *line, gpointer app)
{
    if (strchr(line, ' '))
        return NULL; /* arguments are the command's own words */
    Offer o = {app, g_ptr_array_new()};
    command_each(offer, &o);
    g_ptr_array_add(o.names, NULL);
    return (char **)g_ptr_array_free(o.names, FALSE);
}
