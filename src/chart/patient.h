/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/patient.h — who a patient is, in the words of the banner and the lists. Pure. All strings
 * owned by the caller and hostile until painted. Protected identity (sekretessmarkering, skyddad
 * folkbokföring: HL7 Sweden's security labels) hides address and phone everywhere. */
#pragma once
#include "fhir/resource.h"

char *chart_patient_list_name(const FhirResource *p);   /* "Öberg, Sven-Åke": family, tilltalsnamn */
char *chart_patient_banner_name(const FhirResource *p); /* "Öberg, Karl /Sven-Åke/": tilltalsnamn marked when not alone */
char *chart_patient_number(const FhirResource *p);      /* "ÅÅÅÅMMDD-NNNN", reservnummer alike; NULL when none */
CivilDate chart_patient_birth(const FhirResource *p);   /* year 0 when unknown */
/* "78", "14 mån", "12 d" by age; @lang "sv" or "en"; "" when unknown. */
char *chart_patient_age(const FhirResource *p, CivilDate today, const char *lang);
/* "man, 78 år" / "kvinna, …"; deceased: "avliden 2026-11-02". */
char *chart_patient_sex_age(const FhirResource *p, CivilDate today, const char *lang);
gboolean chart_patient_protected(const FhirResource *p);
gboolean chart_patient_deceased(const FhirResource *p);
/* Folded words for finding: names, number with and without century and separator. */
char *chart_patient_words(const FhirResource *p);
