/* SPDX-License-Identifier: GPL-3.0-or-later
 * What waits for this person: drafts that have lain for more than a day first, then the notes to sign, or to
 * countersign where a colleague asks for it (or, for those who write for others, to transcribe), the oldest first; last
 * what waits for somebody else.
 * The signing key opens them all to be read and signed. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/note-work.h"
#include "chart/note.h"
#include "chart/pending.h"
#include "chart/when.h"
#include "ui/views/note-acts.h"
#include "ui/views/note-draft.h"
#include "ui/views/views.h"
#include "ui/widgets/list.h"

typedef struct {
    char *id, *patient, *name, *what, *who, *age;
    const char *view; /* that Enter opens */
    Style style;
    gboolean second; /* to be countersigned */
} Row;

typedef struct {
    List *list;
    GPtrArray *rows;    /* Row */
    const NoteWork *work; /* borrowed from the source, valid while the view lives */
    NoteWorkSource *source;
    GHashTable *names;  /* of the drafts' patients */
    char *wanted;
} ToSign;

static void row_free(gpointer p)
{
    Row *r = p;
    char **owned[] = {&r->id, &r->patient, &r->name, &r->what, &r->who, &r->age};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    g_free(r);
}

static guint row_count(gpointer model)
{
    return ((ToSign *)model)->rows->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((ToSign *)model)->rows->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((Row *)row_at(model, i))->id;
}

#define CELL(field)                                                                                \
    static char *cell_##field(gpointer row, Style *style)                                          \
    {                                                                                              \
        *style = ((Row *)row)->style;                                                              \
        return g_strdup(((Row *)row)->field);                                                      \
    }
CELL(what)
CELL(name)
CELL(who)
CELL(age)

static const ListColumn columns[] = {
    {.id = "age", .title = N_("Waited"), .width = 6, .align = 1, .text = cell_age},
    {.id = "what", .title = N_("Note"), .width = 24, .grow = TRUE, .text = cell_what},
    {.id = "name", .title = N_("Patient"), .width = 24, .grow = TRUE, .text = cell_name},
    {.id = "who", .title = N_("Who"), .width = 18, .priority = 1, .text = cell_who},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

/* "40 min", "7 h", "3 d"; "" when it is not stated. */
static char *age_of(Instant since, Instant now)
{
    gint64 minutes = since == INSTANT_NONE ? -1 : MAX(now - since, 0) / (60 * G_USEC_PER_SEC);
    if (minutes < 0)
        return g_strdup("");
    return minutes < 60 ? g_strdup_printf("%d min", (int)minutes)
           : minutes < 24 * 60 ? g_strdup_printf("%d h", (int)(minutes / 60)) : g_strdup_printf("%d d", (int)(minutes / (24 * 60)));
}

static Row *add_row(ToSign *s, const char *id, const char *patient, const char *name)
{
    Row *r = g_new0(Row, 1);
    r->id = g_strdup(id);
    r->patient = g_strdup(patient);
    r->name = g_strdup(name ? name : _("name being fetched"));
    g_ptr_array_add(s->rows, r);
    return r;
}

static void add_drafts(View *v)
{
    ToSign *s = v->state;
    g_autoptr(GPtrArray) old = note_drafts_left(v->app);
    for (guint i = old->len; i-- > 0;) { /* newest first, as the store tells them */
        const Draft *d = old->pdata[i];
        Row *r = add_row(s, d->id, d->patient, d->patient ? g_hash_table_lookup(s->names, d->patient) : "");
        r->what = g_strdup(_("Draft over 24 h, not in the record"));
        r->who = g_strdup(_("you"));
        r->age = age_of(d->changed, clock_real_us());
        r->view = "note-edit";
        r->style = STYLE_ALERT;
    }
}

/* Who asks, who has dictated, whom it waits for: whoever else has to do with it. */
static char *who_of(const View *v, const NoteWorkRow *w, const NoteReading *n)
{
    if (w->second && w->asker)
        return g_strdup(w->asker);
    if (w->mine && !w->second && note_person(v->app).signs)
        return g_strdup(_("you"));
    if (w->state == NOTE_DICTATED && !w->mine)
        return g_strdup(_("transcription"));
    return g_strdup(n->author ? n->author : _("author not stated"));
}

static void add_note(View *v, const NoteWorkRow *w)
{
    ToSign *s = v->state;
    NoteReading *n = note_read(w->document);
    Row *r = add_row(s, w->id, w->patient, w->name);
    r->what = w->second ? g_strdup_printf(_("COUNTERSIGN: %s"), n->title) : g_strdup_printf("%s · %s", n->title, n->state);
    r->who = who_of(v, w, n);
    r->second = w->second;
    r->age = age_of(w->written, shell_now());
    r->view = "note-read";
    r->style = w->mine ? STYLE_WARNING : STYLE_DIM;
    note_reading_free(n);
}

static void fill(View *v)
{
    ToSign *s = v->state;
    g_ptr_array_set_size(s->rows, 0);
    add_drafts(v);
    for (guint i = 0; s->work && i < s->work->rows->len; i++)
        add_note(v, s->work->rows->pdata[i]);
    list_set_empty_text(s->list, !s->work || !s->work->answered ? _("Being fetched …") : _("Nothing waits for you"));
    list_refresh(s->list);
    if (s->wanted && list_select_id(s->list, s->wanted))
        g_clear_pointer(&s->wanted, g_free);
    view_dirty(v);
}

static void on_work(const NoteWork *work, gpointer data)
{
    View *v = data;
    ((ToSign *)v->state)->work = work;
    fill(v);
}

static void on_names(GHashTable *names, gpointer data)
{
    View *v = data;
    ToSign *s = v->state;
    g_hash_table_unref(s->names);
    s->names = g_hash_table_ref(names);
    fill(v);
}

static gboolean to_sign_open(View *v, const char *arg, GError **error)
{
    ToSign *s = v->state;
    (void)error;
    s->rows = g_ptr_array_new_with_free_func(row_free);
    s->names = g_hash_table_new(g_str_hash, g_str_equal);
    s->list = list_new(columns, &model, s);
    s->wanted = g_strdup(arg);
    return TRUE;
}

static void to_sign_load(View *v, LoadWhy why)
{
    ToSign *s = v->state;
    NotePerson who = note_person(v->app);
    if (why == LOAD_REFRESH && s->source) {
        shell_work_refresh(v->app);
        note_work_refresh(s->source);
        return;
    }
    s->source = note_work_watch(v->app->client, v->scope, &who, v->app->who->unit, on_work, v);
    g_autoptr(GPtrArray) old = note_drafts_left(v->app), ids = g_ptr_array_new();
    for (guint i = 0; i < old->len; i++)
        if (((Draft *)old->pdata[i])->patient)
            g_ptr_array_add(ids, ((Draft *)old->pdata[i])->patient);
    patient_names_load(v->app->client, v->scope, ids, on_names, v);
    fill(v);
    list_select(s->list, 0);
}

static const Row *selected(const ToSign *s)
{
    int i = list_selected(s->list);
    return i >= 0 && (guint)i < s->rows->len ? s->rows->pdata[i] : NULL;
}

static void open_selected(View *v)
{
    const Row *r = selected(v->state);
    if (!r || !r->patient)
        return;
    g_autofree char *draft = strcmp(r->view, "note-edit") == 0 ? g_strdup_printf("draft:%s", r->id) : NULL;
    g_autofree char *patient = g_strdup(r->patient), *arg = draft ? g_strdup(draft) : g_strconcat(r->second ? NOTE_SECOND_ARG : "", r->id, NULL);
    shell_open_patient(v->app, patient, r->view, arg);
}

static CmdResult to_sign_command(View *v, CmdCall *call, GError **error)
{
    (void)error;
    if (strcmp(call->command->name, "open") != 0)
        return CMD_ERROR;
    open_selected(v);
    return CMD_DONE;
}

static gboolean to_sign_text(View *v, const char *utf8, gboolean paste)
{
    WidgetResult r = list_input(((ToSign *)v->state)->list, utf8, paste);
    if (r & WIDGET_ACCEPT)
        open_selected(v);
    else if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

/* The signing key: all that waits, one after the other, to be read. */
static void to_sign_review(View *v)
{
    g_autoptr(GError) error = NULL;
    if (!v->app->frontend->open_view(v->app, "note-batch", NULL, NULL, &error) && error)
        notify_error(v->app, error);
}

/* What one does with the chosen one. */
static const char *foot_text(const ToSign *s, gboolean signs)
{
    const Row *r = selected(s);
    if (r && r->second)
        return _("Enter opens the note to be read and countersigned");
    if (!signs)
        return s->work && s->work->mine ? _("Enter opens the dictation to be written down") : NULL;
    return s->work && s->work->mine ? _("F9 opens them to be read, one after the other, and signed") : NULL;
}

static void to_sign_paint(View *v, Canvas *c)
{
    ToSign *s = v->state;
    gboolean signs = note_person(v->app).signs;
    const char *foot = foot_text(s, signs);
    canvas_clear(c);
    int n = canvas_text(c, 0, 1, STYLE_HEADING, signs ? _("Notes to sign") : _("To transcribe"));
    if (s->work && s->work->answered)
        n += canvas_textf(c, 0, 2 + n, STYLE_NORMAL, "%u%s", s->work->mine, s->work->unknown ? "+" : "") + 1;
    if (s->work && s->work->second)
        n += canvas_textf(c, 0, 2 + n, STYLE_NORMAL, _("· to countersign %u"), s->work->second) + 1;
    if (s->work && (s->work->unknown || s->work->cached)) {
        g_autofree char *at = instant_to_hhmm(clock_shown_us(s->work->as_of));
        g_autofree char *age = g_strdup_printf(_("as of %s"), at);
        canvas_text(c, 0, 4 + n, STYLE_WARNING, s->work->unknown ? _("The list may be incomplete") : age);
    }
    canvas_push(c, (Rect){2, 0, canvas_rows(c) - 3, canvas_cols(c)});
    list_paint(s->list, c, TRUE);
    canvas_pop(c);
    if (foot)
        canvas_text(c, canvas_rows(c) - 1, 1, STYLE_STRONG, foot);
}

static const char *to_sign_row_patient(View *v)
{
    const Row *r = selected(v->state);
    return r ? r->patient : NULL;
}

static char *to_sign_resume(View *v)
{
    const Row *r = selected(v->state);
    return g_strdup(r ? r->id : NULL);
}

static void to_sign_close(View *v)
{
    ToSign *s = v->state;
    list_free(s->list);
    g_ptr_array_unref(s->rows);
    g_hash_table_unref(s->names);
    g_free(s->wanted);
}

const ViewClass view_to_sign = {
    .name = "to-sign",
    .title = N_("Notes to sign"),
    .keymap = "to-sign",
    .state_size = sizeof(ToSign),
    .flags = VIEW_DETAIL,
    .open = to_sign_open,
    .load = to_sign_load,
    .paint = to_sign_paint,
    .command = to_sign_command,
    .text = to_sign_text,
    .row_patient = to_sign_row_patient,
    .review = to_sign_review,
    .resume = to_sign_resume,
    .close = to_sign_close,
};
