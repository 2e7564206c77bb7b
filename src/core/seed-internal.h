/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/seed-internal.h — what the parts of the expansion share: the hospital's tables and the chart
 * under construction. Only seed*.c include it. A Seed owns its tables; a SeedChart lives while one
 * patient is expanded and owns the resources it has collected. */
#pragma once
#include "core/seed-table.h"
#include "core/seed.h"
#include "fhir/build.h"

#define SEED_OID_HSA     "urn:oid:1.2.752.29.4.19"
#define SEED_ICD10       "urn:oid:1.2.752.116.1.1.1.1.3"
#define SEED_KVA         "urn:oid:1.2.752.116.1.3.2.1.4"
#define SEED_ATC         "http://www.whocc.no/atc"
#define SEED_NPU         "urn:oid:1.2.752.108.1"
#define SEED_LOINC       "http://loinc.org"
#define SEED_SNOMED      "http://snomed.info/sct"
#define SEED_ALERT_GROUP "urn:rond:alert-group" /* A1 … E: Socialstyrelsen's alert information */

typedef struct SeedDiary SeedDiary;

typedef struct {
    const char *dir;
    CivilDate today;     /* of the charts */
    CivilDate diary_day; /* of the diaries: a day later in the small hours */
    SeedSink sink;
    gpointer data;
    SeedTable *units, *rooms, *staff, *assignments, *labs, *drugs, *diaries, *patients, *bookings;
    GHashTable *cases; /* "cases/kol.case" → SeedCase*; NULL value: there is no such file */
    SeedDiary *diary;
} Seed;

typedef struct {
    Seed *seed;
    const char *id;     /* "pat-0012" */
    const char *serial; /* "0012": part of the ids of everything in the chart */
    char *given, *family, *display;
    const char *unit, *pal, *bed;
    char sex;      /* 'F', 'M' or '?' */
    gboolean born; /* birth date known */
    CivilDate birth;
    int age;
    int shift;  /* days that a case not tied to today is moved back */
    int jitter; /* minutes */
    Decimal weight;
    GHashTable *counts;  /* id prefix → last number used */
    GHashTable *seen;    /* "I10.9", "C03CA01": what an earlier case already gave */
    GHashTable *values;  /* "crp" → GPtrArray of SeedValue*, for the numbers in notes */
    GPtrArray *contacts; /* SeedContact*, the last is the current one */
    GPtrArray *out;      /* FhirResource*, in order */
} SeedChart;

typedef struct {
    char *id;
    const char *kind, *unit;
    Instant start, end; /* end INSTANT_NONE: still open */
    char *reason, *bed;
    const char *doctor;
    GPtrArray *conditions; /* ids, first is the main diagnosis */
} SeedContact;

/* seed-chart.c */
typedef gboolean (*SeedStatement)(SeedChart *c, const SeedLine *l, GError **error);
gboolean seed_chart_run(SeedChart *c, const SeedLine *l, GError **error);
char *seed_next_id(SeedChart *c, const char *prefix);
gboolean seed_take(SeedChart *c, FhirBuild *b, GError **error); /* finishes @b into the chart */
FhirBuild *seed_start(SeedChart *c, const char *type, const char *id);
void seed_subject(SeedChart *c, FhirBuild *b, const char *key);
SeedContact *seed_contact_at(SeedChart *c, Instant t); /* NULL when none is open at @t */
void seed_b_encounter(SeedChart *c, FhirBuild *b, Instant t);
void seed_b_staff(SeedChart *c, FhirBuild *b, const char *key, const char *staff);
gboolean seed_flush_contacts(SeedChart *c, GError **error);

/* seed-time.c: "-3d 14:05", "-5å", "21d". */
typedef struct {
    CivilDate date;
    gboolean timed;
    char unit; /* 'y', 'm', or 'd' */
    Instant instant; /* 12:00 of the date when not timed */
} SeedTime;
gboolean seed_time(const SeedChart *c, const SeedLine *l, const char *text, SeedTime *ret,
                   GError **error);
/* The same from another day than the charts' today. */
gboolean seed_time_from(const SeedChart *c, const SeedLine *l, const char *text, CivilDate today,
                        SeedTime *ret, GError **error);
gboolean seed_offset_days(const char *text, CivilDate today, CivilDate *ret, const char **ret_rest);
void seed_b_when(FhirBuild *b, const char *key, const SeedTime *t);
/* As exact as one knows what was so long ago: "2014" of -12å, "2026-03" of -8m. */
void seed_b_as_known(FhirBuild *b, const char *key, const SeedTime *t);

/* seed-text.c: numbers and words that vary from patient to patient, always the same for one. */
guint32 seed_hash(const char *a, const char *b);
guint seed_pick(const SeedChart *c, const SeedLine *l, const char *salt, guint n);
/* "186~20" → 186 ± 20 with the digits of the base; each quantity leans the same way in one chart.
 */
gboolean seed_vary(const SeedChart *c, const char *name, const char *text, Decimal *ret);
/* Placeholders of a text written at @at: {crp} is the last value known then. NULL: one is unknown.
 */
char *seed_fill(const SeedChart *c, const SeedLine *l, const char *text, Instant at);
void seed_remember(SeedChart *c, const char *name, Instant when, char *text); /* takes @text */
const char *seed_author(const SeedChart *c, const SeedLine *l, const char *role, const char *unit);

/* seed-dosage.c: writes "dosageInstruction"; @form gives the route. */
gboolean seed_b_dosage(FhirBuild *b, const SeedLine *l, const char *dose, const char *form,
                       const char *reason, GError **error);

/* seed-alert.c, seed-observation.c, seed-note.c, seed-medication.c, seed-result.c: statements */
gboolean seed_allergy(SeedChart *c, const SeedLine *l, GError **error);
gboolean seed_flag(SeedChart *c, const SeedLine *l, GError **error);
gboolean seed_vitals(SeedChart *c, const SeedLine *l, GError **error);
gboolean seed_labs(SeedChart *c, const SeedLine *l, GError **error);
gboolean seed_study(SeedChart *c, const SeedLine *l, GError **error);
gboolean seed_note(SeedChart *c, const SeedLine *l, GError **error);
gboolean seed_b_note_type(FhirBuild *b, const char *type); /* FALSE: there is no such note */
void seed_b_note_people(SeedChart *c, FhirBuild *b, const char *author, gboolean is_signed, const char *unit);
void seed_b_note_context(SeedChart *c, FhirBuild *b, Instant when);
gboolean seed_dictation(SeedChart *c, const SeedLine *l, GError **error);   /* seed-request.c */
gboolean seed_countersign(SeedChart *c, const SeedLine *l, GError **error);
gboolean seed_referral(SeedChart *c, const SeedLine *l, GError **error);
void seed_b_task(SeedChart *c, FhirBuild *b, const char *what, const char *priority,
                 const char *focus_type, const char *focus, Instant when);
gboolean seed_medication(SeedChart *c, const SeedLine *l, GError **error);

/* One laboratory value into the chart; FALSE for an unknown test. */
typedef struct {
    const char *id, *test;
    Decimal value;
    Instant when, issued;
} SeedResult;
/* -2, -1, 0, 1, 2 for LL, L, within, H, HH in *ret_flag. */
gboolean seed_lab_observation(SeedChart *c, const SeedResult *r, int *ret_flag, GError **error);

/* seed-diary.c */
SeedDiary *seed_diary_new(Seed *s, GError **error);
void seed_diary_free(SeedDiary *d);
gboolean seed_diary_book(SeedChart *c, const SeedLine *l, GError **error);
gboolean seed_diary_schedules(Seed *s, GError **error);
gboolean seed_diary_flush(Seed *s, GError **error); /* slots and appointments */

/* seed-staff.c, seed-patient.c, seed-heavy.c */
gboolean seed_hospital(Seed *s, GError **error);
gboolean seed_patients(Seed *s, GError **error);
void seed_b_patient_name(FhirBuild *b, const char *given, const char *family, gboolean hidden);
gboolean seed_heavy(SeedChart *c, guint resources, GError **error);
gboolean seed_give(Seed *s, FhirBuild *b, GError **error); /* finishes @b into the sink */
