/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note.h — notes: templates with sökord, the text as it is signed, the DocumentReference, and
 * whether the core holds what was signed. Sökord and note types are words of the record (Swedish),
 * from the template. Knows no screen and no draft store. */
#pragma once
#include "chart/note-state.h"
#include "client/client.h"
#include "client/write.h"

/* What a sökord takes (chart/note-entry.h). */
typedef enum { NOTE_WORDS, NOTE_CHOICE, NOTE_NUMBER, NOTE_DATE, NOTE_ENTRIES } NoteEntry;

typedef struct {
    char *link_id, *title; /* sökord */
    guint level;           /* 0 = top */
    gboolean takes_text;   /* FALSE: only a heading over others */
    NoteEntry entry;
    char **choices;        /* NOTE_CHOICE; NULL */
    gboolean open;         /* NOTE_CHOICE: other words will do */
    gboolean whole;        /* NOTE_NUMBER: no decimals */
    char *unit;            /* NOTE_NUMBER; NULL = none */
    gboolean lost;         /* words of a draft that have no sökord in the template stand here, until the draft is saved */
    char *text;            /* never NULL; of an entry as it is signed, "72,5 kg", once it is settled */
} NoteSection;

typedef struct {
    char *template_id;       /* "daganteckning" */
    char *title;             /* "Daganteckning" */
    char *loinc;             /* note type */
    GPtrArray *sections;     /* NoteSection* */
} Note;

void note_free(Note *n);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Note, note_free)

/* Templates: FHIR Questionnaire files data/forms/note-*.json. Array of FhirResource*, by title; a file
 * that cannot be used is named in @problems (char*). @role filters by profession (useContext);
 * NULL: all. */
GPtrArray *note_templates(const char *dir, const char *role, GPtrArray *problems);
/* The same of several folders, ended by NULL; a name in an earlier one hides it in a later. */
GPtrArray *note_templates_of(const char *const *dirs, const char *role, GPtrArray *problems);
char *note_template_id(const FhirResource *questionnaire);
char *note_template_title(const FhirResource *questionnaire);
/* An empty note of a template. NULL with @error when the template is unusable (loop, no linkId …). */
Note *note_new(const FhirResource *questionnaire, GError **error);
/* A sökord that the template does not have, with the title of one that another has; it stands behind section
 * @after and all under it. Returns its place. */
guint note_add_term(Note *n, guint after, const char *title);
/* The titles that sökord may have, from @templates and @n itself, a–ö, each once: those where the words of
 * @typed begin words of it. char*, owned. */
GPtrArray *note_terms(const GPtrArray *templates, const Note *n, const char *typed);
/* The words of a note in the record, to be written on: in the sökord of that one of @templates that says
 * just the same words, else as one text without sökord. @text "" : nothing yet. */
#define NOTE_FREE_TEXT "fritext" /* the latter's template_id; no template has this name */
Note *note_of_document(const FhirResource *document, const GPtrArray *templates, const char *text);

/* The draft's own form, one text: "<template>\n" and then each section as "\x1f<linkId>\x1d<title>\n<text>", of a
 * sökord that was added "\x1f+<linkId of the one before>\x1d<title>\n<text>".
 * Reads back what it wrote; text of a section that the template has lost, or calls by another title, stands last
 * in a sökord of its own, that is @lost. */
char *note_to_draft(const Note *n);
gboolean note_from_draft(Note *n, const char *text);
/* Where the text of a section begins in that form, when the texts are so many bytes long and this one is not empty. */
gsize note_draft_offset(const Note *n, const gsize *lengths, guint section);
char *note_draft_template(const char *text); /* template id of a draft */

/* The words that are signed: sökord and text, empty sökord left out, NFC. "" when all are empty. */
char *note_text(const Note *n);
char *note_text_with(const Note *n, gboolean marks); /* "# " before the sökord: headings of the XHTML copy */

/* What a new note is to one that is there. */
typedef enum {
    NOTE_STANDS_ALONE,
    NOTE_REPLACES,   /* a later version of it */
    NOTE_ADDS_TO,    /* tillägg */
    NOTE_TRANSCRIBES,
    NOTE_RELATIONS
} NoteRelation;

typedef struct {
    const char *identifier;  /* "urn:uuid:…", the draft's: the same write when repeated */
    const char *practitioner, *name; /* who writes */
    const char *role_id;     /* their PractitionerRole; NULL: not known */
    const char *author, *author_name; /* whose words they are, when it is somebody else; NULL */
    NoteRelation relation;
    const FhirResource *base; /* the note it is related to, in the version that was read; NULL = none */
    const char *reason;      /* why it is corrected; NULL */
    const char *unit, *unit_name;
    const char *encounter;   /* id or NULL */
    Instant event;           /* when it happened */
    Instant now;
    gboolean sign;           /* FALSE: an unsigned note in the record */
    gboolean one_content;    /* the core takes one format: the plain text */
} NoteWriting;
/* @document says of itself that it is this to the note @id, first or among other things. */
gboolean note_relates(const FhirResource *document, NoteRelation relation, const char *id);
gboolean note_follows(const FhirResource *document, const char *id); /* a later version of it, or its transcription */
/* The ids of the versions that it says it follows, the @i-th; NULL: there are no more. Owned. */
char *note_earlier(const FhirResource *document, guint i);
/* "version 2" as the core counts; of a later version of another note, which begins at 1 again, that it is one. Owned. */
char *note_version_words(const FhirResource *document);
FhirResource *note_document(const Note *n, const FhirResource *patient, const NoteWriting *w, GError **error);
/* The base with a later version, when the relation makes it the earlier one; NULL: it stays as it is. */
FhirResource *note_superseded(const NoteWriting *w, GError **error);

/* Reading a DocumentReference of any core. */
typedef struct {
    char *title, *author, *unit, *text; /* text: safe to show after painting; never NULL */
    char *helpers;      /* the authors after the first: who wrote it down, who corrected it; NULL */
    char *signer;       /* NULL: nobody */
    char *countersigner; /* NULL: nobody */
    Instant countersigned;
    char *why;          /* what the record says of its correction or striking; NULL */
    NoteState life;
    NoteRelation relation;
    char *related;      /* id of the note it is related to; NULL */
    char *state;        /* "signerad", "osignerad", "makulerad" …: word of the screen, translated */
    gboolean is_signed, struck;
    gboolean not_text;  /* an attachment that cannot be shown: text names it */
    guint others;       /* attachments beside it that are not shown */
    Instant date, event;
} NoteReading;
void note_reading_free(NoteReading *r);
NoteReading *note_read(const FhirResource *document);
/* What took its place, @later, has been struck: so is this, whatever the core says of it. */
void note_reading_strike(NoteReading *r, const FhirResource *later);

/* The core's copy holds exactly what was signed (after NFC). */
gboolean note_same_text(const FhirResource *document, const char *signed_text);
/* It holds words that can be shown; asked often, so nothing is decoded. */
gboolean note_has_words(const FhirResource *document);
/* Its words, as the reading shows them. Owned. */
char *note_document_text(const FhirResource *document);
