/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/banner.h — line 1 (environment, unit · purpose, person and role, core state, time, week) and
 * lines 2–3 (who the patient is and what can hurt them). Paints what it is given; fetches nothing. */
#pragma once
#include "ui/canvas.h"

typedef enum { CORE_UNKNOWN, CORE_ONLINE, CORE_SILENT, CORE_OFFLINE } CoreState;

/* Strings may be NULL; borrowed for the call. */
typedef struct {
    gboolean exercise;
    const char *unit, *purpose;
    const char *person, *role;
    CoreState core;
    const char *since; /* "07:40": when an offline or silent core last answered; NULL: never, or not known */
    const char *time;  /* "07:42" */
    int week;
} BannerWhere;

typedef struct {
    const char *name, *number, *sex_age, *place; /* "Öberg, Sven-Åke", "ÅÅÅÅMMDD-NNNN", "man, 78 år" */
    const char *more;         /* "PAL Ek  vikt 84 kg (20 nov)" */
    const char *const *flags; /* each in words, most dangerous first, ended by NULL */
    /* What those are that there was no room for, by kind and number; in brief. Owned. */
    char *(*rest)(const char *const *hidden, guint64 kills, gboolean brief);
    guint64 kills;            /* bit n: flag n can kill, is painted as an alert and is not said in brief */
    const char *unknown;      /* what is old or not known; said beside the flags that are */
} BannerPatient;

void banner_where_paint(Canvas *c, const BannerWhere *w);
void banner_patient_paint(Canvas *c, const BannerPatient *p);
