/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/exercise.h — tasks as text files (data/tasks/BNN.task): start, task, hints, key budget and
 * checks of what the core holds at the end. One format for exercises, tests and acceptance; it is
 * described in data/tasks/README.md. Knows no screen. An Exercise owns everything in it. */
#pragma once
#include "client/client.h"

typedef enum {
    CONDITION_NEW,
    CONDITION_IS,
    CONDITION_NOT,
    CONDITION_HAS,
    CONDITION_EXISTS,
    CONDITION_ABSENT
} ConditionKind;
typedef struct {
    ConditionKind kind;
    char *path;  /* NULL for CONDITION_NEW; "text()" is the words of a note */
    char *value; /* for IS, NOT and HAS; {jag} {patient} {uppdrag} are filled in */
} ExerciseCondition;

typedef struct {
    char *right, *missing; /* said when it holds; when it does not. Swedish */
    char *patient;         /* id; NULL = the exercise's first */
    char *type, *params;   /* what is searched; the patient is added unless the type is AuditEvent */
    GPtrArray *conditions; /* ExerciseCondition* */
    guint at_least, at_most;
} ExerciseCheck;

typedef struct {
    char *id, *title;       /* "B04" */
    char *awaits;           /* what is not built yet that it needs; NULL = it can be done */
    guint built_in;         /* the issue that builds it; 0 = a later one */
    char *role, *start, *task;
    char **patients;        /* ids, may be empty */
    guint budget;           /* keys; 0 = none */
    GPtrArray *hints;       /* char* */
    GPtrArray *checks;      /* ExerciseCheck* */
} Exercise;

void exercise_free(Exercise *e);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exercise, exercise_free)
/* NULL with a sentence that names the line. */
Exercise *exercise_parse(const char *id, const char *text, GError **error);
/* All files of @dir by id; those that cannot be read are named in @problems (char*). */
GPtrArray *exercise_list(const char *dir, GPtrArray *problems);
gboolean exercise_is_built(const Exercise *e); /* the others are listed and cannot be begun */

typedef struct {
    const char *practitioner, *commission; /* {jag}, {uppdrag} */
    Instant started;                       /* CONDITION_NEW: changed in the core since */
} ExerciseWho;
/* One resource against all conditions of a check. */
gboolean exercise_fits(const ExerciseCheck *check, const char *patient, const ExerciseWho *who,
                       const FhirResource *r);

typedef enum { OUTCOME_WAITING, OUTCOME_RIGHT, OUTCOME_MISSING, OUTCOME_UNKNOWN } ExerciseOutcome;
/* After every answer: one outcome per check, in order; @done when none is waiting. */
typedef void (*ExerciseFn)(const ExerciseOutcome *outcomes, guint n, gboolean done, gpointer data);
/* Opens the patients (audited, with the exercise as reason) and asks the core. @e and @who must live as
 * long as @scope. */
void exercise_check(Client *client, Scope *scope, const Exercise *e, const ExerciseWho *who, ExerciseFn fn,
                    gpointer data);
