/* SPDX-License-Identifier: GPL-3.0-or-later
 * Pages to read: about rond, and the log of this session (which never holds patient data). */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/table.h"
#include "base/xdg.h"
#include "ui/views/views.h"
#include "ui/widgets/text.h"

typedef struct {
    TextView *text;
} Reader;

static gboolean reader_open(View *v, const char *arg, GError **error)
{
    Reader *r = v->state;
    (void)arg;
    (void)error;
    r->text = textview_new();
    return TRUE;
}

/* How many rows of data/review.tsv a clinician has read. */
static void count_reviewed(guint *ret_all, guint *ret_read)
{
    g_autofree char *path = data_path("review.tsv");
    g_autoptr(Table) table = table_load(path, 0, NULL);
    *ret_all = table ? table_rows(table) : 0;
    *ret_read = 0;
    for (guint i = 0; i < *ret_all; i++) {
        const char *by = table_cell(table, i, "read by");
        *ret_read += *by && strcmp(by, "-") != 0;
    }
}

/* An assignment that opens no records says so, and what it is good for. */
static char *without_care(const App *app)
{
    if (!app->who || (app->who->rights & CMD_NEEDS_CARE))
        return g_strdup("");
    const char *name = app->who->commission_name ? app->who->commission_name : app->who->unit_name;
    g_autofree char *opens = g_strdup_printf(
        _("Your assignment %s (%s) opens no patient's record: no lists, no search, no diary. That takes an assignment "
          "for Vård och behandling."),
        name ? name : "", app->who->purpose ? app->who->purpose : "");
    return g_strdup_printf("%s\n\n%s\n\n", opens,
                           app->training ? _("With this one you may read the exercises and the session's log, for support, "
                                             "lock, and log out to choose another assignment or card.")
                                         : _("With this one you may read the session's log, for support, lock, and log out "
                                             "to choose another assignment or card."));
}

static char *about_text(const App *app)
{
    g_autofree char *assignment = without_care(app);
    guint all, read;
    count_reviewed(&all, &read);
    g_autofree char *reviewed = g_strdup_printf(
        ngettext("%u of %u text, rule or template has been read by a clinician.",
                 "%u of %u texts, rules and templates have been read by a clinician.", all), read, all);
    return g_strdup_printf(
        "%srond %s\n\n%s\n\n%s\n\n%s\n", assignment, ROND_VERSION,
        _("A keyboard-driven workstation for documentation, ordering of medicines and booking against a core "
          "that speaks HL7 FHIR R4."),
        _("Intended use: training and technical evaluation. NOT FOR CLINICAL USE until strings, rules and "
          "templates have been reviewed by clinicians."),
        reviewed);
}

static void log_line(gint64 at, LogLevel level, const char *area, const char *text, gpointer data)
{
    static const char letters[] = "-iwE";
    g_autofree char *time = instant_to_hhmm(clock_shown_us(at));
    g_string_append_printf(data, "%s %c %-8s %s\n", time, letters[level], area, text);
}

static void reader_load(View *v, LoadWhy why)
{
    Reader *r = v->state;
    (void)why;
    if (strcmp(v->cls->name, "about") == 0) {
        g_autofree char *text = about_text(v->app);
        textview_set(r->text, text);
    } else {
        g_autoptr(GString) log = g_string_new(NULL);
        log_each(log_line, log);
        textview_set(r->text, log->len ? log->str : _("Nothing has happened yet."));
    }
    view_dirty(v);
}

static gboolean reader_text(View *v, const char *utf8, gboolean paste)
{
    Reader *r = v->state;
    gboolean used = textview_input(r->text, utf8, paste) != WIDGET_IGNORED;
    if (used)
        view_dirty(v);
    return used;
}

static void reader_paint(View *v, Canvas *c)
{
    Reader *r = v->state;
    canvas_clear(c);
    canvas_rule(c, 0, _(v->cls->title));
    canvas_push(c, (Rect){1, 1, canvas_rows(c) - 1, canvas_cols(c) - 2});
    textview_paint(r->text, c, TRUE);
    canvas_pop(c);
}

static void reader_close(View *v)
{
    textview_free(((Reader *)v->state)->text);
}

#define READER_CLASS(NAME, TITLE)                                                                              \
    {                                                                                                          \
        .name = NAME, .title = TITLE, .keymap = "reader", .state_size = sizeof(Reader), .flags = VIEW_LOGIN | VIEW_DETAIL,   \
        .open = reader_open, .load = reader_load, .paint = reader_paint, .text = reader_text,                  \
        .close = reader_close                                                                                  \
    }
const ViewClass view_about = READER_CLASS("about", N_("About rond"));
const ViewClass view_log = READER_CLASS("log", N_("Log of this session"));
