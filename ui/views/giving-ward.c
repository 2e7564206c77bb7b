/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is due on the ward: its beds, and of each how many doses are late, due and soon, in words. Enter opens the
 * patient's doses. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/giving-ward.h"
#include "ui/views/views.h"
#include "ui/widgets/list.h"

typedef struct {
    List *list;
    GivingWardSource *source;
    const GivingWard *ward; /* borrowed of the source; NULL: nothing has been told */
    char *wanted;
    GString *typed;         /* digits of a bed or a band */
    gint64 typed_at;
    gboolean nobody;        /* what was typed last is no bed or number here: Enter opens nobody */
} State;
enum { TYPED_TOGETHER_US = 2 * G_USEC_PER_SEC };

static guint row_count(gpointer model)
{
    const State *s = model;
    return s->ward ? s->ward->rows->len : 0;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((State *)model)->ward->rows->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((GivingWardRow *)row_at(model, i))->key;
}

static char *text_bed(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((GivingWardRow *)row)->bed);
}

static char *text_name(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((GivingWardRow *)row)->name);
}

static char *number_or_blank(const GivingWardRow *r, guint n)
{
    return n ? g_strdup_printf("%u", n) : g_strdup(r->known ? "" : "?");
}

static char *text_late(gpointer row, Style *style)
{
    const GivingWardRow *r = row;
    *style = r->late ? STYLE_ALERT : STYLE_NORMAL;
    return r->late ? g_strdup_printf(_("%u LATE"), r->late) : number_or_blank(r, 0);
}

static char *text_now(gpointer row, Style *style)
{
    const GivingWardRow *r = row;
    *style = r->now ? STYLE_STRONG : STYLE_NORMAL;
    return r->now ? g_strdup_printf(_("%u due"), r->now) : number_or_blank(r, 0);
}

static char *text_soon(gpointer row, Style *style)
{
    const GivingWardRow *r = row;
    (void)style;
    return r->soon ? g_strdup_printf(_("%u soon"), r->soon) : number_or_blank(r, 0);
}

static char *text_next(gpointer row, Style *style)
{
    const GivingWardRow *r = row;
    (void)style;
    return r->next != INSTANT_NONE ? instant_to_hhmm(r->next) : g_strdup("");
}

static char *text_rest(gpointer row, Style *style)
{
    const GivingWardRow *r = row;
    g_autoptr(GString) s = g_string_new(NULL);
    if (r->waits)
        g_string_append_printf(s, ngettext("%u waits for double signing", "%u wait for double signing", r->waits), r->waits);
    if (r->refused)
        g_string_append_printf(s, ngettext("%s%u order cannot be read", "%s%u orders cannot be read", r->refused), s->len ? ", " : "", r->refused);
    if (s->len)
        *style = STYLE_WARNING;
    return g_strdup(s->str);
}

static const ListColumn columns[] = {
    {.id = "bed", .title = N_("Bed"), .width = 5, .text = text_bed},
    {.id = "name", .title = N_("Patient"), .width = 18, .grow = TRUE, .text = text_name},
    {.id = "late", .title = N_("Late"), .width = 8, .text = text_late},
    {.id = "now", .title = N_("Due"), .width = 8, .text = text_now},
    {.id = "soon", .title = N_("Soon"), .width = 8, .text = text_soon},
    {.id = "next", .title = N_("First"), .width = 5, .text = text_next},
    {.id = "rest", .title = N_("Also"), .width = 16, .priority = 1, .grow = TRUE, .text = text_rest},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

static void on_ward(const GivingWard *ward, const GError *error, gpointer data)
{
    View *v = data;
    State *s = v->state;
    s->ward = ward;
    list_set_empty_text(s->list, !ward->heard ? (error ? _("The list is not known: the core did not answer") : _("Being fetched …"))
                                 : ward->ward ? _("No admitted patients")
                                              : _("This assignment has no ward: open a patient and press g m"));
    list_refresh(s->list);
    if (s->wanted && list_select_id(s->list, s->wanted))
        g_clear_pointer(&s->wanted, g_free);
    view_dirty(v);
}

static const GivingWardRow *selected(const State *s)
{
    int i = list_selected(s->list);
    return i >= 0 && (guint)i < row_count((gpointer)s) ? row_at((gpointer)s, (guint)i) : NULL;
}

static gboolean ward_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    (void)error;
    s->list = list_new(columns, &model, s);
    s->wanted = g_strdup(arg);
    s->typed = g_string_new(NULL);
    list_set_empty_text(s->list, _("Being fetched …"));
    return TRUE;
}

static void ward_load(View *v, LoadWhy why)
{
    State *s = v->state;
    if (why == LOAD_REFRESH && s->source)
        giving_ward_refresh(s->source);
    else if (!v->app->who->unit)
        list_set_empty_text(s->list, _("This assignment has no unit with a list"));
    else if (!s->source)
        s->source = giving_ward_watch(v->app->client, v->scope, v->app->who->unit, on_ward, v);
}

static void open_selected(View *v)
{
    const GivingWardRow *row = selected(v->state);
    if (row)
        shell_open_patient(v->app, row->patient, "giving", NULL);
}

static CmdResult ward_command(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    if (strcmp(call->command->name, "open") != 0)
        return CMD_ERROR;
    if (s->nobody) {
        s->nobody = FALSE;
        g_string_truncate(s->typed, 0);
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Nobody on this list has the bed or the number that was typed"));
        return CMD_ERROR;
    }
    open_selected(v);
    return CMD_DONE;
}

/* Letters and digits only: a band and a person who types leave the signs between them out. */
static char *plain(const char *text)
{
    GString *s = g_string_new(NULL);
    for (const char *p = text; *p; p++)
        if (g_ascii_isalnum(*p))
            g_string_append_c(s, g_ascii_toupper(*p));
    return g_string_free(s, FALSE);
}

/* The bed that is typed, or whose band is scanned, gets the cursor; Enter opens it. */
static gboolean typed_bed(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    if (!paste && (utf8[1] != '\0' || !(g_ascii_isdigit(*utf8) || *utf8 == '-')))
        return FALSE;
    if (paste || clock_monotonic_us() - s->typed_at > TYPED_TOGETHER_US || s->typed->len > 40)
        g_string_truncate(s->typed, 0);
    s->typed_at = clock_monotonic_us();
    g_string_append(s->typed, utf8);
    g_autofree char *said = plain(s->typed->str);
    for (guint i = 0; i < row_count(s) && *said; i++) {
        const GivingWardRow *r = row_at(s, i);
        g_autofree char *bed = plain(r->bed), *number = plain(r->number ? r->number : "");
        if (strcmp(number, said) != 0 && (paste || !g_str_has_prefix(bed, said)))
            continue;
        list_select(s->list, (int)i);
        s->nobody = FALSE;
        view_dirty(v);
        if (strpbrk(utf8, "\r\n")) /* with its Enter */
            open_selected(v);
        return TRUE;
    }
    if (paste)
        g_string_truncate(s->typed, 0); /* nobody's on this list */
    s->nobody = !paste;
    return !paste;
}

static gboolean ward_text(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    if (typed_bed(v, utf8, paste) || paste)
        return s->typed->len > 0;
    g_string_truncate(s->typed, 0);
    s->nobody = FALSE;
    WidgetResult r = list_input(s->list, utf8, paste);
    if (r & WIDGET_ACCEPT)
        open_selected(v);
    if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

static void paint_head(const State *s, Canvas *c)
{
    const GivingWard *w = s->ward;
    guint late = 0, now = 0, soon = 0;
    int n = canvas_text(c, 0, 1, STYLE_HEADING, _("To give on the ward"));
    if (!w || !w->heard)
        return;
    for (guint i = 0; i < w->rows->len; i++) {
        const GivingWardRow *r = w->rows->pdata[i];
        late += r->late;
        now += r->now;
        soon += r->soon;
    }
    canvas_textf(c, 0, 3 + n, late ? STYLE_ALERT : STYLE_NORMAL, _("%u LATE, %u due, %u soon"), late, now, soon);
    if (!w->known)
        canvas_text(c, 1, 1, STYLE_WARNING, _("What is due is not known of everybody: \"?\" stands there"));
}

static void ward_paint(View *v, Canvas *c)
{
    State *s = v->state;
    canvas_clear(c);
    paint_head(s, c);
    canvas_push(c, (Rect){2, 0, canvas_rows(c) - 2, canvas_cols(c)});
    list_paint(s->list, c, TRUE);
    canvas_pop(c);
}

static void ward_event(View *v, const Event *ev)
{
    const State *s = v->state;
    if (s->source && s->ward && ev->kind == EVENT_TICK)
        giving_ward_reckon(s->source);
}

static guint ward_rows(View *v)
{
    return row_count(v->state);
}

static const char *ward_row_patient(View *v)
{
    const GivingWardRow *row = selected(v->state);
    return row ? row->patient : NULL;
}

static char *ward_resume(View *v)
{
    return g_strdup(list_selected_id(((State *)v->state)->list));
}

static void ward_close(View *v)
{
    State *s = v->state;
    list_free(s->list);
    g_free(s->wanted);
    g_string_free(s->typed, TRUE);
}

const ViewClass view_giving_ward = {
    .name = "giving-ward",
    .title = N_("To give on the ward"),
    .keymap = "giving-ward",
    .state_size = sizeof(State),
    .flags = VIEW_UNIT | VIEW_SCANS,
    .open = ward_open,
    .load = ward_load,
    .changed = ward_event,
    .paint = ward_paint,
    .command = ward_command,
    .text = ward_text,
    .rows = ward_rows,
    .row_patient = ward_row_patient,
    .resume = ward_resume,
    .close = ward_close,
};
