/* SPDX-License-Identifier: GPL-3.0-or-later
 * Notes of any core as text: plain text is canonical, XHTML and HTML are rendered, anything else is
 * named, never shown as nothing. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/limits.h"
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
    g_free(r->helpers);
    g_free(r->signer);
    g_free(r->countersigner);
    g_free(r->why);
    g_free(r->related);
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

/* More than a screen is made for; known without decoding any of it. */
static gsize too_long(FhirNode content)
{
    gsize bytes = fhir_length(content, "attachment.data") / 4 * 3;
    return bytes > LIMIT_NOTE_BYTES + 2 ? bytes : 0; /* up to two of them are padding */
}

/* The first attachment of a kind, as text; NULL when there is none with its data inside. */
static char *text_of_type(const FhirResource *d, const char *type, gboolean html)
{
    FhirNode all = fhir_at(fhir_root(d), "content");
    for (FhirNode c = fhir_first(all); fhir_exists(c); c = fhir_next(c)) {
        gsize len = 0;
        g_autofree char *bytes = type_is(c, type) && !too_long(c) ? attachment_bytes(c, &len) : NULL;
        if (bytes)
            return html ? fhir_html_to_text(bytes, len) : g_utf8_make_valid(bytes, (gssize)len);
    }
    return NULL;
}

static const char *const texts[] = {"text/plain", "application/xhtml", "text/html"};

static gboolean is_text(FhirNode content)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (type_is(content, texts[i]))
            return TRUE;
    return FALSE;
}

/* What other systems keep as notes, as a person calls it; of anything else its type is said. */
static const struct {
    const char *type, *words;
} kinds[] = {
    {"application/pdf", N_("PDF document")},  {"application/rtf", N_("RTF document")},   {"text/rtf", N_("RTF document")},
    {"application/msword", N_("Word document")}, {"application/vnd.openxmlformats-officedocument.wordprocessingml", N_("Word document")},
    {"application/xml", N_("XML document")},  {"text/xml", N_("XML document")},          {"application/dicom", N_("picture")},
    {"image/", N_("picture")},                {"audio/", N_("sound recording")},         {"video/", N_("film")},
};

static char *kind_words(FhirNode content)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (type_is(content, kinds[i].type))
            return g_strdup(_(kinds[i].words));
    char *type = fhir_string(content, "attachment.contentType");
    return type ? type : g_strdup(_("type not given"));
}

/* FHIR R5's Attachment.duration, in seconds, as R4 carries it. */
#define DURATION "http://hl7.org/fhir/5.0/StructureDefinition/extension-Attachment.duration"

/* A dictation: what it is called there, and how long it is. */
static char *name_recording(FhirNode c)
{
    Decimal seconds;
    g_autofree char *title = fhir_string(c, "attachment.title");
    gint64 n = fhir_decimal(c, "attachment.extension[url=" DURATION "].valueDecimal", &seconds) ? (gint64)decimal_to_double(seconds) : -1;
    g_autofree char *length = n >= 0 && n < G_MAXINT ? g_strdup_printf(", %d:%02d min", (int)(n / 60), (int)(n % 60)) : g_strdup("");
    return g_strdup_printf(_("[Recording: %s%s. rond plays no sound: listen in the dictation system]"), title ? title : _("without title"), length);
}

static char *name_attachment(FhirNode c)
{
    if (type_is(c, "audio/"))
        return name_recording(c);
    enum { MB = 1000 * 1000 };
    gsize bytes = is_text(c) ? too_long(c) : 0;
    if (bytes)
        return g_strdup_printf(_("[The text is %u MB; rond shows up to %u MB of a note. All of it is unchanged in the core: read it "
                                 "there]"), (guint)((bytes + MB / 2) / MB), (guint)(LIMIT_NOTE_BYTES / MB));
    g_autofree char *kind = kind_words(c), *title = fhir_string(c, "attachment.title");
    g_autofree char *url = fhir_string(c, "attachment.url");
    return g_strdup_printf(_("[Attachment that rond cannot show: %s, %s%s]"), kind, title ? title : _("without title"),
                           url ? _(", kept elsewhere") : "");
}

gboolean note_has_words(const FhirResource *d)
{
    FhirNode all = fhir_at(fhir_root(d), "content");
    for (FhirNode c = fhir_first(all); fhir_exists(c); c = fhir_next(c))
        if (is_text(c) && !too_long(c) && fhir_exists(fhir_at(c, "attachment.data")))
            return TRUE;
    return FALSE;
}

/* Attachments beside the text: images, other documents. The text's renderings are the text. */
static guint others_of(FhirNode root)
{
    guint n = 0;
    FhirNode all = fhir_at(root, "content");
    for (FhirNode c = fhir_first(all); fhir_exists(c); c = fhir_next(c))
        n += !is_text(c);
    return n;
}

static char *helpers_of(FhirNode root)
{
    g_autoptr(GString) out = g_string_new(NULL);
    FhirNode a = fhir_first(fhir_at(root, "author"));
    for (a = fhir_next(a); fhir_exists(a); a = fhir_next(a)) {
        g_autofree char *name = fhir_string(a, "display");
        g_string_append_printf(out, "%s%s", out->len ? "; " : "", name ? name : _("name not stated"));
    }
    return out->len ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

static void read_relation(FhirNode root, NoteReading *r)
{
    static const struct {
        const char *code;
        NoteRelation relation;
    } codes[] = {{"replaces", NOTE_REPLACES}, {"appends", NOTE_ADDS_TO}, {"transforms", NOTE_TRANSCRIBES}};
    g_autofree char *type = NULL;
    FhirNode first = fhir_first(fhir_at(root, "relatesTo"));
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
        if (fhir_is(first, "code", codes[i].code) && fhir_reference(first, "target", &type, &r->related))
            r->relation = codes[i].relation;
}

/* Who has put a name to it, and what the record says of why it is as it is. */
static void read_hands(const FhirResource *d, NoteReading *r)
{
    FhirNode root = fhir_root(d);
    FhirNode attester = note_second(d);
    FhirTime t;
    r->author = fhir_string(root, "author[0].display");
    r->helpers = helpers_of(root);
    r->signer = fhir_string(root, "authenticator.display");
    r->countersigner = fhir_string(attester, "extension[url=party].valueReference.display");
    r->countersigned = fhir_time(attester, "extension[url=time].valueDateTime", &t) ? t.instant : INSTANT_NONE;
    r->why = fhir_string(root, "description");
}

NoteReading *note_read(const FhirResource *d)
{
    FhirNode root = fhir_root(d);
    FhirTime t;
    NoteReading *r = g_new0(NoteReading, 1);
    r->title = fhir_concept_text(root, "type");
    if (!r->title)
        r->title = g_strdup(_("Note"));
    read_hands(d, r);
    read_relation(root, r);
    r->unit = fhir_string(root, "custodian.display");
    r->date = fhir_time(root, "date", &t) ? t.instant : INSTANT_NONE;
    r->event = fhir_time(root, "context.period.start", &t) ? t.instant : r->date;
    r->life = note_state(d);
    r->state = g_strdup(note_state_word(r->life));
    r->is_signed = note_state_is_signed(r->life);
    r->struck = r->life == NOTE_STRUCK;
    r->text = text_of_type(d, "text/plain", FALSE);
    if (!r->text)
        r->text = text_of_type(d, "application/xhtml", TRUE);
    if (!r->text)
        r->text = text_of_type(d, "text/html", TRUE);
    if (!r->text) {
        r->not_text = TRUE;
        r->text = name_attachment(fhir_at(root, "content[0]"));
    }
    r->others = others_of(root);
    if (r->not_text && r->others && !is_text(fhir_at(root, "content[0]")))
        r->others--; /* it is named */
    return r;
}

void note_reading_strike(NoteReading *r, const FhirResource *later)
{
    g_free(r->state);
    g_free(r->why);
    r->life = NOTE_STRUCK;
    r->struck = TRUE;
    r->is_signed = FALSE;
    r->state = g_strdup(note_state_word(NOTE_STRUCK));
    r->why = fhir_string(fhir_root(later), "description");
}

char *note_document_text(const FhirResource *d)
{
    NoteReading *r = note_read(d);
    char *text = g_steal_pointer(&r->text);
    note_reading_free(r);
    return text;
}

gboolean note_same_text(const FhirResource *d, const char *signed_text)
{
    g_autofree char *shown = note_document_text(d), *have = text_nfc(shown), *want = text_nfc(signed_text);
    return strcmp(have, want) == 0;
}
