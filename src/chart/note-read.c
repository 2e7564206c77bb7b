/* SPDX-License-Identifier: GPL-3.0-or-later
 * Notes of any core as text: plain text is canonical, XHTML and HTML are rendered, anything else is
 * named, never shown as nothing. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/note.h"
#include "fhir/narrative.h"

void note_reading_free(NoteReading *r)
{
    if (!r)
        return;
    g_free(r->title);
    g_free(r->author);
    g_free(r->unit);
    g_free(r->text);
    g_free(r->state);
    g_free(r);
}

static char *attachment_bytes(FhirNode content, gsize *ret_len)
{
    g_autofree char *data = fhir_string(content, "attachment.data");
    return data ? (char *)g_base64_decode(data, ret_len) : NULL;
}

static gboolean type_is(FhirNode content, const char *type)
{
    g_autofree char *have = fhir_string(content, "attachment.contentType");
    return have && g_ascii_strncasecmp(have, type, strlen(type)) == 0;
}

/* The first attachment of a kind, as text; NULL when there is none with its data inside. */
static char *text_of_type(const FhirResource *d, const char *type, gboolean html)
{
    FhirNode all = fhir_at(fhir_root(d), "content");
    for (FhirNode c = fhir_first(all); fhir_exists(c); c = fhir_next(c)) {
        gsize len = 0;
        g_autofree char *bytes = type_is(c, type) ? attachment_bytes(c, &len) : NULL;
        if (bytes)
            return html ? fhir_html_to_text(bytes, len) : g_utf8_make_valid(bytes, (gssize)len);
    }
    return NULL;
}

static char *name_attachment(const FhirResource *d)
{
    FhirNode c = fhir_at(fhir_root(d), "content[0]");
    g_autofree char *type = fhir_string(c, "attachment.contentType"), *title = fhir_string(c, "attachment.title");
    g_autofree char *url = fhir_string(c, "attachment.url");
    return g_strdup_printf(_("[Attachment that rond cannot show: %s, %s%s]"), type ? type : _("type not given"),
                           title ? title : _("without title"), url ? _(", kept elsewhere") : "");
}

static char *state_of(FhirNode root, NoteReading *r)
{
    r->struck = fhir_is(root, "status", "entered-in-error") || fhir_is(root, "docStatus", "entered-in-error");
    r->is_signed = fhir_is(root, "docStatus", "final") || fhir_is(root, "docStatus", "amended");
    if (r->struck)
        return g_strdup(_("struck"));
    if (fhir_is(root, "status", "superseded"))
        return g_strdup(_("replaced by a later version"));
    if (r->is_signed)
        return g_strdup(fhir_is(root, "docStatus", "amended") ? _("corrected") : _("signed"));
    return g_strdup(fhir_is(root, "docStatus", "preliminary") ? _("UNSIGNED") : _("signing not stated"));
}

/* Attachments beside the text: images, other documents. The text's renderings are the text. */
static guint others_of(FhirNode root)
{
    static const char *const texts[] = {"text/plain", "application/xhtml", "text/html"};
    guint n = 0;
    FhirNode all = fhir_at(root, "content");
    for (FhirNode c = fhir_first(all); fhir_exists(c); c = fhir_next(c)) {
        gboolean text = FALSE;
        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
            text |= type_is(c, texts[i]);
        n += !text;
    }
    return n;
}

NoteReading *note_read(const FhirResource *d)
{
    FhirNode root = fhir_root(d);
    FhirTime t;
    NoteReading *r = g_new0(NoteReading, 1);
    r->title = fhir_concept_text(root, "type");
    if (!r->title)
        r->title = g_strdup(_("Note"));
    r->author = fhir_string(root, "author[0].display");
    r->unit = fhir_string(root, "custodian.display");
    r->date = fhir_time(root, "date", &t) ? t.instant : INSTANT_NONE;
    r->event = fhir_time(root, "context.period.start", &t) ? t.instant : r->date;
    r->state = state_of(root, r);
    r->text = text_of_type(d, "text/plain", FALSE);
    if (!r->text)
        r->text = text_of_type(d, "application/xhtml", TRUE);
    if (!r->text)
        r->text = text_of_type(d, "text/html", TRUE);
    if (!r->text) {
        r->not_text = TRUE;
        r->text = name_attachment(d);
    }
    r->others = others_of(root);
    if (r->not_text && r->others)
        r->others--; /* it is named */
    return r;
}

gboolean note_same_text(const FhirResource *d, const char *signed_text)
{
    g_autofree char *plain = text_of_type(d, "text/plain", FALSE);
    g_autofree char *have = plain ? text_nfc(plain) : NULL, *want = text_nfc(signed_text);
    return have && strcmp(have, want) == 0;
}
