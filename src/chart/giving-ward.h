/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/giving-ward.h — what is due on a whole ward: its people by bed, and of each how many doses are late, due and
 * soon. Loads, watches, and tells again when anything changes; knows no screen. */
#pragma once
#include "chart/giving.h"
#include "chart/worklist.h"

typedef struct {
    char *key, *patient;  /* stable id of the row; Patient id */
    char *bed, *name, *number;
    guint late, now, soon, waits, older, refused; /* refused: orders whose dose cannot be read */
    Instant next;         /* of what is to be given first; INSTANT_NONE */
    gboolean known;       /* what is due of this person has been answered whole */
} GivingWardRow;

typedef struct {
    GPtrArray *rows;      /* GivingWardRow*, by bed */
    gboolean heard;       /* there is a list of people */
    gboolean known;       /* the whole of it: "none" may be said */
    gboolean ward;        /* a unit with beds */
    gboolean cached;
    Instant as_of;
} GivingWard;

typedef void (*GivingWardFn)(const GivingWard *ward, const GError *error, gpointer data);
typedef struct GivingWardSource GivingWardSource;
GivingWardSource *giving_ward_watch(Client *client, Scope *scope, const char *unit, GivingWardFn fn, gpointer data);
void giving_ward_refresh(GivingWardSource *source);
/* A minute has gone: what was due may be late. */
void giving_ward_reckon(GivingWardSource *source);
