/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/entry-internal.h — what each type of resource is to an entry: how it is read, made and changed. Nobody
 * outside the entry's own files includes it. */
#pragma once
#include "chart/entry-write.h"
#include "fhir/build.h"

typedef struct {
    const char *type;
    void (*read)(FhirNode root, Entry *e);                 /* what it says, into typed */
    void (*make)(FhirBuild *b, const Entry *e, const char *patient_id, const EntryWriting *w);
    /* The fields that differ from @before, into the edit. */
    void (*change)(FhirEdit *edit, const FhirResource *old, const Entry *e, const Entry *before, const EntryWriting *w);
    void (*question)(FhirEdit *edit, const Entry *e, const Entry *before, const EntryWriting *w);
    void (*strike)(FhirEdit *edit);
    void (*resolve)(FhirEdit *edit, const Entry *e, const EntryWriting *w); /* NULL: it does not end by itself */
    gboolean notes; /* it has room for a note: the reason stands there too */
} EntryType;
extern const EntryType entry_allergy, entry_flag, entry_condition, entry_procedure;

/* What it is, made more exact: "Lunginflammation (pneumoni), höger underlob". Owned. */
char *entry_words(const Entry *e);
/* How many of @parts say what it is about; it is read. @old: what stands in the record, where it is changed. */
guint entry_read_what(Entry *e, char *const *parts, const EntryContext *c, const Entry *old);
/* Where the reason begins, with what parts it from the rest; the length of the line: there is none. @ret_to: its words. */
gsize entry_reason_at(const char *line, gsize *ret_to);
gboolean entry_same_words(const char *a, const char *b);
gboolean entry_is_degree(const Entry *e, const char *word); /* known wherever it stands */
gboolean entry_take_word(Entry *e, const char *part, gboolean whole);
void entry_put(Entry *e, EntryField field, const char *text);
void entry_put_word(Entry *e, EntryField field, const EntryWord *word); /* NULL: nothing */
gboolean entry_differs(const Entry *e, const Entry *before, EntryField field);
/* Certainty, and whether it counts: what is refuted does not, and what was refuted counts again. */
void entry_edit_certainty(FhirEdit *edit, const EntryWord *certainty, const Entry *before, const char *verification,
                          const char *code, const char *clinical);
void entry_edit_concept(FhirEdit *edit, const char *path, const char *system, const char *code, const char *display, const char *text);
/* A coded thing just as its source has it, called @words; @item NULL or without a code: the words only. */
void entry_build_code(FhirBuild *b, const char *key, const CodeItem *item, const char *words);
void entry_edit_code(FhirEdit *edit, const char *path, const CodeItem *item, const char *words);
