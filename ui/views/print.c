/* SPDX-License-Identifier: GPL-3.0-or-later
 * A print: what is to be in it is chosen, its pages are shown as they will come, and then they go to the
 * printer or into a file. Nothing leaves before the log of it is on the disk. */
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#include "chart/paper-gather.h"
#include "ui/views/print-pager.h"
#include "ui/views/views.h"
#include "ui/widgets/form.h"

typedef struct {
    PaperChoice choice;
    PaperMaker by;
    Form *form;        /* the parts; NULL: one note, which is chosen already */
    Scope *asking;     /* of the gathering; NULL when nothing is asked */
    Scope *setting;    /* of this paper's pages; NULL when there is no paper */
    Paper *paper;
    PrintPages *pages; /* of this paper and no other; NULL: not there yet */
    PrintPager *pager;
    gboolean counted;  /* the paper says how many signs are missing */
    gboolean busy;     /* on its way out */
    gboolean failed;
    char *said;        /* what came of it */
} State;

/* ---- what is chosen ---- */

static guint form_count(gpointer model)
{
    (void)model;
    return PAPER_PARTS;
}

static const char *const part_ids[PAPER_PARTS] = {"alerts", "problems", "medicines", "vitals", "results", "notes",
                                                "own-list", "prescriptions", "discharge"};

static void form_field(gpointer model, guint i, FormField *ret)
{
    State *s = model;
    *ret = (FormField){.id = part_ids[i], .label = paper_part_words((PaperPart)i), .kind = FORM_BOOLEAN,
                       .value = s->choice.parts[i] ? "true" : "false"};
    if (i == PAPER_NOTES && s->choice.words)
        ret->help = s->choice.words;
}

static void form_set_part(gpointer model, const char *id, const char *value)
{
    State *s = model;
    for (guint i = 0; i < PAPER_PARTS; i++)
        if (strcmp(part_ids[i], id) == 0)
            s->choice.parts[i] = strcmp(value, "true") == 0;
}

static const FormModel parts_model = {form_count, form_field, form_set_part};

/* "note\t\t<id>", "notes\t<how they were chosen>\t<id> <id> …"; nothing: parts of the record. */
static gboolean print_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    g_auto(GStrv) said = g_strsplit(arg ? arg : "", "\t", 3);
    gboolean notes = g_strv_length(said) == 3;
    if (!v->app->services.print_pages) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("There is no printing here"));
        return FALSE;
    }
    s->by = (PaperMaker){.name = v->app->who->author, .unit = v->app->who->unit_name, .training = v->app->training};
    s->pager = print_pager_new();
    s->choice.alone = notes && strcmp(said[0], "note") == 0;
    if (notes) {
        s->choice.parts[PAPER_NOTES] = TRUE;
        s->choice.notes = g_strsplit(said[2], " ", -1);
        s->choice.words = *said[1] ? g_strdup(said[1]) : NULL;
    } else {
        s->choice.parts[PAPER_ALERTS] = s->choice.parts[PAPER_PROBLEMS] = s->choice.parts[PAPER_MEDICINES] = TRUE;
    }
    if (!s->choice.alone)
        s->form = form_new(&parts_model, s);
    if (s->form && notes)
        form_set_focus(s->form, part_ids[PAPER_NOTES]);
    return TRUE;
}

/* ---- pages ---- */

static void say(View *v, gboolean failed, char *text)
{
    State *s = v->state;
    g_free(s->said);
    s->said = text;
    s->failed = failed;
    view_dirty(v);
}

static void lay_out(View *v);

static void on_pages(PrintPages *pages, const GError *error, gpointer data)
{
    View *v = data;
    State *s = v->state;
    if (!pages) {
        say(v, TRUE, g_strdup(error->message));
        return;
    }
    g_clear_pointer(&s->pages, print_pages_free);
    if (pages->missing && !s->counted) { /* it is said on the paper itself */
        s->counted = TRUE;
        paper_withheld(s->paper, ngettext("%u sign that no font here has: a box stands in its place",
                                          "%u signs that no font here has: boxes stand in their place", pages->missing), pages->missing);
        print_pages_free(pages);
        lay_out(v);
        return;
    }
    s->pages = pages;
    print_pager_set(s->pager, pages->rows);
    view_dirty(v);
}

static void lay_out(View *v)
{
    State *s = v->state;
    g_autoptr(GVariant) document = paper_wire(s->paper);
    v->app->services.print_pages(v->app->services.self, document, s->setting, on_pages, v);
}

static void on_paper(Paper *paper, gpointer data)
{
    View *v = data;
    State *s = v->state;
    g_clear_pointer(&s->asking, scope_close);
    s->paper = paper;
    s->setting = scope_new();
    s->counted = FALSE;
    lay_out(v);
}

/* The paper, what sets it in pages and the pages go together: what is printed is what is logged. */
static void forget(State *s)
{
    g_clear_pointer(&s->asking, scope_close);
    g_clear_pointer(&s->setting, scope_close);
    g_clear_pointer(&s->pages, print_pages_free);
    g_clear_pointer(&s->paper, paper_free);
}

static void gather(View *v)
{
    State *s = v->state;
    forget(s);
    g_clear_pointer(&s->said, g_free);
    s->by.now = shell_now();
    s->asking = scope_new();
    paper_gather(v->app->client, s->asking, v->patient, &s->choice, &s->by, on_paper, v);
    view_dirty(v);
}

static void print_load(View *v, LoadWhy why)
{
    State *s = v->state;
    if (!s->busy && (s->choice.alone || (why == LOAD_REFRESH && s->pages)))
        gather(v);
}

static gboolean is_choosing(const State *s)
{
    return s->form && !s->asking && !s->paper;
}

/* ---- out of rond ---- */

static void go_out(View *v, gboolean to_file);

static void on_saved(const char *path, gboolean leaves, const GError *error, gpointer data)
{
    View *v = data;
    State *s = v->state;
    /* Why no printer took it. */
    g_autofree char *before = s->failed && s->said ? g_strconcat(s->said, g_str_has_suffix(s->said, ".") ? " " : ". ", NULL) : NULL;
    s->busy = FALSE;
    if (!path) {
        say(v, TRUE, g_strconcat(before ? before : "", error->message, NULL));
        return;
    }
    const char *stays = leaves ? _("rond removes it when it locks or ends.") : _("It stays there until you remove it.");
    g_autofree char *saved = g_strdup_printf(_("Saved as %s. The file is not sealed: whoever gets at this account can read it. %s"), path, stays);
    say(v, before != NULL, g_strconcat(before ? before : "", saved, NULL));
}

static void on_sent(const GError *error, gpointer data)
{
    View *v = data;
    State *s = v->state;
    s->busy = FALSE;
    if (!error) {
        guint n = s->pages->pages;
        say(v, FALSE, g_strdup_printf(ngettext("Printed: %u page is with the printer", "Printed: %u pages are with the printer", n), n));
        return;
    }
    say(v, TRUE, g_strdup(error->message));
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        go_out(v, TRUE);
}

static void refuse(View *v, const GError *error)
{
    ((State *)v->state)->busy = FALSE;
    say(v, TRUE, g_strdup_printf(_("Nothing has been printed: the log could not be kept. %s"), _(error->message)));
}

static void on_logged_to_print(const GError *error, gpointer data)
{
    View *v = data;
    State *s = v->state;
    if (error)
        refuse(v, error);
    else
        v->app->services.print_send(v->app->services.self, s->pages, v->scope, on_sent, v);
}

static void on_logged_to_save(const GError *error, gpointer data)
{
    View *v = data;
    State *s = v->state;
    if (error)
        refuse(v, error);
    else
        v->app->services.print_save(v->app->services.self, s->pages, v->scope, on_saved, v);
}

static void go_out(View *v, gboolean to_file)
{
    State *s = v->state;
    g_autoptr(GPtrArray) what = g_ptr_array_new();
    for (const char *const *w = paper_contents(s->paper); *w; w++)
        g_ptr_array_add(what, (gpointer)*w);
    g_ptr_array_add(what, (gpointer)(to_file ? "PDF file" : "printer"));
    g_ptr_array_add(what, NULL);
    s->busy = TRUE;
    client_log_disclosure(v->app->client, v->scope, v->patient, (const char *const *)what->pdata,
                          to_file ? on_logged_to_save : on_logged_to_print, v);
    view_dirty(v);
}

/* Nobody prints by a key that was pressed before the pages were there. */
static CmdResult out_by_key(View *v, CmdCall *call, gboolean to_file, GError **error)
{
    State *s = v->state;
    const char *why = !s->pages            ? N_("The pages are not there yet")
                      : s->busy            ? N_("The pages are on their way")
                      : call->cause.queued ? N_("Look at the pages first")
                                           : NULL;
    if (why) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _(why));
        return CMD_ERROR;
    }
    g_clear_pointer(&s->said, g_free);
    s->failed = FALSE;
    go_out(v, to_file);
    return CMD_DONE;
}

/* ---- painting ---- */

static void paint_choice(State *s, Canvas *c)
{
    canvas_rule(c, 0, _("Print: what is to be in it"));
    canvas_push(c, (Rect){2, 0, MIN(PAPER_PARTS + 2, canvas_rows(c) - 2), canvas_cols(c)});
    form_paint(s->form, c, TRUE);
    canvas_pop(c);
    canvas_wrap(c, 2 + PAPER_PARTS + 2, 2, canvas_cols(c) - 4, 4, STYLE_DIM,
                _("The pages are shown before anything is printed. What is not in them stands on their first page. What is printed or saved "
                  "is logged, with what it holds."));
}

static void paint_pages(State *s, Canvas *c)
{
    const GPtrArray *marks = paper_marks(s->paper);
    guint missing = paper_missing(s->paper);
    g_autoptr(GString) whole = g_string_new(NULL);
    g_string_append_printf(whole, _("Print: page %u of %u"), print_pager_page(s->pager), s->pages->pages);
    for (guint i = s->by.training; i < marks->len; i++) /* that it is training stands in the header already */
        g_string_append_printf(whole, " · %s", (const char *)marks->pdata[i]);
    g_string_append_printf(whole, ngettext(" · %u thing is not in it, see page 1", " · %u things are not in it, see page 1", missing), missing);
    const char *said = s->busy ? _("On its way …") : s->said;
    int rows = said ? CLAMP(canvas_wrap_rows(said, canvas_cols(c) - 2), 1, canvas_rows(c) / 2) : 0; /* where the file is stands at its end */
    canvas_rule(c, 0, whole->str);
    canvas_push(c, (Rect){1, 0, canvas_rows(c) - 1 - rows, canvas_cols(c)});
    print_pager_paint(s->pager, c);
    canvas_pop(c);
    if (said)
        canvas_wrap(c, canvas_rows(c) - rows, 1, canvas_cols(c) - 2, rows, s->failed && !s->busy ? STYLE_WARNING : STYLE_STRONG, said);
}

static void print_paint(View *v, Canvas *c)
{
    State *s = v->state;
    canvas_clear(c);
    if (is_choosing(s)) {
        paint_choice(s, c);
    } else if (s->pages) {
        paint_pages(s, c);
    } else {
        canvas_rule(c, 0, _("Print"));
        canvas_wrap(c, 2, 2, canvas_cols(c) - 4, 4, s->said ? STYLE_WARNING : STYLE_DIM,
                    s->said ? s->said : s->asking ? _("What is to be printed is being fetched …") : _("The pages are being set …"));
    }
}

/* ---- keys ---- */

static const char *print_context(View *v)
{
    return is_choosing(v->state) ? "print" : "print-preview";
}

static gboolean print_text(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    WidgetResult r = is_choosing(s) ? form_input(s->form, utf8, paste) : print_pager_input(s->pager, utf8, paste);
    if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

static CmdResult accept(View *v, GError **error)
{
    State *s = v->state;
    gboolean any = FALSE;
    for (guint i = 0; i < PAPER_PARTS; i++)
        any = any || s->choice.parts[i];
    if (any) {
        gather(v);
        return CMD_DONE;
    }
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Choose at least one part"));
    return CMD_ERROR;
}

static CmdResult print_command(View *v, CmdCall *call, GError **error)
{
    const char *name = call->command->name;
    State *s = v->state;
    if (strcmp(name, "print-go") == 0)
        return out_by_key(v, call, FALSE, error);
    if (strcmp(name, "print-save") == 0)
        return out_by_key(v, call, TRUE, error);
    if (strcmp(name, "accept") == 0 && is_choosing(s))
        return accept(v, error);
    if (strcmp(name, "print-mark") == 0 && is_choosing(s))
        return print_text(v, " ", FALSE) ? CMD_DONE : CMD_ERROR;
    return CMD_ERROR;
}

static void print_close(View *v)
{
    State *s = v->state;
    forget(s);
    g_clear_pointer(&s->form, form_free);
    print_pager_free(s->pager);
    paper_choice_clear(&s->choice);
    g_free(s->said);
}

const ViewClass view_print = {
    .name = "print",
    .title = N_("Print"),
    .keymap = "print",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_DETAIL,
    .open = print_open,
    .load = print_load,
    .paint = print_paint,
    .command = print_command,
    .text = print_text,
    .context = print_context,
    .close = print_close,
};
