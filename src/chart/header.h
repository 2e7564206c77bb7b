/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/header.h — what stands over every patient screen: what can hurt this patient, in words, most
 * dangerous first, and where the patient is. Loads and watches; tells again when it changes. Where
 * the core did not answer the question it says "not known", never nothing. */
#pragma once
#include "client/client.h"

typedef struct {
    GPtrArray *flags; /* char*: "[!Ö] penicillin LIVSHOTANDE", most dangerous first */
    guint64 kills;    /* bit n: flag n can kill */
    char *unknown;    /* a sentence when something could not be asked; NULL when all is known */
    char *place;      /* bed or unit, NULL when not admitted */
    char *more;       /* "PAL Ek  vikt 84 kg (20 nov)"; NULL */
    char *encounter;  /* id of the encounter under way, NULL */
    gboolean settled; /* each question has been answered whole, or refused */
    gboolean is_unknown; /* what can hurt the patient is not known: @unknown says so */
} ChartHeader;

typedef struct ChartHeaderSource ChartHeaderSource;
typedef void (*ChartHeaderFn)(const ChartHeader *h, gpointer data); /* borrowed for the call */
/* Lives until @scope closes. */
const char *const *chart_header_types(void); /* what is read for it, NULL at the end */
void chart_header_watch(Client *client, Scope *scope, PatientCtx *patient, ChartHeaderFn fn, gpointer data);

/* The lines of both, in the order they are to be seen (chart/header-rank.c). Owned. */
GPtrArray *chart_header_flags(const GPtrArray *allergies, const GPtrArray *flags, guint64 *ret_kills);
/* How many of each kind there was no room for: "+2 hypersensitivities, 1 condition", "+2 [!Ö], 1 [!T]" in brief.
 * @hidden ends with NULL; @kills as in ChartHeader. Owned. */
char *chart_header_rest(const char *const *hidden, guint64 kills, gboolean brief);
/* One line of an AllergyIntolerance; NULL when it does not count (refuted, entered in error, resolved).
 * *ret_danger: 2 life-threatening, 1 other. Owned. */
char *chart_allergy_words(const FhirResource *allergy, int *ret_danger);
/* The entry says that there is no known hypersensitivity (of some kind). */
gboolean chart_allergy_is_absence(const FhirResource *allergy);
/* One line of a Flag: [!S] smitta, [!T] tillstånd/behandling, [!V] vårdrutin: the groups
 * of Socialstyrelsen's uppmärksamhetsinformation, coded as in HL7 Sweden's medicalalertinformation. Owned. */
char *chart_flag_words(const FhirResource *flag);
