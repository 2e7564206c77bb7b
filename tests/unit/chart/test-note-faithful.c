/* SPDX-License-Identifier: GPL-3.0-or-later
 * Notes as clinicians write them, made by the thousand: negations, numbers with units, tables, long lines, letters in
 * both forms, marks that compose with nothing. Typed or pasted into the editor, saved in the sealed store, opened in a
 * later life, signed into the record, read back and printed: the same words at each step, after NFC. On paper a long
 * line is broken where a row is full, and told so: put together it is the line. The PDF, in which the blanks at a break
 * are gone, is read with pdftotext: sign by sign the same but for the blanks. The seed is printed. */
#include <glib/gstdio.h>
#include <stdio.h>

#include "base/text.h"
#include "chart/paper-parts.h"
#include "chart/note-sign.h"
#include "client/fixture.h"
#include "print/printed.h"
#include "store/draft.h"
#include "ui/widgets/editor-buffer.h"

#define NOTES_A_CORE 100 /* a core in memory looks through all of them for an identifier */
#define SECTIONS 40
#define PDF_EVERY 10 /* a program is started for it; no sign that the fonts may lack: a box stands there with its number */

static const char *const phrases[] = {
    "Ingen dyspné", "inte smärtpåverkad", "Ej svullen", "utan hållpunkter för DVT", "förnekar bröstsmärta", "Ø blåsljud",
    "misstänkt pneumoni, ej bekräftad", "aldrig rökt", "icke-allergisk", "BT 132/84 mmHg", "temp 37,2 °C", "temp 38,40 °C",
    "SpO₂ 97 % på luft", "LPK 14,2 × 10⁹/L", "krea 168 µmol/L", "CRP <5 mg/L", "NT-proBNP ≥4 870 ng/L", "vikt 85,0 kg (−1,5 kg)",
    "Alvedon 500 mg 1×4 v.b.", "½ tablett t.o.m. 3/12", "INR 2,0–3,0", "puls 112/min ↑", "2 l/min O₂ på grimma", "pH 7,35",
    "Hb 131 (–) g/L", "mår bättre", "går med rollator", "anhörig: systern Märta Åkerlöf-Ljungström", "ordet “stabil”, säger hon",
    "se röntgensvar 2026-11-08 kl. 14.05", "kontroll om 3–4 v.", "Pat.\u00a0önskar hem", "10\u202f000 IE", "α-blockad", "5/10 på NRS",
    "l.a. både hö och vä", "<b>inte fet</b> & \"citat\" \\ snedstreck", "{\"json\": null}", "0,05", "0,5", "5,0", "naïve café",
};
/* Composed, apart, and with marks that compose with nothing. */
static const char *const letters[] = {"å", "ä", "ö", "Å", "a\u030a", "a\u0308", "o\u0308", "A\u030a", "e\u0301", "é", "ü", "q\u0323\u0307",
                                      "x\u0302", "n\u0303", "ø", "æ", "ß", "ﬁ", "µ", "Ω", "\u212b", "→", "ā\u0323", "🙂"};

typedef struct {
    GRand *rand;
    guint32 seed;
    guint n;
    guint pdfs;
    gsize bytes;
} Maker;

static guint below(Maker *m, guint n)
{
    return (guint)g_rand_int_range(m->rand, 0, (gint32)n);
}

static void add_table(Maker *m, GString *out)
{
    g_string_append(out, "Tid    | BT     | Puls | Temp\n-------+--------+------+-----\n");
    for (guint i = 1 + below(m, 6); i-- > 0;)
        g_string_append_printf(out, "%02u:%02u  | %3u/%-3u | %4u | %u,%u\n", below(m, 24), below(m, 60), 80 + below(m, 120),
                               40 + below(m, 60), 40 + below(m, 140), 35 + below(m, 6), below(m, 10));
}

static void add_word(Maker *m, GString *out)
{
    for (guint i = 1 + below(m, 9); i-- > 0;)
        g_string_append(out, letters[below(m, G_N_ELEMENTS(letters) - (m->n % PDF_EVERY == 0))]);
}

/* Indented, listed, long, empty: whatever a line may be. */
static char *make_text(Maker *m)
{
    GString *out = g_string_new(NULL);
    for (guint lines = 1 + below(m, 8); lines-- > 0;) {
        static const char *const starts[] = {"", "", "", "- ", "# ", "  1. ", "> ", "    ", "* "};
        g_string_append(out, starts[below(m, G_N_ELEMENTS(starts))]);
        guint parts = below(m, 20) == 0 ? 200 : below(m, 7);
        for (guint i = 0; i < parts; i++) {
            if (below(m, 6) == 0)
                add_word(m, out);
            else
                g_string_append(out, phrases[below(m, G_N_ELEMENTS(phrases))]);
            g_string_append(out, (const char *const[]){". ", ", ", " ", "; ", ".\n", "  "}[below(m, 6)]);
        }
        if (below(m, 8) == 0)
            add_table(m, out);
        g_string_append(out, below(m, 5) == 0 ? "\n\n" : "\n");
    }
    if (strspn(out->str, " \n") == out->len) /* nothing is not signed */
        g_string_append(out, "Ö");
    return g_string_free(out, FALSE);
}

/* Letter by letter, or in pieces as a paste comes; also in the middle of what is there. */
static char *written(Maker *m, const char *text)
{
    g_autoptr(EditorBuffer) b = editor_buffer_new(NULL);
    gboolean by_letter = strlen(text) < 400 && below(m, 2);
    for (const char *p = text; *p;) {
        const char *end = g_utf8_next_char(p);
        for (guint more = by_letter ? 0 : below(m, 300); *end && (more-- > 0 || g_unichar_ismark(g_utf8_get_char(end)));)
            end = g_utf8_next_char(end);
        g_autofree char *piece = g_strndup(p, (gsize)(end - p));
        cr_assert(editor_buffer_insert(b, piece));
        p = end;
    }
    return editor_buffer_text(b);
}

static FhirResource *template_of(const char *name)
{
    g_autofree char *file = g_strdup_printf("note-%s.json", name);
    g_autofree char *path = g_build_filename(g_getenv("ROND_DATA"), "forms", file, NULL), *json = NULL;
    gsize len = 0;
    cr_assert(g_file_get_contents(path, &json, &len, NULL), "%s", path);
    g_autoptr(GBytes) bytes = g_bytes_new(json, len);
    FhirResource *r = fhir_resource_parse(bytes, NULL);
    cr_assert(r);
    return r;
}

/* Some sökord are written in, some stay empty; *ret_words are those of each. */
static Note *make_note(Maker *m, const FhirResource *template, char *words[SECTIONS])
{
    Note *note = note_new(template, NULL);
    cr_assert(note && note->sections->len <= SECTIONS);
    gboolean any = FALSE;
    for (guint i = 0; i < note->sections->len; i++) {
        NoteSection *s = note->sections->pdata[i];
        words[i] = NULL;
        if (!s->takes_text || (any && below(m, 3)))
            continue;
        g_autofree char *text = make_text(m), *nfc = text_nfc(text);
        words[i] = written(m, text);
        cr_assert_str_eq(words[i], nfc, "seed %u note %u: the editor changed the words", m->seed, m->n);
        g_free(s->text);
        s->text = g_strdup(words[i]);
        m->bytes += strlen(words[i]);
        any = TRUE;
    }
    return note;
}

static void same_sections(Maker *m, const Note *note, char *words[SECTIONS])
{
    for (guint i = 0; i < note->sections->len; i++) {
        const NoteSection *s = note->sections->pdata[i];
        cr_assert_str_eq(s->text, words[i] ? words[i] : "", "seed %u note %u: the draft came back with other words", m->seed, m->n);
    }
}

/* ---- the sealed store, over its closing ---- */

typedef struct {
    char *dir;
    Store *store;
} Kept;

static void kept_open(Kept *k)
{
    guint8 key[STORE_KEY_BYTES] = {7};
    g_autoptr(SecretBuf) secret = secret_new_from(key, sizeof key);
    k->store = store_open(k->dir, "person", STORE_DURABLE, NULL);
    cr_assert(k->store && store_unlock(k->store, secret, NULL));
}

static void kept_close(Kept *k)
{
    g_clear_pointer(&k->store, store_close);
}

static void kept_remove(Kept *k)
{
    kept_close(k);
    g_autoptr(GDir) d = g_dir_open(k->dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(d))) {
        g_autofree char *path = g_build_filename(k->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(k->dir);
    g_free(k->dir);
}

static void save(Kept *k, const char *id, const Note *note)
{
    g_autofree char *form = note_to_draft(note);
    g_autoptr(GBytes) text = g_bytes_new(form, strlen(form)), meta = g_bytes_new_static("0\n0 0", 5);
    StoreDraft draft = {.id = (char *)id, .patient = (char *)"p1", .kind = (char *)"note", .text = text, .meta = meta};
    cr_assert(store_draft_put(k->store, &draft, NULL));
}

static Note *open_again(Kept *k, const char *id, const FhirResource *template)
{
    g_autoptr(StoreDraft) draft = store_draft_get(k->store, id, NULL);
    cr_assert(draft && !draft->damaged);
    g_autofree char *form = text_of_bytes(draft->text);
    Note *note = note_new(template, NULL);
    cr_assert(note && note_from_draft(note, form));
    return note;
}

/* ---- the record ---- */

typedef struct {
    gboolean done;
    WrittenOutcome outcome;
    FhirResource *document;
} Told;

static void on_signed(const NoteSigned *result, gpointer data)
{
    *(Told *)data = (Told){TRUE, result->outcome, result->document ? fhir_resource_ref((FhirResource *)result->document) : NULL};
}

/* Every sökord's words stand there, in their order, and nothing after the last. */
static void in_the_record(Maker *m, const char *have, const Note *note, char *words[SECTIONS])
{
    const char *at = have;
    g_autofree char *last = g_strdup("");
    for (guint i = 0; i < note->sections->len; i++) {
        const char *from = words[i] ? words[i] : "";
        for (const char *p = from; g_ascii_isspace(*p); p++)
            from = *p == '\n' ? p + 1 : from; /* empty lines before it, and blanks after it, are no words */
        g_autofree char *body = g_strchomp(g_strdup(from));
        const char *found = strstr(at, body);
        cr_assert(found, "seed %u note %u: not in the record: “%.60s”", m->seed, m->n, body);
        at = found + strlen(body);
        if (*body) {
            g_free(last);
            last = g_steal_pointer(&body);
        }
    }
    cr_assert(g_str_has_suffix(have, last), "seed %u note %u: more in the record than was written", m->seed, m->n);
}

static void print_and_read(Maker *m, const FhirResource *document, const char *text)
{
    g_autofree char *json = g_strdup("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    FhirResource *patient = fhir_resource_parse(bytes, NULL);
    const PaperMaker by = {.name = "Test Läkare", .now = 1763712000 * (gint64)G_USEC_PER_SEC};
    g_autoptr(Paper) paper = paper_new(patient, "Daganteckning", &by);
    paper_note(paper, document, note_state(document), TRUE, NULL);
    g_autoptr(GVariant) wire = paper_wire(paper);
    Printed p = printed(wire);
    cr_assert_eq(p.status, PRINT_OK);
    g_autofree char *have = printed_words(p.pages.rows, G_MAXUINT);
    cr_assert_str_eq(have, text, "seed %u note %u: printed with other words", m->seed, m->n);
    if (m->n % PDF_EVERY == 0 && ++m->pdfs)
        cr_assert(pdf_says_the_same(&p), "seed %u note %u: the PDF says something else than its pages", m->seed, m->n);
    printed_clear(&p);
    fhir_resource_unref(patient);
}

static void sign_and_read(Maker *m, Fx *f, const char *id, const Note *note, char *words[SECTIONS])
{
    g_autofree char *identifier = g_strconcat("urn:uuid:", id, NULL), *text = note_text(note), *again = text_nfc(text);
    cr_assert_str_eq(text, again);
    NoteWriting w = {.identifier = identifier, .practitioner = "dr1", .name = "Test Läkare", .sign = TRUE,
                     .event = 1763712000 * (gint64)G_USEC_PER_SEC, .now = 1763712000 * (gint64)G_USEC_PER_SEC};
    Told told = {0};
    cr_assert(note_sign(f->client, f->scope, f->ctx, note, &w, on_signed, &told, NULL));
    cr_assert(loop_until(&told.done));
    cr_assert_eq(told.outcome, WRITTEN_DONE, "seed %u note %u: outcome %d", m->seed, m->n, told.outcome);
    NoteReading *read = note_read(told.document);
    cr_assert_str_eq(read->text, text, "seed %u note %u: read back with other words", m->seed, m->n);
    cr_assert(note_same_text(told.document, text));
    in_the_record(m, read->text, note, words);
    print_and_read(m, told.document, text);
    note_reading_free(read);
    fhir_resource_unref(told.document);
}

static void some_notes(Maker *m, guint count)
{
    static const char *const templates[] = {"daganteckning", "inskrivning", "epikris"};
    Fx f;
    Kept kept = {.dir = g_dir_make_tmp("rond-faithful-XXXXXX", NULL)};
    FhirResource *template = template_of(templates[below(m, G_N_ELEMENTS(templates))]);
    char *ids[NOTES_A_CORE] = {NULL};
    fx_begin(&f);
    f.core->transactions = below(m, 2);
    kept_open(&kept);
    char *words[NOTES_A_CORE][SECTIONS] = {{NULL}};
    for (guint i = 0; i < count; i++, m->n++) {
        ids[i] = g_uuid_string_random();
        g_autoptr(Note) note = make_note(m, template, words[i]);
        save(&kept, ids[i], note);
    }
    kept_close(&kept);
    kept_open(&kept);
    m->n -= count;
    for (guint i = 0; i < count; i++, m->n++) {
        g_autoptr(Note) note = open_again(&kept, ids[i], template);
        same_sections(m, note, words[i]);
        sign_and_read(m, &f, ids[i], note, words[i]);
        for (guint s = 0; s < SECTIONS; s++)
            g_free(words[i][s]);
        g_free(ids[i]);
        ids[i] = NULL;
    }
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), count);
    kept_remove(&kept);
    fhir_resource_unref(template);
    fx_end(&f);
}

Test(faithful, a_note_is_the_same_from_the_key_to_the_record, .timeout = 3600)
{
    const char *given = g_getenv("ROND_SEED"), *count = g_getenv("ROND_RUNS");
    guint32 seed = given ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
    guint left = count ? (guint)g_ascii_strtoull(count, NULL, 10) : 200;
    Maker m = {.rand = g_rand_new_with_seed(seed), .seed = seed};
    fprintf(stderr, "seed %u, %u notes\n", seed, left);
    for (guint n; left > 0; left -= n) {
        n = MIN(left, NOTES_A_CORE);
        some_notes(&m, n);
    }
    fprintf(stderr, "%u notes, %zu bytes: the same words typed, saved, opened again, signed, read back and printed; of %u as PDF\n", m.n, m.bytes, m.pdfs);
    g_rand_free(m.rand);
}
