/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/identity.h — Swedish person identifiers: personnummer, samordningsnummer, nationellt
 * reserv-id, VGR's local reservnummer. Sources: folkbokföringslagen
 * (1991:481) 18 and 18 a §§ and Skatteverket's legal guidance for the first two, Inera's "Nationellt
 * Reservidformat" for the third, Västra Götalandsregionen for the last. Pure. */
#pragma once
#include "base/datetime.h"
#include <glib.h>

typedef enum { ID_NONE, ID_PERSONNUMMER, ID_SAMORDNINGSNUMMER, ID_RESERV_NATIONAL, ID_RESERV_VGR } IdentityKind;

typedef struct {
    IdentityKind kind;
    char id12[13];  /* storage form, no separator */
    char sex;       /* 'F', 'M' or '?' as the number says; may differ from Patient.gender */
    CivilDate birth; /* as the number says; year 0 when it does not */
} Identity;

/* Any written form: 12 or 10 digits, with -, + or blanks. 10 digits are resolved against @today. */
gboolean identity_parse(const char *text, CivilDate today, Identity *ret);
/* "19120211-9192"; reserv-id alike. Newly allocated. Unknown forms come back as they are. */
char *identity_display(const char *id12);
const char *identity_system(IdentityKind kind); /* FHIR Identifier.system */
IdentityKind identity_kind_of_system(const char *system);
