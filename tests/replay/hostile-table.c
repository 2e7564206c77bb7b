/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay/hostile.h"

#include <stddef.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

const HostilePlace hostile_places[] = {
    {"Patient?", AT_FIND},           {"Patient/", AT_CHART},     {"Observation", AT_VITALS},
    {"MedicationRequest", AT_MEDS},  {"Condition", AT_PROBLEMS}, {"AllergyIntolerance", AT_ALERTS},
    {"DocumentReference", AT_NOTES}, {"Binary", AT_NOTES},       {"Appointment", AT_BOOKINGS},
    {"DiagnosticReport", AT_REPORTS}, {NULL, AT_CHART}};

const char *const hostile_doubts[] = {
    "OKÄNT",        "OKÄND",        "visas inte",     "går inte att läsa", "kan inte läsas", "inte kan visa",
    "tomt svar",    "avklippt",     "har upphört",    "is not known",      "Inte signerat",  "KAN INTE VISAS SÄKERT",
    "hann före",    "En webbsida",  "Inget svar från kärnsystemet", NULL};

const char *const *const hostile_absence[PLACES] = {
    [AT_FIND] = LIST("Ingen träff, inte heller"),
    [AT_CHART] = LIST("registrera", "Inga", "Inget nytt"),
    [AT_MEDS] = LIST("Inga läkemedel", "Inga aktuella läkemedel"),
    [AT_VITALS] = LIST("Inga värden", "Inga mätvärden", "Inga provsvar"),
    [AT_RESULTS] = LIST("Inga värden", "Inga provsvar"),
    [AT_PROBLEMS] = LIST("Inga diagnoser", "Inga aktuella diagnoser"),
    [AT_ALERTS] = LIST("Ingen överkänslighet", "ingen överkänslighet"),
    [AT_NOTES] = LIST("Inga anteckningar"),
    [AT_BOOKINGS] = LIST("Inga bokningar"),
    [AT_REPORTS] = LIST("Inga svar"),
    [AT_PROCEDURES] = LIST("Inga åtgärder"),
    [AT_WARD] = LIST("Inga inskrivna patienter", "Inga bokningar i dag"),
    [AT_CHANGE] = LIST("har signerats"),
    [AT_SIGN] = LIST("Signerat:", "har signerats"),
};

/* The number that the hostile patients carry: nobody's, and no test identity either. */
#define NUMBER "1912" "1212-1212"
#define DAMAGED LIST("skadat eller avklippt")
#define NO_PATIENT LIST("19121212", "Läkemedel 0")

const HostileRow hostile_rows[] = {
    {"json-truncated-midstring.json", AT_CHART, NULL, DAMAGED, NO_PATIENT},
    {"json-trailing-garbage.json", AT_CHART, NULL, DAMAGED, NO_PATIENT},
    {"json-nan-infinity.json", AT_VITALS, NULL, DAMAGED, LIST("/min")},
    {"json-duplicate-keys.json", AT_MEDS, NULL, DAMAGED, LIST("Warfarin", "mg")},
    {"json-bom-utf8.json", AT_CHART, NULL, LIST("Lindström", NUMBER), LIST("\xef\xbb\xbf")},
    {"json-utf16le.json", AT_CHART, NULL, LIST("annan teckenkodning"), NO_PATIENT},
    {"json-invalid-utf8-name.json", AT_CHART, NULL, LIST("Lindstr\xef\xbf\xbdm", NUMBER), NULL},
    {"json-lone-surrogate.json", AT_CHART, NULL, LIST("\xef\xbf\xbdstr", NUMBER), NULL},
    {"json-nul-escape-in-name.json", AT_ALERTS, NULL, LIST("No known allergy\xef\xbf\xbd- WRONG: severe peni", "LIVSHOTANDE"),
     NULL},
    {"json-deep-nesting-arrays-100k.json", AT_CHART, NULL, DAMAGED, NO_PATIENT},
    {"json-huge-string-4mb.json", AT_VITALS, NULL, LIST("Note", "1 värde"), NULL},
    {"term-csi-in-patient-name.json", AT_FIND, NULL, LIST("Lindström", NUMBER, "␛[2J"), NULL},
    {"term-osc52-clipboard-in-note.json", AT_VITALS, NULL, LIST("Puls", "72"), LIST("52;c")},
    {"term-dcs-title-hyperlink.json", AT_FIND, NULL, LIST("␛P", NUMBER), NULL},
    {"term-c1-utf8.json", AT_FIND, NULL, LIST("\xef\xbf\xbd", NUMBER), NULL},
    {"term-bidi-override-dose.json", AT_MEDS, NULL, LIST("Ta \xef\xbf\xbd gm 05", "Warfarin", "\xef\xbf\xbdniraf"), NULL},
    {"term-zero-width-homoglyph-names.json", AT_FIND, "1912", LIST("3 träffar", "\xef\xbf\xbd", NUMBER), NULL},
    {"term-combining-flood.json", AT_FIND, NULL, LIST("1 träff", NUMBER "  kvinna"), NULL},
    {"term-emoji-zwj-wide.json", AT_FIND, "1912", LIST(NUMBER "  kvinna"), NULL},
    {"term-tabs-newlines-in-name.json", AT_FIND, NULL, LIST("1 träff", "Lind ström␊", NUMBER), NULL},
    {"schema-number-where-string.json", AT_CHART, NULL, LIST("12345", "nummer saknas", "kön okänt", "ålder okänd"), NULL},
    {"schema-string-where-array.json", AT_FIND, "1912", LIST("3 träffar", "Lindström", "Hel, "), NULL},
    {"schema-unknown-resourcetype.json", AT_FIND, NULL, LIST("Lindström, Åsa", "4 poster visas inte"), LIST("Små", "QuantumPatient")},
    {"schema-missing-mandatory-observation.json", AT_VITALS, NULL,
     LIST("3 värden", "7,9 STATUS OKÄND", "inget värde: Haemolysed", "rader 1–3 av 3"), LIST("Inga värden")},
    {"schema-unknown-fields.json", AT_CHART, NULL, LIST("Lindström", NUMBER), NULL},
    {"schema-modifierextension-unknown.json", AT_MEDS, NULL, LIST("OSÄKERT OM DE GES", "OKÄNT: Warfarin", "     Furosemid"),
     LIST("     Warfarin")},
    {"schema-entered-in-error-donotperform.json", AT_MEDS, NULL,
     LIST("SKA INTE GES: Metformin", "makulerad: Digoxin", "     Furosemid", "Läkemedel 2"), LIST("     Metformin", "     Digoxin")},
    {"bundle-next-link-self-loop.json", AT_VITALS, NULL, LIST("OKÄNT", "72"), LIST("Inga värden")},
    {"bundle-next-link-foreign-host.json", AT_VITALS, NULL, LIST("ligger på en annan server", "72"), NULL},
    {"bundle-duplicate-fullurl.json", AT_ALERTS, NULL, LIST("[!Ö] Penicillin LIVSHOTANDE", "signaler 1"), LIST("refuted")},
    {"ref-contained-dangling.json", AT_MEDS, NULL, LIST("Läkemedel 2", "LÄKEMEDLET HITTAS INTE"), NULL},
    {"ref-wrong-patient.json", AT_ALERTS, NULL, LIST("OKÄNT: överkänslighet", "2 poster visas inte", "Jordnöt", "Ägg"),
     LIST("Latex", "Warfarin")},
    {"qty-negative-huge-precision.json", AT_VITALS, NULL,
     LIST("-70 kg", "1,5E308 Cel", "0,0000000001 umol/L", "3,10 mmol/L", "100,000 cm"), NULL},
    {"qty-comparator-unit-mismatch.json", AT_VITALS, NULL,
     LIST("<5 ng/L", "1,2 mg/dL? umol/L?", "180 mmol/L? mg/dL?", "6,8 enhet?"), LIST("vikt 5")},
    {"date-limits.json", AT_VITALS, NULL, LIST("12 värden"), LIST("1970-01-01", "1 jan 1970", "vikt 7")},
    {"narrative-xss.json", AT_CHART, NULL, LIST("Lindström", NUMBER), LIST("alert(", "javascript", "script", "display:none")},
    {"binary-base64-bomb.json", AT_NOTES, NULL, LIST("Bilaga som rond inte kan visa"), NULL},
    {"http-200-empty-body.json", AT_CHART, NULL, LIST("tomt svar"), NO_PATIENT},
    {"http-200-html-login-page.html", AT_VITALS, NULL, LIST("En webbsida kom"), LIST("<html", "<form")},
    {"http-200-wrong-content-type.json", AT_CHART, NULL, LIST("Lindström", NUMBER), NULL},
    {"http-401-expired-token.json", AT_CHART, NULL, LIST("Inloggningen har upphört"), LIST("a-token", "Läkemedel 0")},
    {"http-403-forbidden.json", AT_PROBLEMS, NULL, LIST("OKÄNT: Spärrad information"), NULL},
    {"http-404-unknown.json", AT_CHART, NULL, LIST("Patient/nope is not known", "Sök patient"), LIST("Läkemedel 0")},
    {"http-412-version-conflict.json", AT_CHANGE, NULL, LIST("Någon annan hann före", "[+Deras+] ord", "[+Mina ord. +]"), NULL},
    {"http-422-validation.json", AT_SIGN, NULL, LIST("Inte signerat: kärnsystemet nekade", "Observation.status saknas", "Alvedon"), NULL},
    {"http-500-stacktrace.json", AT_SIGN, NULL, LIST("Inget svar från kärnsystemet: rond frågar", "Alvedon"), LIST("skickades inte")},
    {"http-content-length-short.json", AT_VITALS, NULL, LIST("OKÄNT: Förbindelsen bröts"), LIST("72")},
    {.file = NULL},
};
