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
    void (*change)(FhirEdit *edit, const Entry *e, const Entry *before, const EntryWriting *w);
    void (*question)(FhirEdit *edit, const Entry *e, const EntryWriting *w);
    void (*strike)(FhirEdit *edit);
    gboolean notes; /* it has room for a note: the reason stands there too */
} EntryType;
extern const EntryType entry_allergy, entry_flag;

void entry_put(Entry *e, EntryField field, const char *text);
void entry_put_word(Entry *e, EntryField field, const EntryWord *word); /* NULL: nothing */
gboolean entry_differs(const Entry *e, const Entry *before, EntryField field);
void entry_edit_concept(FhirEdit *edit, const char *path, const char *system, const char *code, const char *display, const char *text);
