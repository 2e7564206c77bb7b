/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/visit-type.h — the kinds of visit (tidtyper): the letters of the diary, the words typed, the
 * Swedish words that enter the record. One table; pure. */
#pragma once
#include "fhir/resource.h"

typedef struct {
    const char *letters; /* "ÅB" */
    const char *words;   /* typed forms, folded, blanks between */
    const char *text;    /* in the record, Swedish whatever the screen speaks */
    const char *code;    /* HL7 v2-0276 where it has one, else NULL */
} VisitType;

#define VISIT_TYPE_SYSTEM "http://terminology.hl7.org/CodeSystem/v2-0276"

/* @folded: text_fold()ed word or words; NULL when it is no kind of visit. */
const VisitType *visit_type_of_word(const char *folded);
/* Of an Appointment or Slot; NULL when it names none that we know. */
const VisitType *visit_type_of(const FhirResource *r);
/* "NB ÅB TEL …" for help. Owned. */
char *visit_type_letters(void);
/* "nybesök, återbesök, …", each of which may be typed. Owned. */
char *visit_type_texts(void);
