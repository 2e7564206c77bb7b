/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/screen/stray-places.h"

#include <string.h>

#include "ui/input.h"

#define WARD   "SE2329999993-U5001"
#define CLINIC "SE2329999993-U5002"
#define OPEN   "Ö 1551 <Enter> "
#define NOTE   OPEN "n <Enter> Sover. "
#define CORRECT "f fel <Enter> Rättat. "
#define SIGN   "<F2> " STRAY_WAIT " <F9> " STRAY_WAIT " "
#define LINE   TAKES_LINE, "<End> <C-u>"

const StrayPlace stray_places[] = {
    {"login", NULL, ""},
    {"login/pin", NULL, "1", TAKES_SECRET, "<C-u>"},
    {"login/assignment", NULL, "1 " STRAY_WAIT " 123456 <Enter>"},
    {"lock", NULL, ""},
    {"lock/pin", NULL, "<Enter>", TAKES_SECRET, "<C-u>"},
    {"worklist", WARD, ""},
    {"worklist/clinic", CLINIC, ""},
    {"patient-find", WARD, "<F3>", LINE},
    {"patient-find/hits", WARD, "<F3> an <Down>", LINE},
    {"summary", WARD, OPEN},
    {"notes", WARD, OPEN "a"},
    {"notes/search", WARD, OPEN "a *", LINE},
    {"notes/pick", WARD, OPEN "a z", TAKES_NOTHING, NULL, "pick"},
    {"note-read", WARD, OPEN "a <Enter>"},
    {"vitals", WARD, OPEN "m"},
    {"value-source", WARD, OPEN "m i"},
    {"results", WARD, OPEN "p"},
    {"reports", WARD, OPEN "p <Tab>"},
    {"problems", WARD, OPEN "d"},
    {"alerts", WARD, OPEN "u"},
    {"diagnosis-new", WARD, OPEN "d +", LINE},
    {"diagnosis-new/complete", WARD, OPEN "d + J18.9,_huvud", LINE},
    {"diagnosis-new/over", WARD, OPEN "d å", LINE},
    {"procedures", WARD, OPEN "d <Tab>"},
    {"procedure-new", WARD, OPEN "d <Tab> +", LINE},
    {"alert-new", WARD, OPEN "u +", LINE},
    {"alert-new/choices", WARD, OPEN "u + penici", LINE},
    {"alert-new/complete", WARD, OPEN "u + penicillin,_utslag,_b,_bekr", LINE},
    {"alert-new/choice-field", WARD, OPEN "u + penicillin,_utslag,_b,_bekr <F4> <Down>"},
    {"bookings", WARD, OPEN "t"},
    {"medications", WARD, OPEN "l"},
    {"medication-detail", WARD, OPEN "l <Enter>"},
    {"note-read/ask", WARD, OPEN "a <Down> <Enter> f", LINE, "form"},
    {"note-conflict", WARD, OPEN "a <Down> <Enter> " CORRECT "<Esc> " CORRECT SIGN "g u <Enter> " SIGN "<Up>"},
    {"print", WARD, OPEN "g p"},
    {"print/pages", WARD, OPEN "a <Enter> g p"},
    {"to-sign", WARD, "g s"},
    {"note-batch", WARD, "g s <F9>"},
    {"note-edit/templates", WARD, OPEN "n"},
    {"note-edit", WARD, OPEN "n <Enter>", TAKES_TEXT, NULL},
    {"note-edit/dot", WARD, OPEN "n <Enter> .", TAKES_TEXT, NULL},
    {"note-edit/phrases", WARD, OPEN "n <Enter> .b <Down>", TAKES_TEXT, NULL},
    {"note-edit/beside", WARD, OPEN "n <Enter> <F8>", TAKES_TEXT, NULL},
    {"note-edit/reads-beside", WARD, OPEN "n <Enter> <F8> <C-l>"},
    {"note-edit/searches-beside", WARD, OPEN "n <Enter> <F8> <C-l> *", LINE},
    {"note-review", WARD, NOTE "<F2>"},
    {"order", WARD, OPEN "o", LINE},
    {"order/complete", WARD, OPEN "o alvedon_1g_x4_vb_smärta_5d", LINE},
    {"order/choices", WARD, OPEN "o met_50mg_x1_hypertoni", LINE},
    {"order/form", WARD, OPEN "o alvedon_1g_x4_vb_smärta_5d <F4>", LINE},
    {"order/choice-field", WARD, OPEN "o alvedon_1g_x4_vb_smärta_5d <F4> <Down>"},
    {"giving-ward", WARD, "g d", TAKES_SCAN},
    {"giving", WARD, OPEN "g m", TAKES_SCAN},
    {"giving-review", WARD, OPEN "g m _ <F9>"},
    {"sign-list", WARD, OPEN "o alvedon_1g_x4_vb_smärta_5d <Enter>"},
    {"sign-list/pick", WARD, OPEN "o alvedon_1g_x4_vb_smärta_5d <Enter> r", TAKES_NOTHING, NULL, "pick"},
    {"sign-list/reasons", WARD, OPEN "o kåv_1g_x3_i_7d_tonsillit <Enter> r", TAKES_NOTHING, NULL, "pick"},
    {"sign-list/ask", WARD, OPEN "o kåv_1g_x3_i_7d_tonsillit <Enter> r <Enter>", LINE, "form"},
    {"vitals-new", WARD, OPEN "v", LINE},
    {"vitals-new/complete", WARD, OPEN "v 24_92/2l_104/62_112_38,4_a", LINE},
    {"vitals-new/question", WARD, OPEN "v temp_384", LINE},
    {"vitals-new/confirm", WARD, OPEN "v temp_384 <Enter>", TAKES_NOTHING, NULL, "confirm"},
    {"vitals-new/choice-field", WARD, OPEN "v 24_92/2l_104/62_112_38,4_a <F4> <Down> <Down> <Down> <Down> <Down> <Down>"},
    {"drafts", WARD, NOTE "<Esc> h g u"},
    {"drafts/confirm", WARD, NOTE "<Esc> h g u <Del>", TAKES_NOTHING, NULL, "confirm"},
    {"schedule-day", CLINIC, "k"},
    {"schedule-day/ask", CLINIC, "k c", LINE, "form"},
    {"schedule-week", CLINIC, "w"},
    {"booking-new", CLINIC, "/ öberg_48 <Enter> b", LINE},
    {"booking-new/proposals", CLINIC, "/ öberg_48 <Enter> b åb_2v <Down>", LINE},
    {"booking-new/confirm", CLINIC, "/ öberg_48 <Enter> b åb_fre_13:00_ek <Enter> <Enter>", TAKES_NOTHING, NULL,
     "confirm"},
    {"exercises", WARD, "g ö"},
    {"exercise", WARD, "g ö <Enter> g e"},
    {"help", WARD, "?", LINE},
    {"help/chart", WARD, OPEN "?", LINE},
    {"palette", WARD, "<C-p>", LINE},
    {"palette/sign-list", WARD, OPEN "o alvedon_1g_x4_vb_smärta_5d <Enter> <C-p>", LINE},
    {"log", WARD, "g l"},
    {"about", WARD, "g o"},
    {"worklist/line", WARD, ":", LINE},
    {"summary/line", WARD, OPEN ":", LINE},
    {0}};

void stray_way(const char *keys, void (*press)(const char *bytes, gsize n, gpointer data), gpointer data)
{
    g_auto(GStrv) tokens = g_strsplit(keys, " ", -1);
    for (char **t = tokens; *t; t++) {
        if (strcmp(*t, STRAY_WAIT) == 0) {
            press("", 0, data);
            continue;
        }
        if (**t == '<') {
            g_autofree char *bytes = input_key_bytes(*t);
            press(bytes, strlen(bytes), data);
            continue;
        }
        for (const char *p = *t; *p; p = g_utf8_next_char(p))
            press(*p == '_' ? " " : p, *p == '_' ? 1 : (gsize)(g_utf8_next_char(p) - p), data);
    }
}
