/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/colleagues.h — who works at a unit, by the assignments that the core holds. Knows no rights: the
 * role is the core's own word. */
#pragma once
#include "client/client.h"

typedef struct {
    char *id;   /* Practitioner */
    char *name; /* "Ek Johan, läkare", as the record names who wrote */
    char *role; /* "läkare" */
} Colleague;

/* @people: Colleague*, by name, borrowed for the call. @error: the list is not known. */
typedef void (*ColleaguesFn)(const GPtrArray *people, const GError *error, gpointer data);
void colleagues_load(Client *client, Scope *scope, const char *unit, ColleaguesFn fn, gpointer data);
