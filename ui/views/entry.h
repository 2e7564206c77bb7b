/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/entry.h — the state of an entry into the lists of the chart, shared by what is typed (entry.c,
 * entry-form.c), shown (entry-paint.c) and sent (entry-send.c). Nobody else includes it. */
#pragma once
#include "chart/code-search.h"
#include "chart/entry-write.h"
#include "ui/views/line.h"

#define ENTRY_OFFERED "offer:" /* before a line that nobody has typed: it is no draft before somebody goes on with it */

typedef struct {
    Line line;
    EntryDomain domain;
    EntryAct act;
    char *old_id;      /* "AllergyIntolerance/12"; NULL: new */
    FhirResource *old; /* NULL until the core or the cache has it */
    Entry *entry;      /* what the line says; never NULL */
    guint choice;      /* of entry->choices, where entry_codes_chosen() */
    gboolean choosing; /* somebody has moved among them */
    CodeSearch *search; /* NULL: no core is asked for codes of this kind */
    CodeItem *taken;   /* the code of the core's that was chosen; NULL */
    char *encounter;   /* id; NULL */
    FhirResource *visit; /* the same, where the diagnoses of the visit are written; NULL: none, or not known yet */
    gboolean prescribes; /* this person may order */
    gboolean offered;  /* the line was not typed by anybody yet */
    gboolean suspected; /* it began as an offer of what is only suspected: certainty has to be said in words */
} EntryView;

gboolean entry_view_sign(View *v, CmdCall *call, GError **error);

/* ---- entry-codes.c: which codes, and from where ---- */

void entry_codes_open(View *v, CodeSearchFn fn); /* @fn with the view */
void entry_codes_known(const EntryView *s, EntryContext *c); /* what the line may be read with */
void entry_codes_read(EntryView *s);                         /* the line was read: the core is asked what it says */
gboolean entry_codes_move(View *v, const char *key);          /* TRUE: it was an arrow among the choices */
gboolean entry_codes_chosen(const EntryView *s);              /* Enter takes s->choice: the only one, or somebody has moved to it */
void entry_codes_take(EntryView *s, const CodeItem *item);
char *entry_codes_source(const EntryView *s);                /* one row; NULL: there is nothing to say. Owned */
gboolean entry_codes_suspected(const char *arg);             /* of a draft: it began as an offer of what is only suspected */
char *entry_codes_keep(const EntryView *s, const char *arg); /* for the draft: @arg and the chosen code. Owned */
char *entry_codes_kept(EntryView *s, const char *meta);      /* and back; gives @arg. Owned */

/* ---- entry-form.c: the parts of the line in fields ---- */

extern const LineForm entry_form;
const char *entry_label(const EntryView *s, EntryField field); /* translated; the same in the form and in the reading */

/* ---- entry-paint.c: as it will be signed ---- */

gboolean entry_paint(View *v, Canvas *c); /* TRUE: its last line is on the screen */
char *entry_reading_text(const EntryView *s); /* owned */
