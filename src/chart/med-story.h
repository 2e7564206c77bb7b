/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/med-story.h — what became of a patient's medicines since a time, as an admission: begun, changed, stopped,
 * paused, unchanged; with why and by whom as the orders themselves say. The läkemedelsberättelse of a discharge note
 * and the patient's own list are made of it. What cannot be placed surely is not placed at all. Pure; owned strings. */
#pragma once
#include "chart/medication.h"

typedef enum {
    STORY_BEGUN,
    STORY_CHANGED,
    STORY_STOPPED, /* had before, and not any more */
    STORY_PAUSED,
    STORY_KEPT,
    STORY_SHORT,   /* begun and ended since */
    STORY_KINDS
} StoryKind;

typedef struct {
    StoryKind kind;
    FhirResource *source; /* ref: the order as it stands, or the one that ended */
    char *name;           /* with form and strength */
    char *dosage;
    gboolean raw;         /* as the core sent it */
    char *was;            /* the dose before; NULL unless changed */
    char *why;            /* of its end, pause or change; NULL: not said */
    char *by;             /* who ended, paused or ordered it; NULL */
    char *reason;         /* ordinationsorsak; NULL */
    char *follow_up;      /* NULL */
    Instant until;        /* INSTANT_NONE: until further notice */
    gboolean inpatient;   /* ordered for the ward, and still given */
    gboolean later;       /* not begun yet: it does at @since */
    Instant since;
} StoryRow;

/* Since when the patient is in hospital, by the visits under way; INSTANT_NONE: is not. */
Instant med_story_admitted(const GPtrArray *visits);

/* @current, @ended: MedicationRequest; StoryRow*, by kind and name. NULL with @ret_unsure (a medicine's name, owned) when
 * it cannot be told what is so of one. @since INSTANT_NONE: nothing is told as begun, changed or stopped. */
GPtrArray *med_story(const GPtrArray *current, const GPtrArray *ended, const DrugList *drugs, Instant since, Instant now,
                     char **ret_unsure);
/* Orders of the ward that are still given: what nobody has ended or gone on with. */
guint med_story_dangling(const GPtrArray *rows);
/* The läkemedelsberättelse in the words of the record; owned. NULL: no medicine at all. */
char *med_story_text(const GPtrArray *rows, Instant since);
