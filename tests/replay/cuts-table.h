/* SPDX-License-Identifier: GPL-3.0-or-later
 * replay/cuts-table.h — the stories whose answers are cut: what the person does, what is looked at when
 * the fault is over, and which words are true only when. Pure tables. */
#pragma once

/* Steps: "k n <Enter>" keys, "t text" letter by letter, "b text" in one burst, "w 5" seconds;
 * "! text": what follows up to "." only where that is not on the screen. */
typedef struct {
    const char *name, *file;       /* NULL ends the table */
    const char *const *go;         /* what the person does */
    const char *const *again;      /* when it is over and nothing had reached the core; NULL: nothing is written */
    const char *const *look;       /* where the state is then read */
    const char *const *done;       /* said only when the core has said so */
    const char *const *not_done;   /* said only when nothing has reached the core */
    const char *const *together;   /* two by two, of a list: where one stands the other does, or that there is more */
    int login;                     /* it begins where one logs in, with the real login */
} Tale;
extern const Tale tales[];

/* What says that there is none of a type of resource. */
typedef struct {
    const char *type, *words; /* NULL ends */
} Absence;
extern const Absence absences[];
