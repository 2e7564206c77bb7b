/* SPDX-License-Identifier: GPL-3.0-or-later
 * replay/hostile.h — what a hostile answer must look like on the screen: words that must stand there and
 * words that never may. Pure tables. */
#pragma once

/* Where the answer is seen: a search for people, the chart, one of its sections, an order that is signed,
 * or a note that is changed; the list of the unit. */
typedef enum { AT_FIND, AT_CHART, AT_MEDS, AT_VITALS, AT_RESULTS, AT_PROBLEMS, AT_ALERTS, AT_NOTES,
               AT_BOOKINGS, AT_REPORTS, AT_PROCEDURES, AT_WARD, AT_SIGN, AT_CHANGE, PLACES } Place;

typedef struct {
    const char *file; /* NULL ends the table */
    Place place;
    const char *query; /* what is searched for; NULL = "lind" */
    const char *const *shows, *const *never; /* NULL-terminated; may be NULL */
} HostileRow;
extern const HostileRow hostile_rows[];

typedef struct {
    const char *request; /* part of the index's request; NULL ends */
    Place place;
} HostilePlace;
extern const HostilePlace hostile_places[];

/* Words of doubt and error; words of absence, by place. */
extern const char *const hostile_doubts[];
extern const char *const *const hostile_absence[PLACES];
