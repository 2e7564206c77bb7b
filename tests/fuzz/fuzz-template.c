/* SPDX-License-Identifier: GPL-3.0-or-later
 * A note template from a file or a core, and a draft written on it: an unusable template is an error;
 * every word of a draft is in the note afterwards. First the draft, then a NUL, then the template. */
#include "chart/note.h"
#include "fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = memchr(data, 0, size);
    gsize n = nul ? (gsize)(nul - data) : 0;
    g_autofree char *raw = g_strndup((const char *)data, n);
    g_autofree char *draft = g_utf8_make_valid(raw, -1);
    g_autoptr(GBytes) json = g_bytes_new(nul ? nul + 1 : data, nul ? size - n - 1 : size);
    g_autoptr(FhirResource) template = fhir_resource_parse(json, NULL);
    if (!template)
        return 0;
    g_autofree char *id = note_template_id(template), *title = note_template_title(template);
    g_autoptr(GError) error = NULL;
    g_autoptr(Note) note = note_new(template, &error);
    FUZZ_CHECK((note == NULL) == (error != NULL));
    if (!note)
        return 0;
    FUZZ_CHECK(note->sections->len > 0);
    note_from_draft(note, draft);
    g_autofree char *once = note_to_draft(note);
    g_autoptr(Note) again = note_new(template, NULL);
    note_from_draft(again, once);
    g_autofree char *twice = note_to_draft(again);
    FUZZ_CHECK(g_str_equal(once, twice)); /* reads back what it wrote */
    g_autofree char *text = note_text(note);
    FUZZ_CHECK(g_utf8_validate(text, -1, NULL));
    return 0;
}
