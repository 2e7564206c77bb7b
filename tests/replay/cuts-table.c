/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay/cuts-table.h"

#include <stddef.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ORDER      "b alvedon 1g x4 vb smärta 5d"
#define OPEN_CHART "k /", "t lind", "k <Enter>", "w 2"

#define LOGGED_IN "Avdelningslista"
#define PIN_AGAIN "! " LOGGED_IN, "t 123456", "k <Enter>", "w 3", "."
#define CHOOSE    "! " LOGGED_IN, "k <Enter>", "w 3", "."

#define NOTE \
    .go = LIST(OPEN_CHART, "k n <Enter>", "t Bra.", "k <F2> <PgDn>", "w 1", "k <F9>", "w 5"), \
    .again = LIST("k <Esc> <Esc> <Esc>", OPEN_CHART, "k n <Enter>", "w 1", "! Bra.", "t Bra.", ".", "k <F2> <PgDn>", \
                  "w 1", "k <F9>", "w 5"), \
    .look = LIST("k <Esc> <Esc> <Esc>", OPEN_CHART, "k a", "w 5"), \
    .done = LIST("Signerad 08:", "Sparad i kärnsystemet"), \
    .not_done = LIST("Inte signerat", "skickades inte")
#define ORDERING \
    .go = LIST(OPEN_CHART, "k o", ORDER, "k <Enter> <PgDn>", "w 1", "k <F9>", "w 5"), \
    .again = LIST("k <Esc> <Esc> <Esc>", OPEN_CHART, "k o <F2>", "w 1", "! rdinationer att signera: 1", "k o <C-u>", ORDER, "k <Enter>", ".", \
                  "w 1", "k <PgDn>", "w 1", "k <F9>", "w 5"), \
    .look = LIST("k <Esc> <Esc> <Esc>", OPEN_CHART, "k l", "w 5"), \
    .done = LIST("Signerad 08:", "I kärnsystemet"), \
    .not_done = LIST("Inte signerat", "skickades inte")

const Tale tales[] = {
    {"login", "login.json",
     .go = LIST("k <Enter>", "w 1", "t 123456", "k <Enter>", "w 3", "k <Enter>", "w 5"),
     .look = LIST("k <F5>", "w 5", CHOOSE, PIN_AGAIN, CHOOSE, "k <F5>", "w 5"),
     .done = LIST(LOGGED_IN),
     .login = 1},
    {"search", "search.json",
     .go = LIST("k /", "t lind", "w 2", "k <Down>", "w 1", "k <Up> <Enter>", "w 2", "k d", "w 2"),
     .look = LIST("k <Esc> <Esc> <Esc>", "k /", "t lind", "w 2", "k <Down> <Enter>", "w 2", "k d", "w 5"),
     .together = LIST("Lindström, Sven      ", "Lindgren, Anna      ", "Astma", "Gikt")},
    {"note", "sign-note.json", NOTE},
    {"note-brief", "sign-note-brief.json", NOTE},
    {"order", "sign-order.json", ORDERING},
    {"order-brief", "sign-order-brief.json", ORDERING},
    {"booking", "book.json",
     .go = LIST(OPEN_CHART, "k b", "b åb 2v", "w 1", "k <Down>", "k <F4>", "w 5"),
     .again = LIST("k <Esc> <Esc> <Esc>", OPEN_CHART, "k b <C-u>", "b åb 2v", "w 2", "k <Down>", "k <F4>", "w 5"),
     .look = LIST("k <Esc> <Esc> <Esc>", OPEN_CHART, "k t", "w 5"),
     .done = LIST("Bokad 08:", "finns i kärnsystemet"),
     .not_done = LIST("Inte bokad", "skickades inte")},
    {NULL}};

const Absence absences[] = {
    {"AllergyIntolerance", "ngen överkänslighet"}, {"Flag", "ngen uppmärksamhetssignal"}, {"Flag", "nga uppmärksamhetssignaler"},
    {"Condition", "Inga diagnoser"},               {"Condition", "Inga aktuella diagnoser"},
    {"MedicationRequest", "Inga läkemedel"},       {"MedicationRequest", "Inga aktuella läkemedel"},
    {"Observation", "Inga mätvärden"},             {"Observation", "Inga provsvar"},
    {"DocumentReference", "Inga anteckningar"},    {"DocumentReference", "Inget nytt sedan"},
    {"DiagnosticReport", "Inget nytt sedan"},      {"Appointment", "Inga bokningar"},
    {"Encounter", "Inga inskrivna"},               {"Patient", "Ingen träff,"},
    {"Encounter", " 0 patienter"}, {"Appointment", " 0 bokningar"},
    {"PractitionerRole", "ingen enhet med en lista"},
    {NULL}};
