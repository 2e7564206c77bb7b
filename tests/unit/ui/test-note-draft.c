/* SPDX-License-Identifier: GPL-3.0-or-later
 * A note as a draft, begun and gone on with by somebody of another profession than the one that its
 * template is for. */
#include <criterion/criterion.h>
#include <string.h>

#include "ui/views/note-draft.h"

#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p1\"}"

static Draft *kept; /* the only one */

static gboolean put(gpointer self, const Draft *d, GError **error)
{
    (void)self;
    (void)error;
    g_clear_pointer(&kept, draft_free);
    kept = g_new0(Draft, 1);
    *kept = (Draft){.id = g_strdup(d->id), .patient = g_strdup(d->patient), .kind = g_strdup(d->kind), .changed = 1,
                    .text = g_bytes_ref(d->text), .meta = g_bytes_ref(d->meta)};
    return TRUE;
}

static Draft *get(gpointer self, const char *id, GError **error)
{
    (void)self;
    (void)error;
    Draft *d = g_new0(Draft, 1);
    *d = (Draft){.id = g_strdup(id), .patient = g_strdup(kept->patient), .kind = g_strdup(kept->kind), .changed = 1,
                 .text = g_bytes_ref(kept->text), .meta = g_bytes_ref(kept->meta), .damaged = kept->damaged};
    return d;
}

static Who who = {.role = (char *)"läkare"};
static App app = {.who = &who, .services = {.draft_put = put, .draft_get = get}};

/* What a nurse has written, in the first sökord of her template and in one further down. */
static FhirResource *by_a_nurse(char **ret_words)
{
    g_autofree char *path = g_build_filename(g_getenv("ROND_DATA"), "forms/note-omvardnad.json", NULL), *json = NULL;
    g_autoptr(GError) error = NULL;
    gsize len = 0;
    cr_assert(g_file_get_contents(path, &json, &len, NULL));
    g_autoptr(GBytes) bytes = g_bytes_new(json, len), nobody = g_bytes_new_static(PATIENT, strlen(PATIENT));
    g_autoptr(FhirResource) template = fhir_resource_parse(bytes, NULL), patient = fhir_resource_parse(nobody, NULL);
    g_autoptr(Note) note = note_new(template, NULL);
    guint filled = 0;
    for (guint i = 0; i < note->sections->len; i++) {
        NoteSection *s = note->sections->pdata[i];
        if (s->takes_text && (i == 0 || i + 1 == note->sections->len || filled++ == 1)) {
            g_free(s->text);
            s->text = g_strdup_printf("Rad %u, ej smärta.", i);
        }
    }
    NoteWriting w = {.practitioner = "ssk", .name = "Test Sjuksköterska", .event = 1, .now = 1, .sign = TRUE};
    FhirResource *d = note_document(note, patient, &w, &error);
    cr_assert(d, "%s", error ? error->message : "");
    *ret_words = note_text(note);
    return d;
}

/* It would open in some other template's sökord, and be saved so. */
Test(note_draft, a_draft_whose_template_is_gone_is_refused_and_kept)
{
    static const char form[] = "borttagen\n\x1f" "aktuellt\nEj smärta.";
    g_autoptr(GBytes) text = g_bytes_new_static(form, sizeof form - 1), meta = g_bytes_new_static("0\n0 0", 5);
    g_autoptr(GError) error = NULL;
    cr_assert(put(NULL, &(Draft){.id = (char *)"d1", .patient = (char *)"p1", .kind = (char *)NOTE_DRAFT_ALONE, .text = text, .meta = meta}, NULL));
    cr_assert_null(note_draft_open(&app, "d1", &error));
    cr_assert(error && strstr(error->message, "borttagen"), "%s", error ? error->message : "no word");
    cr_assert(g_bytes_equal(kept->text, text));
    g_clear_pointer(&kept, draft_free);
}

static char *told;

static void on_status(App *a, StatusKind kind, const char *text)
{
    (void)a;
    cr_assert_eq(kind, STATUS_WARN);
    g_free(told);
    told = g_strdup(text);
}

/* Their own heading goes with them, and it is said. */
Test(note_draft, words_whose_sokord_the_template_has_lost_are_kept_and_told)
{
    static const char form[] = "omvardnad\n\x1f" "borta\x1d" "Munhälsa\nTorr i munnen.";
    g_autoptr(GBytes) text = g_bytes_new_static(form, sizeof form - 1), meta = g_bytes_new_static("0\n0 0", 5);
    static const Frontend frontend = {.status = on_status};
    g_autoptr(GError) error = NULL;
    app.frontend = &frontend;
    cr_assert(put(NULL, &(Draft){.id = (char *)"d1", .patient = (char *)"p1", .kind = (char *)NOTE_DRAFT_ALONE, .text = text, .meta = meta}, NULL));
    NoteDraft *d = note_draft_open(&app, "d1", &error);
    cr_assert(d, "%s", error ? error->message : "");
    g_autofree char *words = note_text(d->note);
    cr_assert_str_eq(words, "Munhälsa\nTorr i munnen.");
    cr_assert(told && strstr(told, "The template has changed") && strstr(told, "Munhälsa"), "%s", told ? told : "not told");
    note_draft_free(d);
    kept->damaged = TRUE;
    d = note_draft_open(&app, "d1", &error);
    cr_assert(d && strstr(told, "could not be read") && strstr(told, "Munhälsa"), "%s", told);
    g_clear_pointer(&told, g_free);
    cr_assert(note_draft_save(&app, "d1", "p1", NULL, d->note, 0, "0 0", &error));
    note_draft_free(d);
    d = note_draft_open(&app, "d1", &error);
    cr_assert(d && !told, "once it is saved it is a sökord like any that was added");
    note_draft_free(d);
    g_clear_pointer(&kept, draft_free);
}

Test(note_draft, the_words_of_another_profession_keep_their_sokord)
{
    g_autofree char *words = NULL;
    g_autoptr(GError) error = NULL;
    NoteAbout about = {NOTE_CORRECT, (char *)"fel sida", by_a_nurse(&words)};
    g_autofree char *id = note_draft_begin(&app, "p1", &about, &error);
    cr_assert(id, "%s", error ? error->message : "");
    NoteDraft *d = note_draft_open(&app, id, &error);
    cr_assert(d, "%s", error ? error->message : "");
    g_autofree char *again = note_text(d->note);
    cr_assert_str_eq(again, words);
    cr_assert_gt(d->note->sections->len, 1);
    note_draft_free(d);
    fhir_resource_unref(about.base);
    g_clear_pointer(&kept, draft_free);
}
